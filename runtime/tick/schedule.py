"""Triggers of the calendar: dated `when`, `every`, `once on`.

Each due moment is looked at once, at the first tick at or after it: then it fires or is past for good.
"""

import datetime as dt

from wend.dsl.period import Period
from wend.dsl.program import Dated, Every, OnceAtLaunch, OnceOn, Trigger
from wend.runtime.calendar import Zone, add_to_date, zone
from wend.runtime.evolve import evolve
from wend.runtime.state import Cause, CauseKind, HeadState
from wend.runtime.tick.feedback import depth_of, too_deep
from wend.runtime.tick.recurrence import dates_around
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import FOREVER, Instant, Value

DEFAULT_LATE = Period(seconds=86_400)
NOT_MOVED = Period()
EPOCH = dt.date(1970, 1, 5)
"""A Monday: where a schedule counts from when nobody says when the journey went live."""


def dated(work: Work, stay: Stay, trigger: Trigger, head: Dated) -> Cause | None:
    """A date moved by a length: due once for a value of the field.

    It fires if it falls due no earlier than the value was first seen, the run began and the journey went live, and
    it is no later than `late up to` allows. While the journey is paused values are seen, and nothing fires.
    """
    run = stay.run
    if run is None:
        return None
    env = work.env(stay)
    anchor, length = work.ask(head.anchor, env), work.ask(head.length, env)
    due = due_moment(anchor, length, head, stay.zone)
    if due is None:
        return None
    value = anchor.isoformat() if isinstance(anchor, dt.date) else ""
    state = _seen(work, stay, head, value)
    if value in state.done or stay.paused:
        return None
    if due > work.now:
        work.until(due)
        return None
    stay.set_head(head.id, evolve(state, done=state.done | {value}))
    earliest = max(state.dates[value], run.began, work.facts.live_since.get(stay.journey.name, run.began))
    late = stay.journey.late or work.rules.program.settings.late
    if late is None and stay.resumed is not None and due >= stay.resumed:
        late = DEFAULT_LATE  # what fell due during a pause is not made up for without bound
    if due < earliest or (late is not None and stay.zone.add(due, late) < work.now):
        work.note(stay, "ignored", reason="past", detail=f"it was due on {due.isoformat()}", place=head.place)
        return None
    depth = depth_of(work, stay, head.anchor, head.length)
    if not stay.may_start or too_deep(work, stay, trigger.id, depth):
        return None
    return Cause(CauseKind.DATED, value, work.now, depth=depth)


def _seen(work: Work, stay: Stay, head: Dated, value: str) -> HeadState:
    """What a dated trigger remembers, with when it saw that value first."""
    state = stay.head(head.id)
    if value not in state.dates:
        state = evolve(state, dates={**state.dates, value: work.now})
        stay.set_head(head.id, state)
    return state


def due_moment(anchor: Value, length: Value, head: Dated, zone: Zone) -> Instant | None:
    """When a dated trigger is due: a datetime keeps its local time, a date means its first moment."""
    if not isinstance(anchor, dt.date) or not isinstance(length, Period):
        return None
    by = -length if head.before else length
    if isinstance(anchor, dt.datetime):
        due = zone.add(anchor, by)
        date: dt.date | None = None if due == FOREVER else zone.local(due).date()
    else:
        date = add_to_date(anchor, Period(by.months, by.days))
        due = FOREVER if date is None else zone.day_start(date)
        if by.seconds and date is not None:
            due = zone.add(due, Period(seconds=by.seconds))
            date = None if due == FOREVER else zone.date(due)
    if head.clock is not None:
        return None if date is None else zone.at(date, head.clock)
    return None if due == FOREVER else due


def recurring(work: Work, stay: Stay, head: Every | OnceOn) -> Cause | None:
    """The latest occurrence that is past: one path for it, none before the run began, none that is too old.

    The first look fires only for an occurrence of this very moment: a schedule that is new or changed in a live journey
    begins with what is to come.
    """
    run = stay.run
    if run is None:
        return None
    past, coming = occurrences(work, stay, head)
    if coming is not None:
        work.until(stay.zone.at(coming.date(), coming.time()))
    state = stay.head(head.id)
    first = not state.watched and state.occurrence is None
    if past is None or (state.occurrence is not None and past <= state.occurrence):
        if first:
            stay.set_head(head.id, evolve(state, watched=True))
        return None
    stay.set_head(head.id, evolve(state, occurrence=past))
    at = stay.zone.at(past.date(), past.time())
    if first and at < work.now:
        return None
    late = stay.journey.late or work.rules.program.settings.late or DEFAULT_LATE
    if at < run.began or stay.zone.add(at, late) < work.now or not stay.may_start:
        return None
    return Cause(CauseKind.OCCURRENCE, past.isoformat(), work.now)


def at_launch(work: Work, stay: Stay, head: OnceAtLaunch) -> Cause | None:
    """The launch of a journey, for who is in its audience at the first tick at which it sees them."""
    run = stay.run
    if run is None or not stay.first_seen or run.began != work.now or not stay.may_start:
        return None
    launch = work.facts.live_since.get(stay.journey.name, work.now)
    if stay.journey.active_from is not None:
        launch = max(launch, stay.zone.day_start(stay.journey.active_from))
    late = stay.journey.late or work.rules.program.settings.late or DEFAULT_LATE
    if stay.zone.add(launch, late) < work.now:
        return None
    return Cause(CauseKind.OCCURRENCE, "launch", work.now)


def occurrences(work: Work, stay: Stay, head: Every | OnceOn) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The latest occurrence at or before now and the first after it, both local."""
    if isinstance(head, OnceOn):
        only = dt.datetime.combine(head.date, head.clock)
        return (only, None) if stay.zone.at(head.date, head.clock) <= work.now else (None, only)
    anchor, moved = _counted_from(work, stay, head)
    return around(head, stay.zone, work.now, anchor, moved)


def _counted_from(work: Work, stay: Stay, head: Every) -> tuple[dt.date | None, Period]:
    """The date that a schedule counts from, and by how much its occurrences are moved.

    Without a field it is the journey's first day: that of `active from`, else the day it went live, in the zone that
    is the same for all contacts.
    """
    if head.anchor is None:
        base = zone(stay.journey.zone or work.rules.program.settings.zone or work.facts.zone)
        live = work.facts.live_since.get(stay.journey.name)
        return stay.journey.active_from or (EPOCH if live is None else base.date(live)), Period()
    env = work.env(stay)
    value = work.ask(head.anchor, env)
    moved = Period() if head.offset is None else work.ask(head.offset, env)
    if not isinstance(value, dt.date) or not isinstance(moved, Period):
        return None, Period()
    date = stay.zone.date(value) if isinstance(value, dt.datetime) else value
    return date, -moved if head.before else moved


def around(
    head: Every, in_zone: Zone, now: Instant, anchor: dt.date | None = None, moved: Period = NOT_MOVED
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The latest occurrence of a schedule at or before now and the first after it, both local."""
    past = coming = None
    for date in dates_around(head, in_zone.date(now), anchor, moved):
        local = dt.datetime.combine(date, head.clock)
        if in_zone.at(date, head.clock) <= now:
            past = local
        else:
            coming = local
            break
    return past, coming
