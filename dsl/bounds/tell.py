"""The most that one contact can get, in words and as a table."""

import math
from collections.abc import Iterator

from wend.dsl import program
from wend.dsl.ast import QuotaUnit
from wend.dsl.bounds.firing import Cause, Kind
from wend.dsl.bounds.most import ChannelMost, JourneyMost, Most, most_of

_HEADS = ("per day", "per month", "per run")
NOTES = (
    "The most that can be, whatever the data are: of the longest month, while `wend run` runs all the time.",
    "A date that changes counts anew.",
)


def number_text(number: float) -> str:
    """A whole number, or that there is no bound."""
    return "any number" if number == math.inf else f"{int(number):_}"


def causes_text(most: Most) -> str:
    """What comes for single events and changes, such as "1 for each `order_placed`"; nothing is said of dates."""
    parts = [f"{number_text(number)} for each {_named(c)}" for c, number in most.each.items() if number and _told(c)]
    return " and ".join(parts)


def _told(cause: Cause) -> bool:
    return cause.kind is not Kind.DATE


def _named(cause: Cause) -> str:
    return f"change of `{cause.name}`" if cause.kind is Kind.CHANGE else f"`{cause.name}`"


def most_text(most: Most) -> str:
    """A number, with what comes for single events."""
    more = causes_text(most) if most.cap == math.inf else ""
    if most.cap < math.inf and any(number for cause, number in most.each.items() if _told(cause)):
        return number_text(most.cap)
    if more and not most.known:
        return more
    return f"{number_text(most.known)} and {more}" if more else number_text(most.known)


def table(made: program.Program) -> list[str]:
    """For each journey and channel the most that one contact can get; then all journeys, and the quotas."""
    rows: list[tuple[str, ...]] = []
    for channel in sorted(made.channels):
        day, month = most_of(made, channel, QuotaUnit.DAY), most_of(made, channel, QuotaUnit.MONTH)
        rows += [_row(each, a_day) for each, a_day in zip(month.journeys, day.journeys, strict=True)]
        if len(month.journeys) > 1 or month.limits:
            rows.append(("  all journeys", channel, _all(day), _all(month), "", _because(month)))
        internal = zip(month.internal, day.internal, strict=True)
        rows += [_row(each, a_day, "internal mails") for each, a_day in internal]
    if not rows:
        return ["nothing is sent to anybody"]
    lines = [*_aligned([("at most for one contact", "", *_HEADS, ""), *rows]), *_quotas(made), "", *_notes(made)]
    return [line.rstrip() for line in lines]


def as_data(made: program.Program) -> dict[str, object]:
    """The same for programs: `null` where there is no bound."""
    journeys: list[dict[str, object]] = []
    channels: list[dict[str, object]] = []
    for channel in sorted(made.channels):
        day, month = most_of(made, channel, QuotaUnit.DAY), most_of(made, channel, QuotaUnit.MONTH)
        channels.append({"channel": channel, "per_day": _number(day.bound), "per_month": _number(month.bound)})
        for internal, days, months in ((False, day.journeys, month.journeys), (True, day.internal, month.internal)):
            for a_day, a_month in zip(days, months, strict=True):
                made_of = {"journey": a_month.journey.name, "channel": channel, "internal": internal}
                limit = None if a_month.limit is None else _limit(a_month.limit)
                run = {"per_run": _number(a_month.per_run), "limit": limit}
                journeys.append({**made_of, "per_day": _data(a_day.most), "per_month": _data(a_month.most), **run})
    return {"journeys": journeys, "channels": channels}


def _data(most: Most) -> dict[str, object]:
    each = [{"kind": c.kind.value, "name": c.name, "more": _number(n)} for c, n in most.each.items() if n]
    return {"at_most": _number(most.bound), "without_each": _number(most.known), "each": each}


def _number(number: float) -> int | None:
    return None if number == math.inf else int(number)


def _row(each: JourneyMost, day: JourneyMost, channel: str = "") -> tuple[str, ...]:
    name = (each.journey.title or "") if each.journey.lone else each.journey.name
    run = "" if each.per_run == math.inf else number_text(each.per_run)
    limit = "" if each.limit is None else _limit(each.limit)
    return f"  {name}", channel or each.channel, most_text(day.most), most_text(each.most), run, limit


def _all(most: ChannelMost) -> str:
    bound = most.bound
    if bound < math.inf:
        return number_text(bound)
    if any(_told(c) for each in most.journeys for c, number in each.most.each.items() if number):
        return f"{number_text(most.known)} and for events" if most.known else "for events"
    return number_text(most.known)


def _because(most: ChannelMost) -> str:
    return ", ".join(_limit(limit) for limit in most.limits) if most.caps else ""


def _limit(limit: program.Limit) -> str:
    place = limit.place
    if place is None:
        return f"limit {limit.count}"
    return " ".join(place.source.text[place.span.start : place.span.end].split())


def _quotas(made: program.Program) -> Iterator[str]:
    for quota in made.settings.quotas:
        most = most_of(made, quota.channel, quota.unit).counted()
        if 0 < most < math.inf:
            enough = f"enough for {quota.count // int(most):_} contacts that get the most"
            yield f"quota {quota.count:_} {quota.channel} per {quota.unit}: {enough}"


def _notes(made: program.Program) -> Iterator[str]:
    yield NOTES[0]
    heads = (head for journey in made.journeys for trigger in journey.triggers for head in trigger.heads)
    if any(isinstance(h, program.Dated) or (isinstance(h, program.Every) and h.anchor is not None) for h in heads):
        yield NOTES[1]


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(_cell(i, cell, widths[i]) for i, cell in enumerate(row)) for row in rows]


def _cell(column: int, cell: str, width: int) -> str:
    return cell.rjust(width) if column in (2, 3, 4) else cell.ljust(width)


__all__ = ["NOTES", "as_data", "causes_text", "most_text", "number_text", "table"]
