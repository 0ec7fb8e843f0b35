"""Law 11: a value is constant on [now, until). Over generated expressions, and where the edges are known."""

import datetime as dt

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation.test_prepare import contacts, expressions
from wend.dsl import core
from wend.dsl.ast import CompareOp
from wend.dsl.period import Period
from wend.runtime.calendar import zone
from wend.runtime.contact import Contact, Event
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.values import FOREVER, UTC, Bounded, Instant
from wend.stdlib import FUNCTIONS

MICROSECOND = dt.timedelta(microseconds=1)
LATER = [MICROSECOND, *(dt.timedelta(minutes=n) for n in (1, 59, 60, 1439, 1440, 1500, 4320, 43_200, 60_000, 600_000))]
ZONES = ["UTC", "Europe/Paris", "America/Sao_Paulo", "Pacific/Apia", "America/St_Johns", "Asia/Tokyo"]
EDGES = [
    "2024-03-31T00:30",  # clocks go forward in Paris
    "2024-10-27T00:30",  # and back
    "2018-11-04T02:59",  # forward at midnight in São Paulo
    "2011-12-30T09:59",  # the day that Apia skipped
    "2010-11-07T02:31",  # back over midnight in St. John's
    "2024-02-28T23:30",
    "2024-01-31T12:00",
]


def at(text: str) -> Instant:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def until_now(contact: Contact, now: Instant) -> Contact:
    """The contact without what has not happened yet: no event is later than its arrival."""
    past = {name: tuple(e for e in events if e.time <= now) for name, events in contact.events.items()}
    return evolve(contact, events=past)


@settings(max_examples=400)
@given(expressions, contacts, st.sampled_from(ZONES), st.sampled_from(EDGES))
def test_a_value_is_constant_until_its_bound(found: list[core.Expr], contact: Contact, name: str, edge: str) -> None:
    now = at(edge)
    env = Env(now, zone(name), until_now(contact, now), FUNCTIONS)
    for expr in found:
        value, until, _ = evaluate(expr, env)
        moments = [now + step for step in LATER]
        if until != FOREVER:
            moments += [until - MICROSECOND, now + (until - now) / 2]
        for moment in moments:
            if now <= moment < until:
                later = evaluate(expr, evolve(env, now=moment, found={}))
                assert repr(later.value) == repr(value), (expr, moment)


def days_since(limit: int, op: CompareOp = CompareOp.GE) -> core.Expr:
    call = core.Apply(function="days_since", args=(core.Field(name="f"),))
    return core.Compare(op=op, left=call, right=core.Const(value=limit))


def look(expr: core.Expr, now: str, zone_name: str = "Europe/Paris", *purchases: str, **fields: object) -> Bounded:
    events = tuple(Event(f"e{n}", "purchase", at(time)) for n, time in enumerate(purchases))
    contact = Contact("c", fields, {"purchase": events})  # type: ignore[arg-type]
    return evaluate(expr, Env(at(now), zone(zone_name), contact, FUNCTIONS))


@pytest.mark.parametrize(
    ("field", "limit", "now", "until"),
    [
        # The first instant whose local date is f + k: midnight in Paris, in summer and in winter.
        ("2026-01-10", 120, "2026-05-09T21:59", "2026-05-09T22:00"),
        ("2025-08-01", 120, "2025-11-01T12:00", "2025-11-28T23:00"),
        ("2024-03-30", 1, "2024-03-30T12:00", "2024-03-30T23:00"),  # the day on which the clock goes forward
        ("2024-02-28", 1, "2024-02-28T12:00", "2024-02-28T23:00"),  # 29 February
        ("2024-01-31", 29, "2024-02-01T12:00", "2024-02-28T23:00"),
    ],
)
def test_days_since_is_false_until_the_local_date_comes_and_then_true_for_ever(
    field: str, limit: int, now: str, until: str
) -> None:
    date = dt.date.fromisoformat(field)
    assert look(days_since(limit), now, f=date)[:2] == (False, at(until))
    assert look(days_since(limit), until, f=date)[:2] == (True, FOREVER)
    assert look(days_since(limit, CompareOp.EQ), now, f=date)[:2] == (False, at(until))
    on_the_day = look(days_since(limit, CompareOp.EQ), until, f=date)
    assert on_the_day.value is True  # two edges: it ends with the day
    assert zone("Europe/Paris").date(on_the_day.until) == date + dt.timedelta(days=limit + 1)


def test_the_start_of_a_day_that_begins_late_or_never() -> None:
    first = look(days_since(1), "2018-11-03T12:00", "America/Sao_Paulo", f=dt.date(2018, 11, 3))
    assert first[:2] == (False, at("2018-11-04T03:00"))  # the day begins at 1:00
    skipped = look(days_since(1), "2011-12-30T09:59", "Pacific/Apia", f=dt.date(2011, 12, 29))
    assert skipped[:2] == (False, at("2011-12-30T10:00"))  # after the 29th comes the 31st


def test_what_is_known_for_ever_and_what_is_not() -> None:
    field = core.Field(name="f")
    days = core.Apply(function="days_since", args=(field,))
    for expr in (core.Const(value=3), field, core.IsKnown(operand=field), core.IsKnown(operand=days)):
        assert look(expr, "2026-01-01T00:00", f=dt.date(2026, 1, 1)).until == FOREVER
    window = core.Since(start=core.Const(value=dt.date(2026, 1, 1)))
    since = core.Aggregate(fold=core.Fold.ANY, event="purchase", window=window)
    assert look(since, "2026-02-01T00:00").until == FOREVER


def test_and_and_or_hold_as_long_as_the_longest_of_what_decides_them_else_the_shortest() -> None:
    date = dt.date(2026, 1, 10)
    near, far = days_since(30), days_since(60)  # false until 9 February and until 11 March
    later = {"near": at("2026-02-08T23:00"), "far": at("2026-03-10T23:00")}
    now = "2026-01-20T12:00"
    assert look(core.And(operands=(near, far)), now, f=date)[:2] == (False, later["far"])
    assert look(core.Or(operands=(near, far)), now, f=date)[:2] == (False, later["near"])
    assert look(core.Not(operand=near), now, f=date)[:2] == (True, later["near"])
    true_and_false = core.Or(operands=(days_since(5), far))
    assert look(true_and_false, now, f=date)[:2] == (True, FOREVER)


def test_a_count_in_a_window_holds_until_the_kth_latest_leaves_it() -> None:
    window = core.InLast(length=core.Const(value=Period(days=30)))
    count = core.Aggregate(fold=core.Fold.COUNT, event="purchase", window=window)
    times = ("2026-01-05T10:00", "2026-01-10T10:00", "2026-01-15T10:00")

    def at_least(k: int, now: str) -> tuple[object, Instant]:
        expr = core.Compare(op=CompareOp.GE, left=count, right=core.Const(value=k))
        return look(expr, now, "UTC", *times)[:2]

    # A purchase of a day is inside while its date > today - 30: to the end of the 29th day after.
    assert at_least(1, "2026-01-20T00:00") == (True, at("2026-02-14T00:00"))
    assert at_least(2, "2026-01-20T00:00") == (True, at("2026-02-09T00:00"))
    assert at_least(3, "2026-01-20T00:00") == (True, at("2026-02-04T00:00"))
    assert at_least(4, "2026-01-20T00:00") == (False, FOREVER)
    assert at_least(3, "2026-02-04T00:00") == (False, FOREVER)


def test_months_in_a_window_are_counted_from_the_event_and_clamped() -> None:
    window = core.InLast(length=core.Const(value=Period(months=1)))
    recent = core.Aggregate(fold=core.Fold.ANY, event="purchase", window=window)
    assert look(recent, "2026-02-01T00:00", "UTC", "2026-01-31T10:00")[:2] == (True, at("2026-02-28T10:00"))
    assert look(recent, "2026-02-28T10:00", "UTC", "2026-01-31T10:00")[:2] == (False, FOREVER)


def test_calendar_parts_of_now_hold_until_their_next_boundary() -> None:
    hour = core.Apply(function="hour", args=(core.Now(),))
    weekday = core.Apply(function="weekday", args=(core.Now(),))
    assert look(hour, "2026-07-01T12:20")[:2] == (14, at("2026-07-01T13:00"))
    assert look(weekday, "2026-07-01T12:20")[:2] == ("wednesday", at("2026-07-01T22:00"))
