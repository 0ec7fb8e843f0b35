"""Arithmetic on values, dates and lengths of time."""

import datetime as dt
import math
from collections.abc import Callable

from wend.dsl.ast import Arith
from wend.dsl.period import Period
from wend.runtime.calendar import Zone, add_to_date
from wend.runtime.values import FOREVER, UTC, Bounded, Instant, Ramp, Value

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_BIGGEST = 2**63


def microseconds_of(instant: Instant) -> int:
    """Whole microseconds since 1970-01-01 UTC."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(microseconds: int) -> Instant:
    """The instant so many microseconds after 1970-01-01 UTC; `FOREVER` beyond the calendar."""
    try:
        return _EPOCH + dt.timedelta(microseconds=microseconds)
    except OverflowError:
        return FOREVER


def day_of(ordinal: int, zone: Zone) -> Instant:
    """The first instant of the day with that ordinal; `FOREVER` beyond the calendar."""
    try:
        return zone.day_start(dt.date.fromordinal(ordinal))
    except (OverflowError, ValueError):
        return FOREVER


def arithmetic(op: Arith, left: Value, right: Value, zone: Zone) -> Value:
    """The result, or None where an operand is unknown, the kinds do not go together or there is no such number."""
    if left is None or right is None:
        return None
    match left, right:
        case (bool(), _) | (_, bool()):
            return None
        case (int() | float(), int() | float()):
            return _number(op, left, right)
        case (dt.date(), Period()) if op in (Arith.ADD, Arith.SUB):
            return _move(left, right if op is Arith.ADD else -right, zone)
        case (Period(), dt.date()) if op is Arith.ADD:
            return _move(right, left, zone)
        case (dt.date(), dt.date()) if op is Arith.SUB:
            return _between(left, right, zone)
        case (Period(), Period()) if op in (Arith.ADD, Arith.SUB):
            return left + (right if op is Arith.ADD else -right)
        case (Period(), int() | float()) if op is Arith.MUL:
            return _scaled(left.scaled, right)
        case (int() | float(), Period()) if op is Arith.MUL:
            return _scaled(right.scaled, left)
        case (Period(), int() | float()) if op is Arith.DIV and right != 0:
            return _scaled(left.divided, right)
        case (str(), str()) if op is Arith.ADD:
            return left + right
        case _:
            return None


def negative(value: Value) -> Value:
    """`-x` of a number or a length of time; None for anything else."""
    if isinstance(value, bool):
        return None
    return -value if isinstance(value, int | float | Period) else None


def shifted(op: Arith, left: Bounded, right: Bounded) -> Ramp | None:
    """The ramp of `days_since(x) + 3`, `today - 30 days`, `now - 2 hours`: the same one, moved; None for all else."""
    if op not in (Arith.ADD, Arith.SUB) or left.ramp is None or right.ramp is not None or right.until != FOREVER:
        return None
    by = _shift(left.value, right.value)
    if by is None:
        return None
    sign, first, kept = left.ramp
    move = by * sign * (1 if op is Arith.ADD else -1)
    return Ramp(sign, lambda n: first(n - move), None if kept is None else lambda n: kept(n - move))


def _shift(value: Value, by: Value) -> int | None:
    """By how much the second moves the first on its scale, if by a whole constant."""
    match value, by:
        case (bool(), _) | (_, bool()):
            return None
        case (int(), int()):
            return by
        case (dt.datetime(), Period(months=0, days=0, seconds=seconds)):
            micros = seconds * 1_000_000
            return int(micros) if micros == int(micros) else None
        case (dt.datetime(), _):
            return None
        case (dt.date(), Period(months=0, days=days, seconds=0)):
            return days
        case _:
            return None


def _number(op: Arith, left: float, right: float) -> Value:
    try:
        match op:
            case Arith.ADD:
                result: float = left + right
            case Arith.SUB:
                result = left - right
            case Arith.MUL:
                result = left * right
            case Arith.DIV:
                result = left / right
                if isinstance(left, int) and isinstance(right, int) and left % right == 0:
                    result = left // right
    except (OverflowError, ZeroDivisionError):
        return None
    if isinstance(result, int):
        return result if -_BIGGEST < result < _BIGGEST else float(result)
    return result if math.isfinite(result) else None


def _move(date: dt.date, by: Period, zone: Zone) -> Value:
    """A date stays a date as long as whole days are added; an instant keeps its local time."""
    if isinstance(date, dt.datetime):
        moved = zone.add(date, by)
        return None if moved == FOREVER else moved
    if by.seconds:
        moved = zone.add(zone.day_start(date), by)
        return None if moved == FOREVER else moved
    return add_to_date(date, by)


def _between(left: dt.date, right: dt.date, zone: Zone) -> Value:
    if isinstance(left, dt.datetime) or isinstance(right, dt.datetime):
        a = left if isinstance(left, dt.datetime) else zone.day_start(left)
        b = right if isinstance(right, dt.datetime) else zone.day_start(right)
        return Period(seconds=(a - b).total_seconds())
    return Period(days=(left - right).days)


def _scaled(how: Callable[[float], Period], number: float) -> Value:
    try:
        return how(number)
    except (OverflowError, ValueError):
        return None
