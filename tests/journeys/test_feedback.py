"""Journeys that start themselves or one another again: no circle goes on for ever, and what is meant to recur does."""

import datetime as dt

import pytest

from tests.laws.scripts import change, event, noted, play, sent
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
