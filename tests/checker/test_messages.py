"""What is said about the programs of `programs/`, as it is printed, in `messages/`.

`WEND_UPDATE=1` writes what is said now into the files; read the difference before you keep it.
"""

import os
import re
from pathlib import Path

import pytest

from tests.checker.support import check_text
from tests.checker.test_programs import FOLDER, programs
from wend.dsl.diagnostics import Diagnostic, render

SAID = Path(__file__).parent / "messages"
FILES = sorted(path.stem for path in FOLDER.glob("*.journey"))


def reports(stem: str) -> list[Diagnostic]:
    """All reports about the programs of a file."""
    return [d for name, text in programs() if name.startswith(f"{stem}:") for d in check_text(text).diagnostics]


@pytest.mark.parametrize("stem", FILES)
def test_what_is_said_about_programs(stem: str) -> None:
    path = SAID / f"{stem}.txt"
    said = "\n\n".join(re.sub(r" # (error|warning): .*", "", render(d)) for d in reports(stem)) + "\n"
    if os.environ.get("WEND_UPDATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
        return
    assert said == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("stem", FILES)
def test_messages_keep_to_the_form(stem: str) -> None:
    """One sentence, small letter, no full stop, a suggestion, a place, no name of a Python type."""
    for d in reports(stem):
        assert d.help, d.message
        assert d.span.start < d.span.end
        for text in (d.message, d.help):
            assert "\n" not in text
            assert not text.endswith(".")
            assert not text[0].isupper()
            assert not re.search(r"\b(?:str|int|float|bool|None|dict|tuple|Kind|Type)\b", re.sub("`[^`]*`", "", text))
