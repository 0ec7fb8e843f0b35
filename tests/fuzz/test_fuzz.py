"""That the long runs run: a few programs, every kept text, and a record that goes on."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz import guided, programs
from tests.fuzz.targets import TARGETS
from tests.laws.laws import due_of
from tests.strategies.histories import Play


def test_the_run_of_programs_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "CHUNK", 2)
    path = tmp_path / "record.json"
    first = programs.run(4, path)
    assert (first.next, first.findings) == (4, [])
    second = programs.run(6, path)
    [part] = second.parts
    assert (part.first, part.next, part.programs, part.distinct, part.unknown) == (0, 6, 6, 6, 2)
    assert 0 < part.acting <= 6
    assert programs.load(path) == second


def test_what_another_run_has_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "CHUNK", 3)
    path = tmp_path / "record.json"
    other = programs.Part("engine", "generator", "0.1.0", "2026-11-26T21:58+00:00", first=2, next=4, programs=2)
    programs.save(programs.Record(programs.SEED, parts=[other]), path)
    record = programs.run(6, path)
    assert sorted((part.first, part.next, part.programs) for part in record.parts) == [(0, 2, 2), (2, 4, 2), (4, 6, 2)]


def test_a_program_that_breaks_a_law_is_kept_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sends_nothing(play: Play) -> None:
        programs.LAW["now"] = "0 for this test"
        assert not due_of(play).sends

    monkeypatch.setattr(programs, "FINDINGS", tmp_path / "found")
    monkeypatch.setattr(programs, "all_laws", sends_nothing)
    record = programs.run(8, tmp_path / "record.json")
    assert record.findings
    kept = (tmp_path / "found" / f"{record.findings[0].number}.txt").read_text(encoding="utf-8")
    assert kept.startswith("0 for this test\nAssertionError")
    assert kept.count("send ") == 1


@pytest.mark.parametrize("target", TARGETS)
def test_every_kept_text_is_answered(target: str) -> None:
    for text in guided.seeds(target):
        TARGETS[target](text)


@pytest.mark.parametrize("target", ["template", "data", "config"])
@given(text=st.text(max_size=200))
@example(text="---\nsubject: x\n---\n{% for a in b %}")
@settings(max_examples=40)
def test_any_text_is_answered(target: str, text: str) -> None:
    TARGETS[target](text)


def test_the_records_can_be_read() -> None:
    record = programs.load(programs.RECORD)
    parts = sorted(record.parts, key=lambda part: part.first)
    assert all(part.first <= part.next for part in parts)
    assert all(one.next <= two.first for one, two in pairwise(parts))
    assert record.next in {part.next for part in parts}
    assert all(found.mended for found in record.findings)
    for session in json.loads(guided.RECORD.read_text(encoding="utf-8"))["sessions"]:
        assert session["inputs"] > 0
