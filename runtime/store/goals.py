"""The table of goals: how many runs of each journey began, and how many converted."""

from collections.abc import Mapping

import attrs
from sqlalchemy import Connection, and_, insert, select, update

from wend.runtime.conversions import Conversions
from wend.runtime.store import schema


def count(connection: Connection, shard: int, counted: Mapping[str, Conversions]) -> None:
    """Add what was counted, by journey."""
    table = schema.goals
    for journey, more in counted.items():
        numbers = attrs.asdict(more)
        here = and_(table.c.shard == shard, table.c.journey == journey)
        added = {name: table.c[name] + number for name, number in numbers.items()}
        if more and not connection.execute(update(table).where(here).values(added)).rowcount:
            connection.execute(insert(table).values(shard=shard, journey=journey, **numbers))


def read(connection: Connection, shard: int) -> Mapping[str, Conversions]:
    """What was counted so far, by the name of each journey."""
    table = schema.goals
    wanted = select(table).where(table.c.shard == shard).order_by(table.c.journey)
    return {
        row.journey: Conversions(row.runs, row.converted, row.held_out_runs, row.held_out_converted)
        for row in connection.execute(wanted)
    }
