"""The forms of `wait`."""

from typing import assert_never

from wend.dsl import ast, core, plan
from wend.dsl.checker import warnings
from wend.dsl.checker.env import NOTHING, Env
from wend.dsl.checker.expressions import Expressions, constant_length
from wend.dsl.checker.operators import MOMENTS
from wend.dsl.checker.resolve import about
from wend.dsl.checker.words import a_type
from wend.dsl.types import Kind

Waiting = (
    plan.WaitFor | plan.WaitUntilClock | plan.WaitUntilDay | plan.WaitUntilMoment | plan.WaitCondition | plan.WaitEvent
)
Waits = ast.WaitFor | ast.WaitUntil | ast.WaitUntilDay | ast.WaitUntilOffset | ast.WaitUpToUntil | ast.WaitUpToFor

_DAYS = tuple(d for d in ast.Weekday if d is not ast.Weekday.WEEKDAY)


def weekdays(days: tuple[ast.Weekday, ...]) -> frozenset[int]:
    """Days as numbers, Monday being 0; `weekday` is Monday to Friday."""
    found: set[int] = set()
    for day in days:
        found |= set(range(5)) if day is ast.Weekday.WEEKDAY else {_DAYS.index(day)}
    return frozenset(found)


def lower_wait(step: Waits, name: str, env: Env, ctx: Expressions) -> Waiting:
    """The operation of a wait; its `else` is added by the caller."""
    place = env.place(step)
    match step:
        case ast.WaitFor(length=length):
            return plan.WaitFor(id=name, length=ctx.length(length, env, "a wait", awaited=True), place=place)
        case ast.WaitUntil():
            return _until(step, name, env, ctx)
        case ast.WaitUntilDay(day=day, clock=clock):
            _no_else(step, "a weekday always comes", env, ctx)
            warnings.weekday_field(step, env, ctx)
            return plan.WaitUntilDay(id=name, days=weekdays((day,)), clock=clock, place=place)
        case ast.WaitUntilOffset():
            return _until_offset(step, name, env, ctx)
        case ast.WaitUpToUntil(limit=limit, condition=condition):
            checked = ctx.condition(condition, env).expr
            bound = ctx.length(limit, env, "the bound of a wait", awaited=True)
            return plan.WaitCondition(id=name, condition=checked, limit=bound, awaited=_awaited(checked), place=place)
        case ast.WaitUpToFor(limit=limit, event=event, alias=alias, where=where):
            shape = ctx.event(event, env)
            bound = ctx.length(limit, env, "the bound of a wait", awaited=True)
            alias_text = None if alias is None else alias.text
            matched: core.Expr | None = None
            if where is not None and shape is not None:
                matched = ctx.condition(where, env.within(shape, alias_text)).expr
            return plan.WaitEvent(
                id=name,
                event=event.text if shape is None else shape.name,
                limit=bound,
                alias=alias_text,
                where=about(event, matched, env),
                awaited=frozenset({event.parts[0].text} & env.labels) if len(event.parts) > 1 else frozenset(),
                place=place,
            )
        case _:
            assert_never(step)


def _until(step: ast.WaitUntil, name: str, env: Env, ctx: Expressions) -> Waiting:
    place, target = env.place(step), step.target
    made = ctx.check(target, env)
    kind = made.type.kind
    dated = kind in MOMENTS or step.clock is not None
    if kind is Kind.ANY:
        dated = dated or (isinstance(target, ast.Path) and step.otherwise is not None)
    if dated and kind not in (*MOMENTS, Kind.ANY):
        message = f"`at` stands after a date, this is {a_type(made.type, made.expr)}"
        ctx.error("W215", message, target, env, "leave the `at` out")
    elif dated:
        if not isinstance(target, ast.Date | ast.DateTime):
            _need_else(step, env, ctx)
        return plan.WaitUntilMoment(id=name, moment=made.expr, clock=step.clock, place=place)
    elif kind is Kind.CLOCK:
        _no_else(step, "a time of day always comes", env, ctx)
        return plan.WaitUntilClock(id=name, clock=made.expr, place=place)
    elif kind in (Kind.BOOLEAN, Kind.ANY):
        _no_else(step, "without a bound it waits for ever", env, ctx)
    else:
        message = f"`wait until` takes a condition, a time of day or a date, this is {a_type(made.type, made.expr)}"
        help = "write `wait 3 days`, say" if kind is Kind.DURATION else "write a comparison, or name a date"
        ctx.error("W215", message, target, env, help)
    condition = made.expr if kind is not Kind.CLOCK else NOTHING.expr
    return plan.WaitCondition(id=name, condition=condition, awaited=_awaited(condition), place=place)


def _awaited(condition: core.Expr) -> frozenset[str]:
    """The labels that a condition asks for, if it asks for nothing else."""
    leaves = [leaf for leaf in core.leaves(condition) if not isinstance(leaf, core.Const)]
    labels = frozenset(leaf.label for leaf in leaves if isinstance(leaf, core.LabelRef))
    return labels if all(isinstance(leaf, core.LabelRef) for leaf in leaves) else frozenset()


def _until_offset(step: ast.WaitUntilOffset, name: str, env: Env, ctx: Expressions) -> plan.WaitUntilMoment:
    offset = step.offset
    length = ctx.length(offset.length, env, f"what stands before `{offset.direction}`", zero=True)
    moment = ctx.moment(offset.anchor, env, f"what stands after `{offset.direction}`")
    fixed = isinstance(offset.anchor, ast.Date | ast.DateTime) and constant_length(length) is not None
    if not fixed:
        _need_else(step, env, ctx)
    if offset.direction is ast.Direction.BEFORE:
        length = core.Negate(operand=length, place=env.place(offset.length))
    return plan.WaitUntilMoment(id=name, moment=moment, offset=length, clock=step.clock, place=env.place(step))


def _need_else(step: ast.WaitUntil | ast.WaitUntilOffset, env: Env, ctx: Expressions) -> None:
    if not step.otherwise:
        message = "this date may be past or unknown, and nothing is said for that"
        ctx.error("W236", message, step, env, "add an `else` with what to do then: `else stop`, say")


def _no_else(step: ast.WaitUntil | ast.WaitUntilDay, why: str, env: Env, ctx: Expressions) -> None:
    if step.otherwise:
        message = f"this `else` is never reached: {why}"
        help = "leave it out" if isinstance(step, ast.WaitUntilDay) else "leave it out, or write `wait up to … until …`"
        ctx.error("W239", message, step.otherwise[0], env, help)
