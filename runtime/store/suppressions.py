"""The table of suppressions: what an address refuses, over which channel, since when."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, select

from wend.runtime.state import Suppression
from wend.runtime.store import schema
from wend.runtime.store.rows import suppression_of, suppression_row
from wend.runtime.store.schema import to_micros
from wend.runtime.values import FOREVER, Instant


def known(connection: Connection, addresses: Iterable[str], before: Instant) -> list[Suppression]:
    """What holds for these addresses and was known before that time."""
    table, wanted = schema.suppressions, sorted(set(addresses))
    if not wanted:
        return []
    found = select(table).where(table.c.address.in_(wanted), table.c.at < to_micros(before))
    return [suppression_of(row) for row in connection.execute(found)]


def add(connection: Connection, new: Sequence[Suppression], now: Instant) -> None:
    """Keep those that are not there yet."""
    if not new:
        return
    there = set(known(connection, [each.address for each in new], FOREVER))
    rows = [suppression_row(each, now) for each in dict.fromkeys(new) if each not in there]
    if rows:
        connection.execute(insert(schema.suppressions), rows)
