"""Running a `test` block: the same step under a virtual clock, for its contacts, against what is expected.

A test begins at the first moment it names and ends with the day of the last (and what `advance` adds). What is said
without a time happens at the first moment of its day; what is expected without a time may come at any time of its day.
Only messages of the test's journey count; the program's other journeys run along.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeVar

from attrs import evolve, frozen

from wend.dsl import core, trial
from wend.dsl.period import Period
from wend.runtime.calendar import ONE_DAY, Zone, next_minute, zone
from wend.runtime.contact import Change, Contact, Event, Inbox
from wend.runtime.effects import Facts, Step
from wend.runtime.engine.stepping import StepFunction
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.play.coverage import Collecting
from wend.runtime.play.judging import Failure, Judge, Seen, Stand
from wend.runtime.play.timelines import Happening, Row, begins, side_by_side, timeline, together
from wend.runtime.play.world import Resident, World
from wend.runtime.rules import Rules
from wend.runtime.state import State
from wend.runtime.telling.deeds import deeds
from wend.runtime.tick.step import step
from wend.runtime.values import UTC, Instant, Value

CONTACT = "contact of the test"
"""The id of the contact of a test that names none."""
MOST_TICKS = 100_000
"""A test with more is not one that anybody can read."""


Said = TypeVar("Said", trial.Force, trial.Given)


@frozen
class TestResult:
    """The outcome of one test.

    Args:
        timeline: everything that happened in the journey, in order.
        zone: in which the test names its times.
        rows: what was expected beside what happened.
    """

    __test__ = False  # what pytest looks for is another thing

    test: trial.Test
    failures: tuple[Failure, ...]
    timeline: tuple[Happening, ...]
    zone: Zone
    rows: tuple[Row, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.failures


def run_test(
    rules: Rules, test: trial.Test, facts: Facts | None = None, collecting: Collecting | None = None
) -> TestResult:
    """Play a test and compare.

    Args:
        facts: the project's zone and fields with addresses; UTC and the usual fields if None.
        collecting: notes what the test sees of its journey.
    """
    facts = facts or Facts()
    here = _zone(rules, test, facts)
    stage = _Stage(rules, test, facts, here)
    seen = stage.play(collecting)
    judge = Judge(rules, test, here, stage.start, stage.end, seen)
    failures, unmet = [], {}
    for number, line in enumerate(test.lines):
        for failure in judge.failures(line):
            failures.append(failure)
            unmet[number, failure.who] = failure.actual
    happened = together(timeline(one.done, rules.program, here, who) for who, one in seen.items())
    rows = side_by_side(test, happened, unmet, stage.start, here)
    return TestResult(test, tuple(failures), happened, here, rows)


def _zone(rules: Rules, test: trial.Test, facts: Facts) -> Zone:
    """The zone in which the test names its times: the journey's, without looking at the contact."""
    journey = next((j for j in rules.program.journeys if j.name == test.journey), None)
    return zone((journey and journey.zone) or rules.program.settings.zone or facts.zone)


class _Stage:
    """The contacts of a test and what will happen to them."""

    def __init__(self, rules: Rules, test: trial.Test, facts: Facts, here: Zone) -> None:
        self.rules, self.test, self.facts, self.zone = rules, test, facts, here
        self.ids = {who: who or CONTACT for who in test.contacts or (None,)}
        self.start, self.end = self._span()

    def _span(self) -> tuple[Instant, Instant]:
        start = min(begins(moment, self.zone) for line in self.test.lines for moment, _ in _moments(line))
        end = latest = start
        for line in self.test.lines:
            for moment, inside in _moments(line):
                first = begins(moment, self.zone)
                latest = max(latest, first)
                end = max(end, self.zone.day_start(moment.date + ONE_DAY) if inside else first)
            if isinstance(line, trial.Advance):
                length = self.value(line.length)
                latest = self.zone.add(latest, length) if isinstance(length, Period) else latest
                end = max(end, next_minute(latest))
        return start, end

    def value(self, expr: core.Expr) -> Value:
        """What a line gives: computed at the beginning, without a contact."""
        now = getattr(self, "start", dt.datetime(1970, 1, 1, tzinfo=UTC))
        return evaluate(expr, Env(now, self.zone, Contact(CONTACT), self.rules.functions)).value

    def play(self, collecting: Collecting | None) -> dict[str | None, Seen]:
        """Step the contacts whenever something is due, until the end; what was seen of each, by its name."""
        forced: Forced = {id: self._forced(who) for who, id in self.ids.items()}
        world = World(self.rules, self.facts, self.start, self.end, _watched(self.test.journey, forced, collecting))
        for who, id in self.ids.items():
            world.join(Contact(id, self._fields(who)), self.start)
            for item in self._arrivals(who):
                world.arrive(id, item)
        seen, names = {who: Seen() for who in self.ids}, {id: who for who, id in self.ids.items()}
        for now in islice(world.ticks(), MOST_TICKS):
            for resident, outcome in world.tick(now):
                facts = evolve(world.facts_for(resident), forced=_at(forced, resident.contact.id, now))
                self._see(seen[names[resident.contact.id]], now, resident, outcome, facts, collecting)
        return seen

    def _see(
        self, seen: Seen, now: Instant, resident: Resident, outcome: Step, facts: Facts, collecting: Collecting | None
    ) -> None:
        name = self.test.journey
        if collecting is not None:
            collecting.take(name, outcome.trace)
        seen.stands.append(Stand(now, resident, facts))
        seen.done.extend(each for each in deeds(outcome) if each[0] is not None and each[0].journey == name)

    def _forced(self, who: str | None) -> list[tuple[Instant, str, str | None]]:
        """The variants that a contact takes, each from a moment on: those that are told from the beginning first, and
        what is told of this contact after what is told of all."""
        lines = self._said(trial.Force, who)
        told = [(self.start if each.at is None else begins(each.at, self.zone), each) for each in lines]
        told.sort(key=lambda each: (each[1].who is not None, each[1].at is not None, each[0]))
        return [(at, each.split, each.variant) for at, each in told]

    def _fields(self, who: str | None) -> dict[str, Value]:
        return {name: self.value(value) for line in self._said(trial.Given, who) for name, value in line.values}

    def _said(self, kind: type[Said], who: str | None) -> list[Said]:
        """What is said of all contacts, and then what is said of this one."""
        lines = [line for line in self.test.lines if isinstance(line, kind) and line.who in (None, who)]
        return sorted(lines, key=lambda line: line.who is not None)

    def _arrivals(self, who: str | None) -> Iterator[Event | Change]:
        for number, line in enumerate(self.test.lines):
            if line.who not in (None, who):
                continue
            if isinstance(line, trial.Happens):
                payload = {name: self.value(value) for name, value in line.values}
                yield Event(f"line {number:04}", line.event, begins(line.at, self.zone), payload)
            elif isinstance(line, trial.Changes):
                yield Change(f"line {number:04}", begins(line.at, self.zone), {line.field: self.value(line.value)})


def _moments(line: trial.AnyLine) -> Iterator[tuple[trial.Moment, bool]]:
    """The moments that a line names, each with whether it is inside of what is meant: the end of a range is not."""
    match line:
        case trial.Given() | trial.Advance() | trial.ExpectTotal():
            return
        case trial.Force(at=at):
            if at is not None:
                yield at, True
        case trial.Happens(at=moment) | trial.Changes(at=moment):
            yield moment, True
        case _ if isinstance(line.at, trial.Moment):
            yield line.at, True
        case _:
            if line.at.start is not None:
                yield line.at.start, True
            if line.at.until is not None:
                yield line.at.until, False


Forced = Mapping[str, list[tuple[Instant, str, str | None]]]
"""By contact: splits and the variants that are taken, each from an instant on; what comes later in the list counts."""


def _at(forced: Forced, contact: str, now: Instant) -> dict[str, str | None]:
    """The variants that a contact takes at an instant."""
    return {split: variant for since, split, variant in forced[contact] if since <= now}


def _watched(journey: str, forced: Forced, collecting: Collecting | None) -> StepFunction:
    """A step whose trace tells decisions and waits too; what its conditions say is noted, once for a tick."""
    asked: set[tuple[str, Instant]] = set()

    def watched(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        facts = evolve(facts, forced=_at(forced, contact.id, now))
        if collecting is not None and (contact.id, now) not in asked:
            asked.add((contact.id, now))
            collecting.ask(journey, contact, state, inbox, now, facts)
        return step(rules, contact, state, inbox, now, facts, explain=True)

    return watched
