"""What the lexer makes: tokens, comments, logical lines; and the expressions that find them."""

import re

from attrs import define, field, frozen

from wend.dsl.diagnostics import Diagnostic
from wend.dsl.source import Span


@define
class Token:
    """A word of a script. `value` is what a literal stands for; `quoted` marks a name between backticks."""

    type: str
    text: str
    start: int
    end: int
    value: object = None
    quoted: bool = False
    leads: bool = False  # an `and`/`or` that begins a physical line and so continues the logical one

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return Span(self.start, self.end)


@frozen
class Comment:
    """A comment with its `#`; `own_line` when nothing else stands on its line."""

    text: str
    span: Span
    own_line: bool


@define
class Line:
    """A logical line: how far it is indented, its tokens, and whether something in it could not be read."""

    indent: int
    tokens: list[Token] = field(factory=list)
    faulty: bool = False

    @property
    def start(self) -> int:
        """Where its first token begins."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where its last token ends."""
        return self.tokens[-1].end


@frozen
class Lexed:
    """What the lexer makes of a text."""

    lines: tuple[Line, ...]
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]


TAB = 4
UNITS = r"(?:second|minute|hour|day|week|month|year)s?"
NUMBER = r"[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?"
HALF = r"(?:am\b|pm\b|AM\b|PM\b|a\.m\.?|p\.m\.?|A\.M\.?|P\.M\.?)"
TOKEN = re.compile(
    rf"""(?P<space>[ \t\f]+)
    | (?P<newline>\r\n|\r|\n)
    | (?P<comment>\#[^\r\n]*)
    | (?P<isodatetime>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9][\w:.+-]*)
    | (?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?![\w-]))
    | (?P<baddate>[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}(?![\w-])|[0-9]{{4}}/[0-9]{{1,2}}/[0-9]{{1,2}}(?![\w/])
        |[0-9]{{1,2}}[/.][0-9]{{1,2}}[/.][0-9]{{4}}(?![\w/.]))
    | (?P<span>{NUMBER}[ \t]+{UNITS}\b)
    | (?P<glued>{NUMBER}(?:{UNITS}|hrs?|mins?|secs?|wks?|yrs?|[dhw])\b)
    | (?P<percent>{NUMBER}%)
    | (?P<clock>[0-9]{{1,2}}(?::[0-9]{{2}})?(?:am|pm)\b|[0-9]{{1,2}}:[0-9]{{2}}\b(?!:|[ ]+{HALF}))
    | (?P<badclock>[0-9]{{1,2}}(?:[:.][0-9]{{2}})?[ ]*{HALF}|[0-9]{{1,2}}(?::[0-9]+)+|[0-9]{{1,2}}h[0-9]{{2}}\b)
    | (?P<number>{NUMBER}(?![\w]))
    | (?P<badnumber>[0-9][\w]*(?:\.[0-9]\w*)*)
    | (?P<name>[^\W\d]\w*)
    | (?P<compare>>=|<=(?!>)|!=|<(?!>)|>)
    | (?P<double>==(?![=>]))
    | (?P<wrong>&&?|\|\||=>|=<|<=>|<>|->|===|//|!|:=|\*\*)
    | (?P<plus>[+-]) | (?P<times>[*/]) | (?P<qmark>\?) | (?P<symbol>[()\[\],.=|])""",
    re.VERBOSE,
)
SMART_OPEN = "\u201c\u201d\u201e\u00ab\u2018\u2019'"
SMART_CLOSE = {
    "\u201c": '\u201d\u201c"',
    "\u201d": '\u201d"',
    "\u201e": '\u201c\u201d"',
    "\u00ab": "\u00bb",
    "\u2018": "\u2019'",
    "\u2019": "\u2019'",
    "'": "'",
}
ODD_SPACES = "\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\u2004\u2005\u2006\u2008\u3000"
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
# a line that begins so, no deeper than the line with the open bracket, ends that line: the bracket was forgotten
STARTERS = frozenset(
    {
        *(
            "journey",
            "contact",
            "event",
            "settings",
            "define",
            "segment",
            "test",
            "when",
            "on",
            "every",
            "once",
            "also",
            "use",
        ),
        *("if", "else", "wait", "send", "notify", "call", "set", "add", "remove", "emit", "start", "exit", "split"),
        *("variant", "repeat", "audience", "reenter", "limit"),
    }
)
LINE_END = re.compile(r"[\r\n]")
STRING_STOP = re.compile(r'["\\\r\n]|\{\{')
WORD = re.compile(r"\w+")
