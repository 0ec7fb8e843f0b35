"""What was done at the prompt with one contact, as a `test` block of a journey."""

import datetime as dt
from collections.abc import Iterator, Mapping

from wend.dsl import plan
from wend.dsl.diagnostics import ProgramError, Severity, WendError
from wend.dsl.literals import quote, spell_name
from wend.dsl.program import Journey
from wend.dsl.source import Source
from wend.project.workspace import build
from wend.repl.session import Session
from wend.runtime.calendar import Zone, floor_minute, next_minute
from wend.runtime.calendar import zone as zone_named
from wend.runtime.contact import Change, Event
from wend.runtime.effects import Send, TraceEntry
from wend.runtime.play.trial import TestResult, run_test
from wend.runtime.rules import Rules
from wend.runtime.telling.spell import spell
from wend.runtime.values import Instant, Value
from wend.stdlib import FUNCTIONS


def test_block(session: Session, name: str, journey: Journey) -> str:
    """The contact as it was at the beginning, what happened to it and when, and the messages of each day.

    Raises:
        WendError: nothing was done yet.
    """
    if not session.history:
        raise WendError("nothing was done yet", "`:advance 120 days`, say, and then save it")
    writer = _Writer(session, journey)
    return "\n".join([f"test {quote(name)} for {spell_name(journey.name)}", *writer.lines()]) + "\n"


def played(session: Session, block: str) -> TestResult:
    """The block, played against the session's scripts. Raises ProgramError where it is refused."""
    program, found = build(
        [*session.scripts.sources, Source("the test", block)], session.data_fields, session.scripts.misuses
    )
    if program is None:
        raise ProgramError(each for each in found if each.severity is Severity.ERROR)
    test = next(each for each in program.tests if each.place.source.name == "the test")
    return run_test(Rules(program, FUNCTIONS), test, session.facts)


class _Writer:
    """Writes the lines of the block; its times are those of the journey's zone."""

    def __init__(self, session: Session, journey: Journey) -> None:
        self.session, self.journey, self.contact = session, journey, session.contact_id()
        settings = session.program.settings
        self.zone: Zone = zone_named(journey.zone or settings.zone or session.facts.zone)

    def lines(self) -> Iterator[str]:
        session = self.session
        first = session.history[0].before
        began = next(each for each in first.residents if each.contact.id == self.contact)
        known = {name: value for name, value in began.contact.fields.items() if value is not None}
        if known:
            yield f"    given {self.pairs(known)}"
        for event in sorted(began.inbox.events, key=lambda event: event.key):
            yield f"    given event {spell_name(event.name)} at {self.moment(event.time)}{self.given(event.payload)}"
        yield from (f"    {line}" for since, line in self.forced() if since is None)
        yield from self.happened(first.arrivals[first.arrived :])
        rest = (self.zone.date(session.now) - self.zone.date(self.latest)).days
        if rest > 0:
            yield f"    advance {rest} days" if rest > 1 else "    advance 1 day"
        counts: dict[str, int] = {}
        for send in self.sends():
            counts[send.channel] = counts.get(send.channel, 0) + 1
        for channel, count in counts.items():
            yield f"    expect {count} {spell_name(channel)} in total"

    def forced(self) -> Iterator[tuple[Instant | None, str]]:
        """The ways that the contact took through splits, since the contact of a test would draw its own: the first from
        the beginning, and where one that is drawn `each time` had another, that from some moment on."""
        splits = {op.id: op for trigger in self.journey.triggers for op in trigger.body if isinstance(op, plan.Split)}
        latest: dict[str, tuple[str, Instant]] = {}
        for entry in self.traced():
            split = splits.get(entry.step or "")
            if split is None or entry.kind != "decided":
                continue
            way = next((arm.name for arm in split.arms if arm.name == entry.reason), "nothing")
            before = latest.get(split.name)
            latest[split.name] = way, entry.at
            if before is None or before[0] != way:
                since = None if before is None else self.between(before[1], entry.at)
                yield since, f"force {spell_name(split.name)} = {spell_name(way)}"

    def traced(self) -> Iterator[TraceEntry]:
        """What the journey did for the contact, in order."""
        for tick in self.session.history:
            for id, outcome in tick.stepped:
                yield from (each for each in outcome.trace if (id, each.journey) == (self.contact, self.journey.name))

    def between(self, earlier: Instant, later: Instant) -> Instant:
        """A moment after one and not after the other: where there is one, the day of the later one begins then."""
        return max(next_minute(earlier), self.zone.day_start(self.zone.date(later)))

    def happened(self, arrivals: list[tuple[Instant, int, Event | Change]]) -> Iterator[str]:
        """What came from outside, and the messages, in the order of time."""
        number = self.session.world.numbers[self.contact]
        told = [each.what for each in self.session.told if each.contact == self.contact]
        coming = [what for time, owner, what in arrivals if owner == number and time <= self.session.now]
        outside = {what.id: what for what in (*coming, *told)}.values()
        found: list[tuple[dt.date, int, Instant, str]] = []
        for what in outside:
            date = self.zone.date(what.time)
            lines = list(self.outside(what))
            found += [(date, 0, what.time, f"at {self.moment(what.time)} {line}") for line in lines]
        for since, line in self.forced():
            if since is not None:
                found.append((self.zone.date(since), 0, since, f"at {self.moment(since)} {line}"))
        days: dict[tuple[dt.date, str], int] = {}
        for send in self.sends():
            key = self.zone.date(send.at), f"{spell_name(send.channel)} {quote(send.template or '')}"
            days[key] = days.get(key, 0) + 1
        for (date, message), count in days.items():
            times = f" {count} times" if count > 1 else ""
            found.append((date, 1, self.zone.day_start(date), f"at {date} expect {message}{times}"))
        if not days:
            today = self.zone.date(self.session.now)
            found.append((today, 1, self.session.now, f"at {today} expect nothing"))
        self.latest = max(at for _, _, at, _ in found)
        for _, _, _, line in sorted(found):
            yield f"    {line}"

    def outside(self, what: Event | Change) -> Iterator[str]:
        """What a test says of an event or a change."""
        if isinstance(what, Event):
            yield f"event {spell_name(what.name)}{self.given(what.payload)}"
            return
        for name, value in what.fields.items():
            yield f"set {spell_name(name)} = {self.value(value)}"

    def sends(self) -> list[Send]:
        """The messages of the journey to the contact so far."""
        return [
            effect
            for tick in self.session.history
            for id, outcome in tick.stepped
            for effect in outcome.effects
            if id == self.contact
            and isinstance(effect, Send)
            and effect.identity.journey == self.journey.name
            and effect.template is not None
        ]

    def given(self, values: Mapping[str, Value]) -> str:
        """The payload of an event, where it has one."""
        known = {name: value for name, value in values.items() if value is not None}
        return f" with {self.pairs(known)}" if known else ""

    def pairs(self, values: Mapping[str, Value]) -> str:
        """`amount = 30, channel = "web"`."""
        return ", ".join(f"{spell_name(name)} = {self.value(value)}" for name, value in values.items())

    def value(self, value: Value) -> str:
        """A value as a literal of the language."""
        if isinstance(value, dt.datetime):
            return self.moment(value)
        return spell(value, self.zone)

    def moment(self, instant: Instant) -> str:
        """A moment of a test: its first moment is the day alone."""
        local = self.zone.local(floor_minute(instant))
        if self.zone.day_start(local.date()) == floor_minute(instant):
            return f"{local:%Y-%m-%d}"
        return f"{local:%Y-%m-%d %H:%M}"
