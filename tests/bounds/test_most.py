"""The most that one contact can get, for scripts whose number is reckoned by hand."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from tests.checker.support import check_text
from tests.house.repository import ROOT
from wend.data.population import open_with_data
from wend.dsl.ast import QuotaUnit
from wend.dsl.bounds.most import most_of
from wend.dsl.bounds.stretch import fewest_days
from wend.dsl.bounds.tell import most_text
from wend.dsl.period import Period
from wend.dsl.program import Program
from wend.playing import Period as Days
from wend.playing import play
from wend.runtime.calendar import add_to_date
from wend.runtime.effects import Send


def program(text: str) -> Program:
    made = check_text(text).program
    assert made is not None
    return made


def told(text: str, unit: QuotaUnit = QuotaUnit.MONTH, channel: str = "email") -> str:
    (each,) = most_of(program(text), channel, unit).journeys
    return most_text(each.most)


RUNS = "journey j\n    exit when plan = 1\n    reenter always\n"


@pytest.mark.parametrize(
    ("script", "a_month", "a_day"),
    [
        ('when a = 1 send email "x"', "1", "1"),
        (f'{RUNS}    when a = 1\n        send email "x"', "31", "1"),
        (f'{RUNS}    limit 2 email per 7 days\n    when a = 1\n        send email "x"', "10", "1"),
        (f'{RUNS}    limit 1 email per 1 month\n    when a = 1\n        send email "x"', "1", "1"),
        (f'{RUNS}    limit 1 email per 30 days\n    on cart\n        send email "x"', "2", "1"),
        (f'{RUNS}    limit 5 email per 1 hour\n    on cart\n        send email "x"', "3_725", "125"),
        (f'{RUNS}    when a = 1 for 10 days\n        send email "x"', "4", "1"),
        (f'{RUNS}    on entry\n        send email "x"', "31", "1"),
        ('journey j\n    on entry\n        send email "x"', "1", "1"),
        (f'{RUNS.replace("always", "after 10 days")}    on entry\n        send email "x"', "4", "1"),
        ('journey j\n    when a = 1 repeatedly at most every 10 days\n        send email "x"', "4", "1"),
        ('journey j\n    when a = 1 repeatedly\n        send email "x"\n        wait 10 days', "4", "1"),
        ('journey j\n    on cart\n        send email "x"\n        wait 10 days', "4", "1"),
        (
            'journey j\n    on cart\n        wait 1 hour\n        send email "x"',
            "1 for each `cart`",
            "1 for each `cart`",
        ),
        (
            'journey j\n    on cart as c per c.id\n        send email "x"\n        wait 9 days\n        send email "y"',
            "2 for each `cart`",
            "1 for each `cart`",
        ),
        ('journey j\n    on contact_created\n        send email "x"', "1", "1"),
        (
            'journey j\n    on change of plan\n        send email "x"',
            "1 for each change of `plan`",
            "1 for each change of `plan`",
        ),
        ('journey j\n    when 3 days before ends\n        send email "x"', "1", "1"),
        ('journey j\n    when 3 days before next_anniversary(born)\n        send email "x"', "1", "1"),
        ('journey j\n    every monday at 9am\n        send email "x"', "5", "1"),
        ('journey j\n    every weekday at 9am\n        send email "x"', "23", "1"),
        ('journey j\n    every 2 weeks on monday, friday\n        send email "x"', "5", "1"),
        ('journey j\n    every month on day 31\n        send email "x"', "1", "1"),
        ('journey j\n    every 3 months from signup\n        send email "x"', "1", "1"),
        ('journey j\n    every year 7 days before born\n        send email "x"', "1", "1"),
        ('journey j\n    every 10 days\n        send email "x"', "4", "1"),
        # Sunday's is held until Monday, where Monday's comes too: found by a generated program
        (
            'journey j\n    send between 12am and 0:30 on weekday\n    every day at 12am\n        send email "x"',
            "32",
            "2",
        ),
        ('journey j\n    once on 2027-03-01\n        send email "x"', "1", "1"),
        ('journey j\n    active from 2027-03-01 until 2027-03-08\n    every day\n        send email "x"', "7", "1"),
        ('journey j\n    when a = 1\n        repeat up to 9 times every 7 days\n            send email "x"', "5", "1"),
        ('journey j\n    when a = 1\n        repeat up to 3 times every 1 hour\n            send email "x"', "3", "3"),
        (
            'journey j\n    when a = 1\n        if b = 1\n            send email "x"\n            send email "y"\n'
            '        else\n            send email "z"',
            "2",
            "2",
        ),
        (
            'journey j\n    every monday\n        send email "x"\n        wait up to 3 days for visit\n        else\n'
            '            send email "y"',
            "10",
            "2",
        ),
        (
            "journey j\n    when a = 1\n"
            + "".join(f'        send email "x{n}"\n        wait 14 days\n' for n in range(6)),
            "3",
            "1",
        ),
    ],
)
def test_the_most_of_one_journey(script: str, a_month: str, a_day: str) -> None:
    settings = 'settings\n    timezone "Europe/Paris"\n\n'
    assert told(settings + script) == a_month
    assert told(settings + script, QuotaUnit.DAY) == a_day


def test_rounds_that_take_turns_are_counted_together() -> None:
    """A round may end with a message, and the next begin with one."""
    script = """journey j
    when a = 1
        repeat up to 2 times
            if b = 1
                send email "x"
                wait 10 days
            else
                wait 10 days
                send email "y"
"""
    assert told(script, QuotaUnit.DAY) == "2"


def test_limits_of_settings_bound_all_journeys_but_transactional_ones() -> None:
    script = """settings
    limit 1 email per 7 days

journey a
    every day
        send email "x"

journey b
    every day
        send email "y"

journey c
    transactional
    every monday
        send email "z"
"""
    most = most_of(program(script), "email", QuotaUnit.MONTH)
    assert most.bound == 5 + 5
    assert {each.journey.name: each.most.bound for each in most.journeys} == {"a": 31, "b": 31, "c": 5}


def test_months_are_as_short_as_they_can_be() -> None:
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(4 * 366)]
    for months in range(1, 25):
        found = [later - day for day in days if (later := add_to_date(day, Period(months=months))) is not None]
        assert fewest_days(Period(months=months)) <= min(found).days
        assert months > 12 or fewest_days(Period(months=months)) == min(found).days


@pytest.mark.parametrize(
    ("example", "first", "last"),
    [
        ("winback", dt.date(2026, 1, 1), dt.date(2028, 6, 30)),
        ("newsletter", dt.date(2026, 3, 1), dt.date(2026, 5, 31)),
    ],
)
def test_nobody_of_an_example_gets_more(example: str, first: dt.date, last: dt.date) -> None:
    workspace, population = open_with_data(Path(ROOT / "examples" / example))
    most = most_of(workspace.sound(), "email", QuotaUnit.MONTH).bound
    sent: list[Send] = []
    play(workspace, population, Days(first, last), on_message=sent.append)
    dates = [(each.identity.contact, workspace.project.zone.date(each.at)) for each in sent]
    months = Counter((contact, date.year, date.month) for contact, date in dates)
    assert 1 <= max(months.values()) <= most
