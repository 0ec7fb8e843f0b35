"""The parts of a condition that make it what it is, with their values: what an explanation is made of.

`hindering` gives the parts that keep a condition from being true (or false), the first one first; `supporting` those
that make it so. Each is a `Clause`: what it says, its value, what that was made of, until when it holds, when it will
be another by itself, and where it never will, what would have to change.
"""

from collections.abc import Iterator

import attrs
from attrs import frozen

from wend.dsl import core
from wend.dsl.ast import CompareOp
from wend.dsl.core import Place
from wend.dsl.literals import spell_name
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.telling.spell import spell, spell_expr
from wend.runtime.values import FOREVER, Instant, Value

MOST_VALUES = 6
"""How many values a clause shows at most."""
FARTHEST = 400
"""How many bounds are followed to find when a value becomes another."""


@frozen
class Clause:
    """One part of a condition, as it is now.

    Args:
        text: what it says, on one line, with every `define` and `segment` written out.
        value: true, false, None for unknown, or any other value.
        until: it holds on [now, until); `FOREVER`: until data changes. UTC.
        values: what it was made of, each with its text: `("days_since(last_purchase)", 85)`.
        becomes: when it is another without new data, and what it is then; None where it stays as it is.
        remedy: what would have to change: a sentence.
        place: where it stands in a script.
    """

    text: str
    value: Value
    until: Instant
    values: tuple[tuple[str, Value], ...] = ()
    becomes: tuple[Instant, Value] | None = None
    remedy: str = ""
    place: Place | None = attrs.field(default=None, eq=False, repr=False)


def hindering(expr: core.Expr, env: Env, wanted: bool = True) -> tuple[Clause, ...]:
    """The parts that keep a condition from being `wanted`, in the order of the script; none where it is so."""
    return tuple(clause_of(part, env, want) for part, want in _hindering(expr, env, wanted))


def supporting(expr: core.Expr, env: Env, value: bool = True) -> tuple[Clause, ...]:
    """The parts that make a condition `value`, in the order of the script; none where it is something else."""
    return tuple(clause_of(part, env, want) for part, want in _supporting(expr, env, value))


def _hindering(expr: core.Expr, env: Env, wanted: bool) -> Iterator[tuple[core.Expr, bool]]:
    if evaluate(expr, env).value is wanted:
        return
    match expr:
        case core.And(operands=operands) if wanted:
            for operand in operands:
                yield from _hindering(operand, env, True)
        case core.Or(operands=operands) if not wanted:
            for operand in operands:
                yield from _hindering(operand, env, False)
        case core.Not(operand=operand):
            yield from _hindering(operand, env, not wanted)
        case _:
            yield expr, wanted


def _supporting(expr: core.Expr, env: Env, value: bool) -> Iterator[tuple[core.Expr, bool]]:
    if evaluate(expr, env).value is not value:
        return
    match expr:
        case core.And(operands=operands):
            for operand in operands:
                yield from _supporting(operand, env, value)
        case core.Or(operands=operands):
            for operand in operands:
                yield from _supporting(operand, env, value)
        case core.Not(operand=operand):
            yield from _supporting(operand, env, not value)
        case _:
            yield expr, value


def clause_of(expr: core.Expr, env: Env, wanted: bool = True) -> Clause:
    """One expression as a clause.

    Args:
        wanted: what it would have to be, for the remedy.
    """
    value, until, _ = evaluate(expr, env)
    return Clause(
        text=spell_expr(expr),
        value=value,
        until=until,
        values=values_of(expr, env),
        becomes=next_value(expr, env),
        remedy=remedy(expr, env, wanted),
        place=expr.place,
    )


def next_value(expr: core.Expr, env: Env) -> tuple[Instant, Value] | None:
    """When an expression has another value without new data, and which; None where that is not found.

    A bound tells only when a value may change: from one to the next the value is asked anew.
    """
    value, until, _ = evaluate(expr, env)
    for _ in range(FARTHEST):
        if until >= FOREVER:
            return None
        later = at(env, until)
        found, then, _ = evaluate(expr, later)
        if found != value or type(found) is not type(value):
            return until, found
        until = then if then > until else FOREVER
    return None


def becomes_at(expr: core.Expr, env: Env, wanted: bool) -> Instant | None:
    """When a condition is `wanted` without new data; None where that is not found."""
    for _ in range(FARTHEST):
        change = next_value(expr, env)
        if change is None:
            return None
        if change[1] is wanted:
            return change[0]
        env = at(env, change[0])
    return None


def leaves_at(expr: core.Expr, env: Env, value: bool) -> Instant | None:
    """When a condition that is `value` is so no more without new data; None where that is not found."""
    change = next_value(expr, env) if evaluate(expr, env).value is value else None
    return None if change is None else change[0]


def at(env: Env, now: Instant) -> Env:
    """The same view at another time."""
    return attrs.evolve(env, now=now, found={})


# ---- what an expression is made of -----------------------------------------------------------------------------------


def values_of(expr: core.Expr, env: Env) -> tuple[tuple[str, Value], ...]:
    """The values that an expression was made of, the outer ones first, each once."""
    found: dict[str, Value] = {}
    for part in _parts(expr):
        text = spell_expr(part)
        if part is not expr and text not in found:
            found[text] = evaluate(part, env).value
    return tuple(found.items())[:MOST_VALUES]


def _parts(expr: core.Expr) -> Iterator[core.Expr]:
    """What has a value of its own and is not written out: fields, aggregates, calls; nothing inside a `where`."""
    match expr:
        case core.Const() | core.LocalMoment():
            return
        case core.Derived():
            yield expr
            if any(isinstance(node, core.Field | core.Derived) for node in core.nodes(expr.value)):
                yield from _parts(expr.value)
        case core.Aggregate():
            yield expr
            if isinstance(expr.window, core.Since):
                yield from _parts(expr.window.start)
        case core.And(operands=operands) | core.Or(operands=operands):
            for operand in operands:
                yield from _parts(operand)
        case core.Not(operand=operand) | core.IsKnown(operand=operand) | core.Negate(operand=operand):
            yield from _parts(operand)
        case core.Compare(left=left, right=right) | core.Otherwise(left=left, right=right):
            yield from _parts(left)
            yield from _parts(right)
        case core.Arithmetic(left=left, right=right):
            yield expr
            yield from _parts(left)
            yield from _parts(right)
        case core.ListOf(items=items):
            for item in items:
                yield from _parts(item)
        case core.Apply(args=args):
            yield expr
            for arg in args:
                yield from _parts(arg)
        case _:
            yield expr


@frozen
class Reads:
    """The data that an expression reads: fields, events, messages by label, journeys; and whether it reads the time."""

    fields: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    journeys: tuple[str, ...] = ()
    timed: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields or self.events or self.labels or self.journeys)


def reads(expr: core.Expr) -> Reads:
    """What data an expression reads; of a derived field, what that is made of."""
    fields: dict[str, None] = {}
    events: dict[str, None] = {}
    labels: dict[str, None] = {}
    journeys: dict[str, None] = {}
    timed = False
    for node in core.nodes(expr):
        match node:
            case core.Field(name=name):
                fields[name] = None
            case core.Aggregate(event=event):
                events[event] = None
            case core.LabelRef(label=label):
                labels[label] = None
            case core.InJourney(journey=journey):
                journeys[journey] = None
            case core.Now() | core.Today() | core.Apply():
                timed = True
            case _:
                pass
    return Reads(tuple(fields), tuple(events), tuple(labels), tuple(journeys), timed)


_SENT = "be sent"
_REACTED = {
    core.LabelAttr.OPENED: "be opened",
    core.LabelAttr.CLICKED: "be clicked",
    core.LabelAttr.BOUNCED: "bounce",
}
"""What would have to become of a message that was sent."""


def remedy(expr: core.Expr, env: Env, wanted: bool = True) -> str:
    """What would have to change for a clause to be `wanted`."""
    match expr:
        case core.Field(name=name):
            return f"`{spell_name(name)}` would have to be {spell(wanted, env.zone)}"
        case core.Compare(op=CompareOp.EQ, left=core.Field(name=name), right=core.Const() as constant) if wanted:
            return f"`{spell_name(name)}` would have to be {spell_expr(constant)}"
        case core.IsKnown(operand=operand, negated=negated):
            state = "unknown" if negated is wanted else "known"
            return f"`{spell_expr(operand)}` would have to be {state}"
        case core.Aggregate(event=event, fold=core.Fold.ANY) if wanted:
            return f"an event `{event}` would have to happen" + _conditions(expr)
        case core.LabelRef(label=label, attr=core.LabelAttr.ANSWER):
            return f"the answer `{label}` would have to say so"
        case core.LabelRef(label=label, attr=attr) if wanted:
            sent = evaluate(expr, env).value is not None  # unknown: it was not sent
            return f"the message `{label}` would have to {_REACTED.get(attr, _SENT) if sent else _SENT}"
        case core.InJourney(journey=journey):
            return f"the journey `{journey}` would have to {'be' if wanted else 'end being'} under way"
        case _:
            return _generally(expr, env, wanted)


def _conditions(expr: core.Aggregate) -> str:
    return "" if expr.window is None and expr.where is None else f", as `{spell_expr(expr)}` asks"


def _generally(expr: core.Expr, env: Env, wanted: bool) -> str:
    missing = [part for part in _parts(expr) if evaluate(part, env).value is None]
    if missing and evaluate(expr, env).value is None:
        return _to_be_known(missing[-1])
    found = reads(expr)
    told = [f"the field `{name}`" for name in found.fields] + [f"events `{name}`" for name in found.events]
    if any(isinstance(part, core.Item) for part in _parts(expr)):
        told.append("another event")
    told += [f"the message `{name}`" for name in found.labels] + [f"the journey `{name}`" for name in found.journeys]
    if not told:
        return "it is the same for everybody" + ("" if found.timed else ", always")
    return f"only {_listed(told)} could make it {spell(wanted, env.zone)}"


def _to_be_known(part: core.Expr) -> str:
    """What is unknown would have to be known; what only events could tell waits for one."""
    found = reads(part)
    if isinstance(part, core.Derived | core.Aggregate) and len(found.events) == 1 and not found.fields:
        return f"an event `{found.events[0]}` would have to happen"
    if isinstance(part, core.LabelRef) and part.attr is core.LabelAttr.ANSWER:
        return f"the answer `{part.label}` would have to come"
    if isinstance(part, core.LabelRef):
        return f"the message `{part.label}` would have to be sent"
    return f"`{spell_expr(part)}` would have to be known"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"
