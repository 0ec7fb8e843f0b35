"""Running a `test` block: the same step under a virtual clock, for one contact, against what is expected.

A test begins at the first moment it names and ends with the day of the last (and what `advance` adds). What is said
without a time happens at the first moment of its day; what is expected without a time may come at any time of its day.
Only messages of the test's journey count; the program's other journeys run along.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import assert_never

from attrs import evolve, field, frozen

from wend.dsl import core, trial
from wend.dsl.period import Period
from wend.runtime.calendar import ONE_DAY, Zone, ceil_minute, next_minute, zone
from wend.runtime.contact import Change, Contact, Event
from wend.runtime.effects import Facts, Send, TraceEntry
from wend.runtime.interpret import Env, evaluate
from wend.runtime.rules import Rules
from wend.runtime.values import UTC, Instant, Value
from wend.runtime.world import World

CONTACT = "contact of the test"
MOST_TICKS = 100_000
"""A test with more is not one that anybody can read."""


@frozen
class Happening:
    """Something of the journey that the test saw: when, and what in a few words."""

    at: Instant
    what: str


@frozen
class Failure:
    """An expectation that was not met: its line, what was expected, and what came instead."""

    line: trial.Expectation
    expected: str
    actual: str


@frozen
class TestResult:
    """The outcome of one test. `timeline` is everything that happened in the journey, in order."""

    __test__ = False  # what pytest looks for is another thing

    test: trial.Test
    failures: tuple[Failure, ...]
    timeline: tuple[Happening, ...]
    zone: Zone

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.failures


@frozen
class _Seen:
    sends: list[Send] = field(factory=list)
    traces: list[TraceEntry] = field(factory=list)


def run_test(rules: Rules, test: trial.Test, facts: Facts | None = None) -> TestResult:
    """Play a test and compare.

    Args:
        facts: the project's zone and fields with addresses; UTC and the usual fields if None.
    """
    facts = facts or Facts()
    here = _zone(rules, test, facts)
    stage = _Stage(rules, test, facts, here)
    seen = stage.play()
    failures = tuple(f for line in test.lines if (f := _judge(line, seen, here)) is not None)
    return TestResult(test, failures, tuple(_timeline(seen)), here)


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
        start = min(self._begins(moment) for moment in moments)
        end = latest = start
        for line in self.test.lines:
            if isinstance(line, _AT):
                latest = max(latest, self._begins(line.at))
                end = max(end, self.zone.day_start(line.at.date + ONE_DAY))
            elif isinstance(line, trial.Advance):
                length = self.value(line.length)
                latest = self.zone.add(latest, length) if isinstance(length, Period) else latest
                end = max(end, next_minute(latest))
        return start, end

    def _begins(self, moment: trial.Moment) -> Instant:
        return self.zone.day_start(moment.date) if moment.time is None else self.zone.at(moment.date, moment.time)

    def value(self, expr: core.Expr) -> Value:
        """What a line gives: computed at the beginning, without a contact."""
        now = getattr(self, "start", dt.datetime(1970, 1, 1, tzinfo=UTC))
        return evaluate(expr, Env(now, self.zone, Contact(CONTACT), self.rules.functions)).value

    def play(self) -> _Seen:
        """Step the contact whenever something is due, until the end."""
        fields: dict[str, Value] = {}
        for line in self.test.lines:
            if isinstance(line, trial.Given):
                fields.update({name: self.value(value) for name, value in line.values})
        world = World(self.rules, self.facts, self.start, self.end)
        world.join(Contact(CONTACT, fields), self.start)
        for item in self._arrivals():
            world.arrive(CONTACT, item)
        seen, name = _Seen(), self.test.journey
        for now in islice(world.ticks(), MOST_TICKS):
            for _, outcome in world.tick(now):
                seen.sends.extend(e for e in outcome.effects if isinstance(e, Send) and e.identity.journey == name)
                seen.traces.extend(entry for entry in outcome.trace if entry.journey == name)
        return seen

    def _arrivals(self) -> Iterator[Event | Change]:
        for number, line in enumerate(self.test.lines):
            if isinstance(line, trial.Happens):
                payload = {name: self.value(value) for name, value in line.values}
                yield Event(f"line {number:04}", line.event, self._begins(line.at), payload)
            elif isinstance(line, trial.Changes):
                yield Change(f"line {number:04}", self._begins(line.at), {line.field: self.value(line.value)})


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
            came = [_named(send) for send in seen.sends if _at(send.at, at, here)]
            return Failure(line, f"nothing at {at}", _listed(came)) if came else None
        case trial.ExpectSend(at=at):
            came = [_named(send) for send in seen.sends if _at(send.at, at, here)]
            wanted = f'{line.channel} "{line.template}"'
            if came.count(wanted) == line.times:
                return None
            times = "" if line.times == 1 else f" {line.times} times"
            return Failure(line, f"{wanted}{times} at {at}", _listed(came) + _near(wanted, seen, here))
        case trial.ExpectExit(at=at):
            exits = [e for e in seen.traces if e.kind == "exited"]
            if any(_at(entry.at, at, here) for entry in exits):
                return None
            others = f"; the run ended at {here.local(exits[0].at):%Y-%m-%d %H:%M}" if exits else ""
            return Failure(line, f"the run to end at {at}", f"it did not{others}")
        case trial.ExpectSkip(at=at, reason=reason):
            reasons = [e.reason or "" for e in seen.traces if e.kind == "dropped" and _at(e.at, at, here)]
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


def _at(instant: Instant, moment: trial.Moment, here: Zone) -> bool:
    if moment.time is None:
        return here.date(instant) == moment.date
    return instant == ceil_minute(here.at(moment.date, moment.time))


def _named(send: Send) -> str:
    return "a notification" if send.template is None else f'{send.channel} "{send.template}"'


def _listed(items: list[str]) -> str:
    return ", ".join(items) if items else "nothing"


def _near(wanted: str, seen: _Seen, here: Zone) -> str:
    """When the message came instead."""
    times = [f"{here.local(s.at):%Y-%m-%d %H:%M}" for s in seen.sends if _named(s) == wanted]
    return f"; it came at {', '.join(times[:3])}" if times else ""


_SHOWN: Mapping[str, str] = {
    "entered": "the run begins",
    "exited": "the run ends",
    "converted": "the goal is reached",
    "left": "out of the audience",
    "fired": "a path begins",
    "held": "a message is held",
    "dropped": "a message is skipped",
    "stopped": "a path is stopped",
    "problem": "a problem",
}


def _timeline(seen: _Seen) -> Iterator[Happening]:
    """What happened in the journey, for people."""
    happened = [Happening(send.at, _named(send)) for send in seen.sends]
    for entry in seen.traces:
        if entry.kind in _SHOWN:
            reason = f" ({entry.reason})" if entry.reason else ""
            happened.append(Happening(entry.at, f"{_SHOWN[entry.kind]}{reason}"))
    order = list(_SHOWN.values())

    def rank(item: Happening) -> tuple[Instant, int]:
        words = item.what.partition(" (")[0]
        return item.at, order.index(words) if words in order else len(order)

    yield from sorted(happened, key=rank)
