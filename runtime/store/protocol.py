"""What the engine asks of a store, and the records that go between them.

A store keeps one shard of the population. Every change is made inside `transaction()`, wholly or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from wend.runtime.contact import EMPTY, Change, Contact, Event, Inbox
from wend.runtime.conversions import Conversions
from wend.runtime.delivery.delivery import Outbox
from wend.runtime.delivery.messages import Message
from wend.runtime.effects import TraceEntry
from wend.runtime.state import NEW, State, Suppression
from wend.runtime.telling.flow import Flow
from wend.runtime.values import FOREVER, Instant, Value


class Status(StrEnum):
    """Where a message of the outbox stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    SET_ASIDE = "set aside"


@frozen
class Loaded:
    """A contact that is due: its data without the inbox, its state, and when it wanted to be woken.

    Args:
        inbox: what had arrived for it by the tick.
        news: when the next thing arrived, after the tick: the contact has to be woken for it.
    """

    contact: Contact
    wake: Instant
    state: State = NEW
    inbox: Inbox = EMPTY
    news: Instant = FOREVER


@frozen
class Stepped:
    """What to keep of a contact after its step. `before` is what was loaded: its inbox has been taken in.

    It is woken at `wake`, or for the news that came after the tick, if those were earlier.
    """

    before: Loaded
    contact: Contact
    state: State
    wake: Instant


@frozen
class OutboxEntry:
    """A message for the outbox, or one that could not be rendered.

    Args:
        key: the idempotency key. The first entry with a key stays; a second one changes nothing.
        message: None where it could not be rendered.
        effect: then the `Send` as JSON, so that it can be rendered once the template is repaired.
        detail: and why it could not be rendered.
    """

    key: str
    at: Instant
    channel: str
    contact: str
    journey: str
    template: str
    message: Message | None
    effect: str | None = None
    detail: str = ""
    status: Status = Status.WAITING

    @classmethod
    def of_message(cls, message: Message) -> "OutboxEntry":
        """The entry for a message that is ready."""
        names = message.contact, message.journey, message.template
        return cls(message.key, message.at, message.channel, *names, message)


@frozen
class JournalEntry:
    """A line of the journal: what happened at a tick to a contact, and why.

    `contact` is empty where a person paused or resumed a journey.
    """

    contact: str
    at: Instant
    kind: str
    journey: str
    trigger: str | None = None
    step: str | None = None
    reason: str | None = None
    detail: str | None = None

    @classmethod
    def of(cls, contact: str, entry: TraceEntry) -> "JournalEntry":
        """The journal's line for an entry of a trace."""
        return cls(contact, entry.at, entry.kind, entry.journey, entry.trigger, entry.step, entry.reason, entry.detail)


@frozen
class Chunk:
    """What the steps of some contacts at one tick leave behind, to be committed together.

    Args:
        goals: the runs and conversions among them, by journey.
    """

    now: Instant
    stepped: Sequence[Stepped]
    outbox: Sequence[OutboxEntry] = ()
    journal: Sequence[JournalEntry] = ()
    suppressions: Sequence[Suppression] = ()
    goals: Mapping[str, Conversions] = field(factory=dict)


@frozen
class NewContact:
    """A contact that was not there before."""

    contact: str
    fields: Mapping[str, Value]
    wake: Instant
    imported: bool


@frozen
class NewChange:
    """New values of a contact's fields, and all that its source has told of it by now.

    Of two changes of a contact at the same time, the fields of both are kept, of the same field the later one's.
    """

    contact: str
    change: Change
    told: Mapping[str, Value]
    wake: Instant


@frozen
class NewEvent:
    """An event for a contact that is there. `arrived` is when it came in; its own time is no later."""

    contact: str
    event: Event
    arrived: Instant
    wake: Instant


@frozen
class LastTick:
    """The latest tick. One that is not complete was interrupted, and may be taken up again at the same minute."""

    at: Instant
    complete: bool


@frozen
class StoredVersion:
    """A version of the program, kept by content: its scripts and templates by file name."""

    version: str
    scripts: Mapping[str, str]
    templates: Mapping[str, str] = field(factory=dict)
    activated: Instant | None = None


@frozen
class Totals:
    """How much is in a store."""

    contacts: int
    events: int
    waiting: int
    delivered: int
    set_aside: int


class Store(Protocol):
    """One shard of the population, its journal, and the outbox."""

    @property
    def outbox(self) -> Outbox:
        """The messages to deliver."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All that happens inside is kept together, or, when an exception leaves it, not at all. May be nested."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...

    # ticks

    def last_tick(self) -> LastTick | None:
        """The latest tick, if there was one."""
        ...

    def mark_tick(self, tick: LastTick) -> None:
        """Note a tick."""
        ...

    def due(self, now: Instant, limit: int, after: tuple[Instant, str] | None = None) -> list[Loaded]:
        """The contacts that want to be woken by `now`, by (wake, id), with what has arrived for them by then.

        Args:
            after: only those after this (wake, id).
        """
        ...

    def count_due(self, now: Instant) -> int:
        """How many contacts want to be woken by `now`."""
        ...

    def used(self, channel: str, since: Instant) -> int:
        """How many messages of a channel were decided at or after an instant, whatever became of them."""
        ...

    def next_wake(self) -> Instant | None:
        """The earliest time at which a contact wants to be woken; None if none ever does."""
        ...

    def next_attempt(self) -> Instant | None:
        """When the next message of the outbox is due; None if none waits."""
        ...

    def suppressed(self, addresses: Iterable[str], before: Instant) -> list[Suppression]:
        """What holds for these addresses and was known before that time."""
        ...

    def save(self, chunk: Chunk) -> int:
        """Keep what a chunk left behind; gives how many keys were in the outbox already, and so were not put in."""
        ...

    # what arrives

    def told(self, contacts: Sequence[str], /) -> dict[str, Mapping[str, Value]]:
        """Of those contacts that there are: what their source has told of them."""
        ...

    def known_events(self, ids: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which of these (contact, event id) there are already."""
        ...

    def add_contacts(self, new: Sequence[NewContact]) -> None:
        """Put in contacts that are not there."""
        ...

    def add_changes(self, new: Sequence[NewChange]) -> None:
        """Put changes into the inboxes of contacts that are there."""
        ...

    def add_events(self, new: Sequence[NewEvent]) -> None:
        """Put events that are not there into the inboxes of contacts that are there."""
        ...

    def loaded_sources(self) -> Mapping[str, str]:
        """The digest of each source that was loaded, by its name."""
        ...

    def mark_source(self, name: str, digest: str, at: Instant) -> None:
        """Note that a source was loaded."""
        ...

    # the program

    def versions(self) -> list[StoredVersion]:
        """Every version that was ever activated, oldest first."""
        ...

    def live_mark(self) -> str | None:
        """What was activated last."""
        ...

    def activate(self, version: StoredVersion, mark: str, journeys: Mapping[str, Instant], now: Instant) -> None:
        """Keep a version and make it the live one; note journeys with the times at which they first went live.

        Args:
            mark: what is live from now on: the version and the settings it is run with.
        """
        ...

    def states(self, limit: int, after: str | None = None) -> list[tuple[str, State]]:
        """Contacts that were stepped, by id, each with its state.

        Args:
            after: only those after this id.
        """
        ...

    def set_states(self, states: Mapping[str, State]) -> None:
        """Replace the states of contacts that are there."""
        ...

    def live_since(self) -> Mapping[str, Instant]:
        """When each journey first went live."""
        ...

    def paused(self) -> Mapping[str, Instant]:
        """The journeys that are switched off by hand, each with the time since when."""
        ...

    def set_paused(self, journey: str, since: Instant | None) -> None:
        """Switch a journey off; with None, on again."""
        ...

    def write(self, entries: Sequence[JournalEntry]) -> None:
        """Add lines to the journal."""
        ...

    def wake_all(self, at: Instant, launch: bool) -> int:
        """Wake every contact at that time, if not earlier; with `launch`, those never stepped as first seen.

        Gives how many contacts there are.
        """
        ...

    # to look at

    def totals(self) -> Totals:
        """How much there is."""
        ...

    def contact(self, contact: str) -> Loaded | None:
        """A contact by id, with all that has arrived for it."""
        ...

    def journal(self, contact: str | None = None, limit: int | None = None) -> list[JournalEntry]:
        """The latest lines of the journal, of one contact or all, oldest first."""
        ...

    def flow(self) -> Flow:
        """How often each thing happened at each place of each journey, as far back as the journal goes."""
        ...

    def conversions(self) -> Mapping[str, Conversions]:
        """By the name of each journey that has or had a goal: its runs and conversions since then, over all ticks."""
        ...

    def standing(self, key: str) -> Status | None:
        """Where the message with this key stands; None if there is none."""
        ...

    def unrendered(self) -> list[OutboxEntry]:
        """The messages that could not be rendered, in the order in which they came."""
        ...

    def replace_unrendered(self, entry: OutboxEntry) -> None:
        """Put a message that could be rendered now in the place of the entry with its key."""
        ...
