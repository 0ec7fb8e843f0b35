"""Rejected readings of the table, each as a patch of the engine. `test_mutants.py` says which test catches it."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from attrs import evolve

from wend.dsl import plan
from wend.dsl.period import Period
from wend.dsl.program import Dated, Journey
from wend.runtime import (
    aggregate,
    calendar,
    codec,
    feedback,
    gates,
    intake,
    interpret,
    operate,
    perform,
    runs,
    schedule,
    step,
    values,
    waits,
    walk,
    when,
)
from wend.runtime.aggregate import Found
from wend.runtime.calendar import Zone
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.hashing import share
from wend.runtime.rules import Rules
from wend.runtime.state import Cause, CauseKind, Phase
from wend.runtime.values import FOREVER, UTC, Bounded, Ramp
from wend.runtime.work import Stay, Work
from wend.stdlib import time

Patch = Callable[[pytest.MonkeyPatch], None]
MUTANTS: dict[str, Patch] = {}
MICRO = dt.timedelta(microseconds=1)
LONG = Period(days=9999)


def mutant(name: str) -> Callable[[Patch], Patch]:
    """Keep a patch under the reading that it makes of the engine."""

    def keep(patch: Patch) -> Patch:
        assert name not in MUTANTS
        MUTANTS[name] = patch
        return patch

    return keep


def replaced(name: str, where: Iterable[Any], attribute: str, new: Any) -> None:
    """A mutant that puts something else in the place of a function, wherever it has been imported to."""

    def patch(to: pytest.MonkeyPatch) -> None:
        for module in where:
            to.setattr(module, attribute, new)

    mutant(name)(patch)


def interpreted(to: pytest.MonkeyPatch) -> None:
    """Let the engine go by the interpreter, which is what is patched: the prepared form is another."""
    to.setattr(Rules, "evaluate", property(lambda rules: interpret.evaluate))


# ---- the order within a tick


@mutant("events are taken in the order of arrival")
def _by_arrival(to: pytest.MonkeyPatch) -> None:
    def arrived(contact: Any, state: Any, inbox: Any, now: Any) -> tuple[Event, ...]:
        known = original(contact, state, inbox, now)
        order = [event.id for event in (*state.emitted, *inbox.events)]
        return tuple(sorted(known, key=lambda event: order.index(event.id)))

    original = intake.new_events
    to.setattr(step, "new_events", arrived)


replaced("`exit on` ends what began after it", [runs], "began_before", lambda work, run, event: True)


@mutant("the event that ended a run may start something")
def _starts_too(to: pytest.MonkeyPatch) -> None:
    def happen(work: Work, stay: Stay, event: Event) -> None:
        run = stay.run
        original(work, stay, event)
        if run is not None and stay.run is None:
            original(work, stay, event)

    original = step._happen
    to.setattr(step, "_happen", happen)


@mutant("after `exit on` nothing of that tick begins a run")
def _spent(to: pytest.MonkeyPatch) -> None:
    def end(work: Work, stay: Stay, *more: Any) -> None:
        original(work, stay, *more)
        stay.spent = True

    original = runs.end
    to.setattr(runs, "end", end)


@mutant("emitted events arrive at the same tick")
def _at_once(to: pytest.MonkeyPatch) -> None:
    def at_once(rules: Any, contact: Any, state: Any, inbox: Any, now: Any, facts: Any) -> Any:
        done = original(rules, contact, state, inbox, now, facts)
        while done.state.emitted:
            more = original(rules, done.contact, done.state, Inbox(), now, facts)
            done = evolve(more, effects=(*done.effects, *more.effects), trace=(*done.trace, *more.trace))
        return done

    original = step.step
    to.setattr(step, "step", at_once)


@mutant("gates and conditions read the writes of the tick")
def _reads_writes(to: pytest.MonkeyPatch) -> None:
    def env(work: Work, stay: Stay) -> Any:
        return evolve(original(work, stay), contact=work.view, found={})

    original = Work.env
    to.setattr(Work, "env", env)


@mutant("a path sees the snapshot only")
def _snapshot_only(to: pytest.MonkeyPatch) -> None:
    original = Work.path_env
    to.setattr(Work, "path_env", lambda work, stay, path, snapshot: original(work, stay, path, snapshot=True))


@mutant("journeys are walked in the order of their names alone")
def _by_name(to: pytest.MonkeyPatch) -> None:
    def by_name(work: Work) -> None:
        work.stays = sorted(work.stays, key=lambda stay: stay.journey.name)
        original(work)

    original = walk.walk_all
    to.setattr(step, "walk_all", by_name)


# ---- runs


replaced("leaving the audience ends the run", [runs], "leave", lambda work, stay: runs.end(work, stay, "left", 0))
replaced("leaving the audience leaves paths alone", [runs], "leave", lambda work, stay: None)


@mutant("unknown counts as true")
def _unknown_true(to: pytest.MonkeyPatch) -> None:
    original = Work.ask
    to.setattr(Work, "ask", lambda work, expr, env: True if (v := original(work, expr, env)) is None else v)


@mutant("unknown counts as false")
def _unknown_false(to: pytest.MonkeyPatch) -> None:
    original = Work.ask
    to.setattr(Work, "ask", lambda work, expr, env: False if (v := original(work, expr, env)) is None else v)


@mutant("a run may begin at the tick at which the last one ended")
def _begins_at_once(to: pytest.MonkeyPatch) -> None:
    def end(work: Work, stay: Stay, reason: str, depth: int) -> None:
        original(work, stay, reason, depth)
        if runs.may_begin(work, stay):
            runs.begin(work, stay)

    original = runs.end
    to.setattr(runs, "end", end)


@mutant("`reenter after` counts from the beginning of the run")
def _after_beginning(to: pytest.MonkeyPatch) -> None:
    def end(work: Work, stay: Stay, reason: str, depth: int) -> None:
        began = stay.run.began if stay.run else None
        original(work, stay, reason, depth)
        stay.state = evolve(stay.state, ended_at=began)

    original = runs.end
    to.setattr(runs, "end", end)


replaced("`reenter never` is no obstacle", [runs], "_may_ever_begin", lambda stay: True)


@mutant("`on entry` fires at every entry of a day")
def _entry_always(to: pytest.MonkeyPatch) -> None:
    def entered(work: Work, stay: Stay, head: Any) -> Cause | None:
        stay.set_head(head.id, evolve(stay.head(head.id), fired_at=None))
        return original(work, stay, head)

    original = when.entered
    to.setattr(when, "entered", entered)


@mutant("`active until` is inclusive")
def _until_inclusive(to: pytest.MonkeyPatch) -> None:
    def is_open(work: Work, stay: Stay) -> bool:
        journey = stay.journey
        if journey.active_until is not None:
            stay.journey = evolve(journey, active_until=journey.active_until + dt.timedelta(days=1))
        answer = original(work, stay)
        stay.journey = journey
        return answer

    original = runs._is_open
    to.setattr(runs, "_is_open", is_open)


# ---- when


replaced("`when` is not latched", [when], "latch", lambda stay, head, now: None)
replaced(
    "a new run arms a latch that was not seen false",
    [when],
    "armed",
    lambda head, state, run: (
        not state.latched or state.latched_run != run.number or (state.seen_false and head.repeatedly)
    ),
)
replaced(
    "false arms a latch within its run",
    [when],
    "armed",
    lambda head, state, run: not state.latched or state.seen_false,
)
replaced("a latch is never armed again", [when], "armed", lambda head, state, run: not state.latched)


@mutant("unknown is seen as false by a latch")
def _unknown_arms(to: pytest.MonkeyPatch) -> None:
    original = when._seen
    to.setattr(
        when,
        "_seen",
        lambda work, state, head, true, false, run: original(work, state, head, true, not true, run),
    )


replaced("`when` may fire several times a day", [when], "spaced", lambda stay, trigger, head, state: None)


@mutant("a firing that is too soon is lost")
def _lost(to: pytest.MonkeyPatch) -> None:
    original = when.spaced
    to.setattr(when, "spaced", lambda *args: None if (release := original(*args)) is None else max(release, FOREVER))


@mutant("`when` fires once a day in each run")
def _day_of_run(to: pytest.MonkeyPatch) -> None:
    def spaced(stay: Stay, trigger: Any, head: Any, state: Any) -> Any:
        same = stay.run is not None and state.latched_run == stay.run.number
        return original(stay, trigger, head, state) if same else None

    original = when.spaced
    to.setattr(when, "spaced", spaced)


@mutant("`for D` goes on over unknown")
def _over_unknown(to: pytest.MonkeyPatch) -> None:
    original = when._seen
    to.setattr(
        when,
        "_seen",
        lambda work, state, head, true, false, run: (
            original(work, state, head, true, false, run) if true or false else state
        ),
    )


replaced("`for D` goes on over runs", [when], "forget_run", lambda stay: None)


@mutant("`for D` has no bound of its own")
def _no_end_of_spell(to: pytest.MonkeyPatch) -> None:
    def lasting(work: Work, *more: Any) -> Any:
        release = original(work, *more)
        return release if release is None or release <= work.now else FOREVER

    original = when.lasting
    to.setattr(when, "lasting", lasting)


@mutant("`backlog skip` is ignored")
def _no_backlog(to: pytest.MonkeyPatch) -> None:
    def observe(work: Work, stay: Stay, trigger: Any, head: Any) -> Cause | None:
        stay.first_seen = False
        return original(work, stay, trigger, head)

    original = when.observe
    to.setattr(when, "observe", observe)


@mutant("`backlog skip` is for every new contact")
def _backlog_for_all(to: pytest.MonkeyPatch) -> None:
    def observe(work: Work, stay: Stay, trigger: Any, head: Any) -> Cause | None:
        stay.first_seen = stay.journey.name not in work.before.journeys
        return original(work, stay, trigger, head)

    original = when.observe
    to.setattr(when, "observe", observe)


@mutant("a `when` that is ignored is latched")
def _latched_for_nothing(to: pytest.MonkeyPatch) -> None:
    def observe(work: Work, stay: Stay, trigger: Any, head: Any) -> Cause | None:
        cause = original(work, stay, trigger, head)
        if cause is not None:
            when.latch(stay, head, work.now)
        return cause

    original = when.observe
    to.setattr(when, "observe", observe)


class _Forgetful(set[tuple[str, str, str]]):
    def __contains__(self, item: object) -> bool:
        return False


@mutant("every entry point of a trigger fires by itself")
def _each_entry_point(to: pytest.MonkeyPatch) -> None:
    def made(work: Work) -> None:
        original(work)
        work.fired = _Forgetful()

    original = Work.__attrs_post_init__
    to.setattr(Work, "__attrs_post_init__", made)


# ---- on


replaced("an event counts as often as it comes", [Contact], "knows", lambda contact, event_id: False)


@mutant("an event from the future keeps its time")
def _future(to: pytest.MonkeyPatch) -> None:
    def future(contact: Any, state: Any, inbox: Any, now: Any) -> tuple[Event, ...]:
        told = {event.id: event for event in (*state.emitted, *inbox.events)}
        return tuple(told[event.id] for event in original(contact, state, inbox, now))

    original = intake.new_events
    to.setattr(step, "new_events", future)


replaced("an event starts something however old it is", [step], "DEFAULT_LATE", LONG)


@mutant("an event that is too old does not exit")
def _late_is_nothing(to: pytest.MonkeyPatch) -> None:
    def happen(work: Work, stay: Stay, event: Event) -> None:
        if event.time + dt.timedelta(hours=24) >= work.now:
            original(work, stay, event)

    original = step._happen
    to.setattr(step, "_happen", happen)


@mutant("an imported event starts something")
def _imported(to: pytest.MonkeyPatch) -> None:
    original = step._happen
    to.setattr(step, "_happen", lambda work, stay, event: original(work, stay, evolve(event, imported=False)))


@mutant("a cycle of emitted events goes on")
def _no_depth(to: pytest.MonkeyPatch) -> None:
    to.setattr(feedback, "DEEPEST", 1000)
    to.setattr(perform, "DEEPEST", 1000)


# ---- paths


replaced("paths of a trigger stand side by side", [walk], "_same_line", lambda left, right: False)
replaced("a key is no line of its own", [walk], "_same_line", lambda left, right: left.trigger == right.trigger)


@mutant("`newest path only` is ignored")
def _oldest(to: pytest.MonkeyPatch) -> None:
    def admit(work: Work, stay: Stay, path: Any) -> bool:
        kept, stay.journey = stay.journey, evolve(stay.journey, newest_path_only=False)
        begins: bool = original(work, stay, path)
        stay.journey = kept
        return begins

    original = walk._admit
    to.setattr(walk, "_admit", admit)


@mutant("`once per` counts in each run")
def _once_in_run(to: pytest.MonkeyPatch) -> None:
    def begin(work: Work, stay: Stay) -> None:
        stay.state = evolve(stay.state, keys=frozenset())
        original(work, stay)

    original = runs.begin
    to.setattr(runs, "begin", begin)


replaced("`stop on` is ignored", [runs], "stop_paths", lambda work, stay, event: None)
replaced("`stop when` is ignored", [runs], "stops_now", lambda work, stay, path: False)


# ---- waits


@mutant("a wait counts from the cause of the path")
def _from_cause(to: pytest.MonkeyPatch) -> None:
    def reach(op: Any, path: Any, env: Any) -> Any:
        if isinstance(op, plan.WaitFor):
            return evolve(original(op, path, evolve(env, now=path.cause.time)), since=env.now)
        return original(op, path, env)

    original = waits.reach
    to.setattr(walk, "reach", reach)


def _looking(name: str, changed: Callable[[Any, Any, int, Any, Callable[..., Any]], Any], *modules: Any) -> None:
    def patch(to: pytest.MonkeyPatch) -> None:
        original = waits.look
        for module in modules:
            to.setattr(module, "look", lambda op, path, pc, env: changed(op, path, pc, env, original))

    mutant(name)(patch)


def _deadline_first(op: Any, path: Any, pc: int, env: Any, look: Callable[..., Any]) -> Any:
    if isinstance(op, plan.WaitCondition | plan.WaitEvent) and path.due is not None and env.now >= path.due:
        return waits.Over(pc + 1 if op.otherwise is None else op.otherwise)
    return look(op, path, pc, env)


def _not_at_once(op: Any, path: Any, pc: int, env: Any, look: Callable[..., Any]) -> Any:
    answer = look(op, path, pc, env)
    if isinstance(op, plan.WaitCondition) and isinstance(answer, waits.Over):
        return waits.Pending(FOREVER)
    return answer


def _past_passes(op: Any, path: Any, pc: int, env: Any, look: Callable[..., Any]) -> Any:
    answer = look(op, path, pc, env)
    if isinstance(op, plan.WaitUntilMoment) and isinstance(answer, waits.Over):
        return waits.Over(pc + 1)
    return answer


_looking("a deadline comes before the condition", _deadline_first, waits, walk)
_looking("a condition that is true already does not pass", _not_at_once, walk)
_looking("a wait for a past or unknown date passes", _past_passes, waits, walk)


@mutant("an awaited event counts though it happened before the wait")
def _before_wait(to: pytest.MonkeyPatch) -> None:
    original = waits._look_event
    to.setattr(
        waits,
        "_look_event",
        lambda op, path, pc, env: original(op, evolve(path, since=dt.datetime.min.replace(tzinfo=UTC)), pc, env),
    )


@mutant("an awaited event counts though it happened after the deadline")
def _after_deadline(to: pytest.MonkeyPatch) -> None:
    def look_event(op: Any, path: Any, pc: int, env: Any) -> Any:
        answer = original(op, evolve(path, due=FOREVER), pc, env)
        return answer if isinstance(answer, waits.Over) else original(op, path, pc, env)

    original = waits._look_event
    to.setattr(waits, "_look_event", look_event)


@mutant("a wait for a weekday does not pass at its very moment")
def _strict_weekday(to: pytest.MonkeyPatch) -> None:
    original = waits.next_weekday
    to.setattr(waits, "next_weekday", lambda op, zone, now: original(op, zone, now + MICRO))


@mutant("a wait for a time of day does not pass at its very moment")
def _strict_clock(to: pytest.MonkeyPatch) -> None:
    original = Zone.next_clock
    to.setattr(Zone, "next_clock", lambda zone, instant, time: original(zone, instant + MICRO, time))


def _going(name: str, changed: Callable[[Any, Any], Any]) -> None:
    def patch(to: pytest.MonkeyPatch) -> None:
        original = walk._go
        to.setattr(walk, "_go", lambda work, stay, path, op: original(work, stay, path, changed(op, path)))

    mutant(name)(patch)


_going(
    "`if` takes `else` where it is unknown",
    lambda op, path: evolve(op, on_unknown=op.on_false) if isinstance(op, plan.Branch) else op,
)
_going(
    "`if` takes its branch where it is unknown",
    lambda op, path: evolve(op, on_unknown=path.pc + 1) if isinstance(op, plan.Branch) else op,
)
_going(
    "`repeat` does not test `until` before the first round",
    lambda op, path: evolve(op, until=None) if isinstance(op, plan.RepeatTest) and not path.rounds.get(op.id) else op,
)


# ---- dated triggers and schedules


def _dated(*, seen: bool = True, began: bool = True, late: bool = True, once: bool = True) -> Callable[..., Any]:
    """A dated trigger without one of its conditions."""

    def dated(work: Work, stay: Stay, trigger: Any, head: Dated) -> Cause | None:
        run = stay.run
        if run is None:
            return None
        env = work.env(stay)
        anchor, length = work.ask(head.anchor, env), work.ask(head.length, env)
        due = schedule.due_moment(anchor, length, head, stay.zone)
        if due is None or not isinstance(anchor, dt.date):
            return None
        value = anchor.isoformat()
        state = stay.head(head.id)
        if value not in state.dates:
            state = evolve(state, dates=({**state.dates, value: work.now} if once else {value: work.now}))
        if not once:
            state = evolve(state, done=state.done & {value})
        stay.set_head(head.id, state)
        if due > work.now or value in state.done:
            work.until(due)
            return None
        stay.set_head(head.id, evolve(state, done=state.done | {value}))
        bounds = [*([state.dates[value]] if seen else []), *([run.began] if began else [])]
        if any(due < bound for bound in bounds) or not stay.may_start:
            return None
        if late and stay.journey.late is not None and stay.zone.add(due, stay.journey.late) < work.now:
            return None
        return Cause(CauseKind.DATED, value, work.now)

    return dated


replaced("a value that was due before it was seen fires", [schedule], "dated", _dated(seen=False))
replaced("a value that was due before the run began fires", [schedule], "dated", _dated(seen=False, began=False))
replaced("`late up to` does not bound a dated trigger", [schedule], "dated", _dated(late=False))


@mutant("a value that comes back fires again")
def _again(to: pytest.MonkeyPatch) -> None:
    to.setattr(schedule, "dated", _dated(seen=False, began=False, once=False))


@mutant("days after a datetime are 24 hours")
def _elapsed_days(to: pytest.MonkeyPatch) -> None:
    def due_moment(anchor: Any, length: Any, head: Any, zone: Any) -> Any:
        if isinstance(length, Period) and isinstance(anchor, dt.datetime):
            length = Period(length.months, 0, length.seconds + 86_400 * length.days)
        return original(anchor, length, head, zone)

    original = schedule.due_moment
    to.setattr(schedule, "due_moment", due_moment)


def _spilling(date: dt.date, period: Period) -> dt.date | None:
    """31 January + 1 month = 3 March."""
    month = date.month - 1 + period.months
    first = dt.date(date.year + month // 12, month % 12 + 1, 1)
    return first + dt.timedelta(days=date.day - 1 + period.days)


_ADD_TO_DATE = calendar.add_to_date


def _month_by_month(date: dt.date, period: Period) -> dt.date | None:
    """31 January + 2 months = 28 March."""
    moved: dt.date | None = date
    for _ in range(abs(period.months)):
        moved = moved and _ADD_TO_DATE(moved, Period(months=1 if period.months > 0 else -1))
    return moved and _ADD_TO_DATE(moved, Period(days=period.days))


_DATE_USERS = (calendar, schedule, operate, time)
replaced("months run over the end of a short one", _DATE_USERS, "add_to_date", _spilling)
replaced("months count from the month before", _DATE_USERS, "add_to_date", _month_by_month)
replaced("an occurrence fires however long it was missed", [schedule], "DEFAULT_LATE", LONG)
replaced("an occurrence that was missed never fires", [schedule], "DEFAULT_LATE", Period())


@mutant("an occurrence before the entry fires")
def _before_entry(to: pytest.MonkeyPatch) -> None:
    def recurring(work: Work, stay: Stay, head: Any) -> Cause | None:
        run = stay.run
        if run is not None:
            stay.set_run(evolve(run, began=run.began - dt.timedelta(days=1)))
        cause = original(work, stay, head)
        stay.set_run(run)
        return cause

    original = schedule.recurring
    to.setattr(schedule, "recurring", recurring)


# ---- labels and entry


@mutant("a label in a body is the latest send of the run")
def _run_label(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    original = interpret._label
    to.setattr(interpret, "_label", lambda expr, env: original(expr, evolve(env, path_labels=env.run_labels)))


@mutant("entry in a body is the start of the run")
def _run_entry(to: pytest.MonkeyPatch) -> None:
    def path_env(work: Work, stay: Stay, path: Any, snapshot: bool) -> Any:
        env = original(work, stay, path, snapshot)
        return env if stay.run is None else evolve(env, path_entry=(stay.run.began, ""))

    original = Work.path_env
    to.setattr(Work, "path_env", path_env)


# ---- gates


@mutant("unknown consent lets a send through")
def _unknown_consent(to: pytest.MonkeyPatch) -> None:
    def consent(work: Work, stay: Stay, channel: str) -> Any:
        refused = original(work, stay, channel)
        rules = [r for r in work.rules.program.settings.consents if r.channel == channel]
        unknown = all(work.env(stay).evaluate(rule.condition).value is not False for rule in rules)
        return None if unknown else refused

    original = gates.consent
    to.setattr(gates, "consent", consent)


@mutant("suppression is by contact")
def _by_contact(to: pytest.MonkeyPatch) -> None:
    def suppressed(work: Work, stay: Stay, channel: str, address: str) -> Any:
        work.facts = evolve(work.facts, suppressed=frozenset())
        return original(work, stay, channel, address)

    original = gates.suppressed
    to.setattr(gates, "suppressed", suppressed)


def _as_if(name: str, function: str, journey: Callable[[Journey], Journey]) -> None:
    """A mutant for which a gate sees another journey."""

    def patch(to: pytest.MonkeyPatch) -> None:
        def gate(work: Work, stay: Stay, *more: Any) -> Any:
            kept, stay.journey = stay.journey, journey(stay.journey)
            answer = original(work, stay, *more)
            stay.journey = kept
            return answer

        original = getattr(gates, function)
        to.setattr(gates, function, gate)

    mutant(name)(patch)


_as_if("unsubscription stops transactional mail", "suppressed", lambda j: evolve(j, transactional=False))
_as_if("transactional mail needs consent", "consent", lambda j: evolve(j, transactional=False))
_as_if("transactional mail is limited", "over_limit", lambda j: evolve(j, transactional=False))
_as_if("transactional mail keeps the settings' window", "closed_window", lambda j: evolve(j, transactional=False))
_as_if("an unsubscription from a topic is from all", "suppressed", lambda j: evolve(j, topic="news"))


@mutant("transactional mail goes to whoever complained")
def _to_complainers(to: pytest.MonkeyPatch) -> None:
    original = gates.suppressed
    to.setattr(
        gates,
        "suppressed",
        lambda work, stay, *more: None if stay.journey.transactional else original(work, stay, *more),
    )


def _elapsed(length: Any, zone: Any) -> Any:
    seconds = length.approximate_seconds
    return lambda moment: moment + dt.timedelta(seconds=seconds)


replaced("a limit in days is elapsed time", [gates], "expiry", _elapsed)


@mutant("a window in days or months is elapsed time")
def _elapsed_window(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    to.setattr(interpret, "expiry", _elapsed)


@mutant("a limit of a journey counts all journeys")
def _all_journeys(to: pytest.MonkeyPatch) -> None:
    original = gates.limit_release
    to.setattr(
        gates,
        "limit_release",
        lambda limit, channel, journey, sends, zone, now: original(limit, channel, "", sends, zone, now),
    )


@mutant("a limit of the settings counts each journey by itself")
def _each_journey(to: pytest.MonkeyPatch) -> None:
    def over_limit(work: Work, stay: Stay, channel: str) -> Any:
        kept, work.sends = work.sends, [s for s in work.sends if s.journey == stay.journey.name]
        answer = original(work, stay, channel)
        work.sends = kept
        return answer

    original = gates.over_limit
    to.setattr(gates, "over_limit", over_limit)


@mutant("transactional mail counts in limits")
def _counts(to: pytest.MonkeyPatch) -> None:
    def limit_release(limit: Any, channel: str, journey: str, sends: Any, zone: Any, now: Any) -> Any:
        counted = [evolve(s, transactional=False) for s in sends]
        return original(limit, channel, journey, counted, zone, now)

    original = gates.limit_release
    to.setattr(gates, "limit_release", limit_release)


def _sending(name: str, changed: Callable[..., Any]) -> None:
    def patch(to: pytest.MonkeyPatch) -> None:
        original = perform.send
        to.setattr(perform, "send", lambda work, stay, path, op: changed(to, original, work, stay, path, op))

    mutant(name)(patch)


def _stale_gates(to: Any, send: Any, work: Work, stay: Stay, path: Any, op: Any) -> Any:
    if path.phase is not Phase.HELD:
        return send(work, stay, path, op)
    with pytest.MonkeyPatch.context() as inner:
        inner.setattr(gates, "ask_all", lambda work, stay, op, address: gates.PASSED)
        return send(work, stay, path, op)


def _endless_hold(to: Any, send: Any, work: Work, stay: Stay, path: Any, op: Any) -> Any:
    kept, stay.journey = stay.journey, evolve(stay.journey, late=None)
    moved = send(work, stay, path, op)
    stay.journey = kept
    return moved


def _still_held(to: Any, send: Any, work: Work, stay: Stay, path: Any, op: Any) -> Any:
    moved = send(work, stay, path, op)
    return evolve(moved, phase=path.phase, since=path.since) if path.phase is Phase.HELD else moved


_sending("a held send does not ask its gates afresh", _stale_gates)
_sending("`late up to` does not bound a hold", _endless_hold)
_sending("a held send is sent again and again", _still_held)


@mutant("a window is open at its end")
def _open_end(to: pytest.MonkeyPatch) -> None:
    def window_on(window: Any, zone: Any, date: Any) -> Any:
        start, end = original(window, zone, date)
        return start, end + dt.timedelta(minutes=1) if end > start else end

    original = gates.window_on
    to.setattr(gates, "window_on", window_on)


# ---- zones


@mutant("a time that comes twice happens the second time")
def _second_time(to: pytest.MonkeyPatch) -> None:
    def at(zone: Zone, date: dt.date, time: dt.time) -> Any:
        return dt.datetime.combine(date, time.replace(fold=1), tzinfo=zone._info).astimezone(UTC)

    to.setattr(Zone, "at", at)


replaced(
    "the local date is what the clock shows, and may go back",
    [Zone],
    "date",
    lambda zone, instant: instant.astimezone(zone._info).date(),
)


# ---- splits, identities, versions


replaced("a split does not look at the contact", [walk], "share", lambda *parts: 0.25)


@mutant("`each time` splits the same way each time")
def _each_time(to: pytest.MonkeyPatch) -> None:
    original = share
    to.setattr(walk, "share", lambda *parts: original(*parts[:3]))


def _identified(name: str, changed: Callable[[Any, Any], Any]) -> None:
    def patch(to: pytest.MonkeyPatch) -> None:
        original = perform.identity
        to.setattr(
            perform,
            "identity",
            lambda work, stay, path, *more: changed(original(work, stay, path, *more), path),
        )

    mutant(name)(patch)


_identified("an identity has the position of its step", lambda made, path: evolve(made, step=str(path.pc)))
_identified("an identity is without its cause", lambda made, path: evolve(made, cause=""))
_identified("an identity is without its iteration", lambda made, path: evolve(made, iteration=0))
_identified("an identity is without its step", lambda made, path: evolve(made, step=""))


@mutant("a path goes on with the live version")
def _live_version(to: pytest.MonkeyPatch) -> None:
    def trigger(rules: Rules, version: str, journey: str, trigger: str) -> Any:
        return original(rules, rules.program.version, journey, trigger) or original(rules, version, journey, trigger)

    original = Rules.trigger
    to.setattr(Rules, "trigger", trigger)


# ---- how long values hold


@mutant("what is undecided holds for the longest of its operands")
def _longest(to: pytest.MonkeyPatch) -> None:
    interpreted(to)

    def junction(operands: Any, env: Any, decider: bool) -> Bounded:
        value = original(operands, env, decider).value
        return Bounded(value, max(interpret.evaluate(operand, env).until for operand in operands))

    original = interpret._junction
    to.setattr(interpret, "_junction", junction)


@mutant("a count in a window holds for ever")
def _count_for_ever(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    to.setattr(aggregate, "_count", lambda found: Bounded(len(found.events)))
    to.setattr(aggregate, "_any", lambda found: Bounded(bool(found.events)))


@mutant("a count in a window holds until its last event leaves")
def _count_to_last(to: pytest.MonkeyPatch) -> None:
    interpreted(to)

    def counted(found: Found) -> Bounded:
        number, ends = len(found.events), found.expiries or [FOREVER]
        return Bounded(number, max(ends), Ramp(-1, lambda n: max(ends)))

    to.setattr(aggregate, "_count", counted)


@mutant("a sum in a window holds for ever")
def _sum_for_ever(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    original = aggregate.fold
    to.setattr(
        interpret,
        "fold",
        lambda how, found, read: _until(original(how, found, read), how.value in ("sum", "average", "min", "max")),
    )


def _until(bounded: Bounded, for_ever: bool) -> Bounded:
    """The value, said to hold for ever."""
    return bounded._replace(until=FOREVER) if for_ever else bounded


@mutant("a comparison with a moving number holds a step too long")
def _one_too_long(to: pytest.MonkeyPatch) -> None:
    interpreted(to)
    original = values.compare_ramp

    def compare_ramp(op: str, value: float, ramp: Ramp, limit: float) -> Bounded:
        later = Ramp(ramp.sign, lambda n: ramp.first(n + 1))
        return original(op, value, later, limit)

    from wend.runtime import compare

    to.setattr(compare, "compare_ramp", compare_ramp)


@mutant("days since a date never change")
def _standing_days(to: pytest.MonkeyPatch) -> None:
    to.setattr(time, "DAYS", time.Count(time.DAYS.count, lambda start, n: None))


replaced("nothing that was done calls for the next minute", [Work], "stir", lambda work: None)


@mutant("a hold has no end of its own")
def _no_release(to: pytest.MonkeyPatch) -> None:
    def held(work: Work, stay: Stay, path: Any, op: Any, answer: Any) -> Any:
        return original(work, stay, path, op, evolve(answer, until=FOREVER))

    original = perform._held
    to.setattr(perform, "_held", held)


@mutant("a wait has no end of its own")
def _no_wait(to: pytest.MonkeyPatch) -> None:
    to.setattr(walk, "_remember", lambda work, answer: None)
    original = waits.wake_paths

    def wake_paths(work: Work, stay: Stay) -> None:
        wake = work.wake
        original(work, stay)
        work.wake = wake

    to.setattr(step, "wake_paths", wake_paths)


# ---- saving, idling, order


@mutant("saving forgets what was emitted")
def _forgets(to: pytest.MonkeyPatch) -> None:
    original = codec.state_to_json
    to.setattr(codec, "state_to_json", lambda state: original(evolve(state, emitted=())))


@mutant("the time of the last tick is kept")
def _last_tick(to: pytest.MonkeyPatch) -> None:
    def kept(work: Work) -> Any:
        state = original(work)
        journeys = {name: evolve(journey, ended_at=work.now) for name, journey in state.journeys.items()}
        return evolve(state, journeys=journeys)

    original = step._state
    to.setattr(step, "_state", kept)


@mutant("what one contact unsubscribes counts at once for those who come after it")
def _at_this_tick(to: pytest.MonkeyPatch) -> None:
    told: set[Any] = set()

    def suppressions(*args: Any) -> Any:
        found = original(*args)
        told.update(each.suppression for each in found)
        return found

    def suppressed(work: Work, stay: Stay, channel: str, address: str) -> Any:
        work.facts = evolve(work.facts, suppressed=work.facts.suppressed | told)
        return gate(work, stay, channel, address)

    original, gate = intake.suppressions, gates.suppressed
    to.setattr(step, "suppressions", suppressions)
    to.setattr(gates, "suppressed", suppressed)
