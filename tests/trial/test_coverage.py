"""What tests have seen: every kind of outcome is told when it came, and asked for when it did not."""

import json
from pathlib import Path

import pytest

from tests.cli.support import Done, wend

HEAD = """
contact
    email text
    plan text
    consent_email boolean

event purchase
event order
event refund
event done

settings
    timezone "UTC"
    consent email when consent_email
"""

ALL = (
    HEAD
    + """
journey all_kinds
    exit on refund
    goal on order
    reenter always
    on purchase
        stop on done
        send email "hello <b>"
        if plan = "paid"
            add tag "payer"
        else
            set plan = "asked"
        split subject
            variant short 50%
                send email "short"
            variant long 50%
                stop
        wait up to 2 days for order
        else
            emit done
        repeat up to 2 times every 1 day
            send email "round"
    on exit
        add tag "gone"

test "an order comes" for all_kinds
    given email = "a@mail.example", plan = "paid", consent_email = true
    force subject = short
    at 2026-03-01 9am event purchase
    at 2026-03-02 9am event order
    at 2026-03-05 expect nothing
    at 2026-03-06 9am event refund
"""
)

PAID = {
    "journey all_kinds": "entered 2",  # and again after the refund
    "exit on refund": "exited 1",
    "goal on order": "converted 1",
    "on purchase": "fired 1",
    "stop on done": "stopped never",
    'send email "hello <b>"': "sent 1",
    'if plan = "paid"': "true 1, false never",
    'add tag "payer"': "marked 1",
    'set plan = "asked"': "set never",
    "split subject": "short 1, long never",
    'send email "short"': "sent 1",
    "wait up to 2 days for order": "passed 1, else never",
    "emit done": "emitted never",
    "repeat up to 2 times every 1 day": "round 2, done 1",
    'send email "round"': "sent 2",
    "on exit": "fired 1",
    'add tag "gone"': "marked 1",
}


def run(tmp_path: Path, script: str, *more: object) -> Done:
    path = tmp_path / "a.journey"
    path.write_text(script, encoding="utf-8")
    return wend("test", path, *more)


def told(done: Done) -> dict[str, str]:
    """What each point says, from the values for other programs."""
    points = json.loads(done.out)["coverage"]["points"]
    return {
        point["what"]: ", ".join(f"{each['name']} {each['count'] or 'never'}" for each in point["outcomes"])
        for point in points
    }


def test_each_kind_of_step_says_how_it_came_out(tmp_path: Path) -> None:
    assert told(run(tmp_path, ALL, "--coverage", "--format", "json")) == PAID


def test_other_tests_see_the_rest(tmp_path: Path) -> None:
    more = """
test "no order" for all_kinds
    given email = "a@mail.example", plan = "free", consent_email = false
    force subject = short
    at 2026-03-01 9am event purchase
    advance 9 days

test "the other half" for all_kinds
    given email = "a@mail.example", consent_email = true
    force subject = long
    at 2026-03-01 9am event purchase
    at 2026-03-02 expect nothing
"""
    seen = told(run(tmp_path, ALL + more, "--coverage", "--format", "json"))
    assert seen["split subject"] == "short 2, long 1"
    assert seen["wait up to 2 days for order"] == "passed 1, else 1"
    assert seen["stop on done"] == "stopped 1"
    assert seen['if plan = "paid"'] == "true 1, false 1, unknown 1"
    assert seen['send email "hello <b>"'] == "sent 2, dropped (consent) 1"


def test_a_condition_is_asked_whether_or_not_it_fires(tmp_path: Path) -> None:
    script = (
        HEAD
        + """
journey a
    when plan = "paid"
        send email "x"

test "unknown, then false, then true" for a
    given email = "a@mail.example", consent_email = true
    at 2026-03-01 expect nothing
    at 2026-03-02 set plan = "free"
    at 2026-03-03 set plan = "paid"
    at 2026-03-03 expect email "x"
"""
    )
    seen = told(run(tmp_path, script, "--coverage", "--format", "json"))
    assert seen['when plan = "paid"'].startswith("fired 1, false ")
    assert "unknown" in seen['when plan = "paid"']
    early = told(run(tmp_path, script, "--coverage", "--format", "json"))
    assert early == seen  # counting does not change what happens
    never = script.replace('    at 2026-03-02 set plan = "free"\n', "").replace("expect nothing", 'set plan = "paid"')
    never = never.replace('at 2026-03-03 expect email "x"', 'at 2026-03-01 expect email "x"')
    assert told(run(tmp_path, never, "--coverage", "--format", "json"))['when plan = "paid"'] == "fired 1, false never"


def test_the_terminal_marks_what_no_test_sees(tmp_path: Path) -> None:
    lines = run(tmp_path, ALL, "--coverage").out.splitlines()
    assert "coverage: 15 of 21 outcomes (71.4%)" in lines
    assert "  !   21  stop on done: stopped never" in lines
    assert '      22  send email "hello <b>": sent 1' in lines


@pytest.mark.parametrize(("percent", "code"), [("71", 0), ("71.5", 1), ("100", 1)])
def test_too_little_fails(tmp_path: Path, percent: str, code: int) -> None:
    done = run(tmp_path, ALL, "--fail-under", percent)
    assert done.code == code
    assert ("less than" in done.err) == bool(code)


def test_the_page_has_the_source_and_needs_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert run(tmp_path, ALL, "--coverage-html", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "hello &lt;b&gt;" in text
    assert "hello <b>" not in text
    assert '<span class="mark missed">else never</span>' in text
    assert "http" not in text
    assert "src=" not in text


@pytest.mark.parametrize("where", ["", "nowhere/page.html"])
def test_a_page_that_cannot_be_written_is_told_first(tmp_path: Path, where: str) -> None:
    done = run(tmp_path, ALL, "--coverage-html", tmp_path / where)
    assert done.code == 1
    assert "the page" in done.err
    assert "passed" not in done.out


def test_a_rule_without_a_name_is_not_asked_for(tmp_path: Path) -> None:
    done = run(tmp_path, HEAD + '\nwhen plan = "paid" send email "x"\n', "--coverage", "--fail-under", "100")
    assert done.code == 0
    assert "coverage: 0 of 0 outcomes (100.0%)" in done.out


def test_what_is_held_and_what_stops_a_path_is_told(tmp_path: Path) -> None:
    script = (
        HEAD
        + """
journey a
    send between 9am and 10am
    on purchase
        stop when plan = "none"
        send email "x"
        wait 1 day
        send email "y"

test "held, then stopped" for a
    given email = "a@mail.example", plan = "some", consent_email = true
    at 2026-03-01 8am event purchase
    at 2026-03-01 9am expect email "x"
    at 2026-03-01 11am set plan = "none"
    at 2026-03-03 expect nothing
"""
    )
    seen = told(run(tmp_path, script, "--coverage", "--format", "json"))
    assert seen['send email "x"'] == "sent 1, held (window) 1"
    assert seen["stop when"] == "stopped 1"
    assert seen["wait 1 day"] == "passed never"
