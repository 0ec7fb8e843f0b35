"""Reading the journal of a database: its lines, and what they come to."""

from sqlalchemy import Connection, func, select

from wend.runtime.store.protocol import JournalEntry
from wend.runtime.store.rows import journal_entry
from wend.runtime.store.schema import journal
from wend.runtime.telling.flow import Flow, Spot


def lines(connection: Connection, shard: int, contact: str | None, limit: int | None) -> list[JournalEntry]:
    """The latest lines, of one contact or all, oldest first."""
    wanted = select(journal).where(journal.c.shard == shard).order_by(journal.c.seq.desc()).limit(limit)
    if contact is not None:
        wanted = wanted.where(journal.c.contact == contact)
    return [journal_entry(row) for row in reversed(connection.execute(wanted).all())]


def flow(connection: Connection, shard: int) -> Flow:
    """How often each thing happened at each place of each journey."""
    place = (journal.c.journey, journal.c.trigger, journal.c.step, journal.c.kind, journal.c.reason)
    wanted = select(*place, func.count()).where(journal.c.shard == shard).group_by(*place)
    return Flow({Spot(*row[:5]): row[5] for row in connection.execute(wanted)})
