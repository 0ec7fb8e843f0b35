"""From the triggers of a journey to checked ones: entry points, what stops a path, the body."""

import datetime as dt
from collections.abc import Iterator

from attrs import evolve

from wend.dsl import ast, core, program
from wend.dsl.builtins import AT, REQUESTED, EventShape
from wend.dsl.checker import canonical, warnings
from wend.dsl.checker.canonical import Ids
from wend.dsl.checker.env import NOTHING, Env, LocalName
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.options import check_free
from wend.dsl.checker.resolve import about, event_field
from wend.dsl.checker.steps import Body, Sends, check_alias
from wend.dsl.checker.waits import weekdays
from wend.dsl.core import Place
from wend.dsl.period import Period, period_of


def lower_trigger(
    node: ast.Trigger, ids: Ids, sends: Sends, env: Env, newest_only: bool, ctx: Expressions
) -> program.Trigger:
    """A checked trigger. `env` is what the headers of the journey see."""
    texts = [canonical.line(head) for head in node.heads]
    names = [ids.give(text) for text in texts]
    for head, text, name in zip(node.heads, texts, names, strict=True):
        if name != text and (isinstance(head, ast.When | ast.Dated) or (isinstance(head, ast.On) and _once(head))):
            warnings.twin(head, env, ctx)
    made = [_head(head, name, env, ctx) for head, name in zip(node.heads, names, strict=True)]
    heads = tuple(head for head in made if head is not None)
    inner = evolve(env, scope=core.Scope.PATH, locals=_aliases(node, env, ctx))
    stops = tuple(stop for written in node.stops if (stop := _stop(written, inner, ctx)) is not None)
    body = Body(ctx, sends, Ids(reserved=_labels(node)))
    body.lower(node.body, inner)
    _data_only(node, env, ctx)
    warnings.bare_waits(node, newest_only, env, ctx)
    _endless(node, env, ctx)
    warnings.never_sent(node, list(_needed(heads)), env, ctx)
    return program.Trigger(
        id=" also ".join(names), heads=heads, body=tuple(body.ops), stops=stops, place=env.place(node)
    )


def _needed(heads: tuple[program.AnyHead, ...]) -> Iterator[core.Expr]:
    """What must hold for these entry points to fire."""
    for head in heads:
        if isinstance(head, program.When):
            yield head.condition
        elif isinstance(head, program.On) and head.match.where is not None:
            yield head.match.where


DATA_STEPS = (ast.Set, ast.Tag, ast.ListStep, ast.Emit, ast.StartJourney, ast.StopJourney, ast.If, ast.Stop)


def _data_only(node: ast.Trigger, env: Env, ctx: Expressions) -> None:
    """`on exit` comes when the run is over: nothing can be sent or waited for any more."""
    if not any(isinstance(head, ast.OnExit) for head in node.heads):
        return
    for head in node.heads:
        if not isinstance(head, ast.OnExit):
            ctx.error("W238", "`on exit` stands alone", head, env, "give this entry point a body of its own")
    for below in ast.descendants(node):
        if isinstance(below, ast.Step) and not isinstance(below, DATA_STEPS):
            message = "`on exit` only does data steps: set, tags, lists, emit, start and stop journey, if"
            ctx.error("W238", message, below, env, "the run is over: put it into the journey, before its end")


def _labels(node: ast.Trigger) -> list[str]:
    return [
        below.options.label.text
        for below in ast.descendants(node)
        if isinstance(below, ast.Send) and below.options.label is not None
    ]


def _aliases(node: ast.Trigger, env: Env, ctx: Expressions) -> dict[str, LocalName]:
    """The names that the body knows the trigger's event by; several entry points may give the same."""
    found: dict[str, LocalName] = {}
    for head in node.heads:
        if isinstance(head, ast.On) and head.alias is not None:
            check_free(head.alias, env, ctx)
            shape = ctx.shape_of(head.event, env) or EventShape(head.event.text, open=True)
            before = found.get(head.alias.text)
            shapes = (*before.shapes, shape) if before else (shape,)
            found[head.alias.text] = LocalName(shapes, env.place(head.alias))
    return found


def _endless(node: ast.Trigger, env: Env, ctx: Expressions) -> None:
    """An event that always emits itself again."""
    bare = {h.event.text for h in node.heads if isinstance(h, ast.On) and h.where is None and not _once(h)}
    for step in node.body:
        if isinstance(step, ast.Stop | ast.Exit):
            return
        if isinstance(step, ast.Emit) and step.event.text in bare:
            message = f"`{step.event.text}` starts this, and this emits it again without end"
            ctx.error("W241", message, step, env, "emit another event, or add a `where` to the `on`")


def _once(head: ast.On) -> bool:
    return head.key is not None and head.key.kind is ast.KeyKind.ONCE_PER


# ---- entry points ----------------------------------------------------------------------------------------------------


def _head(head: ast.Head, name: str, env: Env, ctx: Expressions) -> program.AnyHead | None:
    """A checked entry point, or None for one that is refused."""
    place = env.place(head)
    match head:
        case ast.When(condition=condition, lasting=lasting, at_most_every=at_most):
            return program.When(
                id=name,
                condition=ctx.condition(condition, env).expr,
                lasting=None if lasting is None else ctx.fixed_length(lasting, env, "the time after `for`"),
                repeatedly=head.repeatedly,
                at_most_every=None if at_most is None else positive(at_most, env, ctx, "the time between firings"),
                place=place,
            )
        case ast.Dated(offset=offset, clock=clock):
            return program.Dated(
                id=name,
                length=ctx.length(offset.length, env, f"what stands before `{offset.direction}`", zero=True),
                before=offset.direction is ast.Direction.BEFORE,
                anchor=ctx.moment(offset.anchor, env, f"what stands after `{offset.direction}`"),
                clock=None if clock is None else clock.value,
                place=place,
            )
        case ast.On():
            return _on(head, name, env, ctx)
        case ast.OnEntry():
            return program.OnEntry(id=name, place=place)
        case ast.Every():
            return _every(head, name, env, ctx)
        case ast.OnceOn(date=date, clock=clock):
            time = dt.time(0) if clock is None else clock.value
            return program.OnceOn(id=name, date=date.value, clock=time, place=place)
        case ast.OnceAtLaunch():
            return program.OnceAtLaunch(id=name, place=place)
        case ast.OnExit():
            return program.OnExit(id=name, place=place)
        case ast.OnChange():
            return _on_change(head, name, env, ctx)
        case ast.OnRequest():
            if env.journey is None:
                help = "put it into a `journey` with a name"
                ctx.error("W238", "`on request` needs a journey that can be named", head, env, help)
            return program.On(id=name, match=addressed(REQUESTED, env.journey or "", place), place=place)


def addressed(event: str, journey: str, place: Place) -> program.EventMatch:
    """An event that is meant for one journey."""
    named = core.Item(path=("journey",), place=place)
    where = core.Compare(op=ast.CompareOp.EQ, left=named, right=core.Const(value=journey), place=place)
    return program.EventMatch(event=event, where=where, place=place)


def _on_change(head: ast.OnChange, name: str, env: Env, ctx: Expressions) -> program.OnChange:
    """A change of a value; what it was and is must be of its kind."""
    made = ctx.check(head.field, env)

    def side(value: ast.Expr | None) -> core.Expr | None:
        if value is None:
            return None
        equal = ast.Compare(op=ast.CompareOp.EQ, left=head.field, right=value, span=value.span)
        checked = ctx.check(equal, env).expr
        return checked.right if isinstance(checked, core.Compare) else NOTHING.expr

    return program.OnChange(
        id=name, field=made.expr, before=side(head.before), after=side(head.after), place=env.place(head)
    )


def _on(head: ast.On, name: str, env: Env, ctx: Expressions) -> program.On | None:
    match_ = event_match(head.event, head.where, env, ctx, head.alias)
    if match_ is None:
        return None
    return program.On(
        id=name,
        match=match_,
        alias=None if head.alias is None else head.alias.text,
        key=None if head.key is None else _key(head.key.path, head, env, ctx),
        once=head.key is not None and head.key.kind is ast.KeyKind.ONCE_PER,
        place=env.place(head),
    )


def event_match(
    event: ast.Path, where: ast.Expr | None, env: Env, ctx: Expressions, alias: ast.Name | None = None
) -> program.EventMatch | None:
    """An event and what must hold of it, or None after a report."""
    shape = ctx.event(event, env)
    if shape is None:
        return None
    condition = None
    if where is not None:
        condition = ctx.condition(where, env.within(shape, None if alias is None else alias.text)).expr
    return program.EventMatch(event=shape.name, where=about(event, condition, env), place=env.place(event))


def _key(path: ast.Path, head: ast.On, env: Env, ctx: Expressions) -> core.Expr:
    """The key of a trigger: a field of its event."""
    names = tuple(part.text for part in path.parts)
    if head.alias is not None and names[0] == head.alias.text:
        names = names[1:]
    shape = ctx.shape_of(head.event, env)
    if not names or shape is None:
        if not names:
            message = f"`{path.text}` is a whole event"
            ctx.error("W220", message, path, env, f"name one of its fields: `{path.text}.{AT}`")
        return NOTHING.expr
    event_field(path, names, (shape,), env, ctx)
    return core.Item(path=names, place=env.place(path))


def _every(head: ast.Every, name: str, env: Env, ctx: Expressions) -> program.Every | None:
    place, kinds = env.place(head), program.ScheduleKind
    clock = dt.time(0) if head.clock is None else head.clock.value
    match head.schedule:
        case ast.Daily():
            return program.Every(id=name, kind=kinds.DAILY, clock=clock, place=place)
        case ast.Weekly(days=days):
            return program.Every(id=name, kind=kinds.WEEKLY, days=weekdays(days), clock=clock, place=place)
        case ast.Monthly(day=day):
            return program.Every(id=name, kind=kinds.MONTHLY, day_of_month=day, clock=clock, place=place)
        case ast.Yearly(field=field):
            anchor = ctx.moment(field, env, "what stands after `every year on`")
            return program.Every(id=name, kind=kinds.YEARLY, anchor=anchor, clock=clock, place=place)
        case ast.YearlyOffset(offset=offset):
            return program.Every(
                id=name,
                kind=kinds.YEARLY,
                anchor=ctx.moment(offset.anchor, env, f"what stands after `{offset.direction}`"),
                offset=ctx.length(offset.length, env, f"what stands before `{offset.direction}`", zero=True),
                before=offset.direction is ast.Direction.BEFORE,
                clock=clock,
                place=place,
            )
        case ast.EachFrom(length=length, field=field):
            anchor = ctx.moment(field, env, "what stands after `from`")
            period = _whole_days(length, env, ctx)
            return program.Every(id=name, kind=kinds.FROM, anchor=anchor, length=period, clock=clock, place=place)
        case ast.Each(length=length, days=days):
            period = _whole_days(length, env, ctx)
            if days and (period.months or period.days % 7):
                ctx.error("W240", "weekdays go with a number of weeks", length, env, "write `every 2 weeks on monday`")
            return program.Every(id=name, kind=kinds.EACH, length=period, days=weekdays(days), clock=clock, place=place)


def _whole_days(node: ast.Duration, env: Env, ctx: Expressions) -> Period:
    """A length of whole days, weeks, months or years."""
    period = positive(node, env, ctx, "the time between two occurrences")
    if period.seconds or (period.days and period.months):
        ctx.error("W240", "a schedule counts in whole days, weeks, months or years", node, env, "write `every 2 days`")
    return period


def _stop(node: ast.StopOn | ast.StopWhen, env: Env, ctx: Expressions) -> program.EventMatch | program.StopWhen | None:
    match node:
        case ast.StopOn(event=event, alias=alias, where=where):
            if alias is not None:
                check_alias(alias, env, ctx)
            found = event_match(event, where, env, ctx, alias)
            return None if found is None else evolve(found, place=env.place(node))
        case ast.StopWhen(condition=condition):
            return program.StopWhen(condition=ctx.condition(condition, env).expr, place=env.place(node))


def positive(node: ast.Duration, env: Env, ctx: Expressions, words: str) -> Period:
    """A length that is written, longer than nothing."""
    found = period_of(node)
    if found.approximate_seconds <= 0:
        ctx.error("W216", f"{words} must be longer than nothing", node, env, "write `3 days`, say")
    return found
