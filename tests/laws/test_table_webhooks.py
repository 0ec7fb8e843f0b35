"""The rows of the table on calls of web services and their answers, each said by a small script."""

import pytest

from tests.laws.harness import Outcome
from tests.laws.scripts import event, noted, play, sent
from wend.runtime.delivery.calls import message_of_call
from wend.runtime.effects import Called

ASKED = """
    journey j
        on visit as cause per cause.page
            call webhook "score" with page = cause.page as answer
            wait up to 1 hour until answer.score is known
            else
                send email "bye"
                stop
            if answer.score >= 70
                send email "hello"
            else
                send email "again"
"""
VISIT = event("05-14 13:00", "visit", page="a")


def calls(outcome: Outcome) -> list[Called]:
    """The calls, in order."""
    return [act.effect for act in outcome.acts["c1"] if isinstance(act.effect, Called)]


def test_an_answer_is_unknown_until_it_has_come() -> None:
    assert sent(play(ASKED, VISIT)) == ["05-14 14:00 bye"]
    for score, template in ((70, "hello"), (69, "again")):
        answer = event("05-14 13:20", "webhook_answered", webhook="score", score=score)
        assert sent(play(ASKED, VISIT, answer)) == [f"05-14 13:20 {template}"]


def test_a_call_is_traced_and_has_an_identity() -> None:
    outcome = play(ASKED, VISIT, event("05-14 13:30", "visit", page="b"))
    first, second = calls(outcome)
    assert first.identity.key != second.identity.key
    assert (first.webhook, dict(first.values), dict(second.values)) == ("score", {"page": "a"}, {"page": "b"})
    assert noted(outcome, "called") == ["05-14 13:00", "05-14 13:30"]
    assert message_of_call(first).key == first.identity.key


def test_an_answer_names_its_call_by_the_key() -> None:
    visits = (VISIT, event("05-14 13:30", "visit", page="b"))
    first, second = (each.identity.key for each in calls(play(ASKED, *visits)))
    for key, expected in ((first, ["hello", "bye"]), (second, ["bye", "hello"])):
        answer = event("05-14 13:40", "webhook_answered", call=key, score=80)
        outcome = play(ASKED, *visits, answer)
        by_path = sorted((send.identity.cause, send.template) for send in outcome.sends)
        assert [template for _, template in by_path] == expected


def test_an_answer_that_came_before_the_call_is_not_for_it() -> None:
    early = event("05-14 13:20", "webhook_answered", happened="05-14 12:59", webhook="score", score=80)
    assert sent(play(ASKED, VISIT, early)) == ["05-14 14:00 bye"]


@pytest.mark.parametrize(("failed", "template"), [(True, "bye"), (False, "hello")])
def test_a_call_that_was_given_up_has_failed(failed: bool, template: str) -> None:
    script = """
        journey j
            on visit
                call webhook "score" as answer
                wait up to 1 hour until answer.failed is known
                if answer.failed
                    send email "bye"
                else
                    send email "hello"
    """
    answer = event("05-14 13:20", "webhook_answered", webhook="score", failed=failed)
    assert sent(play(script, VISIT, answer)) == [f"05-14 13:20 {template}"]


def test_a_wait_on_the_answer_to_a_call_that_was_not_made_is_skipped() -> None:
    script = """
        journey j
            on visit as cause
                if cause.page = "b"
                    call webhook "score" as answer
                wait up to 1 hour until answer.score is known
                else
                    send email "bye"
                send email "again"
    """
    assert sent(play(script, VISIT)) == ["05-14 13:00 again"]


def test_the_header_sees_the_answer_to_the_latest_call_of_the_run() -> None:
    script = """
        journey j
            exit when answer.score < 10
            reenter never
            on visit
                call webhook "score" as answer
                wait 2 hours
                send email "hello"
    """
    low, high = (event("05-14 13:20", "webhook_answered", webhook="score", score=score) for score in (5, 50))
    assert noted(play(script, VISIT, low), "exited") == ["05-14 13:20 exit when"]
    assert sent(play(script, VISIT, high)) == ["05-14 15:00 hello"]


def test_an_answer_is_as_deep_as_its_call() -> None:
    script = """
        journey j
            on visit
                call webhook "score"
            on webhook_answered
                call webhook "score"
    """
    answers = [event(f"05-14 13:{minute}", "webhook_answered", webhook="score") for minute in range(10, 30, 2)]
    outcome = play(script, VISIT, *answers)
    assert len(calls(outcome)) == 5
    assert noted(outcome, "dropped")[0] == "05-14 13:18 depth"


def test_what_is_told_of_messages_is_never_about_a_call() -> None:
    script = """
        journey j
            on visit
                send email "hello" as first
                call webhook "score" as answer
                wait 1 hour
                if first.opened
                    send email "again"
    """
    opened = event("05-14 13:20", "message_opened", label="answer")
    assert sent(play(script, VISIT, opened)) == ["05-14 13:00 hello"]


def test_in_a_hold_out_nothing_is_called() -> None:
    script = """
        journey j
            hold out 100%
            on visit
                call webhook "score"
    """
    assert calls(play(script, VISIT)) == []
