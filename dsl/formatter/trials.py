"""How `test` blocks are written, the columns of their tables one below the other."""

from collections.abc import Sequence
from typing import assert_never

from wend.dsl import ast
from wend.dsl.formatter.lines import Lines, shown_width
from wend.dsl.formatter.phrases import SUM, clock_text, count_text
from wend.dsl.literals import quote


def write_test(lines: Lines, node: ast.TestBlock) -> None:
    """A test and everything below it."""
    lines.line(node, 0, "test", quote(node.name.value), "for", lines.say.name(node.journey))
    if node.examples is not None:
        write_examples(lines, node.examples, 1)
    for line in node.lines:
        if isinstance(line, ast.TestContact):
            write_test_contact(lines, line, 1)
        else:
            write_test_line(lines, line, 1)


def write_test_contact(lines: Lines, node: ast.TestContact, indent: int) -> None:
    """A contact of a test and its lines."""
    lines.line(node, indent, "contact", lines.say.name(node.name))
    for line in node.lines:
        write_test_line(lines, line, indent + 1)


def write_examples(lines: Lines, node: ast.Examples, indent: int) -> None:
    """A table, its columns one below the other."""
    lines.line(node, indent, "with each")
    head = [lines.say.name(name) for name in node.columns]
    table = [head, *([lines.say.expr(cell) for cell in row.cells] for row in node.rows)]
    widths = [max(shown_width(row[i]) for row in table if i < len(row)) for i in range(max(map(len, table)))]
    for row, texts in zip((node.columns[0], *node.rows), table, strict=True):
        lines.line(row, indent + 1, _aligned(texts, widths))


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (width - shown_width(cell)) for cell, width in zip(cells, widths, strict=False)]
    return " | ".join([*padded[:-1], cells[-1]])


def write_test_line(lines: Lines, node: ast.TestLine, indent: int) -> None:
    """A line of a test."""
    say = lines.say
    match node:
        case ast.Given(pairs=pairs):
            lines.line(node, indent, "given", say.pairs(pairs))
        case ast.GivenEvent(event=event, at=moment, values=values):
            words = f"given event {say.name(event)} at {moment_text(lines, moment)}"
            lines.line(node, indent, words, with_values(lines, values))
        case ast.Force():
            lines.line(node, indent, act_text(lines, node))
        case ast.At(moment=moment, act=act):
            _write_at(lines, node, indent, f"at {moment_text(lines, moment)}", act)
        case ast.During(start=start, until=until, expected=expected):
            words = f"from {moment_text(lines, start)}" if start is not None else ""
            words += " " if start is not None and until is not None else ""
            words += f"until {moment_text(lines, until)}" if until is not None else ""
            _write_at(lines, node, indent, words, expected)
        case ast.Advance(length=length):
            lines.line(node, indent, f"advance {say.expr(length, SUM)}")
        case ast.ExpectTotal(count=count, channel=channel):
            lines.line(node, indent, f"expect {_count(lines, count)} {say.name(channel)} in total")
        case _:
            assert_never(node)


def _write_at(
    lines: Lines, node: ast.TestLine, indent: int, when: str, act: ast.Expected | ast.Happens | ast.Changes | ast.Force
) -> None:
    if isinstance(act, ast.ExpectThat):
        lines.conditional(node, indent, f"{when} expect", act.condition)
    else:
        lines.line(node, indent, when, act_text(lines, act))


def act_text(lines: Lines, act: ast.Expected | ast.Happens | ast.Changes | ast.Force) -> str:
    """What a test expects or does at a moment."""
    say = lines.say
    match act:
        case ast.ExpectNothing():
            return "expect nothing"
        case ast.ExpectSend(channel=channel, template=template, times=times):
            often = f" {_count(lines, times)} times" if times is not None else ""
            return f"expect {say.name(channel)} {_words(lines, template)}{often}"
        case ast.ExpectCount(count=count, channel=channel):
            return f"expect {_count(lines, count)} {say.name(channel)}"
        case ast.ExpectExit():
            return "expect exit"
        case ast.ExpectSkip(reason=reason):
            return f"expect skip {_words(lines, reason)}"
        case ast.ExpectThat(condition=condition):
            return f"expect {say.expr(condition)}"
        case ast.Happens(event=event, values=values):
            return " ".join(filter(None, [f"event {say.name(event)}", with_values(lines, values)]))
        case ast.Changes(target=target, value=value):
            return f"set {say.path(target)} = {say.expr(value)}"
        case ast.Force(split=split, variant=variant):
            return f"force {say.name(split)} = {say.name(variant)}"
        case _:
            assert_never(act)


def moment_text(lines: Lines, moment: ast.Moment) -> str:
    """`2026-05-09 9am`, `each.day`."""
    date = column_text(lines, moment.date) if isinstance(moment.date, ast.Column) else moment.date.isoformat()
    return f"{date} {clock_text(moment.time)}" if moment.time is not None else date


def with_values(lines: Lines, values: tuple[ast.Pair, ...]) -> str:
    """`with a = 1`, or nothing."""
    return f"with {lines.say.pairs(values)}" if values else ""


def column_text(lines: Lines, column: ast.Column) -> str:
    """`each.day`."""
    return f"each.{lines.say.name(column.name)}"


def _count(lines: Lines, count: int | ast.Column) -> str:
    return column_text(lines, count) if isinstance(count, ast.Column) else count_text(count)


def _words(lines: Lines, words: ast.Text | ast.Column) -> str:
    return column_text(lines, words) if isinstance(words, ast.Column) else quote(words.value)
