"""The rows of the table on goals, quotas and pauses: each said by a small script."""

import pytest

from tests.laws.harness import Manner, Outcome
from tests.laws.scripts import at, change, event, noted, play, sent
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


# ---- pauses

WAITING = """
    journey j
        {header}
        on visit as cause per cause.page
            send email "hello"
            wait 2 hours
            send email "again"
            add tag "late"
"""
NIGHT = ("05-14 14:00", "05-15 09:00")


def stopped(
    *times: str, header: str, paused: tuple[str, str] = NIGHT, news: tuple[Arrival, ...] = (), **more: object
) -> Outcome:
    """What comes of visits at these times while the journey is paused for a while."""
    visits = [event(when, "visit", page=f"p{i}") for i, when in enumerate(times)]
    return play(WAITING.format(header=header), *visits, *news, paused=paused, **more)  # type: ignore[arg-type]


def test_while_a_journey_is_paused_nothing_fires_and_nothing_of_it_is_made_up_for() -> None:
    times = ("05-14 15:00", "05-15 08:59", "05-15 09:00")
    for way in ("continue", "hold", "restart"):
        messages = sent(stopped(*times, header=f"pause {way}"))
        assert messages == ["05-15 09:00 hello", "05-15 11:00 again"]


def test_paths_stand_still_go_on_or_end_as_the_line_says() -> None:
    assert sent(stopped("05-14 13:00", header=TOPIC)) == ["05-14 13:00 hello", "05-15 09:00 again"]
    assert sent(stopped("05-14 13:00", header="pause hold")) == ["05-14 13:00 hello", "05-15 09:00 again"]
    assert sent(stopped("05-14 13:00", header="pause continue")) == ["05-14 13:00 hello", "05-14 15:00 again"]
    assert sent(stopped("05-14 13:00", header="pause restart")) == ["05-14 13:00 hello"]
    before = ("05-14 13:30", "05-14 14:30")
    assert sent(stopped("05-14 13:00", header="pause hold", paused=before)) == [
        "05-14 13:00 hello",
        "05-14 15:00 again",  # a wait counts on while the journey is paused
    ]


def test_what_was_due_during_a_pause_is_bound_by_late_up_to() -> None:
    outcome = stopped("05-14 13:00", header="late up to 3 hours")
    assert sent(outcome) == ["05-14 13:00 hello"]
    assert noted(outcome, "dropped") == ["05-15 09:00 late"]
    assert outcome.contacts["c1"].fields["tags"] == ("late",)  # the path itself goes on
    assert sent(stopped("05-14 13:00", header="late up to 18 hours")) == ["05-14 13:00 hello", "05-15 09:00 again"]


def test_runs_end_and_the_audience_is_left_while_a_journey_is_paused() -> None:
    ended = stopped(
        "05-14 13:00", header="reenter never\n        exit on cancel", news=(event("05-14 20:00", "cancel"),)
    )
    assert noted(ended, "exited") == ["05-14 20:00 exit on"]
    assert sent(ended) == ["05-14 13:00 hello"]
    left = (change("05-14 20:00", plan="b"), change("05-14 21:00", plan="a"))
    assert sent(stopped("05-14 13:00", header='audience contacts where plan = "a"', news=left)) == ["05-14 13:00 hello"]


def scheduled(
    head: str, paused: tuple[str, str], header: str = TOPIC, news: tuple[Arrival, ...] = (), **more: object
) -> list[str]:
    """What a trigger sends, where its journey is paused for a while."""
    script = f"""
        journey j
            {header}
            {head}
                send email "hello"
    """
    return sent(play(script, *news, paused=paused, **more))  # type: ignore[arg-type]


def test_of_missed_occurrences_the_latest_of_the_last_day_is_made_up_for() -> None:
    week = ("05-14 20:00", "05-18 10:00")
    assert scheduled("every day at 9am", week, hours=115) == ["05-18 10:00 hello", "05-19 09:00 hello"][:1]
    assert scheduled("every tuesday at 9am", ("05-14 08:00", "05-18 10:00"), start="2024-05-13 12:00", hours=192) == [
        "05-21 09:00 hello"
    ]


def test_a_date_that_was_due_during_a_pause_is_a_day_late_at_most() -> None:
    due = at("05-14 15:00")
    assert scheduled("when 0 days after due", NIGHT, due=due) == ["05-15 09:00 hello"]
    assert scheduled("when 0 days after due", ("05-14 14:00", "05-16 09:00"), due=due) == []
    late = "late up to 2 days"
    assert scheduled("when 0 days after due", ("05-14 14:00", "05-16 09:00"), late, due=due) == ["05-16 09:00 hello"]


def test_a_date_that_comes_during_a_pause_was_seen_then() -> None:
    due = at("05-15 07:00")
    for came, mails in (("05-14 20:00", ["05-15 09:00 hello"]), ("05-15 08:00", [])):
        assert scheduled("when 0 days after due", NIGHT, news=(change(came, due=due),)) == mails


def test_what_holds_when_a_journey_is_resumed_is_its_backlog() -> None:
    news = (change("05-14 20:00", plan="b"),)
    assert scheduled('when plan = "b"', NIGHT, news=news) == ["05-15 09:00 hello"]
    assert scheduled('when plan = "b"', NIGHT, "backlog skip", news) == []
    later = (*news, change("05-15 10:00", plan="a"), change("05-15 11:00", plan="b"))
    again = scheduled('when plan = "b" repeatedly', NIGHT, "backlog skip", later)
    assert again == ["05-15 11:00 hello"]


def test_a_change_during_a_pause_is_not_seen() -> None:
    news = (change("05-14 20:00", plan="b"), change("05-15 10:00", plan="c"))
    assert scheduled("on change of plan", NIGHT, news=news) == ["05-15 10:00 hello"]


def test_restart_begins_the_run_anew_for_those_who_were_under_way() -> None:
    script = """
        journey j
            reenter never
            pause restart
            exit on cancel
            when plan = "a"
                send email "hello"
                wait 2 hours
                send email "again"
            when plan = "b"
                send email "other"
    """
    outcome = play(script, paused=("05-14 13:00", "05-15 09:00"))
    assert sent(outcome) == ["05-14 12:00 hello", "05-15 09:00 hello", "05-15 11:00 again"]
    assert noted(outcome, "exited") == ["05-14 13:00 pause"]
    finished = play(script, paused=("05-14 16:00", "05-15 09:00"))
    assert sent(finished) == ["05-14 12:00 hello", "05-14 14:00 again"]
    same_day = play(script, paused=("05-14 13:00", "05-14 18:00"))  # at most once a day
    assert sent(same_day) == ["05-14 12:00 hello", "05-15 00:00 hello", "05-15 02:00 again"]


def test_a_journey_that_is_over_has_no_path_under_way() -> None:
    script = """
        journey j
            active until 2024-05-15
            on visit
                wait 2 days
                send email "hello"
        journey k
            when hours_since(last(visit.at)) >= 1 and not in journey j
                send email "free"
    """
    outcome = play(script, event("05-14 13:00", "visit"))
    assert noted(outcome, "stopped") == ["05-15 00:00 active until"]
    assert sent(outcome)[-1] == "05-15 00:01 free"
