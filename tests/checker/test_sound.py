"""Scripts as shops write them, with nothing wrong: nothing is said about them."""

from pathlib import Path

import pytest

from wend.dsl.diagnostics import render
from wend.project.workspace import open_workspace

SCRIPTS = sorted((Path(__file__).parent / "sound").glob("*.journey"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_nothing_is_said_about_a_sound_script(path: Path) -> None:
    assert [render(each) for each in open_workspace(path).diagnostics] == []


def test_there_are_ten() -> None:
    assert len(SCRIPTS) == 10
