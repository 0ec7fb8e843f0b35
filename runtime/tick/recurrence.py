"""On which local dates a schedule falls."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator

from wend.dsl.period import Period
from wend.dsl.program import Every, ScheduleKind
from wend.runtime.calendar import ONE_DAY, add_to_date, months_between

A_YEAR = Period(months=12)


def dates_around(head: Every, today: dt.date, anchor: dt.date | None, moved: Period) -> Iterator[dt.date]:
    """The dates of a schedule in their order, from some before today to some after it.

    Args:
        anchor: the date a schedule counts from: a field's, or the first day of the journey; None where unknown.
        moved: by how much an occurrence is moved: `every year 7 days before birth_date`.
    """
    match head.kind:
        case ScheduleKind.DAILY | ScheduleKind.WEEKLY:
            yield from _on_weekdays(head, today)
        case ScheduleKind.MONTHLY:
            yield from _monthly(head.day_of_month or 1, today)
        case ScheduleKind.EACH if head.length is not None and anchor is not None and head.days:
            yield from _every_so_many_weeks(head, today, anchor)
        case ScheduleKind.EACH | ScheduleKind.FROM | ScheduleKind.YEARLY if anchor is not None:
            # A yearly occurrence is at least a year after the date itself, one from a date a whole length after it.
            first = 0 if head.kind is ScheduleKind.EACH else 1
            yield from _from_anchor(anchor, head.length or A_YEAR, moved, today, first)
        case _:
            return


def _on_weekdays(head: Every, today: dt.date) -> Iterator[dt.date]:
    date = today - 8 * ONE_DAY
    for _ in range(18):
        if not head.days or date.weekday() in head.days:
            yield date
        date += ONE_DAY


def _monthly(day: int, today: dt.date) -> Iterator[dt.date]:
    """A day of each month, the last where the month is shorter."""
    first = add_to_date(today.replace(day=1), Period(months=-2))
    for offset in range(5):
        month = first and add_to_date(first, Period(months=offset))
        if month is not None:
            yield month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def _every_so_many_weeks(head: Every, today: dt.date, anchor: dt.date) -> Iterator[dt.date]:
    """Some weekdays of every so many weeks, counted from the week of the anchor, which begins on Monday."""
    weeks = max(1, (head.length or Period()).days // 7)
    monday = anchor - anchor.weekday() * ONE_DAY
    near = (today - monday).days // (7 * weeks)
    begin = max(0, near - 1)
    for turn in range(begin, begin + 3):
        for day in sorted(head.days):
            date = monday + (turn * 7 * weeks + day) * ONE_DAY
            if date >= anchor:
                yield date


def _from_anchor(anchor: dt.date, length: Period, moved: Period, today: dt.date, first: int) -> Iterator[dt.date]:
    """The anchor and so many whole lengths, each counted from the anchor itself, then moved."""
    near = _whole_lengths(anchor, length, add_to_date(today, -moved) or today)
    begin = max(first, near - 2)
    for count in range(begin, begin + 6):
        date = add_to_date(anchor, Period(length.months * count, length.days * count))
        shifted = date and add_to_date(date, moved)
        if shifted is not None:
            yield shifted


def _whole_lengths(anchor: dt.date, length: Period, date: dt.date) -> int:
    """About how many lengths lie between."""
    if length.months:
        return months_between(anchor, date) // length.months
    return (date - anchor).days // max(1, length.days)
