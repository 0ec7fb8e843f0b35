"""How the parts of a line are written: expressions, types, schedules, options.

Every name comes out between backticks here; `quoting` takes away those that are not needed, once it is known
where each name stands.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import assert_never

from wend.dsl import ast
from wend.dsl.literals import quote

# how tightly each form of expression binds; an operand that binds less is bracketed
OR, AND, NOT, COMPARE, OTHERWISE, SUM, TERM, UNARY, ATOM = range(1, 10)

Spelling = Callable[[ast.Number | ast.Percent | ast.Duration], "str | None"]


class Phrases:
    """Writes what stands on a line.

    Args:
        spelling: how the script itself writes a number (`10_000`), or None to write it plainly.
    """

    def __init__(self, spelling: Spelling = lambda node: None) -> None:
        self.spelling = spelling

    def name(self, name: ast.Name) -> str:
        """A name, between backticks."""
        return f"`{name.text}`"

    def path(self, path: ast.Path) -> str:
        """`` `order`.`id` ``."""
        return ".".join(f"`{part.text}`" for part in path.parts)

    def number(self, node: ast.Number) -> str:
        """A number as the script writes it."""
        return self.spelling(node) or plain_number(node.value)

    def percent(self, node: ast.Percent) -> str:
        """A percentage as the script writes it."""
        return self.spelling(node) or plain_number(node.value) + "%"

    def duration(self, node: ast.Duration) -> str:
        """`1 day`, `3 days`."""
        amount = self.spelling(node) or plain_number(node.amount)
        return f"{amount} {node.unit}" + ("" if node.amount == 1 else "s")

    def expr(self, node: ast.Expr, level: int = OR) -> str:
        """An expression, in brackets if it binds less tightly than `level`."""
        own, text = self._expr(node)
        return f"({text})" if own < level else text

    def operands(self, node: ast.Expr) -> tuple[str, tuple[ast.Expr, ...]]:
        """The word between the operands of a condition, and the operands: one without a word if it has none."""
        match node:
            case ast.Or(operands=operands) if len(operands) > 1:
                return "or", operands
            case ast.And(operands=operands) if len(operands) > 1:
                return "and", operands
            case _:
                return "", (node,)

    def _expr(self, node: ast.Expr) -> tuple[int, str]:
        match node:
            case ast.Path():
                return ATOM, self.path(node)
            case ast.Text(value=text):
                return ATOM, quote(text)
            case ast.Number():
                return (ATOM if node.value >= 0 else UNARY), self.number(node)
            case ast.Compare(op=op, left=left, right=right):
                return COMPARE, f"{self.expr(left, OTHERWISE)} {op} {self.expr(right, OTHERWISE)}"
            case ast.And(operands=operands):
                return AND, " and ".join(self.expr(operand, NOT) for operand in operands)
            case ast.Or(operands=operands):
                return OR, " or ".join(self.expr(operand, AND) for operand in operands)
            case ast.Not(operand=operand):
                return NOT, f"not {self.expr(operand, NOT)}"
            case ast.IsKnown(operand=operand, negated=negated):
                return COMPARE, f"{self.expr(operand, OTHERWISE)} is {'unknown' if negated else 'known'}"
            case ast.InJourney(journey=journey):
                return COMPARE, f"in journey {self.name(journey)}"
            case ast.Otherwise(left=left, right=right):
                return OTHERWISE, f"{self.expr(left, OTHERWISE)} otherwise {self.expr(right, SUM)}"
            case ast.Arithmetic(op=op, left=left, right=right):
                own = SUM if op in (ast.Arith.ADD, ast.Arith.SUB) else TERM
                return own, f"{self.expr(left, own)} {op} {self.expr(right, own + 1)}"
            case ast.Negate(operand=operand):
                return UNARY, f"-{self.expr(operand, UNARY)}"
            case _:
                return ATOM, self._atom(node)

    def _atom(
        self,
        node: ast.Boolean
        | ast.Percent
        | ast.Duration
        | ast.Date
        | ast.Clock
        | ast.DateTime
        | ast.ListLiteral
        | ast.Call
        | ast.Aggregate,
    ) -> str:
        match node:
            case ast.Boolean(value=value):
                return "true" if value else "false"
            case ast.Percent():
                return self.percent(node)
            case ast.Duration():
                return self.duration(node)
            case ast.Date(value=date):
                return date.isoformat()
            case ast.Clock(value=time):
                return clock_text(time)
            case ast.DateTime(date=date, time=time):
                return f"{date.isoformat()} {clock_text(time)}"
            case ast.ListLiteral(items=items):
                return "[" + ", ".join(self.expr(item) for item in items) + "]"
            case ast.Call(name=name, args=args):
                return f"{self.name(name)}({', '.join(self.expr(arg) for arg in args)})"
            case ast.Aggregate(function=function, source=source, window=window, where=where):
                inside = [self.path(source)]
                if window is not None:
                    inside.append(self.window(window))
                if where is not None:
                    inside.append(f"where {self.expr(where)}")
                return f"{self.name(function)}({' '.join(inside)})"
            case _:
                assert_never(node)

    def window(self, window: ast.InLast | ast.Since) -> str:
        """`in last 30 days`, `since entry`."""
        if isinstance(window, ast.InLast):
            return f"in last {self.expr(window.length, SUM)}"
        return f"since {self.expr(window.start, SUM)}"

    def offset(self, offset: ast.Offset) -> str:
        """`80 days after signup_date`."""
        return f"{self.expr(offset.length, SUM)} {offset.direction} {self.expr(offset.anchor, SUM)}"

    def pairs(self, pairs: tuple[ast.Pair, ...]) -> str:
        """`a = 1, b = 2`."""
        return ", ".join(self.pair(pair) for pair in pairs)

    def pair(self, pair: ast.Pair) -> str:
        """`a = 1`."""
        return f"{self.name(pair.name)} = {self.expr(pair.value)}"

    def options(self, options: ast.Options) -> list[tuple[ast.Node, str]]:
        """Each option with the node that says where it stands."""
        out: list[tuple[ast.Node, str]] = []
        written = (
            ("to", options.to),
            ("from", options.sender),
            ("subject", options.subject),
            ("text", options.text),
        )
        out += [(value, f"{word} {self.expr(value)}") for word, value in written if value is not None]
        if options.values:
            out.append((options.values[0], f"with {self.pairs(options.values)}"))
        if options.label is not None:
            out.append((options.label, f"as {self.name(options.label)}"))
        return out

    def type(self, node: ast.TypeExpr | ast.NamedType | ast.EnumType | ast.ListType) -> str:
        """`list of text?`."""
        match node:
            case ast.TypeExpr(base=base, optional=optional):
                return self.type(base) + ("?" if optional else "")
            case ast.NamedType(name=name):
                return self.name(name)
            case ast.EnumType(values=values):
                return " | ".join(quote(value.value) for value in values)
            case ast.ListType(item=item):
                return f"list of {self.type(item)}"
            case _:
                assert_never(node)

    def schedule(self, node: ast.Schedule) -> str:
        """`2 weeks on monday`."""
        match node:
            case ast.Daily():
                return "day"
            case ast.Weekly(days=days):
                return ", ".join(days)
            case ast.Each(length=length, days=days):
                return self.duration(length) + (f" on {', '.join(days)}" if days else "")
            case ast.Monthly(day=day):
                return f"month on day {day}"
            case ast.Yearly(field=field):
                return f"year on {self.path(field)}"
            case ast.YearlyOffset(offset=offset):
                return f"year {self.offset(offset)}"
            case ast.EachFrom(length=length, field=field):
                return f"{self.duration(length)} from {self.path(field)}"
            case _:
                assert_never(node)


def plain_number(value: int | float) -> str:
    """A number without an exponent: `120`, `2.5`."""
    if isinstance(value, int):
        return str(value)
    return format(Decimal(repr(value)), "f") if abs(value) < 1e300 else "0"


def count_text(value: int) -> str:
    """A count; a large one in groups of three digits."""
    return f"{value:_}" if value >= 10_000 else str(value)


def clock_text(time: dt.time) -> str:
    """`9am`, `12pm`, `21:30`: whole hours by half of the day, other times by 24 hours."""
    if time.minute:
        return f"{time.hour}:{time.minute:02}"
    return f"{time.hour % 12 or 12}{'am' if time.hour < 12 else 'pm'}"
