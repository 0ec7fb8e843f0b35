"""The header of a journey and the lines of `settings`."""

from enum import StrEnum

from attrs import frozen

from wend.dsl.ast.base import Name, Node
from wend.dsl.ast.expr import Clock, Date, Duration, Expr, Number, Path, Percent, Text
from wend.dsl.ast.step import Weekday


@frozen(kw_only=True)
class Audience(Node):
    """`audience customers where country = "FR"`; `contacts` names everybody."""

    segment: Name
    where: Expr | None = None


@frozen(kw_only=True)
class ExitWhen(Node):
    """`exit when days_since(last_purchase) < 120`."""

    condition: Expr


@frozen(kw_only=True)
class ExitOn(Node):
    """`exit on order_placed where total > 10`."""

    event: Path
    where: Expr | None = None


@frozen(kw_only=True)
class Goal(Node):
    """`goal on purchase within 14 days where amount > 10`."""

    event: Path
    within: Duration | None = None
    where: Expr | None = None


class ReenterKind(StrEnum):
    """When a further run may begin."""

    NEVER = "never"
    ALWAYS = "always"
    AFTER = "after"


@frozen(kw_only=True)
class Reenter(Node):
    """`reenter always`, `reenter never`, `reenter after 30 days`."""

    kind: ReenterKind
    after: Duration | None = None


@frozen(kw_only=True)
class Active(Node):
    """`active from 2027-03-01 until 2027-04-01`: `until` exclusive."""

    start: Date | None = None
    until: Date | None = None


@frozen(kw_only=True)
class EntryUntil(Node):
    """`entry until 2027-04-01`."""

    date: Date


@frozen(kw_only=True)
class Timezone(Node):
    """`timezone "Europe/Paris"`; without a zone `timezone contact`."""

    zone: Text | None = None


@frozen(kw_only=True)
class SendWindow(Node):
    """`send email between 8am and 8pm on monday, friday`; without a channel for all."""

    start: Clock
    end: Clock
    channel: Name | None = None
    days: tuple[Weekday, ...] = ()


@frozen(kw_only=True)
class Limit(Node):
    """`limit 1 email per 30 days else wait`."""

    count: int
    channel: Name
    per: Duration
    else_wait: bool = False


@frozen(kw_only=True)
class Late(Node):
    """`late up to 5 days`."""

    length: Duration


@frozen(kw_only=True)
class Transactional(Node):
    """`transactional`."""


@frozen(kw_only=True)
class Topic(Node):
    """`topic "news"`."""

    topic: Text


@frozen(kw_only=True)
class Priority(Node):
    """`priority 5`."""

    value: Number


@frozen(kw_only=True)
class Backlog(Node):
    """`backlog include`, or with `skip` `backlog skip`."""

    skip: bool = False


@frozen(kw_only=True)
class HoldOut(Node):
    """`hold out 10%`."""

    share: Percent


@frozen(kw_only=True)
class FromDefault(Node):
    """`from "Ana <ana@shop.example>"`."""

    sender: Text


@frozen(kw_only=True)
class ReplyTo(Node):
    """`reply to "help@shop.example"`."""

    address: Text


@frozen(kw_only=True)
class Track(Node):
    """`track opens, clicks`."""

    kinds: tuple[Name, ...]


@frozen(kw_only=True)
class NewestPathOnly(Node):
    """`newest path only`."""


class PauseWay(StrEnum):
    """What a paused journey does with its paths."""

    CONTINUE = "continue"
    HOLD = "hold"
    RESTART = "restart"


@frozen(kw_only=True)
class Pause(Node):
    """`pause hold`."""

    way: PauseWay


class QuotaUnit(StrEnum):
    """The calendar period of a quota."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@frozen(kw_only=True)
class Consent(Node):
    """`consent email topic "news" when consent_email`."""

    channel: Name
    condition: Expr
    topic: Text | None = None


@frozen(kw_only=True)
class Quota(Node):
    """`quota 10_000 email per month`."""

    count: int
    channel: Name
    unit: QuotaUnit


Header = (
    Audience
    | ExitWhen
    | ExitOn
    | Goal
    | Reenter
    | Active
    | EntryUntil
    | Timezone
    | SendWindow
    | Limit
    | Late
    | Transactional
    | Topic
    | Priority
    | Backlog
    | HoldOut
    | FromDefault
    | ReplyTo
    | Track
    | NewestPathOnly
    | Pause
)
Setting = Timezone | FromDefault | ReplyTo | Consent | Limit | Quota | SendWindow | Track | Late | HoldOut
