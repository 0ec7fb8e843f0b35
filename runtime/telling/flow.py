"""Where contacts went: how often each thing happened at each place of each journey, counted from steps."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Protocol

from attrs import field, frozen

from wend.dsl import plan
from wend.dsl.program import Journey, Trigger
from wend.runtime.effects import Step


@frozen
class Spot:
    """A place of a journey and what happened there.

    Args:
        trigger, step: their ids; None for what concerns the run as a whole.
        kind, reason: as in a trace (`TraceEntry`).
    """

    journey: str
    trigger: str | None
    step: str | None
    kind: str
    reason: str | None


@frozen
class Flow:
    """So often did each thing happen at each place."""

    counts: Mapping[Spot, int] = field(factory=dict)

    def total(
        self,
        journey: str,
        kind: str,
        *,
        trigger: str | None = None,
        step: str | None = None,
    ) -> int:
        """How often something happened, over all reasons; in a trigger or at a step where one is named."""
        return sum(
            count
            for spot, count in self.counts.items()
            if spot.journey == journey
            and spot.kind == kind
            and (trigger is None or spot.trigger == trigger)
            and (step is None or spot.step == step)
        )

    def reasons(
        self, journey: str, kind: str, *, trigger: str | None = None, step: str | None = None
    ) -> dict[str, int]:
        """The same by reason, in the order of names; what has none stands under an empty text."""
        found: Counter[str] = Counter()
        for spot, count in self.counts.items():
            if (
                spot.journey == journey
                and spot.kind == kind
                and (trigger is None or spot.trigger == trigger)
                and (step is None or spot.step == step)
            ):
                found[spot.reason or ""] += count
        return dict(sorted(found.items()))

    def at(self, journey: str, trigger: str, step: str) -> dict[str, int]:
        """What happened at a step, by kind."""
        found: Counter[str] = Counter()
        for spot, count in self.counts.items():
            if spot.journey == journey and spot.trigger == trigger and spot.step == step:
                found[spot.kind] += count
        return dict(found)


class Line(Protocol):
    """A line of a trace or of a journal."""

    @property
    def journey(self) -> str: ...
    @property
    def trigger(self) -> str | None: ...
    @property
    def step(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def reason(self) -> str | None: ...


class FlowCounting:
    """Counts what comes of steps, place by place."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None, str | None, str, str | None]] = Counter()

    def add(self, outcome: Step) -> None:
        """Count a step."""
        for entry in outcome.trace:
            self.note(entry)

    def note(self, entry: Line) -> None:
        """Count one line of a trace, or of a journal."""
        self._counts[(entry.journey, entry.trigger, entry.step, entry.kind, entry.reason)] += 1

    def flow(self) -> Flow:
        """What was counted."""
        return Flow({Spot(*key): count for key, count in self._counts.items()})


def steps_of(trigger: Trigger) -> Iterator[plan.Operation]:
    """The operations of a trigger that a person wrote as a step, in the order of the file."""
    for op in trigger.body:
        if not isinstance(op, plan.Jump | plan.RepeatNext):
            yield op


def triggers_of(journey: Journey) -> Iterator[tuple[Trigger, str]]:
    """The triggers of a journey in the order of the file, each with what its entry points say."""
    for trigger in journey.triggers:
        yield trigger, "; also ".join(head.id for head in trigger.heads)
