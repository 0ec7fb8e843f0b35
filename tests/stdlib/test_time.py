import datetime as dt
from calendar import monthrange
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wend.runtime.calendar import Zone, zone
from wend.runtime.functions import FunctionError, Moment
from wend.runtime.values import FOREVER, UTC, Bounded, Instant, Value
from wend.stdlib import FUNCTIONS

TICK = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)

COUNTS = [
    f"{unit}_{direction}" for unit in ("days", "hours", "weeks", "months", "years") for direction in ("since", "until")
]
PARTS = ("weekday", "day", "month", "year")
UNITS = ("day", "week", "month", "year")

ZONES = (
    "UTC",
    "Europe/Paris",
    "America/St_Johns",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "America/Los_Angeles",
)
# Where clocks are turned (at one minute past midnight in St John's, by half an hour on Lord Howe, over midnight in
# Sao Paulo), where a date was skipped, and where months, leap days and years end.
EDGES = (
    dt.datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
    dt.datetime(2011, 12, 30, 10, 0, tzinfo=UTC),
    dt.datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    dt.datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    dt.datetime(2026, 4, 4, 15, 0, tzinfo=UTC),
    dt.datetime(2018, 2, 18, 2, 0, tzinfo=UTC),
    dt.datetime(2018, 11, 4, 3, 0, tzinfo=UTC),
    dt.datetime(2024, 2, 29, 0, 0, tzinfo=UTC),
    dt.datetime(2025, 2, 28, 23, 0, tzinfo=UTC),
    dt.datetime(2025, 12, 31, 23, 0, tzinfo=UTC),
    dt.datetime(2026, 4, 30, 12, 0, tzinfo=UTC),
)

zones = st.sampled_from(ZONES).map(zone)
near = st.builds(
    lambda edge, seconds: edge + dt.timedelta(seconds=seconds),
    st.sampled_from(EDGES),
    st.integers(-3 * 86_400, 3 * 86_400) | st.integers(-3700, 3700),
)
instants = near | st.datetimes(dt.datetime(1996, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(UTC))
dates = instants.map(lambda at: at.date())


def call(name: str, place: Zone, now: Instant, *values: Value) -> Bounded:
    result = FUNCTIONS[name].implementation(Moment(now, place), *values)
    return result if isinstance(result, Bounded) else Bounded(result)


def number(name: str, place: Zone, now: Instant, *values: Value) -> int:
    value = call(name, place, now, *values).value
    assert isinstance(value, int)
    return value


def plus_months(date: dt.date, months: int) -> dt.date:
    year, month = date.year, date.month
    step = 1 if months > 0 else -1
    for _ in range(abs(months)):
        month += step
        if month in (0, 13):
            year, month = year + step, 12 if month == 0 else 1
    return dt.date(year, month, min(date.day, monthrange(year, month)[1]))


def whole_months(start: dt.date, today: dt.date) -> int:
    """Counted one by one."""
    months = 0
    while plus_months(start, months) > today:
        months -= 1
    while plus_months(start, months + 1) <= today:
        months += 1
    return months


def expected(name: str, place: Zone, now: Instant, value: dt.date) -> int:
    """What the counts mean, said another way."""
    unit, direction = name.split("_")
    start = place.date(value) if isinstance(value, dt.datetime) else value
    today = place.date(now)
    if unit == "hours":
        begin = value if isinstance(value, dt.datetime) else place.day_start(value)
        count = int((now - begin).total_seconds() // 3600)
    elif unit in ("days", "weeks"):
        count = (today.toordinal() - start.toordinal()) // (7 if unit == "weeks" else 1)
    else:
        count = whole_months(start, today) // (12 if unit == "years" else 1)
    return count if direction == "since" else -count


@pytest.mark.parametrize("name", COUNTS)
@given(zones, instants, dates | instants)
@example(zone("Pacific/Apia"), dt.datetime(2011, 12, 30, 9, 59, tzinfo=UTC), dt.date(2011, 12, 1))
@example(zone("America/St_Johns"), dt.datetime(2010, 11, 7, 2, 31, tzinfo=UTC), dt.date(2010, 11, 6))
@example(zone("UTC"), dt.datetime(2025, 2, 28, 12, tzinfo=UTC), dt.date(2024, 2, 29))
def test_a_count_is_right_and_stays_until_its_bound(name: str, place: Zone, now: Instant, value: dt.date) -> None:
    value_now, until, ramp = call(name, place, now, value)
    assert value_now == expected(name, place, now, value)
    assert until > now
    for at in samples(now, until):
        assert number(name, place, at, value) == value_now, at
    if ramp is not None:
        assert ramp.sign == (1 if name.endswith("since") else -1)
        assert number(name, place, until, value) * ramp.sign > ramp.sign * number(name, place, now, value)


@pytest.mark.parametrize("name", COUNTS)
@given(zones, instants, dates | instants, st.integers(-40, 40))
@example(zone("Pacific/Apia"), dt.datetime(2011, 12, 20, tzinfo=UTC), dt.date(2011, 12, 20), 10)
def test_a_ramp_tells_the_first_instant_at_which_a_number_is_reached(
    name: str, place: Zone, now: Instant, value: dt.date, further: int
) -> None:
    found, _, ramp = call(name, place, now, value)
    assert isinstance(found, int)
    if ramp is None:
        assert name.startswith("hours")
        return
    n = found * ramp.sign + further
    first = ramp.first(n)
    assert number(name, place, first, value) * ramp.sign >= n
    assert number(name, place, first - TICK, value) * ramp.sign < n
    assert first <= ramp.first(n + 1)


@pytest.mark.parametrize("name", COUNTS)
def test_a_ramp_never_reaches_what_lies_beyond_the_calendar(name: str) -> None:
    ramp = call(name, zone("Europe/Paris"), dt.datetime(2026, 1, 1, tzinfo=UTC), dt.date(2025, 1, 1)).ramp
    assert ramp is not None
    assert ramp.first(10**30) == FOREVER
    assert ramp.first(-(10**30)) < dt.datetime(2, 1, 1, tzinfo=UTC)


@given(zones, instants)
def test_hours_since_today_begin_anew_each_day(place: Zone, now: Instant) -> None:
    value, until, ramp = call("hours_since", place, now, place.date(now))
    assert ramp is None
    assert until > now
    for at in samples(now, until):
        assert call("hours_since", place, at, place.date(at)).value == value


@pytest.mark.parametrize("name", PARTS)
@given(zones, instants, st.booleans())
@example(zone("Pacific/Apia"), dt.datetime(2011, 12, 30, 9, 59, tzinfo=UTC), True)
@example(zone("America/St_Johns"), dt.datetime(2010, 11, 7, 2, 31, tzinfo=UTC), False)
def test_a_part_of_now_and_of_today_stays_until_its_bound(name: str, place: Zone, now: Instant, day: bool) -> None:
    def at(time: Instant) -> Bounded:
        return call(name, place, time, place.date(time) if day else time)

    value, until, ramp = at(now)
    today = place.date(now)
    assert value == {"weekday": today.strftime("%A").lower(), "day": today.day, "month": today.month}.get(
        name, today.year
    )
    assert ramp is None
    assert until > now
    for time in samples(now, until):
        assert at(time).value == value, time
    assert at(until).value != value


@pytest.mark.parametrize("name", ["start_of", "end_of"])
@pytest.mark.parametrize("unit", UNITS)
@given(zones, instants, st.booleans())
def test_where_a_unit_begins_and_ends(name: str, unit: str, place: Zone, now: Instant, day: bool) -> None:
    def at(time: Instant) -> Bounded:
        return call(name, place, time, place.date(time) if day else time, unit)

    value, until, _ = at(now)
    assert isinstance(value, dt.date)
    assert until > now
    for time in samples(now, until):
        assert at(time).value == value
    assert at(until).value != value
    inner = value - DAY if name == "start_of" else value + DAY
    today = place.date(now)
    key = {"day": 10, "month": 7, "year": 4}.get(unit)
    if key is None:
        assert value.weekday() == (0 if name == "start_of" else 6)
        assert abs((today - value).days) < 7
    else:
        assert value.isoformat()[:key] == today.isoformat()[:key] != inner.isoformat()[:key]


@given(zones, instants)
@example(zone("Australia/Lord_Howe"), dt.datetime(2026, 4, 4, 14, 40, tzinfo=UTC))
@example(zone("America/St_Johns"), dt.datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC))
def test_the_hour_of_now_stays_until_its_bound(place: Zone, now: Instant) -> None:
    value, until, _ = call("hour", place, now, now)
    assert value == place.local(now).hour
    assert now < until <= now + dt.timedelta(hours=1)
    for at in samples(now, until):
        assert place.local(at).hour == value


@given(zones, instants, instants)
def test_parts_of_what_is_stored_hold_for_ever(place: Zone, now: Instant, stored: Instant) -> None:
    if stored == now or place.date(stored) == place.date(now):
        return
    for name in (*PARTS, "hour"):
        assert call(name, place, now, stored).until == FOREVER
    assert call("start_of", place, now, stored, "month").until == FOREVER
    assert call("weekday", place, now, place.date(stored)) == call("weekday", place, now, stored)


@given(zones, instants, dates | instants)
@example(zone("UTC"), dt.datetime(2025, 2, 28, tzinfo=UTC), dt.date(2024, 2, 29))
@example(zone("UTC"), dt.datetime(2026, 5, 10, tzinfo=UTC), dt.date(2026, 5, 10))
@example(zone("Pacific/Apia"), dt.datetime(2011, 12, 29, tzinfo=UTC), dt.date(2010, 12, 30))
def test_the_next_anniversary(place: Zone, now: Instant, value: dt.date) -> None:
    found, until, _ = call("next_anniversary", place, now, value)
    date, today = place.date(value) if isinstance(value, dt.datetime) else value, place.date(now)
    returns = (plus_months(date, 12 * k) for k in range(1, 60))
    assert found == next(day for day in returns if day >= today)
    assert until > now
    for at in samples(now, until):
        assert call("next_anniversary", place, at, value).value == found


@given(zones, instants)
def test_the_next_anniversary_of_today_moves_with_it(place: Zone, now: Instant) -> None:
    value, until, _ = call("next_anniversary", place, now, place.date(now))
    for at in samples(now, until):
        assert call("next_anniversary", place, at, place.date(at)).value == value


@given(zones, instants, dates)
def test_age_is_years_since(place: Zone, now: Instant, born: dt.date) -> None:
    assert call("age", place, now, born)[:2] == call("years_since", place, now, born)[:2]


@pytest.mark.parametrize("name", [*COUNTS, *PARTS, "age"])
@pytest.mark.parametrize("value", [dt.date.min, dt.date.max, dt.datetime(9999, 12, 30, tzinfo=UTC), FOREVER])
def test_the_ends_of_the_calendar_are_no_failure(name: str, value: dt.date) -> None:
    for place in ("Pacific/Apia", "America/Los_Angeles"):
        result = call(name, zone(place), dt.datetime(2026, 1, 1, tzinfo=UTC), value)
        assert result.value is not None
        assert result.until > dt.datetime(2026, 1, 1, tzinfo=UTC)


def test_what_lies_beyond_the_calendar_is_said() -> None:
    now = Moment(dt.datetime(2026, 1, 1, tzinfo=UTC), zone("UTC"))
    with pytest.raises(FunctionError, match="`end_of` has no answer within the calendar"):
        FUNCTIONS["end_of"].implementation(now, dt.date.max, "week")
    with pytest.raises(FunctionError, match="the next anniversary of `9999-12-31` is beyond the calendar"):
        FUNCTIONS["next_anniversary"].implementation(now, dt.date.max)
    with pytest.raises(FunctionError, match="there is no unit `fortnight`: it is one of day, week, month, year"):
        FUNCTIONS["start_of"].implementation(now, dt.date(2026, 1, 1), "fortnight")


def samples(now: Instant, until: Instant) -> list[Instant]:
    """Instants of [now, until): its ends, some between, and around the edges that fall into it."""
    span = until - now
    found = [now + span * part / 7 for part in range(7)] + [until - TICK]
    found += [at for edge in EDGES for at in (edge - TICK, edge) if now <= at < until]
    return [at for at in found if at < until]


def test_the_edges_are_where_they_are_said_to_be() -> None:
    """Each zone that is here for a reason has its transition among the edges."""
    for name, hits in (("America/St_Johns", 1), ("Pacific/Apia", 1), ("Europe/Paris", 2), ("Australia/Lord_Howe", 1)):
        place = zone(name)
        turns = [
            edge
            for edge in EDGES
            for before, after in pairwise([edge - TICK, edge])
            if place.local(before) + TICK != place.local(after)
        ]
        assert len(turns) >= hits, name
