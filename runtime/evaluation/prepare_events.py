"""Aggregates as closures: see `prepare`."""

from collections.abc import Callable

from wend.dsl import core
from wend.dsl.period import Period
from wend.runtime.contact import Event
from wend.runtime.evaluation import interpret
from wend.runtime.evaluation.aggregate import Found, expiry, fold
from wend.runtime.evaluation.interpret import Env
from wend.runtime.values import FALSE, FOREVER, TRUE, UNKNOWN, Bounded, Instant, bounded

Closure = Callable[[Env], Bounded]


def aggregate(expr: core.Aggregate, bound: Closure | None, where: Closure | None) -> Closure:
    """How to evaluate an aggregate.

    Args:
        bound: the length or the start of the window.
    """
    if expr.window is None and where is None:
        return _over_all(expr)
    find = _finder(expr, bound, where)
    how, path, dig = expr.fold, expr.path, interpret.dig

    def folded(env: Env) -> Bounded:
        found = find(env)
        return fold(how, found, None if path is None else [dig(event, path) for event in found.events])

    return folded


def _over_all(expr: core.Aggregate) -> Closure:
    """Over all events, for ever: nothing leaves."""
    name, how, path, dig = expr.event, expr.fold, expr.path, interpret.dig

    def folded(env: Env) -> Bounded:
        events = env.contact.events.get(name, ())
        return fold(how, Found(events, None, FOREVER), None if path is None else [dig(e, path) for e in events])

    if path is None:
        if how is core.Fold.ANY:
            return lambda env: TRUE if env.contact.events.get(name) else FALSE
        if how is core.Fold.COUNT:
            return lambda env: Bounded(len(env.contact.events.get(name, ())))
        return folded
    elif how in (core.Fold.FIRST, core.Fold.LAST):
        return _at_end(name, path, 0 if how is core.Fold.FIRST else -1)
    return folded


def _at_end(name: str, path: tuple[str, ...], index: int) -> Closure:
    dig = interpret.dig

    def end(env: Env) -> Bounded:
        events = env.contact.events.get(name)
        return bounded((dig(events[index], path), FOREVER, None)) if events else UNKNOWN

    def end_at(env: Env) -> Bounded:
        events = env.contact.events.get(name)
        if not events:
            return UNKNOWN
        event = events[index]
        return bounded((event.payload.get("at", event.time), FOREVER, None))

    return end_at if path == ("at",) else end


def _finder(expr: core.Aggregate, bound: Closure | None, where: Closure | None) -> Callable[[Env], Found]:
    window, name = expr.window, expr.event

    def find(env: Env) -> Found:
        events = env.contact.events.get(name, ())
        expiries: list[Instant] | None = None
        until = FOREVER
        if bound is not None and window is not None:
            limit = bound(env)
            until = limit.until
            if isinstance(window, core.InLast):
                if not isinstance(limit.value, Period):
                    return Found((), None, until, unknown=True)
                events, expiries = _within(events, limit.value, env)
            elif limit.value is None:
                return Found((), None, until, unknown=True)
            else:
                events = interpret.since(events, window.start, limit.value, env)
        return _chosen(events, expiries, until, where, env) if where else Found(events, expiries, until)

    return find


def _within(events: tuple[Event, ...], length: Period, env: Env) -> tuple[tuple[Event, ...], list[Instant]]:
    """The events in the window `in last D`, and when each leaves it."""
    left, now = expiry(length, env.zone), env.now
    assert left is not None
    # Counted in days, an earlier event never leaves after a later one: all before the first that has left have too.
    ordered = not length.months and not length.seconds
    kept: list[Event] = []
    expiries: list[Instant] = []
    for event in reversed(events):
        at = left(event.time)
        if at > now:
            kept.append(event)
            expiries.append(at)
        elif ordered:
            break
    kept.reverse()
    expiries.reverse()
    return tuple(kept), expiries


def _chosen(
    events: tuple[Event, ...], expiries: list[Instant] | None, until: Instant, where: Closure, env: Env
) -> Found:
    """Those of which the `where` is true."""
    if not events:
        return Found((), expiries, until)
    view = env.on(events[0])
    kept: list[int] = []
    for index, event in enumerate(events):
        view.item = event  # one view for all of them: nobody else has it
        value, bound, _ = where(view)
        if bound < until:
            until = bound
        if value is True:
            kept.append(index)
    chosen = tuple([events[index] for index in kept])
    return Found(chosen, None if expiries is None else [expiries[index] for index in kept], until)
