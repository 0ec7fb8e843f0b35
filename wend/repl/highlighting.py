"""A Pygments lexer for scripts, made of the tokens and the parser of the language itself.

A word is shown as a keyword exactly where the parser takes it for one.
"""

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, _TokenType

from wend.dsl.ast import AGGREGATES
from wend.dsl.lexer import lex
from wend.dsl.machine import Outline, terminal
from wend.dsl.parser import cut
from wend.dsl.source import Source
from wend.dsl.tokens import Line, Token
from wend.grammar.load import RESERVED
from wend.stdlib import FUNCTIONS

_KINDS: dict[str, Any] = {
    "STRING": String,
    "NUMBER": Number,
    "PERCENT": Number,
    "DATE": Number.Date,
    "DURATION": Number.Duration,
    "CLOCK": Number.Time,
    "COMPARE": Operator,
    "EQUALS": Operator,
}


class WendLexer(Lexer):
    """Scripts and expressions of Wend."""

    name = "Wend"
    aliases = ("wend",)
    filenames = ("*.journey",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Every character of the text, in pieces: where each begins, what it is, and the piece."""
        pieces = sorted(_pieces(text))
        at = 0
        for start, end, kind in pieces:
            if start < at or end <= start:
                continue
            if at < start:
                yield at, Text, text[at:start]
            yield start, kind, text[start:end]
            at = end
        if at < len(text):
            yield at, Text, text[at:]


def _pieces(text: str) -> Iterator[tuple[int, int, Any]]:
    command = text.lstrip()
    begin = 0
    if command.startswith(":"):
        lead = len(text) - len(command)
        begin = lead + len(command.split(maxsplit=1)[0])
        yield lead, begin, Keyword.Namespace
    lexed = lex(Source("", " " * begin + text[begin:]))
    for comment in lexed.comments:
        yield comment.span.start, comment.span.end, Comment
    if not lexed.lines:
        return
    margin = lexed.lines[0].indent
    for lines in cut(lexed.lines, margin):
        words = max(_typed(lines, "item"), _typed(lines, "only_expr"), key=lambda found: found[0])[1]
        for token, type in words:
            yield token.start, token.end, _kind(token, type, text)


def _typed(lines: list[Line], start: str) -> tuple[int, list[tuple[Token, str]]]:
    """How far the parser follows, and each token with what the parser takes it for."""
    outline: Outline | None = Outline(start)
    levels, followed = [lines[0].indent], 0
    found: list[tuple[Token, str]] = []
    for line in lines:
        for step in _steps(line, levels):
            outline = outline if outline is not None and outline.feed(step) else None
        for token in line.tokens:
            type = token.type if outline is None else terminal(token, outline.row)
            found.append((token, type))
            if outline is not None and outline.feed(type):
                followed += 1
            else:
                outline = None
        if outline is not None and not outline.feed("_NEWLINE"):
            outline = None
    return followed, found


def _steps(line: Line, levels: list[int]) -> Iterator[str]:
    if line.indent > levels[-1]:
        levels.append(line.indent)
        yield "_INDENT"
    while line.indent < levels[-1]:
        levels.pop()
        yield "_DEDENT"


def _kind(token: Token, type: str, text: str) -> Any:
    if token.type != "NAME":
        return _KINDS.get(type, Operator if token.text in "+-*/=<>" else Punctuation)
    if token.quoted:
        return Name.Variable
    if type != "NAME" or token.text in RESERVED:
        return Keyword
    called = text[token.end : token.end + 1] == "("
    if called and (token.text in FUNCTIONS or token.text in AGGREGATES):
        return Name.Function
    return Name
