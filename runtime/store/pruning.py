"""What a database lets go of after a while: lines of the journal, and messages that were delivered.

Of a message its key stays, so that the same is not taken in again. What waits or is set aside is never let go of; nor
are contacts, their states and their events, which the meaning of scripts rests on.
"""

from sqlalchemy import Connection, delete, insert, select

from wend.runtime.store.protocol import Status
from wend.runtime.store.schema import from_micros, journal, outbox, spent, to_micros, usage
from wend.runtime.values import Instant

_DELIVERED = Status.DELIVERED.value


def prune(connection: Connection, before: Instant, most: int) -> int:
    """Let go of what is older, the oldest first and no more than so many rows of each kind; gives how many went."""
    return _lines(connection, before, most) + _messages(connection, before, most)


def _lines(connection: Connection, before: Instant, most: int) -> int:
    """Lines stand in the order in which they were written, so that only the first ones are looked at."""
    oldest = connection.execute(select(journal.c.seq, journal.c.at).order_by(journal.c.seq).limit(most)).all()
    gone = 0
    for row in oldest:
        if from_micros(row.at) >= before:
            break
        gone += 1
    if gone:
        connection.execute(delete(journal).where(journal.c.seq <= oldest[gone - 1].seq))
    return gone


def _messages(connection: Connection, before: Instant, most: int) -> int:
    gone, limit = 0, to_micros(before)
    for channel in connection.execute(select(usage.c.channel).distinct()).scalars().all():
        old = (
            select(outbox.c.seq, outbox.c.key)
            .where(outbox.c.status == _DELIVERED, outbox.c.channel == channel)
            .where(outbox.c.not_before < limit, outbox.c.settled < limit)
            .order_by(outbox.c.not_before)
            .limit(most - gone)
        )
        rows = connection.execute(old).all()
        if rows:
            connection.execute(insert(spent), [{"key": packed(row.key)} for row in rows])
            connection.execute(delete(outbox).where(outbox.c.seq.in_([row.seq for row in rows])))
            gone += len(rows)
        if gone >= most:
            break
    return gone


def packed(key: str) -> bytes:
    """A key in as few bytes as may be: ours are hexadecimal digits, those of others stand as they are."""
    try:
        made = bytes.fromhex(key)
    except ValueError:
        return b"=" + key.encode()
    return made if made.hex() == key and len(made) == _OURS else b"=" + key.encode()


_OURS = 16  # bytes: 32 hexadecimal digits
