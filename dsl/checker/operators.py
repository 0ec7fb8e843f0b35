"""Which kinds of values the operators take, and what they give."""

import re
from collections.abc import Sequence

import re2

from wend.dsl import ast, core
from wend.dsl.ast import Arith, CompareOp
from wend.dsl.checker.context import Context
from wend.dsl.checker.env import NOTHING, Env, Typed, is_placeholder
from wend.dsl.checker.words import a_kind, a_type, counted_unit, listed
from wend.dsl.nearest import nearest
from wend.dsl.period import Period
from wend.dsl.types import ANY, BOOLEAN, DATE, DATETIME, DURATION, NUMBER, Kind, Type

MOMENTS = frozenset({Kind.DATE, Kind.DATETIME})
ORDERED = frozenset({Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.CLOCK, Kind.DURATION, Kind.ANY})
_EQUALITY = frozenset({CompareOp.EQ, CompareOp.NE})
_TEXTUAL = frozenset({CompareOp.STARTS, CompareOp.ENDS, CompareOp.MATCHES})


def fits(value: Type, target: Type) -> bool:
    """Whether a value may stand where the target is expected; a date and a datetime stand for each other."""
    if Kind.ANY in (value.kind, target.kind) or {value.kind, target.kind} <= MOMENTS:
        return True
    if value.kind is Kind.LIST and target.kind is Kind.LIST:
        return value.item is None or target.item is None or fits(value.item, target.item)
    return value.kind is target.kind


def may_be_unknown(type: Type) -> bool:
    """Whether the schema says that the value may be unknown. Without a schema nothing is said."""
    return type.optional and type.kind is not Kind.ANY


def either_unknown(*operands: Typed) -> bool:
    """Whether one of them may be unknown."""
    return any(may_be_unknown(o.type) for o in operands)


def outside_values(value: Typed, type: Type) -> str | None:
    """The text, where it is a literal that is none of the type's values."""
    text = value.expr.value if isinstance(value.expr, core.Const) else None
    return text if isinstance(text, str) and type.values and text not in type.values else None


def quoted(text: str) -> str:
    """The text between quotes."""
    return f'"{text}"'


def values_help(text: str, type: Type) -> str:
    """The nearest value, or all of them."""
    near = nearest(text, type.values)
    return f'write `"{near}"`' if near else f"the values are {listed([quoted(v) for v in type.values])}"


# ---- comparison ------------------------------------------------------------------------------------------------------


def compare(node: ast.Compare, left: Typed, right: Typed, env: Env, ctx: Context) -> Typed:
    """A checked comparison."""
    result = Typed(
        core.Compare(op=node.op, left=left.expr, right=right.expr, place=env.place(node)),
        BOOLEAN.maybe(either_unknown(left, right) or _may_lack(node.op, left, right)),
    )
    if any(isinstance(side, ast.Path) and side.text == "unknown" for side in (node.left, node.right)):
        word = "is known" if node.op is CompareOp.NE else "is unknown"
        ctx.error("W212", "nothing compares with `unknown`", node, env, f"write `{word}`")
        return result
    match node.op:
        case CompareOp.IN | CompareOp.NOT_IN:
            _membership(node, left, right, env, ctx)
        case CompareOp.CONTAINS:
            _contains(node, left, right, env, ctx)
        case CompareOp.STARTS | CompareOp.ENDS | CompareOp.MATCHES:
            _textual(node, left, right, env, ctx)
        case _:
            _order(node, left, right, env, ctx)
    return result


def _may_lack(op: CompareOp, left: Typed, right: Typed) -> bool:
    """Whether an item may be unknown of the list that is looked into: then the list may have the value unseen."""
    whole = right if op in (CompareOp.IN, CompareOp.NOT_IN) else left
    looks = op in (CompareOp.IN, CompareOp.NOT_IN, CompareOp.CONTAINS)
    return looks and whole.type.item is not None and may_be_unknown(whole.type.item)


def _order(node: ast.Compare, left: Typed, right: Typed, env: Env, ctx: Context) -> None:
    if not fits(left.type, right.type):
        _unlike(node, left, right, env, ctx)
        return
    if node.op in _EQUALITY:
        _check_values(node.right, right, left.type, env, ctx)
        _check_values(node.left, left, right.type, env, ctx)
        return
    for side in (left, right):
        if side.type.kind not in ORDERED or side.type.values:
            words = "one of a set of values" if side.type.values else a_kind(side.type.kind)
            ctx.error("W212", f"`{node.op}` has no meaning for {words}", node, env, "compare with `=`")
            return


def _unlike(node: ast.Compare, left: Typed, right: Typed, env: Env, ctx: Context) -> None:
    message = f"{a_type(left.type, left.expr)} is compared with {a_type(right.type, right.expr)}"
    ctx.error("W212", message, node, env, _unlike_help(node, left, right))


def _unlike_help(node: ast.Compare, left: Typed, right: Typed) -> str:
    for value, other, written in ((left, right, node.right), (right, left, node.left)):
        const = other.expr.value if isinstance(other.expr, core.Const) else None
        if value.type.kind is Kind.NUMBER and isinstance(written, ast.Duration):
            return _in_unit(counted_unit(value.expr), written)
        if value.type.kind is Kind.DURATION and isinstance(written, ast.Number):
            return f"write `{written.value} days`, say"
        if isinstance(const, str):
            if value.type.kind in MOMENTS | {Kind.NUMBER, Kind.BOOLEAN, Kind.CLOCK} and const:
                if not _reads_as(const, value.type.kind):
                    return f"this is a text: compare with {a_kind(value.type.kind)}"
                return f"write `{const}` without quotes"
            if value.type.kind is Kind.LIST:
                return "write `contains`, or `in` the other way round"
        if value.type.kind in MOMENTS and isinstance(written, ast.Number):
            return "write a date such as `2027-03-01`, or count days: `days_since(…)`"
        if value.type.kind is Kind.TEXT and isinstance(written, ast.Number | ast.Date | ast.Boolean | ast.Clock):
            return "put the text between quotes"
    if counted_unit(left.expr) or counted_unit(right.expr):
        return "compare it with a number"
    return "compare values of one kind"


def _reads_as(text: str, kind: Kind) -> bool:
    patterns = {
        Kind.NUMBER: r"-?\d+(\.\d+)?",
        Kind.BOOLEAN: r"true|false",
        Kind.CLOCK: r"\d{1,2}(:\d\d)?\s*([ap]m)?",
    }
    return re.fullmatch(patterns.get(kind, r"\d{4}-\d\d-\d\d( .*)?"), text) is not None


_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def _in_unit(unit: str | None, written: ast.Duration) -> str:
    """What number a length of time is in a unit that is counted: `72` for 3 days in hours."""
    counted, told = (unit or "").removesuffix("s"), written.unit.value.removesuffix("s")
    if unit is None or counted == told:
        return f"write `{written.amount}`"
    if counted in _SECONDS and told in _SECONDS:
        number = written.amount * _SECONDS[told] / _SECONDS[counted]
        if number == int(number):
            return f"write `{int(number)}`"
    return f"write a number of {unit}, or count {told}s: `{told}s_since(\u2026)`"


def _check_values(node: ast.Expr, value: Typed, type: Type, env: Env, ctx: Context) -> None:
    text = outside_values(value, type)
    if text is not None:
        ctx.error("W213", f'`"{text}"` is none of the values', node, env, values_help(text, type))


def _membership(node: ast.Compare, left: Typed, right: Typed, env: Env, ctx: Context) -> None:
    if right.type.kind is Kind.ANY:
        return
    if right.type.kind is not Kind.LIST:
        help = "write `contains` the other way round" if right.type.kind is Kind.TEXT else "write a list: `[…]`"
        message = f"`{node.op}` needs a list on its right, this is {a_type(right.type, right.expr)}"
        ctx.error("W212", message, node.right, env, help)
        return
    item = right.type.item or ANY
    if not fits(left.type, item):
        message = f"{a_type(left.type, left.expr)} is looked for in a list of {_plural(item.kind)}"
        ctx.error("W212", message, node, env, "look for a value of the same kind")
        return
    _check_values(node.left, left, item, env, ctx)
    if isinstance(node.right, ast.ListLiteral) and isinstance(right.expr, core.ListOf):
        for written, expr in zip(node.right.items, right.expr.items, strict=True):
            _check_values(written, Typed(expr, item), left.type, env, ctx)


def _plural(kind: Kind) -> str:
    return {Kind.CLOCK: "times of day", Kind.BOOLEAN: "true and false"}.get(kind, f"{kind}s")


def _contains(node: ast.Compare, left: Typed, right: Typed, env: Env, ctx: Context) -> None:
    kind = left.type.kind
    if kind is Kind.LIST:
        item = left.type.item or ANY
        if not fits(right.type, item):
            message = f"{a_type(right.type, right.expr)} is looked for in a list of {_plural(item.kind)}"
            ctx.error("W212", message, node, env, "look for a value of the same kind")
        else:
            _check_values(node.right, right, item, env, ctx)
    elif kind not in (Kind.TEXT, Kind.ANY):
        message = f"`contains` needs a text or a list on its left, this is {a_type(left.type, left.expr)}"
        ctx.error("W212", message, node.left, env, "compare with `=`")
    elif kind is Kind.TEXT and right.type.kind not in (Kind.TEXT, Kind.ANY):
        message = f"a text cannot contain {a_type(right.type, right.expr)}"
        ctx.error("W212", message, node.right, env, "put the text between quotes")


def _textual(node: ast.Compare, left: Typed, right: Typed, env: Env, ctx: Context) -> None:
    for written, side in ((node.left, left), (node.right, right)):
        if side.type.kind not in (Kind.TEXT, Kind.ANY):
            message = f"`{node.op}` compares texts, this is {a_type(side.type, side.expr)}"
            ctx.error("W212", message, written, env, "compare with `=`")
            return
    if node.op is CompareOp.MATCHES and not is_placeholder(right.expr):
        pattern = right.expr.value if isinstance(right.expr, core.Const) else None
        if not isinstance(pattern, str):
            message = "`matches` needs a pattern that is written out"
            ctx.error("W217", message, node.right, env, 'write it between quotes: `matches "^[A-Z]{2}"`')
            return
        reason = _fault(pattern)
        if reason is not None:
            message = f"`{pattern}` is not a regular expression: {reason}"
            ctx.error(
                "W217", message, node.right, env, "a sign such as `(` or `*` that means itself stands after `\\\\`"
            )


def _fault(pattern: str) -> str | None:
    """What is wrong with a pattern, as what carries it out sees it."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options=options)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        what, _, part = (said.decode(errors="replace") if isinstance(said, bytes) else str(said)).rpartition(": ")
        return f"{what} in `{part}`" if what else part
    return None


# ---- arithmetic ------------------------------------------------------------------------------------------------------


def arithmetic(node: ast.Arithmetic, left: Typed, right: Typed, env: Env, ctx: Context) -> Typed:
    """A checked sum, difference, product or quotient."""
    found = _result(node.op, left, right)
    if found is None:
        _cannot(node, left, right, env, ctx)
        return NOTHING
    zero = isinstance(right.expr, core.Const) and right.expr.value == 0 and not isinstance(right.expr.value, bool)
    if node.op is Arith.DIV and zero:
        ctx.error("W214", "this divides by zero", node.right, env, "divide by another number")
        return NOTHING
    unknown = either_unknown(left, right) or (node.op is Arith.DIV and not isinstance(right.expr, core.Const))
    expr = core.Arithmetic(op=node.op, left=left.expr, right=right.expr, place=env.place(node))
    return Typed(expr, found.maybe(unknown) if found.kind is not Kind.ANY else ANY)


def _result(op: Arith, left: Typed, right: Typed) -> Type | None:
    """What comes out, or None where the two do not go together."""
    a, b = left.type.kind, right.type.kind
    match op:
        case Arith.ADD | Arith.SUB:
            return _sum(op, left, right)
        case Arith.MUL:
            if {a, b} <= {Kind.NUMBER}:
                return NUMBER
            if {a, b} == {Kind.NUMBER, Kind.DURATION} or {a, b} == {Kind.ANY, Kind.DURATION}:
                return DURATION
            return ANY if {a, b} <= {Kind.NUMBER, Kind.ANY} else None
        case _:
            if b not in (Kind.NUMBER, Kind.ANY):
                return None
            return {Kind.NUMBER: NUMBER, Kind.DURATION: DURATION, Kind.ANY: ANY}.get(a)


def _sum(op: Arith, left: Typed, right: Typed) -> Type | None:
    a, b = left.type.kind, right.type.kind
    if Kind.ANY in (a, b):
        return _sum_of_any(op, left, right)
    if a is b and a in (Kind.NUMBER, Kind.DURATION):
        return NUMBER if a is Kind.NUMBER else DURATION
    if a in MOMENTS and b is Kind.DURATION:
        return _moved(left, right)
    if op is Arith.ADD and a is Kind.DURATION and b in MOMENTS:
        return _moved(right, left)
    if op is Arith.SUB and a in MOMENTS and b in MOMENTS:
        return DURATION
    return None


def _sum_of_any(op: Arith, left: Typed, right: Typed) -> Type | None:
    a, b = left.type.kind, right.type.kind
    other = b if a is Kind.ANY else a
    if other is Kind.ANY or other is Kind.DURATION:
        return ANY
    if other is Kind.NUMBER:
        return NUMBER
    if other in MOMENTS:
        if op is Arith.ADD:
            return DATETIME
        return DURATION if a is Kind.ANY else ANY
    return None


def _moved(moment: Typed, length: Typed) -> Type:
    """A date stays a date when it is moved by whole days."""
    if moment.type.kind is Kind.DATETIME:
        return DATETIME
    value = length.expr.value if isinstance(length.expr, core.Const) else None
    return DATETIME if isinstance(value, Period) and value.seconds else DATE


def _cannot(node: ast.Arithmetic, left: Typed, right: Typed, env: Env, ctx: Context) -> None:
    words = {
        Arith.ADD: "{b} cannot be added to {a}",
        Arith.SUB: "{b} cannot be taken from {a}",
        Arith.MUL: "{a} cannot be multiplied by {b}",
        Arith.DIV: "{a} cannot be divided by {b}",
    }[node.op]
    message = words.format(a=a_type(left.type, left.expr), b=a_type(right.type, right.expr))
    kinds = {left.type.kind, right.type.kind}
    if kinds & MOMENTS and Kind.NUMBER in kinds:
        number = node.right if right.type.kind is Kind.NUMBER else node.left
        amount = number.value if isinstance(number, ast.Number) else 3
        help = f"give the number its unit: `{amount} day{'' if amount == 1 else 's'}`"
    elif Kind.NUMBER in kinds and Kind.DURATION in kinds:
        help = "give the number its unit: `3 days`"
    elif kinds <= MOMENTS:
        help = "take one date from the other: `a - b` is a duration"
    elif kinds == {Kind.TEXT}:
        help = 'put texts together with `join([a, b], " ")`, or in the template'
    else:
        help = "numbers go with numbers, dates and durations with durations"
    ctx.error("W214", message, node, env, help)


def combined(types: Sequence[Type]) -> Type | None:
    """The one type that values of all these are, or None where they are of different kinds."""
    known = [t for t in types if t.kind is not Kind.ANY]
    if not known or len(known) < len(types):
        return ANY if all(fits(t, known[0]) for t in known) else None
    first = known[0]
    if not all(fits(t, first) for t in known):
        return None
    unknown = any(t.optional for t in known)
    if all(t.maybe(False) == first.maybe(False) for t in known):
        return first.maybe(unknown)
    if {t.kind for t in known} == set(MOMENTS):
        return DATETIME.maybe(unknown)
    return Type(first.kind, unknown, item=first.item)
