"""Mutants of goals, quotas and pauses."""

from typing import Any

import pytest
from attrs import evolve

from tests.laws.mutants import mutant, replaced
from tests.laws.mutants_gates import as_if
from wend.dsl.ast import PauseWay, QuotaUnit
from wend.dsl.program import OnChange
from wend.runtime import quota
from wend.runtime.calendar import ONE_DAY, zone
from wend.runtime.contact import Event
from wend.runtime.effects import Send
from wend.runtime.tick import change, gates, goals, perform, runs, step, waits
from wend.runtime.tick.work import Stay, Work

# ---- goals


def _counted(name: str, changed: Any) -> None:
    def patch(to: pytest.MonkeyPatch) -> None:
        original = goals.count
        to.setattr(goals, "count", lambda work, stay, event: changed(original, work, stay, event))

    mutant(name)(patch)


def _every_time(count: Any, work: Work, stay: Stay, event: Event) -> None:
    stay.state = evolve(stay.state, converted=0)
    count(work, stay, event)


_counted("a run converts as often as its goal happens", _every_time)
_counted(
    "only a run under way converts", lambda count, work, stay, event: stay.run is not None and count(work, stay, event)
)
_counted("who is held out does not convert", lambda count, work, stay, event: stay.held_out or count(work, stay, event))
replaced("a goal has no bound", [goals], "_in_time", lambda stay, began, within, event: True)
replaced("a goal counts from before the entry", [goals], "_entry", lambda work, stay, event: event.time)


# ---- quotas


@mutant("a quota is read in the middle of a tick")
def _running(to: pytest.MonkeyPatch) -> None:
    left: dict[str, int] = {}

    def room(*args: Any) -> Any:
        left.update(original(*args))
        return dict(left)

    def over_quota(work: Work, stay: Stay, channel: str, key: str) -> Any:
        if stay.journey.transactional or left.get(channel, 1) > 0:
            return None
        return gates.Dropped("quota", "")

    def do(work: Work, effect: Any) -> None:
        if isinstance(effect, Send) and effect.channel in left:
            left[effect.channel] -= 1
        done(work, effect)

    original, done = quota.room, perform._do
    to.setattr(quota, "room", room)
    to.setattr(quota, "refusals", lambda *_: frozenset())
    to.setattr(gates, "over_quota", over_quota)
    to.setattr(perform, "_do", do)


as_if("transactional mail is refused by a quota", "over_quota", lambda j: evolve(j, transactional=False))
replaced("a tick of many contacts overshoots a quota", [quota], "refusals", lambda *_: frozenset())


@mutant("the month of a quota is that of UTC")
def _month_of_utc(to: pytest.MonkeyPatch) -> None:
    original = quota.begins
    to.setattr(quota, "begins", lambda unit, local, now: original(unit, zone("UTC"), now))


@mutant("a quota is for so many days and no calendar period")
def _sliding(to: pytest.MonkeyPatch) -> None:
    days = {QuotaUnit.DAY: 1, QuotaUnit.WEEK: 7, QuotaUnit.MONTH: 30, QuotaUnit.YEAR: 365}
    to.setattr(quota, "begins", lambda unit, local, now: now - days[unit] * ONE_DAY)


@mutant("transactional mail is not counted against the others of its tick")
def _uncounted(to: pytest.MonkeyPatch) -> None:
    original = quota._beyond
    to.setattr(quota, "_beyond", lambda wanted, left: original([each for each in wanted if not each.free], left))


# ---- pauses


@mutant("a pause fires what was missed")
def _made_up(to: pytest.MonkeyPatch) -> None:
    def pause(work: Work, stay: Stay) -> None:
        original(work, stay)
        stay.resumed = None

    original = runs._pause
    to.setattr(runs, "_pause", pause)


@mutant("a paused journey still fires")
def _still_fires(to: pytest.MonkeyPatch) -> None:
    def pause(work: Work, stay: Stay) -> None:
        original(work, stay)
        stay.paused, stay.open = False, True

    original = runs._pause
    to.setattr(runs, "_pause", pause)


@mutant("a paused journey holds its paths whatever it says")
def _always_holds(to: pytest.MonkeyPatch) -> None:
    def pause(work: Work, stay: Stay) -> None:
        kept, stay.journey = stay.journey, evolve(stay.journey, pause=PauseWay.HOLD)
        original(work, stay)
        stay.journey = kept

    original = runs._pause
    to.setattr(runs, "_pause", pause)


def _changes_only(work: Work, stay: Stay) -> None:
    for trigger, head in stay.heads.states:
        if isinstance(head, OnChange):
            change.changed(work, stay, trigger, head)


replaced("what is due during a pause is never too late", [waits], "_too_late", lambda *_: False)
replaced("a date that comes during a pause is seen when it is over", [step], "_watch", _changes_only)
replaced("a change during a pause is seen when it is over", [step], "_watch", lambda work, stay: None)
replaced("paths stay under way when a journey is over", [runs], "_close", lambda work, stay, until: None)
