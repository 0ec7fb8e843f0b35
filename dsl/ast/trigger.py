"""Triggers: what starts a path."""

from enum import StrEnum

from attrs import frozen

from wend.dsl.ast.base import Name, Node
from wend.dsl.ast.expr import Clock, Date, Duration, Expr, Path
from wend.dsl.ast.step import Offset, Step, Weekday


@frozen(kw_only=True)
class When(Node):
    """`when days_since(last_purchase) >= 120 for 3 days repeatedly at most every 30 days`."""

    condition: Expr
    lasting: Expr | None = None
    repeatedly: bool = False
    at_most_every: Duration | None = None


@frozen(kw_only=True)
class Dated(Node):
    """`when 80 days after signup_date at 9am`."""

    offset: Offset
    clock: Clock | None = None


class KeyKind(StrEnum):
    """How the key of an `on` trigger works: a path per key at a time, or one for ever."""

    PER = "per"
    ONCE_PER = "once per"


@frozen(kw_only=True)
class Key(Node):
    """`per bill.invoice`, `once per order.id`."""

    kind: KeyKind
    path: Path


@frozen(kw_only=True)
class On(Node):
    """`on payment_failed as bill per bill.invoice where bill.amount > 10`. `first.clicked` is an event too."""

    event: Path
    alias: Name | None = None
    key: Key | None = None
    where: Expr | None = None


@frozen(kw_only=True)
class OnChange(Node):
    """`on change of stage from "new" to "cold"`."""

    field: Path
    before: Expr | None = None
    after: Expr | None = None


@frozen(kw_only=True)
class OnRequest(Node):
    """`on request`: the host, a command or another journey asks."""


@frozen(kw_only=True)
class OnEntry(Node):
    """`on entry`: a run begins."""


@frozen(kw_only=True)
class OnExit(Node):
    """`on exit`: a run ends; data steps only."""


@frozen(kw_only=True)
class Daily(Node):
    """`every day`."""


@frozen(kw_only=True)
class Weekly(Node):
    """`every monday, friday`, `every weekday`."""

    days: tuple[Weekday, ...]


@frozen(kw_only=True)
class Each(Node):
    """`every 2 weeks on monday`, `every 6 hours`."""

    length: Duration
    days: tuple[Weekday, ...] = ()


@frozen(kw_only=True)
class Monthly(Node):
    """`every month on day 31`."""

    day: int


@frozen(kw_only=True)
class Yearly(Node):
    """`every year on birth_date`."""

    field: Path


@frozen(kw_only=True)
class YearlyOffset(Node):
    """`every year 7 days before birth_date`."""

    offset: Offset


@frozen(kw_only=True)
class EachFrom(Node):
    """`every 3 months from signup_date`."""

    length: Duration
    field: Path


Schedule = Daily | Weekly | Each | Monthly | Yearly | YearlyOffset | EachFrom


@frozen(kw_only=True)
class Every(Node):
    """`every monday at 9am`."""

    schedule: Schedule
    clock: Clock | None = None


@frozen(kw_only=True)
class OnceOn(Node):
    """`once on 2027-03-01 at 10am`."""

    date: Date
    clock: Clock | None = None


@frozen(kw_only=True)
class OnceAtLaunch(Node):
    """`once at launch`."""


Head = When | Dated | On | OnChange | OnRequest | OnEntry | OnExit | Every | OnceOn | OnceAtLaunch


@frozen(kw_only=True)
class StopOn(Node):
    """`stop on payment_succeeded as paid where paid.invoice = bill.invoice`."""

    event: Path
    alias: Name | None = None
    where: Expr | None = None


@frozen(kw_only=True)
class StopWhen(Node):
    """`stop when plan = "paid"`."""

    condition: Expr


@frozen(kw_only=True)
class Trigger(Node):
    """Entry points (the first, then those after `also`), what ends a path, and the steps."""

    heads: tuple[Head, ...]
    body: tuple[Step, ...]
    stops: tuple[StopOn | StopWhen, ...] = ()
