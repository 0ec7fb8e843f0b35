"""Programs with the expected reports as comments: `# error: W201`, `# warning: W404`, several with commas.

A file holds several programs with `---` between them; adding a program adds a test.
"""

import re
from pathlib import Path

import pytest

from tests.checker.support import check_text
from wend.dsl.checker.codes import CHECKS
from wend.dsl.diagnostics import Severity, render

FOLDER = Path(__file__).parent / "programs"
EXPECTED = re.compile(r"\b(?:(error|warning): )?(W\d{3})\b")


def programs() -> list[tuple[str, str]]:
    """Each program with its name; lines are counted from the start of the file."""
    found = []
    for path in sorted(FOLDER.glob("*.journey")):
        line = 0
        for text in path.read_text(encoding="utf-8").split("---\n"):
            found.append((f"{path.stem}:{line + 1}", "\n" * line + text))
            line += text.count("\n") + 1
    return found


def expected(text: str) -> list[tuple[int, str, str]]:
    """The reports that the comments of a program ask for."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        _, _, comment = line.partition(" # ")
        severity = ""
        if not comment.startswith(("error: ", "warning: ")):
            continue
        for named, code in EXPECTED.findall(comment):
            severity = named or severity
            found.append((number, severity, code))
    return sorted(found)


@pytest.mark.parametrize(("name", "text"), programs(), ids=[name for name, _ in programs()])
def test_a_program_gives_the_reports_that_its_comments_say(name: str, text: str) -> None:
    result = check_text(text)
    found = sorted((d.source.line_col(d.span.start)[0], str(d.severity), d.code) for d in result.diagnostics)
    assert found == expected(text), "\n\n".join(render(d) for d in result.diagnostics)
    assert (result.program is None) == any(d.severity is Severity.ERROR for d in result.diagnostics)


def test_every_code_is_shown_by_a_program() -> None:
    shown = {code for _, text in programs() for _, _, code in expected(text)}
    assert shown == set(CHECKS)
