"""Law 11: a value is constant on [now, until). Situations in which conditions are looked at, and the law for them."""

import datetime as dt

from attrs import frozen
from hypothesis import strategies as st

from tests.laws.harness import rules_of, source_of
from tests.strategies.conditions import Seen, conditions
from tests.strategies.drawing import composite, either, pick, whole
from tests.strategies.histories import histories
from tests.strategies.scenes import SCHEMA, Scene, name, scenes
from wend.dsl import ast, core
from wend.dsl.program import When
from wend.runtime.calendar import zone
from wend.runtime.contact import Contact, Event
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.rules import Rules
from wend.runtime.values import Instant
from wend.stdlib import FUNCTIONS

MICRO = dt.timedelta(microseconds=1)
FAR = dt.timedelta(days=70)

CLOCKWORK = (
    "hour(now) >= {n}",
    'weekday(now) = "sunday"',
    "day(today) >= {n}",
    "hours_since(due) >= {n}",
    "hours_until(due) > {n}",
    "days_until(signup) <= {n}",
    "weeks_since(born) > {n}",
    "months_since(signup) = {n}",
    "months_since(born) + 1 > {n}",
    "today - 2 days >= signup",
    "now - 90 minutes > due",
    'start_of(today, "week") >= signup',
    'end_of(today, "month") > born',
    "today > signup + 1 month",
    "days_since(signup) - {n} > days_since(born)",
    "(months_since(last(visit.at)) otherwise hour(now)) > {n}",
    "count(visit in last 1 month where at > now - 2 days) < {n}",
    "any(purchase in last 2 days where days_since(at) >= {n})",
    "-days_since(due) > {n}",
    "-count(visit in last 3 days) < -{n}",
)
"""Conditions that move with time in every way that the functions of the library have."""
_SOME_CLOCKWORK = st.lists(st.sampled_from(CLOCKWORK), min_size=1, max_size=3)


def condition_of(script: str) -> tuple[core.Expr, Rules]:
    """The checked condition of the one `when` of a script."""
    rules = rules_of(script)
    head = rules.program.journeys[0].triggers[0].heads[0]
    assert isinstance(head, When)
    return head.condition, rules


def scripted(condition: str) -> str:
    return SCHEMA + f'journey one\n    when {condition}\n        send email "hello"\n'


@frozen
class Situation:
    """A script with one `when`, a contact, and when it is looked at."""

    script: str
    scene: Scene
    contact: Contact
    now: Instant


@composite
def moving(draw: st.DrawFn, scene: Scene) -> str:
    """A script with one `when`, its condition made of anything that moves with time."""
    if either(draw):
        chosen = draw(_SOME_CLOCKWORK)
        joint = pick(draw, (" and ", " or "))
        texts = [text.format(n=draw(whole(0, 4))) for text in chosen]
        return scripted(joint.join(texts))
    seen = Seen(scene=scene, run=True)
    when = ast.When(condition=draw(conditions(seen)))
    send = ast.Send(channel=name("email"), template=ast.Text(value="hello"))
    trigger = ast.Trigger(heads=(when,), body=(send,))
    return source_of(ast.File(items=(ast.Journey(name=name("one"), items=(trigger,)),)))


@composite
def situations(draw: st.DrawFn) -> Situation:
    """A condition, a contact with a past, and an instant soon after; by whole minutes or not."""
    scene = draw(scenes)
    history = draw(histories(scene, hours=30, contacts=1))
    person = history.newcomers[0]
    events = [*person.events, *(a.item for a in history.arrivals if isinstance(a.item, Event))]
    first = {event.id: event for event in reversed(events)}
    latest = max([history.start, *(event.time for event in first.values())])
    now = latest + dt.timedelta(minutes=draw(whole(0, 40 * 60)), seconds=pick(draw, (0, 0, 59.999999)))
    contact = Contact("c1", person.fields).with_events(tuple(first.values()))
    return Situation(draw(moving(scene)), scene, contact, now)


def seen_at(now: Instant, scene: Scene, contact: Contact, start: Instant) -> Env:
    return Env(now=now, zone=zone(scene.zone), contact=contact, functions=FUNCTIONS, run_entry=start)


def law_11(situation: Situation, parts: list[float]) -> None:
    """A value is constant until its bound, every part of the condition; the prepared condition says the same.

    Args:
        parts: where between now and the bound to look, from 0 to 1.
    """
    scene, contact, now = situation.scene, situation.contact, situation.now
    condition, rules = condition_of(situation.script)
    start = scene.start
    for node in core.nodes(condition):
        if any(isinstance(below, core.Item) for below in core.nodes(node)) and not isinstance(node, core.Aggregate):
            continue  # a part of a `where` means something for an event only
        value, until, _ = evaluate(node, seen_at(now, scene, contact, start))
        if until <= now:
            assert isinstance(node, core.Now) or any(isinstance(below, core.Now) for below in core.nodes(node))
            continue
        end = min(until, now + FAR)
        for moment in (*(min(now + (end - now) * part, end - MICRO) for part in parts), end - MICRO):
            later = evaluate(node, seen_at(moment, scene, contact, start))
            assert later.value == value, (node, moment, until)
    prepared = rules.evaluate(condition, seen_at(now, scene, contact, start))
    plain = evaluate(condition, seen_at(now, scene, contact, start))
    assert (prepared.value, prepared.until) == (plain.value, plain.until)


__all__ = ["CLOCKWORK", "Situation", "condition_of", "law_11", "scripted", "situations"]
