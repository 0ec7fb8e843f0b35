"""What never holds, and so never fires: conditions that contradict themselves, the audience, or the exit."""

import re
from collections.abc import Iterator

from attrs import frozen

from wend.dsl import core, plan, program
from wend.dsl.analysis.ranges import FALSE, NOT_FALSE, NOT_TRUE, TRUE, UNKNOWN, Ranges, Truth, Wanted
from wend.dsl.analysis.report import said, warning
from wend.dsl.core import Hint
from wend.dsl.diagnostics import Diagnostic

REMOVE = "change one of the two, or remove the rule"


def dead(made: program.Program, ranges: Ranges) -> Iterator[Diagnostic]:
    """Conditions that never hold, and rules that never fire."""
    for rule in made.settings.consents:
        yield from _never(rule.condition, ranges)
    for journey in made.journeys:
        for condition in conditions(journey):
            yield from _never(condition, ranges)
        yield from _rules(journey, ranges)
        for trigger in journey.triggers:
            yield from _branches(trigger.body, ranges)


def conditions(journey: program.Journey) -> Iterator[core.Expr]:
    """Every condition of a journey, each by itself."""
    yield journey.audience
    if journey.exit_when is not None:
        yield journey.exit_when
    yield from (match.where for match in journey.exit_on if match.where is not None)
    for trigger in journey.triggers:
        for head in trigger.heads:
            if isinstance(head, program.When):
                yield head.condition
            elif isinstance(head, program.On) and head.match.where is not None:
                yield head.match.where
        for stop in trigger.stops:
            condition = stop.where if isinstance(stop, program.EventMatch) else stop.condition
            if condition is not None:
                yield condition
        for op in trigger.body:
            yield from _of(op)


def _of(op: plan.Operation) -> Iterator[core.Expr]:
    match op:
        case plan.Branch(condition=condition) | plan.WaitCondition(condition=condition):
            yield condition
        case plan.WaitEvent(where=core.Node() as where):
            yield where
        case plan.RepeatTest(until=core.Node() as until):
            yield until
        case _:
            return


# ---- one condition ---------------------------------------------------------------------------------------------------


def _never(condition: core.Expr, ranges: Ranges) -> Iterator[Diagnostic]:
    """A condition that cannot be true."""
    for part in _nested(condition):
        if ranges.possible((part, TRUE)):
            continue
        first, second = conflict([(part, TRUE)], ranges)
        place = second[0].place or part.place
        if place is None:
            return
        if first is None or first[0].place is None:
            yield warning("W415", f"{said(place)} can never hold", place, "change the condition, or remove it")
        else:
            message = f"{_worded(first)} and {_worded(second)} never hold together"
            help = "change one of the two, or write `or`"
            yield warning("W415", message, place, help, Hint(first[0].place, "not together with this"))
        return


_CALL = re.compile(r"\w+(?:\([^()]*\))?")


def _worded(part: Wanted) -> str:
    """A part as it has to be: `not vip` for what must be false."""
    expr, truths = part
    text = said(expr.place)
    if Truth.TRUE in truths or not text.startswith("`"):
        return text
    return f"`not {text[1:-1]}`" if _CALL.fullmatch(text[1:-1]) else f"`not ({text[1:-1]})`"


def _nested(condition: core.Expr) -> Iterator[core.Expr]:
    """The conditions in a condition of which each should be able to hold: itself, and the sides of an `or`."""
    if isinstance(condition, core.Const):
        return
    if isinstance(condition, core.Or):
        for operand in condition.operands:
            yield from _nested(operand)
    else:
        yield condition
        for aggregate in core.nodes(condition):
            if isinstance(aggregate, core.Aggregate) and aggregate.where is not None:
                yield from _nested(aggregate.where)


def parts(wanted: Wanted) -> Iterator[Wanted]:
    """What has to come out so for a condition to come out as is wanted, the smallest parts."""
    expr, truths = wanted
    match expr:
        case core.And(operands=operands) if Truth.FALSE not in truths:
            for operand in operands:
                yield from parts((operand, truths))
        case core.Or(operands=operands) if Truth.TRUE not in truths:
            for operand in operands:
                yield from parts((operand, truths))
        case core.Not(operand=operand):
            yield from parts((operand, frozenset(_TURNED[t] for t in truths)))
        case _:
            yield wanted


_TURNED = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def conflict(wanted: list[Wanted], ranges: Ranges) -> tuple[Wanted | None, Wanted]:
    """Two parts that exclude each other, the later one last; one alone that cannot hold; else all as one."""
    every = [part for each in wanted for part in parts(each)]
    for part in every:
        if not ranges.possible(part):
            return None, part
    for later, second in enumerate(every):
        for first in every[:later]:
            if not ranges.possible(first, second):
                return first, second
    return None, wanted[-1]


def _hints(first: Wanted | None, text: str) -> list[Hint]:
    return [] if first is None or first[0].place is None else [Hint(first[0].place, text)]


# ---- rules against the header ----------------------------------------------------------------------------------------


def _rules(journey: program.Journey, ranges: Ranges) -> Iterator[Diagnostic]:
    header = _header(journey)
    begins: list[Wanted] = [(journey.audience, TRUE)]
    if journey.exit_when is not None:
        begins.append((journey.exit_when, NOT_TRUE))
    begun = ranges.told_apart(begins)
    if not begun and not all(ranges.possible(each) for each in begins):
        return
    if not begun and not ranges.possible(*begins):
        first, second = conflict(begins, ranges)
        if second[0].place is not None:
            hints = _hints(first, "the audience asks for this")
            message = "no run begins: whoever is in the audience meets `exit when`"
            yield warning("W416", message, second[0].place, "change the audience or the exit", *hints)
        return
    left = ranges.told_apart(header)
    for trigger in journey.triggers:
        for head in trigger.heads:
            if not isinstance(head, program.When) or (left and ranges.told_apart([(head.condition, TRUE)], left)):
                continue
            if ranges.possible((head.condition, TRUE)):
                yield from _against(head, header, ranges)


def _header(journey: program.Journey) -> list[Wanted]:
    """What holds of a run while anything fires in it: unknown neither begins nor ends."""
    ends: list[Wanted] = [] if journey.exit_when is None else [(journey.exit_when, NOT_TRUE)]
    return [(journey.audience, NOT_FALSE), *ends]


def _against(head: program.When, header: list[Wanted], ranges: Ranges) -> Iterator[Diagnostic]:
    wanted: Wanted = (head.condition, TRUE)
    for chosen in (*([each] for each in header), header):
        if ranges.possible(*chosen, wanted):
            continue
        audience = chosen[0] is header[0]
        first, second = conflict([*chosen, wanted], ranges)
        place = second[0].place or head.place
        if place is None:
            return
        why = "who it holds for is not in the audience" if audience else "who it holds for has met `exit when`"
        if len(chosen) > 1:
            why = "who it holds for is not in the audience, or has met `exit when`"
        text = "the audience asks for this" if audience else "the run ends by this"
        hints = _hints(first, text)
        yield warning("W416", f"this rule never fires: {why}", place, REMOVE, *hints)
        return


# ---- branches that follow each other without a pause -----------------------------------------------------------------


@frozen
class _Edge:
    target: int
    learnt: tuple[Wanted, ...] = ()


def _branches(body: tuple[plan.Operation, ...], ranges: Ranges) -> Iterator[Diagnostic]:
    """A branch whose condition cannot hold after those that led to it."""
    known: dict[int, tuple[Wanted, ...]] = {0: ()}
    arriving: dict[int, int] = {}
    for index, op in enumerate(body):
        for edge in _edges(op, index, known.get(index, ())):
            arriving[edge.target] = arriving.get(edge.target, 0) + 1
    for index, op in enumerate(body):
        here = known.get(index, ()) if arriving.get(index, 0) <= 1 else ()
        if isinstance(op, plan.Branch):
            yield from _branch(op, here, ranges)
        for edge in _edges(op, index, here):
            known[edge.target] = edge.learnt


def _edges(op: plan.Operation, index: int, here: tuple[Wanted, ...]) -> Iterator[_Edge]:
    match op:
        case plan.Branch(condition=condition, on_false=no, on_unknown=unknown):
            yield _Edge(index + 1, (*here, (condition, TRUE)))
            yield _Edge(no, (*here, (condition, FALSE)))
            yield _Edge(unknown, (*here, (condition, UNKNOWN)))
        case plan.Notify() | plan.CallWebhook() | plan.Emit() | plan.Resubscribe():
            yield _Edge(index + 1, here)
        case plan.Jump(target=target):
            yield _Edge(target, here)
        case _:
            for target in targets(op, index):
                yield _Edge(target)


def targets(op: plan.Operation, index: int) -> tuple[int, ...]:
    """Where a path can go on after the operation at an index."""
    match op:
        case plan.Branch(on_false=no, on_unknown=unknown):
            return (index + 1, no, unknown)
        case plan.Jump(target=target):
            return (target,)
        case plan.Split(arms=arms, otherwise=otherwise):
            return (*(arm.target for arm in arms), *(() if op.full else (otherwise,)))
        case plan.RepeatTest(done=done):
            return (index + 1, done)
        case plan.RepeatNext(head=head):
            return (head,)
        case plan.Stop() | plan.Exit():
            return ()
        case plan.WaitUntilMoment(otherwise=int() as other) | plan.WaitCondition(otherwise=int() as other):
            return (index + 1, other)
        case plan.WaitEvent(otherwise=int() as other):
            return (index + 1, other)
        case _:
            return (index + 1,)


def _branch(op: plan.Branch, here: tuple[Wanted, ...], ranges: Ranges) -> Iterator[Diagnostic]:
    wanted: Wanted = (op.condition, TRUE)
    if not here or op.place is None or not ranges.possible(wanted) or not ranges.possible(*here):
        return
    if ranges.possible(*here, wanted):
        return
    first, second = conflict([*here, wanted], ranges)
    hints = _hints(first, "after this")
    place = second[0].place or op.place
    yield warning("W415", f"{said(place)} can never hold here", place, "change the condition, or remove it", *hints)
