"""Values and checked expressions as a script writes them: for a person who reads an explanation.

A checked expression is written from what it is, not copied from the script: every `define` and `segment` is written
out in it, and stands on one line.
"""

import datetime as dt
from collections.abc import Mapping
from typing import assert_never

from wend.dsl import core
from wend.dsl.ast import Arith
from wend.dsl.literals import quote, spell_name
from wend.dsl.period import Period
from wend.runtime.calendar import Zone, zone
from wend.runtime.values import FOREVER, Instant, Value

OR, AND, NOT, COMPARE, OTHERWISE, SUM, TERM, UNARY, ATOM = range(1, 10)
"""How tightly each form of expression binds; an operand that binds less is bracketed."""


def spell(value: Value, zone: Zone) -> str:
    """A value as a script writes it; an instant is local in the zone."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return spell_number(value)
        case str():
            return quote(value)
        case dt.datetime():
            return spell_time(value, zone)
        case dt.date():
            return f"{value}"
        case dt.time():
            return f"{value:%H:%M}"
        case Period():
            return spell_period(value)
        case tuple():
            return "[" + ", ".join(spell(item, zone) for item in value) + "]"
        case Mapping():
            return "(" + ", ".join(f"{name} = {spell(item, zone)}" for name, item in value.items()) + ")"


def spell_time(instant: Instant, zone: Zone) -> str:
    """An instant as a clock of the zone shows it, `2026-05-10 09:00`; seconds only where there are some."""
    local = zone.local(instant)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second or local.microsecond else f"{local:%Y-%m-%d %H:%M}"


def spell_until(until: Instant, zone: Zone) -> str:
    """Until when a value holds: `until 2026-05-10 00:00 Europe/Paris`, or `until data changes`."""
    return "until data changes" if until >= FOREVER else f"until {spell_time(until, zone)} {zone.name}"


def spell_number(number: float) -> str:
    """A number without needless decimals."""
    if isinstance(number, int):
        return str(number)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.12g}"


def spell_period(period: Period) -> str:
    """`3 days`, `1 month + 2 days`, `90 minutes`."""
    parts = [_counted(period.months, ((12, "year"), (1, "month"))), _counted(period.days, ((1, "day"),))]
    parts.append(_counted(period.seconds, ((3600, "hour"), (60, "minute"), (1, "second"))))
    return " + ".join(part for part in parts if part) or "0 days"


def _counted(amount: float, units: tuple[tuple[int, str], ...]) -> str:
    """The amount in its largest whole unit, or in its smallest with decimals."""
    if not amount:
        return ""
    size, name = next(((size, name) for size, name in units if amount % size == 0), units[-1])
    number = amount / size
    return f"{spell_number(number)} {name}" + ("" if number == 1 else "s")


def spell_expr(expr: core.Expr, level: int = OR) -> str:
    """A checked expression on one line, in brackets if it binds less tightly than `level`."""
    own, text = _spell(expr)
    return f"({text})" if own < level else text


def _spell(expr: core.Expr) -> tuple[int, str]:
    match expr:
        case core.Compare(op=op, left=left, right=right):
            return COMPARE, f"{spell_expr(left, OTHERWISE)} {op} {spell_expr(right, OTHERWISE)}"
        case core.And(operands=operands):
            return AND, " and ".join(spell_expr(operand, NOT) for operand in operands)
        case core.Or(operands=operands):
            return OR, " or ".join(spell_expr(operand, AND) for operand in operands)
        case core.Not(operand=operand):
            return NOT, f"not {spell_expr(operand, NOT)}"
        case core.IsKnown(operand=operand, negated=negated):
            return COMPARE, f"{spell_expr(operand, OTHERWISE)} is {'unknown' if negated else 'known'}"
        case core.InJourney(journey=journey):
            return COMPARE, f"in journey {spell_name(journey)}"
        case core.Otherwise(left=left, right=right):
            return OTHERWISE, f"{spell_expr(left, OTHERWISE)} otherwise {spell_expr(right, SUM)}"
        case core.Arithmetic(op=op, left=left, right=right):
            own = SUM if op in (Arith.ADD, Arith.SUB) else TERM
            return own, f"{spell_expr(left, own)} {op} {spell_expr(right, own + 1)}"
        case core.Negate(operand=operand):
            return UNARY, f"-{spell_expr(operand, UNARY)}"
        case _:
            return ATOM, _spell_atom(expr)


def _spell_atom(expr: core.Expr) -> str:
    match expr:
        case core.Const(value=value):
            return spell(value, zone("UTC"))
        case core.LocalMoment(date=date, time=time):
            return f"{date} {time:%H:%M}"
        case core.Field(name=name) | core.Derived(name=name):
            return spell_name(name)
        case core.Now():
            return "now"
        case core.Today():
            return "today"
        case core.Entry():
            return "entry"
        case core.Local(name=name, path=path):
            return ".".join(spell_name(part) for part in (name, *path))
        case core.Item(path=path):
            return ".".join(spell_name(part) for part in path)
        case core.LabelRef(label=label, attr=core.LabelAttr.ANSWER, path=path):
            return ".".join(spell_name(part) for part in (label, *path))
        case core.LabelRef(label=label, attr=attr):
            return f"{spell_name(label)}.{attr}"
        case core.Aggregate():
            return _aggregate(expr)
        case core.ListOf(items=items):
            return "[" + ", ".join(spell_expr(item) for item in items) + "]"
        case core.Apply(function=function, args=args):
            return f"{function}({', '.join(spell_expr(arg) for arg in args)})"
        case (
            core.Compare()
            | core.And()
            | core.Or()
            | core.Not()
            | core.IsKnown()
            | core.InJourney()
            | core.Otherwise()
            | core.Arithmetic()
            | core.Negate()
        ):
            return f"({_spell(expr)[1]})"
        case _:
            assert_never(expr)


def _aggregate(expr: core.Aggregate) -> str:
    inside = ".".join(spell_name(part) for part in (expr.event, *(expr.path or ())))
    match expr.window:
        case core.InLast(length=length):
            inside += f" in last {spell_expr(length)}"
        case core.Since(start=start):
            inside += f" since {spell_expr(start)}"
        case None:
            pass
    if expr.where is not None:
        inside += f" where {spell_expr(expr.where)}"
    return f"{expr.fold}({inside})"
