"""Law 11: a value is constant on [now, until). And how long values hold, line by line of the design."""

import datetime as dt
from textwrap import dedent

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.laws.corpus import EXAMPLES
from tests.laws.moving import Situation, condition_of, law_11, scripted, situations
from tests.laws.scripts import at, change, event, play, sent
from tests.strategies.scenes import SCHEMA
from wend.runtime.calendar import zone
from wend.runtime.contact import Contact, Event
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.values import FOREVER, Bounded, Value
from wend.stdlib import FUNCTIONS


@given(situations(), st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=4))
@settings(max_examples=3 * EXAMPLES)
def test_a_value_is_constant_until_its_bound(situation: Situation, parts: list[float]) -> None:
    note(situation.script.removeprefix(SCHEMA))
    note(f"{situation.scene.zone} {situation.now}")
    law_11(situation, parts)


# ---- how long values hold, line by line


def bound(condition: str, now: str, zone_name: str = "UTC", visits: tuple[str, ...] = (), **fields: Value) -> Bounded:
    """The value of a condition and until when it holds."""
    expr, rules = condition_of(scripted(condition))
    events = tuple(Event(when, "visit", at(when), {"page": "a"}) for when in visits)
    contact = Contact("c1", fields).with_events(events)
    env = Env(now=at(now), zone=zone(zone_name), contact=contact, functions=FUNCTIONS)
    plain = evaluate(expr, env)
    assert rules.evaluate(expr, env) == plain or plain.ramp is not None
    return plain


def test_literals_fields_and_what_is_known_hold_for_ever() -> None:
    for condition in (
        'plan = "a"',
        "score is known",
        "score >= 1",
        "not consent_email",
        "true",
        "any(visit since signup)",
    ):
        assert bound(condition, "05-14 12:00", plan="a", consent_email=True).until == FOREVER


@pytest.mark.parametrize(
    ("zone_name", "signup", "k", "edge"),
    [
        ("UTC", "2024-05-10", 5, "2024-05-15 00:00"),
        ("Europe/Paris", "2024-03-29", 2, "2024-03-30 23:00"),
        ("Europe/Paris", "2024-03-29", 3, "2024-03-31 22:00"),  # the day of 23 hours
        ("Europe/Paris", "2024-10-25", 3, "2024-10-27 23:00"),  # the day of 25 hours
        ("America/Sao_Paulo", "2018-11-02", 2, "2018-11-04 03:00"),  # midnight is left out
        ("America/Sao_Paulo", "2018-02-16", 2, "2018-02-18 03:00"),  # the hour before midnight comes twice
        ("Pacific/Apia", "2011-12-28", 2, "2011-12-30 10:00"),  # a day that was left out
        ("America/St_Johns", "2010-11-05", 2, "2010-11-07 02:30"),  # the first of two midnights
        ("UTC", "2024-02-28", 1, "2024-02-29 00:00"),
        ("UTC", "2023-02-28", 1, "2023-03-01 00:00"),
    ],
)
def test_days_since_is_false_until_that_day_begins_and_then_for_ever(
    zone_name: str, signup: str, k: int, edge: str
) -> None:
    start, begins = dt.date.fromisoformat(signup), at(edge)
    before = (begins - dt.timedelta(hours=3)).strftime("%Y-%m-%d %H:%M")
    assert bound(f"days_since(signup) >= {k}", before, zone_name, signup=start)[:2] == (False, begins)
    assert bound(f"days_since(signup) >= {k}", edge, zone_name, signup=start)[:2] == (True, FOREVER)
    assert bound(f"days_since(signup) < {k}", before, zone_name, signup=start)[:2] == (True, begins)


def test_a_day_count_that_is_equal_has_two_edges() -> None:
    signup = dt.date(2024, 5, 10)
    equal = "days_since(signup) = 5"
    assert bound(equal, "05-12 12:00", signup=signup)[:2] == (False, at("05-15 00:00"))
    assert bound(equal, "05-15 12:00", signup=signup)[:2] == (True, at("05-16 00:00"))
    assert bound(equal, "05-16 00:00", signup=signup)[:2] == (False, FOREVER)


def test_junctions_hold_as_long_as_what_decides_them() -> None:
    signup = dt.date(2024, 5, 10)  # 5 days on the 15th, 8 on the 18th
    short, long = "days_since(signup) >= 5", "days_since(signup) >= 8"
    assert bound(f"{short} and {long}", "05-12 12:00", signup=signup)[:2] == (False, at("05-18 00:00"))
    assert bound(f"{short} or {long}", "05-12 12:00", signup=signup)[:2] == (False, at("05-15 00:00"))
    assert bound(f'plan = "a" and {short}', "05-12 12:00", signup=signup, plan="a")[:2] == (False, at("05-15 00:00"))
    assert bound(f'plan = "a" or {short}', "05-12 12:00", signup=signup, plan="a")[:2] == (True, FOREVER)
    assert bound(f'plan = "b" and {short}', "05-12 12:00", signup=signup, plan="a")[:2] == (False, FOREVER)
    assert bound(f"not {short}", "05-12 12:00", signup=signup)[:2] == (True, at("05-15 00:00"))
    unknown = bound(f"score >= 1 and {short}", "05-12 12:00", signup=signup)
    assert unknown[:2] == (False, at("05-15 00:00"))
    unknown = bound(f"score >= 1 or {short}", "05-12 12:00", signup=signup)
    assert unknown[:2] == (None, at("05-15 00:00"))


def test_the_parts_of_now_hold_until_the_next_local_boundary() -> None:
    assert bound("hour(now) >= 20", "05-14 12:20").until == at("05-14 13:00")
    assert bound("hour(now) >= 20", "05-14 12:20", "Asia/Kathmandu").until == at("05-14 13:15")
    assert bound('weekday(now) = "sunday"', "05-14 12:20", "Europe/Paris").until == at("05-14 22:00")
    assert bound("now >= 2024-05-14 3pm", "05-14 12:20")[:2] == (False, at("05-14 15:00"))
    assert bound("today >= 2024-05-15", "05-14 12:20", "Asia/Tokyo")[:2] == (False, at("05-14 15:00"))


def test_a_count_in_a_window_holds_until_its_kth_latest_event_leaves() -> None:
    visits = ("05-14 10:00", "05-14 11:00", "05-14 11:30")
    few, some, many = (f"count(visit in last 2 hours) >= {k}" for k in (1, 2, 4))
    assert bound(many, "05-14 11:45", visits=visits)[:2] == (False, FOREVER)
    assert bound(some, "05-14 11:45", visits=visits)[:2] == (True, at("05-14 13:00"))
    assert bound(few, "05-14 11:45", visits=visits)[:2] == (True, at("05-14 13:30"))
    assert bound("any(visit in last 2 hours)", "05-14 11:45", visits=visits)[:2] == (True, at("05-14 13:30"))
    below = "count(visit in last 2 hours) < 3"
    assert bound(below, "05-14 11:45", visits=visits)[:2] == (False, at("05-14 12:00"))
    days = "count(visit in last 2 days) >= 1"
    assert bound(days, "05-14 12:00", "Europe/Paris", visits=visits).until == at("05-15 22:00")


@pytest.mark.parametrize(
    ("happened", "edge"),
    [
        ("2023-01-31 12:00", "2023-02-28 12:00"),
        ("2024-01-31 12:00", "2024-02-29 12:00"),
        ("2024-01-30 12:00", "2024-02-29 12:00"),
        ("2024-02-29 12:00", "2024-03-29 12:00"),
        ("2023-12-31 23:30", "2024-01-31 23:30"),
    ],
)
def test_a_window_of_a_month_ends_at_month_ends(happened: str, edge: str) -> None:
    condition = "any(visit in last 1 month)"
    assert bound(condition, happened, visits=(happened,))[:2] == (True, at(edge))
    just_before = (at(edge) - dt.timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M")
    assert bound(condition, just_before, visits=(happened,)).value is True
    assert bound(condition, edge, visits=(happened,)).value is False


def test_sums_hold_until_the_next_event_leaves() -> None:
    script = """
        journey j
            when any(purchase) and sum(purchase.amount in last 2 hours) {}
                send email "hello"
    """
    buys = tuple(
        event(f"05-14 {when}", "purchase", amount=amount, channel="web")
        for when, amount in (("10:30", 10), ("11:00", 20), ("11:30", 30))
    )
    assert sent(play(script.format("<= 50"), past=buys)) == ["05-14 12:30 hello"]
    assert sent(play(script.format("<= 30"), past=buys)) == ["05-14 13:00 hello"]
    assert sent(play(script.format("= 0"), past=buys)) == ["05-14 13:30 hello"]


def test_the_engine_wakes_where_a_bound_ends() -> None:
    def woken(condition: str, *past: str) -> list[str]:
        script = dedent(f"""
            journey j
                when {condition}
                    send email "hello"
        """)
        return sent(play(script, past=tuple(event(when, "visit") for when in past)))

    assert woken("now >= 2024-05-14 3pm or now >= 2024-05-15 3pm") == ["05-14 15:00 hello"]
    assert woken("now >= 2024-05-14 3pm and now >= 2024-05-15 3pm") == ["05-15 15:00 hello"]
    visits = ("05-14 11:00", "05-14 11:30")
    assert woken("any(visit) and count(visit in last 2 hours) < 2", *visits) == ["05-14 13:00 hello"]
    assert woken("any(visit) and count(visit in last 2 hours) < 1", *visits) == ["05-14 13:30 hello"]
    assert woken("not any(visit in last 1 day)", *visits) == ["05-15 00:00 hello"]


def test_a_latched_when_that_cannot_be_armed_wakes_nobody() -> None:
    script = """
        journey j
            when days_since(signup) >= 0
                send email "hello"
    """
    outcome = play(script, signup=dt.date(2024, 5, 10))
    assert outcome.wakes["c1"][-1][1] == FOREVER
    assert outcome.steps == 2


def test_outside_a_run_only_what_may_begin_one_wakes() -> None:
    script = """
        journey j
            audience contacts where days_since(signup) >= 2
            reenter after 1 day
            exit on cancel
            when hour(now) >= 20
                send email "hello"
    """
    outcome = play(script, change("05-14 12:30", plan="b"), hours=4, signup=dt.date(2024, 5, 13))
    assert [wake for _, wake in outcome.wakes["c1"]] == [at("05-15 00:00"), at("05-15 00:00")]
