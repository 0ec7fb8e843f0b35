"""The reference interpreter: a plain walk over a checked expression.

It gives a value and until when the value cannot change without new data. Every other way to evaluate is held equal
to this one. Logic is Kleene's: unknown is neither true nor false.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from attrs import define, field

from wend.dsl import core
from wend.dsl.ast import Arith, CompareOp
from wend.dsl.builtins import ANSWERED, CALL, MESSAGE, REACTIONS
from wend.dsl.types import Kind
from wend.runtime.calendar import Zone, moment
from wend.runtime.contact import Contact, Event
from wend.runtime.evaluation import compare, drift, operate
from wend.runtime.evaluation.aggregate import Found, expiry, fold
from wend.runtime.functions import FunctionError, Functions, Moment
from wend.runtime.state import Labelled
from wend.runtime.values import FALSE, FOREVER, TRUE, UNKNOWN, Bounded, Instant, Ramp, Value


@define(eq=False)
class Env:
    """What an expression can see. Nobody changes one; it is not frozen because that takes time in every step.

    Args:
        now: the time of the tick.
        zone: the journey's zone for this contact.
        contact: the data: the snapshot, or in a body the path's own view.
        run_entry: when the run began; None outside a run.
        path_entry: the (time, event id) of the path's cause; None outside a body.
        run_labels, path_labels: the latest messages and splits by label, of the run and of the path.
        events: events that the path carries by name.
        item: the event that a `where` looks at.
        under_way: the journeys of which a path is under way.
        found: what derived fields and functions gave already, for this contact and now.
        how: who evaluates; the reference interpreter by default.
    """

    now: Instant
    zone: Zone
    contact: Contact
    functions: Functions = field(factory=dict)
    run_entry: Instant | None = None
    path_entry: tuple[Instant, str] | None = None
    run_labels: Mapping[str, Labelled] = field(factory=dict)
    path_labels: Mapping[str, Labelled] = field(factory=dict)
    events: Mapping[str, Event] = field(factory=dict)
    item: Event | None = None
    under_way: frozenset[str] = frozenset()
    found: dict[tuple[object, ...], Value | Bounded] = field(factory=dict)
    how: "Evaluator" = field(factory=lambda: evaluate)

    def evaluate(self, expr: core.Expr) -> Bounded:
        """The value of an expression as seen here, and until when it holds."""
        return self.how(expr, self)

    def on(self, event: Event) -> "Env":
        """The same view, looking at an event."""
        return Env(
            self.now,
            self.zone,
            self.contact,
            self.functions,
            self.run_entry,
            self.path_entry,
            self.run_labels,
            self.path_labels,
            self.events,
            event,
            self.under_way,
            self.found,
            self.how,
        )


Evaluator = Callable[[core.Expr, Env], Bounded]


def evaluate(expr: core.Expr, env: Env) -> Bounded:
    """The value of an expression and until when it holds.

    What cannot be computed (a division by zero, a text compared with a number where no schema told) is unknown.
    """
    match expr:
        case core.Compare():
            return comparison(expr.op, evaluate(expr.left, env), evaluate(expr.right, env), env.zone)
        case core.Field():
            return Bounded(env.contact.id if expr.name == "id" else env.contact.value(expr.name))
        case core.Const():
            return Bounded(expr.value)
        case core.And():
            return _junction(expr.operands, env, decider=False)
        case core.Or():
            return _junction(expr.operands, env, decider=True)
        case core.Derived():
            return _derived(expr, env)
        case core.Aggregate():
            return _aggregate(expr, env)
        case core.Apply():
            return _apply(expr, env)
        case core.Item():
            return _item(expr, env)
        case core.LabelRef():
            return of_label(expr, env)
        case core.Not():
            return opposite(evaluate(expr.operand, env))
        case core.IsKnown():
            return known(evaluate(expr.operand, env), expr.negated)
        case core.Otherwise():
            left = evaluate(expr.left, env)
            if left.value is not None:
                return left
            right = evaluate(expr.right, env)
            return Bounded(right.value, min(left.until, right.until))
        case core.Arithmetic():
            return arithmetic(expr.op, evaluate(expr.left, env), evaluate(expr.right, env), env.zone)
        case core.Negate():
            return negative(evaluate(expr.operand, env))
        case core.Local():
            event = env.events.get(expr.name)
            return Bounded(None if event is None else dig(event, expr.path))
        case core.Entry():
            time = env.run_entry if expr.scope is core.Scope.RUN else (env.path_entry or (None,))[0]
            return Bounded(time)
        case core.Now():
            return Bounded(env.now, env.now, Ramp(1, operate.instant_of))
        case core.Today():
            today = env.zone.date(env.now)
            return Bounded(today, env.zone.next_day(env.now), Ramp(1, lambda n: operate.day_of(n, env.zone)))
        case core.LocalMoment():
            return Bounded(env.zone.at(expr.date, expr.time))
        case core.ListOf():
            items = [evaluate(item, env) for item in expr.items]
            until = min((item.until for item in items), default=FOREVER)
            return Bounded(tuple(item.value for item in items), until)
        case core.InJourney():
            return Bounded(expr.journey in env.under_way)
        case _:
            assert_never(expr)


def _junction(operands: tuple[core.Expr, ...], env: Env, decider: bool) -> Bounded:
    """`and` is decided by false, `or` by true. Decided: the longest of the deciders; undecided: the shortest of all."""
    decided: Instant | None = None
    shortest = FOREVER
    unknown = False
    for operand in operands:
        value, until, _ = evaluate(operand, env)
        if value is decider:
            if until == FOREVER:
                return TRUE if decider else FALSE
            decided = until if decided is None else max(decided, until)
        else:
            shortest = min(shortest, until)
            unknown = unknown or not isinstance(value, bool)
    if decided is not None:
        return Bounded(decider, decided)
    return Bounded(None if unknown else not decider, shortest)


def _unknown_until(left: Bounded, right: Bounded) -> Instant:
    """How long the outcome stays unknown: as long as either operand does, however the other one moves."""
    return max(side.until for side in (left, right) if side.value is None)


def comparison(op: CompareOp, left: Bounded, right: Bounded, zone: Zone) -> Bounded:
    """Two values compared."""
    if left.value is None or right.value is None:
        return Bounded(None, _unknown_until(left, right))
    if (left.ramp is not None or right.ramp is not None) and op in compare.ORDERED:
        bounded = compare.on_ramp(op, left, right, zone)
        if bounded is not None:
            return bounded
    return Bounded(compare.compare(op, left.value, right.value, zone), min(left.until, right.until))


def arithmetic(op: Arith, left: Bounded, right: Bounded, zone: Zone) -> Bounded:
    """Two values added, subtracted, multiplied or divided."""
    if left.value is None or right.value is None:
        return Bounded(None, _unknown_until(left, right))
    value = operate.arithmetic(op, left.value, right.value, zone)
    until = min(left.until, right.until)
    if left.ramp is None and right.ramp is None:
        return Bounded(value, until)
    moved, by = (right, left) if op is Arith.ADD and left.ramp is None else (left, right)
    return Bounded(value, until, operate.shifted(op, moved, by) or drift.shifted(op, moved, by, value, zone))


def negative(operand: Bounded) -> Bounded:
    """`-x`."""
    value, until, ramp = operand
    turned = ramp._replace(sign=-ramp.sign) if ramp and isinstance(value, int | float) else None
    return Bounded(operate.negative(value), until, turned)


def opposite(operand: Bounded) -> Bounded:
    """`not x`: of what is neither true nor false it is unknown."""
    value, until, _ = operand
    return Bounded(not value if isinstance(value, bool) else None, until)


def known(operand: Bounded, negated: bool) -> Bounded:
    """`x is known`, or `x is unknown`. A number that time moves stays known."""
    value, until, ramp = operand
    return Bounded((value is None) == negated, FOREVER if ramp else until)


def _derived(expr: core.Derived, env: Env) -> Bounded:
    key = ("", expr.name, id(expr.value), env.zone)
    found = env.found.get(key)
    if not isinstance(found, Bounded):
        found = env.found[key] = as_declared(evaluate(expr.value, env), expr.kind, env.zone)
    return found


def as_declared(bounded: Bounded, kind: Kind, zone: Zone) -> Bounded:
    """A derived field's value in its declared kind: the local date of an instant, the first moment of a date."""
    value, until, _ = bounded
    if kind is Kind.DATE and isinstance(value, dt.datetime):
        return Bounded(zone.date(value), until)
    if kind is Kind.DATETIME and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return Bounded(zone.day_start(value), until)
    return bounded


def _apply(expr: core.Apply, env: Env) -> Bounded:
    values: list[Value] = []
    until = moving = FOREVER
    for arg in expr.args:
        value, bound, _ = evaluate(arg, env)
        values.append(value)
        if bound is not FOREVER:
            if isinstance(arg, core.Now | core.Today):
                moving = min(moving, bound)
            else:
                until = min(until, bound)
    return applied(expr.function, values, until, moving, env)


def applied(name: str, values: Sequence[Value], until: Instant, moving: Instant, env: Env) -> Bounded:
    """A function of some values.

    Args:
        until: until when the values hold; `moving`: those that are `now` or `today`, of which the function itself
            tells how long its answer holds.
    """
    result = None if None in values else call(name, values, env)
    if result is None:
        return Bounded(None, min(until, moving))
    if isinstance(result, Bounded):
        return Bounded(result.value, min(result.until, until), result.ramp if until == FOREVER else None)
    return Bounded(result, min(until, moving))


_NOT_ASKED = Bounded(None)  # told from every answer by its identity


def call(name: str, values: Sequence[Value], env: Env) -> Value | Bounded:
    """What a function gives for these values, asked once; None where it has no answer."""
    key: tuple[object, ...] = (name, env.zone, *map(type, values), *values)
    try:
        found = env.found.get(key, _NOT_ASKED)
    except TypeError:  # a record cannot be looked up
        key, found = (), _NOT_ASKED
    if found is not _NOT_ASKED:
        return found
    result = answer(name, values, env)
    if key:
        env.found[key] = result
    return result


def answer(name: str, values: Sequence[Value], env: Env) -> Value | Bounded:
    """What a function gives for these values, whether it has been asked before or not."""
    try:
        return env.functions[name].implementation(Moment(env.now, env.zone), *values)
    except FunctionError:
        return None


def _item(expr: core.Item, env: Env) -> Bounded:
    event = env.item
    if event is None:
        return UNKNOWN
    if expr.fallback is not None and expr.path[0] not in event.payload and expr.path != ("at",):
        return evaluate(expr.fallback, env)
    return Bounded(dig(event, expr.path))


def dig(event: Event, path: tuple[str, ...]) -> Value:
    """A field of an event, of its payload's records too; its time as `at` where the payload has none."""
    if path == ("at",) and "at" not in event.payload:
        return event.time
    value: Value = event.payload
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def of_label(expr: core.LabelRef, env: Env) -> Bounded:
    """What is asked of a message or split by its label. Of one that was not sent only that is known."""
    labels = env.run_labels if expr.scope is core.Scope.RUN else env.path_labels
    found = labels.get(expr.label)
    if expr.attr is core.LabelAttr.SENT:
        return TRUE if found is not None else FALSE
    if found is None:
        return UNKNOWN
    match expr.attr:
        case core.LabelAttr.SENT_AT:
            return Bounded(found.at)
        case core.LabelAttr.VARIANT:
            return Bounded(found.variant)
        case core.LabelAttr.KEY:
            return Bounded(found.key)
        case core.LabelAttr.ANSWER:
            return Bounded(_of_answer(expr.path, found.key, env))
        case core.LabelAttr.OPENED | core.LabelAttr.CLICKED | core.LabelAttr.BOUNCED:
            events = env.contact.events.get(REACTIONS[expr.attr], ())
            return TRUE if any(event.payload.get(MESSAGE) == found.key for event in events) else FALSE
        case _:
            assert_never(expr.attr)


def _of_answer(path: tuple[str, ...], key: str, env: Env) -> Value:
    """What is asked of the answer to the call with this key; unknown until it has come."""
    events = env.contact.events.get(ANSWERED, ())
    return next((dig(event, path) for event in events if event.payload.get(CALL) == key), None)


def _aggregate(expr: core.Aggregate, env: Env) -> Bounded:
    found = _find(expr, env)
    read = None if expr.path is None else [dig(event, expr.path) for event in found.events]
    return fold(expr.fold, found, read)


def _find(expr: core.Aggregate, env: Env) -> Found:
    """The events that an aggregate speaks of, when each leaves its window, and until when the `where` holds."""
    events: tuple[Event, ...] = env.contact.events.get(expr.event, ())
    until = FOREVER
    window = expr.window
    expiries: list[Instant] | None = None
    match window:
        case core.InLast():
            length = evaluate(window.length, env)
            until = length.until
            left = expiry(length.value, env.zone)
            if left is None:
                return Found((), None, until, unknown=True)
            pairs = [(event, at) for event in events if (at := left(event.time)) > env.now]
            events = tuple(event for event, _ in pairs)
            expiries = [at for _, at in pairs]
        case core.Since():
            start = evaluate(window.start, env)
            until = start.until
            if start.value is None:
                return Found((), None, until, unknown=True)
            events = since(events, window.start, start.value, env)
        case None:
            pass
    if expr.where is None:
        return Found(events, expiries, until)
    kept: list[int] = []
    for index, event in enumerate(events):
        value, bound, _ = evaluate(expr.where, env.on(event))
        until = min(until, bound)
        if value is True:
            kept.append(index)
    chosen = tuple(events[i] for i in kept)
    return Found(chosen, None if expiries is None else [expiries[i] for i in kept], until)


def since(events: tuple[Event, ...], start: core.Expr, value: Value, env: Env) -> tuple[Event, ...]:
    """After an instant, exclusive; from the first moment of a date on. The cause of a path is never after itself."""
    if isinstance(start, core.Entry) and start.scope is core.Scope.PATH and env.path_entry is not None:
        time, cause = env.path_entry
        if not cause:  # what a tick took in came before what it started without an event
            return tuple(event for event in events if event.time > time)
        return tuple(event for event in events if event.key > (time, cause))
    if isinstance(value, Instant):
        return tuple(event for event in events if event.time > value)
    at = moment(value, env.zone)
    return () if at is None else tuple(event for event in events if event.time >= at)
