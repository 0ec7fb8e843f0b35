"""Types and values in the words of a message."""

from wend.dsl import core
from wend.dsl.types import Kind, Type

_KINDS = {
    Kind.ANY: "a value",
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.DATE: "a date",
    Kind.DATETIME: "a date with a time",
    Kind.CLOCK: "a time of day",
    Kind.DURATION: "a duration",
    Kind.LIST: "a list",
    Kind.RECORD: "a whole event",
}

_COUNTED = ("days", "hours", "weeks", "months", "years")


def counted_unit(expr: core.Expr) -> str | None:
    """The unit that a call such as `days_since(x)` counts in, or None."""
    if isinstance(expr, core.Apply):
        unit, _, rest = expr.function.partition("_")
        if unit in _COUNTED and rest in {"since", "until"}:
            return unit
    return None


def a_kind(kind: Kind) -> str:
    """The kind with its article."""
    return _KINDS[kind]


def a_type(type: Type, expr: core.Expr | None = None) -> str:
    """What a value is, in words; the expression may tell more than its type."""
    if expr is not None and type.kind is Kind.NUMBER and (unit := counted_unit(expr)):
        return f"a number of {unit}"
    if type.kind is Kind.LIST and type.item is not None and type.item.kind is Kind.TEXT:
        return "a list of texts"
    return _KINDS[type.kind]


def listed(names: list[str], last: str = "and") -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{n}`" for n in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
