"""Rules that start themselves again by what they do, alone or round a circle of others."""

from collections import defaultdict, deque
from collections.abc import Iterator
from itertools import count, islice

from attrs import frozen

from wend.dsl import core, plan, program
from wend.dsl.analysis.ranges import TRUE, Ranges, Wanted
from wend.dsl.analysis.report import warning
from wend.dsl.ast import CompareOp
from wend.dsl.builtins import LISTS, TAGS
from wend.dsl.core import Hint, Place
from wend.dsl.diagnostics import Diagnostic

_ARRIVES = {
    (TAGS, False): "tag_added",
    (TAGS, True): "tag_removed",
    (LISTS, False): "list_joined",
    (LISTS, True): "list_left",
}
_NAMED = {TAGS: "tag", LISTS: "list"}


_FAR = 1_000
"""So many rules are followed from one."""
_STEPS = 200_000
"""So many effects are followed from all of them."""
_PAIRS = 20_000
"""So many pairs of a step and an entry point are looked at: of a large program all of them would take minutes."""


@frozen
class _Rule:
    journey: str
    trigger: program.Trigger


@frozen
class _Effect:
    """What a step causes: a step, the rule that it starts, and what is written where it only writes a constant."""

    place: Place
    target: int
    writes: tuple[str, object] | None = None


def cycles(made: program.Program, ranges: Ranges) -> Iterator[Diagnostic]:
    """Circles of rules, each reported once, at the step that closes it."""
    rules = [_Rule(j.name, t) for j in made.journeys for t in j.triggers]
    listening = _listening(rules)
    pairs = islice(count(), _PAIRS)
    effects = [list(_effects(rule, listening, pairs, ranges)) for rule in rules]
    steps = islice(count(), _STEPS)
    for start in _in_circles(effects):
        way = _way_back(start, effects, steps)
        if way is None or min(target for target in (start, *(e.target for e in way))) != start:
            continue
        if not _goes_on(way):
            continue
        first = way[0]
        if len(way) == 1:
            message = "this starts its own rule again, each time one deeper; the sixth is dropped"
        else:
            message = f"this comes back to its own rule by way of {len(way) - 1} other{'s' if len(way) > 2 else ''}"
            message += ", each time one deeper; the sixth is dropped"
        hints = [Hint(effect.place, "and this") for effect in way[1:3]]
        yield warning("W422", message, first.place, "ask in the rule whether it has been done already", *hints)


def _in_circles(effects: list[list[_Effect]]) -> list[int]:
    """The rules that can stand in a circle: without those that nothing starts or that start nothing, repeatedly."""
    onward = [{effect.target for effect in each} for each in effects]
    back: list[set[int]] = [set() for _ in effects]
    for rule, targets in enumerate(onward):
        for target in targets:
            back[target].add(rule)
    left = set(range(len(effects)))
    todo = list(left)
    while todo:
        rule = todo.pop()
        if rule in left and not (onward[rule] and back[rule]):
            left.remove(rule)
            for target in onward[rule]:
                back[target].discard(rule)
            for cause in back[rule]:
                onward[cause].discard(rule)
            todo += [*onward[rule], *back[rule]]
    return sorted(left)


def _way_back(start: int, effects: list[list[_Effect]], steps: Iterator[int]) -> list[_Effect] | None:
    """The shortest chain of effects from a rule to itself."""
    ways = deque((effect, start) for effect in effects[start])
    seen: dict[int, tuple[_Effect, int]] = {}
    while ways and len(seen) < _FAR and next(steps, None) is not None:
        effect, cause = ways.popleft()
        here = effect.target
        if here == start:
            way = [effect]
            while cause != start:
                effect, cause = seen[cause]
                way.append(effect)
            return way[::-1]
        if here not in seen:
            seen[here] = effect, cause
            ways += ((each, here) for each in effects[here])
    return None


def _goes_on(way: list[_Effect]) -> bool:
    """Whether the circle can be gone through more than once: what only writes the same again changes nothing."""
    if any(effect.writes is None for effect in way):
        return True
    written: dict[str, set[object]] = {}
    for effect in way:
        assert effect.writes is not None
        written.setdefault(effect.writes[0], set()).add(effect.writes[1])
    return any(len(values) > 1 for values in written.values())


def _listening(rules: list[_Rule]) -> dict[str, list[tuple[int, program.AnyHead]]]:
    """The entry points that an event or a change of a field begins, by its name."""
    found: dict[str, list[tuple[int, program.AnyHead]]] = defaultdict(list)
    for index, rule in enumerate(rules):
        for head in rule.trigger.heads:
            match head:
                case program.On(match=match):
                    found[match.event].append((index, head))
                case program.OnChange(field=core.Field(name=name)):
                    found[name].append((index, head))
                case _:
                    pass
    return found


def _name(op: plan.Operation) -> str | None:
    """The event or the field by which a step can begin a rule."""
    match op:
        case plan.Emit(event=event):
            return event
        case plan.Mark(field=field, remove=remove):
            return _ARRIVES[field, remove]
        case plan.Set(field=name):
            return name
        case _:
            return None


def _effects(
    rule: _Rule, listening: dict[str, list[tuple[int, program.AnyHead]]], pairs: Iterator[int], ranges: Ranges
) -> Iterator[_Effect]:
    for op in rule.trigger.body:
        name = _name(op)
        if op.place is None or name is None:
            continue
        for (index, head), _ in zip(listening.get(name, ()), pairs, strict=False):
            match op, head:
                case plan.Emit(event=event, values=values), program.On(match=match, once=False) if (
                    match.event == event and _fits(match.where, dict(values), ranges)
                ):
                    yield _Effect(op.place, index)
                case plan.Mark(), program.On(match=match, once=False) if _marks(op, match, ranges):
                    value = op.value.value if isinstance(op.value, core.Const) else None
                    writes = None if value is None else (f"{op.field} {value}", op.remove)
                    yield _Effect(op.place, index, writes)
                case plan.Set(field=name, value=value), program.OnChange(field=core.Field(name=changed)) if (
                    name == changed and _turns(value, head)
                ):
                    constant = (name, value.value) if isinstance(value, core.Const) else None
                    yield _Effect(op.place, index, constant)
                case _:
                    pass


def _turns(value: core.Expr, head: program.AnyHead) -> bool:
    """Whether a field set to a value can be the change that is asked for."""
    if not isinstance(head, program.OnChange) or not isinstance(value, core.Const):
        return isinstance(head, program.OnChange)
    return not isinstance(head.after, core.Const) or head.after.value == value.value


def _marks(op: plan.Mark, match: program.EventMatch, ranges: Ranges) -> bool:
    return match.event == _ARRIVES[op.field, op.remove] and _fits(match.where, {_NAMED[op.field]: op.value}, ranges)


def _fits(where: core.Expr | None, values: dict[str, core.Expr], ranges: Ranges) -> bool:
    """Whether an event with these values can be one that is asked for."""
    if where is None:
        return True
    told: list[Wanted] = [
        (core.Compare(op=CompareOp.EQ, left=core.Item(path=(name,)), right=value), TRUE)
        for name, value in values.items()
        if isinstance(value, core.Const) and value.value is not None
    ]
    return ranges.possible((where, TRUE), *told)
