"""Terms: what conditions say something about, each in one spelling."""

import datetime as dt
from typing import Any

import attrs
from attrs import evolve, frozen

from wend.dsl import core
from wend.dsl.ast import Arith, CompareOp
from wend.dsl.period import Period
from wend.dsl.types import Kind

COUNTED = frozenset(
    f"{unit}_{way}" for unit in ("days", "hours", "weeks", "months", "years") for way in ("since", "until")
)
"""Functions that count whole units between a moment and now."""

_BY_DATE = COUNTED - {"hours_since", "hours_until"}

FLIPPED = {
    CompareOp.EQ: CompareOp.EQ,
    CompareOp.NE: CompareOp.NE,
    CompareOp.LT: CompareOp.GT,
    CompareOp.LE: CompareOp.GE,
    CompareOp.GT: CompareOp.LT,
    CompareOp.GE: CompareOp.LE,
}
"""The comparison that says the same with its sides exchanged."""

NEGATED = {
    CompareOp.EQ: CompareOp.NE,
    CompareOp.NE: CompareOp.EQ,
    CompareOp.LT: CompareOp.GE,
    CompareOp.LE: CompareOp.GT,
    CompareOp.GT: CompareOp.LE,
    CompareOp.GE: CompareOp.LT,
}
"""The comparison that holds where this one is false."""


@frozen
class Relation:
    """How two values compare that nobody knows."""

    left: core.Expr
    right: core.Expr


@frozen
class Linear:
    """`factor * term + offset`; without a term a constant."""

    term: core.Expr | None
    factor: float = 1
    offset: float = 0

    def plus(self, offset: float) -> "Linear":
        """The same and so much more."""
        return evolve(self, offset=self.offset + offset)

    def times(self, factor: float) -> "Linear":
        """The same so many times."""
        return Linear(self.term, self.factor * factor, self.offset * factor)


def linear(expr: core.Expr) -> Linear | None:
    """A value as a multiple of one term plus a constant; None for what is no number or day, such as a text."""
    match expr:
        case core.Const(value=value):
            number = ordinal(value)
            return None if number is None else Linear(None, 0, number)
        case core.LocalMoment(date=date, time=time):
            return Linear(None, 0, date.toordinal() + _fraction(time))
        case core.Negate(operand=operand):
            inner = linear(operand)
            return None if inner is None else inner.times(-1)
        case core.Arithmetic(op=op, left=left, right=right):
            return _arithmetic(op, linear(left), linear(right)) or Linear(normal(expr))
        case core.Apply(function="days_until", args=args):
            return Linear(normal(core.Apply(function="days_since", args=args)), -1)
        case _:
            return Linear(normal(expr))


def _arithmetic(op: Arith, left: Linear | None, right: Linear | None) -> Linear | None:
    if left is None or right is None:
        return None
    match op:
        case Arith.ADD:
            return left.plus(right.offset) if right.term is None else _swapped(right, left)
        case Arith.SUB:
            return left.plus(-right.offset) if right.term is None else _swapped(right.times(-1), left)
        case Arith.MUL:
            if right.term is None:
                return left.times(right.offset)
            return right.times(left.offset) if left.term is None else None
        case Arith.DIV:
            return left.times(1 / right.offset) if right.term is None and right.offset else None


def _swapped(moving: Linear, constant: Linear) -> Linear | None:
    return moving.plus(constant.offset) if constant.term is None else None


def ordinal(value: core.Constant) -> float | None:
    """A number, a day or a time of day as a number; None for everything else."""
    match value:
        case bool() | str() | None | Period():
            return None
        case int() | float():
            return value
        case dt.date():
            return value.toordinal()
        case _:
            return _fraction(value)


def _fraction(time: dt.time) -> float:
    return (time.hour * 3600 + time.minute * 60 + time.second) / 86_400


def plain_text(expr: core.Expr) -> str | bool | None:
    """A text or truth that is written out."""
    match expr:
        case core.Const(value=str() | bool() as value):
            return value
        case _:
            return None


def relation(left: core.Expr, right: core.Expr, op: CompareOp) -> tuple[Relation, CompareOp]:
    """Two values and how they compare, in the one order that is kept."""
    a, b = normal(left), normal(right)
    return (Relation(a, b), op) if repr(a) <= repr(b) else (Relation(b, a), FLIPPED[op])


def normal(expr: core.Expr) -> core.Expr:
    """An expression with derived fields written out where that changes nothing.

    A derived field can be declared as a date and be made from a moment: only where just its day counts it may be
    written out.
    """
    match expr:
        case core.Derived(value=value, kind=kind):
            return expr if kind in (Kind.DATE, Kind.DATETIME) else normal(value)
        case core.Apply(function=function, args=(core.Derived(value=value),)) if function in _BY_DATE:
            return core.Apply(function=function, args=(normal(value),))
        case core.Const() | core.Aggregate() | core.Field():
            return expr
        case _:
            return _inside(expr)


def _inside(expr: core.Expr) -> core.Expr:
    changed: dict[str, Any] = {}
    for a in attrs.fields(type(expr)):
        value = getattr(expr, a.name)
        if isinstance(value, core.Node):
            changed[a.name] = normal(value)  # type: ignore[arg-type]  # every node here is an expression
        elif isinstance(value, tuple) and value and all(isinstance(v, core.Node) for v in value):
            changed[a.name] = tuple(normal(v) for v in value)
    return evolve(expr, **changed) if changed else expr


def days(window: "core.InLast | core.Since | None") -> int | None:
    """The length of a window that is so many days, or None."""
    match window:
        case core.InLast(length=core.Const(value=Period(months=0, days=n, seconds=0))):
            return n
        case _:
            return None
