"""An outbox whose every call waits for a lock: messages are delivered while other threads use the same store."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from attrs import frozen

from wend.runtime.delivery.delivery import Outbox, OutboxRow


@frozen
class LockedOutbox:
    """An outbox, each call of it under the lock. The lock is free while a channel works."""

    inner: Outbox
    lock: AbstractContextManager[object]

    def waiting(self, now: datetime) -> Mapping[str, int]:
        """See `Outbox`, as for all that follow."""
        with self.lock:
            return self.inner.waiting(now)

    def due(self, now: datetime, limit: int, channel: str) -> list[OutboxRow]:
        """The due rows of a channel."""
        with self.lock:
            return self.inner.due(now, limit, channel)

    def attempted(self, key: str, now: datetime) -> None:
        """It is being sent."""
        with self.lock:
            self.inner.attempted(key, now)

    def delivered(self, key: str, now: datetime) -> None:
        """It arrived."""
        with self.lock:
            self.inner.delivered(key, now)

    def retry(self, key: str, now: datetime, not_before: datetime, detail: str) -> None:
        """It did not arrive, and is due again."""
        with self.lock:
            self.inner.retry(key, now, not_before, detail)

    def set_aside(self, key: str, now: datetime, detail: str) -> None:
        """It is not to be sent any more."""
        with self.lock:
            self.inner.set_aside(key, now, detail)

    def release(self, key: str, now: datetime) -> None:
        """It was not sent after all."""
        with self.lock:
            self.inner.release(key, now)

    def postpone(self, channel: str, now: datetime, not_before: datetime, detail: str) -> None:
        """Every due row of a channel waits."""
        with self.lock:
            self.inner.postpone(channel, now, not_before, detail)

    def hasten(self, now: datetime) -> None:
        """Every row that waits is due now."""
        with self.lock:
            self.inner.hasten(now)
