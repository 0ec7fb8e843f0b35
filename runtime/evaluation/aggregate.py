"""What an aggregate makes of the events it finds, and how long that holds."""

import datetime as dt
import math
from collections.abc import Callable, Sequence

from wend.dsl.core import Fold
from wend.dsl.period import Period
from wend.runtime.calendar import Zone
from wend.runtime.contact import Event
from wend.runtime.frozen import frozen
from wend.runtime.values import FOREVER, UNKNOWN, Bounded, Instant, Ramp, Value


@frozen
class Found:
    """The events, in order; when each leaves the window (None: never); until when the `where` cannot change."""

    events: tuple[Event, ...]
    expiries: Sequence[Instant] | None
    until: Instant
    unknown: bool = False


def expiry(length: Value, zone: Zone) -> Callable[[Instant], Instant] | None:
    """When an event of a given time leaves the window `in last D`; None where D is no length.

    In days, an event is inside while its local date > today - D. Otherwise it is inside while now < its time + D,
    months and years counted from the event and clamped.
    """
    if not isinstance(length, Period):
        return None
    if length.days and not length.months and not length.seconds:
        days = dt.timedelta(days=length.days)

        def left(time: Instant) -> Instant:
            try:
                return zone.day_start(zone.date(time) + days)
            except OverflowError:
                return FOREVER

        return left
    return lambda time: zone.add(time, length)


def fold(how: Fold, found: Found, values: Sequence[Value] | None) -> Bounded:
    """The result of an aggregate.

    Args:
        values: the field's value for each event, unknown ones among them; None where events themselves are meant.
    """
    if found.unknown:
        return Bounded(None, found.until)
    match how:
        case Fold.COUNT | Fold.ANY:
            if values is not None:
                found = _with_known(found, values)
            return _count(found) if how is Fold.COUNT else _any(found)
        case Fold.FIRST | Fold.LAST:
            return _end(how, found, values or ())
        case _:
            until = min([found.until, *(found.expiries or ())])
            return Bounded(_number(how, [v for v in values or () if v is not None]), until)


def _with_known(found: Found, values: Sequence[Value]) -> Found:
    kept = [i for i, value in enumerate(values) if value is not None]
    expiries = None if found.expiries is None else [found.expiries[i] for i in kept]
    return Found(tuple(found.events[i] for i in kept), expiries, found.until)


def _count(found: Found) -> Bounded:
    number = len(found.events)
    if not found.expiries:
        return Bounded(number, found.until)
    ends = sorted(found.expiries)
    if found.until != FOREVER:
        return Bounded(number, min(found.until, ends[0]))

    def first(n: int) -> Instant:
        """When -count >= n: when at most -n events are left."""
        gone = number + n
        if gone <= 0:
            return ends[0]
        return ends[gone - 1] if gone <= number else FOREVER

    return Bounded(number, ends[0], Ramp(-1, first))


def _any(found: Found) -> Bounded:
    if not found.events or not found.expiries:
        return Bounded(bool(found.events), found.until)
    return Bounded(True, min(found.until, max(found.expiries)))


def _end(how: Fold, found: Found, values: Sequence[Value]) -> Bounded:
    if not values:
        return Bounded(None, found.until)
    index = 0 if how is Fold.FIRST else -1
    until = found.until if not found.expiries else min(found.until, found.expiries[index])
    return Bounded(values[index], until)


def _number(how: Fold, values: Sequence[Value]) -> Value:
    """Sum, average, least or greatest. Sums are exact before they are rounded, so that the order does not matter."""
    if how in (Fold.MIN, Fold.MAX):
        return _extreme(how, values)
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) != len(values):
        return None
    if not numbers:
        return 0 if how is Fold.SUM else None
    try:
        total = sum(numbers) if all(isinstance(v, int) for v in numbers) else math.fsum(numbers)
        result = total if how is Fold.SUM else total / len(numbers)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def _extreme(how: Fold, values: Sequence[Value]) -> Value:
    if not values or len({type(v) for v in values} - {int, float}) > 1:
        return None
    kinds = {type(v) in (int, float) for v in values}
    if len(kinds) > 1 or not isinstance(values[0], int | float | str | dt.date | dt.time):
        return None
    ordered = sorted(values)  # type: ignore[type-var]
    return ordered[0] if how is Fold.MIN else ordered[-1]


__all__ = ["UNKNOWN", "Found", "expiry", "fold"]
