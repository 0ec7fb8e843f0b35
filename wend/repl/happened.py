"""What a tick did, in words: a line for each thing that happened to a contact."""

from collections.abc import Iterator

from attrs import frozen

from wend.dsl.literals import quote
from wend.dsl.program import Program
from wend.runtime.calendar import Zone
from wend.runtime.effects import Step, TraceEntry
from wend.runtime.telling.deeds import deeds, spell_effect
from wend.runtime.telling.named import send_of
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


def happened(contact: str, now: Instant, outcome: Step, program: Program, zone: Zone) -> Iterator[Happened]:
    """What the step of a tick did, in the order in which it did it."""
    for entry, effect in deeds(outcome):
        what = _of_trace(entry, program) if entry is not None else None
        if effect is not None:
            what = spell_effect(effect, zone)
        if what is not None:
            at, journey = (entry.at, entry.journey) if entry is not None else (now, "")
            prefix = f"{named(program, journey)}: " if journey else ""
            yield Happened(at, contact, journey, prefix + what)


def _of_trace(entry: TraceEntry, program: Program) -> str | None:
    if entry.kind not in WORDS:
        return None
    reason = f" ({entry.reason})" if entry.reason else ""
    op = send_of(entry, program)
    if op is not None and entry.kind in ("held", "dropped"):
        return f"{op.channel} {quote(op.template)} {'is held' if entry.kind == 'held' else 'is not sent'}{reason}"
    return WORDS[entry.kind] + reason


def named(program: Program, journey: str) -> str:
    """What a person calls a journey: its name, or what a rule at the margin says."""
    found = next((each for each in program.journeys if each.name == journey), None)
    if found is None or not found.lone:
        return journey
    return found.title or journey
