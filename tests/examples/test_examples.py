"""The examples do what their `expected.txt` says, and are as a reader should write a project."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.examples.golden import EXAMPLES, NAMES, Golden, happened, path
from wend.cli.app import cli
from wend.project.workspace import open_workspace


def test_every_example_is_looked_at() -> None:
    assert sorted(p.parent.name for p in EXAMPLES.glob("*/wend.toml")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_does_what_it_says(name: str) -> None:
    golden = Golden.read(name)
    assert happened(name, golden) == list(golden.lines)


@pytest.mark.parametrize("name", NAMES)
def test_an_expected_line_is_in_the_form_that_is_written(name: str) -> None:
    """So that writing the file anew changes nothing where nothing has changed, remarks included."""
    golden = Golden.read(name)
    remarks = dict(golden.remarks)
    lines = [f"{line}  # {remarks[line]}" if line in remarks else line for line in golden.lines]
    assert path(name).read_text(encoding="utf-8") == "\n".join([*golden.head, "", *lines]) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_neither_errors_nor_warnings(name: str) -> None:
    workspace = open_workspace(EXAMPLES / name)
    assert [d.message for d in workspace.diagnostics] == []
    assert workspace.sound().journeys


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_laid_out(name: str) -> None:
    done = CliRunner().invoke(cli, ["fmt", "--check", str(EXAMPLES / name)], standalone_mode=False)
    assert done.return_value == 0, done.output


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_listed(name: str) -> None:
    assert f"`{name}`" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_keeps_its_promises_and_they_cover_it(name: str) -> None:
    done = CliRunner().invoke(cli, ["test", str(EXAMPLES / name), "--fail-under", "100"], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert not done.output.startswith("0 tests")


@pytest.mark.parametrize("name", NAMES)
def test_every_message_of_an_example_can_be_written(name: str, tmp_path: Path) -> None:
    golden = Golden.read(name)
    sent = [line for line in golden.lines if "  sent " in line]
    period = ["--from", str(golden.start), "--to", str(golden.end)]
    done = CliRunner().invoke(cli, ["simulate", str(EXAMPLES / name), *period, "--mail", str(tmp_path)])
    assert done.exit_code == 0, done.output
    files = list(files_of(tmp_path))
    assert len(files) == len(sent) > 0
    assert not [file.name for file in files if "{{" in file.read_text(encoding="utf-8")]


def files_of(folder: Path) -> Iterator[Path]:
    """The messages in a folder."""
    return (each for each in folder.rglob("*") if each.is_file())
