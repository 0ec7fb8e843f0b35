"""Checked expressions: every name resolved, every `define` and `segment` written out. What the runtime evaluates."""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum

import attrs
from attrs import field, frozen

from wend.dsl.ast import Arith, CompareOp
from wend.dsl.period import Period
from wend.dsl.source import Source, Span
from wend.dsl.types import Kind

Constant = None | bool | int | float | str | dt.date | dt.time | Period


@frozen
class Place:
    """Where something was written: for traces and messages."""

    source: Source
    span: Span


@frozen
class Hint:
    """A further place that a report points at, with a few words."""

    place: Place
    text: str


class Scope(StrEnum):
    """Whose entry and whose sends are meant: in a body the path's own, in headers and `when` the run's."""

    PATH = "path"
    RUN = "run"


class LabelAttr(StrEnum):
    """What can be asked by a label: of a message, of a split its `VARIANT`, of a webhook's call its `ANSWER`.

    `KEY`, the idempotency key of a message, is only for ourselves.
    """

    SENT = "sent"
    SENT_AT = "sent_at"
    OPENED = "opened"
    CLICKED = "clicked"
    BOUNCED = "bounced"
    VARIANT = "variant"
    KEY = "key"
    ANSWER = "answer"


@frozen(kw_only=True)
class Node:
    """A checked expression. The place does not take part in equality."""

    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Const(Node):
    """A literal; `unknown` is the constant None; a percentage is its fraction."""

    value: Constant


@frozen(kw_only=True)
class LocalMoment(Node):
    """`2027-03-01 9am`: local in the zone of the journey."""

    date: dt.date
    time: dt.time


@frozen(kw_only=True)
class Field(Node):
    """A stored field of the contact. `tags` and `lists` are fields too: lists of text."""

    name: str


@frozen(kw_only=True)
class Derived(Node):
    """A derived field of the contact: its name, what it is, and the declared kind.

    A datetime in a field that is declared `date` is its local date; a date in one declared `datetime` its first moment.
    """

    name: str
    value: "Expr"
    kind: Kind = Kind.ANY


@frozen(kw_only=True)
class Now(Node):
    """`now`: the instant of the tick."""


@frozen(kw_only=True)
class Today(Node):
    """`today`: the local date of the tick."""


@frozen(kw_only=True)
class Entry(Node):
    """`entry`: the time of the path's cause, or the run's start."""

    scope: Scope


@frozen(kw_only=True)
class Local(Node):
    """A value that the path carries under a name: its event (`order.id`), an awaited event.

    `path` is empty for the record itself. The field `at` of an event is its time.
    """

    name: str
    path: tuple[str, ...] = ()


@frozen(kw_only=True)
class Item(Node):
    """Inside a `where`: a field of the event that is looked at; `at` is its time.

    `fallback` is what the name means outside, where no schema tells whether the event has such a field: it is taken
    when the event's payload does not have the name.
    """

    path: tuple[str, ...]
    fallback: "Expr | None" = None


@frozen(kw_only=True)
class LabelRef(Node):
    """`first.sent_at`. A split is asked for its variant in the same way, by its name.

    `path` is what is asked of the answer to a webhook's call: `score` for `answer.score`.
    """

    label: str
    attr: LabelAttr
    scope: Scope
    path: tuple[str, ...] = ()


@frozen(kw_only=True)
class InLast(Node):
    """The window `in last D`."""

    length: "Expr"


@frozen(kw_only=True)
class Since(Node):
    """The window `since X`, exclusive."""

    start: "Expr"


class Fold(StrEnum):
    """What an aggregate makes of the events it finds."""

    COUNT = "count"
    ANY = "any"
    SUM = "sum"
    AVERAGE = "average"
    MIN = "min"
    MAX = "max"
    FIRST = "first"
    LAST = "last"


@frozen(kw_only=True)
class Aggregate(Node):
    """`sum(purchase.amount in last 365 days where channel = "web")`.

    `path` is the field of the event (`at` for its time), None for the event itself (count, any).
    """

    fold: Fold
    event: str
    path: tuple[str, ...] | None = None
    window: "InLast | Since | None" = None
    where: "Expr | None" = None


@frozen(kw_only=True)
class Compare(Node):
    """Two values compared."""

    op: CompareOp
    left: "Expr"
    right: "Expr"


@frozen(kw_only=True)
class IsKnown(Node):
    """`x is known`, or negated `x is unknown`."""

    operand: "Expr"
    negated: bool = False


@frozen(kw_only=True)
class InJourney(Node):
    """A path of that journey is under way."""

    journey: str


@frozen(kw_only=True)
class Otherwise(Node):
    """The second where the first is unknown."""

    left: "Expr"
    right: "Expr"


@frozen(kw_only=True)
class Arithmetic(Node):
    """Two values added, subtracted, multiplied, divided."""

    op: Arith
    left: "Expr"
    right: "Expr"


@frozen(kw_only=True)
class Negate(Node):
    """`-x`."""

    operand: "Expr"


@frozen(kw_only=True)
class Not(Node):
    """`not c`."""

    operand: "Expr"


@frozen(kw_only=True)
class And(Node):
    """All of them."""

    operands: tuple["Expr", ...]


@frozen(kw_only=True)
class Or(Node):
    """Any of them."""

    operands: tuple["Expr", ...]


@frozen(kw_only=True)
class ListOf(Node):
    """A list of values."""

    items: tuple["Expr", ...]


@frozen(kw_only=True)
class Apply(Node):
    """A built-in or host function applied."""

    function: str
    args: tuple["Expr", ...]


Expr = (
    Const
    | LocalMoment
    | Field
    | Derived
    | Now
    | Today
    | Entry
    | Local
    | Item
    | LabelRef
    | Aggregate
    | Compare
    | IsKnown
    | InJourney
    | Otherwise
    | Arithmetic
    | Negate
    | Not
    | And
    | Or
    | ListOf
    | Apply
)

TRUE = Const(value=True)


_PARTS: dict[type, tuple[str, ...]] = {}


def parts(kind: type) -> tuple[str, ...]:
    """The attributes of a class of expressions or operations that can hold expressions."""
    found = _PARTS.get(kind)
    if found is None:
        found = _PARTS[kind] = tuple(each.name for each in attrs.fields(kind) if each.name != "place")
    return found


def children(expr: Node) -> list[Node]:
    """The expressions directly below a checked one."""
    found: list[Node] = []
    for name in parts(type(expr)):
        value = getattr(expr, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(item for item in value if isinstance(item, Node))
    return found


def free_items(expr: Node) -> bool:
    """Whether an expression reads the event of a `where` around it."""
    if isinstance(expr, Item):
        return True
    if isinstance(expr, Aggregate):
        return expr.window is not None and free_items(expr.window)
    return any(free_items(child) for child in children(expr))


def leaves(expr: Expr) -> Iterator[Expr]:
    """The parts of an expression that have no parts."""
    below = [part for name in parts(type(expr)) for part in _nodes(getattr(expr, name))]
    if not below:
        yield expr
    for part in below:
        yield from leaves(part)


def nodes(expr: Expr) -> Iterator[Expr]:
    """An expression and all that it is made of."""
    yield expr
    for name in parts(type(expr)):
        for part in _nodes(getattr(expr, name)):
            yield from nodes(part)


def _nodes(value: object) -> Iterator[Expr]:
    if isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, InLast | Since):
        yield value.length if isinstance(value, InLast) else value.start
    elif isinstance(value, Node):
        yield value  # type: ignore[misc]  # every other node is an expression
