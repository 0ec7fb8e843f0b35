"""`test` blocks for the journeys of generated programs. What they expect need not come: they can be played."""

import datetime as dt

from hypothesis import strategies as st

from tests.strategies.drawing import composite, either, pick, some, whole
from tests.strategies.scenes import CHANNELS, PLANS, TAGS, TEMPLATES, Scene
from wend.dsl import ast
from wend.dsl.parser import parse
from wend.dsl.source import Source

CLOCKS = ("", " 9am", " 23:30")
SKIPPED = ("audience", "exit", "no address", "suppressed", "consent", "quota", "limit", "late")
HELD = ('plan = "a"', "score is unknown", f'"{TAGS[0]}" in tags', "in journey one", "score > 0 and consent_email")
TABLE = """    with each
        day | mail | count | score
        {first} | "hello" | 1 | 2
        {second} | "bye" | 2 | unknown
    given score = each.score
    at each.day 9am expect email each.mail each.count times
    at each.day expect each.count email
    at each.day expect skip "{reason}"
    expect each.count email in total
"""


@composite
def trials(draw: st.DrawFn, scene: Scene, journeys: list[ast.Journey]) -> ast.TestBlock:
    """A test of one of the journeys."""
    journey = pick(draw, journeys)
    text = f'test "one day" for {journey.name.text}\n'
    if some(draw, 3):
        text += TABLE.format(first=scene.date(0), second=scene.date(1), reason=pick(draw, SKIPPED))
    lines = [_given(draw)]
    splits = [node.name.text for node in ast.descendants(journey) if isinstance(node, ast.Split)]
    if splits and either(draw):
        lines.append(f"force {pick(draw, splits)} = {pick(draw, ('left', 'right'))}")
    if either(draw):
        lines.append(f"given event purchase at {_moment(draw, scene.date(-1))} with {_bought(draw)}")
    for day in range(draw(whole(1, 3))):
        lines.append(_dated(draw, scene, scene.date(day)))
    if either(draw):
        lines += ["advance 1 day", f"expect {draw(whole(0, 2))} email in total"]
    text += "".join(f"    {line}\n" for line in lines)
    if some(draw, 4):
        text += f"    contact ana\n        {_given(draw)}\n        {_dated(draw, scene, scene.date(1))}\n"
    [made] = parse(Source("trial", text)).file.items
    assert isinstance(made, ast.TestBlock)
    return made


def _given(draw: st.DrawFn) -> str:
    values = ('email = "ann@shop.example"', f'plan = "{pick(draw, PLANS)}"', "consent_email = true", "score = 1")
    return "given " + ", ".join(values[: draw(whole(1, len(values)))])


def _moment(draw: st.DrawFn, day: dt.date) -> str:
    return f"{day}{pick(draw, CLOCKS)}"


def _bought(draw: st.DrawFn) -> str:
    amount = f"amount = {draw(whole(1, 4)) * 10}"
    return f'{amount}, channel = "{pick(draw, CHANNELS) if either(draw) else "web"}"'


def _dated(draw: st.DrawFn, scene: Scene, day: dt.date) -> str:
    """What happens at a time, or is expected then or all through a time."""
    if some(draw, 4):
        return f"at {_moment(draw, day)} event purchase with {_bought(draw)}"
    if some(draw, 4):
        return f'at {_moment(draw, day)} set plan = "{pick(draw, PLANS)}"'
    when = pick(draw, (f"at {_moment(draw, day)}", f"until {_moment(draw, day)}", f"from {_moment(draw, day)}"))
    if when.startswith("from") and either(draw):
        when += f" until {scene.date(4)}"
    return f"{when} expect {_expected(draw)}"


def _expected(draw: st.DrawFn) -> str:
    match draw(whole(0, 6)):
        case 0:
            return "nothing"
        case 1:
            return "exit"
        case 2:
            return f'skip "{pick(draw, SKIPPED)}"'
        case 3:
            return pick(draw, HELD)
        case 4:
            return f"{draw(whole(1, 2))} email"
        case _:
            times = f" {draw(whole(1, 2))} times" if some(draw, 3) else ""
            return f'email "{pick(draw, TEMPLATES)}"{times}'


__all__ = ["trials"]
