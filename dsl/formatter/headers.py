"""How header lines and settings are written."""

from typing import assert_never

from wend.dsl import ast
from wend.dsl.formatter.lines import Lines
from wend.dsl.formatter.phrases import clock_text, count_text
from wend.dsl.literals import quote


def write_header(lines: Lines, node: ast.Header | ast.Setting, indent: int) -> None:
    """A line of a journey's header or of the settings."""
    say = lines.say
    match node:
        case ast.Audience(segment=segment, where=where):
            lines.where(node, indent, f"audience {say.name(segment)}", where)
        case ast.ExitWhen(condition=condition):
            lines.conditional(node, indent, "exit when", condition)
        case ast.ExitOn(event=event, where=where):
            lines.where(node, indent, f"exit on {say.path(event)}", where)
        case ast.Goal(event=event, within=within, where=where):
            inside = f" within {say.duration(within)}" if within else ""
            lines.where(node, indent, f"goal on {say.path(event)}{inside}", where)
        case ast.Consent(channel=channel, topic=topic, condition=condition):
            about = f" topic {quote(topic.value)}" if topic else ""
            lines.conditional(node, indent, f"consent {say.name(channel)}{about} when", condition)
        case _:
            lines.line(node, indent, _header(lines, node))


def _header(
    lines: Lines,
    node: ast.Reenter
    | ast.Active
    | ast.EntryUntil
    | ast.Timezone
    | ast.SendWindow
    | ast.Limit
    | ast.Late
    | ast.Transactional
    | ast.Topic
    | ast.Priority
    | ast.Backlog
    | ast.HoldOut
    | ast.FromDefault
    | ast.ReplyTo
    | ast.Track
    | ast.NewestPathOnly
    | ast.Pause
    | ast.Quota,
) -> str:
    say = lines.say
    match node:
        case ast.Reenter(kind=kind, after=after):
            return f"reenter {kind}" + (f" {say.duration(after)}" if after else "")
        case ast.Active(start=start, until=until):
            words = [f"from {start.value.isoformat()}"] if start else []
            words += [f"until {until.value.isoformat()}"] if until else []
            return " ".join(["active", *words])
        case ast.EntryUntil(date=date):
            return f"entry until {date.value.isoformat()}"
        case ast.Timezone(zone=zone):
            return f"timezone {quote(zone.value)}" if zone else "timezone contact"
        case ast.SendWindow(channel=channel, start=start_time, end=end, days=days):
            which = f"send {say.name(channel)} " if channel else "send "
            times = f"between {clock_text(start_time.value)} and {clock_text(end.value)}"
            return which + times + (f" on {', '.join(days)}" if days else "")
        case ast.Limit(count=count, channel=limited, per=per, else_wait=wait):
            overflow = " else wait" if wait else ""
            return f"limit {count_text(count)} {say.name(limited)} per {say.duration(per)}{overflow}"
        case ast.Quota(count=count, channel=counted, unit=unit):
            return f"quota {count_text(count)} {say.name(counted)} per {unit}"
        case ast.Late(length=length):
            return f"late up to {say.duration(length)}"
        case ast.Transactional():
            return "transactional"
        case ast.Topic(topic=topic):
            return f"topic {quote(topic.value)}"
        case ast.Priority(value=value):
            return f"priority {say.number(value)}"
        case ast.Backlog(skip=skip):
            return "backlog skip" if skip else "backlog include"
        case ast.HoldOut(share=share):
            return f"hold out {say.percent(share)}"
        case ast.FromDefault(sender=sender):
            return f"from {quote(sender.value)}"
        case ast.ReplyTo(address=address):
            return f"reply to {quote(address.value)}"
        case ast.Track(kinds=kinds):
            return "track " + ", ".join(say.name(kind) for kind in kinds)
        case ast.NewestPathOnly():
            return "newest path only"
        case ast.Pause(way=way):
            return f"pause {way}"
        case _:
            assert_never(node)
