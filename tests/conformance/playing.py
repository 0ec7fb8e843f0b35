"""Plays a case: through the live engine with a store, due-driven or with many ticks more, and through the simulator."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from attrs import field, frozen

from tests.conformance.cases import EFFECTS, Activate, Case, Happening, NewContact, NewData, NewEvent, Outcome, Switch
from wend.dsl.checker import check
from wend.dsl.diagnostics import Diagnostic, Severity, render
from wend.dsl.parser import parse
from wend.dsl.program import Program
from wend.dsl.source import Source
from wend.runtime import codec
from wend.runtime.calendar import ceil_minute, next_minute
from wend.runtime.contact import Contact, Inbox
from wend.runtime.effects import (
    Called,
    Effect,
    Emitted,
    Facts,
    Marked,
    Resubscribed,
    Send,
    SetField,
    Step,
    Suppressed,
    TraceEntry,
)
from wend.runtime.engine.activation import ALL, Answer
from wend.runtime.engine.engine import Engine
from wend.runtime.play.simulate import simulate
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.state import State
from wend.runtime.store.memory import MemoryStore
from wend.runtime.store.protocol import Store
from wend.runtime.templates import PlaceholderTemplates
from wend.runtime.tick.step import step
from wend.runtime.values import UTC, Instant
from wend.stdlib import FUNCTIONS, signatures

MINUTE = dt.timedelta(minutes=1)
LAST = dt.datetime.max.replace(tzinfo=UTC)
MOST_STEPS = 1500
"""How many steps the further ticks of a case may cost: every minute of a day for one contact."""
NEAR = range(-3, 4)
"""Minutes round everything that a case names, at each of which there is a further tick."""

MOST_LINES = 40
"""How much of a difference is shown."""


@frozen
class Played:
    """What came: everything that can be compared, in the order in which it came, and the keys of all messages."""

    outcomes: tuple[Outcome, ...]
    keys: tuple[str, ...]
    outbox: tuple[str, ...] | None = None


@lru_cache(maxsize=64)
def checked(script: str) -> tuple[Program | None, tuple[Diagnostic, ...]]:
    """A script's program, None where it has errors, and everything that the checker says."""
    source = Source("script", script)
    parsed = parse(source)
    result = check([(source, parsed.file)], signatures(FUNCTIONS))
    found = (*parsed.diagnostics, *result.diagnostics)
    wrong = any(each.severity is Severity.ERROR for each in found)
    return None if wrong else result.program, found


def program(script: str) -> Program:
    """A script's program; it has to be without errors."""
    found, diagnostics = checked(script)
    assert found is not None, "\n".join(map(render, diagnostics))
    return found


def refusals(script: str) -> tuple[int, ...]:
    """The lines in which the checker finds errors."""
    _, found = checked(script)
    wrong = [each for each in found if each.severity is Severity.ERROR]
    return tuple(sorted({each.source.line_col(each.span.start)[0] for each in wrong}))


@frozen
class _Log:
    """What each step gave: of two for one contact at one minute, the last one counts.

    Args:
        saved: contacts and states are written as text and read back before each step.
    """

    saved: bool = False
    steps: dict[tuple[Instant, str], Step] = field(factory=dict)

    def watch(self, rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        """The pure core, remembered."""
        if self.saved:
            contact = codec.from_json(codec.to_json(contact), Contact)
            state = codec.state_from_json(codec.state_to_json(state))
        found = step(rules, contact, state, inbox, now, facts, explain=True)
        if found.effects or found.trace:
            self.steps[now, contact.id] = found
        else:
            self.steps.pop((now, contact.id), None)
        return found

    def outcomes(self) -> Iterator[Outcome]:
        """Everything that can be compared, in the order of time and contact."""
        for (now, who), outcome in sorted(self.steps.items(), key=lambda pair: pair[0]):
            yield from _effects(now, who, outcome.effects)
            yield from _notes(now, who, outcome.trace)

    def keys(self) -> tuple[str, ...]:
        """The idempotency keys of all messages."""
        return tuple(e.identity.key for s in self.steps.values() for e in s.effects if isinstance(e, Send))


def _effects(at: Instant, who: str, effects: Iterable[Effect]) -> Iterator[Outcome]:
    for effect in effects:
        if isinstance(effect, Suppressed):
            continue
        journey = effect.identity.journey
        match effect:
            case Send(template=None):
                yield Outcome(at, who, "notice", to=effect.address, subject=effect.subject, journey=journey)
            case Send():
                words = (effect.channel, effect.template or "")
                yield Outcome(at, who, "message", words, None, effect.address, effect.subject, journey)
            case Called():
                yield Outcome(at, who, "call", (effect.webhook,), journey=journey, pairs=effect.values)
            case SetField():
                yield Outcome(at, who, "set", (effect.name,), effect.value, journey=journey)
            case Marked():
                verb, mark = "remove" if effect.removed else "add", effect.field.removesuffix("s")
                yield Outcome(at, who, verb, (mark, effect.value), journey=journey)
            case Emitted(event="journey_requested" | "journey_stopped"):
                verb = "start" if effect.event == "journey_requested" else "stop"
                yield Outcome(at, who, verb, (str(effect.payload["journey"]),), journey=journey)
            case Resubscribed():
                yield Outcome(at, who, "resubscribe", (effect.suppression.channel,), journey=journey)
            case Emitted():
                yield Outcome(at, who, "emit", (effect.event,), journey=journey, pairs=effect.payload)


_KINDS: Mapping[str, str] = {
    "dropped": "skip",
    "entered": "enter",
    "exited": "exit",
    "converted": "convert",
    "left": "leave",
    "held": "hold",
    "stopped": "halt",
    "problem": "problem",
}


def _notes(at: Instant, who: str, trace: Iterable[TraceEntry]) -> Iterator[Outcome]:
    for entry in trace:
        if entry.kind in _KINDS:
            words = () if entry.kind == "entered" or entry.reason is None else (entry.reason,)
            yield Outcome(at, who, _KINDS[entry.kind], words, journey=entry.journey)


# ---- the engine


def live(case: Case, dense: bool = False) -> Played:
    """Play a case through the engine over a store.

    Args:
        dense: everybody is also stepped at many minutes at which nothing is due. Without it, what is kept of a contact
            is written as text and read back between ticks.
    """
    return _Live(case, MemoryStore(), _Log(saved=not dense)).play(further(case) if dense else [])


class _Live:
    """The engine under a virtual clock."""

    def __init__(self, case: Case, store: Store, log: _Log) -> None:
        self.case, self.store, self.log = case, store, log
        self.archive: dict[str, Program] = {}
        self.engine = self.with_script("", case.start)

    def with_script(self, name: str, now: Instant, answer: str | None = None) -> Engine:
        """The engine with a script of the case, which is made the live one."""
        script = self.case.scripts[name]
        found = program(script)
        rules = Rules(found, FUNCTIONS, {v: old for v, old in self.archive.items() if v != found.version})
        self.archive[found.version] = found
        engine = Engine(rules, self.store, PlaceholderTemplates(), zone=self.case.zone, step=self.log.watch)
        engine.activate({"script.journey": script}, now, {} if answer is None else {ALL: Answer(answer)})
        return engine

    def play(self, ticks: list[Instant]) -> Played:
        """From the start to the end."""
        case = self.case
        self.take([*case.contacts, *case.history])
        news = list(case.story)
        extra = sorted(ticks, reverse=True)
        while True:
            due = self._next(extra[-1] if extra else None)
            if news and (due is None or news[0].at <= due):
                at = news[0].at
                batch = [each for each in news if each.at == at]
                news = news[len(batch) :]
                self.take(batch)
            elif due is None or due >= case.end:
                break
            else:
                if extra and extra[-1] <= due:
                    self.store.wake_all(due, launch=False)
                while extra and extra[-1] <= due:
                    extra.pop()
                self.engine.tick(due)
        return self.result()

    def _next(self, extra: Instant | None) -> Instant | None:
        found = [each for each in (self.engine.next_wake(), extra) if each is not None]
        if not found:
            return None
        due, last = min(found), self.store.last_tick()
        for outage in self.case.outages:
            if outage.start <= due < outage.end:
                due = ceil_minute(outage.end)
        return due if last is None else max(due, next_minute(last.at))

    def take(self, batch: Iterable[Happening]) -> None:
        """What arrives at one instant."""
        for each in batch:
            match each:
                case NewContact():
                    record = ContactRecord(each.who, each.fields)
                    self.engine.ingest_contacts([record], each.at, imported=each.imported)
                case NewData():
                    self.engine.ingest_contacts([ContactRecord(each.who, each.fields)], each.at)
                case NewEvent():
                    now = max(each.at, self.case.start)
                    self.engine.ingest_events([_record(each)], now, imported=each.imported)
                case Switch():
                    (self.engine.resume if each.on else self.engine.pause)(each.journey, each.at)
                case Activate():
                    self.engine = self.with_script(each.script, each.at, each.answer)

    def result(self) -> Played:
        """What came."""
        outcomes = tuple(self.log.outcomes())
        channels = {"email"} | {each.words[0] for each in outcomes if each.what == "message"}
        rows = [row for name in channels for row in self.store.outbox.due(LAST, 1_000_000, name)]
        return Played(outcomes, self.log.keys(), tuple(row.message.key for row in rows))


def _record(event: NewEvent) -> EventRecord:
    return EventRecord(event.who, event.name, event.happened, event.id, event.payload)


def further(case: Case) -> list[Instant]:
    """Minutes at which everybody is looked at although nothing is due.

    Every minute of the case where that is not too much; else every so many minutes, and all minutes round what the
    case names. None in an outage, and none at all for a crowd.
    """
    people = len(case.contacts) + sum(isinstance(each, NewContact) for each in case.story)
    if people > MOST_STEPS:
        return []
    first = ceil_minute(case.start)
    whole = int((case.end - first) / MINUTE)
    stride = max(1, -(-whole * people // MOST_STEPS))
    found = {first + number * MINUTE for number in range(0, whole, stride)}
    if people < 100:
        named = {each.at for each in (*case.story, *case.expected)}
        found |= {ceil_minute(at) + minutes * MINUTE for at in named for minutes in NEAR}
    return sorted(
        at for at in found if first <= at < case.end and not any(out.start <= at < out.end for out in case.outages)
    )


# ---- the simulator


def can_be_simulated(case: Case) -> bool:
    """Whether all that happens are events at their own time."""
    return not case.outages and all(
        isinstance(each, NewEvent) and each.happened == each.at and not each.imported for each in case.story
    )


def simulated(case: Case) -> Played:
    """Play a case through the simulator."""
    log = _Log()
    simulate(
        Rules(program(case.scripts[""]), FUNCTIONS),
        [ContactRecord(each.who, each.fields) for each in case.contacts],
        [_record(each) for each in (*case.history, *case.story) if isinstance(each, NewEvent)],
        case.start,
        case.end,
        facts=Facts(zone=case.zone),
        step=log.watch,
    )
    return Played(tuple(log.outcomes()), log.keys())


# ---- comparing


def differences(case: Case, played: Played) -> str:
    """What came otherwise than a case expects, for a person; empty where all is well."""
    compared = case.compared
    report: list[str] = []
    wanted = _by_contact_and_group(case.expected, compared)
    left = list(played.outcomes)
    for some in case.some:
        of_these = [each for each in left if some.counts(each)]
        if len(of_these) != some.count:
            report.append(f"expected {some.count}, came {len(of_these)}: {shown(some.outcome)}")
        left = [each for each in left if not some.counts(each)]
    came = _by_contact_and_group(left, compared)
    for who, group in sorted({*wanted, *came}):
        expected, got = wanted.get((who, group), []), came.get((who, group), [])
        if len(expected) != len(got) or not all(w.is_met_by(g) for w, g in zip(expected, got, strict=True)):
            report += [f"{who}", *(f"  expected {shown(w)}" for w in expected)]
            report += [f"  came     {shown(g)}" for g in got]
    if len(set(played.keys)) != len(played.keys):
        report.append("two messages have the same identity")
    if played.outbox is not None and sorted(played.outbox) != sorted(played.keys):
        report.append("the outbox does not hold what was decided")
    return "\n".join(report[:MOST_LINES])


def _by_contact_and_group(
    outcomes: Iterable[Outcome], compared: frozenset[str]
) -> dict[tuple[str, str], list[Outcome]]:
    """Effects are compared in their order, all of them together; the lines of the journal kind by kind."""
    found: dict[tuple[str, str], list[Outcome]] = {}
    for each in outcomes:
        if each.what in compared:
            found.setdefault((each.who, "" if each.what in EFFECTS else each.what), []).append(each)
    return found


def shown(outcome: Outcome) -> str:
    """An outcome as a case writes it, in UTC."""
    parts = [f"{outcome.at:%Y-%m-%d %H:%M}Z", outcome.who]
    if outcome.what != "message":
        parts.append(outcome.what)
    parts += outcome.words
    if outcome.what == "set":
        parts.append(f"= {outcome.value}")
    if outcome.pairs:
        parts.append(f"with {dict(outcome.pairs)}")
    if outcome.to is not None:
        parts.append(f"to {outcome.to}")
    if outcome.journey is not None:
        parts.append(f"in {outcome.journey}")
    return " ".join(parts) + (f"  (line {outcome.line})" if outcome.line else "")
