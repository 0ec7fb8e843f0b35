"""Whether what a test expects has come, and if not, what came instead and what kept it."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import assert_never

from attrs import evolve, field, frozen

from wend.dsl import core, plan, trial
from wend.dsl.program import Trigger
from wend.runtime.calendar import ONE_DAY, ONE_MINUTE, Zone, ceil_minute
from wend.runtime.contact import Contact
from wend.runtime.effects import Facts, Send, TraceEntry
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.play.timelines import at_moment, begins, contacts_of, named, wanted
from wend.runtime.play.world import Resident
from wend.runtime.rules import Rules
from wend.runtime.telling.clauses import Clause, hindering
from wend.runtime.telling.deeds import Deed
from wend.runtime.telling.spell import spell_time
from wend.runtime.telling.whynot import WhyNot, why_not
from wend.runtime.values import FOREVER, Instant, Value

MOST_LOOKS = 100_000
"""A condition that changes more often within a range is not one that anybody expects to hold there."""


@frozen
class Failure:
    """An expectation that was not met.

    Args:
        line: where it stands.
        expected, actual: what was to come, and what came instead.
        who: the contact, where the test names its contacts.
        missed: of a message that did not come, what kept each trigger that sends it, at the moment of the expectation
            (the end of the day, where no time is told); empty where no trigger sends it. None: no message is missing.
        clauses: of a condition that did not hold, the parts that kept it from being true.
    """

    line: trial.Expectation
    expected: str
    actual: str
    who: str | None = None
    missed: tuple[WhyNot, ...] | None = None
    clauses: tuple[Clause, ...] = ()


@frozen
class Stand:
    """How a contact stood after a tick."""

    at: Instant
    resident: Resident
    facts: Facts


@frozen
class Seen:
    """What a test saw of one contact: what its journey did and decided, and how it stood after each tick."""

    done: list[Deed] = field(factory=list)
    stands: list[Stand] = field(factory=list)

    @property
    def sends(self) -> list[Send]:
        """The messages."""
        return [effect for _, effect in self.done if isinstance(effect, Send)]

    @property
    def traces(self) -> list[TraceEntry]:
        """The lines of the trace."""
        return [entry for entry, _ in self.done if entry is not None]

    def stand(self, now: Instant) -> Stand | None:
        """How the contact stood at a time; None before its first tick."""
        number = bisect_right(self.stands, now, key=lambda each: each.at)
        return self.stands[number - 1] if number else None

    def stepped_after(self, now: Instant) -> Instant:
        """When the contact was stepped next after a time; `FOREVER` where it was not."""
        number = bisect_right(self.stands, now, key=lambda each: each.at)
        return self.stands[number].at if number < len(self.stands) else FOREVER


@frozen
class Judge:
    """Compares what a test expects with what it saw.

    Args:
        here: the zone in which the test names its times.
        start, end: of the test, UTC.
        seen: of each contact, by its name; None for one without.
    """

    rules: Rules
    test: trial.Test
    here: Zone
    start: Instant
    end: Instant
    seen: Mapping[str | None, Seen]

    def failures(self, line: trial.AnyLine) -> Iterator[Failure]:
        """What is wrong with a line, for each contact that it is about."""
        match line:
            case trial.Given() | trial.Happens() | trial.Changes() | trial.Force() | trial.Advance():
                return
            case trial.ExpectTotal(count=count, channel=channel, who=who):
                mine = [self.seen[who]] if who is not None else self.seen.values()
                total = sum(send.channel == channel for seen in mine for send in seen.sends)
                if total != count:
                    yield Failure(line, _for(who, f"{count} {channel} in total"), str(total), who)
            case _:
                for who in contacts_of(self.test, line):
                    failure = self._judge(line, self.seen[who])
                    if failure is not None:
                        yield evolve(failure, expected=_for(who, failure.expected), who=who)

    def _judge(self, line: trial.Timed, seen: Seen) -> Failure | None:
        at = f" at {line.at}" if isinstance(line.at, trial.Moment) else f" {line.at}"
        came = [send for send in seen.sends if at_moment(send.at, line.at, self.here)]
        match line:
            case trial.ExpectNothing():
                return Failure(line, f"nothing{at}", _listed([named(send) for send in came])) if came else None
            case trial.ExpectSend(times=times):
                return self._send(line, at, [named(send) for send in came], times, seen)
            case trial.ExpectCount(count=count, channel=channel):
                own = [named(send) for send in came if send.channel == channel]
                return None if len(own) == count else Failure(line, f"{count} {channel}{at}", _listed(own))
            case trial.ExpectExit():
                exits = [e for e in seen.traces if e.kind == "exited"]
                if any(at_moment(entry.at, line.at, self.here) for entry in exits):
                    return None
                others = f"; the run ended at {self._told(exits[0].at)}" if exits else ""
                return Failure(line, f"the run to end{at}", f"it did not{others}")
            case trial.ExpectSkip(reason=reason):
                drops = [e for e in seen.traces if e.kind == "dropped" and at_moment(e.at, line.at, self.here)]
                reasons = [entry.reason or "" for entry in drops]
                if reason in reasons:
                    return None
                return Failure(line, f"a message skipped for `{reason}`{at}", _listed(reasons))
            case trial.ExpectThat(condition=condition):
                return self._that(line, condition, at, seen)
            case _:
                assert_never(line)

    def _send(self, line: trial.ExpectSend, at: str, came: list[str], times: int, seen: Seen) -> Failure | None:
        message = wanted(line)
        if came.count(message) == times:
            return None
        often = "" if times == 1 else f" {times} times"
        others = [self._told(send.at) for send in seen.sends if named(send) == message]
        near = f"; it came at {', '.join(others[:3])}" if others else ""
        failure = Failure(line, f"{message}{often}{at}", _listed(came) + near)
        return self._with_cause(failure, line, seen) if came.count(message) < times else failure

    # ---- conditions --------------------------------------------------------------------------------------------------

    def _that(self, line: trial.ExpectThat, condition: core.Expr, at: str, seen: Seen) -> Failure | None:
        """Whether a condition holds: at a moment, or at every moment of a range."""
        for now, env in self._looks(line, condition, seen):
            value = evaluate(condition, env).value
            if value is not True:
                since = "" if isinstance(line.at, trial.Moment) else f" at {self._told(now)}"
                expected = f"`{_text(line)}` to hold{at}"
                return Failure(line, expected, f"it is {_truth(value)}{since}", clauses=hindering(condition, env))
        return None

    def _looks(self, line: trial.ExpectThat, condition: core.Expr, seen: Seen) -> Iterator[tuple[Instant, Env]]:
        """When a condition is looked at: a value is constant until its bound, or until the contact is another."""
        if isinstance(line.at, trial.Moment):
            now = self._last(line.at)
            yield now, self._env(now, seen)
            return
        now = begins(line.at.start, self.here) if line.at.start is not None else self.start
        end = begins(line.at.until, self.here) if line.at.until is not None else self.end
        for _ in range(MOST_LOOKS):
            if now >= end:
                return
            env = self._env(now, seen)
            yield now, env
            now = min(seen.stepped_after(now), evaluate(condition, env).until)

    def _env(self, now: Instant, seen: Seen) -> Env:
        """What a condition sees of the contact as it stands at a time."""
        stand = seen.stand(now) or (seen.stands[0] if seen.stands else None)
        if stand is None:
            return Env(now, self.here, Contact(""), self.rules.functions)
        contact, under_way = stand.resident.contact, stand.resident.state.under_way()
        return Env(now, self.here, contact, self.rules.functions, under_way=under_way)

    # ---- why not -----------------------------------------------------------------------------------------------------

    def _with_cause(self, failure: Failure, line: trial.ExpectSend, seen: Seen) -> Failure:
        """The failure with what kept a message that is missing."""
        now = self._last(line.at)
        stand = seen.stand(now)
        if stand is None:
            return failure
        past = [entry for entry in seen.traces if entry.at <= now]
        who, facts, name = stand.resident, stand.facts, self.test.journey
        journeys = [journey for journey in self.rules.program.journeys if journey.name == name]
        triggers = [each for journey in journeys for each in journey.triggers if _sends(each, line)]
        answers = [
            answer
            for each in triggers
            for answer in why_not(self.rules, who.contact, who.state, now, facts, name, each.id, line.template, past)
        ]
        return evolve(failure, missed=tuple(answers))

    def _last(self, when: trial.When) -> Instant:
        """The last minute of what is meant: the moment itself, or the last of its day or range."""
        match when:
            case trial.Range(until=until):
                return (self.end if until is None else begins(until, self.here)) - ONE_MINUTE
            case trial.Moment(date=date, time=None):
                return self.here.day_start(date + ONE_DAY) - ONE_MINUTE
            case trial.Moment():
                return ceil_minute(begins(when, self.here))
            case _:
                assert_never(when)

    def _told(self, at: Instant) -> str:
        return spell_time(at, self.here)


def _sends(trigger: Trigger, line: trial.ExpectSend) -> bool:
    """Whether a trigger has a step that sends the message."""
    return any(
        isinstance(op, plan.Send) and (op.channel, op.template) == (line.channel, line.template) for op in trigger.body
    )


def _text(line: trial.ExpectThat) -> str:
    """The condition as the script writes it, on one line."""
    place = line.condition.place or line.place
    return " ".join(place.source.text[place.span.start : place.span.end].split())


def _truth(value: Value) -> str:
    return "unknown" if value is None else "false"


def _for(who: str | None, words: str) -> str:
    return words if who is None else f"{words} for {who}"


def _listed(items: list[str]) -> str:
    return ", ".join(items) if items else "nothing"
