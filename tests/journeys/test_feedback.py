"""Journeys that start themselves or one another again: no circle goes on for ever, and what is meant to recur does."""

import datetime as dt

import pytest

from tests.laws.scripts import change, event, noted, play, sent
from wend.runtime.tick.feedback import DEEPEST
from wend.runtime.values import UTC

MOST = 6
"""How often a trigger fires in a circle through itself: once from outside, and five times by itself."""


def test_a_change_that_changes_its_own_field_ends() -> None:
    script = """
        journey j
            on change of score
                send email "hello"
                set score = score + 1
    """
    outcome = play(script, change("05-14 13:00", score=1), score=0)
    assert sent(outcome) == [f"05-14 13:0{minute} hello" for minute in range(MOST)]
    assert noted(outcome, "dropped") == ["05-14 13:06 depth"]
    assert outcome.contacts["c1"].fields["score"] == 7  # what is written is written


def test_what_comes_from_outside_begins_anew() -> None:
    script = """
        journey j
            on change of score
                send email "hello"
                set score = score + 1
    """
    outcome = play(script, change("05-14 13:00", score=1), change("05-14 14:00", score=1), score=0)
    assert len(sent(outcome)) == 2 * MOST


def test_journeys_that_change_a_field_back_and_forth_end() -> None:
    script = """
        journey one
            on change of plan to "b"
                send email "hello"
                set plan = "a"
        journey two
            on change of plan to "a"
                set plan = "b"
    """
    outcome = play(script, change("05-14 13:00", plan="b"), plan="c")
    assert len(sent(outcome)) == MOST // 2
    assert noted(outcome, "dropped") == ["05-14 13:06 depth"]


def test_tags_that_come_and_go_end_and_it_is_reported() -> None:
    script = """
        journey one
            on tag_added where tag = "t"
                send email "hello"
                remove tag "t"
        journey two
            on tag_removed where tag = "t"
                add tag "t"
    """
    added = event("05-14 13:00", "tag_added", tag="t")
    outcome = play(script, added, tags=("t",))
    assert len(sent(outcome)) == MOST // 2
    assert noted(outcome, "dropped") == ["05-14 13:05 depth"]


def test_a_change_of_a_value_that_comes_from_emitted_events_is_as_deep_as_they_are() -> None:
    schema = """
        journey one
            on change of stage
                send email "hello"
                emit ping

        define stage = count(ping)
    """
    outcome = play(schema, event("05-14 13:00", "ping"))
    assert len(sent(outcome)) == MOST


def test_a_run_that_ends_and_begins_through_its_own_exit_ends() -> None:
    script = """
        journey one
            reenter always
            exit on ping
            on exit
                emit cancel
        journey two
            on cancel
                send email "hello"
                emit ping
    """
    assert len(sent(play(script, event("05-14 13:00", "ping")))) == MOST // 2


def test_exit_when_is_as_deep_as_what_it_reads() -> None:
    script = """
        journey one
            reenter always
            exit when plan = "b"
            on exit
                set plan = "a"
        journey two
            on change of plan to "a"
                send email "hello"
                set plan = "b"
    """
    assert len(sent(play(script, change("05-14 13:00", plan="b"), plan="a"))) == MOST // 2


def test_a_date_that_a_path_moves_on_by_minutes_ends() -> None:
    script = """
        journey j
            when 1 minute after due
                send email "hello"
                set due = now
    """
    assert len(sent(play(script, due=dt.datetime(2024, 5, 14, 12, 30, tzinfo=UTC)))) == MOST


@pytest.mark.parametrize(
    "body",
    [
        # The date of the next turn, moved on by the turn itself.
        """
            when 0 days after signup at 9am
                send email "hello"
                set signup = today + 2 days
        """,
        # A path that waits between the change and what it writes.
        """
            on change of score
                send email "hello"
                wait 2 days
                set score = score + 1
        """,
    ],
)
def test_what_recurs_after_more_than_a_day_goes_on(body: str) -> None:
    script = f"""
        journey j
{body}
    """
    first = change("05-15 08:00", score=1)
    outcome = play(script, first, signup=dt.date(2024, 5, 15), score=0, hours=24 * 30)
    assert len(sent(outcome)) == 15
    assert noted(outcome, "dropped") == []


def test_on_entry_fires_once_a_day_and_the_next_day_for_a_run_that_began_sooner() -> None:
    script = """
        journey j
            audience contacts where consent_email
            reenter always
            exit on cancel
            on entry
                send email "hello"
    """
    again = event("05-14 13:00", "cancel")
    assert sent(play(script, again)) == ["05-14 12:00 hello", "05-15 00:00 hello"]
    # That run has ended when the day is over: only the last is greeted.
    ends = event("05-14 14:00", "cancel")
    outside = change("05-14 13:30", consent_email=False)
    back = change("05-16 09:00", consent_email=True)
    assert sent(play(script, again, ends, outside, back)) == ["05-14 12:00 hello", "05-16 09:00 hello"]
    assert sent(play(script, again, ends)) == ["05-14 12:00 hello", "05-15 00:00 hello"]


def test_a_run_that_exits_at_once_sends_once_a_day() -> None:
    script = """
        journey j
            reenter always
            on entry
                send email "hello"
                exit
    """
    assert sent(play(script, hours=59)) == ["05-14 12:00 hello", "05-15 00:00 hello", "05-16 00:00 hello"]


# ---- conditions that may fire several times a day


ROUND = {
    "fields": """
        journey j
            when plan = "a" repeatedly at most every 1 minute
                send email "hello"
                set plan = "b"
            when plan = "b" repeatedly at most every 1 minute
                set plan = "a"
    """,
    "tags": """
        journey j
            when "t" not in tags repeatedly at most every 1 minute
                send email "hello"
                add tag "t"
            when "t" in tags repeatedly at most every 1 minute
                remove tag "t"
    """,
    "one path": """
        journey j
            when plan = "a" for 1 minute repeatedly at most every 1 minute
                send email "hello"
                set plan = "b"
                wait 1 minute
                set plan = "a"
    """,
    "its own message": """
        journey j
            when first.sent_at is unknown or now >= first.sent_at + 2 minutes repeatedly at most every 1 minute
                send email "hello" as first
    """,
    "a path of another journey": """
        journey j
            when not in journey two repeatedly at most every 1 minute
                start journey two
        journey two
            on request
                send email "hello"
                wait 1 minute
    """,
    "its own run": """
        journey j
            reenter always
            when now > entry at most every 1 minute
                send email "hello"
                exit
    """,
}


@pytest.mark.parametrize("script", ROUND.values(), ids=ROUND)
def test_a_condition_that_goes_round_ends(script: str) -> None:
    assert 2 <= len(sent(play(script, hours=10))) <= MOST


def test_a_condition_that_went_round_fires_again_for_what_comes_from_outside() -> None:
    outcome = play(ROUND["fields"], change("05-14 15:00", plan="c"), change("05-14 16:00", plan="a"), hours=10)
    times = sent(outcome)
    assert len(times) == MOST
    assert times[MOST // 2] == "05-14 16:00 hello"
    assert noted(outcome, "dropped") == ["05-14 12:06 depth", "05-14 16:06 depth"]


def test_a_condition_from_outside_fires_as_often_as_it_says() -> None:
    script = """
        journey j
            when score >= 1 repeatedly at most every 1 minute
                send email "hello"
    """
    changes = [change(f"05-14 13:{minute:02}", score=minute % 2) for minute in range(40)]
    assert len(sent(play(script, *changes, score=0))) == 20


def test_a_run_that_would_end_at_once_does_not_begin() -> None:
    script = """
        journey one
            reenter always
            exit when not any(visit since entry)
            on exit
                emit ping
            on visit
                send email "hello"
        journey two
            on ping
                send sms "bye"
    """
    outcome = play(script, event("05-14 13:00", "visit"), hours=48)
    assert sent(outcome) == []
    assert noted(outcome, "entered") == ["05-14 12:00"]  # the journey without an `exit when`
    assert outcome.steps <= 4


def test_what_runs_that_end_by_themselves_emit_is_bounded_each_day() -> None:
    script = """
        journey one
            reenter always
            exit when now > entry
            on exit
                set score = (score otherwise 0) + 1
                emit ping
        journey two
            on ping
                send email "hello"
    """
    outcome = play(script, start="2024-05-14 23:00", hours=2)
    days = [line.split()[0] for line in sent(outcome)]
    assert (days.count("05-14"), days.count("05-15")) == (DEEPEST, DEEPEST)
    assert outcome.contacts["c1"].fields["score"] == 60  # what is written is written
