"""Whether a value can be unknown where a step comes to it: by what is declared, and by the conditions on the way."""

from collections.abc import Iterable, Iterator

from attrs import frozen

from wend.dsl import core, plan, program
from wend.dsl.analysis.dead import targets
from wend.dsl.analysis.people import begins
from wend.dsl.analysis.ranges import FALSE, NOT_TRUE, TRUE, UNKNOWN, Ranges, Wanted
from wend.dsl.knowing import when_false, when_true
from wend.dsl.types import Kind


@frozen
class Way:
    """A step that does something, and how a path comes to it.

    Args:
        channel: what it sends over; empty for a step that is no message to the contact.
        needs: values without which the step does nothing, such as the contact's address.
    """

    made: program.Program
    journey: program.Journey
    trigger: program.Trigger
    index: int
    channel: str = ""
    needs: tuple[core.Expr, ...] = ()


def can_be_unknown(value: core.Expr, way: Way) -> bool:
    """Whether a field of the contact or of the trigger's event can be unknown at a step.

    What a condition asks for once is taken to stay so: it is in doubt only what nothing on the way has asked for.
    """
    if not _optional(value, way):
        return False
    ranges = Ranges(way.made.schema)
    always = [*begins(way.made, way.journey, way.channel), *(_known(need) for need in way.needs)]
    always += [(s.condition, NOT_TRUE) for s in way.trigger.stops if isinstance(s, program.StopWhen)]
    if any(not _settled(value, [*always, *_asked(head)], ranges) for head in way.trigger.heads):
        return way.index in _in_doubt(way.trigger.body, value, ranges)
    return False


def _optional(value: core.Expr, way: Way) -> bool:
    """Whether a value is declared as one that may be unknown; what is not declared is not in doubt."""
    match value:
        case core.Field(name=name) | core.Derived(name=name):
            kind = (way.made.schema.contact or {}).get(name)
        case core.Local(path=(field,)):
            heads = [head for head in way.trigger.heads if isinstance(head, program.On)]
            events = {head.match.event for head in heads}
            if len(events) != 1 or len(heads) < len(way.trigger.heads):
                return False
            if value.name not in {"event", *(head.alias for head in heads)}:
                return False
            kind = way.made.schema.events.get(events.pop(), {}).get(field)
        case _:
            return False
    return kind is not None and kind.optional and kind.kind is not Kind.ANY


def _asked(head: program.AnyHead) -> Iterator[Wanted]:
    """What holds when an entry point has fired."""
    match head:
        case program.When(condition=condition):
            yield condition, TRUE
        case program.Dated(length=length, anchor=anchor):
            yield _known(length)
            yield _known(anchor)
        case program.Every(anchor=core.Node() as anchor):
            yield _known(anchor)
        case program.OnChange(field=field, after=core.Node() as after):
            if after != core.Const(value=None):
                yield _known(field)
        case program.On(match=program.EventMatch(where=where), key=key):
            if where is not None:
                yield where, TRUE
            if key is not None:
                yield _known(key)
        case _:
            return


def _known(value: core.Expr) -> Wanted:
    return core.IsKnown(operand=value), TRUE


def _settled(value: core.Expr, wanted: Iterable[Wanted], ranges: Ranges) -> bool:
    """Whether a value is known where these conditions come out so, one of them or all together."""
    wanted = list(wanted)
    if isinstance(value, core.Local):  # the conditions of an event name its fields without it
        item = core.Item(path=value.path)
        return _narrowed(value, wanted, ranges) or any(_narrowed(item, [each], ranges) for each in wanted)
    return any(_narrowed(value, [each], ranges) for each in wanted) or _narrowed(value, wanted, ranges)


def _narrowed(value: core.Expr, wanted: list[Wanted], ranges: Ranges) -> bool:
    for condition, truths in wanted:
        if (truths == TRUE and value in when_true(condition)) or (truths == FALSE and value in when_false(condition)):
            return True
        fallen = [node for node in core.nodes(condition) if isinstance(node, core.Item) and node.fallback is not None]
        if isinstance(value, core.Item) and any(node.path == value.path for node in fallen):
            return True  # whose field it is turns out only there
    return not ranges.possible(*wanted, (core.IsKnown(operand=value, negated=True), TRUE))


def _in_doubt(body: tuple[plan.Operation, ...], value: core.Expr, ranges: Ranges) -> set[int]:
    """The steps that a path can come to without having asked for the value or set it."""
    found: set[int] = set()
    todo = [0]
    while todo:
        index = todo.pop()
        if index in found or index >= len(body):
            continue
        found.add(index)
        todo += _onward(body[index], index, value, ranges)
    return found


def _onward(op: plan.Operation, index: int, value: core.Expr, ranges: Ranges) -> Iterator[int]:
    match op:
        case plan.Branch(condition=condition, on_false=no, on_unknown=unknown):
            for target, truths in ((index + 1, TRUE), (no, FALSE), (unknown, UNKNOWN)):
                if not _settled(value, [(condition, truths)], ranges):
                    yield target
        case plan.WaitCondition(condition=condition, limit=limit, otherwise=other, awaited=awaited):
            passes = not awaited and (limit is None or other is not None)
            if not passes or not _settled(value, [(condition, TRUE)], ranges):
                yield index + 1
            if other is not None:
                yield other
        case plan.WaitUntilMoment(moment=moment, otherwise=int() as other):
            if not _settled(value, [_known(moment)], ranges):
                yield index + 1
            yield other
        case plan.Set(field=name, value=given) if isinstance(value, core.Field) and value.name == name:
            if given == core.Const(value=None):
                yield index + 1
        case _:
            yield from targets(op, index)
