"""The laws of the engine, each as a function that a generated play must pass. They are held in `test_laws.py`; a
mutant of the engine must break one of them, or a row of the table, in `test_mutants.py`.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator

from tests.laws.harness import (
    DUE,
    MINUTE,
    Manner,
    Outcome,
    Stage,
    drive,
    earlier,
    every_minute,
    same,
    scattered,
    stage_of,
)
from tests.strategies.histories import Play
from tests.strategies.scenes import EVENTS
from wend.dsl import ast, plan
from wend.dsl.program import Dated, Head, Journey, On, OnChange, Trigger, When
from wend.runtime.contact import Event, Inbox
from wend.runtime.effects import Facts, Send, Step
from wend.runtime.rules import Rules
from wend.runtime.tick import step as engine
from wend.runtime.values import FOREVER, Instant

Law = Callable[[Play], None]

_LATEST: list[tuple[Play, Stage, Outcome]] = []


def _latest(play: Play) -> tuple[Play, Stage, Outcome]:
    if not _LATEST or _LATEST[0][0] is not play:
        stage = stage_of(play)
        _LATEST[:] = [(play, stage, drive(stage))]
    return _LATEST[0]


def staged(play: Play) -> Stage:
    """A play, ready to be driven; remembered for the latest one."""
    return _latest(play)[1]


def due_of(play: Play) -> Outcome:
    """What comes of a play if only the due and the changed are stepped; remembered for the latest play."""
    return _latest(play)[2]


def forget() -> None:
    """Remember no outcome: the engine is another now."""
    _LATEST.clear()


CHATTER = 200
"""Ticks in a row, one each minute and without news, after which something runs in circles."""


def law_1(play: Play) -> None:
    """Stepping only the due and the changed = stepping everyone at every tick."""
    same(due_of(play), drive(staged(play), Manner(everyone=True)))


def law_2(play: Play) -> None:
    """No identity twice."""
    outcome = due_of(play)
    twice = [identity for identity, times in Counter(outcome.identities).items() if times > 1]
    assert not twice
    assert len({identity.key for identity in outcome.identities}) == len(outcome.identities)


def law_3(play: Play) -> None:
    """A tick ends, and so does what it leads to: nobody comes back minute after minute for ever."""
    outcome = due_of(play)
    for wakes in outcome.wakes.values():
        assert all(wake > now for now, wake in wakes)
        chain = 0
        for now, wake in wakes:
            chain = chain + 1 if wake == now + MINUTE else 0
            assert chain < CHATTER or _comes_back(play)


def law_4(play: Play) -> None:
    """The order of contacts does not matter."""
    same(due_of(play), drive(staged(play), Manner(order=lambda ids: sorted(ids, reverse=True))))


def law_5(play: Play) -> None:
    """Saving and loading between ticks changes nothing."""
    same(due_of(play), drive(staged(play), Manner(reload=True)))


def law_6(play: Play) -> None:
    """An idle tick changes nothing."""

    def idle(rules: Rules, done: Step, now: Instant, facts: Facts) -> None:
        for at in _before(now, done.wake):
            again = engine.step(rules, done.contact, done.state, Inbox(), at, facts)
            assert again.effects == ()
            assert again.state == done.state
            assert again.contact == done.contact
            assert again.wake >= min(done.wake, at + MINUTE)

    drive(staged(play), Manner(probe=idle))


def _before(now: Instant, wake: Instant) -> Iterator[Instant]:
    """Some whole minutes after a tick and before the next."""
    length = min(wake, now + dt.timedelta(hours=40)) - now
    minutes = -(-length // MINUTE)
    for shift in sorted({1, minutes // 3, minutes // 2, minutes - 1}):
        if 0 < shift < minutes:
            yield now + shift * MINUTE


def law_8(play: Play) -> None:
    """The due-driven engine = ticking at many other minutes too, each of which steps everyone."""
    due = due_of(play)
    chance = random.Random(len(due.ticks))
    wakes = [wake for pairs in due.wakes.values() for _, wake in pairs]
    extra = scattered(play.history, (*due.ticks, *wakes), chance, number=60)
    same(due, drive(staged(play), Manner(everyone=True, extra=extra)))


def law_8_every_minute(play: Play) -> None:
    """The due-driven engine = ticking every minute; for plays of some hours."""
    extra = every_minute(play.history.start, play.history.end)
    same(due_of(play), drive(staged(play), Manner(everyone=True, extra=extra)))


def law_9(play: Play) -> None:
    """Looser validity bounds give the same effects."""
    same(due_of(play), drive(staged(play), Manner(looser=earlier(random.Random(0)))))


def law_10(play: Play) -> None:
    """A step sends at most a few times a day to one contact: as often as its trigger can have a cause, and no more."""
    outcome = due_of(play)
    for journey in staged(play).rules.program.journeys:
        for trigger in journey.triggers:
            for op in trigger.body:
                if isinstance(op, plan.Send):
                    _bounded(play, journey, trigger, op, outcome)


def _bounded(play: Play, journey: Journey, trigger: Trigger, op: plan.Send, outcome: Outcome) -> None:
    rounds = 1
    for other in trigger.body:
        if isinstance(other, plan.RepeatTest):
            rounds *= other.times
    heads = {head.id for head in trigger.heads}
    for contact, acts in outcome.acts.items():
        days: Counter[dt.date] = Counter()
        for act in acts:
            effect = act.effect
            if not isinstance(effect, Send) or effect.identity.trigger not in heads:
                continue
            if (effect.identity.journey, effect.identity.step) == (journey.name, op.id):
                days[act.tick.date()] += 1
        causes = 1 + sum(_causes(play, contact, head) for head in trigger.heads)
        for number in days.values():
            assert number <= rounds * causes, (op.id, number, rounds, causes)


def _causes(play: Play, contact: str, head: Head) -> int:
    """How many causes an entry point can have in a day."""
    news = [a.item for a in play.history.arrivals if a.contact == contact]
    match head:
        case On(match=match) if match.event not in EVENTS:
            return 10_000  # as often as bodies emit it: bounded by the causes of those
        case On(match=match):
            past = [e for n in play.history.newcomers if n.id == contact for e in n.events]
            return sum(isinstance(e, Event) and e.name == match.event for e in (*news, *past))
        case When(at_most_every=at_most) if at_most is not None:
            return 25 * 60 // max(1, int(at_most.approximate_seconds // 60)) + 1
        case Dated():
            return 2 + len(news) + 20  # a date may be set by bodies, too
        case OnChange():
            return len(news) + 20  # the same
        case _:
            return 3


def _comes_back(play: Play) -> bool:
    """Whether a run can end and begin again without end: `exit when` looks at the run itself."""
    for item in play.program.items:
        if isinstance(item, ast.Journey):
            kinds = {each.kind for each in item.items if isinstance(each, ast.Reenter)}
            ends = any(isinstance(each, ast.ExitWhen) for each in item.items) or any(
                isinstance(node, ast.Exit) for node in ast.descendants(item)
            )
            if ast.ReenterKind.ALWAYS in kinds and ends:
                return True
    return False


LAWS: dict[str, Law] = {
    "1 stepping the due and the changed is stepping everyone": law_1,
    "2 no identity twice": law_2,
    "3 a tick ends": law_3,
    "4 the order of contacts does not matter": law_4,
    "5 saving and loading changes nothing": law_5,
    "6 an idle tick changes nothing": law_6,
    "8 due-driven is ticking at any minute": law_8,
    "9 looser bounds give the same effects": law_9,
    "10 a step sends a few times a day": law_10,
}

__all__ = ["DUE", "FOREVER", "LAWS", "Law", "due_of", "forget", "law_8_every_minute", "staged"]
