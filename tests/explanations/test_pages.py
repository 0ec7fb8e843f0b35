"""Every code has a page, and its examples do what the page says."""

import ast
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.support import wend
from tests.house.repository import ROOT, sources
from wend.cli.check import with_data
from wend.cli.test import run_tests
from wend.dsl.checker.codes import CHECKS
from wend.dsl.codes import SYNTAX
from wend.dsl.diagnostics import Diagnostic, Severity, WendError, render
from wend.dsl.formatter import format_source
from wend.dsl.source import Source
from wend.project.workspace import open_workspace
from wend.reference.codes import CODES, PROJECT
from wend.reference.explanations import LONE, SHAPE, as_markdown, as_text, explanation

NOW = dt.datetime(2026, 5, 10, tzinfo=dt.UTC)
PAGES = ROOT / "docs" / "diagnostics.md"


def reported(files: Mapping[str, str], folder: Path) -> tuple[list[Diagnostic], set[str]]:
    """What is said about an example, and the codes of it; a test that fails is W601."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    workspace = open_workspace(folder / LONE if LONE in files else folder)
    if workspace.project.contacts is not None:
        workspace = with_data(workspace, folder, NOW)
    codes = {each.code for each in workspace.diagnostics}
    if not workspace.errors and any(not result.passed for result in run_tests(workspace)):
        codes.add("W601")
    return list(workspace.diagnostics), codes


def used() -> set[str]:
    """The codes that stand in the code, the tables of their titles left out."""
    return {
        node.value
        for path in sources()
        if path.name != "codes.py"
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SHAPE.fullmatch(node.value)
    }


def test_every_code_that_is_reported_is_declared_and_no_other() -> None:
    assert used() == set(CODES)
    assert len(CODES) == len(SYNTAX) + len(CHECKS) + len(PROJECT)


def test_every_code_has_a_page_and_no_other() -> None:
    assert {path.stem for path in (ROOT / "wend" / "reference" / "pages").iterdir()} == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_page_says_why(code: str) -> None:
    page = explanation(code)
    assert page.why.endswith(".")
    assert len(page.why) > 80
    assert page.bad != page.good
    assert set(page.bad) == set(page.good)


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_bad_example_is_reported_and_the_good_one_is_not(code: str, tmp_path: Path) -> None:
    page = explanation(code)
    said, codes = reported(page.bad, tmp_path / "bad")
    assert code in codes, [render(each) for each in said]
    assert {each.code for each in said if each.severity is Severity.ERROR} <= {code}, "one mistake at a time"
    said, codes = reported(page.good, tmp_path / "good")
    assert code not in codes
    assert "W601" not in codes
    assert [render(each) for each in said if each.severity is Severity.ERROR] == []
    scripts = [text for name, text in page.good.items() if name.endswith(".journey")]
    assert [format_source(Source(LONE, text)) for text in scripts] == scripts


def test_the_documentation_holds_all_pages() -> None:
    assert PAGES.read_text(encoding="utf-8") == as_markdown(), "run `wend docs diagnostics > docs/diagnostics.md`"


def test_a_page_is_printed() -> None:
    done = wend("explain", "w201")
    assert done.code == 0
    assert done.out == as_text(explanation("W201"))
    assert done.out.startswith("W201: unknown name\n\n")
    assert "\n    when days_since(last_purchse) >= 120" in done.out
    assert json.loads(wend("explain", "W201", "--format", "json").out)["title"] == "unknown name"


def test_an_unknown_code_is_told() -> None:
    with pytest.raises(WendError, match="there is no code `W2O1`") as told:
        explanation("W2O1")
    assert told.value.help == "did you mean `W201`?"


def test_the_pages_are_printed_as_markdown() -> None:
    assert wend("docs", "diagnostics").out == as_markdown()
