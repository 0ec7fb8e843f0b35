"""Trees of header lines and settings."""

from typing import Any

from wend.dsl import ast
from wend.dsl.build import base
from wend.dsl.build.base import Action, Builder
from wend.dsl.source import Span


def _audience(b: Builder, span: Span, c: list[Any]) -> ast.Audience:
    return ast.Audience(segment=base.name(c[0]), where=c[1], span=span)


def _exit_when(b: Builder, span: Span, c: list[Any]) -> ast.ExitWhen:
    return ast.ExitWhen(condition=c[0], span=span)


def _exit_on(b: Builder, span: Span, c: list[Any]) -> ast.ExitOn:
    return ast.ExitOn(event=c[0], where=c[1], span=span)


def _goal(b: Builder, span: Span, c: list[Any]) -> ast.Goal:
    return ast.Goal(event=c[0], within=base.maybe_duration(c[1]), where=c[2], span=span)


def _reenter(kind: ast.ReenterKind) -> Action:
    def make(b: Builder, span: Span, c: list[Any]) -> ast.Reenter:
        return ast.Reenter(kind=kind, after=base.duration(c[0]) if c else None, span=span)

    return make


def _active_from(b: Builder, span: Span, c: list[Any]) -> ast.Active:
    return ast.Active(start=base.date(c[0]), until=base.maybe_date(c[1]), span=span)


def _active_until(b: Builder, span: Span, c: list[Any]) -> ast.Active:
    return ast.Active(until=base.date(c[0]), span=span)


def _entry_until(b: Builder, span: Span, c: list[Any]) -> ast.EntryUntil:
    return ast.EntryUntil(date=base.date(c[0]), span=span)


def _zone_named(b: Builder, span: Span, c: list[Any]) -> ast.Timezone:
    return ast.Timezone(zone=base.text(c[0]), span=span)


def _zone_contact(b: Builder, span: Span, c: list[Any]) -> ast.Timezone:
    return ast.Timezone(span=span)


def _window(b: Builder, span: Span, c: list[Any]) -> ast.SendWindow:
    return ast.SendWindow(
        channel=base.maybe_name(c[0]), start=base.clock(c[1]), end=base.clock(c[2]), days=c[3] or (), span=span
    )


def _limit(b: Builder, span: Span, c: list[Any]) -> ast.Limit:
    return ast.Limit(
        count=b.whole(c[0], 0), channel=base.name(c[1]), per=base.duration(c[2]), else_wait=c[3] is not None, span=span
    )


def _present(b: Builder, span: Span, c: list[Any]) -> bool:
    """A part that is only a few words: it is there."""
    return True


def _late(b: Builder, span: Span, c: list[Any]) -> ast.Late:
    return ast.Late(length=base.duration(c[0]), span=span)


def _transactional(b: Builder, span: Span, c: list[Any]) -> ast.Transactional:
    return ast.Transactional(span=span)


def _topic(b: Builder, span: Span, c: list[Any]) -> ast.Topic:
    return ast.Topic(topic=base.text(c[0]), span=span)


def _priority(b: Builder, span: Span, c: list[Any]) -> ast.Priority:
    return ast.Priority(value=ast.Number(value=c[0].value, span=c[0].span), span=span)


def _backlog(skip: bool) -> Action:
    return lambda b, span, c: ast.Backlog(skip=skip, span=span)


def _hold_out(b: Builder, span: Span, c: list[Any]) -> ast.HoldOut:
    return ast.HoldOut(share=base.percent(c[0]), span=span)


def _from_default(b: Builder, span: Span, c: list[Any]) -> ast.FromDefault:
    return ast.FromDefault(sender=base.text(c[0]), span=span)


def _reply_to(b: Builder, span: Span, c: list[Any]) -> ast.ReplyTo:
    return ast.ReplyTo(address=base.text(c[0]), span=span)


def _track(b: Builder, span: Span, c: list[Any]) -> ast.Track:
    return ast.Track(kinds=tuple(base.name(token) for token in c), span=span)


def _newest(b: Builder, span: Span, c: list[Any]) -> ast.NewestPathOnly:
    return ast.NewestPathOnly(span=span)


def _pause(b: Builder, span: Span, c: list[Any]) -> ast.Pause:
    return ast.Pause(way=c[0], span=span)


def _pause_way(b: Builder, span: Span, c: list[Any]) -> ast.PauseWay:
    return ast.PauseWay(c[0].text)


def _consent(b: Builder, span: Span, c: list[Any]) -> ast.Consent:
    return ast.Consent(channel=base.name(c[0]), topic=base.maybe_text(c[1]), condition=c[2], span=span)


def _quota(b: Builder, span: Span, c: list[Any]) -> ast.Quota:
    return ast.Quota(count=b.whole(c[0], 0), channel=base.name(c[1]), unit=c[2], span=span)


def _quota_unit(b: Builder, span: Span, c: list[Any]) -> ast.QuotaUnit:
    return ast.QuotaUnit(c[0].text)


HEADER: dict[str, Action] = {
    "audience": _audience,
    "exit_when": _exit_when,
    "exit_on": _exit_on,
    "goal": _goal,
    "reenter_never": _reenter(ast.ReenterKind.NEVER),
    "reenter_always": _reenter(ast.ReenterKind.ALWAYS),
    "reenter_after": _reenter(ast.ReenterKind.AFTER),
    "active_from": _active_from,
    "active_until": _active_until,
    "entry_until": _entry_until,
    "zone_named": _zone_named,
    "zone_contact": _zone_contact,
    "window": _window,
    "limit": _limit,
    "else_wait": _present,
    "late": _late,
    "transactional": _transactional,
    "topic": _topic,
    "priority": _priority,
    "backlog_include": _backlog(False),
    "backlog_skip": _backlog(True),
    "hold_out": _hold_out,
    "from_default": _from_default,
    "reply_to": _reply_to,
    "track": _track,
    "newest": _newest,
    "pause": _pause,
    "pause_way": _pause_way,
    "consent": _consent,
    "quota": _quota,
    "quota_unit": _quota_unit,
}
