"""Bodies of triggers: every step that the engine carries out."""

from attrs import evolve
from hypothesis import strategies as st

from tests.strategies.conditions import Seen, conditions, event_filters, one_of, reactions
from tests.strategies.drawing import composite, either, pick, some, whole
from tests.strategies.scenes import (
    CLOCKS,
    EVENTS,
    LISTS,
    PLANS,
    SPANS,
    TAGS,
    TEMPLATES,
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

DAYS = (*ast.Weekday, ast.Weekday.WEEKDAY, ast.Weekday.WEEKDAY)
Body = tuple[ast.Step, ...]


@composite
def offsets(draw: st.DrawFn) -> ast.Offset:
    """A length before or after a date of the contact."""
    length = pick(draw, (*SPANS, span(1, ast.Unit.MONTH)))
    return ast.Offset(
        length=length,
        direction=pick(draw, (ast.Direction.AFTER, ast.Direction.AFTER, ast.Direction.BEFORE)),
        anchor=path(pick(draw, ("signup", "due", "due", "shopped"))),
    )


@composite
def bodies(draw: st.DrawFn, seen: Seen, taste: Taste, names: Names, depth: int, emits: tuple[str, ...]) -> Body:
    """One to three steps, in blocks as deep as told. `emits` are the events that may be emitted."""
    steps: list[ast.Step] = []
    for _ in range(draw(whole(1, 3))):
        here = evolve(seen, labels=_labels(steps, ast.Send), answers=_labels(steps, ast.CallWebhook))
        step = draw(_steps(here, taste, names, depth, emits))
        steps.append(step)
        if isinstance(step, ast.WaitUpToFor) and step.alias is not None:
            seen = evolve(seen, waited=(step.alias.text, step.event.text))
        if isinstance(step, ast.Stop | ast.Exit):
            break
    return tuple(steps)


def _labels(steps: list[ast.Step], kind: type[ast.Send | ast.CallWebhook]) -> tuple[str, ...]:
    """Labels of the messages that were sent before, in this block, or of the calls that were made."""
    found = [step for step in steps if isinstance(step, kind)]
    return tuple(step.options.label.text for step in found if step.options.label is not None)


@composite
def farewells(draw: st.DrawFn, seen: Seen, taste: Taste, names: Names, depth: int = 1) -> Body:
    """The body of `on exit`: steps on data only."""
    kinds = ["set", "tag", "list", "emit"] + _between(seen, taste) + (["if"] if depth else [])
    steps: list[ast.Step] = []
    for _ in range(draw(whole(1, 2))):
        kind = pick(draw, kinds)
        if kind == "if":
            inner = farewells(seen, taste, names, depth - 1)
            steps.append(draw(_ifs(evolve(seen, labels=(), answers=(), waited=None), inner)))
        else:
            steps.append(draw(_data_steps(kind, seen, ("ping", "pong"))))
    return tuple(steps)


def _between(seen: Seen, taste: Taste) -> list[str]:
    """The steps on other journeys that there can be."""
    if not taste.between:
        return []
    return (["start"] * 2 if seen.requested else []) + (["stop journey"] if seen.journeys else [])


@composite
def _steps(draw: st.DrawFn, seen: Seen, taste: Taste, names: Names, depth: int, emits: tuple[str, ...]) -> ast.Step:
    kinds = ["send"] * 6 + ["notify"]
    if taste.waits:
        kinds += ["wait", "wait", "wait until"] + (["wait up to", "repeat"] if depth else [])
    if taste.data:
        kinds += ["set", "tag", "list", "resubscribe", "call"] + (["emit"] if emits else []) + _between(seen, taste)
    if depth:
        kinds += ["if", "if", "split"]
    kinds += ["end"] if some(draw, 6) else []
    kind = pick(draw, kinds)
    inner = bodies(seen, taste, names, depth - 1, emits)
    match kind:
        case "send":
            return draw(_sends(seen, names))
        case "notify":
            return draw(_notices())
        case "call":
            return draw(_calls(seen, names))
        case "end":
            return ast.Stop() if either(draw) else ast.Exit()
        case "if":
            return draw(_ifs(seen, inner))
        case "split":
            halves = ("left", "right")
            shares = pick(draw, ((50, 50), (30, 70), (20, 30)))
            variants = tuple(
                ast.Variant(name=name(half), share=ast.Percent(value=share), body=draw(inner))
                for half, share in zip(halves, shares, strict=True)
            )
            split = f"s{next(names.numbers)}"
            names.splits.append(split)
            return ast.Split(name=name(split), variants=variants, each_time=either(draw))
        case "repeat":
            return ast.Repeat(
                times=draw(whole(1, 3)),
                body=draw(inner),
                every=pick(draw, SPANS),
                until=draw(conditions(seen, 1)) if some(draw, 2) else None,
            )
        case "wait up to":
            return draw(_limited_waits(seen, inner, names))
        case "wait until":
            return draw(_waits_until(seen, inner))
        case "wait":
            return ast.WaitFor(length=draw(_lengths()))
        case _:
            return draw(_data_steps(kind, seen, emits))


@composite
def _data_steps(draw: st.DrawFn, kind: str, seen: Seen, emits: tuple[str, ...]) -> ast.Step:
    match kind:
        case "set":
            return draw(_sets(seen.scene))
        case "tag":
            return ast.Tag(value=text(pick(draw, TAGS)), remove=either(draw))
        case "resubscribe":
            return ast.Resubscribe(channel=name("email"))
        case "list":
            return ast.ListStep(value=text(pick(draw, LISTS)), remove=either(draw))
        case "start":
            return ast.StartJourney(journey=name(pick(draw, seen.requested)))
        case "stop journey":
            return ast.StopJourney(journey=name(pick(draw, seen.journeys)))
        case _:
            event = pick(draw, emits)
            source = draw(one_of(text("a"), path("plan")))
            values = (ast.Pair(name=name("what"), value=source),) if event == "pong" else ()
            return ast.Emit(event=name(event), values=values)


@composite
def _sends(draw: st.DrawFn, seen: Seen, names: Names) -> ast.Send:
    label = None
    if some(draw, 2):
        label = f"m{next(names.numbers)}"
        names.labels.append(label)
    channel = pick(draw, ("email", "email", "email", "sms"))
    template = pick(draw, TEMPLATES)
    options = ast.NO_OPTIONS if label is None else ast.Options(label=name(label))
    if some(draw, 6):
        value = path("score") if seen.local is None else path(seen.local[0])
        options = evolve(options, values=(ast.Pair(name=name("told"), value=value),))
    if some(draw, 10):
        sender = text("Bob <bob@shop.example>") if either(draw) else None
        options = evolve(options, to=path("email"), subject=text("Hello"), sender=sender)
    return ast.Send(channel=name(channel), template=text(template), options=options)


@composite
def _notices(draw: st.DrawFn) -> ast.Notify:
    said = text("Somebody is here") if some(draw, 3) else None
    return ast.Notify(address=text("desk@shop.example"), options=ast.Options(subject=text("Look"), text=said))


@composite
def _calls(draw: st.DrawFn, seen: Seen, names: Names) -> ast.CallWebhook:
    """A call of a web service, mostly with a name for its answer."""
    label = None
    if not some(draw, 4):
        label = f"r{next(names.numbers)}"
        names.answers.append(label)
    known = (("plan", path("plan")), ("tags", path("tags")), ("due", path("due")))
    values = tuple(ast.Pair(name=name(each), value=value) for each, value in known[: draw(whole(0, 3))])
    options = ast.Options(values=values, label=None if label is None else name(label))
    return ast.CallWebhook(webhook=text(pick(draw, WEBHOOKS)), options=options)


@composite
def _sets(draw: st.DrawFn, scene: Scene) -> ast.Set:
    match pick(draw, ("plan", "score", "consent_email", "signup", "due")):
        case "plan":
            return ast.Set(target=path("plan"), value=text(pick(draw, PLANS)))
        case "score":
            plus = ast.Arithmetic(
                op=ast.Arith.ADD,
                left=ast.Otherwise(left=path("score"), right=number(0)),
                right=number(1),
            )
            return ast.Set(target=path("score"), value=draw(one_of(plus, number(0), path("unknown"))))
        case "consent_email":
            return ast.Set(target=path("consent_email"), value=ast.Boolean(value=either(draw)))
        case "signup":
            return ast.Set(target=path("signup"), value=draw(one_of(path("today"), path("unknown"))))
        case _:
            later = ast.Arithmetic(op=ast.Arith.ADD, left=path("now"), right=pick(draw, SPANS))
            return ast.Set(target=path("due"), value=draw(one_of(path("now"), later)))


@composite
def _ifs(draw: st.DrawFn, seen: Seen, inner: st.SearchStrategy[Body]) -> ast.If:
    branches = tuple(
        ast.Branch(condition=draw(conditions(seen, 1)), body=draw(inner)) for _ in range(2 if some(draw, 5) else 1)
    )
    return ast.If(branches=branches, otherwise=draw(inner) if either(draw) else None)


@composite
def _lengths(draw: st.DrawFn) -> ast.Expr:
    """How long to wait: now and then a length that may be unknown, and become known later."""
    if some(draw, 6):
        return ast.Arithmetic(op=ast.Arith.MUL, left=path("score"), right=pick(draw, SPANS))
    return pick(draw, SPANS)


@composite
def _limited_waits(
    draw: st.DrawFn, seen: Seen, inner: st.SearchStrategy[Body], names: Names
) -> ast.WaitUpToUntil | ast.WaitUpToFor:
    limit = draw(_lengths())
    otherwise = draw(inner) if either(draw) else None
    if seen.answers and not some(draw, 3):
        known = ast.IsKnown(operand=path(f"{pick(draw, seen.answers)}.score"))
        return ast.WaitUpToUntil(limit=limit, condition=known, otherwise=otherwise)
    if either(draw):
        return ast.WaitUpToUntil(limit=limit, condition=draw(conditions(seen, 1)), otherwise=otherwise)
    if seen.labels and some(draw, 2):
        return ast.WaitUpToFor(limit=limit, event=draw(reactions(seen)), otherwise=otherwise)
    event = pick(draw, EVENTS)
    where = draw(event_filters(event, seen))
    alias = name(f"w{next(names.numbers)}") if some(draw, 2) else None
    return ast.WaitUpToFor(limit=limit, event=path(event), alias=alias, where=where, otherwise=otherwise)


@composite
def _waits_until(
    draw: st.DrawFn, seen: Seen, inner: st.SearchStrategy[Body]
) -> ast.WaitUntil | ast.WaitUntilDay | ast.WaitUntilOffset:
    kind = draw(whole(0, 4))
    clock = ast.Clock(value=pick(draw, CLOCKS))
    if kind == 0:
        return ast.WaitUntil(target=clock)
    if kind == 1:
        return ast.WaitUntilDay(day=pick(draw, DAYS), clock=pick(draw, (None, clock)))
    if kind == 2:
        return ast.WaitUntil(target=draw(conditions(seen, 1)))
    otherwise = draw(inner)
    if kind == 3:
        date = path(pick(draw, ("signup", "due")))
        return ast.WaitUntil(target=date, clock=pick(draw, (None, clock)), otherwise=otherwise)
    return ast.WaitUntilOffset(offset=draw(offsets()), clock=pick(draw, (None, clock)), otherwise=otherwise)


__all__ = ["bodies", "farewells", "offsets"]
