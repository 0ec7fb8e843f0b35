"""What the parts of the checker of expressions share."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from wend.dsl import ast, core
from wend.dsl.builtins import BUILTIN_EVENTS, REACTIONS, EventShape
from wend.dsl.checker.env import Env, Typed
from wend.dsl.checker.names import Names
from wend.dsl.checker.report import Reports
from wend.dsl.nearest import nearest
from wend.dsl.signatures import Signatures

LARGEST = 4_000
"""Values in one expression: far beyond what is written, near what doubles at each step."""
MOST = 1_000_000
"""Values in all expressions of a program together."""


class TooLarge(Exception):
    """What is being written out would have more values than an expression may have."""


@define
class Written:
    """What a define, a segment or a derived field is, None where that is too large; how many values were checked."""

    made: Typed | None = None
    cost: int = 0


@define
class Context(ABC):
    """The names, the functions, the reports, and the one way into an expression."""

    names: Names
    functions: Signatures
    reports: Reports
    pending: list[str] = field(factory=list)
    """Derived fields, segments and defines that are being written out: one that meets itself never ends."""
    known_fields: dict[str, Typed] = field(factory=dict)
    circles: set[frozenset[str]] = field(factory=set)
    too_large: set[str] = field(factory=set)
    costs: dict[str, int] = field(factory=dict)
    """How many values were checked to write out a define or a segment once."""
    spent: int = 0
    """How many values were checked of what is written out, a define or the expression itself, without an end so far."""
    counted: bool = False
    """The values of the expression that is checked are being counted."""
    total: int = 0
    """How many values all expressions have so far."""
    sizes: dict[int, tuple[core.Node, int, int]] = field(factory=dict)
    level: int = 0
    """How many expressions stand around the one that is checked, those of the defines that are written out included."""
    too_deep: bool = False

    @abstractmethod
    def check(self, node: ast.Expr, env: Env) -> Typed:
        """The checked expression and its type."""

    @abstractmethod
    def condition(self, node: ast.Expr, env: Env) -> Typed:
        """An expression that must be true or false."""

    @abstractmethod
    def length(self, node: ast.Expr, env: Env, words: str, zero: bool = False) -> core.Expr:
        """A duration, longer than nothing (with `zero`: not shorter) where that can be told."""

    @abstractmethod
    def moment(self, node: ast.Expr, env: Env, words: str) -> core.Expr:
        """A date or a datetime."""

    @contextmanager
    def writing_out(self, name: str) -> Iterator[Written]:
        """Within the block what a name stands for is checked; it is counted by itself, so the smallest is blamed."""
        level, counted, around = self.level, self.counted, self.spent
        self.pending.append(name)
        self.spent = 0
        written = Written()
        try:
            yield written
        except TooLarge:
            written.made = None
        finally:
            self.pending.pop()
            written.cost = self.spent
            self.level, self.counted, self.spent = level, counted, around
        if written.cost > LARGEST:
            written.made = None

    def error(self, code: str, message: str, node: ast.Node, env: Env, help: str | None = None) -> None:
        """Report a mistake at a node."""
        self.reports.error(code, message, env.place(node), help)

    def event(self, path: ast.Path, env: Env) -> EventShape | None:
        """The event that a path names, or None after a report."""
        shape = self.shape_of(path, env)
        name = path.parts[0].text
        if shape is not None:
            pass
        elif len(path.parts) == 1:
            near = self.names.nearest_event(name)
            help = f"write `{near}`" if near else f"declare it: `event {name}`"
            self.error("W202", f"there is no event `{name}`", path, env, help)
        elif name in env.labels:
            near = nearest(path.parts[1].text, REACTIONS) or "clicked"
            help = f"a message is opened, clicked or bounced: write `{name}.{near}`"
            self.error("W202", f"there is no event `{path.text}`", path, env, help)
        else:
            help = f"an event's name has no point; put it between backticks if yours has one: `` `{path.text}` ``"
            self.error("W202", f"there is no event `{path.text}`", path, env, help)
        return shape

    def shape_of(self, path: ast.Path, env: Env) -> EventShape | None:
        """The event that a path names, if there is one: by its own name, or of a message, such as `first.clicked`."""
        match [part.text for part in path.parts]:
            case [name]:
                return self.names.shape(name)
            case [label, what] if label in env.labels and what in REACTIONS:
                return BUILTIN_EVENTS[REACTIONS[what]]
            case _:
                return None

    def journey(self, name: ast.Name, env: Env) -> None:
        """Report a journey that there is none of."""
        if name.text not in self.names.journeys:
            near = nearest(name.text, self.names.journeys)
            help = f"write `{near}`" if near else "declare it, or check the name"
            self.error("W205", f"there is no journey `{name.text}`", name, env, help)

    def size(self, expr: core.Node) -> tuple[int, int]:
        """How many values an expression has, those counted twice that stand in it twice, and how deep it is."""
        known = self.sizes.get(id(expr))
        if known is None:
            below = [self.size(child) for child in core.children(expr)]
            deepest = 1 + max((depth for _, depth in below), default=0)
            known = expr, 1 + sum(count for count, _ in below), deepest
            self.sizes[id(expr)] = known  # the expression is kept, so its id stays its own
        return known[1], known[2]
