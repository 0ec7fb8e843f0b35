"""Where a line stopped making sense, and what could have stood there instead."""

from attrs import frozen

from wend.dsl.machine import Outline, prepared, terminal
from wend.dsl.source import Span
from wend.dsl.tokens import Line, Token

Report = tuple[str, str, Span, str | None]
"""A code, a sentence, a place, a suggestion."""

STEPS = frozenset({"SEND", "NOTIFY", "CALL", "SET", "ADD", "REMOVE", "EMIT", "START", "RESUBSCRIBE", "STOP", "EXIT"})
BLOCK_STEPS = frozenset({"IF", "SPLIT", "REPEAT", "WAIT"})
DAYS = frozenset({"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY", "WEEKDAY"})
VALUES = frozenset({"NUMBER", "STRING", "DATE", "CLOCK", "SPAN", "PERCENT", "LPAR", "LSQB", "TRUE", "FALSE"})
COMPARISONS = frozenset({"CMP_OP", "EQUAL", "IN", "CONTAINS", "STARTS", "ENDS", "MATCHES", "IS"})
OPERATORS = COMPARISONS | {"ADD_OP", "MUL_OP", "OTHERWISE", "AND", "OR", "NOT", "DOT"}
KINDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a text in quotes",
    "DATE": "a date such as `2027-03-01`",
    "CLOCK": "a time of day such as `9am`",
    "SPAN": "a length of time such as `3 days`",
    "PERCENT": "a percentage such as `10%`",
    "CMP_OP": "a comparison",
    "QMARK": "`?`",
    "_NEWLINE": "the end of the line",
}


@frozen
class Slip:
    """A line that does not parse.

    Args:
        line: the line.
        at: the position of the token that does not fit; the number of tokens where the line ends too early.
        types: the terminals that the tokens before it were.
        begin: the parser at the beginning of the line.
        outline: the parser before that token.
        after_step: the token continues a line on which a step stands already.
        before: the line before, if there is one in the same item.
    """

    line: Line
    at: int
    types: tuple[str, ...]
    begin: Outline
    outline: Outline
    after_step: bool
    before: Line | None

    @property
    def token(self) -> Token | None:
        """The token that does not fit, or None at the end of the line."""
        return self.line.tokens[self.at] if self.at < len(self.line.tokens) else None

    @property
    def last(self) -> Token | None:
        """The token before it, or None at the beginning of the line."""
        return self.line.tokens[self.at - 1] if self.at else None

    @property
    def next(self) -> Token | None:
        """The token after it, if there is one."""
        return self.line.tokens[self.at + 1] if self.at + 1 < len(self.line.tokens) else None

    @property
    def last_type(self) -> str:
        """What the token before it was."""
        return self.types[-1] if self.types else ""

    def type_of(self, token: Token) -> str:
        """The keyword that a token spells, whether or not it is one here; else its own type."""
        if token.type == "NAME" and not token.quoted:
            return prepared().tables.keywords.get(token.text, "NAME")
        return token.type

    def at_token(self, position: int) -> Outline:
        """The parser before another token of the line."""
        outline = self.begin.copy()
        outline.feed_all(self.types[:position])
        return outline

    def wants_value(self) -> bool:
        """Whether a value was to come."""
        return self.outline.expected() >= VALUES


def feed(outline: Outline, token: Token) -> bool:
    """Take a token as the parser would."""
    return outline.feed(terminal(token, outline.row))


def keyword_words(outline: Outline) -> dict[str, str]:
    """The words that could come next, each with its terminal."""
    expected = outline.expected()
    return {word: name for word, name in prepared().tables.keywords.items() if name in expected}


def expectation(outline: Outline, after_name: bool = False) -> str | None:
    """What could come next, in a few words; None if nothing could.

    Args:
        after_name: a name stands before it, so that a bracket would make a call of it, which nobody has in mind.
    """
    expected = outline.expected()
    if after_name and len(expected) > 1:
        expected -= {"LPAR"}
    parts: list[str] = []
    if expected >= VALUES:
        parts.append("a value")
        expected -= VALUES | {"NAME", "NOT", "ADD_OP", "IN"}
    if expected >= STEPS:
        parts.append("a step")
        expected -= STEPS | BLOCK_STEPS
    if expected >= DAYS:
        parts.append("a day of the week")
        expected -= DAYS
    if expected >= {"AND", "OR"}:  # a condition that could end here
        parts.append("a comparison, `and`, `or`" if expected >= COMPARISONS else "`and`, `or`")
        expected -= OPERATORS | {"AFTER", "BEFORE", "AT", "FOR", "REPEATEDLY"}
    elif expected - {"DOT", "_NEWLINE"}:
        expected -= {"DOT"}
    parts += [KINDS[kind] for kind in KINDS if kind in expected and kind != "_NEWLINE"]
    tables = prepared().tables
    literal = {**tables.keywords, **tables.symbols}
    parts += sorted(f"`{word}`" for word, name in literal.items() if name in expected)
    if "_NEWLINE" in expected:
        parts.append("the end of the line")
    if "_INDENT" in expected and not parts:
        parts.append("an indented body")
    if not parts:
        return None
    if len(parts) > 8:
        parts = [*parts[:6], "another keyword"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"
