"""What all tree builders share: reports, names, and numbers that have to be whole."""

from collections.abc import Callable
from typing import Any

from attrs import define, field

from wend.dsl import ast
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.source import Source, Span
from wend.dsl.tokens import Token


@define
class Builder:
    """Collects what is wrong with parts that the grammar alone lets through."""

    source: Source
    diagnostics: list[Diagnostic] = field(factory=list)

    def report(self, code: str, message: str, span: Span, help: str | None) -> None:
        """Note an error; the tree of this item will not be used."""
        self.diagnostics.append(Diagnostic(code, message, self.source, span, help))

    def whole(self, token: Token, least: int = 1) -> int:
        """The value of a number that counts something."""
        value = token.value
        if isinstance(value, int) and value >= least:
            return value
        self.report("W123", f"`{token.text}` cannot be a count", token.span, f"write a whole number from {least} up")
        return least

    def length(self, value: ast.Expr) -> ast.Expr:
        """A length of time; a bare number lacks its unit."""
        if isinstance(value, ast.Number):
            written = self.source.text[value.span.start : value.span.end]
            self.report("W116", f"`{written}` has no unit", value.span, f"write `{written} days`, or another unit")
        return value

    def maybe_length(self, value: ast.Expr | None) -> ast.Expr | None:
        """A length of time that may be absent."""
        return None if value is None else self.length(value)


Action = Callable[[Builder, Span, list[Any]], Any]


def name(token: Token) -> ast.Name:
    """A name, without its backticks."""
    return ast.Name(text=str(token.value), span=token.span)


def maybe_name(token: Token | None) -> ast.Name | None:
    """A name that may be absent."""
    return None if token is None else name(token)


def text(token: Token) -> ast.Text:
    """A text."""
    return ast.Text(value=str(token.value), span=token.span)


def maybe_text(token: Token | None) -> ast.Text | None:
    """A text that may be absent."""
    return None if token is None else text(token)


def date(token: Token) -> ast.Date:
    """A date."""
    value: Any = token.value
    return ast.Date(value=value, span=token.span)


def maybe_date(token: Token | None) -> ast.Date | None:
    """A date that may be absent."""
    return None if token is None else date(token)


def clock(token: Token) -> ast.Clock:
    """A time of day."""
    value: Any = token.value
    return ast.Clock(value=value, span=token.span)


def maybe_clock(token: Token | None) -> ast.Clock | None:
    """A time of day that may be absent."""
    return None if token is None else clock(token)


def duration(token: Token) -> ast.Duration:
    """A span of time."""
    value: Any = token.value
    return ast.Duration(amount=value[0], unit=value[1], span=token.span)


def maybe_duration(token: Token | None) -> ast.Duration | None:
    """A span of time that may be absent."""
    return None if token is None else duration(token)


def percent(token: Token) -> ast.Percent:
    """A percentage."""
    value: Any = token.value
    return ast.Percent(value=value, span=token.span)
