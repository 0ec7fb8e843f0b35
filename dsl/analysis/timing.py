"""Times that do not meet: windows and schedules, what comes too late, what takes too long, hours that are skipped."""

import datetime as dt
import math
import zoneinfo
from collections.abc import Iterator
from functools import lru_cache

from wend.dsl import core, plan, program
from wend.dsl.analysis.dead import targets
from wend.dsl.analysis.report import warning
from wend.dsl.analysis.week import DAY, minute, opened, until_open
from wend.dsl.core import Hint, Place
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.formatter.phrases import clock_text
from wend.dsl.period import Period

_GAPS_FROM = dt.date(2027, 1, 1)
"""Where no date is told, an example of a day with a gap is taken from here on."""


def timing(made: program.Program) -> Iterator[Diagnostic]:
    """Warnings about times, journey by journey."""
    for journey in made.journeys:
        yield from _windows(journey, made.settings)
        yield from _holds(journey, made.settings)
        for trigger in journey.triggers:
            yield from _outlasts(journey, trigger)
            yield from _gaps(journey, trigger, made.settings)


# ---- windows ---------------------------------------------------------------------------------------------------------


def _windows(journey: program.Journey, settings: program.Settings) -> Iterator[Diagnostic]:
    general = () if journey.transactional else settings.windows
    if not journey.windows and not general:
        return
    late = journey.late or settings.late
    for channel in dict.fromkeys(op.channel for t in journey.triggers for op in t.body if isinstance(op, plan.Send)):
        own, shared = opened(journey.windows, channel), opened(general, channel)
        if not own & shared:
            first = next((w for w in journey.windows if w.place is not None), None)
            if first is not None and first.place is not None:
                message = (
                    f"nothing is ever sent over `{channel}`: this window and that of `settings` are never both open"
                )
                hints = [Hint(w.place, "not together with this") for w in general[:1] if w.place is not None]
                yield warning("W418", message, first.place, "let the two overlap", *hints)
            continue
        for trigger in journey.triggers:
            yield from _closed(trigger, channel, own & shared, late)


def _closed(trigger: program.Trigger, channel: str, mask: int, late: Period | None) -> Iterator[Diagnostic]:
    """A time at which a message is due and its window is always closed."""
    starts = [(head.place, days, at, 0) for head in trigger.heads for days, at in _due(head)]
    starts += [(op.place, days, at, i + 1) for i, op in enumerate(trigger.body) for days, at in _waited(op)]
    for place, days, at, start in starts:
        if place is None or sent_at_once(trigger.body, start, channel) is None:
            continue
        holds = [until_open(mask, day * DAY + minute(at)) or 0 for day in days]
        least = min(holds)
        too_late = late is not None and least * 60 > late.approximate_seconds
        if not least or (at == dt.time(0) and not too_late):
            continue
        opening = (dt.datetime.combine(_GAPS_FROM, at) + dt.timedelta(minutes=least)).time()
        if too_late:
            message = f"a message over `{channel}` is never sent here: its window opens when it is too late already"
            yield warning("W418", message, place, "move the time or the window, or allow more with `late up to`")
        else:
            when = clock_text(opening) if max(holds) < DAY else "a later day"
            message = f"the window for `{channel}` is closed at {clock_text(at)}: every message waits until {when}"
            yield warning("W418", message, place, "move the time, or the window")


def waiting_minutes(
    journey: program.Journey, settings: program.Settings, channel: str, weekday: int, at: dt.time
) -> int | None:
    """How long a message that is due at a time waits for its windows; None where that is too long, or for ever."""
    general = () if journey.transactional else settings.windows
    waits = until_open(opened(journey.windows, channel) & opened(general, channel), weekday * DAY + minute(at))
    late = journey.late or settings.late
    return None if waits is None or (late is not None and waits * 60 > late.approximate_seconds) else waits


def _due(head: program.AnyHead) -> Iterator[tuple[list[int], dt.time]]:
    """The weekdays and the time at which a head fires."""
    match head:
        case program.Every(days=days, clock=at):
            yield sorted(days) or list(range(7)), at
        case program.OnceOn(date=date, clock=at):
            yield [date.weekday()], at
        case program.Dated(clock=dt.time() as at):
            yield list(range(7)), at
        case _:
            return


def _waited(op: plan.Operation) -> Iterator[tuple[list[int], dt.time]]:
    match op:
        case plan.WaitUntilClock(clock=core.Const(value=dt.time() as at)):
            yield list(range(7)), at
        case plan.WaitUntilDay(days=days, clock=at) if at is not None:
            yield sorted(days), at.value
        case _:
            return


def sent_at_once(body: tuple[plan.Operation, ...], start: int, channel: str | None = None) -> plan.Send | None:
    """The first message (over a channel) to which a path comes from here without a pause."""
    seen: set[int] = set()
    todo = [start]
    while todo:
        index = todo.pop()
        if index in seen or index >= len(body) or isinstance(body[index], plan.Wait):
            continue
        seen.add(index)
        op = body[index]
        if isinstance(op, plan.Send) and channel in (None, op.channel):
            return op
        todo += reversed(targets(op, index))
    return None


# ---- held without a bound --------------------------------------------------------------------------------------------

_DATED = (program.Dated, program.Every, program.OnceOn, program.OnceAtLaunch)


def _holds(journey: program.Journey, settings: program.Settings) -> Iterator[Diagnostic]:
    if journey.transactional or journey.late or settings.late:
        return
    waiting = {limit.channel: limit for limit in (*settings.limits, *journey.limits) if limit.else_wait}
    for trigger in journey.triggers:
        head = next((head for head in trigger.heads if isinstance(head, _DATED)), None)
        sent = next((op for op in trigger.body if isinstance(op, plan.Send) and op.channel in waiting), None)
        if head is None or head.place is None or sent is None:
            continue
        limit = waiting[sent.channel]
        hints = [] if limit.place is None else [Hint(limit.place, "this holds it, and nothing ends that")]
        message = "a message for a date can be held by a limit, and then come at any later time"
        yield warning("W419", message, head.place, "say how late it may come: `late up to 2 days`", *hints)


# ---- longer than it recurs -------------------------------------------------------------------------------------------


def _outlasts(journey: program.Journey, trigger: program.Trigger) -> Iterator[Diagnostic]:
    for head in trigger.heads:
        if not isinstance(head, program.Every) or head.place is None:
            continue
        longest, op = longest_pause(trigger.body)
        if longest <= recurrence(head) or op is None or op.place is None:
            continue
        if journey.newest_path_only:
            message = "what follows this wait can be cut off: the next occurrence comes before it is over"
        else:
            message = "a path can still wait here when the next occurrence comes, which then starts nothing"
        help = "wait for less, or let it recur less often"
        yield warning("W420", message, op.place, help, Hint(head.place, "it comes again sooner"))


def recurrence(head: program.Every) -> float:
    """The fewest seconds between two occurrences, without changes of summer time."""
    kinds = program.ScheduleKind
    match head.kind:
        case kinds.DAILY:
            days = 1
        case kinds.WEEKLY:
            days = _nearest_days(sorted(head.days))
        case kinds.MONTHLY:
            days = 28
        case kinds.YEARLY:
            days = 365
        case _:
            length = head.length or Period(days=1)
            days = length.days + length.months * 28 if length.months % 12 else length.days + length.months // 12 * 365
            days = min(days, _nearest_days(sorted(head.days))) if head.days else days
    return days * 86_400


def _nearest_days(days: list[int]) -> int:
    return min((b - a) % 7 or 7 for a, b in zip(days, [*days[1:], days[0]], strict=True))


def longest_pause(body: tuple[plan.Operation, ...]) -> tuple[float, plan.Operation | None]:
    """The most seconds that a path can take, and the last operation that waits on that way."""
    best: list[tuple[float, plan.Operation | None]] = [(0, None)] * (len(body) + 1)
    for index in reversed(range(len(body))):
        op = body[index]
        ahead = (best[min(t, len(body))] for t in targets(op, index) if t > index)
        rest, last = max(ahead, key=lambda found: found[0], default=(0, None))
        own = _pause(op, body, index)
        best[index] = own + rest, last if rest or not own else op
    return best[0]


def _pause(op: plan.Operation, body: tuple[plan.Operation, ...], index: int) -> float:
    match op:
        case plan.WaitFor(length=length):
            return _seconds(length)
        case plan.WaitCondition(limit=core.Node() as limit) | plan.WaitEvent(limit=limit):
            return _seconds(limit)
        case plan.WaitUntilClock():
            return 86_400 - 60
        case plan.WaitUntilDay():
            return 7 * 86_400 - 60
        case plan.WaitCondition() | plan.WaitUntilMoment():
            return math.inf
        case plan.RepeatNext(head=head, every=every):
            test = body[head]
            times = test.times if isinstance(test, plan.RepeatTest) else 1
            inside = sum(_pause(body[i], body, i) for i in range(head + 1, index))
            return (times - 1) * inside + (0 if every is None else times * _seconds(every))
        case _:
            return 0


def _seconds(length: core.Expr) -> float:
    match length:
        case core.Const(value=Period() as period):
            return (period.months * 31 + period.days) * 86_400 + period.seconds
        case _:
            return 0  # not told apart: nothing is said of it


# ---- hours that are not there ----------------------------------------------------------------------------------------


def _gaps(journey: program.Journey, trigger: program.Trigger, settings: program.Settings) -> Iterator[Diagnostic]:
    zone = journey.zone or settings.zone
    if zone is None or journey.contact_zone:
        return
    start = journey.active_from or _GAPS_FROM
    for head in trigger.heads:
        match head:
            case program.OnceOn(date=date, clock=at):
                yield from _gap(zone, at, date, head.place, once=True)
            case program.Every(clock=at) | program.Dated(clock=dt.time() as at):
                day = _first_gap(zone, at, start.year)
                if day is not None:
                    yield from _gap(zone, at, day, head.place)
            case _:
                pass
    for op in trigger.body:
        for _, at in _waited(op):
            day = _first_gap(zone, at, start.year)
            if day is not None:
                yield from _gap(zone, at, day, op.place)


def _gap(zone: str, at: dt.time, date: dt.date, place: Place | None, once: bool = False) -> Iterator[Diagnostic]:
    found = _real(zone, date, at)
    if found == at or place is None:
        return
    example = "" if once else ", for example"
    gone = f"there is no {clock_text(at)} on {date}{example}"
    message = f"{gone}: the clocks of `{zone}` go forward, and it becomes {clock_text(found)}"
    yield warning("W421", message, place, f"write a time that is always there: `{clock_text(found)}`, say")


@lru_cache(maxsize=256)
def _first_gap(zone: str, at: dt.time, year: int) -> dt.date | None:
    """The first day of two years on which a time of day is skipped."""
    day = dt.date(year, 1, 1)
    for number in range(731):
        date = day + dt.timedelta(days=number)
        if _real(zone, date, at) != at:
            return date
    return None


def _real(zone: str, date: dt.date, at: dt.time) -> dt.time:
    """The time that a clock shows when this time of day is meant."""
    local = dt.datetime.combine(date, at, tzinfo=zoneinfo.ZoneInfo(zone))
    return local.astimezone(dt.UTC).astimezone(local.tzinfo).time()
