"""Checked expressions as closures: made once, then only called.

The meaning is that of `interpret`, which is the one to read; tests hold the two equal in value, in until when it
holds, and in how it moves. What is faster here: what the expression tells is looked at once, what is constant is
computed once, and what stands in several places is evaluated once for a contact in a step.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeGuard, TypeVar, assert_never

import attrs

from wend.dsl import core
from wend.dsl.ast import CompareOp
from wend.dsl.types import Kind
from wend.runtime.calendar import zone
from wend.runtime.evaluation import interpret
from wend.runtime.evaluation.compare import FLIPPED, ORDERED
from wend.runtime.evaluation.interpret import Env, as_declared
from wend.runtime.evaluation.prepare_compare import against
from wend.runtime.evaluation.prepare_events import aggregate
from wend.runtime.values import FALSE, FOREVER, TRUE, UNKNOWN, Bounded, Instant, Value, bounded

Closure = Callable[[Env], Bounded]

Made = Bounded | Closure
"""What becomes of an expression: what it always is, or how to evaluate it."""

Ask = Callable[[str, Sequence[Value], Env], Value | Bounded]
"""Asks a function of the library: `interpret.call`, or `interpret.answer` where the answer is remembered already."""

E = TypeVar("E", core.Derived, core.Apply, core.Aggregate)
_ANY_ZONE = zone("UTC")  # for what does not depend on one


class Prepared:
    """The prepared expressions of one program. Safe to share between threads.

    An expression is known again by its identity, so this is for those of a program, not for passing ones.
    """

    def __init__(self) -> None:
        self._closures: dict[int, Closure] = {}
        self._kept: list[core.Expr] = []  # an expression that is gone could leave its identity to another
        self._shared: dict[str, Closure] = {}

    def evaluate(self, expr: core.Expr, env: Env) -> Bounded:
        """As `interpret.evaluate`."""
        found = self._closures.get(id(expr))
        if found is None:
            self._kept.append(expr)
            found = self._closures[id(expr)] = self.closure(expr)
        return found(env)

    def closure(self, expr: core.Expr) -> Closure:
        """How to evaluate an expression."""
        return _called(self._make(expr))

    def _make(self, expr: core.Expr) -> Made:
        match expr:
            case core.Const():
                return Bounded(expr.value)
            case core.Field():
                return _field(expr.name)
            case core.Compare():
                return self._compare(expr)
            case core.And():
                return _junction([self._make(each) for each in expr.operands], decider=False)
            case core.Or():
                return _junction([self._make(each) for each in expr.operands], decider=True)
            case core.Derived():
                return self._once(expr, self._derived)
            case core.Apply():
                return self._once(expr, self._apply)
            case core.Aggregate():
                plain = expr.window is None and expr.where is None
                return self._aggregate(expr) if plain else self._once(expr, self._aggregate)
            case core.Item():
                return _item(expr.path, None if expr.fallback is None else self.closure(expr.fallback))
            case core.Not():
                return _of(self._make(expr.operand), interpret.opposite)
            case core.IsKnown():
                negated = expr.negated
                return _of(self._make(expr.operand), lambda operand: interpret.known(operand, negated))
            case core.Negate():
                return _of(self._make(expr.operand), interpret.negative)
            case core.Otherwise():
                return _otherwise(self._make(expr.left), self.closure(expr.right))
            case core.Arithmetic():
                return self._arithmetic(expr)
            case core.ListOf():
                return _list([self._make(item) for item in expr.items])
            case core.LabelRef():
                return _label(expr)
            case core.Local() | core.Entry() | core.Now() | core.Today() | core.LocalMoment() | core.InJourney():
                return lambda env: interpret.evaluate(expr, env)
            case _:
                assert_never(expr)

    def _once(self, expr: E, make: Callable[[E], Closure]) -> Closure:
        """What gives the same wherever it stands in a step is evaluated once, for all places that say it."""
        if not _steady(expr):
            return make(expr)
        # Not the node itself: `1`, `1.0` and `true` are equal there, and are not the same here.
        text = repr(expr)
        closure = self._shared.get(text)
        if closure is None:
            closure = self._shared[text] = _remembered(make(expr))
        return closure

    def _derived(self, expr: core.Derived) -> Closure:
        inner, kind = self.closure(expr.value), expr.kind
        if kind not in (Kind.DATE, Kind.DATETIME):
            return inner
        return lambda env: as_declared(inner(env), kind, env.zone)

    def _aggregate(self, expr: core.Aggregate) -> Closure:
        window, where = expr.window, expr.where
        bound = None
        if window is not None:
            bound = self.closure(window.length if isinstance(window, core.InLast) else window.start)
        return aggregate(expr, bound, None if where is None else self.closure(where))

    def _compare(self, expr: core.Compare) -> Made:
        op, left, right = expr.op, self._make(expr.left), self._make(expr.right)
        if isinstance(left, Bounded) and isinstance(right, Bounded):
            return interpret.comparison(op, left, right, _ANY_ZONE)
        if left == UNKNOWN or right == UNKNOWN:
            return UNKNOWN
        if isinstance(right, Bounded) and not isinstance(left, Bounded):
            return against(op, left, right)
        if isinstance(left, Bounded) and not isinstance(right, Bounded) and op in ORDERED:
            return against(FLIPPED.get(op, op), right, left)
        return _compared(op, _called(left), _called(right))

    def _arithmetic(self, expr: core.Arithmetic) -> Made:
        op, left, right = expr.op, self._make(expr.left), self._make(expr.right)
        if _is_plain(left) and _is_plain(right):
            return interpret.arithmetic(op, left, right, _ANY_ZONE)
        first, second = _called(left), _called(right)
        return lambda env: interpret.arithmetic(op, first(env), second(env), env.zone)

    def _apply(self, expr: core.Apply) -> Closure:
        name, moves = expr.function, [isinstance(arg, core.Now | core.Today) for arg in expr.args]
        args = [self.closure(arg) for arg in expr.args]
        if len(args) == 1:
            return _applied_to_one(name, args[0], moves[0], interpret.answer if _steady(expr) else interpret.call)
        pairs = tuple(zip(args, moves, strict=True))

        def apply(env: Env) -> Bounded:
            values, until, moving = [], FOREVER, FOREVER
            for arg, moved in pairs:
                value, bound, _ = arg(env)
                values.append(value)
                if moved:
                    moving = min(moving, bound)
                elif bound < until:
                    until = bound
            return interpret.applied(name, values, until, moving, env)

        return apply


def _called(made: Made) -> Closure:
    return (lambda env: made) if isinstance(made, Bounded) else made


def _of(made: Made, function: Callable[[Bounded], Bounded]) -> Made:
    """A function of one operand."""
    return function(made) if isinstance(made, Bounded) else lambda env: function(made(env))


def _is_plain(made: Made) -> TypeGuard[Bounded]:
    """A constant with which can be reckoned without a zone."""
    return isinstance(made, Bounded) and not isinstance(made.value, dt.date)


def _steady(node: object, bound: bool = False) -> bool:
    """Whether an expression gives the same wherever it stands in a step: it reads the contact and the time only.

    Args:
        bound: inside the `where` of an aggregate that is a part of the expression.
    """
    match node:
        case core.Entry() | core.Local() | core.LabelRef() | core.InJourney():
            return False
        case core.Item() if not bound:
            return False
        case core.Aggregate():
            return _steady(node.window, bound) and _steady(node.where, bound=True)
        case tuple():
            return all(_steady(each, bound) for each in node)
        case core.Node():
            return all(_steady(getattr(node, part.name), bound) for part in attrs.fields(type(node)))
        case _:
            return True


def _remembered(closure: Closure) -> Closure:
    slot = object()

    def remembered(env: Env) -> Bounded:
        key = (slot, env.zone)
        found = env.found.get(key)
        if not isinstance(found, Bounded):
            found = env.found[key] = closure(env)
        return found

    return remembered


def _field(name: str) -> Closure:
    if name == "id":
        return lambda env: Bounded(env.contact.id)
    if name in ("tags", "lists"):
        return lambda env: Bounded(env.contact.value(name))
    return lambda env: bounded((env.contact.fields.get(name), FOREVER, None))


def _item(path: tuple[str, ...], fallback: Closure | None) -> Closure:
    name, dig = path[0], interpret.dig

    def item(env: Env) -> Bounded:
        event = env.item
        if event is None:
            return UNKNOWN
        if fallback is not None and name not in event.payload and path != ("at",):
            return fallback(env)
        return Bounded(dig(event, path))

    def plain(env: Env) -> Bounded:
        event = env.item
        return UNKNOWN if event is None else bounded((event.payload.get(name), FOREVER, None))

    return plain if len(path) == 1 and fallback is None and name != "at" else item


def _label(expr: core.LabelRef) -> Made:
    label, of_run = expr.label, expr.scope is core.Scope.RUN

    def sent(env: Env) -> Bounded:
        return TRUE if label in (env.run_labels if of_run else env.path_labels) else FALSE

    if expr.attr is core.LabelAttr.SENT:
        return sent
    return lambda env: interpret.of_label(expr, env)


def _junction(operands: list[Made], decider: bool) -> Made:
    """`and` and `or`, see `interpret`. Constants decide, make it unknown, or play no part."""
    outcome, other = (TRUE if decider else FALSE), not decider
    constants = [operand.value for operand in operands if isinstance(operand, Bounded)]
    if any(value is decider for value in constants):
        return outcome
    dim = any(value is not other for value in constants)
    closures = tuple(operand for operand in operands if not isinstance(operand, Bounded))
    if not closures:
        return Bounded(None if dim else other)

    def junction(env: Env) -> Bounded:
        decided: Instant | None = None
        shortest, unknown = FOREVER, dim
        for closure in closures:
            value, until, _ = closure(env)
            if value is decider:
                if until is FOREVER or until == FOREVER:
                    return outcome
                if decided is None or until > decided:
                    decided = until
            else:
                if until < shortest:
                    shortest = until
                if value is not other:
                    unknown = True
        if decided is not None:
            return bounded((decider, decided, None))
        return bounded((None if unknown else other, shortest, None))

    return junction


def _otherwise(left: Made, right: Closure) -> Made:
    if isinstance(left, Bounded) and left.value is not None:
        return left
    first = _called(left)

    def otherwise(env: Env) -> Bounded:
        found = first(env)
        if found.value is not None:
            return found
        value, until, _ = right(env)
        return Bounded(value, min(found.until, until))

    return otherwise


def _list(items: list[Made]) -> Made:
    constants = [item for item in items if isinstance(item, Bounded)]
    if len(constants) == len(items):
        return Bounded(tuple(item.value for item in constants))
    closures = [_called(item) for item in items]

    def listed(env: Env) -> Bounded:
        found = [closure(env) for closure in closures]
        return Bounded(tuple(each.value for each in found), min(each.until for each in found))

    return listed


def _compared(op: CompareOp, left: Closure, right: Closure) -> Closure:
    return lambda env: interpret.comparison(op, left(env), right(env), env.zone)


def _applied_to_one(name: str, arg: Closure, moves: bool, ask: Ask) -> Closure:
    """A function of one value.

    Args:
        moves: it is `now` or `today`, where the function itself tells how long it holds.
        ask: asks the function.
    """

    def apply(env: Env) -> Bounded:
        value, until, _ = arg(env)
        result = None if value is None else ask(name, (value,), env)
        if result is None:
            return Bounded(None, until)
        if not isinstance(result, Bounded):
            return Bounded(result, until)
        if moves or until is FOREVER or until == FOREVER:
            return result
        return Bounded(result.value, min(result.until, until))

    return apply
