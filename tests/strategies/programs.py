"""Well-typed programs over the schema of `scenes`: some journeys that may start and stop one another, as trees."""

from itertools import count

from attrs import evolve
from hypothesis import strategies as st

from tests.strategies.conditions import Seen, conditions
from tests.strategies.drawing import composite, either, pick, some, whole
from tests.strategies.headers import headers, settings
from tests.strategies.scenes import Scene, call, name, path, text
from tests.strategies.taste import ANY_TASTE, Names, Taste
from tests.strategies.trials import trials
from tests.strategies.triggers import triggers
from wend.dsl import ast

JOURNEYS = ("one", "two", "three")
"""What generated journeys are called."""


def programs(scene: Scene, taste: Taste = ANY_TASTE) -> st.SearchStrategy[ast.File]:
    """Programs that play around the day of a scene. Their declarations are those of `scenes.SCHEMA`."""
    return _programs(scene, taste)


@composite
def _programs(draw: st.DrawFn, scene: Scene, taste: Taste) -> ast.File:
    names = JOURNEYS[: pick(draw, (1, 1, 1, 2, 2, 3))]
    seen = Seen(scene=scene)
    items: list[ast.Item] = [draw(settings(seen, taste))]
    if some(draw, 4):
        items.append(ast.Segment(name=name("chosen"), condition=draw(conditions(seen, 1))))
        seen = evolve(seen, segments=("chosen",))
    if some(draw, 4):
        items += draw(_defines(seen))
        seen = evolve(seen, defines=True)
    requested = tuple(each for each in names if taste.between and some(draw, 3))
    seen = evolve(seen, journeys=names if taste.between else (), requested=requested)
    items += [draw(_journeys(each, evolve(seen, run=True), taste)) for each in names]
    if taste.lone and some(draw, 6):
        items.append(draw(_rules(seen, taste)))
    if some(draw, 6):
        items.append(draw(trials(scene, [item for item in items if isinstance(item, ast.Journey)])))
    return ast.File(items=tuple(items))


@composite
def _defines(draw: st.DrawFn, seen: Seen) -> list[ast.Item]:
    """A condition with a name, one with an argument that uses it, and one with two arguments."""
    since = call("days_since", path(pick(draw, ("signup", "shopped"))))
    later = ast.Compare(op=ast.CompareOp.GE, left=since, right=path("n"))
    ready = draw(conditions(seen, 1))
    ranked = (
        ast.Compare(op=ast.CompareOp.GE, left=path("score"), right=path("low")),
        ast.Compare(op=ast.CompareOp.LE, left=path("score"), right=path("high")),
    )
    joined = ast.Or(operands=(later, path("ready"))) if either(draw) else later
    return [
        ast.Define(name=name("lapsed"), params=(name("n"),), value=joined),
        ast.Define(name=name("ready"), value=ready),
        ast.Define(name=name("ranked"), params=(name("low"), name("high")), value=ast.And(operands=ranked)),
    ]


@composite
def _rules(draw: st.DrawFn, seen: Seen, taste: Taste) -> ast.Trigger:
    """A rule that stands outside of all journeys."""
    kinds = tuple(kind for kind in taste.triggers if kind not in ("entry", "exit", "request"))
    names = Names("rule", numbers=count(100))
    return draw(triggers(evolve(seen, run=True), evolve(taste, triggers=kinds), names))


@composite
def _journeys(draw: st.DrawFn, own: str, seen: Seen, taste: Taste) -> ast.Journey:
    names = Names(own)
    made = [draw(triggers(seen, taste, names)) for _ in range(draw(whole(1, 2)))]
    if (names.labels or names.answers) and some(draw, 2):
        after = evolve(_told(seen, names), splits=tuple(names.splits))
        made.append(draw(triggers(after, taste, names)))
    if own in seen.requested:
        asked = evolve(taste, triggers=("request",))
        made.append(draw(triggers(seen, asked, names)))
    lines = draw(headers(_told(seen, names), taste))
    title = text(f"The {own}") if some(draw, 8) else None
    return ast.Journey(name=name(own), items=(*lines, *made), title=title)


def _told(seen: Seen, names: Names) -> Seen:
    """What the rest of a journey sees of its messages and calls."""
    return evolve(seen, labels=tuple(names.labels), answers=tuple(names.answers))


__all__ = ["JOURNEYS", "programs"]
