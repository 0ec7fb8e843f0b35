"""What to say about a line that does not parse: the slips that people make, each with a hint of its own."""

from attrs import frozen

from wend.dsl.lexer import Line, Token
from wend.dsl.machine import Outline
from wend.dsl.source import Span

Report = tuple[str, str, Span, str | None]


@frozen
class Slip:
    """Where a line stopped making sense.

    Args:
        line: the line.
        at: the position of the token that does not fit; the number of tokens where the line ends too early.
        types: the terminals that the tokens before it were.
        outline: the parser before that token.
        after_step: the token continues a line on which a step stands already.
        before: the line before, if there is one in the same item.
    """

    line: Line
    at: int
    types: list[str]
    outline: Outline
    after_step: bool
    before: Line | None

    @property
    def token(self) -> Token | None:
        """The token that does not fit, or None at the end of the line."""
        return self.line.tokens[self.at] if self.at < len(self.line.tokens) else None


def too_deep(before: Line, line: Line) -> Report:
    """A line is deeper than the one before, which takes no block."""
    span = Span(line.start, line.tokens[0].end)
    return "W111", "this line is deeper than the one above, which takes no body", span, "indent it like the line above"


def missing_body(line: Line) -> Report:
    """A line asks for a body and none follows."""
    word = line.tokens[0].text
    span = Span(line.start, line.end)
    return "W112", f"`{word}` has no body", span, "indent the lines that belong to it by four spaces"


def explain(slip: Slip) -> Report:
    """The report for a line that does not parse."""
    token = slip.token
    if token is None:
        end = slip.line.end
        return "W121", "the line ends too early", Span(end, end), None
    return "W101", f"`{token.text}` cannot stand here", token.span, None
