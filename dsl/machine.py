"""The LALR(1) loop over the tables of the grammar.

Two ways to run it: `Machine` builds the tree as it goes; `Outline` keeps states only and can look ahead without
moving, which recovery, messages and completion need. Both decide in the same way what is a keyword: a name is
one where the state takes it, `and or not true false` everywhere.
"""

from functools import cache, lru_cache
from typing import Any

from attrs import frozen

from wend.dsl.build import ACTIONS, Action, Builder
from wend.dsl.source import Span
from wend.dsl.tokens import Token
from wend.grammar.load import RESERVED, Rule, Tables, tables

MAX_DEPTH = 120
"""How many rules that make a node may stand inside one another; what walks a tree may recurse."""

Reduction = tuple[int, str, "tuple[int | None, ...] | None", bool, "Action | None"]


class TooDeep(Exception):
    """The text is nested deeper than the tree may be."""

    def __init__(self, span: Span) -> None:
        super().__init__("nested too deeply")
        self.span = span


@frozen
class _Prepared:
    """The tables with the functions that build the tree."""

    tables: Tables
    reductions: tuple[Reduction, ...]


@cache
def prepared() -> _Prepared:
    """The tables of the grammar, ready for use."""
    made = tables()
    return _Prepared(made, tuple(_prepare(rule) for rule in made.rules))


def _prepare(rule: Rule) -> Reduction:
    action = ACTIONS.get(rule.name)
    if rule.collapse and len(rule.take) == 1:
        action = None
    simple = rule.size == len(rule.take) and rule.take == tuple(range(rule.size))
    return rule.size, rule.origin, None if simple else rule.take, rule.splice, action


def terminal(token: Token, row: dict[str, int]) -> str:
    """The terminal that a token is in a state with these actions."""
    if token.type == "NAME" and not token.quoted:
        word = prepared().tables.keywords.get(token.text)
        if word is not None and (word in row or token.text in RESERVED):
            return word
    return token.type


class Machine:
    """Builds the tree of one item or expression; `feed` says whether the token could stand there."""

    def __init__(self, start: str, builder: Builder) -> None:
        ready = prepared()
        self.rows = ready.tables.states
        self.reductions = ready.reductions
        self.builder = builder
        self.states = [ready.tables.starts[start]]
        self.accept = ready.tables.accepts[start]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.depths: list[int] = []

    @property
    def row(self) -> dict[str, int]:
        """The actions of the present state."""
        return self.rows[self.states[-1]]

    def feed(self, type: str, value: Any, start: int, end: int) -> bool:
        """Take the next terminal.

        Raises:
            TooDeep: if a node would stand too deep.
        """
        rows, states = self.rows, self.states
        while True:
            action = rows[states[-1]].get(type)
            if action is None:
                return False
            if action >= 0:
                states.append(action)
                self.values.append(value)
                self.starts.append(start)
                self.ends.append(end)
                self.depths.append(0)
                return True
            self.reduce(self.reductions[-1 - action])

    def finish(self) -> Any:
        """The value of the start symbol after the last terminal, or None if something is missing."""
        rows, states = self.rows, self.states
        while states[-1] != self.accept:
            action = rows[states[-1]].get("$END")
            if action is None or action >= 0:
                return None
            self.reduce(self.reductions[-1 - action])
        return self.values[-1]

    def reduce(self, reduction: Reduction) -> None:
        size, origin, take, splice, action = reduction
        states = self.states
        if size == 1 and action is None and not splice:
            states[-1] = self.rows[states[-2]][origin]
            return
        values = self.values[-size:]
        start, end = self.starts[-size], self.ends[-1]
        depth = max(self.depths[-size:])
        children = values if take is None else _children(values, take)
        if splice:
            value: Any = children
        elif action is None:
            value = children[0]
        else:
            if depth >= MAX_DEPTH:
                raise TooDeep(Span(start, end))
            depth += 1
            value = action(self.builder, Span(start, end), children)
        del states[-size:]
        del self.values[-size:], self.starts[-size:], self.ends[-size:], self.depths[-size:]
        states.append(self.rows[states[-1]][origin])
        self.values.append(value)
        self.starts.append(start)
        self.ends.append(end)
        self.depths.append(depth)


def _children(values: list[Any], take: tuple[int | None, ...]) -> list[Any]:
    """The children to keep. A list that goes on is extended in place, so that long lists take linear time."""
    out: list[Any] = []
    for i in take:
        if i is None:
            out.append(None)
        elif i >= 0:
            out.append(values[i])
        elif out:
            out += values[-1 - i]
        else:
            out = values[-1 - i]
    return out


class Outline:
    """The states alone: what could come next, and what a token would lead to."""

    def __init__(self, start: str = "item") -> None:
        self.rows = prepared().tables.states
        self.states = [prepared().tables.starts[start]]

    @property
    def row(self) -> dict[str, int]:
        """The actions of the present state."""
        return self.rows[self.states[-1]]

    def copy(self) -> "Outline":
        """An independent outline in the same state."""
        other = Outline.__new__(Outline)
        other.rows = self.rows
        other.states = list(self.states)
        return other

    def probe(self, type: str) -> tuple[int, list[int]] | None:
        """How the stack would change: how much of it stays, and what comes on top; None if it is refused."""
        states, keep, top = self.states, len(self.states), list[int]()
        reductions = prepared().reductions
        while True:
            action = self.rows[top[-1] if top else states[keep - 1]].get(type)
            if action is None:
                return None
            if action >= 0:
                top.append(action)
                return keep, top
            size, origin = reductions[-1 - action][:2]
            here = min(size, len(top))
            if here:
                del top[-here:]
            keep -= size - here
            top.append(self.rows[top[-1] if top else states[keep - 1]][origin])

    def takes(self, type: str) -> bool:
        """Whether the terminal could come next."""
        return self.complete() if type == "$END" else self.probe(type) is not None

    def complete(self) -> bool:
        """Whether the text could end here."""
        states, keep, top = self.states, len(self.states), list[int]()
        accepts = set(prepared().tables.accepts.values())
        while True:
            state = top[-1] if top else states[keep - 1]
            if state in accepts:
                return True
            action = self.rows[state].get("$END")
            if action is None or action >= 0:
                return False
            size, origin = prepared().reductions[-1 - action][:2]
            here = min(size, len(top))
            if here:
                del top[-here:]
            keep -= size - here
            top.append(self.rows[top[-1] if top else states[keep - 1]][origin])

    def feed(self, type: str) -> bool:
        """Take a terminal; where it is refused nothing changes."""
        found = self.probe(type)
        if found is None:
            return False
        keep, top = found
        del self.states[keep:]
        self.states += top
        return True

    def feed_all(self, types: tuple[str, ...]) -> bool:
        """Take several terminals, or none of them."""
        before = list(self.states)
        if all(self.feed(type) for type in types):
            return True
        self.states = before
        return False

    def expected(self) -> frozenset[str]:
        """All terminals that could come next."""
        return _expected(tuple(self.states))


@lru_cache(maxsize=4096)
def _expected(states: tuple[int, ...]) -> frozenset[str]:
    """All terminals that could come after these states. A mistake is looked at by many rules, from the same states."""
    outline = Outline()
    outline.states = list(states)
    return frozenset(t for t in outline.row if t.isupper() and t != "$END" and outline.probe(t) is not None)
