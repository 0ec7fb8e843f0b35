"""What an expression sees from where it stands."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve, frozen

from wend.dsl import ast, core
from wend.dsl.builtins import EventShape
from wend.dsl.core import Place
from wend.dsl.source import Source
from wend.dsl.types import ANY, Type


@frozen
class Typed:
    """A checked expression and its type."""

    expr: core.Expr
    type: Type


NOTHING = Typed(core.Const(value=None), ANY)
"""What stands for an expression that has been reported: it fits everywhere, so one mistake gives one report."""

_PLACEHOLDER = "parameter "  # with a space: no name of a script looks so


def placeholder(name: str) -> Typed:
    """A parameter while its `define` is checked by itself."""
    return Typed(core.Local(name=_PLACEHOLDER + name), ANY)


def is_placeholder(expr: core.Expr) -> bool:
    """Whether an expression is such a parameter."""
    return isinstance(expr, core.Local) and expr.name.startswith(_PLACEHOLDER)


@frozen
class LocalName:
    """A name that a path carries: the events that it may be."""

    shapes: tuple[EventShape, ...]
    place: Place

    def type_of(self, field: str) -> Type | None:
        """The type of a field, or None where no event that this may be has it."""
        types = [shape.field(field) for shape in self.shapes]
        known = [t for t in types if t is not None]
        if all(t == known[0] for t in known) and len(known) == len(types):
            return known[0]
        if not known and not any(shape.open for shape in self.shapes):
            return None
        return ANY

    @property
    def fields(self) -> set[str]:
        """All fields that are known by name."""
        return {name for shape in self.shapes for name in (*shape.fields, "at")}


@frozen
class Looked:
    """The event whose `where` or key this is."""

    shape: EventShape
    alias: str | None = None


NO_NAMES: Mapping[str, LocalName] = MappingProxyType({})
NO_VALUES: Mapping[str, Typed] = MappingProxyType({})
NO_VARIANTS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@frozen(kw_only=True)
class Env:
    """The names around an expression.

    Args:
        source: the file that the expression stands in.
        scope: whose entry and sends are meant; None where there is no run.
        words: where this is, for messages: `a segment`, `a derived field`.
        labels: the labels of the journey's messages.
        answers: the labels of the journey's calls of webhooks.
        splits: the splits of the journey and their variants.
        variants: the variants that a labelled message may stand in.
        locals: what the path carries.
        params: the parameters of the `define` that is written out.
        looked: the event whose `where` this is.
        depth: how many `where` are around.
        known: expressions that are known to be known here.
        journey: the name of the journey around; None for a rule at top level, and outside.
        beside: the type of what the expression is compared with, where that is a field.
        elsewhere: where no journey is around, what can be asked inside one: names, each with what to write for that.
    """

    source: Source
    scope: core.Scope | None = None
    words: str = "here"
    labels: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    splits: Mapping[str, tuple[str, ...]] = NO_VARIANTS
    variants: Mapping[str, tuple[str, ...]] = NO_VARIANTS
    locals: Mapping[str, LocalName] = NO_NAMES
    params: Mapping[str, Typed] = NO_VALUES
    looked: Looked | None = None
    depth: int = 0
    known: frozenset[core.Expr] = frozenset()
    journey: str | None = None
    beside: Type | None = None
    elsewhere: Mapping[str, str] = MappingProxyType({})

    def place(self, node: ast.Node) -> Place:
        """Where a node of this file stands."""
        return Place(self.source, node.span)

    def within(self, shape: EventShape, alias: str | None = None) -> "Env":
        """The names inside the `where` of an event."""
        known = frozenset(expr for expr in self.known if not core.free_items(expr))  # those of another event
        return evolve(self, looked=Looked(shape, alias), depth=self.depth + 1, known=known)

    def with_local(self, name: str, local: LocalName) -> "Env":
        """The names after a step that gave a value a name."""
        return evolve(self, locals={**self.locals, name: local})

    def knowing(self, exprs: frozenset[core.Expr]) -> "Env":
        """The names where these expressions are known."""
        return evolve(self, known=self.known | exprs)
