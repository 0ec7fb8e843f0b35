"""How the items of a file are written."""

from typing import assert_never

from wend.dsl import ast
from wend.dsl.formatter.headers import write_header
from wend.dsl.formatter.lines import Lines
from wend.dsl.formatter.trials import write_test
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
        case ast.TestBlock():
            write_test(lines, node)
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
