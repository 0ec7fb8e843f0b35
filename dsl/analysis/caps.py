"""Limits that what they count reaches by itself: of a path's own messages, of the occurrences of a schedule."""

import math
from collections.abc import Iterator

from wend.dsl import core, plan, program
from wend.dsl.analysis.dead import targets
from wend.dsl.analysis.report import said, warning
from wend.dsl.analysis.timing import sent_at_once
from wend.dsl.core import Hint
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.period import Period

_CODE = "W428"
Body = tuple[plan.Operation, ...]


def caps(made: program.Program) -> Iterator[Diagnostic]:
    """Warnings about limits, journey by journey: the first of each rule."""
    for journey in made.journeys:
        if journey.transactional:
            continue
        for trigger in journey.triggers:
            for limit in (*journey.limits, *made.settings.limits):
                found = _schedule(trigger, limit) or _path(trigger, limit)
                if found is not None:
                    yield found
                    break


def _days(limit: program.Limit) -> int:
    """For how many days a message counts at least; 0 where it is less than a day."""
    return limit.per.months * 28 + limit.per.days


# ---- one schedule ----------------------------------------------------------------------------------------------------


def _schedule(trigger: program.Trigger, limit: program.Limit) -> Diagnostic | None:
    """Occurrences that come so often that some are always over the limit."""
    for head in trigger.heads:
        if not isinstance(head, program.Every) or head.place is None or limit.place is None:
            continue
        if sent_at_once(trigger.body, 0, limit.channel) is None or limit.count * _apart(head) >= _days(limit):
            continue
        messages = "1 message" if limit.count == 1 else f"{limit.count} messages"
        message = f"this comes more often than its limit allows, which lets {messages} through in {_days(limit)} days"
        help = "let it come less often, or the limit allow more"
        return warning(_CODE, message, head.place, help, Hint(limit.place, "what is beyond this is not sent in time"))
    return None


def _apart(head: program.Every) -> float:
    """The most days between two occurrences."""
    kinds = program.ScheduleKind
    match head.kind:
        case kinds.DAILY:
            return 1
        case kinds.WEEKLY:
            days = sorted(head.days)
            return max((b - a) % 7 or 7 for a, b in zip(days, [*days[1:], days[0]], strict=True))
        case kinds.MONTHLY:
            return 31
        case kinds.YEARLY:
            return 366
        case _:
            length = head.length or Period(days=1)
            return length.months * 31 + length.days + math.ceil(length.seconds / 86_400)


# ---- one path --------------------------------------------------------------------------------------------------------


def _path(trigger: program.Trigger, limit: program.Limit) -> Diagnostic | None:
    """A message that is over the limit whenever those before it in its path went out."""
    body, days = trigger.body, _days(limit)
    if limit.else_wait or not days or limit.place is None:
        return None
    always, pauses = _ways(body, limit.channel)
    for index, op in enumerate(body):
        if not isinstance(op, plan.Send) or op.channel != limit.channel or op.place is None:
            continue
        before = _nearest(always[index], limit.count)
        if before is None or _between(pauses[before], pauses[index]) >= days:
            continue
        first = body[before]
        message = (
            f"{said(op.place)} is dropped whenever the message before it in this path went out: the limit is reached"
        )
        help = f"wait {days} days between them, let the limit allow more, or write `else wait` behind it"
        hints = [Hint(limit.place, "by this")] + ([Hint(first.place, "after this")] if first.place is not None else [])
        return warning(_CODE, message, op.place, help, *hints)
    return None


_Pauses = tuple[int, float]
"""How often a path has paused without a bound, and for how many days besides."""


def _ways(body: Body, channel: str) -> tuple[list[int], list[_Pauses]]:
    """For each operation what every path to it has sent over a channel, as bits; and the longest way to it.

    A round that is over adds nothing to the first, and the way on from a `repeat` is without a bound.
    """
    always = [0, *[-1] * len(body)]
    longest: list[_Pauses] = [(0, 0.0)] * (len(body) + 1)
    for index, op in enumerate(body):
        if always[index] < 0:
            continue  # no path comes to it
        sent = always[index] | (isinstance(op, plan.Send) and op.channel == channel) << index
        pause = _pause(op)
        for target in targets(op, index):
            if target > index:
                endless = pause == math.inf or (isinstance(op, plan.RepeatTest) and target == op.done)
                always[target] &= sent
                here = longest[index]
                then = (here[0] + 1, here[1]) if endless else (here[0], here[1] + pause)
                longest[target] = max(longest[target], then)
    return always, longest


def _nearest(sent: int, count: int) -> int | None:
    """The index of the last message but so many, of those that stand in the bits; None where there are fewer."""
    for _ in range(count - 1):
        if sent > 0:
            sent ^= 1 << (sent.bit_length() - 1)
    return sent.bit_length() - 1 if sent > 0 else None


def _between(start: _Pauses, end: _Pauses) -> float:
    """How many days lie at most between two operations, where every path to the second comes through the first."""
    return math.inf if end[0] > start[0] else end[1] - start[1]


def _pause(op: plan.Operation) -> float:
    match op:
        case plan.WaitFor(length=length):
            return _in_days(length)
        case plan.WaitCondition(limit=core.Node() as limit) | plan.WaitEvent(limit=limit):
            return _in_days(limit)
        case plan.WaitUntilClock():
            return 1
        case plan.WaitUntilDay():
            return 7
        case plan.WaitUntilMoment() | plan.WaitCondition() | plan.RepeatNext():
            return math.inf
        case _:
            return 0


def _in_days(length: core.Expr) -> float:
    match length:
        case core.Const(value=Period() as period):
            return period.months * 31 + period.days + math.ceil(period.seconds / 86_400)
        case _:
            return math.inf
