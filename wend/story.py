"""The story of one contact: what happened to it and what its journeys did, from a store or from a simulation."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import evolve, frozen

from wend.data.population import Population
from wend.dsl import plan
from wend.dsl.core import Place
from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Program, Trigger
from wend.playing import Period, play
from wend.project.workspace import Workspace
from wend.runtime.calendar import Zone, floor_minute, zone
from wend.runtime.contact import EMPTY, Contact, Event
from wend.runtime.effects import Facts, Step, TraceEntry
from wend.runtime.engine.stepping import addresses_of
from wend.runtime.rules import Rules
from wend.runtime.state import NEW, State
from wend.runtime.store.protocol import JournalEntry
from wend.runtime.store.sqlite import read_sqlite
from wend.runtime.telling.spell import spell
from wend.runtime.telling.whynot import WhyNot, why_not
from wend.runtime.tick.perform import EMITTED
from wend.runtime.values import Instant

LineOf = TraceEntry | JournalEntry
FEW = 10_000
"""Among so many contacts of a store the nearest is looked for."""


@frozen
class Moment:
    """One thing that happened.

    Args:
        at: when, UTC.
        journey: the journey that did it; empty for an event.
        kind: `event`, or as in a trace: entered, fired, sent, dropped, held and so on.
        words: what, in a few words.
        values: what made it so, such as `days_since(last_purchase) = 120`; empty where nothing has to be said.
        place: where the script says so, as far as the present script still does.
    """

    at: Instant
    journey: str
    kind: str
    words: str
    values: str = ""
    place: Place | None = None


@frozen
class Story:
    """What is known of a contact at some time.

    Args:
        moments: what happened, in the order of time.
        waiting: what keeps each trigger now; None where the contact's state at that time is not known.
    """

    contact: Contact
    at: Instant
    moments: tuple[Moment, ...]
    waiting: tuple[WhyNot, ...] | None


def simulated(
    workspace: Workspace, population: Population, contact: str, start: dt.date, at: Instant, journey: str | None
) -> Story:
    """The story of a contact in a simulation.

    Args:
        start: the first day of the simulation, local.
        at: when the story is told.
        journey: only what this journey did.

    Raises:
        WendError: there is no such contact or journey.
    """
    program = workspace.sound()
    _check_journey(program, journey)
    records = [record for record in population.contacts if record.id == contact]
    if not records:
        raise nobody(contact, (record.id for record in population.contacts))
    one = evolve(population, contacts=records, events=[e for e in population.events if e.contact == contact])
    trace: list[TraceEntry] = []
    stands: list[tuple[Contact, State]] = []

    def take(_: str, now: Instant, outcome: Step) -> None:
        if now <= at:
            trace.extend(outcome.trace)
            stands.append((outcome.contact, outcome.state))

    local = workspace.project.zone
    play(workspace, one, Period(start, local.date(at)), on_step=take, explain=True)
    person, state = stands[-1] if stands else (Contact(contact, {}), NEW)
    live = dict.fromkeys((each.name for each in program.journeys), local.day_start(start))
    facts = evolve(workspace.facts(), live_since=live)
    return _story(workspace.rules(), person, state, trace, at, facts, journey)


def stored(workspace: Workspace, contact: str, at: Instant, journey: str | None) -> Story:
    """The story of a contact as a project's store tells it. The store is only read.

    Raises:
        WendError: there is no store, or no such contact or journey.
    """
    _check_journey(workspace.sound(), journey)
    if workspace.project.store.sqlite is None:
        help = "name a file under `[store]` in `wend.toml`, or simulate with --from"
        raise WendError("the project keeps no store", help, str(workspace.project.root))
    store = read_sqlite(workspace.project.store.sqlite)
    try:
        loaded = store.contact(contact)
        if loaded is None:
            ids = (id for id, _ in store.states(FEW)) if store.totals().contacts <= FEW else ()
            near = nearest(contact, ids)
            help = f"did you mean `{near}`?" if near else "ids are those of your contacts file"
            raise WendError(f"there is no contact `{contact}` in the store", help)
        journal, tick = store.journal(contact), store.last_tick()
        facts = evolve(
            workspace.facts(),
            live_since=store.live_since(),
            paused=frozenset(store.paused()),
            suppressed=frozenset(store.suppressed(_addresses(loaded.contact, workspace), at)),
        )
    finally:
        store.close()
    rules = workspace.rules()
    lines = [line for line in journal if line.at <= at]
    present = tick is None or at >= tick.at
    story = _story(rules, loaded.contact, loaded.state, lines, at, facts, journey)
    return story if present else evolve(story, waiting=None)


def _addresses(contact: Contact, workspace: Workspace) -> set[str]:
    return addresses_of(contact, EMPTY, set(workspace.project.addresses.values()))


def nobody(contact: str, known: Iterable[str]) -> WendError:
    """That there is no such contact, with the nearest id."""
    ids = list(known)
    near = nearest(contact, ids) if len(ids) <= 100_000 else None
    help = f"did you mean `{near}`?" if near else "ids are those of your contacts file"
    return WendError(f"there is no contact `{contact}`", help)


def _check_journey(program: Program, name: str | None) -> None:
    names = [journey.name for journey in program.journeys]
    if name is not None and name not in names:
        near = nearest(name, names)
        help = f"did you mean `{near}`?" if near else "there is " + ", ".join(f"`{each}`" for each in names)
        raise WendError(f"there is no journey `{name}`", help)


def _story(
    rules: Rules,
    contact: Contact,
    state: State,
    lines: Sequence[LineOf],
    at: Instant,
    facts: Facts,
    journey: str | None,
) -> Story:
    program = rules.program
    told = [moment for line in lines if journey in (None, line.journey) and (moment := _moment(line, program))]
    local = zone(facts.zone)
    events = [event for some in contact.events.values() for event in some if event.time <= at]
    own = {event.id for event in events if event.id.startswith(EMITTED)}
    came = [_event(event, local) for event in events if event.id not in own]
    followed = [_event(event, local) for event in events if event.id in own]
    moments = sorted([*came, *told, *followed], key=lambda moment: moment.at)  # of one time: cause before effect
    past = [TraceEntry(e.kind, e.at, e.journey, e.trigger, e.step, e.reason, e.detail) for e in lines]
    names = [each.name for each in program.journeys if journey in (None, each.name)]
    now = floor_minute(at)
    waiting = [answer for name in names for answer in why_not(rules, contact, state, now, facts, name, past=past)]
    return Story(contact, at, tuple(moments), tuple(waiting))


def _event(event: Event, local: Zone) -> Moment:
    values = ", ".join(f"{name} = {spell(value, local)}" for name, value in sorted(event.payload.items()))
    return Moment(event.time, "", "event", f"event {event.name}", values)


_WORDS = {
    "entered": "the run begins",
    "exited": "the run ends",
    "left": "out of the audience",
    "fired": "fires",
    "ignored": "is ignored",
    "sent": "sent",
    "dropped": "not sent",
    "held": "held",
    "waiting": "waits",
    "passed": "goes on",
    "decided": "decided",
    "set": "done",
    "marked": "done",
    "emitted": "done",
    "resubscribed": "done",
    "stopped": "a path is stopped",
    "finished": "a path is finished",
    "converted": "the goal is reached",
    "problem": "a problem",
}


def _moment(line: LineOf, program: Program) -> Moment | None:
    words = _WORDS.get(line.kind, line.kind)
    said = _said(line, program)
    reason = f" ({line.reason})" if line.reason and line.kind != "fired" else ""
    text = f"{words}{reason}: {said}" if said else f"{words}{reason}"
    values = "" if line.kind in ("sent", "emitted") else line.detail or ""
    return Moment(line.at, line.journey, line.kind, text, values, place_of(line, program))


def _said(line: LineOf, program: Program) -> str | None:
    """What the line is about, as the script says it: a message by its channel and template."""
    op = next((op for trigger in _triggers(line, program) for op in trigger.body if op.id == line.step), None)
    if isinstance(op, plan.Send):
        return f'{op.channel} "{op.template}"'
    return line.step or line.trigger


def _triggers(line: LineOf, program: Program) -> list[Trigger]:
    journeys = [each for each in program.journeys if each.name == line.journey]
    return [trigger for journey in journeys for trigger in journey.triggers if trigger.id == line.trigger]


def place_of(line: LineOf, program: Program) -> Place | None:
    """Where the present script says what a line tells of."""
    for trigger in _triggers(line, program):
        return next((op.place for op in trigger.body if op.id == line.step), None) or trigger.place
    if line.trigger is not None:
        return None
    return next((journey.place for journey in program.journeys if journey.name == line.journey), None)


def where(place: Place | None) -> str:
    """`winback.journey:12`, or nothing."""
    return "" if place is None else f"{Path(place.source.name).name}:{place.source.line_col(place.span.start)[0]}"
