"""From the header lines of a journey, and the lines of `settings`, to what they set."""

import zoneinfo
from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import define, field

from wend.dsl import ast, core, program
from wend.dsl.builtins import EVERYBODY
from wend.dsl.checker import habits
from wend.dsl.checker.env import Env
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.resolve import expand
from wend.dsl.checker.triggers import event_match, positive
from wend.dsl.checker.waits import weekdays
from wend.dsl.core import Hint, Place
from wend.dsl.nearest import nearest

TRACKED = ("opens", "clicks")
"""What a channel may be asked to tell of a message."""

_REPEATABLE = (ast.ExitOn, ast.SendWindow, ast.Limit, ast.Consent, ast.Goal, ast.Quota, ast.Track)
_WORDS: dict[type[ast.Node], str] = {
    ast.Audience: "audience",
    ast.ExitWhen: "exit when",
    ast.Reenter: "reenter",
    ast.Active: "active",
    ast.EntryUntil: "entry until",
    ast.Timezone: "timezone",
    ast.Late: "late up to",
    ast.Transactional: "transactional",
    ast.Topic: "topic",
    ast.Priority: "priority",
    ast.Backlog: "backlog",
    ast.HoldOut: "hold out",
    ast.FromDefault: "from",
    ast.ReplyTo: "reply to",
    ast.NewestPathOnly: "newest path only",
    ast.Pause: "pause",
}


@cache
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(zoneinfo.available_timezones())


@define
class Once:
    """Lines that may stand once, and where they stood."""

    seen: dict[type[ast.Node], Place] = field(factory=dict)

    def check(self, node: ast.Header | ast.Setting, env: Env, ctx: Expressions) -> None:
        """Report a line that stands a second time."""
        kind = type(node)
        if kind in _REPEATABLE:
            return
        if kind in self.seen:
            message = f"`{_WORDS[kind]}` stands twice"
            help = "join the conditions with `or`" if kind is ast.ExitWhen else "keep one of the two lines"
            hint = Hint(self.seen[kind], "first here")
            ctx.reports.error("W231", message, env.place(node), help, hint)
        else:
            self.seen[kind] = env.place(node)


def header(lines: list[ast.Header], env: Env, ctx: Expressions) -> dict[str, Any]:
    """The arguments of a journey that its header lines give."""
    once, made = Once(), dict[str, Any]()
    for node in lines:
        once.check(node, env, ctx)
        match node:
            case ast.Audience():
                made["audience"] = _audience(node, env, ctx)
            case ast.ExitWhen(condition=condition):
                made["exit_when"] = ctx.condition(condition, env).expr
            case ast.ExitOn(event=event, where=where):
                found = event_match(event, where, env, ctx)
                if found is not None:
                    made["exit_on"] = (*made.get("exit_on", ()), found)
            case ast.Goal(event=event, within=within, where=where):
                found = event_match(event, where, env, ctx)
                if found is not None:
                    bound = None if within is None else positive(within, env, ctx, "the time of a goal")
                    made["goals"] = (*made.get("goals", ()), program.Goal(match=found, within=bound))
            case ast.Reenter(kind=kind, after=after):
                made["reenter"] = kind
                if after is not None:
                    made["reenter_after"] = positive(after, env, ctx, "the time after which a run may begin again")
            case ast.Active():
                _active(node, made, env, ctx)
            case ast.EntryUntil(date=date):
                made["entry_until"] = date.value
            case ast.Timezone(zone=None):
                made["contact_zone"] = True
            case ast.Topic(topic=topic):
                made["topic"] = topic.value
            case ast.Priority(value=value):
                made["priority"] = value.value
            case ast.Backlog(skip=skip):
                made["backlog_skip"] = skip
            case ast.Transactional():
                made["transactional"] = True
            case ast.Pause(way=way):
                made["pause"] = way
            case ast.NewestPathOnly():
                made["newest_path_only"] = True
            case _:
                _shared(node, made, env, ctx)
    return made


def settings(blocks: list[tuple[ast.Settings, Env]], ctx: Expressions) -> program.Settings:
    """What all blocks of settings together say."""
    once, made = Once(), dict[str, Any]()
    for block, env in blocks:
        for node in block.lines:
            once.check(node, env, ctx)
            match node:
                case ast.Consent(channel=channel, condition=condition, topic=topic):
                    rule = program.ConsentRule(
                        channel=channel.text,
                        condition=ctx.condition(condition, env).expr,
                        topic=None if topic is None else topic.value,
                        place=env.place(node),
                    )
                    made["consents"] = (*made.get("consents", ()), rule)
                case ast.Quota(count=count, channel=channel, unit=unit):
                    if count < 1:
                        help = "write `quota 10_000 email per month`, say, or leave the sends out"
                        ctx.error("W240", "a quota allows one message at least", node, env, help)
                    made["quotas"] = (
                        *made.get("quotas", ()),
                        program.Quota(count=count, channel=channel.text, unit=unit, place=env.place(node)),
                    )
                case ast.Timezone(zone=None):
                    help = 'name the zone of the project here: `timezone "Europe/Paris"`; write this in a journey'
                    ctx.error("W238", "`timezone contact` belongs to a journey", node, env, help)
                case _:
                    _shared(node, made, env, ctx)
    return program.Settings(**made)


def _shared(node: ast.Node, made: dict[str, Any], env: Env, ctx: Expressions) -> None:
    """Lines that journeys and settings have in common."""
    match node:
        case ast.Timezone(zone=ast.Text() as zone):
            made["zone"] = _zone(zone, env, ctx)
        case ast.FromDefault(sender=sender):
            made["sender"] = sender.value
        case ast.ReplyTo(address=address):
            made["reply_to"] = address.value
        case ast.Track(kinds=kinds):
            made["track"] = tuple(dict.fromkeys((*made.get("track", ()), *_tracked(kinds, env, ctx))))
        case ast.HoldOut(share=share):
            made["hold_out"] = share.value
            if not 0 < share.value <= 100:
                ctx.error("W240", "a hold-out is more than 0% and at most 100%", node, env, "write `hold out 10%`, say")
        case ast.Late(length=length):
            made["late"] = positive(length, env, ctx, "the time after which it is too late")
        case ast.SendWindow():
            made["windows"] = (*made.get("windows", ()), _window(node, env, ctx))
        case ast.Limit():
            made["limits"] = (*made.get("limits", ()), _limit(node, env, ctx))
        case _:
            pass  # not carried out, and refused elsewhere


def _tracked(kinds: tuple[ast.Name, ...], env: Env, ctx: Expressions) -> Iterator[str]:
    for kind in kinds:
        if kind.text not in TRACKED:
            near = nearest(kind.text, TRACKED)
            help = f"write `{near}`" if near else "write `track opens, clicks`"
            ctx.error("W213", f"`{kind.text}` cannot be tracked", kind, env, help)
        yield kind.text


def _audience(node: ast.Audience, env: Env, ctx: Expressions) -> core.Expr:
    name = node.segment.text
    env = Env(source=env.source, words="an audience")
    parts: list[core.Expr] = []
    if name != EVERYBODY:
        definition = ctx.names.definitions.get(name)
        if definition is not None and definition.segment:
            parts.append(expand(definition, (), env, ctx).expr)
        else:
            _no_segment(node, env, ctx)
    if node.where is not None:
        parts.append(ctx.condition(node.where, env).expr)
    if not parts:
        return core.TRUE
    return parts[0] if len(parts) == 1 else core.And(operands=tuple(parts), place=env.place(node))


def _no_segment(node: ast.Audience, env: Env, ctx: Expressions) -> None:
    name = node.segment.text
    segments = [d.name for d in ctx.names.definitions.values() if d.segment]
    near = nearest(name, [*segments, EVERYBODY])
    if name in ctx.names.definitions or name in ctx.names.fields:
        help = f"write `audience contacts where {name}`"
    else:
        help = f"write `{near}`" if near else f"declare it: `segment {name} = …`"
    if name in habits.EVERYBODY:
        help = "write `contacts`"
    ctx.error("W204", f"there is no segment `{name}`", node.segment, env, help)


def _active(node: ast.Active, made: dict[str, Any], env: Env, ctx: Expressions) -> None:
    if node.start is not None:
        made["active_from"] = node.start.value
    if node.until is not None:
        made["active_until"] = node.until.value
    if node.start is not None and node.until is not None and node.start.value >= node.until.value:
        message = "this journey is never active: it ends before it begins"
        ctx.error("W234", message, node, env, "let `until` be later than `from`; its day is not included")


def _zone(zone: ast.Text, env: Env, ctx: Expressions) -> str:
    if zone.value not in zones():
        near = nearest(zone.value, zones())
        help = f'write `"{near}"`' if near else 'zones are named so: `"Europe/Paris"`'
        ctx.error("W232", f"there is no time zone `{zone.value}`", zone, env, help)
    return zone.value


def _window(node: ast.SendWindow, env: Env, ctx: Expressions) -> program.SendWindow:
    if node.start.value == node.end.value:
        message = "this window is empty: it ends when it begins"
        ctx.error("W233", message, node, env, "name two different times; a window may cross midnight")
    return program.SendWindow(
        start=node.start.value,
        end=node.end.value,
        channel=None if node.channel is None else node.channel.text,
        days=weekdays(node.days),
        place=env.place(node),
    )


def _limit(node: ast.Limit, env: Env, ctx: Expressions) -> program.Limit:
    if node.count < 1:
        message = "a limit allows one message at least"
        ctx.error("W240", message, node, env, "write `limit 1 …`, or leave the sends out")
    per = positive(node.per, env, ctx, "the time of a limit")
    return program.Limit(
        count=node.count, channel=node.channel.text, per=per, else_wait=node.else_wait, place=env.place(node)
    )
