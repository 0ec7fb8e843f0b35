"""Reports come in the order of files and lines, whatever stage found them."""

from wend.dsl.diagnostics import Diagnostic, in_order
from wend.dsl.source import Source, Span
from wend.project.workspace import build

SCRIPT = """\
journey news
    timezone "Mars/Olympus"
    when scroe > 3 and plan = "a" + 1
        send email "x"
        add tag 3
segment vip = any(visit)
segment vip = true
when total / 0 > 3 exit
"""


def places(found: tuple[Diagnostic, ...]) -> list[tuple[str, int]]:
    return [(each.source.name, each.source.line_col(each.span.start)[0]) for each in found]


def test_reports_of_a_file_come_in_the_order_of_its_lines() -> None:
    _, found = build([Source("b.journey", SCRIPT), Source("a.journey", SCRIPT.replace("news", "other"))])
    lines = places(found)
    assert lines == sorted(lines, key=lambda place: (place[0] != "b.journey", place[1]))
    assert len({line for _, line in lines}) > 4


def test_files_that_are_not_told_follow_as_they_come_up() -> None:
    first, second = Source("t.html", "ab"), Source("s.journey", "ab")
    found = [Diagnostic("W501", "x", first, Span(1, 2)), Diagnostic("W201", "y", second, Span(0, 1))]
    assert in_order(found) == tuple(found)
    assert in_order(found, [second]) == (found[1], found[0])
