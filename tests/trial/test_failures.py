"""What a failed test shows: both time lines, and why a message did not come."""

import datetime as dt
import json
from pathlib import Path
from xml.etree import ElementTree

from tests.cli.support import wend
from tests.explain.support import rules_of
from wend.runtime.calendar import zone
from wend.runtime.effects import TraceEntry
from wend.runtime.play.timelines import timeline
from wend.runtime.values import UTC

SCRIPT = """
contact
    email text
    last_purchase date? = last(purchase.at)

event purchase
    amount number

settings
    consent email when email is known

journey win_back
    exit when days_since(last_purchase) < 120
    reenter always
    when days_since(last_purchase) >= 120
        send email "winback-1"

test "too early" for win_back
    given email = "ana@mail.example"
    given event purchase at 2026-01-10 with amount = 30
    at 2026-05-09 expect email "winback-1"
    at 2026-05-10 expect email "winbak"
    at 2026-05-11 expect nothing
    at 2026-09-20 event purchase with amount = 30
    at 2026-09-20 expect exit
    expect 1 email in total
"""


def failed(tmp_path: Path, script: str = SCRIPT, *more: str) -> str:
    path = tmp_path / "a.journey"
    path.write_text(script, encoding="utf-8")
    done = wend("test", path, *more)
    assert done.code == 1, done.err
    return done.out


def test_both_time_lines_stand_side_by_side(tmp_path: Path) -> None:
    table = failed(tmp_path).split("\n\n")[1]
    assert table.splitlines() == [
        "                    expected           what happened",
        "  2026-01-10                           event purchase",
        '! 2026-05-09        email "winback-1"',
        "  2026-05-10 00:00                     the run begins",
        "  2026-05-10 00:00                     a path begins (when)",
        '  2026-05-10 00:00                     email "winback-1"',
        '! 2026-05-10        email "winbak"',
        "  2026-05-11        nothing            nothing",
        "  2026-09-20                           event purchase",
        "  2026-09-20 00:00  the run ends       the run ends (exit when)",
        "  in total          1 email            1 email",
    ]


def test_a_missing_message_has_the_reason_at_that_moment(tmp_path: Path) -> None:
    out = failed(tmp_path)
    assert 'why there was no email "winback-1" then:' in out
    assert "days_since(last_purchase) = 119" in out
    assert "that ends by itself on 2026-05-10 00:00 UTC" in out
    assert 'why: no step of the journey sends email "winbak"' in out


def test_a_message_that_came_before_is_told(tmp_path: Path) -> None:
    script = SCRIPT.replace("at 2026-05-09 expect", "at 2026-05-12 expect")
    early, later = (failed(tmp_path, text) for text in (SCRIPT, script))
    assert "`exit when` is true" in early
    assert "`exit when` is true" not in later
    assert "it was done on 2026-05-10 00:00: `winback-1`" in later


def test_other_programs_are_told_the_same(tmp_path: Path) -> None:
    (result,) = json.loads(failed(tmp_path, SCRIPT, "--format", "json"))
    first, second = result["failures"]
    assert first["whynot"][0]["obstacles"][0]["until"] == "2026-05-10T00:00:00+00:00"
    assert second["whynot"] == []
    assert [row["met"] for row in result["rows"]].count(False) == 2


def test_what_came_too_often_and_what_was_not_to_come_is_marked(tmp_path: Path) -> None:
    script = SCRIPT.replace('at 2026-05-10 expect email "winbak"', "at 2026-05-10 expect nothing")
    out = failed(tmp_path, script)
    assert '! 2026-05-10 00:00  nothing            email "winback-1"' in out
    assert out.count("why") == 1


def test_a_build_server_reads_the_same(tmp_path: Path) -> None:
    script = SCRIPT.replace('"too early"', '"too <early> & \x07 bad"')
    script += """
test "fine" for win_back
    given email = "ana@mail.example"
    at 2026-05-09 expect nothing
"""
    suite = ElementTree.fromstring(failed(tmp_path, script, "--format", "junit")).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("name", "tests", "failures")} == {
        "name": "a.journey",
        "tests": "2",
        "failures": "1",
    }
    wrong, fine = suite.findall("testcase")
    assert wrong.get("name", "").startswith("too <early> & ")
    assert wrong.get("line") == "18"
    assert fine.get("classname") == "win_back"
    assert fine.find("failure") is None
    failure = wrong.find("failure")
    assert failure is not None
    assert failure.get("message", "").startswith('expected email "winback-1" at 2026-05-09')
    assert "what happened" in (failure.text or "")


DROPPED = """
contact
    email text
    phone text?

settings
    consent email when email is known
    consent sms when email is known

journey trial
    on form_submitted
        send email "pitch" as pitch
        wait 1 day
        send sms "trial-nudge"
        wait up to 30 days until pitch.opened
        send email "last"

test "nudged" for trial
    given email = "ana@mail.example"
    at 2026-01-10 event form_submitted with form = "trial"
    at 2026-01-11 expect sms "trial-nudge"
    at 2026-01-12 expect sms "trial-nudge"
"""


def test_a_message_that_was_skipped_is_named_and_told_for_as_long_as_the_path_goes_on(tmp_path: Path) -> None:
    out = failed(tmp_path, DROPPED)
    assert '  2026-01-11 00:00                     sms "trial-nudge" is skipped (no address)' in out.splitlines()
    told = 'why there was no sms "trial-nudge" then:'
    said = "it fired, and on 2026-01-11 00:00 the message was dropped: the contact has no address for sms"
    assert (out.count(told), out.count(said)) == (2, 2)
    assert "the message `pitch` would have to be opened" in out
    assert "would have to be sent" not in out


def test_a_message_that_is_held_is_named(tmp_path: Path) -> None:
    script = DROPPED.replace("settings\n", "settings\n    send between 8am and 8pm\n")
    assert 'email "pitch" is held (window)' in failed(tmp_path, script)


def test_a_step_that_is_no_message_is_skipped_by_its_own_words() -> None:
    now = dt.datetime(2026, 1, 10, tzinfo=UTC)
    entries = [TraceEntry("dropped", now, "trial", "on x", step, "depth") for step in ("emit x", None)]
    program = rules_of('journey trial\n    on purchase\n        send email "x"\n').program
    told = [each.what for each in timeline([(entry, None) for entry in entries], program, zone("UTC"))]
    assert told == ["`emit x` is skipped (depth)", "a message is skipped (depth)"]


def test_what_happens_within_a_minute_stands_in_the_order_in_which_it_did(tmp_path: Path) -> None:
    script = """
contact
    email text
    stage text?
event lead
settings
    consent email when email is known
journey news
    on lead
        set stage = "warm"
        send email "first"
        add tag "met"
        emit lead_met
        send email "second"
        remove tag "met"
event lead_met
test "it" for news
    given email = "ana@mail.example"
    at 2026-01-10 9am event lead
    at 2026-01-10 expect nothing
"""
    rows = [line[20:].strip() for line in failed(tmp_path, script).splitlines() if " 09:00 " in line]
    assert rows == [
        "event lead",
        "a path begins (event)",
        'set stage = "warm"',
        'nothing   email "first"',
        'add tag "met"',
        "emit lead_met",
        'nothing   email "second"',
        'remove tag "met"',
    ]
