"""A store in memory: for tests, for embedding without a file, and to hold the database against."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush, nsmallest
from typing import TypeVar

from attrs import evolve, field, frozen

from wend.runtime.contact import Change, Contact, Event, Inbox
from wend.runtime.conversions import Conversions
from wend.runtime.delivery.memory_outbox import MemoryOutbox
from wend.runtime.delivery.memory_outbox import State as Standing
from wend.runtime.state import NEW, State, Suppression
from wend.runtime.store.protocol import (
    Chunk,
    JournalEntry,
    LastTick,
    Loaded,
    NewChange,
    NewContact,
    NewEvent,
    OutboxEntry,
    Status,
    StoredVersion,
    Totals,
)
from wend.runtime.telling.flow import Flow, FlowCounting
from wend.runtime.values import FOREVER, Instant, Value

K = TypeVar("K")
V = TypeVar("V")


@frozen
class _Person:
    """A contact with all that is kept of it. `arrived` are events that wait, with the times at which they came."""

    contact: Contact
    told: Mapping[str, Value]
    wake: Instant
    launch: bool = False
    state: State = NEW
    changes: tuple[Change, ...] = ()
    arrived: tuple[tuple[Instant, Event], ...] = ()
    ids: frozenset[str] = field(factory=frozenset)

    def loaded(self, until: Instant) -> Loaded:
        inbox = Inbox(
            tuple(change for change in self.changes if change.time <= until),
            tuple(sorted((event for at, event in self.arrived if at <= until), key=lambda event: event.key)),
            self.launch,
        )
        later = [change.time for change in self.changes] + [at for at, _ in self.arrived]
        news = min((at for at in later if at > until), default=FOREVER)
        return Loaded(self.contact, self.wake, self.state, inbox, news)


class _Outbox(MemoryOutbox):
    """An outbox from which a transaction can take back what it put in."""

    def take_back(self, key: str) -> None:
        del self._entries[key]

    def __contains__(self, key: str) -> bool:
        return key in self._entries


class MemoryStore:
    """A store that lasts as long as the process. What delivery records is not undone by a failed transaction."""

    def __init__(self) -> None:
        self.outbox = _Outbox()
        self._people: dict[str, _Person] = {}
        self._heap: list[tuple[Instant, str]] = []
        self._tick: dict[str, LastTick] = {}
        self._suppressions: dict[Suppression, Instant] = {}
        self._journal: list[JournalEntry] = []
        self._unrendered: dict[str, OutboxEntry] = {}
        self._sources: dict[str, str] = {}
        self._versions: dict[str, StoredVersion] = {}
        self._journeys: dict[str, Instant] = {}
        self._live: dict[str, str] = {}
        self._paused: dict[str, Instant | None] = {}
        self._goals: dict[str, Conversions] = {}
        self._usage: dict[tuple[str, Instant], int] = {}
        self._undo: list[tuple[dict[object, object], object, object]] | None = None
        self._put: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All inside is kept together or not at all."""
        if self._undo is not None:
            yield
            return
        self._undo, self._put, lines = [], [], len(self._journal)
        try:
            yield
        except BaseException:
            for table, key, old in reversed(self._undo):
                if old is _ABSENT:
                    table.pop(key, None)
                else:
                    table[key] = old
                if isinstance(old, _Person):
                    heappush(self._heap, (old.wake, old.contact.id))
            for key in self._put:
                self.outbox.take_back(key)
            del self._journal[lines:]
            raise
        finally:
            self._undo = None

    def _set(self, table: dict[K, V], key: K, value: V) -> None:
        if self._undo is not None:
            self._undo.append((table, key, table.get(key, _ABSENT)))  # type: ignore[arg-type]
        table[key] = value

    def _set_person(self, person: _Person) -> None:
        self._set(self._people, person.contact.id, person)
        if person.wake < FOREVER:
            heappush(self._heap, (person.wake, person.contact.id))

    def close(self) -> None:
        """There is nothing to give back."""

    # ticks

    def last_tick(self) -> LastTick | None:
        """The latest tick, if there was one."""
        return self._tick.get("last")

    def mark_tick(self, tick: LastTick) -> None:
        """Note a tick."""
        self._set(self._tick, "last", tick)

    def _wakeful(self) -> Iterator[_Person]:
        """Those who want to be woken, by (wake, id). What is taken from the heap has to be put back."""
        seen: set[str] = set()
        while self._heap:
            wake, contact = heappop(self._heap)
            person = self._people.get(contact)
            if person is not None and person.wake == wake and contact not in seen:
                seen.add(contact)
                yield person

    def due(self, now: Instant, limit: int, after: tuple[Instant, str] | None = None) -> list[Loaded]:
        """The contacts that are due, by (wake, id), with what arrived by then; only those after that one."""
        people: list[_Person] = []
        found: list[_Person] = []
        for person in self._wakeful():
            people.append(person)
            if person.wake > now or len(found) == limit:
                break
            if after is None or (person.wake, person.contact.id) > after:
                found.append(person)
        for person in people:
            heappush(self._heap, (person.wake, person.contact.id))
        return [person.loaded(now) for person in found]

    def count_due(self, now: Instant) -> int:
        """How many contacts want to be woken by that time."""
        return sum(person.wake <= now for person in self._people.values())

    def used(self, channel: str, since: Instant) -> int:
        """How many messages of a channel were decided at or after an instant."""
        return sum(number for (name, at), number in self._usage.items() if name == channel and at >= since)

    def contact(self, contact: str) -> Loaded | None:
        """A contact by id, with all that has arrived for it."""
        person = self._people.get(contact)
        return None if person is None else person.loaded(FOREVER)

    def next_wake(self) -> Instant | None:
        """The earliest time at which a contact wants to be woken."""
        person = next(self._wakeful(), None)
        if person is None:
            return None
        heappush(self._heap, (person.wake, person.contact.id))
        return person.wake

    def next_attempt(self) -> Instant | None:
        """When the next message of the outbox is due."""
        waiting = (entry.not_before for entry in self.outbox if entry.state is Standing.WAITING)
        return min(waiting, default=None)

    def suppressed(self, addresses: Iterable[str], before: Instant) -> list[Suppression]:
        """What holds for these addresses and was known before that time."""
        wanted = set(addresses)
        return [each for each, at in self._suppressions.items() if each.address in wanted and at < before]

    def save(self, chunk: Chunk) -> int:
        """Keep what a chunk left behind; gives how many keys were in the outbox already."""
        with self.transaction():
            for each in chunk.stepped:
                person = self._people[each.contact.id]
                history = {event.id for past in each.contact.events.values() for event in past}
                self._set_person(
                    evolve(
                        person,
                        contact=each.contact,
                        state=each.state,
                        wake=min(each.wake, each.before.news),
                        launch=False,
                        changes=tuple(change for change in person.changes if change.time > chunk.now),
                        arrived=tuple(
                            (at, event) for at, event in person.arrived if at > chunk.now and event.id not in history
                        ),
                        ids=person.ids | history,
                    )
                )
            self._journal.extend(chunk.journal)
            for suppression in chunk.suppressions:
                if suppression not in self._suppressions:
                    self._set(self._suppressions, suppression, chunk.now)
            for journey, counted in chunk.goals.items():
                if counted:
                    self._set(self._goals, journey, self._goals.get(journey, Conversions()) + counted)
            repeated = 0
            for entry in chunk.outbox:
                if self._put_message(entry):
                    minute = entry.channel, entry.at
                    self._set(self._usage, minute, self._usage.get(minute, 0) + 1)
                else:
                    repeated += 1
            return repeated

    def _put_message(self, entry: OutboxEntry) -> bool:
        if entry.key in self._unrendered:
            return False
        if entry.message is None:
            if entry.key in self.outbox:
                return False
            self._set(self._unrendered, entry.key, entry)
            return True
        if not self.outbox.add(entry.message):
            return False
        self._put.append(entry.key)
        return True

    # what arrives

    def told(self, contacts: Sequence[str]) -> dict[str, Mapping[str, Value]]:
        """Of those contacts that there are: what their source has told of them."""
        return {contact: self._people[contact].told for contact in contacts if contact in self._people}

    def known_events(self, ids: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which of these (contact, event id) there are already."""
        return {
            (contact, event) for contact, event in ids if contact in self._people and event in self._people[contact].ids
        }

    def add_contacts(self, new: Sequence[NewContact]) -> None:
        """Put in contacts that are not there."""
        with self.transaction():
            for each in new:
                contact = Contact(each.contact, dict(each.fields))
                self._set_person(_Person(contact, dict(each.fields), each.wake, each.imported))

    def add_changes(self, new: Sequence[NewChange]) -> None:
        """Put changes into the inboxes of contacts that are there."""
        with self.transaction():
            for each in new:
                person, change = self._people[each.contact], each.change
                same = next((old for old in person.changes if old.time == change.time), None)
                if same is not None:
                    change = evolve(same, fields={**same.fields, **change.fields})
                changes = (*(old for old in person.changes if old is not same), change)
                wake = min(person.wake, each.wake)
                changes = tuple(sorted(changes, key=lambda each: each.time))
                self._set_person(evolve(person, told=dict(each.told), changes=changes, wake=wake))

    def add_events(self, new: Sequence[NewEvent]) -> None:
        """Put events that are not there into the inboxes of contacts that are there."""
        with self.transaction():
            for each in new:
                person = self._people[each.contact]
                arrived = (*person.arrived, (each.arrived, each.event))
                ids, wake = person.ids | {each.event.id}, min(person.wake, each.wake)
                self._set_person(evolve(person, arrived=arrived, ids=ids, wake=wake))

    def loaded_sources(self) -> Mapping[str, str]:
        """The digest of each source that was loaded, by its name."""
        return dict(self._sources)

    def mark_source(self, name: str, digest: str, at: Instant) -> None:
        """Note that a source was loaded."""
        self._set(self._sources, name, digest)

    # the program

    def versions(self) -> list[StoredVersion]:
        """Every version that was ever activated, oldest first."""
        return list(self._versions.values())

    def live_mark(self) -> str | None:
        """What was activated last."""
        return self._live.get("mark")

    def activate(self, version: StoredVersion, mark: str, journeys: Mapping[str, Instant], now: Instant) -> None:
        """Keep a version and make it the live one; note journeys with the times at which they first went live.

        Args:
            mark: what is live from now on: the version and the settings it is run with.
        """
        with self.transaction():
            before = self._versions.get(version.version)
            activated = before.activated if before is not None else now
            self._set(self._versions, version.version, evolve(version, activated=activated))
            self._set(self._live, "mark", mark)
            for name, since in journeys.items():
                self._set(self._journeys, name, since)

    def states(self, limit: int, after: str | None = None) -> list[tuple[str, State]]:
        """Contacts that were stepped, by id, each with its state; only those after that id."""
        stepped = (id for id, each in self._people.items() if each.state != NEW and (after is None or id > after))
        return [(id, self._people[id].state) for id in nsmallest(limit, stepped)]

    def set_states(self, states: Mapping[str, State]) -> None:
        """Replace the states of contacts that are there."""
        with self.transaction():
            for contact, state in states.items():
                self._set_person(evolve(self._people[contact], state=state))

    def live_since(self) -> Mapping[str, Instant]:
        """When each journey first went live."""
        return dict(self._journeys)

    def paused(self) -> Mapping[str, Instant]:
        """The journeys that are switched off by hand, each with the time since when."""
        return {journey: since for journey, since in sorted(self._paused.items()) if since is not None}

    def set_paused(self, journey: str, since: Instant | None) -> None:
        """Switch a journey off; with None, on again."""
        self._set(self._paused, journey, since)

    def write(self, entries: Sequence[JournalEntry]) -> None:
        """Add lines to the journal."""
        self._journal.extend(entries)

    def wake_all(self, at: Instant, launch: bool) -> int:
        """Wake every contact at that time, if not earlier; with `launch`, those never stepped as first seen."""
        with self.transaction():
            for person in list(self._people.values()):
                seen = person.launch or (launch and person.state == NEW)
                self._set_person(evolve(person, wake=min(person.wake, at), launch=seen))
        return len(self._people)

    # to look at

    def totals(self) -> Totals:
        """How much there is."""
        standing = Counter(entry.state for entry in self.outbox)
        events = sum(len(person.ids) for person in self._people.values())
        aside = standing[Standing.SET_ASIDE] + len(self._unrendered)
        return Totals(len(self._people), events, standing[Standing.WAITING], standing[Standing.DELIVERED], aside)

    def journal(self, contact: str | None = None, limit: int | None = None) -> list[JournalEntry]:
        """The latest lines of the journal, of one contact or all, oldest first."""
        lines = [entry for entry in self._journal if contact is None or entry.contact == contact]
        return lines if limit is None else lines[len(lines) - min(limit, len(lines)) :]

    def flow(self) -> Flow:
        """How often each thing happened at each place of each journey, as far back as the journal goes."""
        counting = FlowCounting()
        for entry in self._journal:
            counting.note(entry)
        return counting.flow()

    def conversions(self) -> Mapping[str, Conversions]:
        """By the name of each journey that has or had a goal: its runs and conversions since then, over all ticks."""
        return dict(sorted(self._goals.items()))

    def standing(self, key: str) -> Status | None:
        """Where the message with this key stands; None if there is none."""
        if key in self._unrendered:
            return self._unrendered[key].status
        return Status(self.outbox[key].state.value) if key in self.outbox else None

    def unrendered(self) -> list[OutboxEntry]:
        """The messages that could not be rendered, in the order in which they came."""
        return list(self._unrendered.values())

    def replace_unrendered(self, entry: OutboxEntry) -> None:
        """Put a message that could be rendered now in the place of the entry with its key."""
        with self.transaction():
            old = self._unrendered.pop(entry.key, None)
            if old is not None and self._undo is not None:
                self._undo.append((self._unrendered, entry.key, old))  # type: ignore[arg-type]
                self._put_message(entry)


_ABSENT = object()
