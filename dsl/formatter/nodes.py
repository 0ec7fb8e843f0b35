"""Writing a single node, wherever it would stand."""

from attrs import frozen

from wend.dsl import ast
from wend.dsl.formatter.headers import write_header
from wend.dsl.formatter.items import write_field, write_item
from wend.dsl.formatter.lines import STEP, WIDTH, Lines, Out
from wend.dsl.formatter.quoting import unquote
from wend.dsl.formatter.steps import write, write_branch, write_variant
from wend.dsl.formatter.trials import (
    act_text,
    column_text,
    moment_text,
    write_examples,
    write_test_contact,
    write_test_line,
)
from wend.dsl.formatter.triggers import key_text, write_head, write_stop

_JOURNEY = ("JOURNEY", "NAME", "_NEWLINE", "_INDENT")
_SETTINGS = ("SETTINGS", "_NEWLINE", "_INDENT")
_BODY = ("ON", "NAME", "_NEWLINE", "_INDENT")
_FIELDS = ("CONTACT", "_NEWLINE", "_INDENT")
_TEST = ("TEST", "STRING", "FOR", "NAME", "_NEWLINE", "_INDENT")
_EXPRESSION: tuple[str, ...] = ()


@frozen
class _Fragment:
    """What a node is written as, and the terminals before it, which decide which names need backticks."""

    lines: Lines
    context: tuple[str, ...]
    start: str = "item"


def format_node(node: ast.Node) -> str:
    """The canonical text of any node; several lines have no newline at the end, save for a whole file's."""
    if isinstance(node, ast.File):
        return _file(node)
    fragment = _fragment(node)
    unquote(fragment.lines.out, fragment.start, fragment.context)
    return "\n".join(text for out in fragment.lines.out for text in physical(out))


def physical(out: Out, broken: bool = False) -> list[str]:
    """The lines of a logical line: several where it is broken, or too long and can be."""
    lead = " " * STEP * out.indent
    if len(out.parts) > 1 and (broken or len(lead + out.text) > WIDTH):
        deeper = lead + " " * STEP
        return [lead + out.parts[0][1], *(deeper + text for _, text in out.parts[1:])]
    return [lead + out.text]


def _file(node: ast.File) -> str:
    """A whole file: a blank line round every item that takes several lines."""
    lines = Lines()
    for top in node.items:
        write_item(lines, top)
    unquote(lines.out)
    groups: list[list[str]] = []
    for out in lines.out:
        if out.item:
            groups.append([])
        groups[-1] += physical(out)
    text: list[str] = []
    for i, group in enumerate(groups):
        if i and (len(group) > 1 or len(groups[i - 1]) > 1):
            text.append("")
        text += group
    return "".join(line + "\n" for line in text)


def _fragment(node: ast.Node) -> _Fragment:
    lines = Lines()
    match node:
        case (
            ast.Journey()
            | ast.Settings()
            | ast.ContactDecl()
            | ast.EventDecl()
            | ast.Define()
            | ast.Use()
            | ast.Segment()
            | ast.TestBlock()
            | ast.Trigger()
        ):
            write_item(lines, node)
            return _Fragment(lines, ())
        case ast.Consent() | ast.Quota():
            write_header(lines, node, 0)
            return _Fragment(lines, _SETTINGS)
        case ast.Field():
            write_field(lines, node, 0)
            return _Fragment(lines, _FIELDS)
        case ast.StopOn() | ast.StopWhen():
            write_stop(lines, node, 0)
            return _Fragment(lines, _BODY)
        case ast.TestContact():
            write_test_contact(lines, node, 0)
            return _Fragment(lines, _TEST)
        case ast.Examples():
            write_examples(lines, node, 0)
            return _Fragment(lines, _TEST)
        case ast.Branch():
            write_branch(lines, node, 0)
            return _Fragment(lines, _BODY)
        case ast.Variant():
            write_variant(lines, node, 0)
            return _Fragment(lines, (*_BODY, "SPLIT", "NAME", "_NEWLINE", "_INDENT"))
    if isinstance(node, ast.Header):
        write_header(lines, node, 0)
        return _Fragment(lines, _JOURNEY)
    if isinstance(node, ast.Head):
        write_head(lines, node, 0)
        return _Fragment(lines, ())
    if isinstance(node, ast.TestLine):
        write_test_line(lines, node, 0)
        return _Fragment(lines, _TEST)
    if isinstance(node, ast.Step):
        write(lines, node, 0)
        return _Fragment(lines, _BODY)
    return _phrase(lines, node)


def _phrase(lines: Lines, node: ast.Node) -> _Fragment:
    """A node that is only a part of a line."""
    text, context, start = _words(lines, node)
    lines.line(node, 0, text)
    return _Fragment(lines, context, start)


def _words(lines: Lines, node: ast.Node) -> tuple[str, tuple[str, ...], str]:
    say = lines.say
    match node:
        case ast.Name():
            return say.name(node), _EXPRESSION, "only_expr"
        case ast.InLast() | ast.Since():
            return say.window(node), ("NAME", "LPAR", "NAME"), "only_expr"
        case ast.Offset():
            return say.offset(node), ("WHEN",), "item"
        case ast.Pair():
            return say.pair(node), (*_BODY, "EMIT", "NAME", "WITH"), "item"
        case ast.Options():
            return " ".join(text for _, text in say.options(node)), (*_BODY, "SEND", "NAME", "STRING"), "item"
        case ast.TypeExpr() | ast.NamedType() | ast.EnumType() | ast.ListType():
            return say.type(node), (*_FIELDS, "NAME"), "item"
        case ast.Key():
            return key_text(lines, node), ("ON", "NAME"), "item"
        case ast.Moment():
            return moment_text(lines, node), (*_TEST, "AT"), "item"
        case ast.Column():
            return column_text(lines, node), (*_TEST, "AT"), "item"
        case ast.Example():
            cells = " | ".join(say.expr(cell) for cell in node.cells)
            return cells, (*_TEST, "WITH", "EACH", "_NEWLINE", "_INDENT", "NAME", "_NEWLINE"), "item"
    if isinstance(node, ast.Expected | ast.Happens | ast.Changes):
        return act_text(lines, node), (*_TEST, "AT", "DATE"), "item"
    if isinstance(node, ast.Schedule):
        return say.schedule(node), ("EVERY",), "item"
    if isinstance(node, ast.Expr):
        return say.expr(node), _EXPRESSION, "only_expr"
    raise TypeError(f"no way to write a {type(node).__name__}")
