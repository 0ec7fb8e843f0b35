"""The rows of the table on what stands before a send, on zones and on the calendar: each said by a small script."""

from textwrap import dedent

import pytest
from attrs import evolve

from tests.laws.harness import Manner, Stage, drive, rules_of
from tests.laws.scripts import at, change, event, noted, play, sent
from tests.strategies.histories import ADDRESSES, Arrival, History, Newcomer
from tests.strategies.scenes import SCHEMA
from wend.runtime.contact import Contact, Inbox
from wend.runtime.effects import Facts, Send
from wend.runtime.rules import Rules
from wend.runtime.state import NEW
from wend.runtime.tick import step as engine

VISITED = """
    {settings}
    journey j
        {header}
        on visit as cause per cause.page
            send email "hello"
"""


def visited(*times: str, settings: str = "", header: str = "backlog include", **more: object) -> list[str]:
    """What is sent for visits at these times."""
    lines = f"settings\n        {settings}" if settings else ""
    script = VISITED.format(settings=lines, header=header)
    visits = [event(when, "visit", page=f"p{i}") for i, when in enumerate(times)]
    return sent(play(script, *visits, **more))  # type: ignore[arg-type]


# ---- audience, suppression, consent


def test_gates_read_the_snapshot_and_not_the_own_writes() -> None:
    script = """
        settings
            consent email when consent_email
        journey j
            on visit
                set consent_email = true
                send email "hello"
                wait 1 minute
                send email "again"
    """
    outcome = play(script, event("05-14 13:00", "visit"), consent_email=False)
    assert sent(outcome) == ["05-14 13:01 again"]
    assert noted(outcome, "dropped") == ["05-14 13:00 consent"]


def test_a_send_is_dropped_and_the_path_goes_on() -> None:
    script = """
        settings
            consent email when consent_email
        journey j
            on visit
                send email "hello"
                send sms "again"
    """
    assert sent(play(script, event("05-14 13:00", "visit"), consent_email=None)) == ["05-14 13:00 again"]


def test_an_unknown_audience_sends_nothing_and_ends_nothing() -> None:
    script = """
        journey j
            audience contacts where score >= 1
            on visit
                send email "hello"
                wait 2 hours
                send email "again"
                wait 2 hours
                send email "bye"
    """
    news = (event("05-14 13:00", "visit"), change("05-14 14:00", score=None), change("05-14 16:00", score=1))
    assert sent(play(script, *news, score=1)) == ["05-14 13:00 hello", "05-14 17:00 bye"]


def suppressed(kind: str, header: str = "backlog include", hard: bool = True, topic: str | None = None) -> list[str]:
    """What reaches another contact with the same address after a report of the channel."""
    script = VISITED.format(settings="", header=header)
    report = event("05-14 13:00", kind, channel="email", address=ADDRESSES[0].upper(), hard=hard, topic=topic)
    news = (report, event("05-14 14:00", "visit", who="c2", page="a"))
    return sent(play(script, *news, people=("c1", "c2")), "c2")


def test_suppression_is_by_address_whoever_the_contact_is() -> None:
    assert suppressed("message_unsubscribed") == []
    assert suppressed("message_complained") == []
    assert suppressed("message_bounced", hard=True) == []
    assert suppressed("message_bounced", hard=False) == ["05-14 14:00 hello"]


def test_transactional_mail_is_free_of_unsubscription_but_not_of_bounce_and_complaint() -> None:
    assert suppressed("message_unsubscribed", "transactional") == ["05-14 14:00 hello"]
    assert suppressed("message_complained", "transactional") == []
    assert suppressed("message_bounced", "transactional", hard=True) == []


def test_unsubscription_from_a_topic_is_for_that_topic() -> None:
    assert suppressed("message_unsubscribed", 'topic "news"', topic="news") == []
    assert suppressed("message_unsubscribed", 'topic "other"', topic="news") == ["05-14 14:00 hello"]
    assert suppressed("message_unsubscribed", topic="news") == ["05-14 14:00 hello"]


def test_transactional_mail_needs_no_consent_and_no_room_in_limits() -> None:
    rules = "consent email when consent_email\n        limit 1 email per 1 day"
    times = ("05-14 13:00", "05-14 14:00")
    both = ["05-14 13:00 hello", "05-14 14:00 hello"]
    assert visited(*times, settings=rules, header="transactional", consent_email=False) == both
    script = """
        settings
            limit 1 email per 1 day
        journey a
            transactional
            on visit
                send email "hello"
        journey b
            on purchase
                send email "again"
    """
    news = (event("05-14 13:00", "visit"), event("05-14 14:00", "purchase", amount=1, channel="web"))
    assert sent(play(script, *news)) == ["05-14 13:00 hello", "05-14 14:00 again"]
    full = (event("05-14 12:30", "purchase", amount=1, channel="web"), event("05-14 13:00", "visit"))
    assert sent(play(script, *full)) == ["05-14 12:30 again", "05-14 13:00 hello"]


# ---- limits


def test_a_limit_in_days_counts_local_dates() -> None:
    limit = "limit 1 email per 1 day"
    times = ("05-14 21:00", "05-14 21:30", "05-14 22:30")  # the last one after midnight in Paris
    paris = 'timezone "Europe/Paris"\n        '
    assert visited(*times, settings=paris + limit) == ["05-14 21:00 hello", "05-14 22:30 hello"]
    assert visited(*times, header=paris + limit) == ["05-14 21:00 hello", "05-14 22:30 hello"]
    two_days = ("05-14 12:00", "05-15 12:00", "05-15 23:59", "05-16 00:00")
    assert visited(*two_days, header="limit 1 email per 2 days") == ["05-14 12:00 hello", "05-16 00:00 hello"]


def test_a_limit_under_a_day_is_elapsed_time() -> None:
    times = ("05-14 23:30", "05-15 00:29", "05-15 00:30")
    assert visited(*times, header="limit 1 email per 1 hour") == ["05-14 23:30 hello", "05-15 00:30 hello"]


def test_else_wait_holds_until_there_is_room() -> None:
    held = visited("05-14 13:00", "05-14 13:10", header="limit 1 email per 1 hour else wait")
    assert held == ["05-14 13:00 hello", "05-14 14:00 hello"]
    days = visited("05-14 13:00", "05-14 13:10", header="limit 1 email per 1 day else wait")
    assert days == ["05-14 13:00 hello", "05-15 00:00 hello"]


def test_a_header_limit_counts_this_journey_over_all_runs_and_settings_count_all_journeys() -> None:
    script = """
        settings
            {}
        journey a
            {}
            reenter always
            exit on cancel
            on visit as cause per cause.page
                send email "hello"
        journey b
            on purchase
                send email "again"
    """
    news = (
        event("05-14 13:00", "purchase", amount=1, channel="web"),
        event("05-14 14:00", "visit", page="a"),
        event("05-14 15:00", "cancel"),
        event("05-14 16:00", "visit", page="b"),
    )
    neutral = 'from "Ann <ann@shop.example>"'
    own = play(script.format(neutral, "limit 1 email per 1 day"), *news)
    assert sent(own) == ["05-14 13:00 again", "05-14 14:00 hello"]
    all_journeys = play(script.format("limit 1 email per 1 day", "priority 1"), *news)
    assert sent(all_journeys) == ["05-14 13:00 again"]


# ---- windows and holds


def test_a_closed_window_holds_the_send_and_its_path() -> None:
    assert visited("05-14 21:00", header="send between 8am and 8pm") == ["05-15 08:00 hello"]
    assert visited("05-14 20:00", header="send between 8am and 8pm") == ["05-15 08:00 hello"]
    assert visited("05-15 08:00", header="send between 8am and 8pm") == ["05-15 08:00 hello"]


def test_a_held_send_is_sent_once() -> None:
    script = """
        journey j
            send between 8am and 8pm
            on visit
                send email "hello"
                send email "again"
                wait 1 hour
                send email "bye"
    """
    messages = sent(play(script, event("05-14 21:00", "visit")))
    assert messages == ["05-15 08:00 hello", "05-15 08:00 again", "05-15 09:00 bye"]


def test_a_window_may_cross_midnight_and_name_days() -> None:
    assert visited("05-15 03:00", header="send between 10pm and 6am") == ["05-15 03:00 hello"]
    assert visited("05-15 07:00", header="send between 10pm and 6am") == ["05-15 22:00 hello"]
    weekend = visited("05-15 07:00", header="send between 8am and 8pm on saturday, sunday", hours=120)
    assert weekend == ["05-18 08:00 hello"]
    night = "send between 10pm and 6am on friday"  # the window that opens on Friday ends on Saturday
    assert visited("05-18 03:00", header=night, hours=120) == ["05-18 03:00 hello"]
    assert visited("05-17 03:00", header=night, hours=120) == ["05-17 22:00 hello"]


def test_all_gates_are_asked_afresh_when_no_hold_remains() -> None:
    script = """
        settings
            consent email when consent_email
        journey j
            audience contacts where plan = "a"
            send between 8am and 8pm
            on visit
                send email "hello"
    """
    visit = event("05-14 21:00", "visit")
    assert sent(play(script, visit)) == ["05-15 08:00 hello"]
    assert sent(play(script, visit, change("05-14 22:00", consent_email=False))) == []
    assert sent(play(script, visit, change("05-14 22:00", plan="b"))) == []
    back = (change("05-14 22:00", consent_email=False), change("05-14 23:00", consent_email=True))
    assert sent(play(script, visit, *back)) == ["05-15 08:00 hello"]
    assert sent(play(script, visit, event("05-14 22:00", "message_complained", channel="email"))) == []


def test_two_holds_release_at_the_later_one() -> None:
    header = "limit 1 email per 1 day else wait\n        send between 8am and 8pm"
    assert visited("05-14 13:00", "05-14 14:00", header=header) == ["05-14 13:00 hello", "05-15 08:00 hello"]


def test_a_limit_that_drops_is_asked_afresh_after_a_hold() -> None:
    header = "limit 1 email per 1 day\n        send between 8am and 8pm"
    assert visited("05-14 21:00", "05-14 22:00", header=header) == ["05-15 08:00 hello"]


def test_late_up_to_bounds_every_hold() -> None:
    header = "late up to 2 hours\n        send between 8am and 8pm"
    assert visited("05-14 21:00", header=header) == []
    assert visited("05-15 06:00", header=header) == ["05-15 08:00 hello"]
    assert visited("05-15 05:59", header=header) == []


def test_transactional_mail_has_its_own_window_only() -> None:
    quiet = "send between 8am and 8pm"
    assert visited("05-14 21:00", settings=quiet, header="transactional") == ["05-14 21:00 hello"]
    own = "transactional\n        send between 9am and 8pm"
    assert visited("05-14 21:00", settings=quiet, header=own) == ["05-15 09:00 hello"]


# ---- zones and clocks


@pytest.mark.parametrize(
    ("zone", "start", "messages"),
    [
        ("Europe/Paris", "2024-03-30 12:00", ["03-31 01:30 hello", "04-01 00:30 hello"]),  # the gap: shown as 03:30
        ("Europe/Paris", "2024-10-26 12:00", ["10-27 00:30 hello", "10-28 01:30 hello"]),  # twice: the first time
        ("America/Los_Angeles", "2024-03-09 20:00", ["03-10 10:30 hello", "03-11 09:30 hello"]),
    ],
)
def test_a_time_that_is_missing_or_comes_twice(zone: str, start: str, messages: list[str]) -> None:
    script = f"""
        journey j
            timezone "{zone}"
            every day at 2:30
                send email "hello"
    """
    assert sent(play(script, start=start, hours=48)) == messages


def test_a_day_that_was_left_out_does_not_fire_twice() -> None:
    script = """
        journey j
            timezone "Pacific/Apia"
            every day at 9am
                send email "hello"
    """
    outcome = play(script, start="2011-12-28 12:00", hours=96)
    assert sent(outcome) == ["12-28 19:00 hello", "12-29 19:00 hello", "12-30 19:00 hello", "12-31 19:00 hello"]


def test_the_date_does_not_go_back_when_clocks_are_turned_back_over_midnight() -> None:
    script = """
        journey j
            timezone "America/St_Johns"
            when today >= 2010-11-07 repeatedly at most every 1 minute
                send email "hello"
    """
    assert sent(play(script, start="2010-11-06 12:00", hours=48)) == ["11-07 02:30 hello"]


def test_the_zone_of_the_contact_falls_back_to_that_of_the_project() -> None:
    script = """
        settings
            timezone "Europe/Paris"
        journey j
            timezone contact
            every day at 9am
                send email "hello"
    """
    assert sent(play(script, hours=24, timezone="Asia/Tokyo")) == ["05-15 00:00 hello"]
    assert sent(play(script, hours=24)) == ["05-15 07:00 hello"]
    invalid = play(script, hours=24, timezone="Nowhere/Land")
    assert sent(invalid) == ["05-15 07:00 hello"]
    assert "timezone" in noted(invalid, "problem")[0]


def test_active_is_read_in_the_zone_of_the_journey_and_until_is_exclusive() -> None:
    script = """
        journey j
            timezone "Europe/Paris"
            active from 2024-05-15 until 2024-05-16
            on visit as cause per cause.page
                send email "hello"
    """
    times = ("05-14 21:59", "05-14 22:00", "05-15 21:59", "05-15 22:00")
    visits = [event(when, "visit", page=f"p{i}") for i, when in enumerate(times)]
    assert sent(play(script, *visits)) == ["05-14 22:00 hello", "05-15 21:59 hello"]
    waiting = script.replace('send email "hello"', 'wait 1 hour\n                send email "hello"')
    assert sent(play(waiting, event("05-15 20:30", "visit", page="a"))) == ["05-15 21:30 hello"]
    assert sent(play(waiting, event("05-15 21:30", "visit", page="a"))) == []


# ---- calendar


@pytest.mark.parametrize(
    ("condition", "start", "messages"),
    [
        ("days_since(signup) >= 2", "2024-03-30 12:00", ["03-31 22:00 hello"]),
        ("days_since(signup) = 1", "2024-03-30 12:00", ["03-30 23:00 hello"]),
        ("days_since(signup) >= -1", "2024-03-28 12:00", ["03-28 23:00 hello"]),
    ],
)
def test_days_since_counts_local_dates(condition: str, start: str, messages: list[str]) -> None:
    script = f"""
        journey j
            timezone "Europe/Paris"
            when {condition}
                send email "hello"
    """
    assert sent(play(script, start=start, signup=at("2024-03-30 00:00").date())) == messages


def gone(window: str, start: str, zone: str = "UTC") -> list[str]:
    """When an event that happened at the start has left a window."""
    script = f"""
        journey j
            timezone "{zone}"
            when any(visit) and count(visit in last {window}) = 0
                send email "hello"
    """
    return sent(play(script, start=start, past=(event(start, "visit"),), hours=35 * 24))


def test_when_an_event_leaves_its_window() -> None:
    assert gone("1 day", "2024-05-14 12:00") == ["05-15 00:00 hello"]
    assert gone("2 days", "2024-05-14 12:00") == ["05-16 00:00 hello"]
    assert gone("24 hours", "2024-05-14 12:00") == ["05-15 12:00 hello"]
    assert gone("1 month", "2023-01-31 12:00") == ["02-28 12:00 hello"]
    assert gone("2 days", "2024-03-30 12:00", "Europe/Paris") == ["03-31 22:00 hello"]


# ---- versions


def two_versions(first: str, second: str) -> list[str]:
    """A path begins on the first version, and a day later the second one is live."""
    old, new = rules_of(SCHEMA + first), rules_of(SCHEMA + second)
    archive = {old.program.version: old.program}
    rules = Rules(new.program, new.functions, archive)
    contact, state, facts = Contact("c1", {"email": ADDRESSES[0], "plan": "a"}), NEW, Facts()
    visit = event("05-14 12:00", "visit").item
    messages: list[str] = []
    times = ["05-14 12:00", "05-14 12:01", "05-15 12:00", "05-15 13:00", "05-16 12:00", "05-16 12:01"]
    for index, when in enumerate(times):
        inbox = Inbox(events=(visit,)) if index == 0 else Inbox()  # type: ignore[arg-type]
        done = engine.step(old if index < 2 else rules, contact, state, inbox, at(when), facts)
        contact, state = done.contact, done.state
        messages += [f"{when} {effect.template}" for effect in done.effects if isinstance(effect, Send)]
    return messages


def test_a_path_finishes_on_the_version_it_began_on() -> None:
    script = """
journey j
    on visit
        wait 2 days
        send email "hello"
"""
    assert two_versions(script, script.replace('"hello"', '"bye"')) == ["05-16 12:00 hello"]
    assert two_versions(script, script.replace("2 days", "1 day")) == ["05-16 12:00 hello"]
    renamed = script.replace("journey j", "journey other")
    assert two_versions(script, renamed) == ["05-16 12:00 hello"]


def test_a_latch_belongs_to_the_name_of_the_journey_and_the_trigger() -> None:
    script = """
journey j
    when plan = "a"
        send email "hello"
"""
    assert two_versions(script, script.replace('"hello"', '"bye"')) == ["05-14 12:00 hello"]
    added = (
        script
        + """
    when plan in ["a", "b"]
        send email "bye"
"""
    )
    assert two_versions(script, added) == ["05-14 12:00 hello", "05-15 12:00 bye"]


def test_the_stage_plays_what_it_is_given() -> None:
    """The harness itself: news for a contact come at the next whole minute, and nothing comes after the end."""
    script = SCHEMA + dedent(VISITED).format(settings="", header="backlog include")
    people = (Newcomer("c1", at("05-14 12:00"), {"email": ADDRESSES[0]}),)
    arrivals: tuple[Arrival, ...] = (event("05-14 12:30:01", "visit", page="a"),)
    history = History(people, arrivals, at("05-14 12:00"), at("05-14 12:31"))
    stage = Stage(rules_of(script), history)
    assert sent(drive(stage)) == ["05-14 12:31 hello"]
    assert sent(drive(evolve(stage, history=evolve(history, end=at("05-14 12:30"))))) == []


def test_what_one_contact_unsubscribes_counts_for_others_from_the_next_tick() -> None:
    script = VISITED.format(settings="", header="backlog include")
    report = event("05-14 14:00", "message_unsubscribed", channel="email", address=ADDRESSES[0])
    same_tick = event("05-14 14:00", "visit", who="c2", page="a")
    next_tick = event("05-14 14:01", "visit", who="c2", page="b")
    for order in (sorted, lambda ids: sorted(ids, reverse=True)):
        outcome = play(script, report, same_tick, next_tick, people=("c1", "c2"), manner=Manner(order=order))
        assert sent(outcome, "c2") == ["05-14 14:00 hello"]
