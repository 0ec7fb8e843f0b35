"""Places where something nearly the same has to count as the same, or as just before."""

import datetime as dt

import pytest

from tests.laws.scripts import change, event, play, sent


def test_what_a_tick_took_in_came_before_what_it_started_without_an_event() -> None:
    script = """
        journey j
            when any(purchase)
                if any(purchase since entry)
                    send email "another"
                else
                    send email "first"
    """
    bought = event("05-14 13:00", "purchase", amount=1, channel="web")
    assert sent(play(script, bought)) == ["05-14 13:00 first"]


@pytest.mark.parametrize("day", ["1 day after today", "24 hours after now"])
def test_today_and_now_of_a_wait_are_those_of_the_tick_that_reached_it(day: str) -> None:
    script = f"""
        journey j
            on visit
                wait until {day} at 9am
                else
                    send email "past"
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit"), hours=96)) == ["05-15 09:00 hello"]


def test_new_data_moves_what_is_waited_for() -> None:
    script = """
        journey j
            on visit
                wait until 1 day after signup at 9am
                else
                    send email "past"
                send email "hello"
    """
    first = (event("05-14 13:00", "visit"), change("05-14 12:30", signup=None))
    moved = change("05-15 08:00", signup=None)
    assert sent(play(script, *first)) == ["05-14 13:00 past", "05-14 13:00 hello"]
    told = change("05-14 12:30", signup=dt.date(2024, 5, 15))
    later = change("05-15 08:00", signup=dt.date(2024, 5, 16))
    assert sent(play(script, first[0], told, hours=96)) == ["05-16 09:00 hello"]
    assert sent(play(script, first[0], told, later, hours=96)) == ["05-17 09:00 hello"]
    assert sent(play(script, first[0], told, moved, hours=96)) == ["05-15 08:00 past", "05-15 08:00 hello"]


@pytest.mark.parametrize("written", ["Ana@Shop.example", " ana@shop.example ", "ANA@SHOP.EXAMPLE"])
def test_an_address_is_suppressed_however_it_is_written(written: str) -> None:
    script = """
        journey j
            on visit
                send email "hello"
    """
    gone = event("05-14 12:30", "message_unsubscribed", channel="email", address=written)
    for own in ("ana@shop.example", "aNA@shop.Example"):
        outcome = play(script, gone, event("05-14 13:00", "visit"), email=own)
        assert sent(outcome) == []


def test_a_key_that_is_a_number_is_the_same_however_it_is_written() -> None:
    script = """
        journey j
            on purchase once per amount
                send email "hello"
    """
    whole = event("05-14 13:00", "purchase", amount=17, channel="web")
    pointed = event("05-14 14:00", "purchase", amount=17.0, channel="web")
    other = event("05-14 15:00", "purchase", amount=17.5, channel="web")
    assert sent(play(script, whole, pointed, other)) == ["05-14 13:00 hello", "05-14 15:00 hello"]


def test_two_conditions_of_one_trigger_fire_on_two_days() -> None:
    script = """
        journey j
            when plan = "a"
            also when consent_email
                send email "hello"
    """
    assert sent(play(script)) == ["05-14 12:00 hello", "05-15 00:00 hello"]


def test_two_dates_of_one_trigger_that_fall_together_fire_once() -> None:
    script = """
        journey j
            every day at 1pm
            also every tuesday at 1pm
                send email "hello"
    """
    assert sent(play(script, hours=20)) == ["05-14 13:00 hello"]
