"""Journeys that start, stop and look at one another; changes, launches, exits, hold-outs: each in a small script."""

from tests.laws.scripts import change, event, noted, play, sent
from wend.runtime.hashing import share


def test_a_change_fires_at_the_tick_that_sees_it_and_only_for_the_values_told() -> None:
    script = """
        journey j
            on change of plan from "a" to "b"
                send email "hello"
    """
    to_b = change("05-14 13:00", plan="b")
    assert sent(play(script, to_b)) == ["05-14 13:00 hello"]
    assert sent(play(script, change("05-14 13:00", plan="c"), change("05-14 14:00", plan="b"))) == []
    # Away and back, then again: each change is one firing.
    back = change("05-14 14:00", plan="a")
    again = change("05-14 15:00", plan="b")
    assert sent(play(script, to_b, back, again)) == ["05-14 13:00 hello", "05-14 15:00 hello"]


def test_the_first_look_of_a_run_only_remembers_the_value() -> None:
    script = """
        journey j
            audience contacts where consent_email
            on change of plan
                send email "hello"
    """
    outside = change("05-14 13:00", consent_email=True, plan="b")
    assert sent(play(script, outside, consent_email=False)) == []
    later = change("05-14 14:00", plan="c")
    assert sent(play(script, outside, later, consent_email=False)) == ["05-14 14:00 hello"]


def test_a_value_that_becomes_known_or_unknown_has_changed() -> None:
    script = """
        journey j
            on change of score
                send email "hello"
    """
    assert sent(play(script, change("05-14 13:00", score=3))) == ["05-14 13:00 hello"]
    assert sent(play(script, change("05-14 13:00", score=None), score=3)) == ["05-14 13:00 hello"]
    assert sent(play(script, change("05-14 13:00", score=3), score=3)) == []


def test_a_journey_starts_another_at_the_next_tick() -> None:
    script = """
        journey first
            on visit
                start journey second
        journey second
            on request
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit"))) == ["05-14 13:01 hello"]


def test_a_request_reaches_only_the_journey_it_names() -> None:
    script = """
        journey first
            on request
                send email "first"
        journey second
            on request
                send email "second"
    """
    asked = event("05-14 13:00", "journey_requested", journey="second")
    assert sent(play(script, asked)) == ["05-14 13:00 second"]


def test_a_journey_stops_the_run_of_another() -> None:
    script = """
        journey first
            on cancel
                stop journey second
        journey second
            reenter never
            on visit
                wait 1 hour
                send email "hello"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit)) == ["05-14 14:00 hello"]
    stopped = play(script, visit, event("05-14 13:30", "cancel"))
    assert sent(stopped) == []
    assert noted(stopped, "exited") == ["05-14 13:31 exit on"]


def test_in_journey_is_true_while_a_path_is_under_way() -> None:
    script = """
        journey busy
            on visit
                wait 1 hour
        journey j
            audience contacts where not in journey busy
            on cancel
                send email "hello"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit, event("05-14 13:30", "cancel"))) == []
    assert sent(play(script, visit, event("05-14 14:30", "cancel"))) == ["05-14 14:30 hello"]


def test_once_at_launch_is_for_who_is_there_then() -> None:
    script = """
        journey j
            audience contacts where consent_email
            once at launch
                send email "hello"
    """
    assert sent(play(script, imported=True)) == ["05-14 12:00 hello"]
    assert sent(play(script, imported=False)) == []  # somebody new, not somebody who was there
    joins = change("05-14 13:00", consent_email=True)
    assert sent(play(script, joins, imported=True, consent_email=False)) == []


def test_nobody_enters_from_the_first_moment_of_entry_until_on() -> None:
    script = """
        journey j
            audience contacts where consent_email
            entry until 2024-05-15
            on visit
                send email "hello"
    """
    before = change("05-14 23:59", consent_email=True)
    assert sent(play(script, before, event("05-15 09:00", "visit"), consent_email=False)) == ["05-15 09:00 hello"]
    at_midnight = change("05-15 00:00", consent_email=True)
    assert sent(play(script, at_midnight, event("05-15 09:00", "visit"), consent_email=False)) == []


def test_on_exit_does_data_steps_whatever_ended_the_run() -> None:
    script = """
        journey j
            reenter never
            exit when plan = "b"
            exit on cancel
            on visit
                exit
            on exit
                add tag "gone"
        journey listener
            on tag_added where tag = "gone"
                send email "bye"
    """
    for end in (change("05-14 13:00", plan="b"), event("05-14 13:00", "cancel"), event("05-14 13:00", "visit")):
        assert sent(play(script, end)) == ["05-14 13:01 bye"], end


def test_tags_and_lists_of_a_journey_are_events_of_the_next_tick() -> None:
    script = """
        journey j
            on visit
                add to list "news"
                remove tag "old"
        journey listener
            on list_joined where list = "news"
                send email "joined"
            on tag_removed where tag = "old"
                send email "removed"
    """
    outcome = play(script, event("05-14 13:00", "visit"), tags=("old",))
    assert sorted(sent(outcome)) == ["05-14 13:01 joined", "05-14 13:01 removed"]
    # What is there already is not added again, what is not there not removed: no event.
    assert sent(play(script, event("05-14 13:00", "visit"), lists=("news",))) == []


def test_who_is_held_out_gets_nothing_and_is_the_same_every_time() -> None:
    script = """
        journey j
            hold out 30%
            on visit
                send email "hello"
    """
    people = tuple(f"p{number}" for number in range(200))
    outcome = play(script, *(event("05-14 13:00", "visit", who=who) for who in people), people=people, hours=2)
    left_out = {who for who in people if not sent(outcome, who)}
    assert left_out == {who for who in people if share("hold out", "j", who) < 0.3}
    assert 40 <= len(left_out) <= 80  # 60 of 200 expected; 3 standard deviations are 19
