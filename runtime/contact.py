"""A contact's data: fields and history, and what arrives for it."""

from bisect import insort
from collections.abc import Mapping

from attrs import field

from wend.runtime.frozen import frozen
from wend.runtime.values import Instant, Value


@frozen
class Event:
    """Something that happened to a contact.

    Args:
        id: unique for the contact; the first event with an id wins, for ever.
        time: when it happened, never later than when it arrived. UTC.
        depth: 0 for an event from outside; the depth of its cause + 1 for one that a journey emitted.
        imported: it came with an import and starts no `on` trigger.
    """

    id: str
    name: str
    time: Instant
    payload: Mapping[str, Value] = field(factory=dict)
    depth: int = 0
    imported: bool = False

    @property
    def key(self) -> tuple[Instant, str]:
        """Events are in the order of (time, id)."""
        return self.time, self.id


@frozen
class Change:
    """New values of fields, from the time on at which they were told. Changes are in the order of (time, id)."""

    id: str
    time: Instant
    fields: Mapping[str, Value]


@frozen
class Inbox:
    """What arrived for one contact since its last step.

    `imported`: the contact is first seen through an import or at launch, not through something that just happened
    (see `backlog`).
    """

    changes: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()
    imported: bool = False

    def __bool__(self) -> bool:
        return bool(self.changes or self.events or self.imported)


EMPTY = Inbox()


@frozen
class Contact:
    """A contact's fields (`tags` and `lists` among them, as tuples of text) and events by name, in order."""

    id: str
    fields: Mapping[str, Value] = field(factory=dict)
    events: Mapping[str, tuple[Event, ...]] = field(factory=dict)

    def value(self, name: str) -> Value:
        """A field's value; None where it is unknown. Without tags and lists there are none of them: the empty tuple."""
        value = self.fields.get(name)
        return () if value is None and name in ("tags", "lists") else value

    def with_fields(self, changes: Mapping[str, Value]) -> "Contact":
        """The contact with these fields set."""
        return Contact(self.id, {**self.fields, **changes}, self.events)

    def with_events(self, new: tuple[Event, ...]) -> "Contact":
        """The contact with these events in its history, each in its place."""
        if not new:
            return self
        history = dict(self.events)
        for event in new:
            past = history.get(event.name, ())
            if not past or past[-1].key <= event.key:
                history[event.name] = (*past, event)
            else:
                among = list(past)
                insort(among, event, key=lambda e: e.key)
                history[event.name] = tuple(among)
        return Contact(self.id, self.fields, history)

    def knows(self, event_id: str) -> bool:
        """Whether an event with that id is in the history."""
        for past in self.events.values():
            for event in past:
                if event.id == event_id:
                    return True
        return False
