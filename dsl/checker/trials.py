"""From `test` blocks to checked tests: the names in them, and the kinds of their values."""

from collections.abc import Iterator, Sequence

from wend.dsl import ast, core, trial
from wend.dsl.builtins import BUILTIN_EVENTS, EventShape
from wend.dsl.checker.env import Env, Typed
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.options import check_value
from wend.dsl.core import Hint, Place
from wend.dsl.nearest import nearest
from wend.dsl.source import Source

SKIPS = ("audience", "exit", "no address", "suppressed", "consent", "quota", "limit", "late")
"""The reasons for which a message is not sent."""


def trials(files: Sequence[tuple[Source, ast.File]], ctx: Expressions) -> tuple[trial.Test, ...]:
    """The tests of all files. Their names are different."""
    made: dict[str, trial.Test] = {}
    for source, file in files:
        env = Env(source=source, words="a test")
        for item in file.items:
            if isinstance(item, ast.TestBlock):
                name, place = item.name.value, env.place(item.name)
                if name in made:
                    hint = Hint(made[name].place, "first here")
                    message = f"the test `{name}` stands twice"
                    ctx.reports.error("W207", message, place, "give it a name of its own", hint)
                made[name] = _trial(item, files, env, ctx)
    return tuple(made.values())


def _trial(node: ast.TestBlock, files: Sequence[tuple[Source, ast.File]], env: Env, ctx: Expressions) -> trial.Test:
    name = node.journey.text
    if name not in ctx.names.journeys:
        near = nearest(name, ctx.names.journeys)
        help = f"write `{near}`" if near else "declare it, or check the name"
        ctx.error("W205", f"there is no journey `{name}`", node.journey, env, help)
    if not any(isinstance(line, ast.At | ast.GivenEvent) for line in node.lines):
        help = "add a line such as `at 2026-05-10 expect nothing`"
        ctx.error("W242", "this test names no time", node.name, env, help)
    splits = dict(_splits(name, files))
    lines = tuple(made for line in node.lines if (made := _line(line, splits, env, ctx)) is not None)
    return trial.Test(name=node.name.value, journey=name, lines=lines, place=env.place(node.name))


def _splits(journey: str, files: Sequence[tuple[Source, ast.File]]) -> Iterator[tuple[str, list[str]]]:
    """The splits of a journey and their variants."""
    for _, file in files:
        for item in file.items:
            if isinstance(item, ast.Journey) and item.name.text == journey:
                for below in ast.descendants(item):
                    if isinstance(below, ast.Split):
                        yield below.name.text, [variant.name.text for variant in below.variants]


def _line(line: ast.TestLine, splits: dict[str, list[str]], env: Env, ctx: Expressions) -> trial.AnyLine | None:
    place = env.place(line)
    match line:
        case ast.Given(pairs=pairs):
            values = tuple((p.name.text, field_value(p.name, p.value, env, ctx)) for p in pairs)
            return trial.Given(values=values, place=place)
        case ast.GivenEvent(event=event, at=at, values=pairs):
            return happens(event, at, pairs, place, env, ctx)
        case ast.Force(split=split, variant=variant):
            return _force(split, variant, splits, place, env, ctx)
        case ast.Advance(length=length):
            return trial.Advance(length=ctx.length(length, env, "the time to go on"), place=place)
        case ast.ExpectTotal(count=count, channel=channel):
            return trial.ExpectTotal(count=count, channel=channel.text, place=place)
        case ast.At():
            return _at(line, place, env, ctx)


def _at(line: ast.At, place: Place, env: Env, ctx: Expressions) -> trial.AnyLine | None:
    at = _moment(line.moment)
    match line.act:
        case ast.Happens(event=event, values=pairs):
            return happens(event, line.moment, pairs, place, env, ctx)
        case ast.Changes(target=target, value=value):
            name = target.parts[-1]
            return trial.Changes(at=at, field=name.text, value=field_value(name, value, env, ctx), place=place)
        case ast.ExpectNothing():
            return trial.ExpectNothing(at=at, place=place)
        case ast.ExpectSend(channel=channel, template=template, times=times):
            count = 1 if times is None else times
            return trial.ExpectSend(at=at, channel=channel.text, template=template.value, times=count, place=place)
        case ast.ExpectExit():
            return trial.ExpectExit(at=at, place=place)
        case ast.ExpectSkip(reason=reason):
            if reason.value not in SKIPS:
                near = nearest(reason.value, SKIPS)
                help = f'write `"{near}"`' if near else f"the reasons are {', '.join(SKIPS)}"
                ctx.error("W213", f"no message is skipped for `{reason.value}`", reason, env, help)
            return trial.ExpectSkip(at=at, reason=reason.value, place=place)


def _moment(node: ast.Moment) -> trial.Moment:
    return trial.Moment(node.date, node.time)


def field_value(name: ast.Name, value: ast.Expr, env: Env, ctx: Expressions) -> core.Expr:
    """A value for a field of the contact, which must be one that data can have."""
    made = ctx.check(value, env)
    field = name.text
    if ctx.names.derived(field) is not None:
        message = f"`{field}` is derived and cannot be given"
        ctx.error("W221", message, name, env, "give what it is made of: `given event …`")
    elif (target := ctx.names.field_type(field)) is None:
        near = nearest(field, ctx.names.fields)
        help = f"write `{near}`" if near else "declare it under `contact`"
        ctx.error("W201", f"there is no field `{field}`", name, env, help)
    else:
        check_value(value, made, target, f"`{field}`", env, ctx)
    return made.expr


def happens(
    event: ast.Name, at: ast.Moment, pairs: tuple[ast.Pair, ...], place: Place, env: Env, ctx: Expressions
) -> trial.Happens:
    """An event that happens, its name and its values checked."""
    name = event.text
    shape = BUILTIN_EVENTS.get(name) or ctx.names.shape(name)
    if shape is None:
        near = nearest(name, [*ctx.names.declared.events, *BUILTIN_EVENTS])
        help = f"write `{near}`" if near else f"declare it: `event {name}`"
        ctx.error("W202", f"there is no event `{name}`", event, env, help)
    values = []
    for pair in pairs:
        made = ctx.check(pair.value, env)
        _payload(pair, made, shape, env, ctx)
        values.append((pair.name.text, made.expr))
    return trial.Happens(at=_moment(at), event=name, values=tuple(values), place=place)


def _payload(pair: ast.Pair, made: Typed, shape: EventShape | None, env: Env, ctx: Expressions) -> None:
    if shape is None:
        return
    target = shape.fields.get(pair.name.text)
    if target is not None:
        check_value(pair.value, made, target, f"`{pair.name.text}`", env, ctx)
    elif not shape.open:
        near = nearest(pair.name.text, shape.fields)
        help = f"write `{near}`" if near else "declare the field in the event"
        ctx.error("W220", f"`{shape.name}` has no field `{pair.name.text}`", pair.name, env, help)


def _force(
    split: ast.Name, variant: ast.Name, splits: dict[str, list[str]], place: Place, env: Env, ctx: Expressions
) -> trial.Force:
    if split.text not in splits:
        near = nearest(split.text, splits)
        help = f"write `{near}`" if near else "name a `split` of the journey"
        ctx.error("W201", f"the journey has no split `{split.text}`", split, env, help)
    elif variant.text not in splits[split.text]:
        near = nearest(variant.text, splits[split.text])
        help = f"write `{near}`" if near else f"its variants are {', '.join(splits[split.text])}"
        ctx.error("W201", f"the split has no variant `{variant.text}`", variant, env, help)
    return trial.Force(split=split.text, variant=variant.text, place=place)
