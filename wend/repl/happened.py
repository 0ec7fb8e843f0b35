"""What a tick did, in words: a line for each thing that happened to a contact."""

from collections.abc import Iterator

from attrs import frozen

from wend.dsl.literals import quote
from wend.dsl.program import Program
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
from wend.runtime.named import send_of
from wend.runtime.spell import spell
from wend.runtime.values import Instant

WORDS = {
    "entered": "the run begins",
    "exited": "the run ends",
    "left": "out of the audience",
    "stopped": "a path is stopped",
    "held": "a message is held",
    "dropped": "a message is dropped",
    "converted": "the goal is reached",
    "problem": "a problem",
}


@frozen
class Happened:
    """One thing: when, to whom, in which journey, and what."""

    at: Instant
    contact: str
    journey: str
    what: str


def happened(contact: str, outcome: Step, program: Program, zone: Zone) -> Iterator[Happened]:
    """What one step did: runs, messages, and what became of others; then what it changed."""
    sends = {effect.identity.step: effect for effect in outcome.effects if isinstance(effect, Send)}
    for entry in outcome.trace:
        what = _of_trace(entry, sends, program)
        if what is not None:
            yield Happened(entry.at, contact, entry.journey, f"{named(program, entry.journey)}: {what}")
    for effect in outcome.effects:
        what = _of_effect(effect, zone)
        if what is not None:
            journey = "" if isinstance(effect, Suppressed) else effect.identity.journey
            prefix = f"{named(program, journey)}: " if journey else ""
            yield Happened(effect.at, contact, journey, prefix + what)


def _of_trace(entry: TraceEntry, sends: dict[str, Send], program: Program) -> str | None:
    if entry.kind == "sent":
        return message(sends[entry.step]) if entry.step in sends else None
    if entry.kind not in WORDS:
        return None
    reason = f" ({entry.reason})" if entry.reason else ""
    op = send_of(entry, program)
    if op is not None and entry.kind in ("held", "dropped"):
        return f"{op.channel} {quote(op.template)} {'is held' if entry.kind == 'held' else 'is not sent'}{reason}"
    return WORDS[entry.kind] + reason


def _of_effect(effect: Effect, zone: Zone) -> str | None:
    match effect:
        case Send():
            return None
        case Called(webhook=webhook):
            return f"call webhook {quote(webhook)}"
        case SetField(name=name, value=value):
            return f"set {name} = {spell(value, zone)}"
        case Marked(field=kind, value=value, removed=removed):
            thing = "tag" if kind == "tags" else "list"
            return f"{'remove' if removed else 'add'} {thing} {spell(value, zone)}"
        case Emitted(event=event):
            return f"emit {event}"
        case Suppressed(suppression=found):
            return f"{found.address} has {found.reason} ({found.channel})"
        case Resubscribed(suppression=lifted):
            return f"resubscribe {lifted.address} ({lifted.channel})"


def message(send: Send) -> str:
    """A message in a few words: `email "winback-1"`."""
    if send.template is None:
        return f"notify {quote(send.address)}"
    return f"{send.channel} {quote(send.template)}"


def named(program: Program, journey: str) -> str:
    """What a person calls a journey: its name, or what a rule at the margin says."""
    found = next((each for each in program.journeys if each.name == journey), None)
    if found is None or not found.lone:
        return journey
    return found.title or journey
