"""How often a trigger can fire for one contact in a stretch of days, and what it can fire for without any bound.

Whoever reads a number here takes for granted that the engine runs all the time: an outage, and a journey that is paused
by hand, can move what was due into the days after. So can a contact that moves to another time zone.
"""

import math
from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from wend.dsl import core, program
from wend.dsl.ast import PauseWay, ReenterKind
from wend.dsl.bounds.stretch import Stretch
from wend.dsl.builtins import CREATED
from wend.dsl.period import Period

A_DAY = Period(days=1)
A_YEAR = Period(months=12)


class Kind(StrEnum):
    """What a trigger can fire for any number of times."""

    EVENT = "event"
    CHANGE = "change"
    DATE = "date"


@frozen
class Cause:
    """One event of a name; one change of a field, either asked for by the trigger, or of a date that it counts from."""

    kind: Kind
    name: str


@frozen
class Firings:
    """How often something fires.

    Args:
        often: in the stretch, besides `each`; infinite where no bound is seen.
        ever: in all time, besides `each`.
        each: once more for each of these.
    """

    often: float = 0
    ever: float = 0
    each: Mapping[Cause, int] = field(factory=dict)

    def with_other(self, other: "Firings") -> "Firings":
        """Both together."""
        each = {cause: self.each.get(cause, 0) + other.each.get(cause, 0) for cause in (*self.each, *other.each)}
        return Firings(self.often + other.often, self.ever + other.ever, each)

    def bounded(self, often: float) -> "Firings":
        """At most so often, whatever for."""
        if self.each:
            return Firings(often, math.inf) if often < math.inf else self
        return Firings(min(self.often, often), self.ever)


ONCE = Firings(1, 1)


def firings(journey: program.Journey, trigger: program.Trigger, stretch: Stretch, shortest: int) -> Firings:
    """How often a trigger fires for one contact.

    Args:
        shortest: how many days a path of it takes at least: while one is under way no other begins.
    """
    total = Firings()
    plain = Firings()
    for head in trigger.heads:
        found = _of(head, journey, stretch)
        if isinstance(head, program.When) and head.at_most_every is None:
            plain = plain.with_other(found)
        else:
            total = total.with_other(found)
    total = total.with_other(Firings(min(plain.often, stretch.times(A_DAY)), plain.ever, plain.each))
    if shortest and not _has_key(trigger) and _uncut(journey, trigger):
        total = total.bounded(stretch.times(Period(days=shortest)))
    return total


def one_run(journey: program.Journey) -> bool:
    """Whether a contact has no more than one run of a journey, ever."""
    return journey.reenter is ReenterKind.NEVER or not can_end(journey)


def can_end(journey: program.Journey) -> bool:
    """Whether a run can end."""
    if journey.exit_when is not None or journey.exit_on or journey.pause is PauseWay.RESTART:
        return True
    return bool(journey.exiting)


def _has_key(trigger: program.Trigger) -> bool:
    return any(isinstance(head, program.On) and head.key is not None for head in trigger.heads)


def _uncut(journey: program.Journey, trigger: program.Trigger) -> bool:
    """Whether every path of a trigger goes on to its end."""
    if trigger.stops or journey.newest_path_only or journey.audience != core.TRUE:
        return False
    ends = journey.exit_when is not None or journey.exit_on or journey.pause is PauseWay.RESTART
    return not ends and all(other is trigger for other in journey.exiting)


def _of(head: program.AnyHead, journey: program.Journey, stretch: Stretch) -> Firings:
    match head:
        case program.When():
            return _when(head, journey, stretch)
        case program.Dated(anchor=anchor):
            return _dated(anchor, stretch)
        case program.On(match=match, once=once, key=key):
            if match.event == CREATED:
                return ONCE
            if once and isinstance(key, core.Const):
                return ONCE
            return Firings(each={Cause(Kind.EVENT, match.event): 1})
        case program.OnChange(field=value):
            causes = _causes(value, Kind.CHANGE)
            return Firings(math.inf, math.inf) if causes is None else Firings(each=dict.fromkeys(causes, 1))
        case program.OnEntry():
            if one_run(journey):
                return ONCE
            return Firings(min(stretch.times(A_DAY), _by_runs(journey, stretch)), math.inf)
        case program.Every():
            return _every(head, stretch)
        case program.OnceOn() | program.OnceAtLaunch():
            return ONCE
        case program.OnExit():
            return Firings()


def _when(head: program.When, journey: program.Journey, stretch: Stretch) -> Firings:
    """Latched in a run, unless it says `repeatedly`; it becomes false before it fires again."""
    if one_run(journey) and not head.repeatedly:
        return ONCE
    apart = [period for period in (head.at_most_every or A_DAY, head.lasting) if period is not None]
    often = min(stretch.times(period) for period in apart)
    if not head.repeatedly:
        often = min(often, _by_runs(journey, stretch))
    return Firings(often, math.inf)


def _by_runs(journey: program.Journey, stretch: Stretch) -> float:
    """How often something can be that is once in a run: the next run begins so long after the end of the last."""
    return math.inf if journey.reenter_after is None else stretch.times(journey.reenter_after)


def _dated(anchor: core.Expr, stretch: Stretch) -> Firings:
    """Once for each value of the date."""
    if isinstance(anchor, core.Apply) and anchor.function == "next_anniversary":
        causes = _causes(anchor.args[0], Kind.DATE)
        often, ever = stretch.times(Period(days=364)), math.inf
    else:
        causes = _causes(anchor, Kind.DATE)
        often = ever = 1
    return Firings(math.inf, math.inf) if causes is None else Firings(often, ever, dict.fromkeys(causes, 1))


def _every(head: program.Every, stretch: Stretch) -> Firings:
    """Once for each occurrence."""
    kinds = program.ScheduleKind
    match head.kind:
        case kinds.DAILY | kinds.WEEKLY:
            often: float = stretch.on_days(head.days or range(7))
        case kinds.MONTHLY:
            often = min(stretch.times(Period(months=1)), stretch.occurrences)
        case kinds.EACH if head.days and head.length is not None:
            often = stretch.on_days(head.days, cycle=max(7, head.length.days // 7 * 7))
        case kinds.YEARLY if head.offset is not None:
            often = stretch.times(Period(days=364))
        case _:
            often = min(stretch.times(head.length or A_YEAR), stretch.occurrences)
    causes = set() if head.anchor is None else _causes(head.anchor, Kind.DATE)
    if causes is None:
        return Firings(stretch.occurrences, math.inf)
    return Firings(often, math.inf, dict.fromkeys(causes, 1))


# ---- what a value depends on -----------------------------------------------------------------------------------------

_TIMELESS = frozenset({"abs", "capitalize", "ceil", "contains", "day", "email_domain", "end_of", "floor", "greatest"})
_TIMELESS |= {"is_email", "join", "least", "length", "lower", "month", "replace", "round", "split", "start_of", "trim"}
_TIMELESS |= {"upper", "weekday", "year", "hour"}
"""Functions that give the same for the same arguments at any time."""


def _causes(value: core.Expr, kind: Kind) -> set[Cause] | None:
    """What has to change for a value to change; None where time alone can do it."""
    found: set[Cause] = set()
    for node in core.nodes(value):
        match node:
            case core.Field(name=name):
                found.add(Cause(kind, name))
            case core.Aggregate(event=event, window=window):
                if isinstance(window, core.InLast) or (window is not None and not isinstance(window.start, core.Const)):
                    return None
                found.add(Cause(Kind.EVENT, event))
            case core.Apply(function=function) if function not in _TIMELESS:
                return None
            case core.Now() | core.Today() | core.Entry() | core.LabelRef() | core.InJourney() | core.Local():
                return None
            case _:
                pass
    return found
