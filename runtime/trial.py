"""Running a `test` block: the same step under a virtual clock, for one contact, against what is expected.

A test begins at the first moment it names and ends with the day of the last (and what `advance` adds). What is said
without a time happens at the first moment of its day; what is expected without a time may come at any time of its day.
Only messages of the test's journey count; the program's other journeys run along.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import assert_never

from attrs import evolve, field, frozen

from wend.dsl import core, plan, trial
from wend.dsl.period import Period
from wend.dsl.program import Trigger
from wend.runtime.calendar import ONE_DAY, ONE_MINUTE, Zone, ceil_minute, next_minute, zone
from wend.runtime.contact import Change, Contact, Event, Inbox
from wend.runtime.coverage import Collecting
from wend.runtime.effects import Facts, Send, Step, TraceEntry
from wend.runtime.interpret import Env, evaluate
from wend.runtime.rules import Rules
from wend.runtime.state import State
from wend.runtime.step import step
from wend.runtime.stepping import StepFunction
from wend.runtime.timelines import Happening, Row, at_moment, begins, named, side_by_side, timeline, wanted
from wend.runtime.values import UTC, Instant, Value
from wend.runtime.whynot import WhyNot, why_not
from wend.runtime.world import Resident, World

CONTACT = "contact of the test"
MOST_TICKS = 100_000
"""A test with more is not one that anybody can read."""


@frozen
class Failure:
    """An expectation that was not met.

    Args:
        line: where it stands.
        expected, actual: what was to come, and what came instead.
        missed: of a message that did not come, what kept each trigger that sends it, at the moment of the expectation
            (the end of the day, where no time is told); empty where no trigger sends it. None: no message is missing.
    """

    line: trial.Expectation
    expected: str
    actual: str
    missed: tuple[WhyNot, ...] | None = None


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


@frozen
class _Stand:
    """How the contact stood after a tick."""

    at: Instant
    resident: Resident
    facts: Facts


@frozen
class _Seen:
    sends: list[Send] = field(factory=list)
    traces: list[TraceEntry] = field(factory=list)
    stands: list[_Stand] = field(factory=list)


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
    found = [f for line in test.lines if (f := _judge(line, seen, here)) is not None]
    failures = tuple(_with_cause(failure, rules, test, seen, here) for failure in found)
    happened = timeline(seen.sends, seen.traces)
    rows = side_by_side(test, happened, [failure.line for failure in failures], here)
    return TestResult(test, failures, happened, here, rows)


def _watched(journey: str, collecting: Collecting | None) -> StepFunction:
    """A step whose trace tells decisions and waits too; what its conditions say is noted, once for a tick."""
    asked: set[tuple[str, Instant]] = set()

    def watched(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        if collecting is not None and (contact.id, now) not in asked:
            asked.add((contact.id, now))
            collecting.ask(journey, contact, state, inbox, now, facts)
        return step(rules, contact, state, inbox, now, facts, explain=True)

    return watched


def _zone(rules: Rules, test: trial.Test, facts: Facts) -> Zone:
    """The zone in which the test names its times: the journey's, without looking at the contact."""
    journey = next((j for j in rules.program.journeys if j.name == test.journey), None)
    return zone((journey and journey.zone) or rules.program.settings.zone or facts.zone)


class _Stage:
    """The contact of a test and what will happen to it."""

    def __init__(self, rules: Rules, test: trial.Test, facts: Facts, here: Zone) -> None:
        self.rules, self.test, self.zone = rules, test, here
        forced = {line.split: line.variant for line in test.lines if isinstance(line, trial.Force)}
        self.start, self.end = self._span()
        self.facts = evolve(facts, forced=forced)

    def _span(self) -> tuple[Instant, Instant]:
        moments = [line.at for line in self.test.lines if isinstance(line, _AT)]
        start = min(begins(moment, self.zone) for moment in moments)
        end = latest = start
        for line in self.test.lines:
            if isinstance(line, _AT):
                latest = max(latest, begins(line.at, self.zone))
                end = max(end, self.zone.day_start(line.at.date + ONE_DAY))
            elif isinstance(line, trial.Advance):
                length = self.value(line.length)
                latest = self.zone.add(latest, length) if isinstance(length, Period) else latest
                end = max(end, next_minute(latest))
        return start, end

    def value(self, expr: core.Expr) -> Value:
        """What a line gives: computed at the beginning, without a contact."""
        now = getattr(self, "start", dt.datetime(1970, 1, 1, tzinfo=UTC))
        return evaluate(expr, Env(now, self.zone, Contact(CONTACT), self.rules.functions)).value

    def play(self, collecting: Collecting | None) -> _Seen:
        """Step the contact whenever something is due, until the end."""
        fields: dict[str, Value] = {}
        for line in self.test.lines:
            if isinstance(line, trial.Given):
                fields.update({name: self.value(value) for name, value in line.values})
        world = World(self.rules, self.facts, self.start, self.end, _watched(self.test.journey, collecting))
        world.join(Contact(CONTACT, fields), self.start)
        for item in self._arrivals():
            world.arrive(CONTACT, item)
        seen, name = _Seen(), self.test.journey
        for now in islice(world.ticks(), MOST_TICKS):
            for resident, outcome in world.tick(now):
                if collecting is not None:
                    collecting.take(name, outcome.trace)
                seen.stands.append(_Stand(now, resident, world.facts_for(resident)))
                seen.sends.extend(e for e in outcome.effects if isinstance(e, Send) and e.identity.journey == name)
                seen.traces.extend(entry for entry in outcome.trace if entry.journey == name)
        return seen

    def _arrivals(self) -> Iterator[Event | Change]:
        for number, line in enumerate(self.test.lines):
            if isinstance(line, trial.Happens):
                payload = {name: self.value(value) for name, value in line.values}
                yield Event(f"line {number:04}", line.event, begins(line.at, self.zone), payload)
            elif isinstance(line, trial.Changes):
                yield Change(f"line {number:04}", begins(line.at, self.zone), {line.field: self.value(line.value)})


_AT = (
    trial.Happens,
    trial.Changes,
    trial.ExpectNothing,
    trial.ExpectSend,
    trial.ExpectExit,
    trial.ExpectSkip,
)


def _judge(line: trial.AnyLine, seen: _Seen, here: Zone) -> Failure | None:
    """What is wrong with a line, or None."""
    match line:
        case trial.ExpectNothing(at=at):
            came = [named(send) for send in seen.sends if at_moment(send.at, at, here)]
            return Failure(line, f"nothing at {at}", _listed(came)) if came else None
        case trial.ExpectSend(at=at):
            came = [named(send) for send in seen.sends if at_moment(send.at, at, here)]
            message = wanted(line)
            if came.count(message) == line.times:
                return None
            times = "" if line.times == 1 else f" {line.times} times"
            return Failure(line, f"{message}{times} at {at}", _listed(came) + _near(message, seen, here))
        case trial.ExpectExit(at=at):
            exits = [e for e in seen.traces if e.kind == "exited"]
            if any(at_moment(entry.at, at, here) for entry in exits):
                return None
            others = f"; the run ended at {here.local(exits[0].at):%Y-%m-%d %H:%M}" if exits else ""
            return Failure(line, f"the run to end at {at}", f"it did not{others}")
        case trial.ExpectSkip(at=at, reason=reason):
            reasons = [e.reason or "" for e in seen.traces if e.kind == "dropped" and at_moment(e.at, at, here)]
            if reason in reasons:
                return None
            return Failure(line, f"a message skipped for `{reason}` at {at}", _listed(reasons))
        case trial.ExpectTotal(count=count, channel=channel):
            total = sum(send.channel == channel for send in seen.sends)
            return None if total == count else Failure(line, f"{count} {channel} in total", str(total))
        case trial.Given() | trial.Happens() | trial.Changes() | trial.Force() | trial.Advance():
            return None
        case _:
            assert_never(line)


def _listed(items: list[str]) -> str:
    return ", ".join(items) if items else "nothing"


def _near(message: str, seen: _Seen, here: Zone) -> str:
    """When the message came instead."""
    times = [f"{here.local(s.at):%Y-%m-%d %H:%M}" for s in seen.sends if named(s) == message]
    return f"; it came at {', '.join(times[:3])}" if times else ""


def _with_cause(failure: Failure, rules: Rules, test: trial.Test, seen: _Seen, here: Zone) -> Failure:
    """The failure with what kept a message that is missing."""
    line = failure.line
    if not isinstance(line, trial.ExpectSend):
        return failure
    came = sum(named(send) == wanted(line) and at_moment(send.at, line.at, here) for send in seen.sends)
    at = line.at
    now = here.day_start(at.date + ONE_DAY) - ONE_MINUTE if at.time is None else ceil_minute(here.at(at.date, at.time))
    stand = next((each for each in reversed(seen.stands) if each.at <= now), None)
    if came >= line.times or stand is None:
        return failure
    past = [entry for entry in seen.traces if entry.at <= now]
    who, facts, name = stand.resident, stand.facts, test.journey
    triggers = [each for j in rules.program.journeys if j.name == name for each in j.triggers if _sends(each, line)]
    answers = [
        answer
        for each in triggers
        for answer in why_not(rules, who.contact, who.state, now, facts, name, each.id, line.template, past)
    ]
    return evolve(failure, missed=tuple(answers))


def _sends(trigger: Trigger, line: trial.ExpectSend) -> bool:
    """Whether a trigger has a step that sends the message."""
    return any(
        isinstance(op, plan.Send) and (op.channel, op.template) == (line.channel, line.template) for op in trigger.body
    )
