"""A length of time as people say it: months and days are calendar units, seconds are elapsed time."""

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
        months = self.months * factor
        days = self.days * factor + (months - int(months)) * 30
        seconds = self.seconds * factor + (days - int(days)) * 86_400
        return Period(int(months), int(days), seconds)

    @property
    def approximate_seconds(self) -> float:
        """Seconds with a month of 30 days and a day of 24 hours: for comparing lengths, never for moving in time."""
        return (self.months * 30 + self.days) * 86_400 + self.seconds


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
