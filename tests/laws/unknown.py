"""Plays in which two fields are unknown from beginning to end, and law 7 for them."""

from functools import cache

from attrs import evolve
from hypothesis import strategies as st

from tests.laws.harness import drive, stage_of
from tests.strategies.conditions import Seen, compare, conditions
from tests.strategies.drawing import composite, whole
from tests.strategies.histories import Arrival, History, Newcomer, Play, histories
from tests.strategies.programs import programs
from tests.strategies.scenes import MONTHS, call, name, number, path, scenes, span
from tests.strategies.taste import Taste
from wend.dsl import ast
from wend.runtime.contact import Change

UNKNOWN = frozenset({"score", "born"})
"""Fields that no contact has, in the plays of this law."""


@cache
def leaves() -> st.SearchStrategy[ast.Expr]:
    """Conditions that are unknown where score and born are."""
    operators = st.sampled_from((ast.CompareOp.GE, ast.CompareOp.LT, ast.CompareOp.EQ, ast.CompareOp.NE))
    plus = ast.Arithmetic(op=ast.Arith.ADD, left=path("score"), right=number(1))
    since: ast.Expr = ast.Aggregate(function=name("count"), source=path("visit"), window=ast.Since(start=path("born")))
    later = ast.Arithmetic(op=ast.Arith.ADD, left=path("born"), right=span(1, MONTHS))
    numbers: tuple[ast.Expr, ...] = (path("score"), plus, call("days_since", path("born")), since)
    return st.one_of(
        st.builds(compare, operators, st.sampled_from(numbers), st.integers(-2, 2).map(number)),
        st.builds(compare, operators, st.sampled_from((path("born"), later)), st.just(path("today"))),
        st.builds(
            compare,
            st.sampled_from((ast.CompareOp.IN, ast.CompareOp.NOT_IN)),
            st.just(path("score")),
            st.just(ast.ListLiteral(items=(number(0), number(1)))),
        ),
    )


@composite
def unknown(draw: st.DrawFn, seen: Seen, depth: int = 2) -> ast.Expr:
    """Conditions that are never true: unknown, or false through something else."""
    shape = draw(whole(0, 4)) if depth else 0
    if shape <= 1:
        return draw(leaves())
    if shape == 2:
        return ast.Not(operand=draw(leaves()))
    one = draw(unknown(seen, depth - 1))
    other = draw(conditions(seen, 0)) if shape == 3 else draw(unknown(seen, depth - 1))
    kind: type[ast.And | ast.Or] = ast.And if shape == 3 else ast.Or
    flat = tuple(item for each in (one, other) for item in (each.operands if isinstance(each, kind) else (each,)))
    return kind(operands=flat)


def without(history: History) -> History:
    """The history with the fields unknown from beginning to end."""

    def known(person: Newcomer) -> Newcomer:
        return evolve(person, fields={k: v for k, v in person.fields.items() if k not in UNKNOWN})

    def told(arrival: Arrival) -> bool:
        return not (isinstance(arrival.item, Change) and UNKNOWN & set(arrival.item.fields))

    return evolve(
        history,
        newcomers=tuple(known(p) for p in history.newcomers),
        arrivals=tuple(a for a in history.arrivals if told(a)),
    )


NEVER = Taste(condition=unknown, triggers=("when",), data=False, between=False)


@composite
def never(draw: st.DrawFn) -> Play:
    scene = draw(scenes)
    return Play(scene, draw(programs(scene, NEVER)), without(draw(histories(scene))))


def law_7(play: Play) -> None:
    """Unknown never sends: nothing comes of a play in which every condition waits for something unknown."""
    outcome = drive(stage_of(play))
    assert outcome.sends == []
    assert not any(entry.kind == "fired" for entries in outcome.traces.values() for entry in entries)


__all__ = ["NEVER", "UNKNOWN", "law_7", "leaves", "never", "unknown", "without"]
