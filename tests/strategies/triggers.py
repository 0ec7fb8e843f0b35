"""Triggers: entry points of every kind, what stops a path, and the body."""

from attrs import evolve
from hypothesis import strategies as st

from tests.strategies.bodies import bodies, farewells, offsets
from tests.strategies.conditions import Seen, conditions, event_filters, reactions
from tests.strategies.drawing import composite, either, pick, some, whole
from tests.strategies.scenes import (
    CHAIN,
    CLOCKS,
    EVENTS,
    LISTS,
    PLANS,
    TAGS,
    WEBHOOKS,
    Scene,
    name,
    number,
    path,
    span,
    text,
)
from tests.strategies.taste import Names, Taste
from wend.dsl import ast

LENGTHS = (span(7, ast.Unit.MINUTE), span(1, ast.Unit.HOUR), span(1, ast.Unit.DAY))
Local = tuple[str, str] | None


@composite
def triggers(draw: st.DrawFn, seen: Seen, taste: Taste, names: Names) -> ast.Trigger:
    """A trigger with its body."""
    kind = pick(draw, taste.triggers)
    if kind == "exit":
        return ast.Trigger(heads=(ast.OnExit(),), body=draw(farewells(seen, taste, names)))
    head, local = draw(_heads(kind, seen, taste))
    heads = [head]
    if some(draw, 6):
        other_kind = pick(draw, [k for k in taste.triggers if k != "exit"])
        other, other_local = draw(_heads(other_kind, seen, taste))
        if other != head and not (isinstance(head, ast.On) and head.key):
            heads.append(other)
            local = local if local == other_local else None
    body_seen = evolve(seen, labels=(), answers=(), local=local)
    stops: list[ast.StopOn | ast.StopWhen] = []
    if taste.waits and some(draw, 5):
        event = pick(draw, EVENTS)
        alias = name("end") if some(draw, 4) else None
        stops.append(ast.StopOn(event=path(event), alias=alias, where=draw(event_filters(event, seen))))
    if taste.waits and some(draw, 6):
        told = evolve(body_seen, labels=seen.labels, answers=seen.answers)
        stops.append(ast.StopWhen(condition=draw(conditions(told, 1))))
    caused = {h.event.text for h in heads if isinstance(h, ast.On)}
    body = draw(bodies(body_seen, taste, names, 2, tuple(e for e in CHAIN if e not in caused)))
    return ast.Trigger(heads=tuple(heads), body=body, stops=tuple(stops))


@composite
def _heads(draw: st.DrawFn, kind: str, seen: Seen, taste: Taste) -> tuple[ast.Head, Local]:
    """An entry point, and the name that its event has in the body."""
    scene = seen.scene
    clock = ast.Clock(value=pick(draw, CLOCKS))
    match kind:
        case "when":
            return draw(_whens(seen, taste)), None
        case "dated":
            return ast.Dated(offset=draw(offsets()), clock=pick(draw, (None, clock))), None
        case "on":
            return draw(_ons(seen))
        case "mark":
            return draw(_marks()), None
        case "answer":
            where = ast.Compare(op=ast.CompareOp.EQ, left=path("webhook"), right=text(pick(draw, WEBHOOKS)))
            on = ast.On(event=path("webhook_answered"), alias=name("cause"), where=where if either(draw) else None)
            return on, ("cause", "webhook_answered")
        case "every":
            return ast.Every(schedule=draw(_schedules(scene)), clock=clock), None
        case "yearly":
            return ast.Every(schedule=draw(_anniversaries()), clock=pick(draw, (None, clock))), None
        case "once":
            date = ast.Date(value=scene.date(draw(whole(-1, 1))))
            return ast.OnceOn(date=date, clock=clock), None
        case "change":
            return draw(_changes()), None
        case "launch":
            return ast.OnceAtLaunch(), None
        case "request":
            return ast.OnRequest(), None
        case _:
            return ast.OnEntry(), None


@composite
def _whens(draw: st.DrawFn, seen: Seen, taste: Taste) -> ast.When:
    repeatedly = some(draw, 3)
    return ast.When(
        condition=draw(taste.condition(seen)),
        lasting=pick(draw, LENGTHS) if some(draw, 5) else None,
        repeatedly=repeatedly,
        at_most_every=pick(draw, (span(1, ast.Unit.MINUTE), *LENGTHS)) if repeatedly and some(draw, 2) else None,
    )


@composite
def _ons(draw: st.DrawFn, seen: Seen) -> tuple[ast.On, Local]:
    if seen.labels and some(draw, 3):
        return ast.On(event=draw(reactions(seen))), None
    event = pick(draw, (*EVENTS, *EVENTS, *CHAIN))
    alias = "cause" if some(draw, 2) else None
    key = None
    if event in ("purchase", "visit") and some(draw, 3):
        key_field = "channel" if event == "purchase" else "page"
        how = pick(draw, (ast.KeyKind.PER, ast.KeyKind.ONCE_PER))
        alias = "cause"
        key = ast.Key(kind=how, path=path(f"cause.{key_field}"))
    where = draw(event_filters(event, seen))
    on = ast.On(event=path(event), alias=None if alias is None else name(alias), key=key, where=where)
    return on, None if alias is None else (alias, event)


@composite
def _marks(draw: st.DrawFn) -> ast.On:
    """A tag or list that came or went, through the data or a step."""
    event = pick(draw, ("tag_added", "tag_removed", "list_joined", "list_left"))
    field, values = ("tag", TAGS) if event.startswith("tag") else ("list", LISTS)
    where = ast.Compare(op=ast.CompareOp.EQ, left=path(field), right=text(pick(draw, values)))
    return ast.On(event=path(event), where=where if either(draw) else None)


@composite
def _changes(draw: st.DrawFn) -> ast.OnChange:
    field = pick(draw, ("plan", "plan", "score", "consent_email", "signup", "due", "shopped", "tags"))
    before: ast.Expr | None = None
    after: ast.Expr | None = None
    if field == "plan":
        before, after = (pick(draw, (None, None, *map(text, PLANS))) for _ in range(2))
    elif field == "score":
        before, after = (pick(draw, (None, None, *map(number, range(3)))) for _ in range(2))
    elif field == "consent_email":
        after = pick(draw, (None, ast.Boolean(value=False)))
    return ast.OnChange(field=path(field), before=before, after=after if after != before else None)


@composite
def _schedules(draw: st.DrawFn, scene: Scene) -> ast.Schedule:
    schedules: tuple[ast.Schedule, ...] = (
        ast.Daily(),
        ast.Daily(),
        ast.Weekly(days=(ast.Weekday.MONDAY, ast.Weekday.SUNDAY)),
        ast.Weekly(days=(ast.Weekday.WEEKDAY,)),
        ast.Weekly(days=(ast.Weekday.TUESDAY, ast.Weekday.WEDNESDAY, ast.Weekday.THURSDAY, ast.Weekday.FRIDAY)),
        ast.Monthly(day=scene.day.day),
        ast.Monthly(day=31),
        ast.Each(length=span(2, ast.Unit.DAY)),
        ast.Each(length=span(1, ast.Unit.MONTH)),
        ast.Each(length=span(2, ast.Unit.WEEK), days=(ast.Weekday.WEEKDAY,)),
    )
    return pick(draw, schedules)


@composite
def _anniversaries(draw: st.DrawFn) -> ast.Schedule:
    """Schedules that count from a date of the contact."""
    match draw(whole(0, 2)):
        case 0:
            return ast.Yearly(field=path(pick(draw, ("born", "born", "signup", "due"))))
        case 1:
            offset = draw(offsets())
            return ast.YearlyOffset(offset=evolve(offset, anchor=path("born")))
        case _:
            length = pick(draw, (span(1, ast.Unit.DAY), span(1, ast.Unit.MONTH), span(1, ast.Unit.YEAR)))
            return ast.EachFrom(length=length, field=path(pick(draw, ("born", "signup", "due"))))


__all__ = ["triggers"]
