"""Between rows of the tables and the values of the runtime."""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from wend.runtime.codec import fields_from_json, fields_to_json, from_json_texts, state_from_json, to_json_texts
from wend.runtime.contact import Change, Contact, Event, Inbox
from wend.runtime.delivery.messages import from_json as message_from_json
from wend.runtime.delivery.messages import to_json as message_to_json
from wend.runtime.state import NEW, Suppression
from wend.runtime.store.protocol import JournalEntry, Loaded, OutboxEntry, Status, Stepped, StoredVersion
from wend.runtime.store.schema import from_micros, to_micros, wake_from_micros
from wend.runtime.values import Instant

AnyRow = Row[Any]

_by_key = attrgetter("key")


def loaded_contact(row: AnyRow, events: Iterable[AnyRow], changes: Iterable[AnyRow], until: int) -> Loaded:
    """A contact from its row, those of its events, and those of its changes in their order.

    Args:
        until: what arrived later, in microseconds since 1970, is not in the inbox yet.
    """
    history: dict[str, list[Event]] = {}
    arrived: list[Event] = []
    news: int | None = None
    for each in events:
        if not each.taken and each.arrived > until:
            news = each.arrived if news is None else min(news, each.arrived)
            continue
        event = Event(
            each.id, each.name, from_micros(each.time), fields_from_json(each.payload), each.depth, each.imported
        )
        if each.taken:
            history.setdefault(event.name, []).append(event)
        else:
            arrived.append(event)
    told: list[Change] = []
    for each in changes:
        if each.time > until:
            news = each.time if news is None else min(news, each.time)
        else:
            told.append(Change(each.id, from_micros(each.time), fields_from_json(each.fields)))
    for past in history.values():
        past.sort(key=_by_key)
    contact = Contact(row.id, fields_from_json(row.fields), {name: tuple(past) for name, past in history.items()})
    return Loaded(
        contact=contact,
        wake=wake_from_micros(row.wake),
        state=NEW if row.state is None else state_from_json(row.state),
        inbox=Inbox(tuple(told), tuple(sorted(arrived, key=_by_key)), row.launch),
        news=wake_from_micros(news),
    )


def event_row(shard: int, contact: str, event: Event, arrived: Instant, taken: bool) -> dict[str, object]:
    """The row of an event."""
    return {
        "shard": shard,
        "contact": contact,
        "id": event.id,
        "name": event.name,
        "time": to_micros(event.time),
        "arrived": to_micros(arrived),
        "payload": fields_to_json(event.payload),
        "depth": event.depth,
        "imported": event.imported,
        "taken": taken,
    }


def own_events(stepped: Stepped) -> Iterator[Event]:
    """The events in a contact's history that neither were there before nor came through its inbox."""
    before, arrived = stepped.before.contact.events, {event.id for event in stepped.before.inbox.events}
    for name, past in stepped.contact.events.items():
        known = before.get(name, ())
        if past is not known and past != known:
            ids = arrived | {event.id for event in known}
            yield from (event for event in past if event.id not in ids)


def outbox_row(entry: OutboxEntry) -> dict[str, object]:
    """The row of a message."""
    return {
        "key": entry.key,
        "at": to_micros(entry.at),
        "channel": entry.channel,
        "contact": entry.contact,
        "journey": entry.journey,
        "template": entry.template,
        "status": entry.status.value,
        "message": None if entry.message is None else message_to_json(entry.message),
        "effect": entry.effect,
        "in_flight": False,
        "not_before": to_micros(entry.at),
        "settled": None if entry.status is Status.WAITING else to_micros(entry.at),
        "detail": entry.detail,
    }


def outbox_entry(row: AnyRow) -> OutboxEntry:
    """The message of a row."""
    return OutboxEntry(
        key=row.key,
        at=from_micros(row.at),
        channel=row.channel,
        contact=row.contact,
        journey=row.journey,
        template=row.template,
        message=None if row.message is None else message_from_json(row.message),
        effect=row.effect,
        detail=row.detail,
        status=Status(row.status),
    )


def journal_row(shard: int, entry: JournalEntry) -> dict[str, object]:
    """The row of a line of the journal."""
    return {
        "shard": shard,
        "contact": entry.contact,
        "at": to_micros(entry.at),
        "kind": entry.kind,
        "journey": entry.journey,
        "trigger": entry.trigger,
        "step": entry.step,
        "reason": entry.reason,
        "detail": entry.detail,
    }


def journal_entry(row: AnyRow) -> JournalEntry:
    """The line of a row of the journal."""
    return JournalEntry(
        row.contact, from_micros(row.at), row.kind, row.journey, row.trigger, row.step, row.reason, row.detail
    )


def suppression_row(suppression: Suppression, at: Instant) -> dict[str, object]:
    """The row of a suppression."""
    return {
        "address": suppression.address,
        "channel": suppression.channel,
        "reason": suppression.reason if suppression.turn == 1 else f"{suppression.reason} {suppression.turn}",
        "topic": suppression.topic or "",
        "at": to_micros(at),
    }


def suppression_of(row: AnyRow) -> Suppression:
    """The suppression of a row."""
    reason, _, turn = row.reason.partition(" ")
    return Suppression(row.channel, row.address, reason, row.topic or None, int(turn or 1))


def version_row(version: StoredVersion, at: Instant) -> dict[str, object]:
    """The row of a version."""
    return {
        "version": version.version,
        "scripts": to_json_texts(version.scripts),
        "templates": to_json_texts(version.templates),
        "activated": to_micros(at),
    }


def version_of(row: AnyRow) -> StoredVersion:
    """The version of a row."""
    return StoredVersion(
        row.version, from_json_texts(row.scripts), from_json_texts(row.templates), from_micros(row.activated)
    )
