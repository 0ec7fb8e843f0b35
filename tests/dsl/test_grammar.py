import heapq
import json
from pathlib import Path

import pytest

from wend.dsl.build import ACTIONS
from wend.grammar import load

SHADOWS = Path(__file__).with_name("shadows.txt")


def test_the_grammar_has_no_conflict() -> None:
    tables = load.build_tables(load.grammar_text(), strict=True)
    assert len(tables.rules) > 300


def test_a_grammar_with_a_conflict_is_refused() -> None:
    from lark.exceptions import GrammarError

    text = 'item: a | b\na: "x"\nb: "x"\nonly_expr: "y"\n'
    with pytest.raises(GrammarError):
        load.build_tables(text, strict=True)


def test_every_rule_has_a_builder_and_every_builder_a_rule() -> None:
    rules = {
        rule.name for rule in load.tables().rules if not rule.splice and not (rule.collapse and len(rule.take) == 1)
    }
    assert rules == set(ACTIONS)


def test_reserved_words_are_words_of_the_grammar() -> None:
    assert set(load.tables().keywords) > load.RESERVED


def shadows() -> list[str]:
    """Every set of keywords that win over a name, each with the shortest text before it."""
    tables = load.tables()
    best: dict[str, list[str]] = {}
    for state, witness in witnesses().items():
        row = tables.states[state]
        found = [word for word, name in tables.keywords.items() if name in row and word not in load.RESERVED]
        if "NAME" in row and found:
            best.setdefault(" ".join(sorted(found)), []).append(witness)
    return [f"{words}\n    {min(before, key=lambda text: (len(text), text))}" for words, before in sorted(best.items())]


def witnesses() -> dict[int, str]:
    """For each state of the parser a shortest row of terminals that leads to it."""
    tables = load.tables()
    shortest = shortest_texts()
    queue: list[tuple[int, tuple[str, ...], int]] = [(0, (), state) for state in tables.starts.values()]
    found: dict[int, tuple[str, ...]] = {}
    while queue:
        _, path, state = heapq.heappop(queue)
        if state in found:
            continue
        found[state] = path
        for symbol, action in tables.states[state].items():
            if action >= 0 and symbol != "$END":
                longer = (*path, *shortest.get(symbol, (symbol,)))
                heapq.heappush(queue, (len(longer), longer, action))
    assert set(found) >= set(range(len(tables.states))) - set(tables.accepts.values())
    return {state: " ".join(path) for state, path in found.items()}


def shortest_texts() -> dict[str, tuple[str, ...]]:
    """For each nonterminal a shortest row of terminals that it stands for."""
    best: dict[str, tuple[str, ...]] = {}
    rules = load._lark(load.grammar_text(), strict=False).rules
    changed = True
    while changed:
        changed = False
        for rule in rules:
            parts = [(s.name,) if s.is_term else best.get(s.name) for s in rule.expansion]
            if all(part is not None for part in parts):
                text = tuple(word for part in parts for word in part or ())
                old = best.get(rule.origin.name)
                if old is None or (len(text), text) < (len(old), old):
                    best[rule.origin.name] = text
                    changed = True
    return best


def test_the_names_that_keywords_shadow_are_those_we_know() -> None:
    """A new line here takes a name from the writers of scripts: see to it that the documentation says so."""
    assert "\n".join(shadows()) + "\n" == SHADOWS.read_text(encoding="utf-8")


# ---- the cache of the tables ----


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(load, "tables", load.tables.__wrapped__)
    return tmp_path / "wend"


def test_tables_come_back_from_the_cache_as_they_were(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load.tables()
    assert [path.suffix for path in cache.iterdir()] == [".json"]
    monkeypatch.setattr(load, "build_tables", lambda text: pytest.fail("computed again"))
    assert load.tables() == made


@pytest.mark.parametrize("content", ["", "{", "[]", '{"states": 3}', json.dumps({"states": [], "rules": [[1]]})])
def test_a_spoilt_cache_is_computed_again(cache: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    made = load.build_tables(load.grammar_text())
    monkeypatch.setattr(load, "build_tables", lambda text: made)
    load.tables()
    [path] = cache.iterdir()
    whole = path.read_bytes()
    path.write_text(content)
    assert load.tables() == made
    assert path.read_bytes() == whole


def test_without_a_place_for_the_cache_all_works(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load.build_tables(load.grammar_text())
    monkeypatch.setattr(load, "build_tables", lambda text: made)
    cache.write_text("a file where the folder should be")
    assert load.tables().rules
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert load.tables().rules
    assert not Path("not").exists()
