"""Law 11: a value is constant on [now, until). And how long values hold, line by line of the design."""

import datetime as dt
from textwrap import dedent

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.laws.corpus import EXAMPLES
from tests.laws.harness import rules_of, source_of
from tests.laws.scripts import at, change, event, play, sent
from tests.strategies.conditions import Seen, conditions
from tests.strategies.histories import histories
from tests.strategies.scenes import SCHEMA, Scene, name, scenes
from wend.dsl import ast, core
from wend.dsl.program import When
from wend.runtime.calendar import zone
from wend.runtime.contact import Contact, Event
from wend.runtime.interpret import Env, evaluate
from wend.runtime.rules import Rules
from wend.runtime.values import FOREVER, Bounded, Instant, Value
from wend.stdlib import FUNCTIONS

MICRO = dt.timedelta(microseconds=1)
FAR = dt.timedelta(days=70)

CLOCKWORK = (
    "hour(now) >= {n}",
    'weekday(now) = "sunday"',
    "day(today) >= {n}",
    "hours_since(due) >= {n}",
    "hours_until(due) > {n}",
    "days_until(signup) <= {n}",
    "weeks_since(born) > {n}",
    "months_since(signup) = {n}",
    "months_since(born) + 1 > {n}",
    "today - 2 days >= signup",
    "now - 90 minutes > due",
    'start_of(today, "week") >= signup',
    'end_of(today, "month") > born',
    "today > signup + 1 month",
    "days_since(signup) - {n} > days_since(born)",
    "(months_since(last(visit.at)) otherwise hour(now)) > {n}",
    "count(visit in last 1 month where at > now - 2 days) < {n}",
    "any(purchase in last 2 days where days_since(at) >= {n})",
    "-days_since(due) > {n}",
    "-count(visit in last 3 days) < -{n}",
)
"""Conditions that move with time in every way that the functions of the library have."""


def condition_of(script: str) -> tuple[core.Expr, Rules]:
    """The checked condition of the one `when` of a script."""
    rules = rules_of(script)
    head = rules.program.journeys[0].triggers[0].heads[0]
    assert isinstance(head, When)
    return head.condition, rules


def scripted(condition: str) -> str:
    return SCHEMA + f'journey one\n    when {condition}\n        send email "hello"\n'


@st.composite
def moving(draw: st.DrawFn, scene: Scene) -> str:
    """A script with one `when`, its condition made of anything that moves with time."""
    if draw(st.booleans()):
        chosen = draw(st.lists(st.sampled_from(CLOCKWORK), min_size=1, max_size=3))
        joint = draw(st.sampled_from((" and ", " or ")))
        texts = [text.format(n=draw(st.integers(0, 4))) for text in chosen]
        return scripted(joint.join(texts))
    seen = Seen(scene=scene, run=True)
    when = ast.When(condition=draw(conditions(seen)))
    send = ast.Send(channel=name("email"), template=ast.Text(value="hello"))
    trigger = ast.Trigger(heads=(when,), body=(send,))
    return source_of(ast.File(items=(ast.Journey(name=name("one"), items=(trigger,)),)))


@st.composite
def situations(draw: st.DrawFn) -> tuple[str, Scene, Contact, Instant]:
    """A condition, a contact with a past, and an instant soon after; by whole minutes or not."""
    scene = draw(scenes)
    history = draw(histories(scene, hours=30, contacts=1))
    person = history.newcomers[0]
    events = [*person.events, *(a.item for a in history.arrivals if isinstance(a.item, Event))]
    first = {event.id: event for event in reversed(events)}
    latest = max([history.start, *(event.time for event in first.values())])
    now = latest + dt.timedelta(minutes=draw(st.integers(0, 40 * 60)), seconds=draw(st.sampled_from((0, 0, 59.999999))))
    contact = Contact("c1", person.fields).with_events(tuple(first.values()))
    return draw(moving(scene)), scene, contact, now


def seen_at(now: Instant, scene: Scene, contact: Contact, start: Instant) -> Env:
    return Env(now=now, zone=zone(scene.zone), contact=contact, functions=FUNCTIONS, run_entry=start)


@given(situations(), st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=4))
@settings(max_examples=3 * EXAMPLES)
def test_a_value_is_constant_until_its_bound(
    situation: tuple[str, Scene, Contact, Instant], parts: list[float]
) -> None:
    script, scene, contact, now = situation
    note(script.removeprefix(SCHEMA))
    note(f"{scene.zone} {now}")
    condition, rules = condition_of(script)
    start = scene.start
    for node in core.nodes(condition):
        if any(isinstance(below, core.Item) for below in core.nodes(node)) and not isinstance(node, core.Aggregate):
            continue  # a part of a `where` means something for an event only
        value, until, _ = evaluate(node, seen_at(now, scene, contact, start))
        if until <= now:
            assert isinstance(node, core.Now) or any(isinstance(below, core.Now) for below in core.nodes(node))
            continue
        end = min(until, now + FAR)
        for moment in (*(min(now + (end - now) * part, end - MICRO) for part in parts), end - MICRO):
            later = evaluate(node, seen_at(moment, scene, contact, start))
            assert later.value == value, (node, moment, until)
    prepared = rules.evaluate(condition, seen_at(now, scene, contact, start))
    plain = evaluate(condition, seen_at(now, scene, contact, start))
    assert (prepared.value, prepared.until) == (plain.value, plain.until)


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
