"""`now - 2 days` in a comparison: what it gives holds until its bound, and the bound is not the next minute."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation.test_bounds import EDGES, MICROSECOND, ZONES, at
from wend.dsl import core
from wend.dsl.ast import Arith, CompareOp
from wend.dsl.period import Period
from wend.runtime.calendar import ceil_minute, next_minute, zone
from wend.runtime.contact import Contact
from wend.runtime.evaluation.compare import ORDERED
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.values import FOREVER, Bounded, Instant
from wend.stdlib import FUNCTIONS

periods = st.builds(
    Period,
    months=st.sampled_from([0, 0, 0, 1, -1, 2, 6, -12, 13, 48]),
    days=st.sampled_from([0, 1, -1, 2, 7, -30, 364]),
    seconds=st.sampled_from([0, 0, 3600, -90 * 60, 0.25]),
)
minutes = st.integers(-12 * 1440, 12 * 1440) | st.integers(-3000, 3000) | st.sampled_from([-90 * 1440, 90 * 1440])


def compared(by: Period, op: CompareOp, limit: Instant, now: Instant, name: str, first: bool = True) -> Bounded:
    """`now + by op limit`, or with `by` first."""
    left, right = core.Now(), core.Const(value=by)
    moved = core.Arithmetic(op=Arith.ADD, left=left if first else right, right=right if first else left)
    expr = core.Compare(op=op, left=moved, right=core.Field(name="limit"))
    return evaluate(expr, Env(now, zone(name), Contact("c", {"limit": limit}, {}), FUNCTIONS))


@settings(max_examples=600)
@given(periods, st.sampled_from(sorted(ORDERED)), st.tuples(minutes, minutes), st.sampled_from(ZONES), st.data())
def test_a_comparison_with_a_moved_now_holds_until_its_bound(
    by: Period, op: CompareOp, apart: tuple[int, int], name: str, data: st.DataObject
) -> None:
    edge, first = data.draw(st.sampled_from(EDGES)), data.draw(st.booleans())
    early, off = apart
    now = at(edge) + dt.timedelta(minutes=early)
    limit = zone(name).add(now, by) + dt.timedelta(minutes=off)
    value, until, _ = compared(by, op, limit, now, name, first)
    assert until >= now
    end = min(until, now + dt.timedelta(days=120))
    moments = [now + (end - now) * n / 37 for n in range(37)]
    moments += [now + dt.timedelta(minutes=n) for n in range(-30, 3000, 30)]
    for moment in [*moments, end - MICROSECOND]:
        if now <= moment < until:
            assert compared(by, op, limit, moment, name, first).value is value, moment


@pytest.mark.parametrize("by", [Period(days=-2), Period(months=1), Period(days=1, seconds=1800)], ids=str)
@pytest.mark.parametrize("name", ["UTC", "Europe/Paris"])
def test_it_is_looked_at_a_few_times_only(by: Period, name: str) -> None:
    """Followed from bound to bound over a year around the limit, away from the days on which clocks are turned."""
    now = at("2025-12-01T10:00")
    limit = zone(name).add(at("2026-01-20T09:30"), by)
    looks, turned = 0, []
    while now < at("2026-12-01T00:00"):
        value, until, _ = compared(by, CompareOp.GE, limit, now, name)
        turned.append((now, value))
        looks += 1
        if until == FOREVER:
            break
        now = max(next_minute(now), ceil_minute(until))
    else:
        pytest.fail("it is never settled")
    assert looks <= 40
    flips = [time for (time, value), (_, before) in zip(turned[1:], turned, strict=False) if value is not before]
    assert flips == [at("2026-01-20T09:30")]


@settings(max_examples=60, deadline=None)
@given(periods, st.sampled_from(ZONES), st.sampled_from(EDGES), st.integers(-3, 3), st.booleans())
def test_it_is_looked_at_a_few_times_only_where_clocks_are_turned(
    by: Period, name: str, edge: str, days: int, there: bool
) -> None:
    """For three weeks around a limit near such a day, here or where the value is."""
    turned = at(edge) + dt.timedelta(days=days, minutes=17)
    limit = turned if there else zone(name).add(turned, by)
    middle = zone(name).add(turned, Period(-by.months, -by.days, -by.seconds)) if there else turned
    now, end = middle - dt.timedelta(days=10, minutes=1), middle + dt.timedelta(days=11)
    looks = 0
    while now < end:
        now = max(next_minute(now), ceil_minute(compared(by, CompareOp.GE, limit, now, name).until))
        looks += 1
    assert looks <= 30


def test_days_alone_are_exact_where_no_clock_is_turned() -> None:
    due = at("2026-01-10T10:00")
    before = compared(Period(days=-2), CompareOp.GT, due, at("2026-01-12T00:00"), "UTC")
    assert before[:2] == (False, at("2026-01-12T10:00") + MICROSECOND)
    assert compared(Period(days=-2), CompareOp.GT, due, at("2026-02-12T00:00"), "UTC")[:2] == (True, FOREVER)


def test_months_that_are_clamped_fall_back() -> None:
    """30 January 23:00 and a month is 28 February 23:00; 31 January 10:00 and a month is 28 February 10:00."""
    limit = at("2026-02-28T20:00")
    reached = compared(Period(months=1), CompareOp.GE, limit, at("2026-01-30T23:00"), "UTC")
    assert reached[:2] == (True, at("2026-01-31T00:00"))
    assert compared(Period(months=1), CompareOp.GE, limit, at("2026-01-31T10:00"), "UTC")[:2] == (
        False,
        at("2026-01-31T20:00"),
    )
