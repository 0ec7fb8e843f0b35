"""What a step did, in the order in which it did it, and in a few words."""

from collections import deque
from collections.abc import Iterator
from typing import assert_never

from wend.dsl.literals import quote, spell_name
from wend.runtime.calendar import Zone
from wend.runtime.effects import (
    Called,
    Effect,
    Emitted,
    Marked,
    Resubscribed,
    Send,
    SetField,
    Step,
    Suppressed,
    TraceEntry,
)
from wend.runtime.telling.spell import spell

DOING = frozenset({"sent", "called", "set", "marked", "emitted", "resubscribed"})
"""The lines of a trace that tell of an effect, each of one."""

Deed = tuple[TraceEntry | None, Effect | None]


def deeds(outcome: Step) -> Iterator[Deed]:
    """The lines of a trace, each beside its effect where it has one; first what an address refuses from now on, which
    comes in with the events and has no line."""
    left: deque[Effect] = deque()
    for effect in outcome.effects:
        if isinstance(effect, Suppressed):
            yield None, effect
        else:
            left.append(effect)
    for entry in outcome.trace:
        yield entry, left.popleft() if entry.kind in DOING and left else None


def spell_effect(effect: Effect, zone: Zone) -> str:
    """An effect in a few words: `email "winback-1"`, `add tag "vip"`."""
    match effect:
        case Send(template=None, address=address):
            return f"notify {quote(address)}"
        case Send(channel=channel, template=template):
            return f"{channel} {quote(template or '')}"
        case Called(webhook=webhook):
            return f"call webhook {quote(webhook)}"
        case SetField(name=name, value=value):
            return f"set {spell_name(name)} = {spell(value, zone)}"
        case Marked(field=kind, value=value, removed=removed):
            thing = "tag" if kind == "tags" else "list"
            return f"{'remove' if removed else 'add'} {thing} {spell(value, zone)}"
        case Emitted(event=event):
            return f"emit {spell_name(event)}"
        case Suppressed(suppression=found):
            return f"{found.address} has {found.reason} ({found.channel})"
        case Resubscribed(suppression=lifted):
            return f"resubscribe {lifted.address} ({lifted.channel})"
        case _:
            assert_never(effect)
