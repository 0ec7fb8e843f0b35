"""The rows of the table on goals, quotas and pauses: each said by a small script."""

import pytest

from tests.laws.harness import Manner
from tests.laws.scripts import change, event, noted, play, sent
from tests.strategies.histories import Arrival

# ---- goals

SERIES = """
    journey j
        {header}
        on visit
            send email "hello"
            wait 1 hour
            {last}
"""


def reached(*arrivals: Arrival, header: str, last: str = 'send email "again"', **more: object) -> list[str]:
    """When runs convert."""
    script = SERIES.format(header=header, last=last)
    return noted(play(script, *arrivals, **more), "converted")  # type: ignore[arg-type]


def bought(when: str, **more: object) -> Arrival:
    return event(when, "purchase", channel="web", **{"amount": 10, **more})  # type: ignore[arg-type]


def test_a_run_converts_once() -> None:
    goal = "goal on purchase\n        goal on cancel"
    purchases = (bought("05-14 13:00"), event("05-14 13:30", "cancel"), bought("05-14 14:00"))
    assert reached(*purchases, header=goal) == ["05-14 13:00"]


def test_each_run_may_convert() -> None:
    goal = "goal on purchase\n        exit on cancel\n        reenter always"
    news = (
        bought("05-14 13:00"),
        event("05-14 14:00", "cancel"),
        bought("05-14 15:00"),
        bought("05-14 16:00"),
    )
    assert reached(*news, header=goal) == ["05-14 13:00", "05-14 15:00"]


def test_a_goal_is_reached_after_the_entry_by_the_own_time_of_the_event() -> None:
    assert reached(bought("05-14 12:00"), header="goal on purchase") == []
    assert reached(bought("05-14 13:00", happened="05-14 11:59"), header="goal on purchase") == []
    assert reached(bought("05-14 13:00", happened="05-14 12:00"), header="goal on purchase") == ["05-14 13:00"]
    assert reached(header="goal on purchase", past=(bought("05-14 11:00"),)) == []


def test_within_counts_from_the_entry_by_the_own_time_of_the_event() -> None:
    goal = "goal on purchase within 2 hours"
    assert reached(bought("05-14 14:00"), header=goal) == ["05-14 14:00"]
    assert reached(bought("05-14 14:00:01"), header=goal) == []
    assert reached(bought("05-14 15:00", happened="05-14 14:00"), header=goal) == ["05-14 15:00"]
    days = 'timezone "Europe/Paris"\n        goal on purchase within 1 day'  # the clocks go forward in the night
    spring = {"start": "2024-03-30 12:00"}
    assert reached(bought("03-31 11:00"), header=days, **spring) == ["03-31 11:00"]
    assert reached(bought("03-31 11:01"), header=days, **spring) == []


def test_where_looks_at_the_event_and_the_contact() -> None:
    goal = 'goal on purchase where amount > 20 and plan = "a"'
    news = (bought("05-14 13:00"), bought("05-14 14:00", amount=30))
    assert reached(*news, header=goal) == ["05-14 14:00"]
    assert reached(*news, header=goal, plan="b") == []


def test_the_event_that_ends_a_run_converts_it() -> None:
    goal = "goal on purchase\n        reenter never\n        "
    assert reached(bought("05-14 13:00"), header=goal + "exit on purchase") == ["05-14 13:00"]
    assert reached(bought("05-14 13:00"), header=goal + "exit when any(purchase)") == ["05-14 13:00"]


def test_a_run_that_has_ended_converts_too_until_the_next_begins() -> None:
    news = (event("05-14 13:00", "visit"), bought("05-14 16:00"))
    assert reached(*news, header="reenter never\n        goal on purchase", last="exit") == ["05-14 16:00"]
    assert reached(*news, header="reenter never\n        goal on purchase within 3 hours", last="exit") == []
    again = "reenter after 1 hour\n        goal on purchase"
    assert reached(*news, bought("05-14 17:00"), header=again, last="exit") == ["05-14 16:00"]


def test_who_is_held_out_converts_and_is_told_apart() -> None:
    header = "hold out 100%\n        goal on purchase"
    outcome = play(SERIES.format(header=header, last="stop"), event("05-14 13:00", "visit"), bought("05-14 14:00"))
    assert sent(outcome) == []
    assert noted(outcome, "entered") == ["05-14 12:00 hold out"]
    assert noted(outcome, "converted") == ["05-14 14:00 hold out"]


# ---- quotas

MAILED = """
    settings
        timezone "{zone}"
        {quota}
    journey j
        {header}
        on visit as cause per cause.page
            send email "hello"
    journey service
        transactional
        on cancel
            send email "receipt"
"""
TOPIC = 'topic "news"'


def mailed(
    *times: str,
    quota: str,
    zone: str = "UTC",
    header: str = TOPIC,
    news: tuple[Arrival, ...] = (),
    **more: object,
) -> list[str]:
    """What is sent for visits at these times, and for other news."""
    script = MAILED.format(zone=zone, quota=quota, header=header)
    visits = [event(when, "visit", page=f"p{i}") for i, when in enumerate(times)]
    return sent(play(script, *visits, *news, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "start", "times", "last"),
    [
        ("day", "2024-05-14", ("05-14 13:00", "05-14 23:59", "05-15 00:00"), "05-15 00:00"),
        ("week", "2024-05-18", ("05-18 13:00", "05-19 23:59", "05-20 00:00"), "05-20 00:00"),
        ("month", "2024-05-30", ("05-30 13:00", "05-31 23:59", "06-01 00:00"), "06-01 00:00"),
        ("year", "2024-12-30", ("12-30 13:00", "12-31 23:59", "2025-01-01 00:00"), "01-01 00:00"),
    ],
)
def test_a_quota_is_for_a_calendar_period(unit: str, start: str, times: tuple[str, ...], last: str) -> None:
    messages = mailed(*times, quota=f"quota 1 email per {unit}", start=f"{start} 12:00")
    assert messages == [f"{times[0]} hello", f"{last} hello"]


def test_a_quota_is_for_the_month_of_the_project_whatever_the_zone_of_the_journey() -> None:
    times = ("05-31 21:00", "05-31 21:59", "05-31 22:00")
    quota = "quota 1 email per month"
    expected = ["05-31 21:00 hello", "05-31 22:00 hello"]
    assert mailed(*times, quota=quota, zone="Europe/Paris", start="2024-05-31 12:00") == expected
    tokyo = 'timezone "Asia/Tokyo"'
    assert mailed(*times, quota=quota, zone="Europe/Paris", header=tokyo, start="2024-05-31 12:00") == expected


def test_a_message_beyond_the_quota_is_dropped_and_the_path_goes_on() -> None:
    script = """
        settings
            quota 1 email per month
        journey j
            on visit as cause per cause.page
                send email "hello" as hello
                if not hello.sent
                    send sms "instead"
    """
    outcome = play(script, event("05-14 13:00", "visit", page="a"), event("05-14 14:00", "visit", page="b"))
    assert sent(outcome) == ["05-14 13:00 hello", "05-14 14:00 instead"]
    assert noted(outcome, "dropped") == ["05-14 14:00 quota"]


def test_transactional_messages_count_in_a_quota_and_are_never_refused() -> None:
    receipts = tuple(event(f"05-14 1{hour}:00", "cancel") for hour in (3, 4, 5))
    messages = mailed("05-14 16:00", quota="quota 2 email per month", news=receipts)
    assert messages == ["05-14 13:00 receipt", "05-14 14:00 receipt", "05-14 15:00 receipt"]
    at_once = mailed("05-14 13:00", quota="quota 1 email per month", news=receipts[:1])
    assert at_once == ["05-14 13:00 receipt"]


def test_the_quota_comes_before_limit_and_window_and_after_consent() -> None:
    quota = "quota 1 email per month"
    visits = [event(when, "visit", page=when[6:8]) for when in ("05-14 13:00", "05-14 21:00")]
    closed = play(MAILED.format(zone="UTC", quota=quota, header="send between 8am and 8pm"), *visits)
    assert (noted(closed, "dropped"), noted(closed, "held")) == (["05-14 21:00 quota"], [])
    limit = "limit 1 email per 1 day else wait"
    limited = play(MAILED.format(zone="UTC", quota=quota, header=limit), *visits)
    assert (noted(limited, "dropped"), noted(limited, "held")) == (["05-14 21:00 quota"], [])
    rules = quota + "\n        consent email when consent_email"
    withdrawn = change("05-14 20:00", consent_email=False)
    refused = play(MAILED.format(zone="UTC", quota=rules, header=TOPIC), *visits, withdrawn)
    assert noted(refused, "dropped") == ["05-14 21:00 consent"]


RIVALS = """
    settings
        quota 2 email per month
    journey j
        priority 2
        on visit
            send email "low"
    journey k
        priority 1
        on cancel
            send email "high"
"""


def test_at_a_tick_that_would_overshoot_the_priority_decides_and_not_the_order_of_contacts() -> None:
    people = ("c1", "c2", "c3")
    news = (
        event("05-14 13:00", "visit", who="c1"),
        event("05-14 13:00", "cancel", who="c2"),
        event("05-14 13:00", "cancel", who="c3"),
    )
    for order in (sorted, lambda ids: sorted(ids, reverse=True)):
        outcome = play(RIVALS, *news, people=people, manner=Manner(order=order))
        assert [sent(outcome, who) for who in people] == [[], ["05-14 13:00 high"], ["05-14 13:00 high"]]
        assert noted(outcome, "dropped", "c1") == ["05-14 13:00 quota"]


def test_among_equals_the_hash_of_the_message_decides() -> None:
    people = tuple(f"c{i}" for i in range(9))
    news = tuple(event("05-14 13:00", "visit", who=who) for who in people)
    outcome = play(RIVALS, *news, people=people)
    free = play(RIVALS.replace("quota 2", "quota 9"), *news, people=people)
    keys = sorted((effect.identity.key, effect.identity.contact) for effect in free.sends)
    assert {effect.identity.contact for effect in outcome.sends} == {who for _, who in keys[:2]}


def test_what_is_sent_in_the_place_of_a_refused_message_finds_no_room_either() -> None:
    script = """
        settings
            quota 1 email per month
        journey j
            on visit
                send email "hello" as hello
                if not hello.sent
                    send email "instead"
    """
    people = ("c1", "c2", "c3")
    outcome = play(script, *[event("05-14 13:00", "visit", who=who) for who in people], people=people)
    assert len(outcome.sends) == 1
