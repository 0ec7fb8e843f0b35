"""Trees of triggers."""

from typing import Any

from wend.dsl import ast
from wend.dsl.build import base
from wend.dsl.build.base import Action, Builder
from wend.dsl.source import Span

_HEADS = (
    ast.When | ast.Dated | ast.On | ast.OnChange | ast.OnRequest | ast.OnEntry | ast.OnExit | ast.Every | ast.OnceOn
    | ast.OnceAtLaunch
)  # fmt: skip


def _trigger(b: Builder, span: Span, c: list[Any]) -> ast.Trigger:
    heads = tuple(part for part in c if isinstance(part, _HEADS))
    stops = tuple(part for part in c if isinstance(part, ast.StopOn | ast.StopWhen))
    return ast.Trigger(heads=heads, stops=stops, body=tuple(c[len(heads) + len(stops) :]), span=span)


def _stop_on(b: Builder, span: Span, c: list[Any]) -> ast.StopOn:
    return ast.StopOn(event=c[0], alias=base.maybe_name(c[1]), where=c[2], span=span)


def _stop_when(b: Builder, span: Span, c: list[Any]) -> ast.StopWhen:
    return ast.StopWhen(condition=c[0], span=span)


def _when(b: Builder, span: Span, c: list[Any]) -> ast.When:
    return ast.When(
        condition=c[0], lasting=b.maybe_length(c[1]), repeatedly=c[2] is not None, at_most_every=c[3], span=span
    )


def _present(b: Builder, span: Span, c: list[Any]) -> bool:
    return True


def _at_most(b: Builder, span: Span, c: list[Any]) -> ast.Duration:
    return base.duration(c[0])


def _dated(b: Builder, span: Span, c: list[Any]) -> ast.Dated:
    return ast.Dated(offset=c[0], clock=base.maybe_clock(c[1]), span=span)


def _offset(direction: ast.Direction) -> Action:
    return lambda b, span, c: ast.Offset(length=b.length(c[0]), direction=direction, anchor=c[1], span=span)


def _on(b: Builder, span: Span, c: list[Any]) -> ast.On:
    return ast.On(event=c[0], alias=base.maybe_name(c[1]), key=c[2], where=c[3], span=span)


def _key(kind: ast.KeyKind) -> Action:
    return lambda b, span, c: ast.Key(kind=kind, path=c[0], span=span)


def _on_change(b: Builder, span: Span, c: list[Any]) -> ast.OnChange:
    return ast.OnChange(field=c[0], before=c[1], after=c[2], span=span)


def _on_request(b: Builder, span: Span, c: list[Any]) -> ast.OnRequest:
    return ast.OnRequest(span=span)


def _on_entry(b: Builder, span: Span, c: list[Any]) -> ast.OnEntry:
    return ast.OnEntry(span=span)


def _on_exit(b: Builder, span: Span, c: list[Any]) -> ast.OnExit:
    return ast.OnExit(span=span)


def _every(b: Builder, span: Span, c: list[Any]) -> ast.Every:
    return ast.Every(schedule=c[0], clock=base.maybe_clock(c[1]), span=span)


def _daily(b: Builder, span: Span, c: list[Any]) -> ast.Daily:
    return ast.Daily(span=span)


def _weekly(b: Builder, span: Span, c: list[Any]) -> ast.Weekly:
    return ast.Weekly(days=c[0], span=span)


def _each(b: Builder, span: Span, c: list[Any]) -> ast.Each:
    return ast.Each(length=base.duration(c[0]), days=c[1] or (), span=span)


def _monthly(b: Builder, span: Span, c: list[Any]) -> ast.Monthly:
    day = c[0].value
    if not isinstance(day, int) or not 1 <= day <= 31:
        b.report("W123", f"no month has a day `{c[0].text}`", c[0].span, "write a day from 1 to 31")
        day = 1
    return ast.Monthly(day=day, span=span)


def _yearly(b: Builder, span: Span, c: list[Any]) -> ast.Yearly:
    return ast.Yearly(field=c[0], span=span)


def _yearly_offset(b: Builder, span: Span, c: list[Any]) -> ast.YearlyOffset:
    return ast.YearlyOffset(offset=c[0], span=span)


def _each_from(b: Builder, span: Span, c: list[Any]) -> ast.EachFrom:
    return ast.EachFrom(length=base.duration(c[0]), field=c[1], span=span)


def _once_on(b: Builder, span: Span, c: list[Any]) -> ast.OnceOn:
    return ast.OnceOn(date=base.date(c[0]), clock=base.maybe_clock(c[1]), span=span)


def _once_at_launch(b: Builder, span: Span, c: list[Any]) -> ast.OnceAtLaunch:
    return ast.OnceAtLaunch(span=span)


def _days(b: Builder, span: Span, c: list[Any]) -> tuple[ast.Weekday, ...]:
    return tuple(c)


def _day(b: Builder, span: Span, c: list[Any]) -> ast.Weekday:
    return ast.Weekday(c[0].text)


TRIGGERS: dict[str, Action] = {
    "trigger": _trigger,
    "stop_on": _stop_on,
    "stop_when": _stop_when,
    "when": _when,
    "repeatedly": _present,
    "at_most": _at_most,
    "dated": _dated,
    "offset_after": _offset(ast.Direction.AFTER),
    "offset_before": _offset(ast.Direction.BEFORE),
    "on": _on,
    "key_per": _key(ast.KeyKind.PER),
    "key_once": _key(ast.KeyKind.ONCE_PER),
    "on_change": _on_change,
    "on_request": _on_request,
    "on_entry": _on_entry,
    "on_exit": _on_exit,
    "every": _every,
    "daily": _daily,
    "weekly": _weekly,
    "each": _each,
    "monthly": _monthly,
    "yearly": _yearly,
    "yearly_offset": _yearly_offset,
    "each_from": _each_from,
    "once_on": _once_on,
    "once_at_launch": _once_at_launch,
    "days": _days,
    "day": _day,
}
