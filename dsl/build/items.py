"""Trees of what stands at the top level: journeys, declarations, definitions."""

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
    "use": _use,
}
