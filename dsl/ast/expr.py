"""Expressions: everything that computes a value."""

import datetime as dt
from enum import StrEnum

from attrs import frozen

from wend.dsl.ast.base import Name, Node


class Unit(StrEnum):
    """Units of duration. Days and larger are calendar units, hours and smaller elapsed time."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class CompareOp(StrEnum):
    """The comparisons of two values."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    STARTS = "starts with"
    ENDS = "ends with"
    MATCHES = "matches"


class Arith(StrEnum):
    """The arithmetic operations on two values."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"


@frozen(kw_only=True)
class Number(Node):
    """`120`, `10_000`, `2.5`. An `int` where it was written without a point."""

    value: int | float


@frozen(kw_only=True)
class Text(Node):
    """`"we-miss-you"`: the value with escapes resolved."""

    value: str


@frozen(kw_only=True)
class Boolean(Node):
    """`true`, `false`."""

    value: bool


@frozen(kw_only=True)
class Percent(Node):
    """`12.5%`: 12.5. As a value it is the fraction 0.125."""

    value: int | float


@frozen(kw_only=True)
class Duration(Node):
    """`3 days`, `1.5 hours`: an amount and its unit."""

    amount: int | float
    unit: Unit


@frozen(kw_only=True)
class Date(Node):
    """`2027-03-01`."""

    value: dt.date


@frozen(kw_only=True)
class Clock(Node):
    """`9am`, `21:30`: a time of day."""

    value: dt.time


@frozen(kw_only=True)
class DateTime(Node):
    """`2027-03-01 9am`: local, in the zone of the journey."""

    date: dt.date
    time: dt.time


@frozen(kw_only=True)
class Path(Node):
    """`email`, `contact.email`, `order.id`, `first.sent_at`, `now`, `today`, `unknown`: names joined by points."""

    parts: tuple[Name, ...]

    @property
    def text(self) -> str:
        """The parts joined by points, for messages."""
        return ".".join(p.text for p in self.parts)


@frozen(kw_only=True)
class ListLiteral(Node):
    """`["FR", "BE"]`."""

    items: tuple["Expr", ...]


@frozen(kw_only=True)
class Call(Node):
    """`days_since(last_purchase)`: a built-in function, a `define` with arguments."""

    name: Name
    args: tuple["Expr", ...]


@frozen(kw_only=True)
class InLast(Node):
    """`in last 30 days`: the window of an aggregate."""

    length: "Expr"


@frozen(kw_only=True)
class Since(Node):
    """`since first.sent_at`, `since entry`: the window of an aggregate, its start exclusive."""

    start: "Expr"


@frozen(kw_only=True)
class Aggregate(Node):
    """`count(purchase in last 365 days where channel = "web")`, `sum(purchase.amount)`, `last(purchase.at)`.

    `function` is one of count, any, sum, average, min, max, first, last. The parser makes this node for a call of
    one of these names with a single argument that is a plain path, or that has a window or a `where`; whether the
    path names an event is the checker's business.
    """

    function: Name
    source: Path
    window: "InLast | Since | None" = None
    where: "Expr | None" = None


@frozen(kw_only=True)
class Compare(Node):
    """`left op right`: `days_since(x) >= 120`, `"Clients" in lists`, `email contains "@"`."""

    op: CompareOp
    left: "Expr"
    right: "Expr"


@frozen(kw_only=True)
class IsKnown(Node):
    """`country is known`, or with `negated` `country is unknown`."""

    operand: "Expr"
    negated: bool = False


@frozen(kw_only=True)
class InJourney(Node):
    """`in journey dunning`: a path of that journey is under way for the contact."""

    journey: Name


@frozen(kw_only=True)
class Otherwise(Node):
    """`score otherwise 0`: the second value where the first is unknown."""

    left: "Expr"
    right: "Expr"


@frozen(kw_only=True)
class Arithmetic(Node):
    """`a + b`, `last(purchase.at) + 3 days`."""

    op: Arith
    left: "Expr"
    right: "Expr"


@frozen(kw_only=True)
class Negate(Node):
    """`-x`. A written `+x` is `x`."""

    operand: "Expr"


@frozen(kw_only=True)
class Not(Node):
    """`not c`."""

    operand: "Expr"


@frozen(kw_only=True)
class And(Node):
    """`a and b and c`: two operands or more, flat."""

    operands: tuple["Expr", ...]


@frozen(kw_only=True)
class Or(Node):
    """`a or b`: two operands or more, flat."""

    operands: tuple["Expr", ...]


Literal = Number | Text | Boolean | Percent | Duration | Date | Clock | DateTime

Expr = (
    Number
    | Text
    | Boolean
    | Percent
    | Duration
    | Date
    | Clock
    | DateTime
    | Path
    | ListLiteral
    | Call
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
)

AGGREGATES = frozenset({"count", "any", "sum", "average", "min", "max", "first", "last"})
