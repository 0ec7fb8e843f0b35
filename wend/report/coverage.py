"""The coverage of tests: as lines for the terminal, as values for other programs, and as a page beside the source."""

from collections.abc import Iterator
from importlib import resources
from itertools import groupby

from liquid import Environment

from wend.dsl.source import Source
from wend.runtime.play.coverage import Coverage, Outcome, Point
from wend.runtime.telling.tell import place_as_json


def share(seen: int, wanted: int) -> str:
    """`83.3%`; never rounded up to all."""
    tenths = 1000 * seen // wanted if wanted else 1000
    return f"{tenths // 10}.{tenths % 10}%"


def as_lines(found: Coverage) -> list[str]:
    """The coverage for a person; what was not seen begins with `!`."""
    lines = [f"coverage: {found.seen} of {found.wanted} outcomes ({share(found.seen, found.wanted)})"]
    for name, grouped in groupby(found.points, lambda point: point.journey):
        points = list(grouped)
        seen, wanted = sum(each.seen for each in points), sum(each.wanted for each in points)
        lines.append(f"  {name}: {seen} of {wanted} ({share(seen, wanted)})")
        for point in points:
            mark = "!" if point.seen < point.wanted else " "
            told = ", ".join(_told(each) for each in point.outcomes)
            lines.append(f"  {mark} {_line(point) or '':>4}  {point.text}: {told}")
    return lines


def as_values(found: Coverage) -> dict[str, object]:
    """The coverage for other programs; lines are counted from 1."""
    return {
        "seen": found.seen,
        "wanted": found.wanted,
        "percent": round(found.percent, 2),
        "points": [
            {
                "journey": point.journey,
                "what": point.text,
                **place_as_json(point.place),
                "outcomes": [
                    {"name": each.name, "count": each.count, "counts": each.counts} for each in point.outcomes
                ],
            }
            for point in found.points
        ],
    }


def page(found: Coverage, title: str, tests: str) -> str:
    """The page: one file of HTML that needs nothing else.

    Args:
        title: of what project or script.
        tests: how many tests there were, in words.
    """
    template = Environment(autoescape=True).from_string(
        resources.files("wend.report").joinpath("coverage.html").read_text(encoding="utf-8")
    )
    sources = dict.fromkeys(point.place.source for point in found.points if point.place is not None)
    return template.render(
        title=title,
        tests=tests,
        seen=found.seen,
        wanted=found.wanted,
        percent=share(found.seen, found.wanted),
        journeys=list(_journeys(found)),
        files=[{"name": source.name, "lines": list(_lines(source, found))} for source in sources],
    )


def _journeys(found: Coverage) -> Iterator[dict[str, object]]:
    for name, grouped in groupby(found.points, lambda point: point.journey):
        points = list(grouped)
        seen, wanted = sum(each.seen for each in points), sum(each.wanted for each in points)
        yield {"name": name, "seen": seen, "wanted": wanted, "percent": share(seen, wanted)}


def _lines(source: Source, found: Coverage) -> Iterator[dict[str, object]]:
    """The lines of a script, each with the outcomes of what stands there."""
    mine: dict[int, list[Point]] = {}
    for point in found.points:
        if point.place is not None and point.place.source == source:
            mine.setdefault(_line(point), []).append(point)
    for number, text in enumerate(source.text.splitlines(), 1):
        points = mine.get(number, [])
        seen, wanted = sum(each.seen for each in points), sum(each.wanted for each in points)
        state = "" if not wanted else "all" if seen == wanted else "some" if seen else "none"
        marks = [
            {"text": _told(each), "state": "missed" if each.missed else "seen" if each.counts else "told"}
            for point in points
            for each in point.outcomes
        ]
        yield {"number": number, "text": text, "state": state, "marks": marks}


def _line(point: Point) -> int:
    return 0 if point.place is None else point.place.source.line_col(point.place.span.start)[0]


def _told(outcome: Outcome) -> str:
    return f"{outcome.name} {outcome.count or 'never'}"
