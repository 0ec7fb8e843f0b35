"""A checked program: what the runtime carries out. Made by the checker, from one file or many."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from wend.dsl import ast, core, plan
from wend.dsl.builtins import EMAIL
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.period import Period
from wend.dsl.trial import Test
from wend.dsl.types import Type


@frozen
class Schema:
    """The declared fields. `contact` is None where none are declared: then any name may be a field."""

    contact: Mapping[str, Type] | None = None
    events: Mapping[str, Mapping[str, Type]] = field(factory=dict)
    derived: Mapping[str, core.Expr] = field(factory=dict)


@frozen(kw_only=True)
class EventMatch:
    """An event that is waited for or acted on: its name and what must hold of it (`core.Item` for its fields)."""

    event: str
    where: core.Expr | None = None
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Head:
    """An entry point of a trigger. `id` is its canonical text, unique in the journey."""

    id: str
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class When(Head):
    """Fires when the condition holds."""

    condition: core.Expr
    lasting: Period | None = None
    repeatedly: bool = False
    at_most_every: Period | None = None


@frozen(kw_only=True)
class Dated(Head):
    """Fires at a date moved by a length: `length` after `anchor` (negative where written `before`)."""

    length: core.Expr
    before: bool
    anchor: core.Expr
    clock: dt.time | None = None


@frozen(kw_only=True)
class On(Head):
    """Fires for an event. The key's expression reads the event through `core.Item`."""

    match: EventMatch
    alias: str | None = None
    key: core.Expr | None = None
    once: bool = False


@frozen(kw_only=True)
class OnChange(Head):
    """Fires when a value is another than at the tick before: from `before`, to `after` where they are told."""

    field: core.Expr
    before: core.Expr | None = None
    after: core.Expr | None = None


@frozen(kw_only=True)
class OnEntry(Head):
    """Fires when a run begins."""


@frozen(kw_only=True)
class OnExit(Head):
    """Fires when a run ends; the body is data steps only."""


class ScheduleKind(StrEnum):
    """The calendars of `every`."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"
    EACH = "each"
    FROM = "from"


@frozen(kw_only=True)
class Every(Head):
    """Fires on a calendar.

    Daily; on weekdays (Monday is 0); on a day of the month (clamped to its last); yearly on the anniversaries of
    `anchor`, moved by `offset`; each `length` from the journey's first day on; each `length` from `anchor` on.
    """

    kind: ScheduleKind
    days: frozenset[int] = frozenset()
    day_of_month: int | None = None
    clock: dt.time = dt.time(0)
    length: Period | None = None
    anchor: core.Expr | None = None
    offset: core.Expr | None = None
    before: bool = False


@frozen(kw_only=True)
class OnceOn(Head):
    """Fires once, at a local moment."""

    date: dt.date
    clock: dt.time = dt.time(0)


@frozen(kw_only=True)
class OnceAtLaunch(Head):
    """Fires when the journey goes live, for who is in the audience then."""


AnyHead = When | Dated | On | OnChange | OnEntry | OnExit | Every | OnceOn | OnceAtLaunch


@frozen(kw_only=True)
class StopWhen:
    """Ends a path when a condition holds."""

    condition: core.Expr
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Trigger:
    """Entry points, what stops a path, and the body. `id` is stable: what the heads say."""

    id: str
    heads: tuple[AnyHead, ...]
    body: tuple[plan.Operation, ...]
    stops: tuple[EventMatch | StopWhen, ...] = ()
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class SendWindow:
    """Sends of a channel (None: all) only between two local times (past midnight too) and on weekdays (empty: all)."""

    start: dt.time
    end: dt.time
    channel: str | None = None
    days: frozenset[int] = frozenset()
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Limit:
    """At most `count` sends of a channel within `per`; over it the send is dropped, or waits."""

    count: int
    channel: str
    per: Period
    else_wait: bool = False
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Quota:
    """At most `count` messages of a channel in a calendar period of the project's zone, over all contacts."""

    count: int
    channel: str
    unit: ast.QuotaUnit
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class ConsentRule:
    """Marketing on a channel (and topic) needs this condition to be true."""

    channel: str
    condition: core.Expr
    topic: str | None = None
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Goal:
    """An event that counts as a conversion of a run, within that length from the run's entry (None: without bound)."""

    match: EventMatch
    within: Period | None = None


@frozen(kw_only=True)
class Settings:
    """What holds for all journeys."""

    zone: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    track: tuple[str, ...] = ()
    late: Period | None = None
    windows: tuple[SendWindow, ...] = ()
    limits: tuple[Limit, ...] = ()
    quotas: tuple[Quota, ...] = ()
    consents: tuple[ConsentRule, ...] = ()
    hold_out: float = 0

    def consents_for(self, channel: str, topic: str | None) -> tuple[ConsentRule, ...]:
        """The rules of consent for a channel that count for a journey: those of its topic, else those without one."""
        rules = [rule for rule in self.consents if rule.channel == channel]
        topical = tuple(rule for rule in rules if rule.topic is not None and rule.topic == topic)
        return topical or tuple(rule for rule in rules if rule.topic is None)


@frozen(kw_only=True)
class Journey:
    """A checked journey.

    `lone` is a rule at the margin, which is named by what it says and which no script can name.
    `zone` is a zone name, or None for the project's; with `contact_zone` the contact's own comes first.
    `audience` and `exit_when` are conditions on the contact; `exit_on` the events that end a run, `goals` those that
    convert it.
    `hold_out` is the share, in percent, of contacts for whom nothing is done.
    `pause` says what becomes of the paths under way while the journey is switched off by hand.
    `late` is None where nothing is said (24 hours for events, no bound for dates and holds).
    """

    name: str
    title: str | None = None
    lone: bool = False
    audience: core.Expr = core.TRUE
    exit_when: core.Expr | None = None
    exit_on: tuple[EventMatch, ...] = ()
    goals: tuple[Goal, ...] = ()
    reenter: ast.ReenterKind = ast.ReenterKind.NEVER
    reenter_after: Period | None = None
    backlog_skip: bool = False
    active_from: dt.date | None = None
    active_until: dt.date | None = None
    entry_until: dt.date | None = None
    zone: str | None = None
    contact_zone: bool = False
    windows: tuple[SendWindow, ...] = ()
    limits: tuple[Limit, ...] = ()
    late: Period | None = None
    newest_path_only: bool = False
    pause: ast.PauseWay = ast.PauseWay.HOLD
    transactional: bool = False
    topic: str | None = None
    priority: float = math.inf
    sender: str | None = None
    reply_to: str | None = None
    track: tuple[str, ...] = ()
    hold_out: float = 0
    triggers: tuple[Trigger, ...] = ()
    place: Place | None = field(default=None, eq=False, repr=False)

    @property
    def operations(self) -> Iterator[plan.Operation]:
        """The operations of all its triggers."""
        return (op for trigger in self.triggers for op in trigger.body)

    @cached_property
    def exiting(self) -> tuple[Trigger, ...]:
        """The triggers with a step that ends the run."""
        return tuple(each for each in self.triggers if any(isinstance(op, plan.Exit) for op in each.body))


@frozen(kw_only=True)
class Program:
    """Everything that a tick needs to know of the scripts.

    `version` is a hash of the canonical text of the files. `journeys` are in the order in which they are walked:
    by priority (1 before 2, none last), then name. `files` are the trees, for the tools.
    """

    version: str
    schema: Schema
    settings: Settings
    journeys: tuple[Journey, ...]
    tests: tuple[Test, ...] = ()
    warnings: tuple[Diagnostic, ...] = field(default=(), eq=False, repr=False)
    files: tuple[ast.File, ...] = field(default=(), eq=False, repr=False)

    @property
    def operations(self) -> Iterator[plan.Operation]:
        """The operations of all its journeys."""
        return (op for journey in self.journeys for op in journey.operations)

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels of its messages and notifications, messages first, in the order in which they are named."""
        found = [op.channel for op in self.operations if isinstance(op, plan.Send)]
        found += [EMAIL for op in self.operations if isinstance(op, plan.Notify)]
        return tuple(dict.fromkeys(found))
