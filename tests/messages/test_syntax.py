"""Every file in `syntax/` holds a script and, below a line of `=`, what is said about it, as it is printed.

`WEND_UPDATE=1` writes what is said now into the files; read the difference before you keep it.
"""

import os
from pathlib import Path

import pytest

from wend.dsl.codes import SYNTAX
from wend.dsl.diagnostics import render
from wend.dsl.parser import parse
from wend.dsl.source import Source

CASES = sorted(Path(__file__).with_name("syntax").glob("*.txt"))
MARK = "\n==========\n"


def report(script: str) -> str:
    result = parse(Source("script.journey", script))
    return "\n\n".join(render(diagnostic) for diagnostic in result.diagnostics) + "\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_said_about_a_slip(path: Path) -> None:
    script, _, expected = path.read_bytes().decode().partition(MARK)
    said = report(script + "\n")
    if os.environ.get("WEND_UPDATE"):
        path.write_bytes((script + MARK + said).encode())
        return
    assert said == expected


def test_there_are_cases() -> None:
    assert len(CASES) > 50


def test_every_code_has_a_case() -> None:
    said = "".join(path.read_bytes().decode().partition(MARK)[2] for path in CASES)
    assert sorted(code for code in SYNTAX if f"[{code}]" not in said) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_messages_keep_to_the_style(path: Path) -> None:
    result = parse(Source("script.journey", path.read_bytes().decode().partition(MARK)[0] + "\n"))
    assert result.diagnostics
    for diagnostic in result.diagnostics:
        assert diagnostic.code in SYNTAX
        assert diagnostic.help, diagnostic.message
        for text in (diagnostic.message, diagnostic.help):
            assert "\n" not in text
            assert not text.endswith(".")
            assert not text[0].isupper()
