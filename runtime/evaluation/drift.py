"""`now - 2 days`, `now + 1 month`: instants that move with time, but not quite evenly.

Moved along the calendar, an instant keeps its local time, and months are clamped: at 23:00 on 30 January `now + 1
month` is 28 February at 23:00, an hour later it is 28 February at 0:00. So what has been reached can be left again,
though never for long.
"""

import datetime as dt

from wend.dsl.ast import Arith
from wend.dsl.period import Period
from wend.runtime.calendar import Zone
from wend.runtime.evaluation.operate import instant_of
from wend.runtime.values import FOREVER, Bounded, Instant, Ramp, Value

_SLACK = dt.timedelta(days=8)
"""More than a value can ever be off from moving evenly: months differ by up to three days, and a century may leave out
one; a zone's clock is never turned by more than a day, here and where the value is."""

_MICROSECOND = dt.timedelta(microseconds=1)


def shifted(op: Arith, left: Bounded, right: Bounded, value: Value, zone: Zone) -> Ramp | None:
    """The ramp of `now - 2 days`: of an instant that moves evenly, and a constant length with days or months in it.

    Args:
        value: what they give now.
    """
    if left.ramp is None or left.ramp.kept is not None or right.until != FOREVER:
        return None
    match left.value, right.value, value:
        case dt.datetime() as base, Period() as by, dt.datetime():
            return _drifting(base, value, left.until, by if op is Arith.ADD else -by, zone)
        case _:
            return None


def _drifting(base: Instant, value: Instant, now: Instant, by: Period, zone: Zone) -> Ramp:
    """How a value goes on that is `base` moved by a period, where `base` moves evenly with time and is so at `now`.

    Sound, not exact: far from a limit the ramp says when it can be reached or left at the earliest, near it until the
    end of the day, or to where a clock is turned.
    """

    def first(microseconds: int) -> Instant:
        limit = instant_of(microseconds)
        if limit is FOREVER or limit - value > _SLACK:
            return _later(now, limit - value - _SLACK)
        return min(_even(base, value, now, by, zone), _later(now, limit - value))

    def kept(microseconds: int) -> Instant:
        return FOREVER if value - instant_of(microseconds) > _SLACK else _even(base, value, now, by, zone)

    return Ramp(1, first, kept)


def _even(base: Instant, value: Instant, now: Instant, by: Period, zone: Zone) -> Instant:
    """Until when the value moves as `now` does: to the end of the day of `base`, or to where a clock is turned."""

    def even(at: Instant) -> bool:
        return zone.add(at, by) - value == at - base and zone.steady(base, at)

    good, bad = base, zone.next_day(base)
    if not even(bad - _MICROSECOND):
        bad -= _MICROSECOND
        while bad - good > _MICROSECOND:  # what a turned clock changes stays changed for the rest of the day
            middle = good + (bad - good) / 2
            good, bad = (middle, bad) if even(middle) else (good, middle)
    return _later(now, bad - base)


def _later(now: Instant, by: dt.timedelta) -> Instant:
    try:
        return now + by
    except OverflowError:
        return FOREVER
