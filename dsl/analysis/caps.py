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
    sends = [i for i, op in enumerate(body) if isinstance(op, plan.Send) and op.channel == limit.channel]
    for index in sends:
        before = [i for i in sends if i < index and _always(body, i, index) and _longest(body, i, index) < days]
        op = body[index]
        if len(before) < limit.count or op.place is None:
            continue
        first = body[before[-limit.count]]
        message = (
            f"{said(op.place)} is dropped whenever the message before it in this path went out: the limit is reached"
        )
        help = f"wait {days} days between them, let the limit allow more, or write `else wait` behind it"
        hints = [Hint(limit.place, "by this")] + ([Hint(first.place, "after this")] if first.place is not None else [])
        return warning(_CODE, message, op.place, help, *hints)
    return None


def _always(body: Body, through: int, index: int) -> bool:
    """Whether every path that comes to an operation has come through another one."""
    seen: set[int] = set()
    todo = [0]
    while todo:
        here = todo.pop()
        if here == index:
            return False
        if here != through and here not in seen and here < len(body):
            seen.add(here)
            todo += targets(body[here], here)
    return True


def _longest(body: Body, start: int, end: int) -> float:
    """How many days lie between two operations at most."""
    most = {start: 0.0}
    for index in range(start, end):
        if index not in most:
            continue
        for target in targets(body[index], index):
            if target <= index:
                return math.inf
            most[target] = max(most.get(target, 0), most[index] + _pause(body[index]))
    return most.get(end, math.inf)


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
