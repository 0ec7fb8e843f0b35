import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.calendar import reference
from wend.dsl.diagnostics import WendError
from wend.runtime.calendar import Zone, zone
from wend.runtime.values import FOREVER, UTC, Instant

MICRO = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)


@st.composite
def near_edges(draw: st.DrawFn) -> tuple[str, Instant]:
    """A zone and an instant within two days of something odd that its clocks do."""
    name, date = draw(st.sampled_from(reference.EDGES))
    minutes = draw(st.integers(-2 * 1440, 2 * 1440))
    offset = draw(st.sampled_from((0, 0, 1, 59_999_999)))
    base = dt.datetime.combine(date, dt.time(12), tzinfo=UTC)
    return name, base + dt.timedelta(minutes=minutes, microseconds=offset)


@st.composite
def anywhere(draw: st.DrawFn) -> tuple[str, Instant]:
    """A zone and any minute of sixty years."""
    minutes = draw(st.integers(0, 60 * 365 * 1440))
    return draw(st.sampled_from(reference.ZONES)), dt.datetime(1975, 1, 1, tzinfo=UTC) + dt.timedelta(minutes=minutes)


places = st.one_of(near_edges(), near_edges(), anywhere())


def utc(text: str) -> Instant:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(places)
@example(("America/St_Johns", utc("2010-11-07T02:45")))
@example(("America/Sao_Paulo", utc("2018-02-18T02:30")))
@settings(max_examples=150)
def test_the_local_date_is_the_latest_that_has_begun(place: tuple[str, Instant]) -> None:
    name, instant = place
    assert zone(name).date(instant) == reference.local_date(name, instant)


@given(places, st.integers(0, 3 * 86_400))
def test_the_local_date_never_goes_back(place: tuple[str, Instant], seconds: int) -> None:
    name, instant = place
    assert zone(name).date(instant) <= zone(name).date(instant + dt.timedelta(seconds=seconds))


@given(st.sampled_from(reference.EDGES), st.integers(-2, 2))
@settings(max_examples=60)
def test_a_day_starts_at_the_first_minute_of_that_date(edge: tuple[str, dt.date], shift: int) -> None:
    name, date = edge
    date += shift * DAY
    start = zone(name).day_start(date)
    assert start == reference.first_instant_of(name, date)
    assert zone(name).date(start) >= date
    assert zone(name).date(start - MICRO) < date


@given(places)
def test_the_next_day_is_the_first_instant_of_a_later_date(place: tuple[str, Instant]) -> None:
    name, instant = place
    next_day = zone(name).next_day(instant)
    assert next_day > instant
    assert zone(name).date(next_day - MICRO) == zone(name).date(instant) < zone(name).date(next_day)


@given(st.sampled_from(reference.EDGES), st.integers(-2, 2), st.integers(0, 1439))
@settings(max_examples=150)
def test_a_local_time_is_the_first_such_or_moved_over_the_gap(
    edge: tuple[str, dt.date], shift: int, minute: int
) -> None:
    name, date = edge
    time = dt.time(minute // 60, minute % 60)
    local = dt.datetime.combine(date + shift * DAY, time)
    assert zone(name).at(local.date(), time) == reference.instant_of(name, local)


@given(near_edges(), st.integers(0, 1439))
@settings(max_examples=40)
def test_the_next_clock_is_the_earliest_of_the_neighbouring_days(place: tuple[str, Instant], minute: int) -> None:
    name, instant = place
    time = dt.time(minute // 60, minute % 60)
    today = instant.date()
    moments = [reference.instant_of(name, dt.datetime.combine(today + i * DAY, time)) for i in range(-2, 4)]
    assert zone(name).next_clock(instant, time) == min(m for m in moments if m >= instant)


@pytest.mark.parametrize(
    ("name", "local", "expected"),
    [
        ("Europe/Paris", "2024-03-31T02:30", "2024-03-31T01:30"),  # shown as 03:30
        ("Europe/Paris", "2024-10-27T02:30", "2024-10-27T00:30"),  # the first of two
        ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00"),  # the day begins at 01:00
        ("America/Sao_Paulo", "2018-11-04T00:20", "2018-11-04T03:20"),
        ("Asia/Beirut", "2024-03-31T00:00", "2024-03-30T22:00"),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00"),  # the day that was left out: 31 December, 09:00
        ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59"),
        ("America/St_Johns", "2010-11-06T23:30", "2010-11-07T02:00"),
        ("America/St_Johns", "2010-11-07T00:00", "2010-11-07T02:30"),
    ],
)
def test_local_times_that_are_missing_or_come_twice(name: str, local: str, expected: str) -> None:
    naive = dt.datetime.fromisoformat(local)
    assert zone(name).at(naive.date(), naive.time()) == utc(expected)


@pytest.mark.parametrize(
    ("name", "date", "hours"),
    [
        ("Europe/Paris", "2024-03-31", 23),
        ("Europe/Paris", "2024-10-27", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),  # turned back at midnight itself, before the 18th had begun
        ("America/Sao_Paulo", "2018-02-18", 24),
        ("America/St_Johns", "2010-11-07", 25),  # from the first midnight, the hour after 00:01 included
        ("Pacific/Apia", "2011-12-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Australia/Lord_Howe", "2024-10-06", 23.5),
    ],
)
def test_how_long_a_local_day_lasts(name: str, date: str, hours: float) -> None:
    day = dt.date.fromisoformat(date)
    assert zone(name).day_start(day + DAY) - zone(name).day_start(day) == dt.timedelta(hours=hours)


def test_clocks_turned_back_over_midnight_do_not_bring_yesterday_back() -> None:
    st_johns = zone("America/St_Johns")
    again = utc("2010-11-07T03:00")  # the wall shows 6 November, 23:30, for the second time
    assert st_johns.local(again) == dt.datetime(2010, 11, 6, 23, 30)
    assert st_johns.date(again) == dt.date(2010, 11, 7)


def test_a_date_beyond_the_calendar_is_for_ever() -> None:
    assert zone("Asia/Tokyo").at(dt.date.max, dt.time(0)) is FOREVER
    assert zone("America/Los_Angeles").day_start(dt.date.max) is FOREVER


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(WendError, match="there is no time zone `Mars/Olympus`"):
        Zone("Mars/Olympus")
