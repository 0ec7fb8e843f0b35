"""What a piece of a script says, in one line: the ids of triggers and steps are made of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from attrs import evolve

from wend.dsl import ast
from wend.dsl.formatter import format_node


def line(node: ast.Node) -> str:
    """The canonical text of a node in one line."""
    return " ".join(part.strip() for part in format_node(node).splitlines())


def step_text(step: ast.Step) -> str:
    """What a step says, without the steps inside it."""
    match step:
        case ast.If(branches=branches):
            return branch_text(branches[0])
        case ast.Split(name=name, each_time=each_time):
            return f"split {name.text}" + (" each time" if each_time else "")
        case ast.Repeat(times=times, every=every, until=until):
            text = f"repeat up to {times} times"
            text += f" every {line(every)}" if every is not None else ""
            return text + (f" until {line(until)}" if until is not None else "")
        case ast.WaitUntil() | ast.WaitUntilDay() | ast.WaitUntilOffset() | ast.WaitUpToUntil() | ast.WaitUpToFor():
            return line(evolve(step, otherwise=None))
        case _:
            return line(step)


def branch_text(branch: ast.Branch) -> str:
    """What an `if` asks."""
    return f"if {line(branch.condition)}"


def digest(text: str, size: int) -> str:
    """A hash of so many bytes, in hex."""
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


NAME_AT_MOST = 64
"""How many characters of what a rule says its name has."""


def short(text: str) -> str:
    """A text as a name: as it is, or where it is long its beginning and a hash of the whole."""
    return text if len(text) <= NAME_AT_MOST else f"{text[: NAME_AT_MOST - 12].rstrip()} \u2026 {digest(text, 4)}"


class Ids:
    """Gives out names; one that is taken gets `#2`, `#3`. Reserved ones go to those that own them."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._given = Counter(reserved)
        self._owned: Counter[str] = Counter()

    def give(self, text: str) -> str:
        """A name not given before."""
        return self._next(text, self._given)

    def own(self, text: str) -> str:
        """A reserved name, for the one that owns it."""
        return self._next(text, self._owned)

    def _next(self, text: str, counts: Counter[str]) -> str:
        counts[text] += 1
        return text if counts[text] == 1 else f"{text} #{counts[text]}"
