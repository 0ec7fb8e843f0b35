"""A line with a command, `:event purchase amount=30`, taken apart."""

import re

from attrs import frozen

from wend.dsl import ast
from wend.dsl.checker.prompt import Given
from wend.dsl.diagnostics import WendError
from wend.dsl.lexer import lex
from wend.dsl.source import Source, Span
from wend.dsl.tokens import Token

PROMPT = "prompt"
"""What a line that is typed is called in messages."""


@frozen
class Line:
    """A command: its name, and where its argument stands in what was typed."""

    source: Source
    name: str
    argument: Span

    @property
    def rest(self) -> str:
        """The argument as text."""
        return self.source.text[self.argument.start : self.argument.end]

    def expression(self, start: int | None = None) -> Source:
        """The argument, or what stands from a place on, as an expression whose places are those of the line."""
        if start is None and not self.rest:
            raise WendError(f"`:{self.name}` is about an expression", f"write one behind it: `:{self.name} 1 < 2`, say")
        begin = self.argument.start if start is None else start
        return Source(PROMPT, " " * begin + self.source.text[begin : self.argument.end])

    def nothing(self, usage: str) -> None:
        """Raises WendError where there is an argument."""
        if self.rest:
            raise WendError(f"`:{self.name}` takes nothing, got `{self.rest}`", f"write `{usage}`")

    def words(self) -> list[tuple[str, Span]]:
        """The words of the argument: texts between quotes, names between backticks, anything else without spaces."""
        found = []
        for match in re.finditer(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)', self.rest):
            word = next(group for group in match.groups() if group is not None)
            start = self.argument.start
            found.append((word, Span(start + match.start(), start + match.end())))
        return found

    def pairs(self) -> tuple[list[tuple[str, Span]], list[Given]]:
        """Words, then `name=value` pairs with or without commas between them.

        Raises:
            WendError: something is no such pair.
        """
        lexed = lex(self.expression(self.argument.start))
        tokens = [token for each in lexed.lines for token in each.tokens]
        starts = [
            number
            for number, token in enumerate(tokens[:-1])
            if token.type == "NAME" and _is_equals(tokens[number + 1].text) and _outside(tokens, number)
        ]
        first = tokens[starts[0]].start if starts else self.argument.end
        head = [(word, span) for word, span in self.words() if span.start < first]
        pairs = []
        for place, number in enumerate(starts):
            last = starts[place + 1] if place + 1 < len(starts) else len(tokens)
            value = tokens[number + 2 : last]
            while value and value[-1].text == ",":
                value.pop()
            if not value:
                raise WendError(f"`{tokens[number].text}` is given no value", "write one behind `=`, or `unknown`")
            name = str(tokens[number].value) if tokens[number].quoted else tokens[number].text
            pairs.append(Given(name, tokens[number].span, Span(value[0].start, value[-1].end)))
        return head, pairs


def _is_equals(text: str) -> bool:
    return text in ("=", "==")


def _outside(tokens: list[Token], number: int) -> bool:
    """Whether a token stands outside all brackets."""
    texts = [token.text for token in tokens[:number]]
    return sum(text in ("(", "[") for text in texts) == sum(text in (")", "]") for text in texts)


def read_line(text: str) -> Line:
    """The command that a line beginning with `:` names."""
    match = re.match(r"\s*:\s*([A-Za-z]*)[ \t]*", text)
    assert match is not None, "the line begins with a colon"
    end = len(text.rstrip())
    return Line(Source(PROMPT, text), match[1].lower(), Span(min(match.end(), end), end))


def name_node(name: str, span: Span) -> ast.Name:
    """A name in a line, for the checker."""
    return ast.Name(text=name, span=span)
