"""Law 7: unknown never sends."""

import datetime as dt

import pytest
from attrs import evolve
from hypothesis import given, settings

from tests.laws.corpus import EXAMPLES
from tests.laws.harness import Outcome, Stage, drive, rules_of, source_of, stage_of
from tests.laws.scripts import change, event, noted, play, sent
from tests.laws.unknown import law_7, leaves, never, without
from tests.strategies.conditions import compare
from tests.strategies.histories import Play, plays
from tests.strategies.scenes import name, number
from tests.strategies.taste import Taste
from wend.dsl import ast
from wend.runtime.effects import Send


@given(never())
@settings(max_examples=max(60, EXAMPLES // 2))
def test_what_waits_for_an_unknown_condition_never_sends(play: Play) -> None:
    law_7(play)


def changed(play: Play, line: ast.Header | None, setting: ast.Setting | None = None) -> Stage:
    """The play with a line in front of every journey, and a setting instead of its consent; score and born unknown."""
    items: list[ast.Item] = []
    for item in play.program.items:
        match item:
            case ast.Journey(items=lines):
                same = [each for each in lines if line is None or type(each) is not type(line)]
                free = [each for each in same if not isinstance(each, ast.Transactional)]
                items.append(evolve(item, items=(*((line,) if line else ()), *free)))
            case ast.Settings(lines=settings_lines):
                kept = [each for each in settings_lines if setting is None or not isinstance(each, ast.Consent)]
                items.append(evolve(item, lines=(*kept, *((setting,) if setting else ()))))
            case _:
                items.append(item)
    script = source_of(ast.File(items=tuple(items)))
    return evolve(stage_of(play), rules=rules_of(script), history=without(play.history))


QUIET = Taste(data=False, lone=False)


def acts(outcome: Outcome) -> list[tuple[dt.datetime, str, str]]:
    return [
        (act.tick, who, act.effect.identity.step)
        for who, all_acts in outcome.acts.items()
        for act in all_acts
        if isinstance(act.effect, Send)
    ]


@given(plays(taste=QUIET), leaves())
@settings(max_examples=max(40, EXAMPLES // 3))
def test_an_unknown_audience_lets_nobody_in(play: Play, condition: ast.Expr) -> None:
    audience = ast.Audience(segment=name("contacts"), where=condition)
    outcome = drive(changed(play, audience))
    assert outcome.sends == []
    assert not any(entry.kind == "entered" for entries in outcome.traces.values() for entry in entries)


@given(plays(taste=QUIET), leaves())
@settings(max_examples=max(40, EXAMPLES // 3))
def test_unknown_consent_refuses_all_marketing(play: Play, condition: ast.Expr) -> None:
    outcome = drive(changed(play, None, ast.Consent(channel=name("email"), condition=condition)))
    assert all(send.template is None or send.channel != "email" for send in outcome.sends)


@given(plays(taste=QUIET), leaves())
@settings(max_examples=max(40, EXAMPLES // 3))
def test_an_unknown_exit_ends_nothing(play: Play, condition: ast.Expr) -> None:
    never_true = compare(ast.CompareOp.LT, number(2), number(1))
    unknown_exit = drive(changed(play, ast.ExitWhen(condition=condition)))
    false_exit = drive(changed(play, ast.ExitWhen(condition=never_true)))
    assert acts(unknown_exit) == acts(false_exit)


@pytest.mark.parametrize("condition", ["score >= 1", "not score >= 1", "score != 1", "days_since(born) >= 0"])
def test_an_unknown_condition_takes_neither_branch(condition: str) -> None:
    script = f"""
        journey j
            on visit
                if {condition}
                    send email "hello"
                else
                    send email "bye"
                send sms "again"
    """
    assert sent(play(script, event("05-14 13:00", "visit"))) == ["05-14 13:00 again"]


def test_an_unknown_condition_is_waited_for_until_it_is_known() -> None:
    script = """
        journey j
            on visit
                wait until score >= 1
                send email "hello"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit)) == []
    assert sent(play(script, visit, change("05-14 15:00", score=2))) == ["05-14 15:00 hello"]


def test_without_an_address_nothing_is_sent_and_the_path_goes_on() -> None:
    script = """
        journey j
            on visit
                send email "hello"
                send sms "again"
    """
    outcome = play(script, event("05-14 13:00", "visit"), email=None)
    assert sent(outcome) == ["05-14 13:00 again"]
    assert noted(outcome, "dropped") == ["05-14 13:00 no address"]
