"""What a name means where it stands.

The order: the fields of the event that is looked at, names that the path carries, labels, parameters, then the
contact's fields, segments and defines.
"""

from itertools import islice

from attrs import evolve

from wend.dsl import ast, core
from wend.dsl.builtins import ANSWER_FIELDS, AT, MESSAGE, RESERVED, STATUS, EventShape
from wend.dsl.checker import habits
from wend.dsl.checker.context import LARGEST, Context, TooLarge
from wend.dsl.checker.env import NO_NAMES, NO_VALUES, NO_VARIANTS, NOTHING, Env, LocalName, Typed, is_placeholder
from wend.dsl.checker.names import Definition
from wend.dsl.checker.schema import DeclaredField
from wend.dsl.checker.words import a_kind
from wend.dsl.core import Place
from wend.dsl.machine import MAX_DEPTH
from wend.dsl.nearest import nearest
from wend.dsl.types import ANY, BOOLEAN, DATE, DATETIME, RECORD, Kind, Type

_LABEL_TYPES = {
    core.LabelAttr.SENT: BOOLEAN,
    core.LabelAttr.SENT_AT: DATETIME.maybe(),
    core.LabelAttr.OPENED: BOOLEAN.maybe(),
    core.LabelAttr.CLICKED: BOOLEAN.maybe(),
    core.LabelAttr.BOUNCED: BOOLEAN.maybe(),
}
_LABEL_ATTRS = {a.value for a in (*_LABEL_TYPES, core.LabelAttr.VARIANT)}


def resolve(node: ast.Path, env: Env, ctx: Context) -> Typed:
    """The checked expression that a path stands for."""
    names = tuple(part.text for part in node.parts)
    if names[0] in RESERVED:
        return _reserved(node, names, env, ctx)
    found = _from_event(node, names, env, ctx) if env.looked else None
    return found or outside(node, env, ctx)


def outside(node: ast.Path, env: Env, ctx: Context) -> Typed:
    """What a path means apart from the event that is looked at."""
    names = tuple(part.text for part in node.parts)
    head = names[0]
    if head in env.locals:
        return _local(node, names, env, ctx)
    if head in env.labels and (len(names) > 1 or not _is_global(head, env, ctx)):
        return _label(node, names, env, ctx)
    if head in env.splits and len(names) > 1:
        return _split(node, names, env, ctx)
    if head in env.answers and (len(names) > 1 or not _is_global(head, env, ctx)):
        return _answer(node, names, env, ctx)
    if head in env.params and len(names) == 1:
        return _parameter(node, head, env, ctx)
    if len(names) == 1:
        return _global(node, head, env, ctx)
    return _no_such_record(node, names, env, ctx)


def _is_global(name: str, env: Env, ctx: Context) -> bool:
    return name in env.params or name in ctx.names.definitions or name in ctx.names.fields


def _reserved(node: ast.Path, names: tuple[str, ...], env: Env, ctx: Context) -> Typed:
    place = env.place(node)
    match names:
        case ("contact", name):
            return field(node, name, env, ctx)
        case ("contact",):
            ctx.error("W201", "`contact` needs a field", node, env, "write `contact.email`, say")
        case ("contact", name, *_):
            ctx.error("W220", f"`{name}` has no fields of its own", node, env, f"write `contact.{name}`")
        case ("now",):
            return Typed(core.Now(place=place), DATETIME)
        case ("today",):
            return Typed(core.Today(place=place), DATE)
        case ("unknown",):
            return Typed(core.Const(value=None, place=place), ANY)
        case ("entry",) if env.scope is not None:
            return Typed(core.Entry(scope=env.scope, place=place), DATETIME)
        case ("entry",):
            help = env.elsewhere.get("entry", "use it inside a journey")
            ctx.error("W223", f"`entry` has no meaning in {env.words}", node, env, help)
        case _:
            called = f"{names[1]}({names[0]})" if names[1] in ctx.functions else names[0]
            ctx.error("W220", f"`{names[0]}` has no fields", node, env, f"write `{called}`")
    return NOTHING


def _from_event(node: ast.Path, names: tuple[str, ...], env: Env, ctx: Context) -> Typed | None:
    """The event's field, or None where the name is none of the event's."""
    looked = env.looked
    assert looked is not None
    shape, head = looked.shape, names[0]
    if looked.alias is not None and head == looked.alias:
        if len(names) == 1:
            ctx.error("W220", f"`{head}` is a whole event", node, env, f"name one of its fields: `{head}.{AT}`")
            return NOTHING
        found = event_field(node, names[1:], (shape,), env, ctx)
        return Typed(core.Item(path=names[1:], place=env.place(node)), found)
    if head in shape.fields or head == AT:
        found = event_field(node, names, (shape,), env, ctx)
        return Typed(core.Item(path=names, place=env.place(node)), found)
    if len(names) > 1 and any(head in known for known in (env.locals, env.labels, env.splits, env.answers)):
        return None
    if head == shape.name and len(names) > 1:
        help = f"write `{'.'.join(names[1:])}`"
        ctx.error("W220", f"inside this `where` the fields of `{head}` stand alone", node, env, help)
        return NOTHING
    if not shape.open:
        return None
    if len(names) == 1 and head in env.params:
        fallback: core.Expr | None = _parameter(node, head, env, ctx).expr
    else:
        with ctx.reports.aside() as trial:
            found_outside = outside(node, env, ctx)
        fallback = None if trial.failed else found_outside.expr
    return Typed(core.Item(path=names, fallback=fallback, place=env.place(node)), ANY)


def event_field(node: ast.Path, path: tuple[str, ...], shapes: tuple[EventShape, ...], env: Env, ctx: Context) -> Type:
    """The type of a field of an event that may be one of several."""
    local = LocalName(shapes, env.place(node))
    name = path[0]
    found = local.type_of(name)
    if found is None:
        near = nearest(name, local.fields)
        help = f"write `{near}`" if near else "declare the field in the event"
        owner = " or ".join(f"`{shape.name}`" for shape in shapes)
        ctx.error("W220", f"{owner} has no field `{name}`", node, env, help)
        return ANY
    if len(path) > 1 and found.kind is not Kind.ANY:
        ctx.error("W220", f"`{name}` is {a_kind(found.kind)} and has no fields", node, env, f"write `{name}` alone")
        return ANY
    return found if len(path) == 1 else ANY


def _local(node: ast.Path, names: tuple[str, ...], env: Env, ctx: Context) -> Typed:
    head, *rest = names
    expr = core.Local(name=head, path=tuple(rest), place=env.place(node))
    if not rest:
        return Typed(expr, RECORD)
    return Typed(expr, event_field(node, tuple(rest), env.locals[head].shapes, env, ctx))


def _label(node: ast.Path, names: tuple[str, ...], env: Env, ctx: Context) -> Typed:
    label, *rest = names
    if len(rest) != 1 or rest[0] not in _LABEL_ATTRS:
        near = nearest(rest[0], _LABEL_ATTRS) if rest else None
        help = f"write `{label}.{near or 'sent'}`"
        message = f"a message has no `{'.'.join(rest)}`" if rest else f"`{label}` is a message"
        ctx.error("W206", message, node, env, help)
        return NOTHING
    attr = core.LabelAttr(rest[0])
    if attr is core.LabelAttr.VARIANT:
        if not env.variants.get(label):
            message = f"the message `{label}` stands in no `split`, so it has no variant"
            ctx.error("W206", message, node, env, f"write `{label}.sent`, or put the message into a `variant`")
            return NOTHING
        return _variant(node, label, env.variants[label], env)
    return Typed(core.LabelRef(label=label, attr=attr, scope=_scope(env), place=env.place(node)), _LABEL_TYPES[attr])


def _split(node: ast.Path, names: tuple[str, ...], env: Env, ctx: Context) -> Typed:
    name, *rest = names
    if rest != [core.LabelAttr.VARIANT.value]:
        ctx.error("W206", f"a split has no `{'.'.join(rest)}`", node, env, f"write `{name}.variant`")
        return NOTHING
    return _variant(node, name, env.splits[name], env)


def _answer(node: ast.Path, names: tuple[str, ...], env: Env, ctx: Context) -> Typed:
    label, *rest = names
    if not rest:
        help = f"name a field of it: `{label}.{STATUS}`, say"
        ctx.error("W206", f"`{label}` is the whole answer of a webhook", node, env, help)
        return NOTHING
    known = DATETIME.maybe() if rest[0] == AT else ANSWER_FIELDS.get(rest[0], ANY)
    if len(rest) > 1 and known.kind is not Kind.ANY:
        message = f"`{rest[0]}` is {a_kind(known.kind)} and has no fields"
        ctx.error("W220", message, node, env, f"write `{label}.{rest[0]}`")
        return NOTHING
    attr = core.LabelAttr.ANSWER
    expr = core.LabelRef(label=label, attr=attr, scope=_scope(env), path=tuple(rest), place=env.place(node))
    return Typed(expr, known)


def _variant(node: ast.Path, name: str, variants: tuple[str, ...], env: Env) -> Typed:
    expr = core.LabelRef(label=name, attr=core.LabelAttr.VARIANT, scope=_scope(env), place=env.place(node))
    return Typed(expr, Type(Kind.TEXT, optional=True, values=variants))


def _scope(env: Env) -> core.Scope:
    assert env.scope is not None  # where there is no run there are no labels
    return env.scope


def about(path: ast.Path, where: core.Expr | None, env: Env) -> core.Expr | None:
    """What must hold of an event: that it is about the message that the path names, if it names one, and `where`."""
    if len(path.parts) == 1 or path.parts[0].text not in env.labels:
        return where
    place = env.place(path)
    key = core.LabelRef(label=path.parts[0].text, attr=core.LabelAttr.KEY, scope=_scope(env), place=place)
    same = core.Compare(op=ast.CompareOp.EQ, left=core.Item(path=(MESSAGE,), place=place), right=key, place=place)
    return same if where is None else core.And(operands=(same, where), place=place)


def _parameter(node: ast.Path, name: str, env: Env, ctx: Context) -> Typed:
    found = env.params[name]
    if env.looked is not None and not is_placeholder(found.expr) and core.free_items(found.expr):
        message = f"`{name}` is given a field of the event outside, which cannot be read inside this `where`"
        ctx.error("W223", message, node, env, "write the condition out instead of using the define")
        return NOTHING
    _again(found, ctx)
    return found


def _again(found: Typed, ctx: Context) -> None:
    """Count what was checked before and stands here once more."""
    ctx.spent += ctx.size(found.expr)[0] - 1
    if ctx.spent > LARGEST:
        raise TooLarge


def _global(node: ast.Path, name: str, env: Env, ctx: Context) -> Typed:
    definition = ctx.names.definitions.get(name)
    if definition is None:
        return field(node, name, env, ctx)
    if definition.params is not None:
        params = ", ".join(definition.params)
        ctx.error("W210", f"`{name}` needs its arguments", node, env, f"write `{name}({params})`")
        return NOTHING
    return expand(definition, (), env, ctx)


def field(node: ast.Path, name: str, env: Env, ctx: Context) -> Typed:
    """A field of the contact."""
    found = ctx.names.field_type(name)
    if found is None or name in ctx.names.definitions:
        _no_such_field(node, name, env, ctx)
        return NOTHING
    derived = ctx.names.derived(name)
    if derived is None:
        return Typed(core.Field(name=name, place=env.place(node)), found)
    value = derived_value(derived, ctx)
    _again(value, ctx)
    return Typed(core.Derived(name=name, value=value.expr, kind=found.kind, place=env.place(node)), found)


def beside(node: ast.Expr, other: ast.Expr, env: Env, ctx: Context) -> Env:
    """The names in a name or a list, with the type of the field that it is compared with."""
    if not isinstance(node, ast.Path | ast.ListLiteral) or not isinstance(other, ast.Path) or len(other.parts) != 1:
        return env
    name = other.parts[0].text
    looked = env.looked.shape.fields.get(name) if env.looked is not None else None
    found = looked or ctx.names.field_type(name)
    return env if found is None or found.kind is not Kind.TEXT else evolve(env, beside=found)


def _meant_as_text(name: str, near: str | None, env: Env) -> str | None:
    """The value that a name is meant as beside an enumeration or another text."""
    if env.beside is None:
        return None
    if name in env.beside.values:
        return name
    if near is not None or name in habits.VALUES:
        return None
    return nearest(name, env.beside.values) if env.beside.values else name


def _no_such_field(node: ast.Path, name: str, env: Env, ctx: Context) -> None:
    explicit = node.parts[0].text == "contact" and len(node.parts) > 1
    prefix = "contact." if explicit else ""
    if explicit and name in ctx.names.definitions:
        words = ctx.names.definitions[name].words
        ctx.error("W201", f"`{name}` is {words}, not a field", node, env, f"write `{name}`")
        return
    if name in ctx.names.declared.events and not explicit:
        ctx.error("W223", f"`{name}` is an event, not a value", node, env, f"write `any({name})`, say")
        return
    around: set[str] = set() if explicit else {*env.locals, *env.params, *ctx.names.definitions}
    if env.looked is not None and not explicit:
        around |= {*env.looked.shape.fields, AT}
    near = nearest(name, ctx.names.fields | around)
    if near is None and not explicit and nearest(name, env.labels | {""}):
        near = f"{nearest(name, env.labels)}.sent"
    help = f"write `{prefix}{near}`" if near else "declare it under `contact`, or put a text between quotes"
    if not explicit and near not in habits.VALUES:
        help = habits.VALUES.get(name, help)
    if not explicit and (meant := _meant_as_text(name, near, env)):
        help = f'write `"{meant}"`'
    ctx.error("W201", f"there is no field or name `{name}`", node, env, help)


def _no_such_record(node: ast.Path, names: tuple[str, ...], env: Env, ctx: Context) -> Typed:
    head, rest = names[0], ".".join(names[1:])
    alias = [env.looked.alias] if env.looked and env.looked.alias else []
    near = nearest(head, {*env.locals, *env.labels, *env.splits, *env.answers, *alias})
    if head in env.elsewhere:
        ctx.error("W223", f"`{head}` has no meaning in {env.words}", node, env, env.elsewhere[head])
    elif near:
        ctx.error("W206", f"nothing is called `{head}` here", node, env, f"write `{near}.{rest}`")
    elif rest in _LABEL_ATTRS and env.scope is None:
        message = f"a message has no meaning in {env.words}"
        ctx.error("W223", message, node, env, "use it in a journey, outside its audience")
    elif rest in _LABEL_ATTRS:
        help = f'give the send a name: `send email "…" as {head}`'
        ctx.error("W206", f"no message is called `{head}`", node, env, help)
    elif head in ctx.names.declared.events:
        help = f"`last({head}.{rest})` is the value of the last one; `on {head} as {head}` gives the event its name"
        ctx.error("W223", f"`{head}` is an event, and none is at hand here", node, env, help)
    elif head in ctx.names.fields:
        ctx.error("W220", f"`{head}` has no fields of its own", node, env, f"write `{head}`")
    else:
        help = "an event has a name after `on … as NAME`; a field whose name has a point stands between backticks"
        ctx.error("W201", f"nothing is called `{head}` here", node, env, help)
    return NOTHING


def derived_value(derived: DeclaredField, ctx: Context) -> Typed:
    """What a derived field is, checked once; a field that needs itself is reported."""
    known = ctx.known_fields.get(derived.name)
    if known is not None:
        return known
    if derived.name in ctx.pending:
        _endless(derived.name, ctx)
        return NOTHING
    assert derived.value is not None
    inner = Env(source=derived.place.source, words="a derived field")
    with ctx.writing_out(derived.name) as written:
        written.made = ctx.check(derived.value, inner)
    made = written.made
    if made is None or not _fits(made, ctx):
        message = f"`{derived.name}` is too large when every derived field in it is written out"
        ctx.reports.error("W209", message, derived.place, "use fewer derived fields within derived fields")
        made = NOTHING
    ctx.known_fields[derived.name] = made
    return made


def expand(definition: Definition, args: tuple[Typed, ...], env: Env, ctx: Context) -> Typed:
    """A define or a segment written out, its names meaning what they mean where it was written."""
    if definition.name in ctx.too_large or (ctx.too_deep and ctx.pending):
        return NOTHING
    if definition.name in ctx.pending:
        _endless(definition.name, ctx)
        return NOTHING
    around = ctx.spent if ctx.level else 0
    if around + ctx.costs.get(definition.name, 0) > LARGEST:
        raise TooLarge
    inner = evolve(
        env,
        source=definition.source,
        scope=None if definition.segment else env.scope,
        words=definition.words if definition.segment else env.words,
        labels=frozenset(),
        answers=frozenset(),
        splits=NO_VARIANTS,
        variants=NO_VARIANTS,
        locals=NO_NAMES,
        params=dict(zip(definition.params or (), args, strict=True)) if args else NO_VALUES,
        looked=None,
    )
    with ctx.writing_out(definition.name) as written:
        written.made = ctx.check(definition.value, inner)
    made, cost = written.made, written.cost
    if made is None or not _fits(made, ctx):
        ctx.too_large.add(definition.name)
        message = f"`{definition.name}` is too large when every define in it is written out"
        ctx.reports.error("W209", message, definition.place, "use fewer defines within defines")
        return NOTHING
    ctx.costs[definition.name] = min(cost, ctx.costs.get(definition.name, cost))
    ctx.spent = around + cost
    if ctx.spent > LARGEST:
        raise TooLarge
    return made


def _fits(made: Typed, ctx: Context) -> bool:
    """Whether what was written out is no larger, and in its place no deeper, than what walks it can bear."""
    count, depth = ctx.size(made.expr)
    return count <= LARGEST and ctx.level + depth <= MAX_DEPTH


def too_large(node: ast.Expr) -> bool:
    """Whether an expression has more values, as it is written, than what walks it can bear."""
    if node.span.end - node.span.start < LARGEST:  # each takes a character and more
        return False
    values = (each for each in ast.descendants(node) if not isinstance(each, ast.Name))
    return sum(1 for _ in islice(values, LARGEST + 1)) > LARGEST


def _endless(name: str, ctx: Context) -> None:
    """Report a circle once, at the name in it that is declared first."""
    circle = ctx.pending[ctx.pending.index(name) :]
    if frozenset(circle) in ctx.circles:
        return
    ctx.circles.add(frozenset(circle))
    places = {n: _declared(n, ctx) for n in circle}
    first = min(circle, key=lambda n: (places[n].source.name, places[n].span))
    turn = circle.index(first)
    way = " → ".join(f"`{n}`" for n in [*circle[turn:], *circle[:turn], first])
    message = f"`{first}` is defined by itself" + (f": {way}" if len(circle) > 1 else "")
    ctx.reports.error("W209", message, places[first], "break the circle")


def _declared(name: str, ctx: Context) -> Place:
    definition = ctx.names.definitions.get(name)
    if definition is not None:
        return definition.place
    return (ctx.names.declared.contact or {})[name].place
