"""Messages that come all at once: for everybody at launch, for one contact on one day."""

import datetime as dt
import math
from collections.abc import Iterator
from itertools import combinations, count, islice

from attrs import frozen

from wend.dsl import ast, core, plan, program
from wend.dsl.analysis.people import DAY, begins, is_rule, person, test_text
from wend.dsl.analysis.ranges import TRUE, Ranges, Term, Wanted
from wend.dsl.analysis.report import warning
from wend.dsl.analysis.terms import COUNTED
from wend.dsl.analysis.timing import sent_at_once
from wend.dsl.builtins import REQUESTED
from wend.dsl.core import Hint
from wend.dsl.diagnostics import Diagnostic

_SINCE = frozenset(name for name in COUNTED if name.endswith("_since"))
_ONE_DAY = dt.timedelta(days=1)
_PAIRS = 20_000
"""So many pairs are looked at for each warning, from the first on: of a large program all would take minutes."""


def bursts(made: program.Program, ranges: Ranges) -> Iterator[Diagnostic]:
    """Warnings about messages that can come together."""
    said = _saying_backlog(made)
    rungs, entries = islice(count(), _PAIRS), islice(count(), _PAIRS)
    for journey in made.journeys:
        if not journey.transactional:
            if not is_rule(journey) and journey.name not in said:
                yield from _backlog(made, journey, ranges)
            yield from _ladder(made, journey, rungs, ranges)
        yield from _entry_points(made, journey, entries, ranges)
    yield from _two_journeys(made, ranges)


# ---- everybody at launch ---------------------------------------------------------------------------------------------


def _backlog(made: program.Program, journey: program.Journey, ranges: Ranges) -> Iterator[Diagnostic]:
    """A condition that time alone makes true, and that holds for ever after, without a word about the backlog."""
    for trigger in journey.triggers:
        send = sent_at_once(trigger.body, 0)
        for head in trigger.heads:
            if not isinstance(head, program.When) or head.place is None or send is None:
                continue
            if not _growing(head.condition, ranges):
                continue
            wanted = [*begins(made, journey, send.channel), (head.condition, TRUE)]
            if not ranges.possible(*wanted):
                continue  # it never fires, and that is told
            message = f"when this goes live, `{send.template}` goes at once to everybody for whom it holds already"
            help = "write `backlog include` where that is meant, or `backlog skip`"
            yield warning("W423", message, head.place, help, witness=_burst(made, journey, send, wanted, ranges))
            return


def _burst(
    made: program.Program, journey: program.Journey, send: plan.Send, wanted: list[Wanted], ranges: Ranges
) -> str | None:
    found = person(wanted, made, ranges, far=True)
    if found is None:
        return None
    name = f"W423: {send.template} on the first day"
    return test_text(name, journey, [*found.lines(), f'at {DAY} expect {send.channel} "{send.template}"'])


def _saying_backlog(made: program.Program) -> set[str]:
    """The journeys that have a line about the backlog."""
    return {
        item.name.text
        for file in made.files
        for item in file.items
        if isinstance(item, ast.Journey) and any(isinstance(line, ast.Backlog) for line in item.items)
    }


def _growing(condition: core.Expr, ranges: Ranges) -> bool:
    """Whether a condition holds for good once enough time has gone, whatever the run has done."""
    return bool(_asked(condition, ranges)) and not any(isinstance(n, core.LabelRef) for n in core.nodes(condition))


def _of_the_run(term: core.Apply) -> bool:
    return any(isinstance(part, core.Entry | core.LabelRef) for part in core.nodes(term))


# ---- rungs -----------------------------------------------------------------------------------------------------------


def _ladder(
    made: program.Program, journey: program.Journey, pairs: Iterator[int], ranges: Ranges
) -> Iterator[Diagnostic]:
    """Conditions on one growing count: for whom the later one holds already, both messages come on one day."""
    rungs = [
        (head, send, asked)
        for trigger in journey.triggers
        if len(trigger.heads) == 1
        for head in trigger.heads
        if isinstance(head, program.When)
        and not journey.backlog_skip
        and (send := sent_at_once(trigger.body, 0)) is not None
        and not spaced(made, journey, send.channel)
        and not _asks_for_time(head.condition)
        and (asked := _asked(head.condition, ranges))
    ]
    told: set[int] = set()
    for ((first, one, low), (second, two, high)), _ in zip(combinations(rungs, 2), pairs, strict=False):
        shared = [term for term in low if term in high and low[term] != high[term]]
        if not shared or one.channel != two.channel or id(second) in told or second.place is None:
            continue
        wanted = [*begins(made, journey, one.channel), (first.condition, TRUE), (second.condition, TRUE)]
        if not ranges.possible(*wanted):
            continue
        told.add(id(second))
        message = f"`{one.template}` and `{two.template}` can come on one day, where both hold at once"
        help = f"space them: `limit 1 {one.channel} per 7 days else wait`, or ask for days since the one before"
        hints = [] if first.place is None else [Hint(first.place, "this holds then, too")]
        witness = None
        if (found := person(_without_labels(wanted), made, ranges)) is not None:
            sends = [f'at {DAY} expect {each.channel} "{each.template}"' for each in (one, two)]
            name = f"W424: {one.template} and {two.template} on one day"
            witness = test_text(name, journey, [*found.lines(), *sends])
        yield warning("W424", message, second.place, help, *hints, witness=witness)


def _asked(condition: core.Expr, ranges: Ranges) -> dict[Term, float]:
    """The counts of time since something that a condition asks to be so large or larger, with what it asks."""
    found: dict[Term, float] = {}
    for case in ranges.cases([(condition, TRUE)]):
        for term, values in case.items():
            since = isinstance(term, core.Apply) and term.function in _SINCE and not _of_the_run(term)
            if since and not values.unknown and values.low >= 1 and values.high == math.inf:
                found[term] = values.low
    return found


def _asks_for_time(condition: core.Expr) -> bool:
    """Whether a condition looks at when a message was sent."""
    return any(isinstance(n, core.LabelRef) and n.attr is core.LabelAttr.SENT_AT for n in core.nodes(condition))


def _without_labels(wanted: list[Wanted]) -> list[Wanted]:
    """Conditions without their parts about messages: those come about by themselves."""
    made: list[Wanted] = []
    for expr, truths in wanted:
        parts = expr.operands if isinstance(expr, core.And) else (expr,)
        made += [(part, truths) for part in parts if not isinstance(part, core.LabelRef)] if truths == TRUE else []
        if truths != TRUE:
            made.append((expr, truths))
    return made


def spaced(made: program.Program, journey: program.Journey, channel: str) -> bool:
    """Whether a limit lets one message a day through at most."""
    limits = (*journey.limits, *made.settings.limits)
    return any(
        limit.channel == channel and limit.count == 1 and (limit.per.days or limit.per.months) for limit in limits
    )


# ---- two entry points of one rule ------------------------------------------------------------------------------------


def _entry_points(
    made: program.Program, journey: program.Journey, pairs: Iterator[int], ranges: Ranges
) -> Iterator[Diagnostic]:
    """`also when`: each entry point has a latch of its own, and the rule fires once a day."""
    for trigger in journey.triggers:
        heads = [head for head in trigger.heads if isinstance(head, program.When)]
        send = sent_at_once(trigger.body, 0)
        if send is None or journey.newest_path_only:
            continue
        for (first, second), _ in zip(combinations(heads, 2), pairs, strict=False):
            wanted = [*begins(made, journey, send.channel), (first.condition, TRUE), (second.condition, TRUE)]
            if second.place is None or not ranges.possible(*wanted):
                continue
            message = f"for whom both hold, `{send.template}` comes twice: today by one of them, tomorrow by the other"
            hints = [] if first.place is None else [Hint(first.place, "the other one")]
            witness = None
            if (found := person(wanted, made, ranges)) is not None:
                days = [f'at {day} expect {send.channel} "{send.template}"' for day in (DAY, DAY + _ONE_DAY)]
                witness = test_text(f"W425: {send.template} twice", journey, [*found.lines(), *days])
            yield warning("W425", message, second.place, "join them: `when … or …`", *hints, witness=witness)
            break


# ---- two journeys ----------------------------------------------------------------------------------------------------


Start = tuple[program.AnyHead, plan.Send]
"""An entry point, and the message that it leads to."""


@frozen
class _Pair:
    """Two journeys that can send over one channel on one day."""

    one: program.Journey
    two: program.Journey
    first: Start
    second: Start
    day: dt.date
    wanted: list[Wanted]


def _two_journeys(made: program.Program, ranges: Ranges) -> Iterator[Diagnostic]:
    """Journeys that can send to one contact on one day, where no limit holds over all; once for a channel."""
    found: dict[str, list[_Pair]] = {}
    for pair in _pairs(made, ranges):
        found.setdefault(pair.first[1].channel, []).append(pair)
    for channel, pairs in found.items():
        pair = pairs[0]
        one, two = pair.one, pair.two
        if one.place is None or two.place is None:
            continue
        number = len({journey.name for each in pairs for journey in (each.one, each.two)})
        several = f", two of {number} such journeys," if number > 2 else ""
        message = f"`{one.name}` and `{two.name}`{several} can both send `{channel}` to one contact on one day"
        help = f"write under `settings`: `limit 1 {channel} per 1 day`, or another limit over all journeys"
        yield warning(
            "W426", message, two.place, help, Hint(one.place, "the other one"), witness=_both(made, pair, ranges)
        )


def _pairs(made: program.Program, ranges: Ranges) -> Iterator[_Pair]:
    """Pairs of journeys that meet, for each channel: no pair of journeys that both stand in an earlier one."""
    limited = {limit.channel for limit in made.settings.limits}
    ordered = sorted(
        (j for j in made.journeys if not j.transactional and not is_rule(j) and j.place is not None),
        key=lambda j: (j.place.source.name, j.place.span) if j.place is not None else ("", None),
    )
    starting = [(j, starts) for j in ordered if (starts := [s for s in _starts(j) if s[1].channel not in limited])]
    pairs = (
        (one, two, first, second)
        for (one, firsts), (two, seconds) in combinations(starting, 2)
        for first in firsts
        for second in seconds
    )
    told: set[tuple[str, str]] = set()
    for one, two, first, second in islice(pairs, _PAIRS):
        channel = first[1].channel
        if channel != second[1].channel or told >= {(channel, one.name), (channel, two.name)}:
            continue
        day = _common_day((one, first[0]), (two, second[0]))
        begun = [*begins(made, one, channel), *begins(made, two, channel)]
        wanted = [*begun, *_holds(first[0]), *_holds(second[0])]
        if day is not None and ranges.possible(*wanted):
            told |= {(channel, one.name), (channel, two.name)}
            yield _Pair(one, two, first, second, day, wanted)


def _starts(journey: program.Journey) -> list[Start]:
    """The heads that send, each with its message: the one that is sent at once where there is one."""
    return [
        (head, send)
        for trigger in journey.triggers
        if (send := sent_at_once(trigger.body, 0) or _later(trigger.body)) is not None
        for head in trigger.heads
        if not isinstance(head, program.OnExit) and not _requested(head)
    ]


def _requested(head: program.AnyHead) -> bool:
    """Whether somebody asks for it: another journey, or a host."""
    return isinstance(head, program.On) and head.match.event == REQUESTED


def _later(body: tuple[plan.Operation, ...]) -> plan.Send | None:
    return next((op for op in body if isinstance(op, plan.Send)), None)


def _holds(head: program.AnyHead) -> list[Wanted]:
    return [(head.condition, TRUE)] if isinstance(head, program.When) else []


def _common_day(*starts: tuple[program.Journey, program.AnyHead]) -> dt.date | None:
    """A day on which both can fire, within some years, while both journeys are active; None where there is none."""
    opens = [journey.active_from for journey, _ in starts if journey.active_from is not None]
    closes = min((j.active_until for j, _ in starts if j.active_until is not None), default=dt.date.max)
    first = max(opens, default=min(DAY, closes - _ONE_DAY))
    once = [head.date for _, head in starts if isinstance(head, program.OnceOn)]
    days = once or (first + number * _ONE_DAY for number in range(4 * 366))
    within = (day for day in days if max(opens, default=day) <= day < closes)
    return next((day for day in within if all(_on(head, day) for _, head in starts)), None)


def _on(head: program.AnyHead, day: dt.date) -> bool:
    """Whether a head can fire on a day; what depends on the contact can on any."""
    kinds = program.ScheduleKind
    match head:
        case program.OnceOn(date=date):
            return date == day
        case program.Every(kind=kinds.WEEKLY, days=days):
            return day.weekday() in days
        case program.Every(kind=kinds.MONTHLY, day_of_month=wanted):
            last = (day.replace(day=28) + 4 * _ONE_DAY).replace(day=1) - _ONE_DAY
            return day.day == min(wanted or 1, last.day)
        case program.Every(kind=kinds.EACH, days=days) if days:
            return day.weekday() in days
        case _:
            return True


def _shown(head: program.AnyHead) -> bool:
    weekly = program.ScheduleKind.DAILY, program.ScheduleKind.WEEKLY
    return isinstance(head, program.When) or (isinstance(head, program.Every) and head.kind in weekly)


def _body(journey: program.Journey, head: program.AnyHead) -> tuple[plan.Operation, ...]:
    return next(trigger.body for trigger in journey.triggers if any(h is head for h in trigger.heads))


def _both(made: program.Program, pair: _Pair, ranges: Ranges) -> str | None:
    """A test for each of the two: the same contact, the same day; of what time or the contact's fields start, where
    both send at once."""
    both = ((pair.one, pair.first), (pair.two, pair.second))
    if not all(_shown(head) and sent_at_once(_body(journey, head), 0) is send for journey, (head, send) in both):
        return None
    found = person(pair.wanted, made, ranges, pair.day)
    if found is None:
        return None
    texts = []
    for journey, (_, send) in both:
        name = f"W426: on one day, {journey.name}"
        lines = [*found.lines(), f'at {pair.day} expect {send.channel} "{send.template}"']
        texts.append(test_text(name, journey, lines))
    return "\n\n".join(text for text in texts if text is not None)
