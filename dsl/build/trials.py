"""Trees of `test` blocks."""

from typing import Any

from wend.dsl import ast
from wend.dsl.build import base
from wend.dsl.build.base import Action, Builder
from wend.dsl.source import Span
from wend.dsl.tokens import Token


def _test(b: Builder, span: Span, c: list[Any]) -> ast.TestBlock:
    return ast.TestBlock(name=base.text(c[0]), journey=base.name(c[1]), examples=c[2], lines=tuple(c[3:]), span=span)


def _test_contact(b: Builder, span: Span, c: list[Any]) -> ast.TestContact:
    return ast.TestContact(name=base.name(c[0]), lines=tuple(c[1:]), span=span)


def _examples(b: Builder, span: Span, c: list[Any]) -> ast.Examples:
    return ast.Examples(columns=c[0], rows=tuple(c[1:]), span=span)


def _example_names(b: Builder, span: Span, c: list[Any]) -> tuple[ast.Name, ...]:
    return tuple(base.name(token) for token in c)


def _example(b: Builder, span: Span, c: list[Any]) -> ast.Example:
    return ast.Example(cells=tuple(c), span=span)


def _column(b: Builder, span: Span, c: list[Any]) -> ast.Column:
    return ast.Column(name=base.name(c[0]), span=span)


def _given_pairs(b: Builder, span: Span, c: list[Any]) -> ast.Given:
    return ast.Given(pairs=c[0], span=span)


def _given_event(b: Builder, span: Span, c: list[Any]) -> ast.GivenEvent:
    return ast.GivenEvent(event=base.name(c[0]), at=c[1], values=c[2] or (), span=span)


def _force(b: Builder, span: Span, c: list[Any]) -> ast.Force:
    return ast.Force(split=base.name(c[0]), variant=base.name(c[1]), span=span)


def _at(b: Builder, span: Span, c: list[Any]) -> ast.At:
    return ast.At(moment=c[0], act=c[1], span=span)


def _during(b: Builder, span: Span, c: list[Any]) -> ast.During:
    return ast.During(start=c[0], until=c[1], expected=c[2], span=span)


def _during_until(b: Builder, span: Span, c: list[Any]) -> ast.During:
    return ast.During(start=None, until=c[0], expected=c[1], span=span)


def _moment(b: Builder, span: Span, c: list[Any]) -> ast.Moment:
    return ast.Moment(date=c[0].value, time=None if c[1] is None else c[1].value, span=span)


def _moment_of(b: Builder, span: Span, c: list[Any]) -> ast.Moment:
    return ast.Moment(date=c[0], time=None if c[1] is None else c[1].value, span=span)


def _count(b: Builder, written: Any) -> int | ast.Column:
    """How many: a number, none included, or a column."""
    return b.whole(written, 0) if isinstance(written, Token) else written


def _words(written: Any) -> ast.Text | ast.Column:
    """A text or a column."""
    return base.text(written) if isinstance(written, Token) else written


def _expect_nothing(b: Builder, span: Span, c: list[Any]) -> ast.ExpectNothing:
    return ast.ExpectNothing(span=span)


def _expect_send(b: Builder, span: Span, c: list[Any]) -> ast.ExpectSend:
    times = None if c[2] is None else _count(b, c[2])
    return ast.ExpectSend(channel=base.name(c[0]), template=_words(c[1]), times=times, span=span)


def _expect_count(b: Builder, span: Span, c: list[Any]) -> ast.ExpectCount:
    return ast.ExpectCount(count=_count(b, c[0]), channel=base.name(c[1]), span=span)


def _expect_exit(b: Builder, span: Span, c: list[Any]) -> ast.ExpectExit:
    return ast.ExpectExit(span=span)


def _expect_skip(b: Builder, span: Span, c: list[Any]) -> ast.ExpectSkip:
    return ast.ExpectSkip(reason=_words(c[0]), span=span)


def _expect_that(b: Builder, span: Span, c: list[Any]) -> ast.ExpectThat:
    return ast.ExpectThat(condition=c[0], span=span)


def _happens(b: Builder, span: Span, c: list[Any]) -> ast.Happens:
    return ast.Happens(event=base.name(c[0]), values=c[1] or (), span=span)


def _changes(b: Builder, span: Span, c: list[Any]) -> ast.Changes:
    return ast.Changes(target=c[0], value=c[1], span=span)


def _expect_total(b: Builder, span: Span, c: list[Any]) -> ast.ExpectTotal:
    return ast.ExpectTotal(count=_count(b, c[0]), channel=base.name(c[1]), span=span)


def _advance(b: Builder, span: Span, c: list[Any]) -> ast.Advance:
    return ast.Advance(length=b.length(c[0]), span=span)


TRIALS: dict[str, Action] = {
    "test": _test,
    "test_contact": _test_contact,
    "examples": _examples,
    "example_names": _example_names,
    "example": _example,
    "column": _column,
    "given_pairs": _given_pairs,
    "given_event": _given_event,
    "force": _force,
    "at": _at,
    "during": _during,
    "during_until": _during_until,
    "moment": _moment,
    "moment_of": _moment_of,
    "expect_nothing": _expect_nothing,
    "expect_send": _expect_send,
    "expect_count": _expect_count,
    "expect_exit": _expect_exit,
    "expect_skip": _expect_skip,
    "expect_that": _expect_that,
    "happens": _happens,
    "changes": _changes,
    "expect_total": _expect_total,
    "advance": _advance,
}
