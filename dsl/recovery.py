"""Finding every mistake of an item, a logical line at a time.

A line that does not parse is reported once and replaced by a line that would have been right in its place, so
that what follows is read as it was meant. Only states are kept here, no tree is made.
"""

from attrs import define, field

from wend.dsl import slips
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.lexer import Line, Token
from wend.dsl.machine import Outline, terminal
from wend.dsl.source import Source, Span

PLAIN_STEPS = {
    **dict.fromkeys(("SEND", "NOTIFY", "CALL", "SET", "ADD", "REMOVE", "EMIT", "START", "RESUBSCRIBE"), True),
    "BETWEEN": False,  # `send between 8am and 8pm` is a header line
}
"""Terminals after which a line holds a plain step, which no line beginning with `and` continues."""

# What may stand for a line that could not be read: one with lines below it, one without.
_BLOCKS = tuple(
    tuple(words.split())
    for words in (
        "JOURNEY NAME _NEWLINE",
        "SETTINGS _NEWLINE",
        "CONTACT _NEWLINE",
        "EVENT NAME _NEWLINE",
        "TEST STRING FOR NAME _NEWLINE",
        "WHEN NAME _NEWLINE",
        "ALSO WHEN NAME _NEWLINE",
        "IF NAME _NEWLINE",
        "ELSE IF NAME _NEWLINE",
        "ELSE _NEWLINE",
        "VARIANT NAME PERCENT _NEWLINE",
        "SPLIT NAME _NEWLINE",
        "REPEAT UP TO NUMBER TIMES _NEWLINE",
        "SEND NAME STRING _NEWLINE",
    )
)
_LEAVES = tuple(
    tuple(words.split())
    for words in (
        "EXIT _NEWLINE",
        "TRANSACTIONAL _NEWLINE",
        "TRACK NAME _NEWLINE",
        "NAME NAME _NEWLINE",
        "ADVANCE SPAN _NEWLINE",
        "AS NAME _NEWLINE",
        "VARIANT NAME PERCENT EXIT _NEWLINE",
        "WAIT UNTIL NAME _NEWLINE",
        "IF NAME EXIT _NEWLINE",
        "ELSE IF NAME EXIT _NEWLINE",
        "ELSE EXIT _NEWLINE",
        "STOP WHEN NAME _NEWLINE",
        "WHEN NAME EXIT _NEWLINE",
        "WHEN NAME _NEWLINE",
        "ALSO WHEN NAME _NEWLINE",
        "SEGMENT NAME EQUAL NAME _NEWLINE",
        "EVENT NAME _NEWLINE",
    )
)


@define
class _Level:
    """A depth of indentation; `open` when the parser knows of it as a block."""

    indent: int
    open: bool = True


def find_mistakes(source: Source, lines: list[Line], margin: int) -> list[Diagnostic]:
    """Everything that is wrong with the lines of an item that does not parse: at least one report."""
    search = _Search(source, lines, [_Level(margin)])
    search.run()
    if not search.diagnostics and not any(line.faulty for line in lines):
        span = Span(lines[0].start, lines[0].tokens[0].end)
        search.diagnostics.append(Diagnostic("W101", "this cannot be read", source, span))
    return search.diagnostics


def find_mistakes_in_expression(source: Source, line: Line) -> list[Diagnostic]:
    """What is wrong with an expression that does not parse."""
    search = _Search(source, [line], [_Level(line.indent)], Outline("only_expr"))
    search.line(0)
    return search.diagnostics


@define
class _Search:
    source: Source
    lines: list[Line]
    levels: list[_Level]
    outline: Outline = field(factory=Outline)
    diagnostics: list[Diagnostic] = field(factory=list)

    def run(self) -> None:
        skip_deeper_than: int | None = None
        for i, line in enumerate(self.lines):
            if skip_deeper_than is not None and line.indent > skip_deeper_than:
                continue
            skip_deeper_than = None
            self.indentation(i)
            if not self.line(i) and not self.substitute(i):
                skip_deeper_than = line.indent
        while len(self.levels) > 1:
            self.close(self.lines[-1])
        if not self.outline.complete():
            self.missing_body(self.lines[-1])

    # ---- indentation ----

    def indentation(self, i: int) -> None:
        line = self.lines[i]
        if line.indent > self.levels[-1].indent:
            self.deeper(i)
            return
        self.body_expected(i)
        while len(self.levels) > 1 and line.indent < self.levels[-1].indent:
            if line.indent > self.levels[-2].indent:
                self.report(
                    "W111",
                    "this line is indented like no block it could belong to",
                    Span(line.start, line.tokens[0].end),
                    f"indent it by {self.levels[-1].indent} spaces like the lines above, or {self.levels[-2].indent}",
                )
                self.levels[-1].indent = line.indent
                return
            self.close(self.lines[i - 1])

    def deeper(self, i: int) -> None:
        line = self.lines[i]
        if self.outline.feed("_INDENT"):
            self.levels.append(_Level(line.indent))
            return
        self.levels.append(_Level(line.indent, open=False))
        if i and not self.lines[i - 1].faulty:
            self.report(*slips.too_deep(self.lines[i - 1], line))

    def close(self, last: Line) -> None:
        level = self.levels.pop()
        if level.open and not self.outline.feed("_DEDENT"):
            self.missing_body(last)
            self.outline.feed("_DEDENT")

    def body_expected(self, i: int) -> None:
        """Report a line before this one that asks for an indented body and has none."""
        if i == 0 or not self.outline.takes("_INDENT"):
            return
        line = self.lines[i]
        if line.indent < self.levels[-1].indent:
            fits = self.outline.takes("_DEDENT")
        else:
            fits = self.outline.takes(terminal(line.tokens[0], self.outline.row))
        if not fits:
            self.missing_body(self.lines[i - 1])

    def missing_body(self, line: Line) -> None:
        """The line asks for a body that is not there: say so, and go on as if there were one."""
        outline = self.outline.copy()
        if not outline.feed("_INDENT"):
            return
        for stub in _LEAVES:
            trial = outline.copy()
            if trial.feed_all(stub) and trial.feed("_DEDENT"):
                if not line.faulty:
                    self.report(*slips.missing_body(line))
                self.outline.states = trial.states
                return

    # ---- lines ----

    def line(self, i: int) -> bool:
        """Go through a line; where it does not parse, report it and go back to its beginning."""
        line = self.lines[i]
        before = list(self.outline.states)
        plain_step = False
        types: list[str] = []
        for at, token in enumerate(line.tokens):
            type = terminal(token, self.outline.row)
            refused = token.leads and plain_step
            if type in PLAIN_STEPS:
                plain_step = PLAIN_STEPS[type]
            if refused or not self.outline.feed(type):
                self.mistake(line, at, types, refused)
                self.outline.states = before
                return False
            types.append(type)
        if not self.outline.feed("_NEWLINE"):
            self.mistake(line, len(line.tokens), types, False)
            self.outline.states = before
            return False
        return True

    def mistake(self, line: Line, at: int, types: list[str], after_step: bool) -> None:
        if not line.faulty:
            line_before = None
            number = self.lines.index(line)
            if number:
                line_before = self.lines[number - 1]
            self.report(*slips.explain(slips.Slip(line, at, types, self.outline, after_step, line_before)))
            line.faulty = True

    def substitute(self, i: int) -> bool:
        """Put a line that fits in the place of a line that does not; False if none does."""
        line = self.lines[i]
        following = self.lines[i + 1] if i + 1 < len(self.lines) else None
        block = following is not None and following.indent > line.indent
        first = terminal(line.tokens[0], self.outline.row)
        accepted: list[Outline] = []
        for stub in sorted(_BLOCKS if block else _LEAVES, key=lambda stub: stub[0] != first):
            trial = self.outline.copy()
            if not trial.feed_all(stub):
                continue
            if following is None or self.goes_on(trial, following, line):
                self.outline.states = trial.states
                return True
            accepted.append(trial)
        if accepted:
            self.outline.states = accepted[0].states
        return bool(accepted)

    def goes_on(self, outline: Outline, following: Line, line: Line) -> bool:
        """Whether the following line could begin after a stub."""
        trial = outline.copy()
        if following.indent > line.indent and not trial.feed("_INDENT"):
            return False
        if following.indent < line.indent:
            return trial.takes("_DEDENT")
        return trial.takes(_first(following.tokens[0], trial))

    def report(self, code: str, message: str, span: Span, help: str | None) -> None:
        self.diagnostics.append(Diagnostic(code, message, self.source, span, help))


def _first(token: Token, outline: Outline) -> str:
    return terminal(token, outline.row)
