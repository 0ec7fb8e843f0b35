"""Steps: what a path does, one after the other."""

from enum import StrEnum

from attrs import frozen

from wend.dsl.ast.base import Name, Node
from wend.dsl.ast.expr import Clock, Expr, Path, Percent, Text


class Weekday(StrEnum):
    """Days of a schedule; `weekday` is Monday to Friday."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    WEEKDAY = "weekday"


class Direction(StrEnum):
    """`after` or `before` a date."""

    AFTER = "after"
    BEFORE = "before"


@frozen(kw_only=True)
class Offset(Node):
    """`80 days after signup_date`, `3 days before due`."""

    length: Expr
    direction: Direction
    anchor: Expr


@frozen(kw_only=True)
class Pair(Node):
    """`items = cart.items`."""

    name: Name
    value: Expr


@frozen(kw_only=True)
class Options(Node):
    """The options of a send, notify or call: `to manager.email subject "Hi" with order = order as first`."""

    to: Expr | None = None
    sender: Expr | None = None
    subject: Expr | None = None
    text: Expr | None = None
    values: tuple[Pair, ...] = ()
    label: Name | None = None


NO_OPTIONS = Options()


@frozen(kw_only=True)
class Send(Node):
    """`send email "winback-1" as first`."""

    channel: Name
    template: Text
    options: Options = NO_OPTIONS


@frozen(kw_only=True)
class Notify(Node):
    """`notify "workshop@velos.example" subject "Due" text "{{ contact.name }}"`."""

    address: Expr
    options: Options = NO_OPTIONS


@frozen(kw_only=True)
class CallWebhook(Node):
    """`call webhook "crm" with id = contact.id as answer`."""

    webhook: Text
    options: Options = NO_OPTIONS


@frozen(kw_only=True)
class Set(Node):
    """`set stage = "cold"`."""

    target: Path
    value: Expr


@frozen(kw_only=True)
class Tag(Node):
    """`add tag "vip"`, or with `remove` `remove tag "vip"`."""

    value: Expr
    remove: bool = False


@frozen(kw_only=True)
class ListStep(Node):
    """`add to list "news"`, or with `remove` `remove from list "news"`."""

    value: Expr
    remove: bool = False


@frozen(kw_only=True)
class Resubscribe(Node):
    """`resubscribe email`."""

    channel: Name


@frozen(kw_only=True)
class Emit(Node):
    """`emit churned with reason = "price"`."""

    event: Name
    values: tuple[Pair, ...] = ()


@frozen(kw_only=True)
class StartJourney(Node):
    """`start journey dunning`."""

    journey: Name


@frozen(kw_only=True)
class StopJourney(Node):
    """`stop journey dunning`."""

    journey: Name


@frozen(kw_only=True)
class Stop(Node):
    """`stop`: this path ends."""


@frozen(kw_only=True)
class Exit(Node):
    """`exit`: the run ends."""


@frozen(kw_only=True)
class WaitFor(Node):
    """`wait 3 days`."""

    length: Expr


@frozen(kw_only=True)
class WaitUntil(Node):
    """`wait until EXPR`: a condition, a time of day, a date; with `clock`: `wait until due at 9am`."""

    target: Expr
    clock: Clock | None = None
    otherwise: tuple["Step", ...] | None = None


@frozen(kw_only=True)
class WaitUntilDay(Node):
    """`wait until monday at 9am`."""

    day: Weekday
    clock: Clock | None = None
    otherwise: tuple["Step", ...] | None = None


@frozen(kw_only=True)
class WaitUntilOffset(Node):
    """`wait until 3 days before due at 9am`."""

    offset: Offset
    clock: Clock | None = None
    otherwise: tuple["Step", ...] | None = None


@frozen(kw_only=True)
class WaitUpToUntil(Node):
    """`wait up to 3 days until news.opened`, with an `else` when the time is over."""

    limit: Expr
    condition: Expr
    otherwise: tuple["Step", ...] | None = None


@frozen(kw_only=True)
class WaitUpToFor(Node):
    """`wait up to 4 days for purchase as bought where amount > 10`, with an `else`."""

    limit: Expr
    event: Path
    alias: Name | None = None
    where: Expr | None = None
    otherwise: tuple["Step", ...] | None = None


@frozen(kw_only=True)
class Branch(Node):
    """One `if`/`else if` with its body."""

    condition: Expr
    body: tuple["Step", ...]


@frozen(kw_only=True)
class If(Node):
    """`if … / else if … / else …`."""

    branches: tuple[Branch, ...]
    otherwise: tuple["Step", ...] | None = None


@frozen(kw_only=True)
class Variant(Node):
    """`variant short 50%` with its body."""

    name: Name
    share: Percent
    body: tuple["Step", ...]


@frozen(kw_only=True)
class Split(Node):
    """`split subject_line each time` with its variants."""

    name: Name
    variants: tuple[Variant, ...]
    each_time: bool = False


@frozen(kw_only=True)
class Repeat(Node):
    """`repeat up to 3 times every 2 days until activated` with its body."""

    times: int
    body: tuple["Step", ...]
    every: Expr | None = None
    until: Expr | None = None


Step = (
    Send
    | Notify
    | CallWebhook
    | Set
    | Tag
    | ListStep
    | Resubscribe
    | Emit
    | StartJourney
    | StopJourney
    | Stop
    | Exit
    | WaitFor
    | WaitUntil
    | WaitUntilDay
    | WaitUntilOffset
    | WaitUpToUntil
    | WaitUpToFor
    | If
    | Split
    | Repeat
)
