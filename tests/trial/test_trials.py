"""`test` blocks: what they accept, and that each expectation can fail."""

import datetime as dt

import pytest

from wend.dsl.checker import check
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.effects import Facts, Send
from wend.runtime.play.trial import TestResult, run_test
from wend.runtime.rules import Rules
from wend.runtime.state import NEW
from wend.runtime.tick.step import step
from wend.stdlib import FUNCTIONS, signatures

PROGRAM = """
contact
    email text
    plan "free" | "paid"
    consent_email boolean

event purchase
    amount number

settings
    timezone "Europe/Paris"
    consent email when consent_email

journey welcome
    reenter never
    exit when plan = "paid"
    on purchase
        split subject
            variant short 50%
                send email "short"
            variant long 50%
                send email "long"
        wait 3 days
        send email "later"

journey other
    on purchase
        send email "noise"
"""

GIVEN = '    given email = "a@mail.example", plan = "free", consent_email = true\n'


def trial(lines: str, given: str = GIVEN, program: str = PROGRAM) -> TestResult:
    body = "".join(f"    {line.strip()}\n" for line in lines.strip().splitlines())
    source = Source("a.journey", f'{program}\ntest "it" for welcome\n{given}{body}')
    parsed = parse(source)
    assert not parsed.diagnostics
    checked = check([(source, parsed.file)], signatures())
    assert checked.program is not None, checked.diagnostics
    (one,) = checked.program.tests
    return run_test(Rules(checked.program, FUNCTIONS), one)


def codes(lines: str) -> list[str]:
    source = Source(
        "a.journey", f'{PROGRAM}\ntest "it" for welcome\n' + "".join(f"    {x}\n" for x in lines.splitlines())
    )
    return [d.code for d in check([(source, parse(source).file)], signatures()).diagnostics]


BOUGHT = "given event purchase at 2026-03-27 9am with amount = 30\nforce subject = long\n"


def test_what_comes_as_expected_passes() -> None:
    result = trial(
        BOUGHT
        + """
        at 2026-03-27 expect email "long"
        at 2026-03-28 expect nothing
        at 2026-03-30 9am expect email "later"
        expect 2 email in total
        """
    )
    assert result.passed, result.failures


def test_a_local_day_is_that_of_the_journey() -> None:
    # 9:00 in Paris before and after the clock goes forward on 29 March: 8:00 and 7:00 UTC.
    result = trial(BOUGHT + 'at 2026-03-30 expect email "later"')
    assert [f"{item.at:%m-%d %H:%M}" for item in result.timeline if "later" in item.what] == ["03-30 07:00"]


@pytest.mark.parametrize(
    ("line", "actual"),
    [
        ("at 2026-03-27 expect nothing", 'email "long"'),
        ('at 2026-03-27 expect email "short"', 'email "long"'),
        ('at 2026-03-27 expect email "long" 2 times', 'email "long"; it came at 2026-03-27 09:00'),
        ('at 2026-03-29 expect email "later"', "nothing; it came at 2026-03-30 09:00"),
        ('at 2026-03-30 10am expect email "later"', "nothing; it came at 2026-03-30 09:00"),
        ("at 2026-03-28 expect exit", "it did not"),
        ('at 2026-03-27 expect skip "consent"', "nothing"),
        ("expect 3 email in total", "1"),
    ],
)
def test_an_expectation_that_is_not_met_says_what_came_instead(line: str, actual: str) -> None:
    later = "" if line.startswith(("expect", "at 2026-03-27", "at 2026-03-28")) else "\nat 2026-03-31 expect nothing"
    (failure,) = trial(BOUGHT + line + later).failures
    assert failure.actual == actual


def test_what_happens_in_a_test_ends_runs_and_skips_messages() -> None:
    result = trial(
        BOUGHT
        + """
        at 2026-03-28 set plan = "paid"
        at 2026-03-28 expect exit
        advance 10 days
        expect 1 email in total
        """
    )
    assert result.passed, result.failures
    refused = trial(
        BOUGHT + 'at 2026-03-27 expect skip "consent"\nexpect 0 email in total',
        '    given email = "a@mail.example", plan = "free", consent_email = false\n',
    )
    assert refused.passed, refused.failures


def test_advance_lets_time_go_on() -> None:
    assert trial(BOUGHT + "expect 1 email in total").passed
    assert trial(BOUGHT + "advance 3 days\nexpect 2 email in total").passed


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("given emial = 3", "W201"),
        ("given plan = 3", "W222"),
        ('given plan = "payd"', "W213"),
        ("given event purchas at 2026-01-01", "W202"),
        ("given event purchase at 2026-01-01 with amout = 3", "W220"),
        ("given event purchase at 2026-01-01 with amount = true", "W222"),
        ("force subjet = long", "W201"),
        ("force subject = lng", "W201"),
        ("at 2026-01-01 force subject = lng", "W201"),
        ("at 2026-01-01 force subjet = long", "W201"),
        ("force subject = nothing", "W201"),
        ('given id = "ana"', "W221"),
        ('at 2026-01-01 set id = "ana"', "W221"),
        ('at 2026-01-01 expect skip "consnt"', "W213"),
        ("given consent_email = true", "W242"),
    ],
)
def test_a_test_that_cannot_be_meant_is_refused(line: str, code: str) -> None:
    more = "" if code == "W242" else "\nat 2026-01-01 expect nothing"
    assert code in codes(line + more)


def test_a_test_changes_no_version() -> None:
    def version(text: str) -> str:
        source = Source("a.journey", text)
        made = check([(source, parse(source).file)], signatures()).program
        assert made is not None
        return made.version

    block = '\ntest "it" for welcome\n    at 2026-01-01 expect nothing\n'
    assert version(PROGRAM) == version(PROGRAM + block)


def test_what_becomes_of_a_message_is_told_in_a_line() -> None:
    program = PROGRAM.replace('send email "later"', 'if first.clicked\n            send email "later"').replace(
        'send email "short"', 'send email "short" as first'
    )
    lines = """
        force subject = short
        at 2026-05-10 9am event purchase with amount = 3
        at 2026-05-11 8am event message_clicked with template = "short"
        at 2026-05-13 expect email "later"
    """
    assert trial(lines, program=program).passed
    assert not trial(lines.replace('template = "short"', 'template = "long"'), program=program).passed


DRAWN = """
contact
    email text
event purchase
event visit
journey welcome
    transactional
    on purchase
        split subject each time
            variant short 40%
                send email "short"
            variant long 40%
                send email "long"
journey other
    transactional
    on visit
        split subject
            variant only 100%
                send email "only"
"""


def test_a_variant_is_forced_from_a_moment_on() -> None:
    result = trial(
        """
        force subject = long
        at 2026-03-28 force subject = short
        at 2026-03-29 9:30am force subject = nothing
        at 2026-03-27 event purchase
        at 2026-03-27 expect email "long"
        at 2026-03-28 event purchase
        at 2026-03-28 expect email "short"
        at 2026-03-29 9am event purchase
        at 2026-03-29 10am event purchase
        at 2026-03-29 expect email "short"
        expect 3 email in total
        """,
        '    given email = "a@mail.example"\n',
        DRAWN,
    )
    assert result.passed, result.failures
    assert ("2026-03-28", "force subject") in [(row.time, row.actual) for row in result.rows]


TWO = """
    given email = "a@mail.example"
    force subject = long
    at 2026-03-28 force subject = nothing
    at 2026-03-27 event purchase
    at 2026-03-28 event purchase
    contact ana
        at 2026-03-27 expect email "long"
        at 2026-03-28 expect nothing
    contact ben
        force subject = short
        at 2026-03-27 expect email "short"
        at 2026-03-28 expect email "short"
"""


def test_what_is_forced_for_one_goes_before_what_is_forced_for_all() -> None:
    result = trial("expect 3 email in total", TWO, DRAWN)
    assert result.passed, result.failures


@pytest.mark.parametrize("way", ["long", "nothing"])
def test_a_split_of_another_journey_without_such_a_way_is_drawn_as_ever(way: str) -> None:
    source = Source("a.journey", DRAWN)
    checked = check([(source, parse(source).file)], signatures()).program
    assert checked is not None
    facts = Facts(forced={"subject": None if way == "nothing" else way})
    now = dt.datetime(2026, 3, 27, 9, tzinfo=dt.UTC)
    contact, inbox = Contact("ana", {"email": "a@mail.example"}), Inbox(events=(Event("1", "visit", now),))
    outcome = step(Rules(checked, FUNCTIONS), contact, NEW, inbox, now, facts)
    assert [effect.template for effect in outcome.effects if isinstance(effect, Send)] == ["only"]
