"""What a piece of a script says, in one line: the ids of triggers and steps are made of it."""

import hashlib

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


class Ids:
    """Gives out names; one that is taken gets `#2`, `#3`."""

    def __init__(self, reserved: frozenset[str] = frozenset()) -> None:
        self._reserved = reserved
        self._seen: dict[str, int] = {}

    def give(self, text: str, own: bool = False) -> str:
        """A name not given before; `own` takes a reserved one."""
        number = self._seen.get(text, 1 if text in self._reserved and not own else 0) + 1
        if own:
            return text
        self._seen[text] = number
        return text if number == 1 else f"{text} #{number}"
