"""What tests have seen of the journeys they are for: each entry point, step and exit, and each way it can come out.

    collecting = Collecting(rules)
    for test in rules.program.tests:
        run_test(rules, test, facts, collecting)
    collecting.coverage().percent

An outcome that a test has to see counts: that a rule fires and that its condition is false, both ways of an `if`, each
variant, the `else` of a wait, a message that is sent. That something is unknown, held or dropped is told where it was
seen and does not count. `stop` and `exit` leave no trace of their own: the branch they stand in counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import assert_never

from attrs import field, frozen

from wend.dsl import plan
from wend.dsl.core import Place
from wend.dsl.program import AnyHead, EventMatch, Journey, OnExit, Program, Trigger, When
from wend.runtime.contact import Contact, Inbox
from wend.runtime.effects import Facts, TraceEntry
from wend.runtime.rules import Rules
from wend.runtime.state import State
from wend.runtime.tick import runs
from wend.runtime.tick.step import begin
from wend.runtime.tick.walk import REST
from wend.runtime.values import Instant


@frozen
class Outcome:
    """One way in which something can come out.

    Args:
        name: `fired`, `true`, `sent`, the name of a variant, `dropped (consent)` and so on.
        count: how often tests saw it.
        counts: whether the coverage asks for it.
    """

    name: str
    count: int
    counts: bool = True

    @property
    def missed(self) -> bool:
        """Whether it is asked for and was never seen."""
        return self.counts and not self.count


@frozen
class Point:
    """An entry point, a step, an exit: what it says, where it stands, how it came out."""

    journey: str
    text: str
    outcomes: tuple[Outcome, ...]
    place: Place | None = field(default=None, eq=False, repr=False)

    @property
    def wanted(self) -> int:
        """How many outcomes count."""
        return sum(each.counts for each in self.outcomes)

    @property
    def seen(self) -> int:
        """How many of them were seen."""
        return sum(each.counts and each.count > 0 for each in self.outcomes)


@frozen
class Coverage:
    """All points, journey by journey, in the order of the file."""

    points: tuple[Point, ...]

    @property
    def wanted(self) -> int:
        """How many outcomes count."""
        return sum(point.wanted for point in self.points)

    @property
    def seen(self) -> int:
        """How many of them were seen."""
        return sum(point.seen for point in self.points)

    @property
    def percent(self) -> float:
        """The share that was seen, 0 to 100; 100 where there is nothing to see."""
        return 100 * self.seen / self.wanted if self.wanted else 100.0


Key = tuple[str, str | None, str | None, str, str | None]


class Collecting:
    """Counts what tests see."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._counts: Counter[Key] = Counter()
        self._fired: Counter[tuple[str, str, str]] = Counter()
        self._asked: Counter[tuple[str, str, str]] = Counter()

    def ask(self, journey: str, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts) -> None:
        """Note how the conditions of a journey come out, for a contact as it stands before a tick.

        They are asked outside a run too: where `exit when` says the opposite of a `when`, it is false nowhere else.
        """
        work, _ = begin(self.rules, contact, state, inbox, now, facts, explain=True)
        stay = next((each for each in work.stays if each.journey.name == journey and not each.archived), None)
        if stay is None:
            return
        runs.survey(work, stay)
        if stay.audience is not True:
            return
        env = work.env(stay)
        for trigger in stay.journey.triggers:
            for head in trigger.heads:
                if isinstance(head, When):
                    value = env.evaluate(head.condition).value
                    told = "true" if value is True else "false" if value is False else "unknown"
                    self._asked[journey, head.id, told] += 1

    def take(self, journey: str, trace: Iterable[TraceEntry]) -> None:
        """Note what a journey did at a tick."""
        for entry in trace:
            if entry.journey == journey:
                self._counts[journey, entry.trigger, entry.step, entry.kind, entry.reason] += 1
                if entry.kind == "fired":
                    self._fired[journey, entry.trigger or "", _spot(entry.place)] += 1

    def coverage(self) -> Coverage:
        """What was seen so far. Rules at the margin are left out: they have no name, so no test can be for them."""
        program: Program = self.rules.program
        journeys = sorted((each for each in program.journeys if not each.lone), key=_where)
        return Coverage(tuple(point for journey in journeys for point in self._points(journey)))

    def _points(self, journey: Journey) -> Iterator[Point]:
        name = journey.name
        yield Point(name, f"journey {name}", (self._outcome(name, "entered"),), journey.place)
        if journey.exit_when is not None:
            exits = (self._outcome(name, "exited", reason="exit when"),)
            yield Point(name, "exit when", exits, journey.exit_when.place)
        if journey.exit_on:
            text = f"exit on {', '.join(match.event for match in journey.exit_on)}"
            yield Point(name, text, (self._outcome(name, "exited", reason="exit on"),), journey.exit_on[0].place)
        for goal in journey.goals:
            converted = self._sum(name, "converted")
            yield Point(name, f"goal on {goal.match.event}", (Outcome("converted", converted),), goal.match.place)
        for trigger in journey.triggers:
            yield from self._of_trigger(name, trigger)

    def _of_trigger(self, journey: str, trigger: Trigger) -> Iterator[Point]:
        for head in trigger.heads:
            yield Point(journey, head.id, tuple(self._of_head(journey, trigger, head)), head.place)
        for stop in trigger.stops:
            text = f"stop on {stop.event}" if isinstance(stop, EventMatch) else "stop when"
            count = self._counts[journey, trigger.id, None, "stopped", text]
            yield Point(journey, text, (Outcome("stopped", count),), stop.place)
        for op in trigger.body:
            outcomes = tuple(self._of_step(journey, trigger.id, op))
            if outcomes:
                yield Point(journey, op.id, outcomes, op.place)

    def _of_head(self, journey: str, trigger: Trigger, head: AnyHead) -> Iterator[Outcome]:
        spot = "" if isinstance(head, OnExit) else _spot(head.place)
        yield Outcome("fired", self._fired[journey, trigger.id, spot])
        if isinstance(head, When):
            yield Outcome("false", self._asked[journey, head.id, "false"])
            yield from _seen("unknown", self._asked[journey, head.id, "unknown"])

    def _of_step(self, journey: str, trigger: str, op: plan.Operation) -> Iterator[Outcome]:
        def seen(name: str, kind: str, reason: str | None = None) -> Outcome:
            return Outcome(name, self._counts[journey, trigger, op.id, kind, reason])

        match op:
            case plan.Branch():
                yield seen("true", "decided", "true")
                yield seen("false", "decided", "false")
                yield from _seen("unknown", self._counts[journey, trigger, op.id, "decided", "unknown"])
            case plan.Split():
                for arm in op.arms:
                    yield seen(arm.name, "decided", arm.name)
                if sum(arm.share for arm in op.arms) < 100:
                    yield seen(REST, "decided", REST)
            case plan.RepeatTest():
                yield seen("round", "decided", "round")
                yield seen("done", "decided", "done")
            case plan.WaitCondition() | plan.WaitEvent() | plan.WaitUntilMoment():
                yield seen("passed", "passed")
                if op.otherwise is not None:
                    yield seen("else", "passed", "else")
            case plan.WaitFor() | plan.WaitUntilClock() | plan.WaitUntilDay():
                yield seen("passed", "passed")
            case plan.Jump() | plan.RepeatNext() | plan.Stop() | plan.Exit():
                return
            case plan.Send() | plan.Notify():
                yield seen("sent", "sent")
            case plan.CallWebhook():
                yield seen("called", "called")
            case plan.Set():
                yield seen("set", "set")
            case plan.Mark():
                yield seen("marked", "marked")
            case plan.Emit():
                yield seen("emitted", "emitted")
            case plan.Resubscribe():
                yield seen("resubscribed", "resubscribed")
            case _:
                assert_never(op)
        for key, count in sorted(self._counts.items(), key=str):
            if key[:3] == (journey, trigger, op.id) and key[3] in ("held", "dropped", "problem", "ignored"):
                yield Outcome(f"{key[3]} ({key[4]})", count, counts=False)

    def _outcome(self, journey: str, kind: str, reason: str | None = None) -> Outcome:
        return Outcome(kind, self._sum(journey, kind, reason))

    def _sum(self, journey: str, kind: str, reason: str | None = None) -> int:
        return sum(
            count
            for key, count in self._counts.items()
            if key[0] == journey and key[3] == kind and reason in (None, key[4])
        )


def _seen(name: str, count: int) -> Iterator[Outcome]:
    """An outcome that is only told where it was seen."""
    if count:
        yield Outcome(name, count, counts=False)


def _spot(place: Place | None) -> str:
    return "" if place is None else f"{place.source.name}:{place.span.start}"


def _where(journey: Journey) -> tuple[str, int]:
    place = journey.place
    return ("", 0) if place is None else (place.source.name, place.span.start)
