"""One tick for one contact, over all journeys: the pure function that everything else calls.

1 take in data changes and events by (time, id); 2 snapshot; 3 audience and `exit when`: runs end, paths of who left
the audience end, runs begin; 4 the events in order: `exit on` and `stop on` end what began before, then `on` triggers
fire; 5 due waits, dated triggers, schedules; 6 every `when`; 7 walk paths; 8 commit all or nothing.
"""

from wend.dsl.program import Dated, Journey, OnceAtLaunch, OnChange, OnEntry, When
from wend.runtime.calendar import next_minute
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.effects import Facts, Resubscribed, Step
from wend.runtime.hashing import share
from wend.runtime.rules import Heads, Rules
from wend.runtime.state import Cause, CauseKind, JourneyState, State
from wend.runtime.tick import change, goals, runs, schedule, when
from wend.runtime.tick.feedback import too_deep
from wend.runtime.tick.intake import new_events, suppressions, take_in
from wend.runtime.tick.remembering import remembered
from wend.runtime.tick.schedule import DEFAULT_LATE
from wend.runtime.tick.waits import wake_paths
from wend.runtime.tick.walk import walk_all
from wend.runtime.tick.work import Stay, Work, zone_of
from wend.runtime.values import Instant, Value


def step(
    rules: Rules,
    contact: Contact,
    state: State,
    inbox: Inbox,
    now: Instant,
    facts: Facts,
    explain: bool = False,
) -> Step:
    """What happens to one contact at one tick.

    Args:
        contact: its data before this tick.
        state: what the engine kept of it; `NEW` for one never stepped.
        inbox: what arrived since its last step, in the order of arrival.
        now: the time of the tick, a whole minute, UTC.
        facts: what is not the contact's own, read once for the tick.
        explain: keep the details in the trace too.

    Returns:
        the contact and state to save, the effects, and the earliest instant at which anything could change
        without new data (never at or before `now`).
    """
    work, events = begin(rules, contact, state, inbox, now, facts, explain)
    for stay in work.stays:
        runs.survey(work, stay)
    for event in events:
        for stay in work.stays:
            _happen(work, stay, event)
    for stay in work.stays:
        if stay.open:
            if stay.state.run is not None and stay.state.run.paths:
                wake_paths(work, stay)
            if stay.heads.times and not stay.archived and not stay.paused:
                _calendar(work, stay)
    for stay in work.stays:
        if stay.archived:
            continue
        if stay.paused:
            _watch(work, stay)
        elif stay.open:
            _conditions(work, stay)
    walk_all(work)
    return _commit(work)


def begin(
    rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, explain: bool = False
) -> tuple[Work, tuple[Event, ...]]:
    """What arrived is taken in, and the bench of the step is ready: no run has been looked at yet.

    Returns:
        the bench, and the events that are new at this tick, in their order.
    """
    events = new_events(contact, state, inbox, now) if inbox.events or state.emitted else ()
    snapshot = take_in(contact, events, inbox) if events or inbox.changes else contact
    work = Work(rules, facts, now, snapshot, snapshot, state, explain, sends=list(state.sends))
    work.suppressed = state.suppressed
    if events:
        work.fresh = suppressions(snapshot, events, state.suppressed, facts, now)
        work.effects.extend(work.fresh)
        work.suppressed |= {s.suppression for s in work.fresh}
    work.written = state.written
    if inbox.changes and state.written:
        told = {name for each in inbox.changes for name in each.fields}
        work.written = {name: by for name, by in state.written.items() if name not in told}
    work.stays = _stays(work, inbox)
    return work, events


def _stays(work: Work, inbox: Inbox) -> list[Stay]:
    """The journeys of the program, then those that are no longer in it but have paths under way."""
    known = work.before.journeys
    backlog = inbox.imported or work.before.known
    found: list[Stay] = []
    for journey, heads in work.rules.live:
        state = known.get(journey.name)
        stay = _stay(work, journey, heads, state, inbox)
        stay.first_seen = state is None and backlog
        found.append(stay)
    for name, state in known.items() if work.rules.archive else ():
        if name not in work.rules.names and state.run is not None and state.run.paths:
            archived = work.rules.archived(state.run.paths[0].version, name)
            if archived is not None:
                stay = _stay(work, archived, work.rules.heads(archived), state, inbox)
                stay.archived = True
                found.append(stay)
    return found


def _stay(work: Work, journey: Journey, heads: Heads, state: JourneyState | None, inbox: Inbox) -> Stay:
    zone, problem = zone_of(work, journey)
    stay = Stay(journey, heads, zone, state or _UNSEEN, held_out=held_out(work, journey))
    # Said once, when it is new: a line at every step would drown the others.
    if problem is not None and (state is None or any("timezone" in change.fields for change in inbox.changes)):
        work.note(stay, "problem", reason="timezone", detail=problem)
    return stay


_UNSEEN = JourneyState()


def held_out(work: Work, journey: Journey) -> bool:
    """Whether the contact is in the hold-out of the journey, or of all journeys: always the same contacts."""
    of_all, contact = work.rules.program.settings.hold_out, work.contact.id
    if not of_all and not journey.hold_out:
        return False
    if of_all and share("hold out", contact) * 100 < of_all:
        return True
    return journey.hold_out > 0 and share("hold out", journey.name, contact) * 100 < journey.hold_out


def _happen(work: Work, stay: Stay, event: Event) -> None:
    """One event for one journey: it may be its goal, it ends what began before it, then it may start something."""
    if stay.journey.goals and not stay.archived:
        goals.count(work, stay, event)
    run = stay.run
    if run is not None:
        env = work.env(stay)
        hit = any(runs.matches(work, env, match, event) for match in stay.journey.exit_on)
        if hit and runs.began_before(work, stay, run, event):
            runs.end_by(work, stay, event)
            return
        runs.stop_paths(work, stay, event)
    if not event.imported and not stay.archived:
        _fire_on(work, stay, event)


def _fire_on(work: Work, stay: Stay, event: Event) -> None:
    env = work.env(stay)
    for trigger, head in stay.heads.events:
        if not runs.matches(work, env, head.match, event):
            continue
        late = stay.journey.late or work.rules.program.settings.late or DEFAULT_LATE
        if stay.zone.add(event.time, late) < work.now:
            work.note(stay, "ignored", trigger=trigger.id, reason="late", place=head.place)
            continue
        if stay.run is None and runs.may_begin(work, stay):
            runs.begin(work, stay, event)
        if not stay.may_start:
            continue
        key = _key(env.on(event).evaluate(head.key).value) if head.key is not None else None
        if head.key is not None and key is None:
            work.note(stay, "ignored", trigger=trigger.id, reason="no key", place=head.place)
            continue
        if too_deep(work, stay, trigger.id, event.depth):
            continue
        cause = Cause(CauseKind.EVENT, event.id, event.time, event, event.depth)
        runs.start(work, stay, trigger, head.id, cause, key, head.alias)


def _key(value: Value) -> str | None:
    """The key of a path as text, different for different values."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 17 and 17.0 are one number
    return None if value is None else f"{type(value).__name__}:{value}"


def _calendar(work: Work, stay: Stay) -> None:
    """Dated triggers and schedules."""
    for trigger, head in stay.heads.times:
        if isinstance(head, Dated):
            cause = schedule.dated(work, stay, trigger, head)
        elif isinstance(head, OnceAtLaunch):
            cause = schedule.at_launch(work, stay, head)
        else:
            cause = schedule.recurring(work, stay, head)
        if cause is not None:
            runs.start(work, stay, trigger, head.id, cause)


def _conditions(work: Work, stay: Stay) -> None:
    """Every `when`, `on entry` and `on change`, on the snapshot."""
    for trigger, head in stay.heads.states:
        if isinstance(head, When):
            cause = when.observe(work, stay, trigger, head)
        elif isinstance(head, OnEntry):
            cause = when.entered(work, stay, head)
        else:
            cause = change.changed(work, stay, trigger, head)
        if cause is not None:
            runs.start(work, stay, trigger, head.id, cause)


def _watch(work: Work, stay: Stay) -> None:
    """While a journey is paused, values are followed: no old change is seen when it is resumed, nor a date as new."""
    for trigger, head in stay.heads.states:
        if isinstance(head, OnChange):
            change.changed(work, stay, trigger, head)
    for trigger, moment in stay.heads.times:
        if isinstance(moment, Dated):
            schedule.dated(work, stay, trigger, moment)


def _commit(work: Work) -> Step:
    later = next_minute(work.now)
    wake = later if work.stirred or work.emitted else max(work.wake, later)
    return Step(work.view, _state(work), tuple(work.effects), wake, tuple(work.trace))


def _state(work: Work) -> State:
    """The state to save: the one there was, where nothing has changed."""
    before = work.before
    # A journey that is not active yet, or is paused, has not seen a new contact: its backlog is who is there when it
    # goes live, or on.
    changed = {
        stay.journey.name: stay.state
        for stay in work.stays
        if (old := before.journeys.get(stay.journey.name)) is not stay.state
        and (old is not None or (stay.open and not stay.paused))
    }
    quiet = not (work.effects or work.emitted or before.emitted) and len(work.written) == len(before.written)
    if not changed and before.known and quiet:
        return before
    state = State(
        format=before.format,
        known=True,
        journeys={**before.journeys, **changed},
        sends=tuple(work.sends),
        emitted=tuple(work.emitted),
        suppressed=work.suppressed | {each.suppression for each in work.effects if isinstance(each, Resubscribed)},
        written=work.written,
    )
    return before if not work.effects and state == before else remembered(work, state)
