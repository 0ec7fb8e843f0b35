"""How the items of a file are written."""

from typing import assert_never

from wend.dsl import ast
from wend.dsl.formatter.headers import write_header
from wend.dsl.formatter.lines import Lines
from wend.dsl.formatter.phrases import SUM, clock_text, count_text
from wend.dsl.formatter.triggers import write_trigger
from wend.dsl.literals import quote


def write_item(lines: Lines, node: ast.Item) -> None:
    """What stands at the margin, and everything below it."""
    first = len(lines.out)
    match node:
        case ast.Trigger():
            write_trigger(lines, node, 0)
        case ast.Journey(name=name, items=items, title=title):
            lines.line(node, 0, "journey", lines.say.name(name), quote(title.value) if title else "")
            for part in items:
                if isinstance(part, ast.Trigger):
                    write_trigger(lines, part, 1)
                else:
                    write_header(lines, part, 1)
        case ast.Settings(lines=inner):
            lines.line(node, 0, "settings")
            for setting in inner:
                write_header(lines, setting, 1)
        case ast.ContactDecl(fields=fields):
            lines.line(node, 0, "contact")
            write_fields(lines, fields)
        case ast.EventDecl(name=name, fields=fields):
            lines.line(node, 0, "event", lines.say.name(name))
            write_fields(lines, fields)
        case ast.Define(name=name, params=params, value=value):
            brackets = "" if params is None else f"({', '.join(lines.say.name(p) for p in params)})"
            lines.conditional(node, 0, f"define {lines.say.name(name)}{brackets} =", value)
        case ast.Segment(name=name, condition=condition):
            lines.conditional(node, 0, f"segment {lines.say.name(name)} =", condition)
        case ast.Use(file=file):
            lines.line(node, 0, "use", quote(file.value))
        case ast.TestBlock(name=text, journey=journey, lines=test_lines):
            lines.line(node, 0, "test", quote(text.value), "for", lines.say.name(journey))
            for line in test_lines:
                write_test_line(lines, line, 1)
        case _:
            assert_never(node)
    lines.out[first].item = True


def write_fields(lines: Lines, fields: tuple[ast.Field, ...]) -> None:
    """The fields of a contact or an event, their types one below the other."""
    width = max((len(f.name.text) + 2 for f in fields), default=0)
    for declared in fields:
        write_field(lines, declared, 1, min(width, 34))


def write_field(lines: Lines, node: ast.Field, indent: int, width: int = 0) -> None:
    """One field. Its name is padded to `width`, counted with both backticks."""
    words = f"{lines.say.name(node.name):<{width}} {lines.say.type(node.type)}"
    if node.value is None:
        lines.line(node, indent, words)
    else:
        lines.conditional(node, indent, f"{words} =", node.value)


def write_test_line(lines: Lines, node: ast.TestLine, indent: int) -> None:
    """A line of a test."""
    say = lines.say
    match node:
        case ast.Given(pairs=pairs):
            lines.line(node, indent, "given", say.pairs(pairs))
        case ast.GivenEvent(event=event, at=moment, values=values):
            words = f"given event {say.name(event)} at {moment_text(lines, moment)}"
            lines.line(node, indent, words, with_values(lines, values))
        case ast.Force(split=split, variant=variant):
            lines.line(node, indent, f"force {say.name(split)} = {say.name(variant)}")
        case ast.At(moment=moment, act=act):
            lines.line(node, indent, f"at {moment_text(lines, moment)}", act_text(lines, act))
        case ast.Advance(length=length):
            lines.line(node, indent, f"advance {say.expr(length, SUM)}")
        case ast.ExpectTotal(count=count, channel=channel):
            lines.line(node, indent, f"expect {count_text(count)} {say.name(channel)} in total")
        case _:
            assert_never(node)


def act_text(
    lines: Lines,
    act: ast.ExpectNothing | ast.ExpectSend | ast.ExpectExit | ast.ExpectSkip | ast.Happens | ast.Changes,
) -> str:
    """What a test expects or does at a moment."""
    say = lines.say
    match act:
        case ast.ExpectNothing():
            return "expect nothing"
        case ast.ExpectSend(channel=channel, template=template, times=times):
            often = f" {count_text(times)} times" if times is not None else ""
            return f"expect {say.name(channel)} {quote(template.value)}{often}"
        case ast.ExpectExit():
            return "expect exit"
        case ast.ExpectSkip(reason=reason):
            return f"expect skip {quote(reason.value)}"
        case ast.Happens(event=event, values=values):
            return " ".join(filter(None, [f"event {say.name(event)}", with_values(lines, values)]))
        case ast.Changes(target=target, value=value):
            return f"set {say.path(target)} = {say.expr(value)}"
        case _:
            assert_never(act)


def moment_text(lines: Lines, moment: ast.Moment) -> str:
    """`2026-05-09 9am`."""
    time = f" {clock_text(moment.time)}" if moment.time is not None else ""
    return moment.date.isoformat() + time


def with_values(lines: Lines, values: tuple[ast.Pair, ...]) -> str:
    """`with a = 1`, or nothing."""
    return f"with {lines.say.pairs(values)}" if values else ""
