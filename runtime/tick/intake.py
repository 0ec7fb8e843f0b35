"""Taking in what arrived: data changes and events by (time, id), each event once, ever."""

from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.effects import Facts, Suppressed
from wend.runtime.evolve import evolve
from wend.runtime.state import State, Suppression
from wend.runtime.tick.reactions import told
from wend.runtime.tick.suppressing import numbered
from wend.runtime.values import Instant


def new_events(contact: Contact, state: State, inbox: Inbox, now: Instant) -> tuple[Event, ...]:
    """The events to take in, in the order of (time, id): emitted ones and those of the inbox.

    The first to arrive with an id wins. No event is later than its arrival. What a channel tells of a message is told
    of that message, see `reactions`.
    """
    taken: dict[str, Event] = {}
    for event in (*state.emitted, *inbox.events):
        if event.id not in taken and not contact.knows(event.id):
            taken[event.id] = told(event if event.time <= now else evolve(event, time=now), state.sends)
    return tuple(sorted(taken.values(), key=lambda event: event.key))


def take_in(contact: Contact, events: tuple[Event, ...], inbox: Inbox) -> Contact:
    """The contact with its data changes, in their order, and its new events."""
    for change in sorted(inbox.changes, key=lambda change: (change.time, change.id)):
        contact = contact.with_fields(change.fields)
    return contact.with_events(events)


def suppressions(
    contact: Contact, events: tuple[Event, ...], known: frozenset[Suppression], facts: Facts, now: Instant
) -> list[Suppressed]:
    """What the events of the channels forbid from now on: unsubscribed, hard bounced, complained.

    Args:
        known: of the contact's own state, beside what the facts hold.
    """
    found: list[Suppressed] = []
    for event in events:
        reason = _reason(event)
        if reason is None:
            continue
        channel = event.payload.get("channel") or "email"
        address = event.payload.get("address") or address_of(contact, str(channel), facts)
        topic = event.payload.get("topic")
        if isinstance(address, str) and isinstance(channel, str):
            topic = topic if reason == "unsubscribed" and isinstance(topic, str) else None
            entry = Suppression(channel, address.strip().casefold(), reason, topic)
            found.append(Suppressed(now, numbered(entry, known | facts.suppressed)))
    return found


def _reason(event: Event) -> str | None:
    match event.name:
        case "message_unsubscribed":
            return "unsubscribed"
        case "message_complained":
            return "complained"
        case "message_bounced" if event.payload.get("hard") is True:
            return "bounced"
        case _:
            return None


def address_of(contact: Contact, channel: str, facts: Facts) -> str | None:
    """The contact's address on a channel; None where it has none."""
    name = facts.addresses.get(channel, channel)
    value = contact.id if name == "id" else contact.value(name)
    return value.strip() or None if isinstance(value, str) else None
