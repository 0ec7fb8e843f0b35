"""A warning's witness is pasted, run, and shows what the warning says; where the fault is mended it does not pass."""

from pathlib import Path

import pytest

from tests.checker.test_programs import programs
from tests.house.repository import ROOT
from wend.cli.test import run_tests
from wend.dsl.diagnostics import Diagnostic, render
from wend.project.init import init_project
from wend.project.workspace import Workspace, open_workspace
from wend.reference.explanations import LONE, explanation

CONTACT = """
contact
    email         text
    consent_email boolean
    last_visit    date?

settings
    consent email when consent_email
"""
EQUAL = (
    CONTACT
    + """
journey equal
    backlog skip
    when days_since(last_visit) = 30
        send email "equal"
"""
)
NO_CONSENT = """
contact
    email         text
    consent_email boolean
    plan          "free" | "pro"

settings
    late up to 3 days

journey anybody
    when plan = "pro"
        send email "pro"
"""
HELD = (
    CONTACT
    + """
    send between 8am and 8pm

journey evening
    every friday at 9pm
        send email "evening"
"""
)
TOO_LATE = HELD.replace("journey evening", "journey evening\n    late up to 2 hours")
SHOWN = [
    ("W404", EQUAL, EQUAL.replace(" = 30", " >= 30").replace("backlog skip", "backlog include")),
    ("W409", NO_CONSENT, NO_CONSENT.replace("late up to 3 days", "consent email when consent_email")),
    ("W418", HELD, HELD.replace("9pm", "7pm")),
    ("W418", TOO_LATE, TOO_LATE.replace("9pm", "7pm")),
    *((code, explanation(code).bad[LONE], explanation(code).good[LONE]) for code in ("W418", "W420", "W423", "W424")),
    *((code, explanation(code).bad[LONE], explanation(code).good[LONE]) for code in ("W425", "W426")),
]


def opened(folder: Path, text: str) -> Workspace:
    path = folder / LONE
    path.write_text(text, encoding="utf-8")
    return open_workspace(path)


def witness_of(workspace: Workspace, code: str) -> str:
    (found,) = [each for each in workspace.diagnostics if each.code == code]
    assert found.witness is not None, render(found)
    return found.witness


@pytest.mark.parametrize(("code", "bad", "good"), SHOWN, ids=[f"{n}-{code}" for n, (code, _, _) in enumerate(SHOWN)])
def test_a_witness_passes_where_the_fault_is_and_fails_where_it_is_mended(
    code: str, bad: str, good: str, tmp_path: Path
) -> None:
    witness = witness_of(opened(tmp_path, bad), code)
    pasted = opened(tmp_path, f"{bad}\n{witness}\n")
    results = run_tests(pasted)
    assert results
    assert all(result.passed for result in results), witness
    mended = run_tests(opened(tmp_path, f"{good}\n{witness}\n"))
    assert not all(result.passed for result in mended), "it says nothing about the fault"


def test_a_witness_that_was_pasted_is_not_shown_again(tmp_path: Path) -> None:
    bad = explanation("W424").bad[LONE]
    witness = witness_of(opened(tmp_path, bad), "W424")
    (found,) = [d for d in opened(tmp_path, f"{bad}\n{witness}\n").diagnostics if d.code == "W424"]
    assert found.witness is None


def test_a_witness_that_does_not_pass_is_left_out(tmp_path: Path) -> None:
    """Events bring a contact up the rungs one by one, from the beginning of a test on."""
    by_events = explanation("W424").bad[LONE].replace("last_visit    date?", "last_visit    date? = last(visit.at)")
    (found,) = [d for d in opened(tmp_path, by_events).diagnostics if d.code == "W424"]
    assert found.witness is None


@pytest.mark.parametrize(("name", "text"), programs(), ids=[name for name, _ in programs()])
def test_every_witness_of_the_checked_programs_passes(name: str, text: str, tmp_path: Path) -> None:
    for found in opened(tmp_path, text).diagnostics:
        if found.witness is not None:
            results = run_tests(opened(tmp_path, f"{text}\n{found.witness}\n"), found.code)
            assert results, render(found)
            assert all(result.passed for result in results), render(found)


def warned(workspace: Workspace) -> list[Diagnostic]:
    return list(workspace.diagnostics)


def test_the_examples_and_a_new_project_are_not_warned_of(tmp_path: Path) -> None:
    init_project(tmp_path / "shop")
    folders = [*(p.parent for p in sorted((ROOT / "examples").glob("*/wend.toml"))), tmp_path / "shop"]
    assert len(folders) > 3
    for folder in folders:
        assert [render(each) for each in warned(open_workspace(folder))] == []
