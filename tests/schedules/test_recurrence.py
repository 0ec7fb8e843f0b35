"""Schedules against their definitions, date by date over years."""

import datetime as dt
from calendar import monthrange

from hypothesis import given
from hypothesis import strategies as st

from wend.dsl.period import Period
from wend.dsl.program import Every, ScheduleKind
from wend.runtime.calendar import zone
from wend.runtime.tick.schedule import NOT_MOVED, around

UTC = dt.UTC
DAY = dt.timedelta(days=1)
dates = st.dates(dt.date(1999, 1, 1), dt.date(2032, 12, 31))


def neighbours(occurrences: set[dt.date], today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    past = [d for d in occurrences if d <= today]
    coming = [d for d in occurrences if d > today]
    return max(past, default=None), min(coming, default=None)


def found(head: Every, today: dt.date, anchor: dt.date | None, moved: Period = NOT_MOVED) -> tuple[object, object]:
    noon = dt.datetime.combine(today, dt.time(12), UTC)
    past, coming = around(head, zone("UTC"), noon, anchor, moved)
    return past and past.date(), coming and coming.date()


def every(kind: ScheduleKind, **more: object) -> Every:
    return Every(id="x", kind=kind, **more)  # type: ignore[arg-type]


def clamped(year: int, month: int, day: int) -> dt.date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, min(day, monthrange(year, month)[1]))


@given(dates, dates)
def test_a_yearly_occurrence_is_an_anniversary_at_least_a_year_after(born: dt.date, today: dt.date) -> None:
    expected = {clamped(born.year + n, born.month, born.day) for n in range(1, 45)}
    assert found(every(ScheduleKind.YEARLY), today, born) == neighbours(expected, today)


@given(dates, dates, st.integers(1, 400))
def test_a_yearly_occurrence_is_moved_as_a_whole(born: dt.date, today: dt.date, days: int) -> None:
    expected = {clamped(born.year + n, born.month, born.day) - days * DAY for n in range(1, 45)}
    got = found(every(ScheduleKind.YEARLY), today, born, Period(days=-days))
    assert got == neighbours(expected, today)


@given(dates, dates, st.integers(1, 30))
def test_months_are_counted_from_the_date_itself_and_clamped(start: dt.date, today: dt.date, months: int) -> None:
    expected = {clamped(start.year, start.month + months * n, start.day) for n in range(1, 540 // months + 1)}
    got = found(every(ScheduleKind.FROM, length=Period(months=months)), today, start)
    assert got == neighbours(expected, today)


@given(dates, dates, st.integers(1, 100))
def test_days_are_counted_from_the_journey_s_first_day(start: dt.date, today: dt.date, days: int) -> None:
    expected = {start + n * days * DAY for n in range(15_000 // days)}
    got = found(every(ScheduleKind.EACH, length=Period(days=days)), today, start)
    assert got == neighbours(expected, today)


@given(dates, dates, st.integers(1, 8), st.frozensets(st.integers(0, 6), min_size=1))
def test_weeks_begin_on_monday_and_nothing_comes_before_the_first_day(
    start: dt.date, today: dt.date, weeks: int, days: frozenset[int]
) -> None:
    monday = start - start.weekday() * DAY
    span = (start + n * DAY for n in range(13_000))
    expected = {d for d in span if d.weekday() in days and (d - monday).days // 7 % weeks == 0}
    got = found(every(ScheduleKind.EACH, length=Period(days=7 * weeks), days=days), today, start)
    assert got == neighbours(expected, today)


def test_a_birthday_on_29_february_falls_on_28_february_in_a_common_year() -> None:
    born = dt.date(2004, 2, 29)
    assert found(every(ScheduleKind.YEARLY), dt.date(2027, 1, 1), born) == (dt.date(2026, 2, 28), dt.date(2027, 2, 28))
    assert found(every(ScheduleKind.YEARLY), dt.date(2027, 12, 1), born) == (dt.date(2027, 2, 28), dt.date(2028, 2, 29))


def test_where_the_date_is_unknown_there_is_no_occurrence() -> None:
    for kind in (ScheduleKind.YEARLY, ScheduleKind.FROM):
        assert found(every(kind, length=Period(months=1)), dt.date(2026, 1, 1), None) == (None, None)
