"""A stretch of days, and how often something can happen in it that needs a length of time between."""

import math
from collections.abc import Iterable

from attrs import frozen

from wend.dsl.ast import QuotaUnit
from wend.dsl.period import Period

DAY = 86_400
_CLOCKS = 2 * 3600
"""How much shorter than it says an elapsed length may be on the calendar, where clocks go back."""

_FEWEST = (0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334)
"""The fewest days that so many months have, counted from any date."""

_LONGEST = {QuotaUnit.DAY: 1, QuotaUnit.WEEK: 7, QuotaUnit.MONTH: 31, QuotaUnit.YEAR: 366}


@frozen
class Stretch:
    """Days of the project's zone, as a journey sees them.

    Args:
        dates: how many local dates of the journey's zone they touch at most.
        occurrences: in how many dates in a row of that zone the occurrences of a schedule can lie.
        seconds: how much time passes in them at most.
        months: how many calendar months of the journey's zone they are; 0 where they are not whole months of it.
    """

    dates: int
    occurrences: int
    seconds: float
    months: int = 0

    def times(self, apart: Period) -> float:
        """How often something can happen that happens at least a length apart."""
        if self.months and apart.months and not apart.days and not apart.seconds:
            return math.ceil(self.months / apart.months)  # a month later is always another calendar month
        by_dates = math.ceil(self.dates / days) if (days := fewest_days(apart)) else math.inf
        elapsed = apart.seconds if not apart.months and not apart.days else 0
        return min(by_dates, math.ceil(self.seconds / elapsed) if elapsed > 0 else math.inf)

    def on_days(self, days: Iterable[int], cycle: int = 7) -> int:
        """How many days of a cycle that repeats, such as some weekdays, lie in it at most."""
        found = sorted(days)

        def between(start: int, day: int) -> int:
            return (start + self.occurrences - 1 - day) // cycle - (start - 1 - day) // cycle

        return max((sum(between(start, day) for day in found) for start in found), default=0)


def stretch_of(unit: QuotaUnit, same_zone: bool = True) -> Stretch:
    """The longest day, week, month or year of the project's zone, for a journey in this zone or another."""
    days = _LONGEST[unit]
    if same_zone:
        months = {QuotaUnit.MONTH: 1, QuotaUnit.YEAR: 12}.get(unit, 0)
        return Stretch(days, days, days * DAY + 3600, months)
    return Stretch(days + 2, days + 1, days * DAY + 3600)


def fewest_days(length: Period) -> int:
    """How many dates later it is after a length, at least."""
    months = length.months // 12 * 365 + _FEWEST[length.months % 12]
    return months + length.days + int(max(0, length.seconds - _CLOCKS) // DAY)
