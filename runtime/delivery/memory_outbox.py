"""An outbox in memory, for simulations and tests; it says by example what every outbox has to do."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import define

from wend.runtime.delivery.delivery import OutboxRow
from wend.runtime.delivery.messages import Message


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    SET_ASIDE = "set aside"


@define
class Entry:
    """One message and its fate so far."""

    message: Message
    not_before: datetime
    state: State = State.WAITING
    attempts: int = 0
    in_flight: bool = False
    last_attempt: datetime | None = None
    settled: datetime | None = None
    detail: str = ""


class MemoryOutbox:
    """Messages by key, in the order in which they came in."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def add(self, message: Message, not_before: datetime | None = None) -> bool:
        """Put a message in; False if its key is already there, in whatever state, and nothing was changed."""
        if message.key in self._entries:
            return False
        self._entries[message.key] = Entry(message, not_before or message.at)
        return True

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def in_state(self, state: State) -> list[Message]:
        """The messages that stand so, in order."""
        return [entry.message for entry in self if entry.state is state]

    def waiting(self, now: datetime) -> Mapping[str, int]:
        """How many are due, by channel."""
        return Counter(entry.message.channel for entry in self._due(now))

    def due(self, now: datetime, limit: int, channel: str) -> list[OutboxRow]:
        """The due ones of a channel, longest due first."""
        entries = [entry for entry in self._due(now) if entry.message.channel == channel]
        entries.sort(key=lambda entry: entry.not_before)
        return [OutboxRow(e.message, e.attempts, e.last_attempt, e.in_flight) for e in entries[:limit]]

    def attempted(self, key: str, now: datetime) -> None:
        """It is being sent."""
        entry = self._entries[key]
        entry.attempts, entry.in_flight, entry.last_attempt = entry.attempts + 1, True, now

    def delivered(self, key: str, now: datetime) -> None:
        """It arrived."""
        self._settle(key, State.DELIVERED, now, "")

    def retry(self, key: str, now: datetime, not_before: datetime, detail: str) -> None:
        """It waits for another attempt."""
        entry = self._entries[key]
        entry.in_flight, entry.not_before, entry.detail = False, not_before, detail

    def set_aside(self, key: str, now: datetime, detail: str) -> None:
        """It is not sent any more."""
        self._settle(key, State.SET_ASIDE, now, detail)

    def release(self, key: str, now: datetime) -> None:
        """It was not sent after all."""
        entry = self._entries[key]
        entry.attempts, entry.in_flight = entry.attempts - 1, False

    def postpone(self, channel: str, now: datetime, not_before: datetime, detail: str) -> None:
        """All due ones of a channel wait."""
        for entry in self._due(now):
            if entry.message.channel == channel:
                entry.not_before, entry.detail = not_before, detail

    def hasten(self, now: datetime) -> None:
        """All that wait are due now, except what is not yet due for the first time."""
        for entry in self:
            if entry.state is State.WAITING and entry.detail:
                entry.not_before = min(entry.not_before, now)

    def _due(self, now: datetime) -> list[Entry]:
        return [entry for entry in self if entry.state is State.WAITING and entry.not_before <= now]

    def _settle(self, key: str, state: State, now: datetime, detail: str) -> None:
        entry = self._entries[key]
        entry.state, entry.in_flight, entry.settled, entry.detail = state, False, now, detail
