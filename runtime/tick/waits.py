"""Waits: when a path that reached one may go on.

A wait counts from the tick that reached it. A condition comes before the deadline. A date that is past when it is
reached, or unknown, goes to `else`. A length is fixed when it is reached, or, where it is unknown then, when it comes
to be known; a clock is that of the present zone, so who moves meanwhile waits for the clock of where they are.
"""

import datetime as dt
from typing import assert_never

from wend.dsl import core, plan
from wend.dsl.period import Period
from wend.runtime.calendar import ONE_DAY, Zone
from wend.runtime.contact import Event
from wend.runtime.evaluation.interpret import Env
from wend.runtime.evolve import evolve
from wend.runtime.frozen import frozen
from wend.runtime.state import Path, Phase
from wend.runtime.tick.runs import drop
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import FOREVER, Instant


@frozen
class Over:
    """The wait is over: go to that operation, with the awaited event if there was one."""

    target: int
    event: tuple[str, Event] | None = None


@frozen
class Pending:
    """The wait goes on: nothing changes before then without new data."""

    until: Instant


def reach(op: plan.Wait, path: Path, env: Env) -> Path:
    """The path as it waits from now on, with the end of the wait where that is fixed now."""
    at_once = env.now if isinstance(op, plan.RepeatNext) and op.every is None else None
    return settled(op, evolve(path, phase=Phase.WAITING, since=env.now, due=at_once, late=False), env)


def settled(op: plan.Wait, path: Path, env: Env) -> Path:
    """The path with the end of its wait, where that is of a length which is known by now: unknown is no length."""
    length = _length(op)
    if length is None or path.due is not None:
        return path
    value = env.evaluate(length).value
    return evolve(path, due=env.zone.add(path.since or env.now, value)) if isinstance(value, Period) else path


def _length(op: plan.Wait) -> core.Expr | None:
    """For how long a wait is made at most; None where no length is told."""
    match op:
        case plan.WaitFor():
            return op.length
        case plan.RepeatNext():
            return op.every
        case plan.WaitCondition() | plan.WaitEvent():
            return op.limit
        case plan.WaitUntilClock() | plan.WaitUntilDay() | plan.WaitUntilMoment():
            return None
        case _:
            assert_never(op)


def _unknown_until(op: plan.Wait, path: Path, env: Env) -> Instant:
    """Until when the length of a wait stays unknown; `FOREVER` where it is known, or there is none."""
    length = _length(op)
    return FOREVER if length is None or path.due is not None else env.evaluate(length).until


def end(op: plan.Wait, path: Path, env: Env) -> Instant | None:
    """When a wait that was reached at `path.since` is over, as things stand; None where no time ends it.

    The first moment since then at which the clock of the present zone shows what is waited for, though it may be past:
    then it goes on at once. Only data can move it.
    """
    since = path.since or env.now
    match op:
        case plan.WaitUntilClock():
            clock = _at(since, env).evaluate(op.clock).value
            return env.zone.next_clock(since, clock) if isinstance(clock, dt.time) else since
        case plan.WaitUntilDay():
            return next_weekday(op, env.zone, since)
        case plan.WaitUntilMoment():
            return target(op, _at(since, env))
        case _:
            return path.due


def _at(since: Instant, env: Env) -> Env:
    """What a path sees, with the time at which the wait was reached."""
    return env if since == env.now else evolve(env, now=since, found={})


def next_weekday(op: plan.WaitUntilDay, zone: Zone, now: Instant) -> Instant:
    """The first of these weekdays whose moment (the time, or the start of the day) is not past."""
    date = zone.date(now) - ONE_DAY
    while True:
        if date.weekday() in op.days:
            at = zone.day_start(date) if op.clock is None else zone.at(date, op.clock.value)
            if at >= now:
                return at
        date += ONE_DAY


def look(op: plan.Wait, path: Path, pc: int, env: Env) -> Over | Pending:
    """Whether a wait that was reached at `path.since` is over. One of unknown length is not, until that is known."""
    now, due, known = env.now, end(op, path, env), _unknown_until(op, path, env)
    match op:
        case plan.WaitUntilMoment():
            return _look_moment(op, path, pc, env, due)
        case plan.WaitCondition():
            if _nothing_sent(op, path):
                return Over(pc + 1)
            value, until, _ = env.evaluate(op.condition)
            if value is True:
                return Over(pc + 1)
            if due is not None and now >= due:
                return Over(pc + 1 if op.otherwise is None else op.otherwise)
            return Pending(min(until, known if due is None else due))
        case plan.WaitEvent():
            return Over(pc + 1) if _nothing_sent(op, path) else _look_event(op, path, pc, env, known)
        case _ if due is None:
            return Pending(known)
        case plan.RepeatNext():
            return Over(op.head) if now >= due else Pending(due)
        case _:
            return Over(pc + 1) if now >= due else Pending(due)


def _nothing_sent(op: plan.WaitCondition | plan.WaitEvent, path: Path) -> bool:
    """Whether none of the messages that are waited on was sent: then neither the wait is made nor its `else`.

    In a `repeat` it is the message of this round, though one before may have been sent.
    """
    return bool(op.awaited) and not op.awaited & (path.labels.keys() - path.missed)


def _look_moment(op: plan.WaitUntilMoment, path: Path, pc: int, env: Env, at: Instant | None) -> Over | Pending:
    if at is None or at < (path.since or env.now):
        return Over(pc + 1 if op.otherwise is None else op.otherwise)
    return Over(pc + 1) if at <= env.now else Pending(at)


def target(op: plan.WaitUntilMoment, env: Env) -> Instant | None:
    """The moment that is waited for. `today` and `now` are those of the tick that reached it: only data can move it.

    Args:
        env: what the path sees, with the time at which the wait was reached.
    """
    value = env.evaluate(op.moment).value
    offset = Period() if op.offset is None else env.evaluate(op.offset).value
    if not isinstance(value, dt.date) or not isinstance(offset, Period):
        return None
    start = value if isinstance(value, dt.datetime) else env.zone.day_start(value)
    at = env.zone.add(start, offset)
    if at == FOREVER:
        return None
    return at if op.clock is None else env.zone.at(env.zone.date(at), op.clock.value)


def _look_event(op: plan.WaitEvent, path: Path, pc: int, env: Env, known: Instant) -> Over | Pending:
    """An awaited event counts by its own time within the wait, as far as that goes."""
    due, since = path.due or FOREVER, path.since or env.now
    bound = min(due, known)
    for event in env.contact.events.get(op.event, ()):
        if not since < event.time <= due:
            continue
        if op.where is None:
            return Over(pc + 1, (op.alias, event) if op.alias else None)
        value, until, _ = env.on(event).evaluate(op.where)
        if value is True:
            return Over(pc + 1, (op.alias, event) if op.alias else None)
        bound = min(bound, until)
    if env.now >= due:
        return Over(pc + 1 if op.otherwise is None else op.otherwise)
    return Pending(bound)


def advance(path: Path, over: Over) -> Path:
    """The path after its wait."""
    events = path.events if over.event is None else {**path.events, over.event[0]: over.event[1]}
    return evolve(path, pc=over.target, phase=Phase.READY, since=None, due=None, events=events)


def passed(work: Work, stay: Stay, path: Path, op: plan.Wait, over: Over) -> Path:
    """The path after its wait, and a note whether it goes on to `else`."""
    missed = isinstance(op, plan.WaitCondition | plan.WaitEvent | plan.WaitUntilMoment) and over.target == op.otherwise
    work.note(stay, "passed", trigger=path.trigger, step=op.id, reason="else" if missed else None, place=op.place)
    return advance(path, over)


def wake_paths(work: Work, stay: Stay) -> None:
    """Waiting paths whose wait is over on the snapshot stand ready to be walked."""
    run = stay.run
    for path in run.paths if run else ():
        found = work.trigger_of(stay, path)
        if found is None:
            drop(work, stay, path, "problem", "its version is not kept")
            continue
        if path.phase is not Phase.WAITING:
            continue
        op = found[1].body[path.pc]
        if isinstance(op, plan.Wait):
            _wake(work, stay, path, op)


def _wake(work: Work, stay: Stay, path: Path, op: plan.Wait) -> None:
    env = work.path_env(stay, path, snapshot=True)
    waiting = settled(op, path, env)
    answer = look(op, waiting, path.pc, env)
    if isinstance(answer, Over):
        on = passed(work, stay, waiting, op, answer)
        if stay.resumed is not None and _too_late(work, stay, waiting, op, stay.resumed):
            on = evolve(on, late=True)
        stay.put(on, path)
        work.stir()
        return
    if waiting is not path:
        stay.put(waiting, path)
    work.until(answer.until)


def _too_late(work: Work, stay: Stay, path: Path, op: plan.Wait, paused: Instant) -> bool:
    """Whether a wait was over during the pause that has just ended, longer ago than `late up to`."""
    late = stay.journey.late or work.rules.program.settings.late
    over = end(op, path, work.path_env(stay, path, snapshot=True))
    return late is not None and over is not None and over >= paused and stay.zone.add(over, late) < work.now
