"""Well-typed programs over the schema of `scenes`: some journeys that may start and stop one another, as trees."""

from attrs import evolve
from hypothesis import strategies as st

from tests.strategies.conditions import Seen, conditions
from tests.strategies.drawing import composite, either, pick, some, whole
from tests.strategies.headers import headers, settings
from tests.strategies.scenes import Scene, call, name, path
from tests.strategies.taste import ANY_TASTE, Names, Taste
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
    return ast.File(items=tuple(items))


@composite
def _defines(draw: st.DrawFn, seen: Seen) -> list[ast.Item]:
    """A condition with a name, and one with an argument that uses it."""
    since = call("days_since", path(pick(draw, ("signup", "shopped"))))
    later = ast.Compare(op=ast.CompareOp.GE, left=since, right=path("n"))
    ready = draw(conditions(seen, 1))
    joined = ast.Or(operands=(later, path("ready"))) if either(draw) else later
    return [
        ast.Define(name=name("lapsed"), params=(name("n"),), value=joined),
        ast.Define(name=name("ready"), value=ready),
    ]


@composite
def _journeys(draw: st.DrawFn, own: str, seen: Seen, taste: Taste) -> ast.Journey:
    names = Names(own)
    made = [draw(triggers(seen, taste, names)) for _ in range(draw(whole(1, 2)))]
    if names.labels and some(draw, 2):
        after = evolve(seen, labels=tuple(names.labels), splits=tuple(names.splits))
        made.append(draw(triggers(after, taste, names)))
    if own in seen.requested:
        asked = evolve(taste, triggers=("request",))
        made.append(draw(triggers(seen, asked, names)))
    lines = draw(headers(evolve(seen, labels=tuple(names.labels)), taste))
    return ast.Journey(name=name(own), items=(*lines, *made))


__all__ = ["JOURNEYS", "programs"]
