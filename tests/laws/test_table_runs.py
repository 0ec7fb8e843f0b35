"""The rows of the table on runs, on the order within a tick, and on `when`: each said by a small script."""

import pytest
from attrs import evolve

from tests.laws.harness import DUE, Manner, every_minute
from tests.laws.scripts import at, change, event, noted, play, sent
from wend.runtime.contact import Event


def test_events_are_taken_in_the_order_in_which_they_happened() -> None:
    script = """
        journey j
            on visit
                stop on cancel
                wait 1 hour
                send email "hello"
    """
    visit = event("05-14 13:00:40", "visit")
    before = event("05-14 13:00:50", "cancel", happened="05-14 13:00:10")
    assert sent(play(script, visit, before)) == ["05-14 14:01 hello"]
    after = event("05-14 13:00:50", "cancel")
    assert sent(play(script, visit, after)) == []


def test_events_at_the_same_time_are_taken_in_the_order_of_their_ids() -> None:
    script = """
        journey j
            on visit
                stop on cancel
                wait 1 hour
                send email "hello"
    """
    visit = event("05-14 13:00", "visit", id="m")
    assert sent(play(script, visit, event("05-14 13:00", "cancel", id="a"))) == ["05-14 14:00 hello"]
    assert sent(play(script, visit, event("05-14 13:00", "cancel", id="z"))) == []


def test_exit_on_ends_what_began_before_it_and_nothing_else() -> None:
    script = """
        journey j
            reenter never
            exit on cancel
            on visit
                wait 1 hour
                send email "hello"
    """
    visit = event("05-14 13:00:40", "visit")
    assert sent(play(script, visit, event("05-14 13:00:50", "cancel"))) == []
    late = event("05-14 13:30", "cancel", happened="05-14 11:00")  # it happened before the run began
    assert sent(play(script, visit, late)) == ["05-14 14:01 hello"]


def test_the_event_that_ended_a_run_starts_nothing_there() -> None:
    script = """
        journey j
            reenter always
            exit on visit
            on visit
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit"))) == []


def test_after_exit_on_a_later_event_of_the_same_tick_may_begin_a_run() -> None:
    script = """
        journey j
            reenter always
            exit on cancel
            on visit
                send email "hello"
    """
    outcome = play(script, event("05-14 13:00:10", "cancel"), event("05-14 13:00:40", "visit"))
    assert sent(outcome) == ["05-14 13:01 hello"]
    assert noted(outcome, "entered") == ["05-14 12:00", "05-14 13:01"]
    told_first = event("05-14 13:00:20", "visit", happened="05-14 13:00:15")
    told_later = event("05-14 13:00:50", "cancel", happened="05-14 13:00:10")
    assert sent(play(script, told_first, told_later)) == ["05-14 13:01 hello"]


def test_what_an_event_of_a_tick_began_is_ended_by_a_later_one() -> None:
    script = """
        journey j
            reenter always
            exit on cancel
            on visit
                stop on purchase
                wait 1 hour
                send email "hello"
    """
    names = ("cancel", "visit", "purchase", "cancel")
    outcome = play(script, *[event(f"05-14 13:00:{10 * n}", name) for n, name in enumerate(names, 1)])
    assert noted(outcome, "exited") == ["05-14 13:01 exit on", "05-14 13:01 exit on"]
    assert noted(outcome, "entered") == ["05-14 12:00", "05-14 13:01", "05-14 13:02"]


def test_after_exit_on_no_run_begins_that_would_end_at_once() -> None:
    script = """
        journey j
            reenter always
            exit on cancel
            exit when count(visit since entry) = 0 and plan = "closed"
            on purchase
                send email "hello"
    """
    story = (
        event("05-14 12:30", "visit"),
        change("05-14 12:40", plan="closed"),
        event("05-14 12:50", "purchase"),
        event("05-14 13:00:10", "cancel"),
        event("05-14 13:00:20", "purchase"),
    )
    outcome = play(script, *story)
    assert sent(outcome) == ["05-14 12:50 hello"]
    assert noted(outcome, "entered") == ["05-14 12:00"]


def test_emitted_events_arrive_at_the_next_tick() -> None:
    script = """
        journey j
            on visit
                emit ping
            on ping
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit"))) == ["05-14 13:01 hello"]
    assert sent(play(script, event("05-14 13:00", "visit"), manner=Manner(reload=True))) == ["05-14 13:01 hello"]


def test_leaving_the_audience_ends_paths_but_not_the_run() -> None:
    script = """
        journey j
            audience contacts where plan = "a"
            reenter never
            on visit
                wait 2 hours
                send email "hello"
            on purchase
                send email "again"
    """
    news = (
        event("05-14 13:00", "visit"),
        change("05-14 13:30", plan="b"),
        event("05-14 13:40", "purchase"),  # outside: starts nothing
        change("05-14 14:00", plan="a"),
        event("05-14 16:00", "purchase"),
    )
    assert sent(play(script, *news)) == ["05-14 16:00 again"]


def test_unknown_neither_begins_nor_ends_a_run() -> None:
    begins = """
        journey j
            audience contacts where score >= 1
            on visit
                send email "hello"
    """
    assert sent(play(begins, event("05-14 13:00", "visit"))) == []
    ends = """
        journey j
            reenter never
            exit when score >= 1
            on visit
                send email "hello"
    """
    assert sent(play(ends, event("05-14 13:00", "visit"))) == ["05-14 13:00 hello"]
    leaves = """
        journey j
            audience contacts where score >= 1
            on visit
                wait 2 hours
                send email "hello"
    """
    news = (event("05-14 13:00", "visit"), change("05-14 13:30", score=None), change("05-14 14:00", score=2))
    assert sent(play(leaves, *news, score=2)) == ["05-14 15:00 hello"]


@pytest.mark.parametrize(
    ("reenter", "entered"),
    [
        ("reenter never", ["05-14 12:00"]),
        ("reenter always", ["05-14 12:00", "05-14 13:01"]),
        ("reenter after 2 hours", ["05-14 12:00", "05-14 15:00"]),
        ("reenter after 1 day", ["05-14 12:00", "05-15 13:00"]),
    ],
)
def test_the_next_run_begins_by_reenter(reenter: str, entered: list[str]) -> None:
    script = f"""
        journey j
            exit on cancel
            {reenter}
            on visit
                send email "hello"
    """
    assert noted(play(script, event("05-14 13:00", "cancel")), "entered") == entered


def test_the_next_run_begins_no_sooner_than_the_next_tick() -> None:
    script = """
        journey j
            reenter always
            on visit
                exit
    """
    assert noted(play(script, event("05-14 13:00", "visit")), "entered") == ["05-14 12:00", "05-14 13:01"]


def test_exit_ends_the_later_paths_of_that_tick() -> None:
    script = """
        journey j
            reenter never
            on visit
                exit
            on visit
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit"))) == []


def test_a_run_that_comes_back_every_minute_does_not_send_every_minute() -> None:
    script = """
        journey j
            reenter always
            on entry
                send email "hello"
                exit
    """
    assert len(sent(play(script, hours=12))) <= 2


# ---- when


def test_when_fires_once_and_is_latched() -> None:
    script = """
        journey j
            when plan = "a"
                send email "hello"
    """
    assert sent(play(script)) == ["05-14 12:00 hello"]
    again = (change("05-15 13:00", plan="b"), change("05-15 14:00", plan="a"))
    assert sent(play(script, *again)) == ["05-14 12:00 hello"]


LATCHED = """
    journey j
        exit on cancel
        reenter always
        when plan = "a"
            send email "hello"
"""


def test_a_new_run_arms_only_what_was_seen_false() -> None:
    ended = event("05-15 13:00", "cancel")
    assert sent(play(LATCHED, ended)) == ["05-14 12:00 hello"]
    assert sent(play(LATCHED, ended, manner=Manner(reload=True))) == ["05-14 12:00 hello"]
    false = (change("05-15 10:00", plan="b"), change("05-15 11:00", plan="a"))
    assert sent(play(LATCHED, *false, ended)) == ["05-14 12:00 hello", "05-15 13:01 hello"]


def test_false_may_be_seen_between_two_runs() -> None:
    script = LATCHED.replace("reenter always", "reenter after 5 hours")
    ended = event("05-15 13:00", "cancel")
    false = (change("05-15 14:00", plan="b"), change("05-15 15:00", plan="a"))
    assert sent(play(script, ended, *false)) == ["05-14 12:00 hello", "05-15 18:00 hello"]


def test_unknown_is_not_seen_false() -> None:
    script = """
        journey j
            when score >= 1 repeatedly
                send email "hello"
    """
    news = (change("05-15 13:00", score=None), change("05-15 14:00", score=2))
    assert sent(play(script, *news, score=2)) == ["05-14 12:00 hello"]


def test_repeatedly_fires_at_most_once_a_day_and_then_if_it_still_holds() -> None:
    script = """
        journey j
            when plan = "a" repeatedly
                send email "hello"
    """
    toggle = (change("05-14 13:00", plan="b"), change("05-14 14:00", plan="a"))
    assert sent(play(script, *toggle)) == ["05-14 12:00 hello", "05-15 00:00 hello"]
    gone = change("05-14 15:00", plan="c")
    assert sent(play(script, *toggle, gone)) == ["05-14 12:00 hello"]


def test_at_most_once_a_day_is_of_the_trigger_through_all_its_entry_points() -> None:
    script = """
        journey j
            on visit
            also when plan = "b"
            also when score >= 10 at most every 2 days
                send email "hello"
    """
    conditions = (change("05-14 13:00", plan="b"), change("05-15 13:00", score=20))
    assert sent(play(script, *conditions)) == ["05-14 13:00 hello", "05-16 13:00 hello"]
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit, change("05-14 15:00", plan="b"))) == ["05-14 13:00 hello", "05-15 00:00 hello"]


def test_a_condition_gives_way_to_an_event_of_its_tick() -> None:
    script = """
        journey j
            on visit
            also when plan = "b"
                send email "hello"
    """
    news = (event("05-14 13:00", "visit"), change("05-14 13:00", plan="b"))
    assert sent(play(script, *news)) == ["05-14 13:00 hello", "05-15 00:00 hello"]
    assert sent(play(script, *news, change("05-14 18:00", plan="c"))) == ["05-14 13:00 hello"]


def test_at_most_once_a_day_holds_across_runs() -> None:
    toggle = (change("05-14 13:00", plan="b"), change("05-14 14:00", plan="a"))
    ended = event("05-14 13:30", "cancel")
    assert sent(play(LATCHED, *toggle, ended)) == ["05-14 12:00 hello", "05-15 00:00 hello"]


def test_at_most_every_says_otherwise() -> None:
    script = """
        journey j
            when plan = "a" repeatedly at most every 3 hours
                send email "hello"
    """
    toggle = (change("05-14 13:00", plan="b"), change("05-14 14:00", plan="a"))
    assert sent(play(script, *toggle)) == ["05-14 12:00 hello", "05-14 15:00 hello"]


def test_for_counts_from_the_tick_that_first_saw_it_true() -> None:
    script = """
        journey j
            when score >= 1 for 1 hour
                send email "hello"
    """
    assert sent(play(script, change("05-14 13:00:20", score=1))) == ["05-14 14:01 hello"]
    false = (change("05-14 13:00", score=1), change("05-14 13:30", score=0), change("05-14 13:40", score=1))
    assert sent(play(script, *false)) == ["05-14 14:40 hello"]
    unknown = (change("05-14 13:00", score=1), change("05-14 13:30", score=None), change("05-14 13:40", score=1))
    assert sent(play(script, *unknown)) == ["05-14 14:40 hello"]


def test_for_counts_within_one_run() -> None:
    script = """
        journey j
            exit on cancel
            reenter always
            when score >= 1 for 1 hour
                send email "hello"
    """
    assert sent(play(script, event("05-14 12:30", "cancel"), score=1)) == ["05-14 13:31 hello"]


def test_a_trigger_fires_once_a_tick_however_many_entry_points_hold() -> None:
    script = """
        journey j
            when plan = "a"
            also when consent_email
                send email "hello"
    """
    messages = sent(play(script))
    assert messages.count("05-14 12:00 hello") == 1


def test_on_fires_once_for_an_event_however_many_entry_points_it_meets() -> None:
    script = """
        journey j
            on visit
            also on visit where plan = "a"
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit"))) == ["05-14 13:00 hello"]


@pytest.mark.parametrize(
    ("backlog", "imported", "messages"),
    [
        ("backlog skip", True, []),
        ("backlog skip", False, ["05-14 12:00 hello"]),
        ("backlog include", True, ["05-14 12:00 hello"]),
    ],
)
def test_backlog(backlog: str, imported: bool, messages: list[str]) -> None:
    script = f"""
        journey j
            {backlog}
            when plan = "a"
                send email "hello"
    """
    assert sent(play(script, imported=imported)) == messages


def test_who_was_skipped_fires_in_a_later_run_after_it_was_false() -> None:
    script = LATCHED.replace("reenter always", "reenter always\n        backlog skip")
    false = (change("05-15 10:00", plan="b"), change("05-15 11:00", plan="a"))
    outcome = play(script, *false, event("05-15 13:00", "cancel"), imported=True)
    assert sent(outcome) == ["05-15 13:01 hello"]


# ---- on


def test_an_event_counts_once_for_its_id_and_the_first_wins() -> None:
    script = """
        journey j
            on visit
                send email "hello"
            on purchase
                send email "again"
    """
    first = event("05-14 13:00", "visit", id="e")
    assert sent(play(script, first, event("05-14 14:00", "visit", id="e"))) == ["05-14 13:00 hello"]
    assert sent(play(script, first, event("05-14 13:00", "purchase", id="e"))) == ["05-14 13:00 hello"]


def test_an_event_from_the_future_happened_when_it_arrived() -> None:
    script = """
        journey j
            on visit
                wait 1 hour
                if any(visit in last 2 hours)
                    send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit", happened="05-19 13:00"))) == ["05-14 14:00 hello"]
    gone = script.replace("wait 1 hour", "wait 3 hours")
    assert sent(play(gone, event("05-14 13:00", "visit", happened="05-14 20:00"))) == []


def test_an_event_that_is_too_old_updates_data_and_exits_but_starts_nothing() -> None:
    script = """
        journey j
            reenter never
            exit on cancel
            on visit
                send email "hello"
            when any(visit)
                send email "again"
            when plan = "a"
                wait 2 days
                send email "bye"
    """
    late = event("05-15 14:00", "visit", happened="05-14 13:00")
    assert sent(play(script, late)) == ["05-15 14:00 again", "05-16 12:00 bye"]
    in_time = event("05-15 13:00", "visit", happened="05-14 13:00")
    assert sent(play(script, in_time)) == ["05-15 13:00 hello", "05-15 13:00 again", "05-16 12:00 bye"]
    assert sent(play(script, event("05-15 14:00", "cancel", happened="05-14 13:00"))) == []


def test_late_up_to_bounds_how_old_an_event_may_be() -> None:
    script = """
        journey j
            late up to 1 hour
            on visit
                send email "hello"
    """
    assert sent(play(script, event("05-14 15:00", "visit", happened="05-14 14:00"))) == ["05-14 15:00 hello"]
    assert sent(play(script, event("05-14 15:00", "visit", happened="05-14 13:59"))) == []


def test_imported_events_start_nothing() -> None:
    script = """
        journey j
            on visit
                send email "hello"
    """
    past = event("05-14 11:00", "visit")
    assert sent(play(script, past=(past,))) == ["05-14 12:00 hello"]
    assert isinstance(past.item, Event)
    imported = evolve(past, item=evolve(past.item, imported=True))
    assert sent(play(script, past=(imported,), imported=True)) == []


def test_a_cycle_of_emitted_events_ends() -> None:
    script = """
        journey j
            on visit
                emit ping
            on ping where plan = "a"
                send email "hello"
                emit ping
    """
    messages = sent(play(script, event("05-14 13:00", "visit")))
    assert messages == [f"05-14 13:0{i} hello" for i in range(1, 6)]


def test_an_outage_is_one_tick_and_what_flickered_meanwhile_is_lost() -> None:
    script = """
        journey j
            when plan = "b"
                send email "hello"
            on visit
                send email "again"
    """
    news = (change("05-14 13:00", plan="b"), change("05-14 14:00", plan="a"), event("05-14 14:30", "visit"))
    outage = Manner(outage=(at("05-14 12:30"), at("05-14 15:00")))
    assert sent(play(script, *news, manner=outage)) == ["05-14 15:00 again"]
    minutes = Manner(extra=every_minute(at("05-14 12:00"), at("05-14 16:00")), everyone=True)
    for manner in (DUE, minutes):
        assert sent(play(script, *news, manner=manner)) == ["05-14 13:00 hello", "05-14 14:30 again"]
