"""Comparing two known values. Kinds that do not go together compare as unknown."""

import datetime as dt
from functools import lru_cache
from typing import Any

import re2

from wend.dsl.ast import CompareOp
from wend.dsl.period import Period
from wend.runtime.calendar import Zone, moment, same
from wend.runtime.evaluation.operate import microseconds_of
from wend.runtime.values import Bounded, Value, compare_ramp

ORDERED = frozenset({CompareOp.EQ, CompareOp.NE, CompareOp.LT, CompareOp.LE, CompareOp.GT, CompareOp.GE})


def compare(op: CompareOp, left: Value, right: Value, zone: Zone) -> bool | None:
    """Whether the comparison holds; None where the values cannot be compared. A date means its first local moment."""
    match op:
        case CompareOp.IN:
            return contains(right, left, zone)
        case CompareOp.NOT_IN:
            found = contains(right, left, zone)
            return None if found is None else not found
        case CompareOp.CONTAINS:
            return contains(left, right, zone)
        case CompareOp.STARTS:
            return left.startswith(right) if isinstance(left, str) and isinstance(right, str) else None
        case CompareOp.ENDS:
            return left.endswith(right) if isinstance(left, str) and isinstance(right, str) else None
        case CompareOp.MATCHES:
            return _matches(left, right)
        case _:
            return _ordered(op, left, right, zone)


def contains(whole: Value, part: Value, zone: Zone) -> bool | None:
    """Whether a list has an item, or a text has another in it. A list with unknown items may have it unseen."""
    if isinstance(whole, str):
        return part in whole if isinstance(part, str) else None
    if isinstance(whole, tuple):
        if any(same(item, part, zone) for item in whole):
            return True
        return None if any(item is None for item in whole) else False
    return None


@lru_cache(maxsize=256)
def _pattern(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options=options)
    except re2.error:
        return None


def _matches(text: Value, pattern: Value) -> bool | None:
    if not isinstance(text, str) or not isinstance(pattern, str):
        return None
    compiled = _pattern(pattern)
    return None if compiled is None else compiled.search(text) is not None


def _kind(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case dt.date():
            return "date"
        case _:
            return type(value).__name__


def _ordered(op: CompareOp, left: Value, right: Value, zone: Zone) -> bool | None:
    kind = _kind(left)
    if kind != _kind(right):
        return None
    if op in (CompareOp.EQ, CompareOp.NE):
        return same(left, right, zone) is (op is CompareOp.EQ)
    if kind not in ("number", "date", "str", "time", "Period"):
        return None
    a: Any = left
    b: Any = right
    if kind == "date":
        if isinstance(left, dt.datetime) != isinstance(right, dt.datetime):
            a, b = moment(left, zone), moment(right, zone)
    elif isinstance(left, Period) and isinstance(right, Period):
        a, b = left.approximate_seconds, right.approximate_seconds
    match op:
        case CompareOp.LT:
            return bool(a < b)
        case CompareOp.LE:
            return bool(a <= b)
        case CompareOp.GT:
            return bool(a > b)
        case _:
            return bool(a >= b)


FLIPPED = {
    CompareOp.LT: CompareOp.GT,
    CompareOp.LE: CompareOp.GE,
    CompareOp.GT: CompareOp.LT,
    CompareOp.GE: CompareOp.LE,
}


def on_ramp(op: CompareOp, left: Bounded, right: Bounded, zone: Zone) -> Bounded | None:
    """The comparison where time moves one side alone, and the other holds a while; None where both move."""
    if right.ramp is not None and left.ramp is None:
        left, right, op = right, left, FLIPPED.get(op, op)
    if left.ramp is None or right.ramp is not None:
        return None
    value, limit = _on_scale(left.value, right.value, zone)
    if value is None or limit is None:
        return None
    found, until, _ = compare_ramp(op.value, value, left.ramp, limit)
    return Bounded(found, min(until, right.until))


def _on_scale(value: Value, limit: Value, zone: Zone) -> tuple[float | None, float | None]:
    """Both as numbers on the scale of the first: microseconds for an instant, ordinals for a date."""
    if isinstance(value, dt.datetime):
        at = moment(limit, zone)
        return (None, None) if at is None else (microseconds_of(value), microseconds_of(at))
    if isinstance(value, dt.date):
        if isinstance(limit, dt.date) and not isinstance(limit, dt.datetime):
            return value.toordinal(), limit.toordinal()
        return None, None
    if isinstance(value, bool) or isinstance(limit, bool):
        return None, None
    if isinstance(value, int | float) and isinstance(limit, int | float):
        return value, limit
    return None, None
