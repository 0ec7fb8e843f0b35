"""Taking in contacts and events: what is new goes to the inboxes, what was known before changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import TypeVar

from attrs import frozen

from wend.dsl.builtins import CREATED, LISTS, TAGS
from wend.dsl.diagnostics import WendError
from wend.runtime.calendar import ceil_minute, next_minute
from wend.runtime.codec import as_values, fields_to_json
from wend.runtime.contact import Change, Event
from wend.runtime.sources import ContactRecord, EventRecord, Policy
from wend.runtime.store.protocol import NewChange, NewContact, NewEvent, Store
from wend.runtime.values import Instant, Value

BATCH = 500

_MARKS = ((TAGS, "tag", "tag_added", "tag_removed"), (LISTS, "list", "list_joined", "list_left"))


@frozen
class ContactsTaken:
    """What became of contacts that were handed in."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@frozen
class EventsTaken:
    """What became of events that were handed in.

    Args:
        duplicates: an event with the same contact and id was there before.
        unknown: they are for nobody, and were left out.
        future: they said a time later than now, and were taken as having happened now (counted in `new` too).
    """

    new: int = 0
    duplicates: int = 0
    unknown: int = 0
    future: int = 0


def arrival(store: Store, now: Instant) -> Instant:
    """The first minute at which a tick can take in what arrives now: none comes twice at one minute."""
    last, soonest = store.last_tick(), ceil_minute(now)
    return soonest if last is None else max(soonest, next_minute(last.at))


def ingest_contacts(
    store: Store,
    records: Iterable[ContactRecord],
    now: Instant,
    imported: bool,
    progress: Callable[[int], None] = lambda count: None,
) -> ContactsTaken:
    """Put in contacts: new ones, and for those that are there what their source says otherwise than before.

    What a journey has set stays until the source itself says something new. All are taken in, or none.

    Args:
        imported: the new ones have been contacts before; nothing has just happened to them.
        progress: told how many were read so far.

    Raises:
        WendError: an id or a value cannot be kept.
    """
    new = changed = read = 0
    wake = arrival(store, now)
    with store.transaction():
        for batch in _batches(records):
            read += len(batch)
            fresh, changes, events = _compare(store, batch, now, wake, imported)
            store.add_contacts(fresh)
            store.add_changes(changes)
            store.add_events(events)
            new += len(fresh)
            changed += len({change.contact for change in changes} - {contact.contact for contact in fresh})
            progress(read)
    return ContactsTaken(new, changed, read - new - changed)


def _compare(
    store: Store, batch: Sequence[ContactRecord], now: Instant, wake: Instant, imported: bool
) -> tuple[list[NewContact], list[NewChange], list[NewEvent]]:
    for record in batch:
        check_text(record.id, "the id of a contact", record.place)
    told = store.told([record.id for record in batch])
    fresh: list[NewContact] = []
    changes: list[NewChange] = []
    events: list[NewEvent] = []
    for record in batch:
        fields = _values(record.fields, record.place)
        before = told.get(record.id)
        if before is None:
            told[record.id] = fields
            fresh.append(NewContact(record.id, fields, wake, imported))
            if not imported:
                created = Event(CREATED, CREATED, now)
                events.append(NewEvent(record.id, created, now, wake))
            continue
        different = {name: value for name, value in fields.items() if not _same(before.get(name), value)}
        if not different:
            continue
        told[record.id] = now_told = {**before, **fields}
        change = Change(_change_id(now, different), now, different)
        changes.append(NewChange(record.id, change, now_told, wake))
        marked = [] if imported else list(marks(before, different, change))
        there = store.known_events([(record.id, event.id) for event in marked])
        events += [NewEvent(record.id, event, now, wake) for event in marked if (record.id, event.id) not in there]
    return fresh, changes, events


def _same(before: Value, value: Value) -> bool:
    return before == value and type(before) is type(value)


def _change_id(now: Instant, fields: Mapping[str, Value]) -> str:
    return blake2b(f"{now.isoformat()} {fields_to_json(fields)}".encode(), digest_size=8).hexdigest()


def marks(before: Mapping[str, Value], fields: Mapping[str, Value], change: Change) -> Iterator[Event]:
    """The events that say which tags and lists came and went."""
    for name, item, added, removed in _MARKS:
        if name in fields:
            old, new = _items(before.get(name)), _items(fields[name])
            for event, values in ((added, new - old), (removed, old - new)):
                for value in sorted(values):
                    yield Event(f"{event}:{value}:{change.id}", event, change.time, {item: value})


def _items(value: Value) -> set[str]:
    return {item for item in value if isinstance(item, str)} if isinstance(value, tuple) else set()


def ingest_events(
    store: Store,
    records: Iterable[EventRecord],
    now: Instant,
    imported: bool,
    unknown: Policy = Policy.ERROR,
    progress: Callable[[int], None] = lambda count: None,
) -> EventsTaken:
    """Put in events that are not there yet. No event is later than its arrival. All are taken in, or none.

    Args:
        imported: they happened long ago: they are history, and start no `on` trigger.
        unknown: what to do with events for contacts that are not there.
        progress: told how many were read so far.

    Raises:
        WendError: an event is for nobody, or an id or a value cannot be kept.
    """
    new = nobody = future = read = 0
    wake = arrival(store, now)
    with store.transaction():
        for batch in _batches(records):
            read += len(batch)
            for record in batch:
                check_text(record.contact, "the id of a contact", record.place)
                check_text(record.id, "the id of an event", record.place)
                check_text(record.name, "the name of an event", record.place)
            there = store.told(list({record.contact for record in batch}))
            known = store.known_events([(record.contact, record.id) for record in batch])
            fresh: dict[tuple[str, str], NewEvent] = {}
            for record in batch:
                if record.contact not in there:
                    if unknown is Policy.ERROR:
                        raise nobody_there(record)
                    nobody += 1
                    continue
                key = (record.contact, record.id)
                if key not in known and key not in fresh:
                    future += record.at > now
                    fresh[key] = NewEvent(record.contact, event_of(record, now, imported), now, wake)
            store.add_events(list(fresh.values()))
            new += len(fresh)
            progress(read)
    return EventsTaken(new, read - new - nobody, nobody, future)


def event_of(record: EventRecord, arrived: Instant, imported: bool) -> Event:
    """The event of a record, no later than its arrival. Raises WendError where something of it cannot be kept."""
    payload = _values(record.payload, record.place)
    return Event(record.id, record.name, min(record.at, arrived), payload, imported=imported)


def nobody_there(record: EventRecord) -> WendError:
    """An event for a contact that is not there."""
    return WendError(
        f"the event `{record.name}` is for the contact `{record.contact}`, who is not among the contacts",
        help="load the contact first, or leave such events out",
        place=record.place or None,
    )


def check_text(text: str, what: str, place: str) -> None:
    """Refuse an id or name that no database can keep."""
    if text.isascii() and text and "\0" not in text:
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise WendError(f"{what} has characters that are no text", place=place or None) from None
    if not text or "\0" in text:
        raise WendError(f"{what} is {'empty' if not text else 'no text'}", place=place or None)


def _values(raw: Mapping[str, object], place: str) -> Mapping[str, Value]:
    try:
        return as_values(raw)
    except WendError as error:
        raise WendError(error.message, error.help, place or None) from None


R = TypeVar("R")


def _batches(records: Iterable[R]) -> Iterator[list[R]]:
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH)):
        yield batch
