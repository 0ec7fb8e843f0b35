"""Whether an event that happens in a test or at a prompt has all that data of its kind has."""

from collections.abc import Sequence

from wend.dsl import ast, core
from wend.dsl.builtins import EventShape
from wend.dsl.checker.env import Env
from wend.dsl.checker.expressions import Expressions
from wend.dsl.literals import quote, spell_name
from wend.dsl.types import Kind, Type

_SOME = {
    Kind.NUMBER: "30",
    Kind.BOOLEAN: "true",
    Kind.DATE: "2026-05-10",
    Kind.DATETIME: "2026-05-10 09:00",
    Kind.CLOCK: "09:00",
    Kind.DURATION: "1 day",
}


def complete(
    event: ast.Name,
    shape: EventShape,
    values: Sequence[tuple[str, core.Expr]],
    before: str,
    env: Env,
    ctx: Expressions,
) -> None:
    """Report the fields that every such event has and this one has not: data without them is refused when it is read.

    Args:
        before: the word that stands before the first value, for advice.
    """
    known = {name for name, value in values if not (isinstance(value, core.Const) and value.value is None)}
    missing = {name: kind for name, kind in shape.fields.items() if not kind.optional and name not in known}
    if not missing:
        return
    names = " and ".join(f"`{name}`" for name in missing)
    given = ", ".join(f"{spell_name(name)} = {some_value(kind)}" for name, kind in missing.items())
    first, kind = next(iter(missing.items()))
    lead = "" if values else before
    help = f"add `{lead}{given}`, say, or declare `{spell_name(first)} {kind}?` where it may be unknown"
    ctx.error("W246", f"every `{shape.name}` has {names}, and this one has not", event, env, help)


def some_value(kind: Type) -> str:
    """A value of a type as a script writes it."""
    match kind:
        case Type(kind=Kind.LIST, item=Type() as item):
            return f"[{some_value(item)}]"
        case Type(values=(first, *_)):
            return quote(first)
        case _:
            return _SOME.get(kind.kind, '"…"')
