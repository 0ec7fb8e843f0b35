"""Finding every mistake of an item, a logical line at a time.

A line that does not parse is reported once and replaced by a line that would have been right in its place, so
that what follows is read as it was meant. Only states are kept here, no tree is made.
"""

from attrs import define, field

from wend.dsl import slips
from wend.dsl.ast.expr import Unit
from wend.dsl.build import Builder
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.machine import Machine, Outline, TooDeep, prepared, terminal
from wend.dsl.nearest import nearest
from wend.dsl.source import Source, Span
from wend.dsl.tokens import Line, Token

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
        "WITH EACH _NEWLINE",
        "CONTACT NAME _NEWLINE",
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
        "NAME _NEWLINE",
    )
)


# What the tokens of such lines say; the tree made of them is thrown away.
_STAND_INS: dict[str, object] = {"NAME": "x", "STRING": "x", "NUMBER": 1, "PERCENT": 1, "SPAN": (1, Unit.DAY)}


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
        search.diagnostics.append(
            Diagnostic("W101", "this cannot be read", source, span, "write it anew, a line at a time")
        )
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
    fed: list[tuple[str, Token | None, int]] = field(factory=list)
    skipping: int | None = None  # lines deeper than this are not looked at

    def run(self) -> None:
        for i, line in enumerate(self.lines):
            if self.skipping is not None and line.indent > self.skipping:
                continue
            self.skipping = None
            if self.continues_nothing(i):
                continue
            self.indentation(i)
            if self.skipping is None and not self.line(i) and (self.is_late_table(i) or not self.substitute(i)):
                self.skipping = line.indent
        while len(self.levels) > 1:
            self.close(self.lines[-1])
        if not self.outline.complete():
            self.missing_body(self.lines[-1])
        if self.outline.complete():
            self.build()

    def build(self) -> None:
        """Make the tree of the lines as they were mended, for the reports of the builders."""
        builder = Builder(self.source)
        machine = Machine("item", builder)
        try:
            for type, token, place in self.fed:
                value = token or Token(type, "x", place, place, _STAND_INS.get(type))
                machine.feed(type, value, value.start, value.end)
            machine.finish()
        except TooDeep as error:
            self.report(*slips.nested_too_deeply(error.span))
        self.diagnostics += builder.diagnostics

    def take(self, type: str, token: Token | None = None) -> bool:
        """Feed a terminal, and keep it for `build`."""
        if not self.outline.feed(type):
            return False
        place = self.fed[-1][2] if self.fed else 0
        self.fed.append((type, token, token.start if token else place))
        return True

    def adopt(self, trial: Outline, types: tuple[str, ...]) -> None:
        """Go on from a trial that took some terminals."""
        self.outline.states = trial.states
        place = self.fed[-1][2] if self.fed else 0
        self.fed += [(type, None, place) for type in types]

    def continues_nothing(self, i: int) -> bool:
        """Report a line that begins with `and` or `or` and is no deeper than the one before; it is left out."""
        line = self.lines[i]
        first = line.tokens[0]
        if i == 0 or first.quoted or first.type != "NAME" or first.text not in ("and", "or"):
            return False
        if self.outline.takes("NAME") and not self.outline.takes("NUMBER"):
            return False  # a field of that name was meant
        self.mistake(i, 0, [], self.outline, False)
        return True

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
        if self.take("_INDENT"):
            self.levels.append(_Level(line.indent))
            return
        before = self.lines[i - 1] if i else None
        if before is not None and slips.has_its_step(before):
            self.skipping = before.indent
        else:
            self.levels.append(_Level(line.indent, open=False))
        if before is not None and not before.faulty:
            self.report(*slips.too_deep(before, line))

    def close(self, last: Line) -> None:
        level = self.levels.pop()
        if level.open and not self.take("_DEDENT"):
            self.missing_body(last)
            if not self.take("_DEDENT"):
                self.missing_line(last)
                self.take("_DEDENT")

    def missing_line(self, last: Line) -> None:
        """A block ends before all is there that it has to have: say so, and go on as if it were."""
        for stub in _LEAVES:
            trial = self.outline.copy()
            if trial.feed_all(stub) and trial.takes("_DEDENT"):
                if not last.faulty:
                    self.report(*slips.missing_line(last, self.outline))
                    last.faulty = True
                self.adopt(trial, stub)
                return

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
            self.pass_over_body(i)
            self.missing_body(self.lines[i - 1])

    def pass_over_body(self, i: int) -> None:
        """The lines that were meant as a body, and are no deeper than what they belong to, are not told of again."""
        indent = self.lines[i].indent
        if indent != self.levels[-1].indent:
            return
        for line in self.lines[i:]:
            if line.indent < indent or (line.indent == indent and not self.is_step(line)):
                return
            line.faulty = True

    def is_step(self, line: Line) -> bool:
        """Whether the line would be right if it were deeper, and is no line of a header as it stands."""
        for outline, wanted in ((self.outline.copy(), True), (self.outline.copy(), False)):
            if wanted and not outline.feed("_INDENT"):
                return False
            read = all(outline.feed(terminal(token, outline.row)) for token in line.tokens)
            if (read and outline.takes("_NEWLINE")) is not wanted:
                return False
        return True

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
                self.adopt(trial, ("_INDENT", *stub, "_DEDENT"))
                return

    # ---- lines ----

    def line(self, i: int) -> bool:
        """Go through a line; where it does not parse, report it and go back to its beginning."""
        line = self.lines[i]
        begin = self.outline.copy()
        plain_step = False
        types: list[str] = []
        for at, token in enumerate(line.tokens):
            type = terminal(token, self.outline.row)
            refused = token.leads and plain_step
            if type in PLAIN_STEPS:
                plain_step = PLAIN_STEPS[type]
            if refused or not self.take(type, token):
                self.mistake(i, at, types, begin, refused)
                return self.undo(begin, len(types))
            types.append(type)
        if not self.take("_NEWLINE"):
            self.mistake(i, len(line.tokens), types, begin, False)
            return self.undo(begin, len(types))
        return True

    def undo(self, begin: Outline, count: int) -> bool:
        """Go back to the beginning of a line of which some terminals were taken."""
        self.outline.states = begin.states
        del self.fed[len(self.fed) - count :]
        return False

    def mistake(self, i: int, at: int, types: list[str], begin: Outline, after_step: bool) -> None:
        line = self.lines[i]
        if not line.faulty:
            before = self.lines[i - 1] if i else None
            self.report(*slips.explain(slips.Slip(line, at, tuple(types), begin, self.outline, after_step, before)))
            line.faulty = True

    def is_late_table(self, i: int) -> bool:
        """Whether the line begins the table of a test, which can only come first: its rows are passed over."""
        return self.lines[i].tokens[0].text == "with" and self.outline.takes("ADVANCE")

    def substitute(self, i: int) -> bool:
        """Put a line that fits in the place of a line that does not; False if none does."""
        line = self.lines[i]
        following = self.lines[i + 1] if i + 1 < len(self.lines) else None
        block = following is not None and following.indent > line.indent
        first = self.meant(line.tokens[0])
        accepted: list[tuple[Outline, tuple[str, ...]]] = []
        for stub in sorted(_BLOCKS if block else _LEAVES, key=lambda stub: stub[0] != first):
            trial = self.outline.copy()
            if not trial.feed_all(stub):
                continue
            surely = stub[0] == first and terminal(line.tokens[0], self.outline.row) == "NAME"
            if following is None or surely or self.goes_on(trial, following, line):
                self.adopt(trial, stub)
                return True
            accepted.append((trial, stub))
        if accepted:
            self.adopt(*accepted[0])
        return bool(accepted)

    def meant(self, token: Token) -> str:
        """The terminal that a first word is, or that it was most probably meant to be."""
        found = terminal(token, self.outline.row)
        if found != "NAME" or token.quoted:
            return found
        words = prepared().tables.keywords
        expected = self.outline.expected()
        near = nearest(token.text, (word for word, name in words.items() if name in expected))
        name = words[near] if near is not None else found
        return "WHEN" if name in ("ON", "EVERY", "ONCE") else name

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
