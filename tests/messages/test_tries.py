"""Scripts as somebody writes them who comes from spreadsheets, mail tools or English, and what is said about each.

A file of `tries/` holds many, with a line of `=` below each and what is said, and a line of `-` between them.
`WEND_UPDATE=1` writes what is said now into the files; read the difference as such a person before you keep it.
"""

import os
import re
from pathlib import Path

import pytest

from wend.dsl.diagnostics import Diagnostic, render
from wend.dsl.source import Source
from wend.project.workspace import build
from wend.reference.codes import CODES

FILES = sorted(Path(__file__).with_name("tries").glob("*.txt"))
BETWEEN, BELOW = "\n----------\n", "\n==========\n"


def scripts(path: Path) -> list[str]:
    return [each.partition(BELOW)[0] + "\n" for each in path.read_text(encoding="utf-8").split(BETWEEN)]


def reports(script: str) -> list[Diagnostic]:
    """What is said; that nobody was asked for consent is left out."""
    return [each for each in build([Source("script.journey", script)])[1] if each.code != "W409"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_said_about_tries(path: Path) -> None:
    said = BETWEEN.join(
        script.rstrip("\n") + BELOW + "\n\n".join(render(each) for each in reports(script)) for script in scripts(path)
    )
    if os.environ.get("WEND_UPDATE"):
        path.write_text(said + "\n", encoding="utf-8")
        return
    assert said + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_try_is_answered_with_what_to_write(path: Path) -> None:
    for script in scripts(path):
        found = reports(script)
        assert found, script
        for each in found:
            assert each.code in CODES
            assert each.help, each.message
            assert not re.search(r"^[A-Z]|\n|\.$", each.message), each.message
            assert not re.search(r"^[A-Z]|\n|\.$", each.help), each.help


def test_there_are_many() -> None:
    assert sum(len(scripts(path)) for path in FILES) >= 150


def test_no_name_is_met_with_a_bracket() -> None:
    assert [path.name for path in FILES if re.search(r"expected: .*`\(`", path.read_text(encoding="utf-8"))] == []
