"""From text to the tree, with everything that is wrong with the text.

A file is cut into items where a line stands at the margin. Each item is parsed by itself, first in one go; where
that fails, `recovery` goes through the item once more, a logical line at a time, to find all of its mistakes.
An item with a mistake is not part of the tree.
"""

from attrs import field, frozen

from wend.dsl import ast, slips
from wend.dsl.build import Builder
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.holes import Hole, Holes, hole, swallowed
from wend.dsl.lexer import lex
from wend.dsl.machine import Machine, TooDeep, terminal
from wend.dsl.recovery import PLAIN_STEPS, find_mistakes, find_mistakes_in_expression
from wend.dsl.source import Source, Span
from wend.dsl.tokens import Comment, Lexed, Line


@frozen
class ParseResult:
    """What a text says: the items that could be read, what is wrong, the comments, and what the rest may declare."""

    file: ast.File
    diagnostics: tuple[Diagnostic, ...]
    comments: tuple[Comment, ...]
    holes: Holes = field(factory=Holes)

    @property
    def ok(self) -> bool:
        """Whether the whole text could be read."""
        return not self.diagnostics


LONGEST = 2_000_000
"""How many characters a script may have, and how many bytes as a file: some ten thousand journeys."""
GOES_ON = frozenset({"also", "else", "and", "or"})
"""Words at the margin that do not begin an item; all but `also` are mistakes there."""


def parse(source: Source, explain: bool = True) -> ParseResult:
    """Read a script. Never raises, whatever the text is.

    Args:
        source: the script.
        explain: look for every mistake and say what to write instead; without it an item that cannot be read gets
            one bare report, which is a good deal quicker.
    """
    if len(source.text) > LONGEST:
        return ParseResult(ast.File(items=()), (_too_long(source),), ())
    lexed = lex(source)
    items: list[ast.Item] = []
    holes: list[tuple[Span, Hole]] = []
    diagnostics = list(lexed.diagnostics)
    margin = lexed.lines[0].indent if lexed.lines else 0
    if margin:
        diagnostics.append(_not_at_margin(source, lexed.lines[0]))
    for lines in cut(lexed.lines, margin):
        item, found = _parse_item(source, lines, margin, explain)
        diagnostics += found
        if item is not None and not found and not any(line.faulty for line in lines):
            items.append(item)
        else:
            holes.append((Span(lines[0].start, lines[-1].end), hole(lines, found)))
    lost = (d for d in lexed.diagnostics if not any(s.start <= d.span.start <= s.end for s, _ in holes))
    missing = [each for _, each in holes] + [Hole() for _ in lost]
    missing += [each for span, _ in holes for each in swallowed(source.text[span.start : span.end])]
    return ParseResult(
        file=ast.File(items=tuple(items), span=Span(0, len(source.text))),
        diagnostics=_in_order(diagnostics),
        comments=lexed.comments,
        holes=Holes(tuple(missing)),
    )


def parse_expression(source: Source) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    """Read a single expression, such as a line typed at a prompt. Never raises."""
    lexed = lex(source)
    value, found = _parse_expression(source, lexed)
    diagnostics = _in_order([*lexed.diagnostics, *found])
    return (None if diagnostics else value), diagnostics


def cut(lines: tuple[Line, ...], margin: int) -> list[list[Line]]:
    """The lines of each item: one begins at the margin, unless it only adds an entry point to the one before."""
    items: list[list[Line]] = []
    for line in lines:
        first = line.tokens[0]
        goes_on = line.indent > margin or (first.type == "NAME" and not first.quoted and first.text in GOES_ON)
        if items and goes_on:
            items[-1].append(line)
        else:
            items.append([line])
    return items


def _parse_item(
    source: Source, lines: list[Line], margin: int, explain: bool
) -> tuple[ast.Item | None, list[Diagnostic]]:
    builder = Builder(source)
    try:
        item: ast.Item | None = _build(Machine("item", builder), lines, margin)
    except TooDeep as error:
        return None, [_too_deep(source, error)]
    if item is None:
        return None, find_mistakes(source, lines, margin) if explain else [_unexplained(source, lines)]
    return item, builder.diagnostics


def _build(machine: Machine, lines: list[Line], margin: int) -> ast.Item | None:
    """The tree of an item, or None at the first token that does not fit."""
    levels = [margin]
    end = lines[0].start
    for line in lines:
        start = line.start
        if line.indent > levels[-1]:
            levels.append(line.indent)
            if not machine.feed("_INDENT", None, start, start):
                return None
        while line.indent < levels[-1]:
            levels.pop()
            if not machine.feed("_DEDENT", None, end, end):
                return None
        if line.indent != levels[-1] or not _feed_line(machine, line):
            return None
        end = line.end
    for _ in levels[1:]:
        if not machine.feed("_DEDENT", None, end, end):
            return None
    item: ast.Item | None = machine.finish()
    return item


def _feed_line(machine: Machine, line: Line) -> bool:
    feed = machine.feed
    plain_step = False
    for token in line.tokens:
        type = token.type
        if type == "NAME":
            type = terminal(token, machine.row)
            if token.leads and plain_step:
                return False
            if type in PLAIN_STEPS:
                plain_step = PLAIN_STEPS[type]
        if not feed(type, token, token.start, token.end):
            return False
    return feed("_NEWLINE", None, line.end, line.end)


def _parse_expression(source: Source, lexed: Lexed) -> tuple[ast.Expr | None, list[Diagnostic]]:
    if not lexed.lines:
        return None, [
            Diagnostic("W121", "there is no expression here", source, Span(0, 0), "write one, such as `1 + 2`")
        ]
    builder = Builder(source)
    machine = Machine("only_expr", builder)
    line, *further = lexed.lines
    if further:
        extra = further[0]
        return None, [
            Diagnostic(
                "W101", "an expression stands on one line", source, Span(extra.start, extra.end), "join the lines"
            )
        ]
    try:
        if not _feed_line(machine, line):
            return None, find_mistakes_in_expression(source, line)
        value: ast.Expr | None = machine.finish()
    except TooDeep as error:
        return None, [_too_deep(source, error)]
    return value, builder.diagnostics


def _too_long(source: Source) -> Diagnostic:
    message = f"the script goes on beyond {LONGEST:_} characters, and so much is not read"
    span = Span(LONGEST, min(len(source.text), LONGEST + 1))
    return Diagnostic("W101", message, source, span, "make it several files: those of a project share their names")


def _too_deep(source: Source, error: TooDeep) -> Diagnostic:
    code, message, span, help = slips.nested_too_deeply(error.span)
    return Diagnostic(code, message, source, span, help)


def _unexplained(source: Source, lines: list[Line]) -> Diagnostic:
    span = Span(lines[0].start, lines[0].end)
    return Diagnostic("W101", "this cannot be read", source, span, "have it checked to see what is wrong")


def _not_at_margin(source: Source, line: Line) -> Diagnostic:
    return Diagnostic(
        "W111",
        "the first line of a script is indented",
        source,
        Span(line.start, line.tokens[0].end),
        "begin it at the margin",
    )


def _in_order(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(diagnostics, key=lambda d: (d.span.start, d.span.end, d.code)))
