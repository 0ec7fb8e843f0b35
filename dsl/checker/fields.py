"""Setting a field of the contact."""

from wend.dsl import ast, plan
from wend.dsl.builtins import ID, LISTS, RESERVED, TAGS
from wend.dsl.checker.env import Env
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.options import check_value
from wend.dsl.nearest import nearest


def set_step(step: ast.Set, name: str, env: Env, ctx: Expressions) -> plan.Set:
    """The operation of `set FIELD = EXPR`."""
    made = ctx.check(step.value, env)
    field = _target(step.target, env, ctx)
    if field is not None:
        target = ctx.names.field_type(field)
        if target is not None:
            check_value(step.value, made, target, f"`{field}`", env, ctx)
    return plan.Set(id=name, field=field or "", value=made.expr, place=env.place(step))


def _target(path: ast.Path, env: Env, ctx: Expressions) -> str | None:
    """The field that is set, or None after a report."""
    parts = [part.text for part in path.parts]
    if parts[0] == "contact" and len(parts) == 2:
        name = parts[1]
    elif len(parts) == 1 and parts[0] not in RESERVED:
        name = parts[0]
    else:
        help = "only a field of the contact can be set: `set stage = …`"
        ctx.error("W221", f"`{path.text}` cannot be set", path, env, help)
        return None
    if name in (TAGS, LISTS):
        help = 'write `add tag "…"`' if name == TAGS else 'write `add to list "…"`'
        ctx.error("W221", f"`{name}` cannot be set as a whole", path, env, help)
        return None
    if name == ID:
        ctx.error("W221", f"`{name}` is what the contact is known by", path, env, "set another field")
        return None
    if ctx.names.derived(name) is not None:
        message = f"`{name}` is derived and cannot be set"
        ctx.error("W221", message, path, env, "set one of the fields that it is made of")
        return None
    if name in ctx.names.definitions:
        message = f"`{name}` is {ctx.names.definitions[name].words} and cannot be set"
        ctx.error("W221", message, path, env, "only a field of the contact can be set")
        return None
    if ctx.names.field_type(name) is None:
        near = nearest(name, ctx.names.fields)
        help = f"write `{near}`" if near else "declare it under `contact`"
        ctx.error("W201", f"there is no field `{name}`", path, env, help)
        return None
    return name
