"""Mutants of paths, waits, dated triggers, schedules and labels."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from tests.laws.mutants import interpreted, mutant, replaced
from wend.dsl import plan
from wend.dsl.period import Period
from wend.dsl.program import Dated
from wend.runtime import calendar
from wend.runtime.calendar import Zone
from wend.runtime.evaluation import interpret, operate
from wend.runtime.state import Cause, CauseKind
from wend.runtime.tick import runs, schedule, waits, walk
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import FOREVER, UTC
from wend.stdlib import time

MICRO = dt.timedelta(microseconds=1)
LONG = Period(days=9999)

# ---- paths


replaced("paths of a trigger stand side by side", [runs], "same_line", lambda left, right: False)
replaced("a key is no line of its own", [runs], "same_line", lambda left, right: left.trigger == right.trigger)


@mutant("`newest path only` is ignored")
def _oldest(to: pytest.MonkeyPatch) -> None:
    def ignored(original: Callable[..., bool]) -> Callable[..., bool]:
        def asked(work: Work, stay: Stay, *rest: Any) -> bool:
            kept, stay.journey = stay.journey, evolve(stay.journey, newest_path_only=False)
            found = original(work, stay, *rest)
            stay.journey = kept
            return found

        return asked

    to.setattr(walk, "_admit", ignored(walk._admit))
    to.setattr(runs, "_in_the_way", ignored(runs._in_the_way))


@mutant("a path under way is looked at when the new one is walked")
def _when_walked(to: pytest.MonkeyPatch) -> None:
    to.setattr(runs, "_in_the_way", lambda work, stay, trigger, path: False)


@mutant("`once per` counts in each run")
def _once_in_run(to: pytest.MonkeyPatch) -> None:
    def begin(work: Work, stay: Stay, *rest: Any) -> None:
        stay.state = evolve(stay.state, keys=frozenset())
        original(work, stay, *rest)

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
        lambda op, path, *rest: original(op, evolve(path, since=dt.datetime.min.replace(tzinfo=UTC)), *rest),
    )


@mutant("an awaited event counts though it happened after the deadline")
def _after_deadline(to: pytest.MonkeyPatch) -> None:
    def look_event(op: Any, path: Any, *rest: Any) -> Any:
        answer = original(op, evolve(path, due=FOREVER), *rest)
        return answer if isinstance(answer, waits.Over) else original(op, path, *rest)

    original = waits._look_event
    to.setattr(waits, "_look_event", look_event)


@mutant("a wait of unknown length is over at once")
def _no_length(to: pytest.MonkeyPatch) -> None:
    original = waits.settled

    def settled(op: Any, path: Any, env: Any) -> Any:
        found = original(op, path, env)
        return found if found.due is not None or waits._length(op) is None else evolve(found, due=env.now)

    to.setattr(waits, "settled", settled)


@mutant("a wait for a weekday does not pass at its very moment")
def _strict_weekday(to: pytest.MonkeyPatch) -> None:
    original = waits.next_weekday
    to.setattr(waits, "next_weekday", lambda op, zone, now: original(op, zone, now + MICRO))


@mutant("a wait for a time of day does not pass at its very moment")
def _strict_clock(to: pytest.MonkeyPatch) -> None:
    original = Zone.next_clock
    to.setattr(Zone, "next_clock", lambda zone, instant, time: original(zone, instant + MICRO, time))


@mutant("a wait for a clock keeps the zone in which it was reached")
def _old_zone(to: pytest.MonkeyPatch) -> None:
    def reached(op: Any, path: Any, env: Any) -> Any:
        path = reach(op, path, env)
        return evolve(path, due=end(op, path, env)) if isinstance(op, clocks) else path

    clocks = (plan.WaitUntilClock, plan.WaitUntilDay)
    reach, end = waits.reach, waits.end
    to.setattr(walk, "reach", reached)
    to.setattr(waits, "end", lambda op, path, env: path.due or end(op, path, env))


@mutant("who moves waits for the clock from then on")
def _from_the_move(to: pytest.MonkeyPatch) -> None:
    def ends(op: Any, path: Any, env: Any) -> Any:
        at = original(op, path, env)
        moved = isinstance(op, plan.WaitUntilClock | plan.WaitUntilDay) and at is not None and at < env.now
        return original(op, evolve(path, since=env.now), env) if moved else at

    original = waits.end
    to.setattr(waits, "end", ends)


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
    original = interpret.of_label
    to.setattr(interpret, "of_label", lambda expr, env: original(expr, evolve(env, path_labels=env.run_labels)))


@mutant("entry in a body is the start of the run")
def _run_entry(to: pytest.MonkeyPatch) -> None:
    def path_env(work: Work, stay: Stay, path: Any, snapshot: bool) -> Any:
        env = original(work, stay, path, snapshot)
        return env if stay.run is None else evolve(env, path_entry=(stay.run.began, ""))

    original = Work.path_env
    to.setattr(Work, "path_env", path_env)
