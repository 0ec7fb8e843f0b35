"""Well-typed programs over the schema of `scenes`: one or two journeys, as trees."""

from collections.abc import Callable
from itertools import count

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from tests.strategies.conditions import Seen, conditions, event_filters, one_of
from tests.strategies.scenes import (
    CLOCKS,
    EVENTS,
    LISTS,
    PLANS,
    SPANS,
    TAGS,
    ZONES,
    Scene,
    name,
    number,
    path,
    span,
    text,
)
from wend.dsl import ast


@frozen
class Taste:
    """What the generated programs are to be like.

    Args:
        condition: how the condition of a `when` is made; by default any condition.
        triggers: the kinds of entry point.
        waits: whether bodies may wait.
        data: whether bodies may change data.
        gates: whether there may be limits, windows, consent.
    """

    condition: Callable[[Seen], st.SearchStrategy[ast.Expr]] = conditions
    triggers: tuple[str, ...] = ("when", "when", "when", "dated", "on", "on", "every", "once", "entry")
    waits: bool = True
    data: bool = True
    gates: bool = True


ANY_TASTE = Taste()


@frozen
class Names:
    """What makes the names of one journey's steps distinct."""

    labels: list[str] = field(factory=list)
    numbers: "count[int]" = field(factory=lambda: count(1))


def programs(scene: Scene, taste: Taste = ANY_TASTE) -> st.SearchStrategy[ast.File]:
    """Programs that play around the day of a scene. Their declarations are those of `scenes.SCHEMA`."""
    return _programs(scene, taste)


@st.composite
def _programs(draw: st.DrawFn, scene: Scene, taste: Taste) -> ast.File:
    items: list[ast.Item] = [draw(_settings(scene, taste))]
    names = ("one", "two") if draw(st.integers(0, 2)) == 0 else ("one",)
    seen = Seen(scene=scene)
    if draw(st.integers(0, 3)) == 0:
        condition = draw(conditions(Seen(scene=scene), 1))
        items.append(ast.Segment(name=name("chosen"), condition=condition))
        seen = evolve(seen, segments=("chosen",))
    items += [draw(_journeys(each, evolve(seen, run=True), taste)) for each in names]
    return ast.File(items=tuple(items))


def _some(draw: st.DrawFn, one_in: int) -> bool:
    """True once in so many draws; shrinks to False."""
    return draw(st.integers(1, one_in)) == one_in


@st.composite
def _settings(draw: st.DrawFn, scene: Scene, taste: Taste) -> ast.Settings:
    lines: list[ast.Setting] = [ast.Timezone(zone=text(scene.zone))]
    channel = name("email")
    if taste.gates:
        if draw(st.booleans()):
            condition: ast.Expr = path("consent_email")
            if _some(draw, 4):
                condition = draw(conditions(Seen(scene=scene), 1))
            lines.append(ast.Consent(channel=channel, condition=condition))
        if _some(draw, 4):
            lines.append(draw(_limits()))
        if _some(draw, 4):
            lines.append(draw(_windows()))
    if _some(draw, 5):
        lines.append(ast.Late(length=draw(st.sampled_from(SPANS))))
    return ast.Settings(lines=tuple(lines))


@st.composite
def _limits(draw: st.DrawFn) -> ast.Limit:
    per = draw(st.sampled_from((span(1, ast.Unit.HOUR), span(1, ast.Unit.DAY), span(2, ast.Unit.DAY))))
    return ast.Limit(count=draw(st.integers(1, 2)), channel=name("email"), per=per, else_wait=draw(st.booleans()))


@st.composite
def _windows(draw: st.DrawFn) -> ast.SendWindow:
    start, end = draw(st.permutations(CLOCKS))[:2]
    weekend = (ast.Weekday.SATURDAY, ast.Weekday.SUNDAY)
    choices: tuple[tuple[ast.Weekday, ...], ...] = ((), (), (ast.Weekday.WEEKDAY,), weekend)
    days = draw(st.sampled_from(choices))
    channel = draw(st.sampled_from((None, name("email"))))
    return ast.SendWindow(start=ast.Clock(value=start), end=ast.Clock(value=end), channel=channel, days=days)


@st.composite
def _journeys(draw: st.DrawFn, own: str, seen: Seen, taste: Taste) -> ast.Journey:
    names = Names()
    triggers = [draw(_triggers(seen, taste, names, own)) for _ in range(draw(st.integers(1, 2)))]
    if names.labels and _some(draw, 2):
        after = evolve(seen, labels=tuple(names.labels))
        triggers.append(draw(_triggers(after, taste, names, own)))
    headers = draw(_headers(evolve(seen, labels=tuple(names.labels)), taste))
    return ast.Journey(name=name(own), items=(*headers, *triggers))


@st.composite
def _headers(draw: st.DrawFn, seen: Seen, taste: Taste) -> list[ast.Header]:
    scene = seen.scene
    lines: list[ast.Header] = []
    outside = Seen(scene=scene, segments=seen.segments)
    if _some(draw, 3):
        chosen = bool(seen.segments) and _some(draw, 2)
        segment = "chosen" if chosen else "contacts"
        where = None if chosen and not _some(draw, 3) else draw(conditions(outside, 1))
        lines.append(ast.Audience(segment=name(segment), where=where))
    if _some(draw, 3):
        lines.append(ast.ExitWhen(condition=draw(conditions(seen, 1))))
    if _some(draw, 4):
        event = draw(st.sampled_from(EVENTS))
        lines.append(ast.ExitOn(event=path(event), where=draw(event_filters(event, outside))))
    lines.append(draw(_reentries()))
    if _some(draw, 4):
        lines.append(ast.Backlog(skip=True))
    if _some(draw, 4):
        zone = draw(st.sampled_from((None, None, *ZONES)))
        lines.append(ast.Timezone(zone=None if zone is None else text(zone)))
    if _some(draw, 8):
        start, until = draw(st.sampled_from(((0, None), (None, 1), (0, 1), (-5, 2))))
        lines.append(
            ast.Active(
                start=None if start is None else ast.Date(value=scene.date(start)),
                until=None if until is None else ast.Date(value=scene.date(until)),
            )
        )
    if taste.gates:
        if _some(draw, 5):
            lines.append(draw(_windows()))
        if _some(draw, 4):
            lines.append(draw(_limits()))
        if _some(draw, 8):
            lines.append(ast.Transactional())
    if _some(draw, 5):
        lines.append(ast.Late(length=draw(st.sampled_from(SPANS))))
    if _some(draw, 6):
        lines.append(ast.NewestPathOnly())
    if _some(draw, 5):
        lines.append(ast.Priority(value=number(draw(st.integers(1, 2)))))
    return lines


@st.composite
def _reentries(draw: st.DrawFn) -> ast.Reenter:
    kind = draw(st.sampled_from((ast.ReenterKind.ALWAYS, ast.ReenterKind.NEVER, ast.ReenterKind.AFTER)))
    after = None
    if kind is ast.ReenterKind.AFTER:
        lengths = (span(1, ast.Unit.HOUR), span(12, ast.Unit.HOUR), span(1, ast.Unit.DAY))
        after = draw(st.sampled_from(lengths))
    return ast.Reenter(kind=kind, after=after)


@st.composite
def _triggers(draw: st.DrawFn, seen: Seen, taste: Taste, names: Names, own: str) -> ast.Trigger:
    kind = draw(st.sampled_from(taste.triggers))
    head, local = draw(_heads(kind, seen, taste))
    heads = [head]
    if _some(draw, 6):
        other, other_local = draw(_heads(draw(st.sampled_from(taste.triggers)), seen, taste))
        if other != head and not (isinstance(head, ast.On) and head.key):
            heads.append(other)
            local = local if local == other_local else None
    body_seen = evolve(seen, labels=(), local=local)
    stops: list[ast.StopOn | ast.StopWhen] = []
    if taste.waits and _some(draw, 5):
        event = draw(st.sampled_from(EVENTS))
        stops.append(ast.StopOn(event=path(event), where=draw(event_filters(event, seen))))
    if taste.waits and _some(draw, 6):
        stops.append(ast.StopWhen(condition=draw(conditions(evolve(body_seen, labels=seen.labels), 1))))
    emits = not any(isinstance(h, ast.On) and h.event.text == "ping" for h in heads)
    body = draw(_bodies(body_seen, taste, names, 2, emits))
    return ast.Trigger(heads=tuple(heads), body=body, stops=tuple(stops))


@st.composite
def _heads(draw: st.DrawFn, kind: str, seen: Seen, taste: Taste) -> tuple[ast.Head, tuple[str, str] | None]:
    """An entry point, and the name that its event has in the body."""
    scene = seen.scene
    match kind:
        case "when":
            lengths = (span(7, ast.Unit.MINUTE), span(1, ast.Unit.HOUR), span(1, ast.Unit.DAY))
            repeatedly = _some(draw, 3)
            return (
                ast.When(
                    condition=draw(taste.condition(seen)),
                    lasting=draw(st.sampled_from(lengths)) if _some(draw, 5) else None,
                    repeatedly=repeatedly,
                    at_most_every=draw(st.sampled_from(lengths)) if repeatedly and _some(draw, 2) else None,
                ),
                None,
            )
        case "dated":
            clock = draw(st.sampled_from((None, *CLOCKS)))
            return ast.Dated(offset=draw(_offsets()), clock=None if clock is None else ast.Clock(value=clock)), None
        case "on":
            event = draw(st.sampled_from((*EVENTS, "ping")))
            alias = "cause" if _some(draw, 2) else None
            key = None
            if event in ("purchase", "visit") and _some(draw, 3):
                key_field = "channel" if event == "purchase" else "page"
                how = draw(st.sampled_from((ast.KeyKind.PER, ast.KeyKind.ONCE_PER)))
                alias = "cause"
                key = ast.Key(kind=how, path=path(f"cause.{key_field}"))
            where = draw(event_filters(event, seen))
            on = ast.On(event=path(event), alias=None if alias is None else name(alias), key=key, where=where)
            return on, None if alias is None else (alias, event)
        case "every":
            schedules: tuple[ast.Schedule, ...] = (
                ast.Daily(),
                ast.Daily(),
                ast.Weekly(days=(ast.Weekday.MONDAY, ast.Weekday.SUNDAY)),
                ast.Weekly(days=(ast.Weekday.WEEKDAY,)),
                ast.Monthly(day=scene.day.day),
                ast.Monthly(day=31),
            )
            schedule = draw(st.sampled_from(schedules))
            return ast.Every(schedule=schedule, clock=ast.Clock(value=draw(st.sampled_from(CLOCKS)))), None
        case "once":
            date = ast.Date(value=scene.date(draw(st.integers(-1, 1))))
            return ast.OnceOn(date=date, clock=ast.Clock(value=draw(st.sampled_from(CLOCKS)))), None
        case _:
            return ast.OnEntry(), None


@st.composite
def _offsets(draw: st.DrawFn) -> ast.Offset:
    length = draw(st.sampled_from((*SPANS, span(1, ast.Unit.MONTH))))
    return ast.Offset(
        length=length,
        direction=draw(st.sampled_from((ast.Direction.AFTER, ast.Direction.AFTER, ast.Direction.BEFORE))),
        anchor=path(draw(st.sampled_from(("signup", "due", "due", "shopped")))),
    )


@st.composite
def _bodies(draw: st.DrawFn, seen: Seen, taste: Taste, names: Names, depth: int, emits: bool) -> tuple[ast.Step, ...]:
    steps: list[ast.Step] = []
    for _ in range(draw(st.integers(1, 3))):
        step = draw(_steps(evolve(seen, labels=_here(steps)), taste, names, depth, emits))
        steps.append(step)
        if isinstance(step, ast.Stop | ast.Exit):
            break
    return tuple(steps)


def _here(steps: list[ast.Step]) -> tuple[str, ...]:
    """Labels of the messages that were sent before, in this block."""
    sends = [step for step in steps if isinstance(step, ast.Send)]
    return tuple(send.options.label.text for send in sends if send.options.label is not None)


@st.composite
def _steps(draw: st.DrawFn, seen: Seen, taste: Taste, names: Names, depth: int, emits: bool) -> ast.Step:
    kinds = ["send"] * 6 + ["notify"]
    if taste.waits:
        kinds += ["wait", "wait", "wait until"] + (["wait up to", "repeat"] if depth else [])
    if taste.data:
        kinds += ["set", "tag", "list"] + (["emit"] if emits else [])
    if depth:
        kinds += ["if", "if", "split"]
    kinds += ["end"] if _some(draw, 6) else []
    kind = draw(st.sampled_from(kinds))
    inner = _bodies(seen, taste, names, depth - 1, emits)
    match kind:
        case "send":
            return draw(_sends(names))
        case "notify":
            return ast.Notify(address=text("desk@shop.example"), options=ast.Options(subject=text("Look")))
        case "set":
            return draw(_sets(seen.scene))
        case "tag":
            return ast.Tag(value=text(draw(st.sampled_from(TAGS))), remove=draw(st.booleans()))
        case "list":
            return ast.ListStep(value=text(draw(st.sampled_from(LISTS))), remove=draw(st.booleans()))
        case "emit":
            return ast.Emit(event=name("ping"))
        case "end":
            return ast.Stop() if draw(st.booleans()) else ast.Exit()
        case "if":
            return draw(_ifs(seen, inner))
        case "split":
            halves = ("left", "right")
            shares = draw(st.sampled_from(((50, 50), (30, 70), (20, 30))))
            variants = tuple(
                ast.Variant(name=name(half), share=ast.Percent(value=share), body=draw(inner))
                for half, share in zip(halves, shares, strict=True)
            )
            return ast.Split(name=name(f"s{next(names.numbers)}"), variants=variants, each_time=draw(st.booleans()))
        case "repeat":
            return ast.Repeat(
                times=draw(st.integers(1, 3)),
                body=draw(inner),
                every=draw(st.sampled_from(SPANS)),
                until=draw(conditions(seen, 1)) if _some(draw, 2) else None,
            )
        case "wait up to":
            return draw(_limited_waits(seen, inner))
        case "wait until":
            return draw(_waits_until(seen, inner))
        case _:
            return ast.WaitFor(length=draw(st.sampled_from(SPANS)))


@st.composite
def _sends(draw: st.DrawFn, names: Names) -> ast.Send:
    label = None
    if _some(draw, 2):
        label = f"m{next(names.numbers)}"
        names.labels.append(label)
    channel = draw(st.sampled_from(("email", "email", "email", "sms")))
    template = draw(st.sampled_from(("hello", "again", "bye")))
    options = ast.NO_OPTIONS if label is None else ast.Options(label=name(label))
    return ast.Send(channel=name(channel), template=text(template), options=options)


@st.composite
def _sets(draw: st.DrawFn, scene: Scene) -> ast.Set:
    match draw(st.sampled_from(("plan", "score", "consent_email", "signup", "due"))):
        case "plan":
            return ast.Set(target=path("plan"), value=text(draw(st.sampled_from(PLANS))))
        case "score":
            plus = ast.Arithmetic(
                op=ast.Arith.ADD,
                left=ast.Otherwise(left=path("score"), right=number(0)),
                right=number(1),
            )
            return ast.Set(target=path("score"), value=draw(one_of(plus, number(0), path("unknown"))))
        case "consent_email":
            return ast.Set(target=path("consent_email"), value=ast.Boolean(value=draw(st.booleans())))
        case "signup":
            return ast.Set(target=path("signup"), value=draw(one_of(path("today"), path("unknown"))))
        case _:
            later = ast.Arithmetic(op=ast.Arith.ADD, left=path("now"), right=draw(st.sampled_from(SPANS)))
            return ast.Set(target=path("due"), value=draw(one_of(path("now"), later)))


@st.composite
def _ifs(draw: st.DrawFn, seen: Seen, inner: st.SearchStrategy[tuple[ast.Step, ...]]) -> ast.If:
    branches = tuple(
        ast.Branch(condition=draw(conditions(seen, 1)), body=draw(inner)) for _ in range(2 if _some(draw, 5) else 1)
    )
    return ast.If(branches=branches, otherwise=draw(inner) if draw(st.booleans()) else None)


@st.composite
def _limited_waits(
    draw: st.DrawFn, seen: Seen, inner: st.SearchStrategy[tuple[ast.Step, ...]]
) -> ast.WaitUpToUntil | ast.WaitUpToFor:
    limit = draw(st.sampled_from(SPANS))
    otherwise = draw(inner) if draw(st.booleans()) else None
    if draw(st.booleans()):
        return ast.WaitUpToUntil(limit=limit, condition=draw(conditions(seen, 1)), otherwise=otherwise)
    event = draw(st.sampled_from(EVENTS))
    where = draw(event_filters(event, seen))
    return ast.WaitUpToFor(limit=limit, event=path(event), where=where, otherwise=otherwise)


@st.composite
def _waits_until(
    draw: st.DrawFn, seen: Seen, inner: st.SearchStrategy[tuple[ast.Step, ...]]
) -> ast.WaitUntil | ast.WaitUntilDay | ast.WaitUntilOffset:
    kind = draw(st.integers(0, 4))
    clock = ast.Clock(value=draw(st.sampled_from(CLOCKS)))
    if kind == 0:
        return ast.WaitUntil(target=clock)
    if kind == 1:
        days = (ast.Weekday.SUNDAY, ast.Weekday.MONDAY, ast.Weekday.WEEKDAY)
        return ast.WaitUntilDay(day=draw(st.sampled_from(days)), clock=draw(st.sampled_from((None, clock))))
    if kind == 2:
        return ast.WaitUntil(target=draw(conditions(seen, 1)))
    otherwise = draw(inner)
    if kind == 3:
        date = path(draw(st.sampled_from(("signup", "due"))))
        return ast.WaitUntil(target=date, clock=draw(st.sampled_from((None, clock))), otherwise=otherwise)
    return ast.WaitUntilOffset(offset=draw(_offsets()), clock=draw(st.sampled_from((None, clock))), otherwise=otherwise)


__all__ = ["ANY_TASTE", "Taste", "programs"]
