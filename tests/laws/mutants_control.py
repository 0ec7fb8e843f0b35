"""Mutants of goals, quotas and pauses."""

from typing import Any

import pytest
from attrs import evolve

from tests.laws.mutants import mutant, replaced
from wend.runtime import goals
from wend.runtime.contact import Event
from wend.runtime.work import Stay, Work

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
