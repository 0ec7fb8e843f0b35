"""Drives `step` for a few contacts through a history, in the ways that the laws compare."""

import datetime as dt
import random
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from attrs import evolve, field, frozen

from tests.strategies.histories import Arrival, History, Newcomer, Pause, Play
from tests.strategies.scenes import PLANS, SCHEMA
from wend.dsl import ast
from wend.dsl.checker import check
from wend.dsl.formatter import format_node
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.runtime import codec, quota
from wend.runtime.calendar import ceil_minute, next_minute
from wend.runtime.contact import Change, Contact, Event, Inbox
from wend.runtime.effects import Called, Effect, Facts, Identity, Resubscribed, Send, Step, Suppressed, TraceEntry
from wend.runtime.rules import Rules
from wend.runtime.state import NEW, State, Suppression
from wend.runtime.tick import step as engine
from wend.runtime.values import FOREVER, Instant, Value
from wend.stdlib import FUNCTIONS, signatures

SIGNATURES = signatures()
MINUTE = dt.timedelta(minutes=1)


def source_of(file: ast.File) -> str:
    """The script of a generated program, its declarations in front."""
    return SCHEMA + format_node(file)


def scripts_of(file: ast.File) -> tuple[str, ...]:
    """The same program as several files: each journey in one of its own, everything else in the last, which names the
    others.
    """
    journeys = [item for item in file.items if isinstance(item, ast.Journey)]
    others = tuple(item for item in file.items if not isinstance(item, ast.Journey))
    used = tuple(ast.Use(file=ast.Text(value=file_name(number))) for number in range(len(journeys)))
    return *(format_node(ast.File(items=(item,))) for item in journeys), source_of(ast.File(items=(*used, *others)))


def file_name(number: int) -> str:
    """What the files of a program are called."""
    return f"play{number}.journey"


@lru_cache(maxsize=256)
def rules_of(*scripts: str) -> Rules:
    """The rules of a program of one file or several; it must be free of errors."""
    files: list[tuple[Source, ast.File]] = []
    for number, script in enumerate(scripts):
        source = Source(file_name(number), script)
        parsed = parse(source)
        assert not parsed.diagnostics, [d.message for d in parsed.diagnostics]
        files.append((source, parsed.file))
    checked = check(files, SIGNATURES)
    assert checked.program is not None, [d.message for d in checked.diagnostics]
    return Rules(checked.program, FUNCTIONS)


@frozen
class Acted:
    """An effect, and the tick at which it came."""

    tick: Instant
    effect: Effect


@frozen
class Outcome:
    """What came of a play.

    Args:
        acts: the effects of each contact, in order.
        states, contacts: what was saved last, by contact.
        ticks: the ticks at which anybody was stepped.
        steps: how often `step` was called.
        wakes: for each contact the ticks at which it was stepped and the wake that came of it.
    """

    acts: Mapping[str, tuple[Acted, ...]]
    states: Mapping[str, State]
    contacts: Mapping[str, Contact]
    ticks: tuple[Instant, ...]
    steps: int
    wakes: Mapping[str, tuple[tuple[Instant, Instant], ...]]
    traces: Mapping[str, tuple[TraceEntry, ...]]

    @property
    def sends(self) -> list[Send]:
        """All messages, in the order of the contacts."""
        return [act.effect for acts in self.acts.values() for act in acts if isinstance(act.effect, Send)]

    @property
    def identities(self) -> list[Identity]:
        """The identities of everything that was done."""
        effects = [act.effect for acts in self.acts.values() for act in acts]
        return [effect.identity for effect in effects if not isinstance(effect, Suppressed)]


@frozen(kw_only=True)
class Manner:
    """How a play is driven.

    Args:
        everyone: at each tick all contacts are stepped, not only the due and the changed.
        extra: further ticks, besides those at which something is due or new.
        order: in which order contacts are stepped.
        reload: contacts and states are written as text and read back between ticks.
        looser: an earlier wake instead of the one that a step gave.
        outage: from when until when no tick comes; all that was due or new comes at its end.
        probe: is shown each step that was made: what it gave, and what it was given besides.
    """

    everyone: bool = False
    extra: Sequence[Instant] = ()
    order: Callable[[list[str]], list[str]] = sorted
    reload: bool = False
    looser: Callable[[Instant, Instant], Instant] | None = None
    outage: tuple[Instant, Instant] | None = None
    probe: "Callable[[Rules, Step, Instant, Facts], None] | None" = None


DUE = Manner()


@frozen
class Stage:
    """A program and a history, ready to be driven.

    Args:
        answering: the web services that are called answer by themselves, see `answer_of`.
    """

    rules: Rules
    history: History
    facts: Facts = field(factory=Facts)
    pauses: tuple[Pause, ...] = ()
    answering: bool = False


def stage_of(play: Play) -> Stage:
    """A generated play, ready to be driven."""
    scripts = scripts_of(play.program) if play.several_files else (source_of(play.program),)
    rules = rules_of(*scripts)
    facts = Facts(live_since={journey.name: play.history.start for journey in rules.program.journeys})
    return Stage(rules, play.history, facts, play.pauses, answering=True)


def answer_of(call: Called) -> tuple[Instant, Event] | None:
    """When a web service answers a call, and what: it depends on the call alone, so that it is the same however the
    play is driven. One call in four is never answered, and one in eight has failed.
    """
    chance = random.Random(call.identity.key)
    if chance.random() < 0.25:
        return None
    at = call.at + chance.choice((1, 5, 60, 200)) * MINUTE
    said: dict[str, Value] = {"failed": True} if chance.random() < 0.17 else {"status": 200, "failed": False}
    if not said["failed"]:
        said |= {"score": chance.randrange(4) * 10, "offer": {"plan": chance.choice(PLANS)}}
    return at, Event(f"answer {call.identity.key}", "webhook_answered", at, {"call": call.identity.key, **said})


class _Cast:
    """Everybody on stage, while the play is on."""

    def __init__(self, stage: Stage, manner: Manner) -> None:
        self.stage, self.manner = stage, manner
        self.contacts: dict[str, Contact] = {}
        self.states: dict[str, State] = {}
        self.due: dict[str, Instant] = {}
        self.acts: dict[str, list[Acted]] = defaultdict(list)
        self.wakes: dict[str, list[tuple[Instant, Instant]]] = defaultdict(list)
        self.traces: dict[str, list[TraceEntry]] = defaultdict(list)
        self.suppressed: frozenset[Suppression] = frozenset()
        self.meter = quota.Meter()
        self.answers: list[tuple[Instant, str, Event]] = []
        self.paused: frozenset[str] = frozenset()
        self.facts = evolve(stage.facts, suppressed=self.suppressed, paused=self.paused)
        self.steps = 0

    def tick(self, now: Instant, inboxes: Mapping[str, Inbox]) -> None:
        """One tick over all who are due, have news, or (where everyone is stepped) are there."""
        paused = frozenset([each.journey for each in self.stage.pauses if each.start <= now < each.end])
        switched, self.paused = paused != self.paused, paused
        facts = self._facts()
        for id in inboxes:
            self.contacts.setdefault(id, Contact(id))
            self.states.setdefault(id, NEW)
        due = [
            id
            for id in self.manner.order(list(self.contacts))
            if self.manner.everyone or switched or id in inboxes or self.due.get(id, FOREVER) <= now
        ]
        facts = self._metered(due, now, inboxes, facts)
        for id in due:
            self._step(id, now, inboxes.get(id, Inbox()), facts)

    def _facts(self) -> Facts:
        """What is true of everybody; made anew where it has changed."""
        if (self.facts.suppressed, self.facts.paused) != (self.suppressed, self.paused):
            self.facts = evolve(self.facts, suppressed=self.suppressed, paused=self.paused)
        return self.facts

    def _metered(self, due: list[str], now: Instant, inboxes: Mapping[str, Inbox], facts: Facts) -> Facts:
        """The facts, with what the quotas refuse."""
        rules = self.stage.rules
        if not rules.program.settings.quotas:
            return facts
        left = quota.room(rules.program, facts.zone, now, self.meter.used)
        facts = evolve(facts, full=quota.full(left))
        if not quota.may_overshoot(left, len(due)):
            return facts

        def rehearse(refused: frozenset[str], only: Collection[str] | None) -> Iterator[tuple[str, Step]]:
            tried = evolve(facts, refused=refused)
            for id in due if only is None else only:
                inbox = inboxes.get(id, Inbox())
                yield id, engine.step(rules, self.contacts[id], self.states[id], inbox, now, tried)

        return evolve(facts, refused=quota.refusals(rules.program, left, rehearse))

    def _step(self, id: str, now: Instant, inbox: Inbox, facts: Facts) -> None:
        done = engine.step(self.stage.rules, self.contacts[id], self.states[id], inbox, now, facts)
        self.steps += 1
        if self.manner.probe is not None:
            self.manner.probe(self.stage.rules, done, now, facts)
        contact, state = done.contact, done.state
        if self.manner.reload:
            contact = codec.from_json(codec.to_json(contact), Contact)
            state = codec.state_from_json(codec.state_to_json(state))
        self.contacts[id], self.states[id] = contact, state
        for effect in done.effects:
            if isinstance(effect, Send):
                self.meter.add(effect.channel, now)
            if isinstance(effect, Called) and self.stage.answering and (answer := answer_of(effect)) is not None:
                self.answers.append((answer[0], id, answer[1]))
        self.acts[id] += [Acted(now, effect) for effect in done.effects]
        self.traces[id] += done.trace
        self.wakes[id].append((now, done.wake))
        self.suppressed |= {e.suppression for e in done.effects if isinstance(e, Suppressed | Resubscribed)}
        wake = done.wake if self.manner.looser is None else self.manner.looser(now, done.wake)
        self.due[id] = wake if wake == FOREVER else ceil_minute(wake)


def drive(stage: Stage, manner: Manner = DUE) -> Outcome:
    """Play a history to its end: at each tick what is due or new is stepped, or more, as the manner says."""
    cast = _Cast(stage, manner)
    end = stage.history.end
    news = _news(stage.history, manner.outage)
    switches = {ceil_minute(at) for each in stage.pauses for at in (each.start, each.end)}
    waiting = sorted({*news, *manner.extra, *switches}, reverse=True)
    ticks: list[Instant] = []
    while True:
        due = min(cast.due.values(), default=FOREVER)
        now = _after_outage(min(due, waiting[-1] if waiting else FOREVER), manner.outage)
        if now > end:
            break
        while waiting and waiting[-1] <= now:
            waiting.pop()
        assert not ticks or now > ticks[-1], "a tick at or before the last one"
        ticks.append(now)
        cast.tick(now, news.get(now, {}))
        for at, id, event in cast.answers:
            tick = _after_outage(at, manner.outage)
            news[tick][id] = _with(news[tick].get(id, Inbox()), Arrival(id, at, event))
            insort(waiting, tick, key=lambda instant: -instant.timestamp())
        cast.answers.clear()
    return Outcome(
        acts={id: tuple(cast.acts[id]) for id in sorted(cast.contacts)},
        states=cast.states,
        contacts=cast.contacts,
        ticks=tuple(ticks),
        steps=cast.steps,
        wakes={id: tuple(pairs) for id, pairs in cast.wakes.items()},
        traces={id: tuple(entries) for id, entries in cast.traces.items()},
    )


def _after_outage(instant: Instant, outage: tuple[Instant, Instant] | None) -> Instant:
    return outage[1] if outage is not None and outage[0] <= instant < outage[1] else instant


def _news(history: History, outage: tuple[Instant, Instant] | None) -> dict[Instant, dict[str, Inbox]]:
    """What each tick takes in, by contact: everything that arrived since the whole minute before."""
    found: dict[Instant, dict[str, Inbox]] = defaultdict(dict)
    for newcomer in history.newcomers:
        found[ceil_minute(newcomer.at)][newcomer.id] = _first(newcomer)
    for arrival in history.arrivals:
        inboxes = found[_after_outage(ceil_minute(arrival.at), outage)]
        inboxes[arrival.contact] = _with(inboxes.get(arrival.contact, Inbox()), arrival)
    return found


def _first(newcomer: Newcomer) -> Inbox:
    change = Change(f"{newcomer.id}-first", newcomer.at, newcomer.fields)
    return Inbox((change,), newcomer.events, newcomer.imported)


def _with(inbox: Inbox, arrival: Arrival) -> Inbox:
    if isinstance(arrival.item, Event):
        return evolve(inbox, events=(*inbox.events, arrival.item))
    return evolve(inbox, changes=(*inbox.changes, arrival.item))


def every_minute(start: Instant, end: Instant) -> list[Instant]:
    """All whole minutes of a stretch of time."""
    first = ceil_minute(start)
    return [first + i * MINUTE for i in range(int((end - first) / MINUTE) + 1)]


def scattered(history: History, around: Iterable[Instant], chance: random.Random, number: int = 120) -> list[Instant]:
    """Whole minutes: next to those given, every hour and its neighbours, and a number anywhere."""
    length = int((history.end - history.start) / MINUTE)
    hours = {history.start + i * 60 * MINUTE for i in range(length // 60)}
    near = {ceil_minute(at) + shift * MINUTE for at in around if at < FOREVER for shift in (-1, 0, 1, 2)}
    anywhere = {history.start + chance.randrange(length) * MINUTE for _ in range(number)}
    return sorted(at for at in hours | near | anywhere if history.start <= at <= history.end)


def earlier(chance: random.Random) -> Callable[[Instant, Instant], Instant]:
    """A looser bound: some whole minute after now, at or before the wake."""

    def looser(now: Instant, wake: Instant) -> Instant:
        latest = min(wake, now + dt.timedelta(hours=36))
        minutes = int((latest - now) / MINUTE)
        return next_minute(now) if minutes <= 1 else now + chance.randint(1, minutes) * MINUTE

    return looser


def same(left: Outcome, right: Outcome) -> None:
    """Two ways to drive a play gave the same effects at the same times, and left the same behind."""
    for id, acts in left.acts.items():
        assert acts == right.acts.get(id, ())
    assert left.acts.keys() == right.acts.keys()
    assert left.states == right.states
    assert left.contacts == right.contacts


__all__ = [
    "DUE",
    "Acted",
    "Manner",
    "Outcome",
    "Stage",
    "drive",
    "earlier",
    "every_minute",
    "rules_of",
    "same",
    "scattered",
    "scripts_of",
    "source_of",
    "stage_of",
]
