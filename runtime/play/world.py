"""A population under a virtual clock: who is there, what will happen to them, and when the next tick is due.

Simulation, tests and the prompt of `wend repl` all go by this one clock. Ticks come when something is due and at no
other time. An event arrives when it happens, and the next whole minute takes it in. Everything is kept in memory, a
contact as its data and its state, and nothing else.
"""

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from operator import attrgetter, itemgetter

from attrs import evolve

from wend.dsl.diagnostics import WendError
from wend.runtime import quota
from wend.runtime.calendar import ceil_minute, next_minute
from wend.runtime.codec import as_values
from wend.runtime.contact import EMPTY, Change, Contact, Event, Inbox
from wend.runtime.effects import Facts, Resubscribed, Send, Step, Suppressed
from wend.runtime.engine.ingest import event_of, marks, nobody_there
from wend.runtime.engine.replacing import carried, difference
from wend.runtime.engine.stepping import StepFunction, addresses_of, step_once
from wend.runtime.frozen import frozen
from wend.runtime.quota import Meter
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.state import NEW, State, Suppression
from wend.runtime.tick.step import step as standard_step
from wend.runtime.values import FOREVER, Instant

Arrival = tuple[Instant, int, Event | Change]
"""When something arrives, for which resident, and what."""


@frozen
class Resident:
    """A contact of the population: its data, its state, when it is due, and what arrived since its last step."""

    contact: Contact
    state: State
    wake: Instant
    inbox: Inbox = EMPTY


@frozen(eq=False)
class Snapshot:
    """A world at some time, to come back to. It shares what has not changed since."""

    rules: Rules
    facts: Facts
    residents: tuple[Resident, ...]
    arrivals: list[Arrival]
    arrived: int
    sudden: tuple[tuple[Instant, int, int, Event | Change], ...]
    suppressed: Mapping[str, frozenset[Suppression]]
    meter: Meter


class World:
    """The population and its clock.

    Args:
        rules: what the steps go by.
        facts: the project's zone and fields with addresses.
        start: when every journey goes live, UTC.
        end: what is due at it or later is never looked at.
        step: the pure core.
    """

    def __init__(
        self, rules: Rules, facts: Facts, start: Instant, end: Instant = FOREVER, step: StepFunction = standard_step
    ) -> None:
        self.rules, self.end, self.step = rules, end, step
        self.facts = evolve(facts, live_since=dict.fromkeys((j.name for j in rules.program.journeys), start))
        self.fields = tuple(dict.fromkeys(facts.addresses.values()))
        self.residents: list[Resident] = []
        self.numbers: dict[str, int] = {}
        self.instants: list[Instant] = []
        self.waking: dict[Instant, list[int]] = {}
        self.arrivals: list[Arrival] = []
        self.arrived = 0
        self.told = 0
        self.sudden: list[tuple[Instant, int, int, Event | Change]] = []
        self.suppressed: dict[str, frozenset[Suppression]] = {}
        self.meter = Meter()
        self.decided = self.facts
        """What the last tick went by, what the quotas refused among it."""

    # ---- who and what ------------------------------------------------------------------------------------------------

    def settle(self, contacts: Iterable[ContactRecord], at: Instant) -> None:
        """Import contacts. Those of one call are numbered in the order of their ids: it is the order within a tick.

        Raises:
            WendError: the same contact twice, or a value that is none.
        """
        records = sorted(contacts, key=attrgetter("id"))
        for record in records:
            if record.id in self.numbers:
                raise WendError(f"the contact `{record.id}` is there twice", place=record.place or None)
            try:
                fields = as_values(record.fields)
            except WendError as error:
                raise WendError(error.message, error.help, record.place or None) from None
            self.join(Contact(record.id, fields), at)

    def join(self, contact: Contact, at: Instant, imported: bool = True) -> None:
        """One more contact, stepped first at the minute of `at` or the next.

        Args:
            imported: it has been a contact before, and nothing has just happened to it.
        """
        number = self.numbers[contact.id] = len(self.residents)
        self.residents.append(Resident(contact, NEW, ceil_minute(at), Inbox(imported=imported)))
        self._wake(number, ceil_minute(at))

    def plan(self, events: Iterable[EventRecord], start: Instant) -> tuple[int, int]:
        """Put history into the inboxes, and what is to come into the order in which it comes.

        Args:
            events: those before `start` are imported history.

        Returns:
            how many there were before the end, and how many later, which are left out.

        Raises:
            WendError: an event for nobody.
        """
        taken = later = 0
        coming: list[Arrival] = []
        for record in events:
            number = self.numbers.get(record.contact)
            if number is None:
                raise nobody_there(record)
            if record.at >= self.end:
                later += 1
                continue
            taken += 1
            past = record.at < start
            event = event_of(record, record.at, imported=past)
            if past:
                self._put(number, event)
            else:
                coming.append((event.time, number, event))
        # By time alone, keeping the order of the file: the first of two events with one id wins.
        self.arrivals = sorted([*self.arrivals[self.arrived :], *coming], key=itemgetter(0))
        self.arrived = 0
        return taken, later

    def arrive(self, contact: str, what: Event | Change) -> None:
        """An event or a change of data of one contact, which arrives at its time (or with the next tick)."""
        self.told += 1
        heappush(self.sudden, (what.time, self.told, self.numbers[contact], what))

    def resident(self, contact: str) -> Resident:
        """A contact by its id."""
        return self.residents[self.numbers[contact]]

    def view(self, contact: str, now: Instant) -> Resident:
        """A contact as the next step will find it at a time: with what has arrived until then in its inbox."""
        number = self.numbers[contact]
        found = self.residents[number]
        for time, owner, what in self.arrivals[self.arrived :]:
            if time > now:
                break
            if owner == number:
                found = _with(found, what)
        for time, _, owner, what in sorted(self.sudden, key=itemgetter(0, 1)):
            if time <= now and owner == number:
                found = _with(found, what)
        return found

    # ---- the clock ---------------------------------------------------------------------------------------------------

    def due(self) -> Instant | None:
        """The minute at which something is due next; None where nothing is, without news."""
        coming = [] if (wake := self._next_wake()) is None else [wake]
        if self.arrived < len(self.arrivals):
            coming.append(self.arrivals[self.arrived][0])
        if self.sudden:
            coming.append(self.sudden[0][0])
        return ceil_minute(min(coming)) if coming else None

    def ticks(self) -> Iterator[Instant]:
        """The minutes at which something is due, each found once the one before is over."""
        while (now := self.due()) is not None and now < self.end:
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

    def _wake(self, number: int, wake: Instant) -> None:
        if wake < self.end:
            if wake not in self.waking:
                self.waking[wake] = []
                heappush(self.instants, wake)
            self.waking[wake].append(number)

    def tick(self, now: Instant) -> Iterator[tuple[Resident, Step]]:
        """Step everyone who is due, or for whom something arrived, in order; gives each as it is afterwards."""
        due: set[int] = set()
        while self.instants and self.instants[0] <= now:
            wake = heappop(self.instants)
            due.update(number for number in self.waking.pop(wake) if self.residents[number].wake == wake)
        while self.arrived < len(self.arrivals) and self.arrivals[self.arrived][0] <= now:
            _, number, what = self.arrivals[self.arrived]
            self.arrived += 1
            self._put(number, what)
            due.add(number)
        while self.sudden and self.sudden[0][0] <= now:
            _, _, number, what = heappop(self.sudden)
            self._put(number, what)
            due.add(number)
        later, fresh = next_minute(now), list[Suppression]()
        ordered = sorted(due)
        facts = self.decided = self._metered([self.residents[number] for number in ordered], now)
        for number in ordered:
            outcome = self._step(self.residents[number], now, facts)
            wake = max(outcome.wake, later)
            resident = self.residents[number] = Resident(outcome.contact, outcome.state, wake, EMPTY)
            self._wake(number, wake)
            for effect in outcome.effects:
                if isinstance(effect, Send):
                    self.meter.add(effect.channel, now)
                elif isinstance(effect, Suppressed | Resubscribed):
                    fresh.append(effect.suppression)
            yield resident, outcome
        # What an address refuses holds for all who have it, from the next tick on: within one, order plays no part.
        for each in fresh:
            self.suppressed[each.address] = self.suppressed.get(each.address, frozenset()) | {each}

    def _put(self, number: int, what: Event | Change) -> None:
        self.residents[number] = _with(self.residents[number], what)

    def _metered(self, due: Sequence[Resident], now: Instant) -> Facts:
        """The facts of a tick at which these are stepped, with what the quotas refuse."""
        program = self.rules.program
        if not program.settings.quotas:
            return self.facts
        left = quota.room(program, self.facts.zone, now, self.meter.used)
        facts = evolve(self.facts, full=quota.full(left))
        if not quota.may_overshoot(left, len(due)):
            return facts

        def rehearse(refused: frozenset[str], only: Collection[str] | None) -> Iterator[tuple[str, Step]]:
            tried = evolve(facts, refused=refused)
            for resident in due:
                if only is None or resident.contact.id in only:
                    yield resident.contact.id, self._step(resident, now, tried)

        return evolve(facts, refused=quota.refusals(program, left, rehearse))

    def _step(self, resident: Resident, now: Instant, facts: Facts) -> Step:
        if not self.suppressed:
            return self.step(self.rules, resident.contact, resident.state, resident.inbox, now, facts)
        own = addresses_of(resident.contact, resident.inbox, self.fields)
        facts = self._with_refusals(own, facts)
        contact, state, inbox = resident.contact, resident.state, resident.inbox
        return step_once(self.step, self.rules, contact, state, inbox, now, facts, own, self._suppressions)

    def facts_for(self, resident: Resident) -> Facts:
        """The facts, with what the resident's own addresses refuse."""
        own = addresses_of(resident.contact, resident.inbox, self.fields) if self.suppressed else ()
        return self._with_refusals(own, self.facts)

    def outlook(self, contact: str, now: Instant) -> Facts:
        """The facts for a contact at a tick that may come, with what the quotas refuse it then. Nothing is changed."""
        one = self.view(contact, now)
        if not self.rules.program.settings.quotas:
            return self.facts_for(one)
        number = self.numbers[contact]
        coming = {number, *(owner for time, owner, _ in self.arrivals[self.arrived :] if time <= now)}
        coming |= {owner for time, _, owner, _ in self.sudden if time <= now}
        due = coming | {each for each, resident in enumerate(self.residents) if resident.wake <= now}
        residents = [self.view(self.residents[each].contact.id, now) for each in sorted(due)]
        return self.with_quotas(one, self._metered(residents, now))

    def with_quotas(self, resident: Resident, decided: Facts) -> Facts:
        """The facts for a resident, with what the quotas refuse at a tick (`decided`)."""
        return evolve(self.facts_for(resident), full=decided.full, refused=decided.refused)

    def _with_refusals(self, addresses: Iterable[str], facts: Facts) -> Facts:
        mine = frozenset(self._suppressions(addresses))
        return evolve(facts, suppressed=mine) if mine else facts

    def _suppressions(self, addresses: Iterable[str]) -> Iterator[Suppression]:
        for address in addresses:
            yield from self.suppressed.get(address, ())

    # ---- other rules, other times ------------------------------------------------------------------------------------

    def follow(self, rules: Rules, now: Instant) -> None:
        """Go by other rules from now on: journeys that are new go live, and everybody is looked at again.

        A trigger that replaces another keeps what contacts remember of that.

        Args:
            rules: with the older programs on which paths are under way (`Rules.archive`).
        """
        before, self.rules = self.rules.program, rules
        found = difference(before, rules.program)
        kept = [(replacement, True) for replacement in found.replacements]
        self.residents = [evolve(each, state=carried(found, kept, each.state)) for each in self.residents]
        live = {journey.name: self.facts.live_since.get(journey.name, now) for journey in rules.program.journeys}
        self.facts = evolve(self.facts, live_since={**self.facts.live_since, **live})
        self.residents = [evolve(each, wake=ceil_minute(now)) for each in self.residents]
        self._rewind()

    def snapshot(self) -> Snapshot:
        """The world as it is now."""
        return Snapshot(
            self.rules,
            self.facts,
            tuple(self.residents),
            self.arrivals,
            self.arrived,
            tuple(self.sudden),
            dict(self.suppressed),
            self.meter.copy(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Be again as at some time before."""
        self.rules, self.facts = snapshot.rules, snapshot.facts
        self.residents = list(snapshot.residents)
        self.numbers = {each.contact.id: number for number, each in enumerate(self.residents)}
        self.arrivals, self.arrived = snapshot.arrivals, snapshot.arrived
        self.sudden = list(snapshot.sudden)
        self.suppressed = dict(snapshot.suppressed)
        self.meter = snapshot.meter.copy()
        self._rewind()

    def _rewind(self) -> None:
        """Find anew who is due when."""
        self.instants, self.waking = [], {}
        for number, resident in enumerate(self.residents):
            self._wake(number, resident.wake)


def _with(resident: Resident, what: Event | Change) -> Resident:
    """The resident with one thing more in its inbox; a change of tags or lists brings the events that say so."""
    inbox = resident.inbox
    if isinstance(what, Event):
        inbox = Inbox(inbox.changes, (*inbox.events, what), inbox.imported)
    else:
        told = ChainMap(*[dict(change.fields) for change in reversed(inbox.changes)], dict(resident.contact.fields))
        inbox = Inbox((*inbox.changes, what), (*inbox.events, *marks(told, what.fields, what)), inbox.imported)
    return Resident(resident.contact, resident.state, resident.wake, inbox)
