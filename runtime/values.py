"""Values, and how long they hold.

Evaluation gives a `Bounded`: a value, the instant until which it cannot change without new data, and for a count
that time alone moves (days since a date, events in a window) a `Ramp` that tells when it will reach a number.
Unknown is `None`.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from wend.dsl.period import Period

UTC = dt.UTC

#: Later than any time: "until new data comes".
FOREVER = dt.datetime.max.replace(tzinfo=UTC)

Instant = dt.datetime
"""A moment, always in UTC."""

Scalar = None | bool | int | float | str | dt.date | dt.time | dt.datetime | Period
Value = Scalar | tuple["Value", ...] | Mapping[str, "Value"]
"""What a script can hold. A datetime is an `Instant`; unknown is None; lists are tuples."""


class Ramp(NamedTuple):
    """A whole number that time alone moves, in one direction.

    `first(n)` is the first instant at which the number, times `sign`, is at least n: `sign` is 1 for one that grows
    (days since a date) and -1 for one that falls (days until a date, events in a sliding window). Most stay there.
    Of one that can fall back (see `drift`), `first(n)` is no later than that instant, and `kept(n)` is until when it
    is surely at least n if it is so now.
    """

    sign: int
    first: Callable[[int], Instant]
    kept: Callable[[int], Instant] | None = None

    def stays(self, n: int) -> Instant:
        """Until when the number, times `sign`, is at least n, if it is so now."""
        return FOREVER if self.kept is None else self.kept(n)


class Bounded(NamedTuple):
    """A value that holds on [now, until)."""

    value: Value
    until: Instant = FOREVER
    ramp: Ramp | None = None


bounded: Callable[[tuple[Value, Instant, Ramp | None]], Bounded] = partial(tuple.__new__, Bounded)
"""A `Bounded` of its three parts, for what is evaluated in every step: made in half the time."""

UNKNOWN = Bounded(None)
TRUE = Bounded(True)
FALSE = Bounded(False)


def compare_ramp(op: str, value: float, ramp: Ramp, limit: float) -> Bounded:
    """A comparison `value op limit` of a number on a ramp with a constant one, and how long its outcome holds.

    Args:
        op: one of `=`, `!=`, `<`, `<=`, `>`, `>=`.
    """
    if ramp.sign < 0:
        value, limit = -value, -limit
        op = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
    if not math.isfinite(limit):
        return Bounded(_holds(op, value, limit))
    reach, passed = math.ceil(limit), math.floor(limit) + 1
    match op:
        case ">=" | "<":
            until = ramp.stays(reach) if value >= limit else ramp.first(reach)
        case ">" | "<=":
            until = ramp.stays(passed) if value > limit else ramp.first(passed)
        case _:
            if value < limit:
                until = ramp.first(reach) if reach == limit else FOREVER
            elif value > limit:
                until = ramp.stays(passed)
            else:
                until = min(ramp.first(passed), ramp.stays(reach))
    return Bounded(_holds(op, value, limit), until)


def _holds(op: str, left: float, right: float) -> bool:
    match op:
        case ">=":
            return left >= right
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
        case "=":
            return left == right
        case _:
            return left != right
