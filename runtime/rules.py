"""What the engine goes by: the live program, its functions, and the older versions that paths still finish."""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from wend.dsl import core
from wend.dsl.program import (
    AnyHead,
    Dated,
    Every,
    Journey,
    On,
    OnceAtLaunch,
    OnceOn,
    OnChange,
    OnEntry,
    OnExit,
    Program,
    Trigger,
    When,
)
from wend.runtime.evaluation import interpret
from wend.runtime.evaluation.interpret import Evaluator
from wend.runtime.evaluation.prepare import Prepared
from wend.runtime.functions import Functions


@frozen
class Heads:
    """The entry points of a journey with their triggers, in the order of the file, by when a step looks at them.

    Args:
        events: as an event is taken in.
        times: whether a time has come.
        states: on the snapshot.
        ends: as a run ends.
    """

    events: tuple[tuple[Trigger, On], ...]
    times: tuple[tuple[Trigger, Dated | Every | OnceOn | OnceAtLaunch], ...]
    states: tuple[tuple[Trigger, When | OnEntry | OnChange], ...]
    ends: tuple[tuple[Trigger, OnExit], ...]


@frozen(slots=False, eq=False)
class Rules:
    """The live program with its functions. Immutable, and safe to share between threads.

    Args:
        archive: older programs by `Program.version`: a path finishes on the version it began on.
        prepare: whether expressions are prepared before they are evaluated, or plainly interpreted.
    """

    program: Program
    functions: Functions = field(factory=dict)
    archive: Mapping[str, Program] = field(factory=dict)
    prepare: bool = True

    @cached_property
    def evaluate(self) -> Evaluator:
        """How expressions are evaluated: the one place that decides it."""
        return Prepared().evaluate if self.prepare else interpret.evaluate

    @cached_property
    def _triggers(self) -> dict[tuple[str, str, str], tuple[int, Trigger]]:
        return {
            (program.version, journey.name, trigger.id): (index, trigger)
            for program in (*self.archive.values(), self.program)
            for journey in program.journeys
            for index, trigger in enumerate(journey.triggers)
        }

    @cached_property
    def _heads(self) -> dict[int, Heads]:
        programs = (*self.archive.values(), self.program)
        return {id(journey): _heads_of(journey) for program in programs for journey in program.journeys}

    def heads(self, journey: Journey) -> Heads:
        """The entry points of a journey of these rules."""
        return self._heads[id(journey)]

    @cached_property
    def live(self) -> tuple[tuple[Journey, Heads], ...]:
        """The live journeys with their entry points."""
        return tuple((journey, self.heads(journey)) for journey in self.program.journeys)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the live journeys."""
        return frozenset(journey.name for journey in self.program.journeys)

    @cached_property
    def ends_at_once(self) -> frozenset[str]:
        """The live journeys whose `exit when` looks at its run by `since entry` alone.

        What it says at the beginning of a run can be told before there is one: nothing has happened since.
        """
        return frozenset(j.name for j in self.program.journeys if j.exit_when is not None and _since_entry(j.exit_when))

    def trigger(self, version: str, journey: str, trigger: str) -> tuple[int, Trigger] | None:
        """A trigger of a version and its place in the file; None where that version is not kept."""
        return self._triggers.get((version, journey, trigger))

    def archived(self, version: str, journey: str) -> Journey | None:
        """A journey as an older version had it."""
        program = self.archive.get(version)
        return None if program is None else next((j for j in program.journeys if j.name == journey), None)


def _since_entry(condition: core.Expr) -> bool:
    nodes = list(core.nodes(condition))
    entries = sum(isinstance(node, core.Entry) for node in nodes)
    windows = [node.window for node in nodes if isinstance(node, core.Aggregate)]
    since = sum(isinstance(w, core.Since) and isinstance(w.start, core.Entry) for w in windows)
    return 0 < entries == since


def _heads_of(journey: Journey) -> Heads:
    pairs = [(trigger, head) for trigger in journey.triggers for head in trigger.heads]
    return Heads(
        events=tuple((trigger, head) for trigger, head in pairs if isinstance(head, On)),
        times=tuple((t, head) for t, head in pairs if isinstance(head, Dated | Every | OnceOn | OnceAtLaunch)),
        states=tuple((trigger, head) for trigger, head in pairs if isinstance(head, When | OnEntry | OnChange)),
        ends=tuple((trigger, head) for trigger, head in pairs if isinstance(head, OnExit)),
    )


def head_of(trigger: Trigger, head: str) -> AnyHead | None:
    """The entry point of a trigger with that id."""
    return next((h for h in trigger.heads if h.id == head), None)
