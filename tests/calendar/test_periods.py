import datetime as dt

import pendulum
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.calendar import reference
from wend.dsl import ast
from wend.dsl.period import Period, period_of
from wend.runtime.calendar import (
    add_to_date,
    ceil_minute,
    floor_minute,
    months_between,
    next_minute,
    zone,
)
from wend.runtime.values import FOREVER, UTC, Instant

dates = st.dates(dt.date(1970, 1, 1), dt.date(2060, 12, 31))
month_ends = st.builds(
    lambda y, m, back: dt.date(y + m // 12, m % 12 + 1, 1) - dt.timedelta(days=back),
    st.integers(1999, 2029),
    st.integers(0, 11),
    st.integers(1, 3),
)


@given(st.one_of(dates, month_ends), st.integers(-40, 40))
@example(dt.date(2024, 2, 29), 12)
@example(dt.date(2024, 2, 29), 48)
def test_months_are_clamped_to_the_end_of_the_month(date: dt.date, months: int) -> None:
    expected = pendulum.date(date.year, date.month, date.day).add(months=months)
    assert add_to_date(date, Period(months=months)) == dt.date(expected.year, expected.month, expected.day)


@pytest.mark.parametrize(("months", "expected"), [(1, "2023-02-28"), (2, "2023-03-31"), (3, "2023-04-30")])
def test_months_count_from_the_anchor_not_from_the_month_before(months: int, expected: str) -> None:
    assert add_to_date(dt.date(2023, 1, 31), Period(months=months)) == dt.date.fromisoformat(expected)


@given(st.one_of(dates, month_ends), st.integers(-40, 40), st.integers(-400, 400))
def test_months_come_before_days(date: dt.date, months: int, days: int) -> None:
    first = add_to_date(date, Period(months=months))
    assert first is not None
    assert add_to_date(date, Period(months=months, days=days)) == first + dt.timedelta(days=days)


@given(st.one_of(dates, month_ends), st.one_of(dates, month_ends))
def test_months_between_is_the_greatest_that_fits(start: dt.date, end: dt.date) -> None:
    months = months_between(start, end)
    fits, exceeds = add_to_date(start, Period(months=months)), add_to_date(start, Period(months=months + 1))
    assert fits is not None
    assert exceeds is not None
    assert fits <= end < exceeds


@given(st.one_of(dates, month_ends), st.integers(0, 3), st.integers(-3, 40))
def test_months_between_undoes_adding_months(date: dt.date, days: int, months: int) -> None:
    later = add_to_date(date, Period(months=months))
    assert later is not None
    assert months_between(date, later) == months


@given(
    st.sampled_from(reference.EDGES),
    st.integers(-2 * 1440, 2 * 1440),
    st.integers(0, 3),
    st.integers(-5, 5),
    st.integers(-100_000, 100_000),
)
def test_days_keep_the_local_time_and_hours_are_elapsed(
    edge: tuple[str, dt.date], minutes: int, months: int, days: int, seconds: int
) -> None:
    name, date = edge
    instant = dt.datetime.combine(date, dt.time(12), tzinfo=UTC) + dt.timedelta(minutes=minutes)
    shown = reference.wall(name, instant)
    moved = pendulum.datetime(shown.year, shown.month, shown.day).add(months=months).add(days=days).date()
    expected: Instant = instant
    if months or days:
        expected = reference.instant_of(name, dt.datetime.combine(dt.date(*moved.timetuple()[:3]), shown.time()))
    result = zone(name).add(instant, Period(months=months, days=days, seconds=seconds))
    assert result == expected + dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("start", "period", "expected"),
    [
        ("2024-03-30T08:00", Period(days=1), "2024-03-31T07:00"),  # the same time on the clock, 23 hours later
        ("2024-03-30T08:00", Period(seconds=86_400), "2024-03-31T08:00"),
        ("2024-03-30T01:30", Period(days=1), "2024-03-31T01:30"),  # 02:30 is in the gap: 03:30
        ("2024-01-31T10:00", Period(months=1), "2024-02-29T10:00"),
        ("2024-10-26T00:30", Period(days=1), "2024-10-27T00:30"),  # the first 02:30
    ],
)
def test_moving_over_a_change_of_the_clocks_in_paris(start: str, period: Period, expected: str) -> None:
    moved = zone("Europe/Paris").add(dt.datetime.fromisoformat(start).replace(tzinfo=UTC), period)
    assert moved == dt.datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(dates, st.integers(1, 10**7))
def test_beyond_the_calendar_is_for_ever(date: dt.date, days: int) -> None:
    start = dt.datetime.combine(date, dt.time(9), tzinfo=UTC)
    assert zone("Asia/Tokyo").add(start, Period(days=days)) <= FOREVER
    assert zone("Asia/Tokyo").add(start, Period(days=10**8)) is FOREVER
    assert zone("Asia/Tokyo").add(start, Period(months=10**8)) is FOREVER
    assert zone("Asia/Tokyo").add(start, Period(seconds=10**13)) is FOREVER


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_whole_minutes(instant: Instant) -> None:
    floor, ceil = floor_minute(instant), ceil_minute(instant)
    assert floor <= instant <= ceil < instant + dt.timedelta(minutes=1)
    assert next_minute(instant) == floor + dt.timedelta(minutes=1) > instant
    assert (floor == ceil) == (instant.second == 0 and instant.microsecond == 0)


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        (3, ast.Unit.DAY, Period(days=3)),
        (2, ast.Unit.WEEK, Period(days=14)),
        (1, ast.Unit.YEAR, Period(months=12)),
        (1.5, ast.Unit.HOUR, Period(seconds=5400)),
        (90, ast.Unit.SECOND, Period(seconds=90)),
        (1.5, ast.Unit.DAY, Period(days=1, seconds=43_200)),
        (0.5, ast.Unit.YEAR, Period(months=6)),
    ],
)
def test_what_a_written_duration_is(amount: float, unit: ast.Unit, expected: Period) -> None:
    assert period_of(ast.Duration(amount=amount, unit=unit)) == expected
