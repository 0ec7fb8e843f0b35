"""The outbox as a table."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from wend.runtime.delivery.delivery import OutboxRow
from wend.runtime.delivery.messages import from_json
from wend.runtime.store.protocol import OutboxEntry, Status
from wend.runtime.store.pruning import packed
from wend.runtime.store.rows import outbox_entry, outbox_row
from wend.runtime.store.schema import from_micros, outbox, spent, to_micros, usage

_WAITING = outbox.c.status == Status.WAITING.value


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(_WAITING, outbox.c.not_before <= to_micros(now))


def _count(connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
    """Count messages by channel and tick, for the quotas."""
    for (channel, at), number in Counter((row["channel"], row["at"]) for row in rows).items():
        here = and_(usage.c.channel == channel, usage.c.at == at)
        if not connection.execute(update(usage).where(here).values(messages=usage.c.messages + number)).rowcount:
            connection.execute(insert(usage).values(channel=channel, at=at, messages=number))


class SqlOutbox:
    """The messages of a database: `Outbox` of `wend.runtime.delivery.delivery`, each call durable when it returns.

    Args:
        connection: gives a connection within a transaction.
    """

    def __init__(self, connection: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._connection = connection

    def add(self, entries: Sequence[OutboxEntry]) -> int:
        """Put messages in; gives how many were left out because there is one with their key, in whatever state."""
        if not entries:
            return 0
        rows = {entry.key: outbox_row(entry) for entry in reversed(entries)}
        with self._connection() as connection:
            there = connection.execute(select(outbox.c.key).where(outbox.c.key.in_(rows))).scalars().all()
            gone = {packed(key): key for key in rows}
            past = connection.execute(select(spent.c.key).where(spent.c.key.in_(gone))).scalars().all()
            for key in {*there, *(gone[each] for each in past)}:
                del rows[key]
            if rows:
                connection.execute(insert(outbox), list(reversed(rows.values())))
                _count(connection, rows.values())
        return len(entries) - len(rows)

    def waiting(self, now: datetime) -> Mapping[str, int]:
        """How many rows are due, by channel."""
        counted = select(outbox.c.channel, func.count()).where(_due(now)).group_by(outbox.c.channel)
        with self._connection() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def due(self, now: datetime, limit: int, channel: str) -> list[OutboxRow]:
        """The due rows of a channel, by (not_before, the order in which they came in)."""
        wanted = (
            select(outbox.c.message, outbox.c.attempts, outbox.c.last_attempt, outbox.c.in_flight)
            .where(_due(now), outbox.c.channel == channel)
            .order_by(outbox.c.not_before, outbox.c.seq)
            .limit(limit)
        )
        with self._connection() as connection:
            return [
                OutboxRow(
                    from_json(row.message),
                    row.attempts,
                    None if row.last_attempt is None else from_micros(row.last_attempt),
                    row.in_flight,
                )
                for row in connection.execute(wanted)
            ]

    def next_attempt(self) -> datetime | None:
        """When the next message is due; None if none waits."""
        with self._connection() as connection:
            micros = connection.execute(select(func.min(outbox.c.not_before)).where(_WAITING)).scalar()
        return None if micros is None else from_micros(micros)

    def attempted(self, key: str, now: datetime) -> None:
        """It is being sent."""
        self._set(key, attempts=outbox.c.attempts + 1, in_flight=True, last_attempt=to_micros(now))

    def delivered(self, key: str, now: datetime) -> None:
        """It arrived."""
        self._set(key, status=Status.DELIVERED.value, in_flight=False, settled=to_micros(now), detail="")

    def retry(self, key: str, now: datetime, not_before: datetime, detail: str) -> None:
        """It waits for another attempt."""
        self._set(key, in_flight=False, not_before=to_micros(not_before), detail=detail)

    def set_aside(self, key: str, now: datetime, detail: str) -> None:
        """It is not sent any more."""
        self._set(key, status=Status.SET_ASIDE.value, in_flight=False, settled=to_micros(now), detail=detail)

    def release(self, key: str, now: datetime) -> None:
        """It was not sent after all."""
        self._set(key, attempts=outbox.c.attempts - 1, in_flight=False)

    def postpone(self, channel: str, now: datetime, not_before: datetime, detail: str) -> None:
        """All due ones of a channel wait."""
        waiting = and_(_due(now), outbox.c.channel == channel)
        with self._connection() as connection:
            connection.execute(update(outbox).where(waiting).values(not_before=to_micros(not_before), detail=detail))

    def hasten(self, now: datetime) -> None:
        """All that wait for another attempt are due now."""
        again = and_(_WAITING, outbox.c.detail != "", outbox.c.not_before > to_micros(now))
        with self._connection() as connection:
            connection.execute(update(outbox).where(again).values(not_before=to_micros(now)))

    def entries(self, status: Status | None = None) -> list[OutboxEntry]:
        """The messages that stand so, or all, in the order in which they came in."""
        wanted = select(outbox).order_by(outbox.c.seq)
        if status is not None:
            wanted = wanted.where(outbox.c.status == status.value)
        with self._connection() as connection:
            return [outbox_entry(row) for row in connection.execute(wanted)]

    def standing(self, key: str) -> Status | None:
        """Where the message with this key stands; None if there is none."""
        with self._connection() as connection:
            found = connection.execute(select(outbox.c.status).where(outbox.c.key == key)).scalar()
            if found is None and connection.execute(select(spent.c.key).where(spent.c.key == packed(key))).scalar():
                return Status.DELIVERED
        return None if found is None else Status(found)

    def unrendered(self) -> list[OutboxEntry]:
        """The messages that could not be rendered."""
        wanted = select(outbox).where(outbox.c.status == Status.SET_ASIDE.value, outbox.c.message.is_(None))
        with self._connection() as connection:
            return [outbox_entry(row) for row in connection.execute(wanted.order_by(outbox.c.seq))]

    def replace(self, entry: OutboxEntry) -> None:
        """Put a message in the place of one with its key that could not be rendered."""
        row = outbox_row(entry)
        with self._connection() as connection:
            here = and_(outbox.c.key == row.pop("key"), outbox.c.message.is_(None))
            connection.execute(update(outbox).where(here).values(row))

    def counts(self) -> Mapping[Status, int]:
        """How many messages stand how."""
        counted = select(outbox.c.status, func.count()).group_by(outbox.c.status)
        with self._connection() as connection:
            counts = Counter({Status(status): count for status, count in connection.execute(counted)})
            counts[Status.DELIVERED] += connection.execute(select(func.count()).select_from(spent)).scalar() or 0
        return {status: count for status, count in counts.items() if count}

    def _set(self, key: str, **values: object) -> None:
        with self._connection() as connection:
            connection.execute(update(outbox).where(outbox.c.key == key).values(values))
