"""What the engine goes by: the live program, its functions, and the older versions that paths still finish."""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from wend.dsl.program import AnyHead, Journey, Program, Trigger
from wend.runtime import interpret
from wend.runtime.functions import Functions
from wend.runtime.interpret import Evaluator
from wend.runtime.prepare import Prepared


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
    def names(self) -> frozenset[str]:
        """The names of the live journeys."""
        return frozenset(journey.name for journey in self.program.journeys)

    def trigger(self, version: str, journey: str, trigger: str) -> tuple[int, Trigger] | None:
        """A trigger of a version and its place in the file; None where that version is not kept."""
        return self._triggers.get((version, journey, trigger))

    def archived(self, version: str, journey: str) -> Journey | None:
        """A journey as an older version had it."""
        program = self.archive.get(version)
        return None if program is None else next((j for j in program.journeys if j.name == journey), None)


def head_of(trigger: Trigger, head: str) -> AnyHead | None:
    """The entry point of a trigger with that id."""
    return next((h for h in trigger.heads if h.id == head), None)
