"""Trees of what stands at the top level: journeys, declarations, definitions, tests."""

from typing import Any

from wend.dsl import ast
from wend.dsl.build import base
from wend.dsl.build.base import Action, Builder
from wend.dsl.source import Span


def _item(b: Builder, span: Span, c: list[Any]) -> Any:
    return c[0]


def _journey(b: Builder, span: Span, c: list[Any]) -> ast.Journey:
    return ast.Journey(name=base.name(c[0]), title=base.maybe_text(c[1]), items=tuple(c[2:]), span=span)


def _settings(b: Builder, span: Span, c: list[Any]) -> ast.Settings:
    return ast.Settings(lines=tuple(c), span=span)


def _contact_decl(b: Builder, span: Span, c: list[Any]) -> ast.ContactDecl:
    return ast.ContactDecl(fields=tuple(c), span=span)


def _event_decl(b: Builder, span: Span, c: list[Any]) -> ast.EventDecl:
    return ast.EventDecl(name=base.name(c[0]), fields=c[1] or (), span=span)


def _fields(b: Builder, span: Span, c: list[Any]) -> tuple[ast.Field, ...]:
    return tuple(c)


def _field(b: Builder, span: Span, c: list[Any]) -> ast.Field:
    return ast.Field(name=base.name(c[0]), type=c[1], value=c[2], span=span)


def _type(b: Builder, span: Span, c: list[Any]) -> ast.TypeExpr:
    return ast.TypeExpr(base=c[0], optional=c[1] is not None, span=span)


def _named_type(b: Builder, span: Span, c: list[Any]) -> ast.NamedType:
    return ast.NamedType(name=base.name(c[0]), span=span)


def _enum_type(b: Builder, span: Span, c: list[Any]) -> ast.EnumType:
    return ast.EnumType(values=tuple(base.text(token) for token in c), span=span)


def _list_type(b: Builder, span: Span, c: list[Any]) -> ast.ListType:
    return ast.ListType(item=c[0], span=span)


def _define(b: Builder, span: Span, c: list[Any]) -> ast.Define:
    return ast.Define(name=base.name(c[0]), params=c[1], value=c[2], span=span)


def _params(b: Builder, span: Span, c: list[Any]) -> tuple[ast.Name, ...]:
    return tuple(base.name(token) for token in c if token is not None)


def _segment(b: Builder, span: Span, c: list[Any]) -> ast.Segment:
    return ast.Segment(name=base.name(c[0]), condition=c[1], span=span)


def _use(b: Builder, span: Span, c: list[Any]) -> ast.Use:
    return ast.Use(file=base.text(c[0]), span=span)


def _test(b: Builder, span: Span, c: list[Any]) -> ast.TestBlock:
    return ast.TestBlock(name=base.text(c[0]), journey=base.name(c[1]), lines=tuple(c[2:]), span=span)


def _given_pairs(b: Builder, span: Span, c: list[Any]) -> ast.Given:
    return ast.Given(pairs=c[0], span=span)


def _given_event(b: Builder, span: Span, c: list[Any]) -> ast.GivenEvent:
    return ast.GivenEvent(event=base.name(c[0]), at=c[1], values=c[2] or (), span=span)


def _force(b: Builder, span: Span, c: list[Any]) -> ast.Force:
    return ast.Force(split=base.name(c[0]), variant=base.name(c[1]), span=span)


def _at(b: Builder, span: Span, c: list[Any]) -> ast.At:
    return ast.At(moment=c[0], act=c[1], span=span)


def _moment(b: Builder, span: Span, c: list[Any]) -> ast.Moment:
    return ast.Moment(date=c[0].value, time=None if c[1] is None else c[1].value, span=span)


def _expect_nothing(b: Builder, span: Span, c: list[Any]) -> ast.ExpectNothing:
    return ast.ExpectNothing(span=span)


def _expect_send(b: Builder, span: Span, c: list[Any]) -> ast.ExpectSend:
    times = None if c[2] is None else b.whole(c[2])
    return ast.ExpectSend(channel=base.name(c[0]), template=base.text(c[1]), times=times, span=span)


def _expect_exit(b: Builder, span: Span, c: list[Any]) -> ast.ExpectExit:
    return ast.ExpectExit(span=span)


def _expect_skip(b: Builder, span: Span, c: list[Any]) -> ast.ExpectSkip:
    return ast.ExpectSkip(reason=base.text(c[0]), span=span)


def _happens(b: Builder, span: Span, c: list[Any]) -> ast.Happens:
    return ast.Happens(event=base.name(c[0]), values=c[1] or (), span=span)


def _changes(b: Builder, span: Span, c: list[Any]) -> ast.Changes:
    return ast.Changes(target=c[0], value=c[1], span=span)


def _expect_total(b: Builder, span: Span, c: list[Any]) -> ast.ExpectTotal:
    return ast.ExpectTotal(count=b.whole(c[0], 0), channel=base.name(c[1]), span=span)


def _advance(b: Builder, span: Span, c: list[Any]) -> ast.Advance:
    return ast.Advance(length=b.length(c[0]), span=span)


ITEMS: dict[str, Action] = {
    "item": _item,
    "journey": _journey,
    "settings": _settings,
    "contact_decl": _contact_decl,
    "event_decl": _event_decl,
    "fields": _fields,
    "field": _field,
    "type": _type,
    "named_type": _named_type,
    "enum_type": _enum_type,
    "list_type": _list_type,
    "define": _define,
    "params": _params,
    "segment": _segment,
    "test": _test,
    "use": _use,
    "given_pairs": _given_pairs,
    "given_event": _given_event,
    "force": _force,
    "at": _at,
    "moment": _moment,
    "expect_nothing": _expect_nothing,
    "expect_send": _expect_send,
    "expect_exit": _expect_exit,
    "expect_skip": _expect_skip,
    "happens": _happens,
    "changes": _changes,
    "expect_total": _expect_total,
    "advance": _advance,
}
