"""A length of time as people say it: months and days are calendar units, seconds are elapsed time."""

import math

from attrs import frozen

from wend.dsl.ast import Duration, Unit

_SECONDS = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}


@frozen
class Period:
    """So many months, then days, then seconds. Added to an instant in that order, in the zone of the journey."""

    months: int = 0
    days: int = 0
    seconds: float = 0

    def __add__(self, other: "Period") -> "Period":
        return Period(self.months + other.months, self.days + other.days, self.seconds + other.seconds)

    def __neg__(self) -> "Period":
        return Period(-self.months, -self.days, -self.seconds)

    def scaled(self, factor: float) -> "Period":
        """The period so many times; parts of days become seconds, parts of months days of a thirtieth."""
        return _of_parts(self.months * factor, self.days * factor, self.seconds * factor)

    def divided(self, number: float) -> "Period":
        """One of so many equal parts of the period; its parts as `scaled` has them."""
        return _of_parts(self.months / number, self.days / number, self.seconds / number)

    @property
    def approximate_seconds(self) -> float:
        """Seconds with a month of 30 days and a day of 24 hours: for comparing lengths, never for moving in time."""
        return (self.months * 30 + self.days) * 86_400 + self.seconds


def _of_parts(months: float, days: float, seconds: float) -> Period:
    whole_months, part = _whole(months)
    whole_days, rest = _whole(days + part * 30)
    return Period(whole_months, whole_days, round(seconds + rest * 86_400, 6))


def _whole(number: float) -> tuple[int, float]:
    """The whole part and the rest; what is off from a whole number by rounding alone has no rest: 100 * 1.1 is 110."""
    nearest = round(number)
    if math.isclose(number, nearest, rel_tol=1e-12, abs_tol=1e-12):
        return nearest, 0
    return int(number), number - int(number)


def period_of(node: Duration) -> Period:
    """The period that a literal such as `3 days` or `1.5 hours` says."""
    amount, unit = node.amount, node.unit
    match unit:
        case Unit.YEAR:
            whole = Period(months=12)
        case Unit.MONTH:
            whole = Period(months=1)
        case Unit.WEEK:
            whole = Period(days=7)
        case Unit.DAY:
            whole = Period(days=1)
        case _:
            return Period(seconds=amount * _SECONDS[unit])
    return whole.scaled(amount)
