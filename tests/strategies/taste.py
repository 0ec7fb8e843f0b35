"""What the generated programs are to be like, and what their parts have to agree on."""

from collections.abc import Callable
from itertools import count

from attrs import field, frozen
from hypothesis import strategies as st

from tests.strategies.conditions import Seen, conditions
from wend.dsl import ast

KINDS = (
    *("when",) * 6,
    *("dated",) * 2,
    *("on",) * 5,
    *("every",) * 3,
    *("once", "entry", "change", "change", "exit", "launch", "request", "yearly", "mark", "answer"),
)
"""The kinds of entry point, as often as they are to be drawn."""


@frozen
class Taste:
    """What the generated programs are to be like.

    Args:
        condition: how the condition of a `when` is made; by default any condition.
        triggers: the kinds of entry point.
        waits: whether bodies may wait.
        data: whether bodies may change data.
        gates: whether there may be limits, windows, consent.
        between: whether journeys may start and stop one another.
        lone: whether there may be rules outside of journeys.
    """

    condition: Callable[[Seen], st.SearchStrategy[ast.Expr]] = conditions
    triggers: tuple[str, ...] = KINDS
    waits: bool = True
    data: bool = True
    gates: bool = True
    between: bool = True
    lone: bool = True


ANY_TASTE = Taste()


@frozen
class Names:
    """What one journey is called, and what makes the names of its steps distinct."""

    own: str
    labels: list[str] = field(factory=list)
    answers: list[str] = field(factory=list)
    splits: list[str] = field(factory=list)
    numbers: "count[int]" = field(factory=lambda: count(1))


__all__ = ["ANY_TASTE", "KINDS", "Names", "Taste"]
