"""What committed text may not contain."""

import re
from pathlib import Path

import pytest

from tests.house.repository import ROOT, committed, sources

# Put together from parts, so that this file may be committed too.
MACHINE = re.compile(r"(?<![\w.}/$*-])/(?:" + "|".join(("work", "tmp", "root", "home")) + r")/(?!\*)")
HOSTS = re.compile("|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "npm" + r"js\.org", "debian" + r"\.org")))

LONGEST = 450  # "about 400"


def texts() -> list[Path]:
    """The committed files that are text and ours."""
    binary = {".gz", ".parquet", ".png", ".db"}
    return [
        path
        for path in committed()
        if path.suffix not in binary and path.name != "LICENSE" and not (ROOT / path).is_symlink()
    ]


def offences(text: str) -> list[str]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        found += [f"{number}: {match.group()}" for rule in (MACHINE, HOSTS) for match in rule.finditer(line)]
    return found


def test_no_text_names_a_machine_or_a_registry() -> None:
    found = {}
    for path in texts():
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        if some := offences(text):
            found[path.as_posix()] = some
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "see /" + "work/main",
        'open("/' + 'tmp/x")',
        "`/" + "home/ana/data.csv`",
        "index-url = https://" + "pypi" + ".org/simple",
    ],
)
def test_the_rule_sees_what_it_forbids(line: str) -> None:
    assert offences(line)


@pytest.mark.parametrize("line", ["https://shop.example/home/", "homework/", "{{ base }}/home/", "tests/work/x"])
def test_the_rule_leaves_the_rest_alone(line: str) -> None:
    assert offences(line) == []


@pytest.mark.parametrize("path", sources(), ids=str)
def test_a_source_file_is_short_enough_to_hold_one_thing(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_committed_text_is_utf8_and_ends_with_a_newline() -> None:
    """Data and fixtures that are wrong on purpose are made by the tests that need them."""
    wrong = []
    for path in texts():
        if path.parts[0] in {"examples", "tests"} and path.suffix not in {".py", ".md"}:
            continue
        data = (ROOT / path).read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            wrong.append(f"{path}: not UTF-8")
        if data and not data.endswith(b"\n"):
            wrong.append(f"{path}: no newline at the end")
        if b"\r" in data:
            wrong.append(f"{path}: carriage returns")
    assert wrong == []
