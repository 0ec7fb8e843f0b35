"""The same step under a virtual clock: what a program would do to a population, without a store and without sending.

Ticks come when something is due and at no other time. An event arrives when it happens, and the next whole minute
takes it in. Everything is kept in memory, a contact as its data and its state, and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import heappop, heappush
from operator import attrgetter, itemgetter

from attrs import define, evolve, frozen

from wend.dsl.diagnostics import WendError
from wend.runtime.calendar import ceil_minute, next_minute, zone
from wend.runtime.codec import as_values
from wend.runtime.contact import EMPTY, Contact, Event, Inbox
from wend.runtime.effects import Facts, Send, Step, Suppressed
from wend.runtime.ingest import event_of, nobody_there
from wend.runtime.rendering import template_name
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.state import NEW, State, Suppression
from wend.runtime.step import step as standard_step
from wend.runtime.stepping import Counting, Counts, StepFunction, addresses_of, step_once
from wend.runtime.values import Instant


@frozen
class MessageCount:
    """So many messages of a template in a month, `1997-05`, local in the project's zone."""

    journey: str
    channel: str
    template: str
    month: str
    count: int


@frozen
class SimulationResult:
    """What a simulation did.

    Args:
        contacts: how many there were.
        events: how many happened before the end; `later` happened afterwards, and were left out.
        ticks: at how many minutes something was due.
        steps: how often a contact was stepped.
        counts: messages by channel and template, what was skipped and why, and what else happened.
        messages: by journey, channel, template and month, in that order.
    """

    contacts: int
    events: int
    later: int
    ticks: int
    steps: int
    counts: Counts
    messages: tuple[MessageCount, ...]

    @property
    def effects(self) -> Mapping[str, Mapping[str, int]]:
        """Messages by channel and template."""
        return self.counts.effects

    @property
    def skipped(self) -> Mapping[str, int]:
        """Messages that were not sent, by reason."""
        return self.counts.skipped

    def by_month(self) -> dict[str, dict[str, int]]:
        """Messages by journey and month."""
        table: dict[str, dict[str, int]] = {}
        for each in self.messages:
            months = table.setdefault(each.journey, {})
            months[each.month] = months.get(each.month, 0) + each.count
        return table


@define(eq=False)
class _Resident:
    """A contact of the simulated population. `place` is where it stands in the order of ids."""

    contact: Contact
    state: State
    wake: Instant
    inbox: tuple[Event, ...] = ()
    imported: bool = True


def simulate(
    rules: Rules,
    contacts: Iterable[ContactRecord],
    events: Iterable[EventRecord],
    start: Instant,
    end: Instant,
    *,
    facts: Facts | None = None,
    on_message: Callable[[Send], None] | None = None,
    on_step: Callable[[str, Instant, Step], None] | None = None,
    progress: Callable[[Instant, int], None] | None = None,
    step: StepFunction = standard_step,
) -> SimulationResult:
    """Run a program over a population from `start` until `end`.

    Args:
        contacts: all of them are imported at the start, when every journey goes live.
        events: in any order. Those before the start are imported history; the others arrive when they happen.
        start: the first instant, UTC; the first tick is at its minute or the next.
        end: the instant, UTC, at which it is over: nothing happens at it.
        facts: the project's zone and fields with addresses; UTC and the usual fields if None.
        on_message: given each message as it is decided, in the order of time; it could be rendered and kept.
        on_step: given the contact's id, the time and the outcome of every step.
        progress: given the time of each tick and how many contacts have been stepped before it.
        step: the pure core.

    Raises:
        WendError: the same contact twice, an event for nobody, or a value that is none.
    """
    world = _World(rules, facts or Facts(), start, end, step)
    world.settle(contacts)
    world.plan(events)
    for now in world.ticks():
        if progress is not None:
            progress(now, world.counting.steps)
        for resident, outcome in world.tick(now):
            if on_step is not None:
                on_step(resident.contact.id, now, outcome)
            if on_message is not None:
                for effect in outcome.effects:
                    if isinstance(effect, Send):
                        on_message(effect)
    return world.result()


class _World:
    """A population, what will happen to it, and the virtual clock."""

    def __init__(self, rules: Rules, facts: Facts, start: Instant, end: Instant, step: StepFunction) -> None:
        self.rules, self.start, self.end, self.step = rules, start, end, step
        self.facts = evolve(facts, live_since=dict.fromkeys((j.name for j in rules.program.journeys), start))
        self.fields = tuple(dict.fromkeys(facts.addresses.values()))
        self.zone = zone(facts.zone)
        self.residents: list[_Resident] = []
        self.numbers: dict[str, int] = {}
        self.instants: list[Instant] = []
        self.waking: dict[Instant, list[int]] = {}
        self.arrivals: list[tuple[Instant, int, Event]] = []
        self.suppressed: dict[str, frozenset[Suppression]] = {}
        self.counting = Counting()
        self.messages: dict[tuple[str, str, str, str], int] = {}
        self.events = self.later = self.ticked = 0

    def settle(self, contacts: Iterable[ContactRecord]) -> None:
        """Import the contacts. They are numbered in the order of their ids: it is the order within a tick."""
        first = ceil_minute(self.start)
        for record in contacts:
            if record.id in self.numbers:
                raise WendError(f"the contact `{record.id}` is there twice", place=record.place or None)
            self.numbers[record.id] = 0
            try:
                fields = as_values(record.fields)
            except WendError as error:
                raise WendError(error.message, error.help, record.place or None) from None
            self.residents.append(_Resident(Contact(record.id, fields), NEW, first))
        self.residents.sort(key=attrgetter("contact.id"))
        self.numbers = {resident.contact.id: number for number, resident in enumerate(self.residents)}
        if self.residents:
            self.instants, self.waking = [first], {first: list(range(len(self.residents)))}

    def plan(self, events: Iterable[EventRecord]) -> None:
        """Put history into the inboxes, and what is to come into the order in which it comes."""
        for record in events:
            number = self.numbers.get(record.contact)
            if number is None:
                raise nobody_there(record)
            if record.at >= self.end:
                self.later += 1
                continue
            self.events += 1
            past = record.at < self.start
            event = event_of(record, record.at, imported=past)
            if past:
                self.residents[number].inbox += (event,)
            else:
                self.arrivals.append((event.time, number, event))
        # By time alone, keeping the order of the file: the first of two events with one id wins. Reversed, because
        # the next one is taken from the end, which also gives its memory back.
        self.arrivals.sort(key=itemgetter(0))
        self.arrivals.reverse()

    def ticks(self) -> Iterator[Instant]:
        """The minutes at which something is due, each found once the one before is over."""
        while True:
            coming = [] if (wake := self._next_wake()) is None else [wake]
            if self.arrivals:
                coming.append(self.arrivals[-1][0])
            if not coming or (now := ceil_minute(min(coming))) >= self.end:
                return
            self.ticked += 1
            yield now

    def _next_wake(self) -> Instant | None:
        """When the first of them is to be woken, who has not been stepped since that was decided."""
        while self.instants:
            wake = self.instants[0]
            numbers = self.waking[wake]
            while numbers and self.residents[numbers[-1]].wake != wake:
                numbers.pop()
            if numbers:
                return wake
            del self.waking[heappop(self.instants)]
        return None

    def tick(self, now: Instant) -> Iterator[tuple[_Resident, Step]]:
        """Step everyone who is due, or for whom something arrived, in the order of their ids."""
        due: set[int] = set()
        while self.instants and self.instants[0] <= now:
            wake = heappop(self.instants)
            due.update(number for number in self.waking.pop(wake) if self.residents[number].wake == wake)
        while self.arrivals and self.arrivals[-1][0] <= now:
            _, number, event = self.arrivals.pop()
            self.residents[number].inbox += (event,)
            due.add(number)
        later, fresh = next_minute(now), list[Suppression]()
        month = f"{self.zone.local(now):%Y-%m}"
        for number in sorted(due):
            resident = self.residents[number]
            outcome = self._step(resident, now)
            resident.contact, resident.state = outcome.contact, outcome.state
            resident.inbox, resident.imported = (), False
            resident.wake = wake = max(outcome.wake, later)
            if wake < self.end:
                if wake not in self.waking:
                    self.waking[wake] = []
                    heappush(self.instants, wake)
                self.waking[wake].append(number)
            self.counting.add(outcome)
            if outcome.effects:
                self._count(outcome, month, fresh)
            yield resident, outcome
        # What an address refuses holds for all who have it, from the next tick on: within one, order plays no part.
        for each in fresh:
            self.suppressed[each.address] = self.suppressed.get(each.address, frozenset()) | {each}

    def _step(self, resident: _Resident, now: Instant) -> Step:
        fresh = resident.inbox or resident.imported
        inbox, facts, own = Inbox((), resident.inbox, resident.imported) if fresh else EMPTY, self.facts, _NOBODY
        if self.suppressed:
            own = addresses_of(resident.contact, inbox, self.fields)
            if mine := frozenset(self._suppressions(own)):
                facts = evolve(facts, suppressed=mine)
            return step_once(
                self.step, self.rules, resident.contact, resident.state, inbox, now, facts, own, self._suppressions
            )
        return self.step(self.rules, resident.contact, resident.state, inbox, now, facts)

    def _suppressions(self, addresses: Iterable[str]) -> Iterator[Suppression]:
        for address in addresses:
            yield from self.suppressed.get(address, ())

    def _count(self, outcome: Step, month: str, fresh: list[Suppression]) -> None:
        for effect in outcome.effects:
            if isinstance(effect, Send):
                key = (effect.identity.journey, effect.channel, template_name(effect), month)
                self.messages[key] = self.messages.get(key, 0) + 1
            elif isinstance(effect, Suppressed):
                fresh.append(effect.suppression)

    def result(self) -> SimulationResult:
        """What has been counted."""
        return SimulationResult(
            contacts=len(self.residents),
            events=self.events,
            later=self.later,
            ticks=self.ticked,
            steps=self.counting.steps,
            counts=self.counting.counts(),
            messages=tuple(MessageCount(*key, count) for key, count in sorted(self.messages.items())),
        )


_NOBODY: set[str] = set()
