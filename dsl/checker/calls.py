"""Calls: functions, defines with arguments, and aggregates over events."""

import re

from wend.dsl import ast, core
from wend.dsl.builtins import AT, EventShape
from wend.dsl.checker import habits
from wend.dsl.checker.context import Context
from wend.dsl.checker.env import NOTHING, Env, Typed, placeholder
from wend.dsl.checker.names import Definition
from wend.dsl.checker.operators import MOMENTS, combined, fits, may_be_unknown, outside_values, values_help
from wend.dsl.checker.resolve import event_field, expand
from wend.dsl.checker.words import a_kind, a_type
from wend.dsl.core import Hint
from wend.dsl.diagnostics import Diagnostic, Severity
from wend.dsl.formatter import format_node
from wend.dsl.nearest import nearest
from wend.dsl.signatures import Parameter, Signature
from wend.dsl.tokens import UNITS
from wend.dsl.types import ANY, BOOLEAN, NUMBER, Kind, Type

_SUMMED = frozenset({Kind.NUMBER, Kind.ANY})
_RANKED = frozenset({Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.DURATION, Kind.CLOCK, Kind.ANY})
_WITHOUT_FIELD = frozenset({core.Fold.COUNT, core.Fold.ANY})


def call(node: ast.Call, env: Env, ctx: Context) -> Typed:
    """A function or a define, applied."""
    name = node.name.text
    definition = ctx.names.definitions.get(name)
    if definition is not None:
        return _define(definition, node, env, ctx)
    signature = ctx.functions.get(name)
    if signature is not None:
        return _function(signature, node, env, ctx)
    if name in ast.AGGREGATES:
        help = f"write `{name}({_example(ctx)})`"
        for arg in node.args:
            if isinstance(arg, ast.Compare) and arg.op is ast.CompareOp.IN and isinstance(arg.right, ast.Duration):
                help = f"write `in last`: `{name}({format_node(arg.left)} in last {format_node(arg.right)})`"
        ctx.error("W218", f"`{name}` looks at one event", node, env, help)
        return NOTHING
    for arg in node.args:
        ctx.check(arg, env)
    defines = [d.name for d in ctx.names.definitions.values() if d.params is not None]
    near = nearest(name, {*ctx.functions, *ast.AGGREGATES, *defines})
    help = f"write `{near}(…)`" if near else "the functions are listed in the documentation; `define` makes your own"
    if near is None or near.lower() != name.lower():
        help = habits.FUNCTIONS.get(name.lower(), help)
    ctx.error("W203", f"there is no function `{name}`", node.name, env, help)
    return NOTHING


# ---- functions -------------------------------------------------------------------------------------------------------


def _function(signature: Signature, node: ast.Call, env: Env, ctx: Context) -> Typed:
    args = [ctx.check(arg, env) for arg in node.args]
    if not _count_fits(signature, len(args)):
        wanted = len(signature.parameters)
        words = f"at least {wanted}" if signature.variadic else str(wanted) if wanted else "no"
        plural = "" if words in {"1", "at least 1"} else "s"
        message = f"`{signature.name}` takes {words} argument{plural}, not {len(args)}"
        ctx.error("W210", message, node, env, f"such as `{signature.example}`")
        return NOTHING
    last = len(signature.parameters) - 1
    params = [signature.parameters[min(index, last)] for index in range(len(args))]
    suits = [_argument(p, signature, n, a, env, ctx) for p, n, a in zip(params, node.args, args, strict=True)]
    if not all(suits):
        return NOTHING
    expr = core.Apply(function=signature.name, args=tuple(a.expr for a in args), place=env.place(node))
    result = _result(signature, node, args, env, ctx)
    unknown = signature.result.optional or any(may_be_unknown(a.type) for a in args)
    return Typed(expr, result if result.kind is Kind.ANY else result.maybe(unknown))


def _count_fits(signature: Signature, count: int) -> bool:
    wanted = len(signature.parameters)
    return count >= wanted if signature.variadic else count == wanted


def _result(signature: Signature, node: ast.Call, args: list[Typed], env: Env, ctx: Context) -> Type:
    """What comes out; a function over values of any one kind, such as `least`, gives a value of that kind."""
    known = [a.type for a in args if a.type.kind is not Kind.ANY]
    if signature.result.kind is not Kind.ANY or not signature.variadic or not known:
        return signature.result
    found = combined(known)
    if found is None:
        message = f"`{signature.name}` needs values of one kind"
        ctx.error("W215", message, node, env, f"such as `{signature.example}`")
        return ANY
    return found


def _argument(param: Parameter, of: Signature, written: ast.Expr, arg: Typed, env: Env, ctx: Context) -> bool:
    if not any(_suits(arg.type, t) for t in param.types):
        message = f"`{of.name}` needs {_wanted(param)} as its `{param.name}`, this is {a_type(arg.type, arg.expr)}"
        ctx.error("W215", message, written, env, f"such as `{of.example}`")
        return False
    text = outside_values(arg, param.type)
    if text is not None:
        ctx.error("W213", f'`"{text}"` is none of the values', written, env, values_help(text, param.type))
    return text is None


def _suits(value: Type, target: Type) -> bool:
    """A function is given what it names: a date is no datetime there."""
    return fits(value, target) and (value.kind is target.kind or Kind.ANY in (value.kind, target.kind))


def _wanted(param: Parameter) -> str:
    kinds = [t.kind for t in param.types]
    if set(kinds) == MOMENTS:
        return "a date"
    return " or ".join(a_kind(kind) for kind in dict.fromkeys(kinds))


# ---- defines ---------------------------------------------------------------------------------------------------------


def _define(definition: Definition, node: ast.Call, env: Env, ctx: Context) -> Typed:
    args = tuple(ctx.check(arg, env) for arg in node.args)
    if definition.params is None:
        message = f"`{definition.name}` takes no arguments"
        ctx.error("W210", message, node, env, f"write `{definition.name}`")
        return NOTHING
    if len(args) != len(definition.params):
        wanted = ", ".join(definition.params)
        plural = "" if len(definition.params) == 1 else "s"
        message = f"`{definition.name}` takes {len(definition.params)} argument{plural}, not {len(args)}"
        hint = Hint(definition.place, "declared here")
        ctx.reports.error("W210", message, env.place(node), f"write `{definition.name}({wanted})`", hint)
        return NOTHING
    with ctx.reports.aside() as trial:
        made = expand(definition, args, env, ctx)
    _relay(trial.items, definition, node, env, ctx)
    return made if not trial.failed else Typed(NOTHING.expr, ANY)


def _relay(items: list[Diagnostic], definition: Definition, node: ast.Call, env: Env, ctx: Context) -> None:
    """What went wrong inside a define goes to the call, unless the define is wrong whatever it is given."""
    known = {(i.code, i.source, i.span) for i in ctx.reports.items}
    for item in items:
        if (item.code, item.source, item.span) in known or item.severity is Severity.WARNING:
            continue
        if item.code == "W209":
            ctx.reports.error(item.code, item.message, core.Place(item.source, item.span), item.help)
            continue
        message = f"in `{definition.name}`: {item.message}"
        hint = Hint(core.Place(item.source, item.span), "here")
        ctx.reports.error(item.code, message, env.place(node), item.help, hint)


def check_definition(definition: Definition, scope: core.Scope | None, ctx: Context) -> None:
    """Check a define or a segment by itself, its parameters being anything."""
    args = tuple(placeholder(p) for p in definition.params or ())
    env = Env(source=definition.source, scope=scope, words=definition.words)
    made = expand(definition, args, env, ctx)
    if definition.segment and made.type.kind not in (Kind.BOOLEAN, Kind.ANY):
        message = f"a segment is a condition, this is {a_type(made.type, made.expr)}"
        ctx.reports.error("W211", message, env.place(definition.value), "write a comparison")


# ---- aggregates ------------------------------------------------------------------------------------------------------


def aggregate(node: ast.Aggregate, env: Env, ctx: Context) -> Typed:
    """An aggregate over the events of a name; or a function of the same name over a list."""
    function = ctx.functions.get(node.function.text)
    plain = node.window is None and node.where is None
    if plain and function is not None and _is_value(node.source, env, ctx):
        return _function(function, ast.Call(name=node.function, args=(node.source,), span=node.span), env, ctx)
    head = node.source.parts[0]
    shape = _event(node, env, ctx)
    if shape is None:
        return NOTHING
    fold = core.Fold(node.function.text)
    path = tuple(part.text for part in node.source.parts[1:]) or None
    found = event_field(node.source, path, (shape,), env, ctx) if path else None
    if path is None and fold not in _WITHOUT_FIELD:
        field_name = AT if fold in (core.Fold.FIRST, core.Fold.LAST) else next(iter(shape.fields), "amount")
        message = f"`{fold}` needs a field of `{head.text}`"
        ctx.error("W218", message, node, env, f"write `{fold}({head.text}.{field_name})`")
    window = _window(node.window, env, ctx)
    where = None
    if node.where is not None:
        where = _where(node.where, env.within(shape), ctx)
    expr = core.Aggregate(fold=fold, event=shape.name, path=path, window=window, where=where, place=env.place(node))
    return Typed(expr, _folded(fold, found or ANY, node, env, ctx))


def _is_value(path: ast.Path, env: Env, ctx: Context) -> bool:
    """Whether a path names a value at hand rather than an event."""
    name = path.parts[0].text
    if name == "contact" or name in env.params or name in env.locals:
        return True
    return (len(path.parts) == 1 and ctx.names.shape(name) is None) or name in ctx.names.fields


def _event(node: ast.Aggregate, env: Env, ctx: Context) -> EventShape | None:
    name = node.source.parts[0].text
    shape = ctx.names.shape(name)
    if shape is None:
        near = ctx.names.nearest_event(name)
        if name in ctx.names.fields:
            call = f"{node.function.text}({_example(ctx)})"
            help = f"`{name}` is a field, and `{node.function.text}` looks at an event: `{call}`"
        else:
            help = f"write `{near}`" if near else f"declare it: `event {name}`"
        ctx.error("W202", f"there is no event `{name}`", node.source.parts[0], env, help)
    return shape


def _example(ctx: Context) -> str:
    name = next(iter(ctx.names.declared.events), "purchase")
    field_name = next(iter(ctx.names.declared.events[name].fields), AT) if ctx.names.declared.events else "amount"
    return f"{name}.{field_name}"


def _where(node: ast.Expr, env: Env, ctx: Context) -> core.Expr:
    made = ctx.condition(node, env)
    return made.expr


def _window(node: ast.InLast | ast.Since | None, env: Env, ctx: Context) -> core.InLast | core.Since | None:
    match node:
        case ast.InLast(length=length):
            if isinstance(length, ast.Path) and _unit_alone(length, env, ctx):
                return None
            return core.InLast(length=ctx.length(length, env, "the window"), place=env.place(node))
        case ast.Since(start=start):
            return core.Since(start=ctx.moment(start, env, "the start of the window"), place=env.place(node))
        case _:
            return None


def _unit_alone(node: ast.Path, env: Env, ctx: Context) -> bool:
    """Whether it is a unit without a number, as in `in last month`; then that is reported."""
    name = node.text
    unit = name.removesuffix("s")
    if not re.fullmatch(UNITS, name) or name in {*ctx.names.fields, *ctx.names.definitions, *env.locals, *env.params}:
        return False
    help = f"write `in last 1 {unit}`" if name == unit else f"write `in last 3 {name}`, say"
    ctx.error("W116", f"`{name}` has no number", node, env, help)
    return True


def _folded(fold: core.Fold, found: Type, node: ast.Aggregate, env: Env, ctx: Context) -> Type:
    match fold:
        case core.Fold.COUNT:
            return NUMBER
        case core.Fold.ANY:
            return BOOLEAN
        case core.Fold.SUM | core.Fold.AVERAGE:
            if found.kind not in _SUMMED:
                message = f"`{fold}` needs numbers, `{node.source.text}` is {a_type(found)}"
                ctx.error("W218", message, node, env, "name a field that is a number, or write `count(…)`")
            return NUMBER.maybe(fold is core.Fold.AVERAGE)
        case core.Fold.MIN | core.Fold.MAX:
            if found.kind not in _RANKED:
                message = f"`{fold}` needs numbers or dates, `{node.source.text}` is {a_type(found)}"
                ctx.error("W218", message, node, env, "name a field that is a number or a date")
            return found.maybe()
        case _:
            return found.maybe()
