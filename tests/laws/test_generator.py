"""That the generated programs are over the whole language: nothing of the grammar or of the library is forgotten."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.fuzz.programs import SEED, benches, chance
from tests.laws.harness import scripts_of, source_of
from tests.strategies.histories import Play
from wend.dsl import ast
from wend.dsl.ast import AGGREGATES
from wend.dsl.machine import Machine, Reduction, prepared
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.grammar.load import tables
from wend.stdlib import FUNCTIONS

PROGRAMS = 400
UNSEEN = {
    "only_expr": "what is typed at a prompt",
    "only_expr 0": "the same",
    "wait_until_day 2": "its `else`, which the checker refuses: a weekday always comes",
}
"""What no program has, and why."""


def scripts() -> Iterator[str]:
    """The first programs of the long run, as texts."""
    plays = benches()["play"]
    plays.holds = lambda play: None
    for number in range(PROGRAMS):
        plays.hold(chance(SEED, number, "play"))
        [play] = plays.seen
        assert isinstance(play, Play)
        yield from scripts_of(play.program) if play.several_files else (source_of(play.program),)


def parts(rule: int) -> set[str]:
    """The rule of the grammar, and those of its parts that may be absent and are not."""
    made = tables().rules[rule]
    if made.name.startswith("__"):  # how Lark repeats what may come any number of times
        return set()
    return {made.name} | {f"{made.name} {place}" for place, child in enumerate(made.take) if child is not None}


def test_every_construct_and_every_function_is_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {id(reduction): number for number, reduction in enumerate(prepared().reductions)}
    used: set[int] = set()
    words: set[str] = set()
    plain_reduce, plain_feed = Machine.reduce, Machine.feed

    def reduce(self: Machine, reduction: Reduction) -> None:
        used.add(numbers[id(reduction)])
        plain_reduce(self, reduction)

    def feed(self: Machine, type: str, value: object, start: int, end: int) -> bool:
        words.add(type)
        return plain_feed(self, type, value, start, end)

    monkeypatch.setattr(Machine, "reduce", reduce)
    monkeypatch.setattr(Machine, "feed", feed)
    called: dict[str, int] = defaultdict(int)
    for script in scripts():
        parsed = parse(Source("generated", script))
        assert parsed.ok
        for node in ast.descendants(parsed.file):
            if isinstance(node, ast.Call):
                called[node.name.text] += 1
            elif isinstance(node, ast.Aggregate):
                called[node.function.text] += 1
    seen = set().union(*(parts(rule) for rule in used))
    there = set().union(*(parts(rule) for rule in range(len(tables().rules))))
    assert there - seen == set(UNSEEN)
    assert not (set(tables().keywords.values()) | set(tables().symbols.values())) - words
    assert not (FUNCTIONS.keys() | AGGREGATES) - called.keys()
