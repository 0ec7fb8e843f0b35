"""Why something happened: each line of a step's trace with the clauses that made it so, and their values.

    for reason in why(rules, contact, state, inbox, now, facts):
        reason.entry      # what happened: entered, fired, sent, dropped, exited, …
        reason.clauses    # the parts of the condition that decided, as they were then

It is asked of a contact as it stood *before* the tick. The step is done again, which changes nothing: a step is pure.
"""

from collections.abc import Iterator

from attrs import evolve, frozen

from wend.dsl.program import Dated, On, OnChange, Trigger, When
from wend.runtime.calendar import Zone
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.effects import Facts, Step, TraceEntry
from wend.runtime.evaluation.interpret import Env
from wend.runtime.rules import Rules
from wend.runtime.state import State
from wend.runtime.telling.clauses import Clause, clause_of, hindering, supporting
from wend.runtime.telling.spell import spell
from wend.runtime.tick import runs
from wend.runtime.tick.gates import refusing
from wend.runtime.tick.step import begin, step
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import Instant, Value

MOST_SIGNS = 500
"""Signs that the reason in a journal has at most."""


@frozen
class Reason:
    """One thing that happened and why.

    Args:
        entry: what, when and where in the script.
        because: a few words more, such as the event that came; empty where the clauses say it all.
        clauses: the parts of the condition that decided.
    """

    entry: TraceEntry
    because: str
    clauses: tuple[Clause, ...]
    zone: Zone


def why(
    rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts
) -> tuple[tuple[Reason, ...], Step]:
    """Why a tick did what it did for one contact.

    Args:
        contact, state: before the tick.
        inbox: what arrived for it.
        now: the time of the tick.

    Returns:
        a reason for each line of the trace, in its order, and the outcome of the step.
    """
    outcome = step(rules, contact, state, inbox, now, facts, explain=True)
    return _reasons(outcome.trace, rules, contact, state, inbox, now, facts), outcome


TOLD = frozenset({"entered", "exited", "fired", "dropped"})
"""What a journal gives the reason of."""


def explained(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
    """A step whose trace tells all: decisions and waits, and for what began, ended, fired or was not sent the values
    that made it so, in `detail`. It is what the engine keeps in its journal."""
    outcome = step(rules, contact, state, inbox, now, facts, explain=True)
    if not any(entry.kind in TOLD for entry in outcome.trace):
        return outcome
    reasons = _reasons(outcome.trace, rules, contact, state, inbox, now, facts)
    return evolve(outcome, trace=tuple(_with_values(reason) for reason in reasons))


def _with_values(reason: Reason) -> TraceEntry:
    entry = reason.entry
    if entry.kind not in TOLD:
        return entry
    values = [f"{text} = {spell(value, reason.zone)}" for clause in reason.clauses for text, value in _values(clause)]
    because = reason.because if reason.because != entry.trigger else ""
    parts = [because] if because and (entry.kind == "dropped" or not values) else []
    told = ": ".join([*parts, *(["; ".join(dict.fromkeys(values))] if values else [])])
    return evolve(entry, detail=told[:MOST_SIGNS]) if told else entry


def _values(clause: Clause) -> Iterator[tuple[str, Value]]:
    """What a clause was made of, or itself."""
    if clause.values:
        yield from clause.values
    elif clause.text not in ("true", "false"):
        yield clause.text, clause.value


def _reasons(
    trace: tuple[TraceEntry, ...],
    rules: Rules,
    contact: Contact,
    state: State,
    inbox: Inbox,
    now: Instant,
    facts: Facts,
) -> tuple[Reason, ...]:
    before, _ = begin(rules, contact, state, inbox, now, facts)
    after, events = begin(rules, contact, state, inbox, now, facts)
    for stay in after.stays:
        runs.survey(after, stay)
    return tuple(_reason(entry, before, after, events) for entry in trace)


def _reason(entry: TraceEntry, before: Work, after: Work, events: tuple[Event, ...]) -> Reason:
    stay = next((each for each in after.stays if each.journey.name == entry.journey), None)
    earlier = next((each for each in before.stays if each.journey.name == entry.journey), None)
    if stay is None or earlier is None:
        return Reason(entry, "", (), after.stays[0].zone)
    because, clauses = _because(entry, stay, after, before.env(earlier), events)
    return Reason(entry, because, clauses, stay.zone)


def _because(
    entry: TraceEntry, stay: Stay, work: Work, before: Env, events: tuple[Event, ...]
) -> tuple[str, tuple[Clause, ...]]:
    journey, env = stay.journey, work.env(stay)
    match entry.kind:
        case "entered":
            return "the audience holds", supporting(journey.audience, env)
        case "left":
            return "", hindering(journey.audience, env)
        case "exited" if entry.reason == "exit when" and journey.exit_when is not None:
            return "", supporting(journey.exit_when, before)
        case "exited" if entry.reason == "exit on":
            names = {match.event for match in journey.exit_on}
            return _told([event for event in events if event.name in names], stay.zone), ()
        case "fired":
            return _fired(entry, stay, env, events)
        case "dropped" if entry.reason == "consent" and entry.step is not None:
            rule = refusing(work, stay, _channel(stay, entry))
            return entry.detail or "", () if rule is None else hindering(rule.condition, env)
        case "dropped" if entry.reason == "audience":
            return entry.detail or "", hindering(journey.audience, env)
        case _:
            return entry.detail or "", ()


def _channel(stay: Stay, entry: TraceEntry) -> str:
    ops = [op for trigger in stay.journey.triggers for op in trigger.body if op.id == entry.step]
    return next((channel for op in ops if isinstance(channel := getattr(op, "channel", None), str)), "email")


def _fired(entry: TraceEntry, stay: Stay, env: Env, events: tuple[Event, ...]) -> tuple[str, tuple[Clause, ...]]:
    """The entry point that fired: its condition, its event, its date."""
    trigger: Trigger | None = next((each for each in stay.journey.triggers if each.id == entry.trigger), None)
    for head in () if trigger is None else trigger.heads:
        if head.place is not None and entry.place is not None and head.place.span != entry.place.span:
            continue
        match head:
            case When():
                return head.id, supporting(head.condition, env)
            case On():
                named = [event for event in events if event.name == head.match.event]
                return _told(named, stay.zone), ()
            case Dated():
                return head.id, (clause_of(head.anchor, env),)
            case OnChange():
                return head.id, (clause_of(head.field, env),)
            case _:
                return head.id, ()
    return "", ()


def _told(events: list[Event], zone: Zone) -> str:
    """The events that came, with what they carried."""
    told = []
    for event in events:
        values = ", ".join(f"{name} = {spell(value, zone)}" for name, value in sorted(event.payload.items()))
        told.append(f"{event.name} at {spell(event.time, zone)}" + (f" with {values}" if values else ""))
    return "; ".join(told)
