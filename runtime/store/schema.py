"""The tables of a store, for every database, and how instants stand in them.

`shard` leads the keys of all that belongs to a contact. Instants are whole microseconds since 1970 in UTC, and one
that never comes is NULL. Fields, payloads, states, messages and files are JSON text (see `runtime/codec`).
"""

import datetime as dt

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

from wend.runtime.values import FOREVER, UTC, Instant

PRODUCT = "wend"
SCHEMA_VERSION = 6

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def to_micros(instant: Instant) -> int:
    """An instant as microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> Instant:
    """The instant of so many microseconds since 1970."""
    return _EPOCH + dt.timedelta(microseconds=micros)


def wake_to_micros(wake: Instant) -> int | None:
    """As `to_micros`; `FOREVER` is NULL."""
    return None if wake >= FOREVER else to_micros(wake)


def wake_from_micros(micros: int | None) -> Instant:
    """As `from_micros`; NULL is `FOREVER`."""
    return FOREVER if micros is None else from_micros(micros)


# SQLite numbers rows by itself only under this very type.
_Serial = BigInteger().with_variant(Integer, "sqlite")


def _shard() -> Column[int]:
    return Column("shard", Integer, primary_key=True, autoincrement=False)


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

ticks = Table(
    "ticks",
    metadata,
    _shard(),
    Column("at", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    _shard(),
    Column("id", Text, primary_key=True),
    Column("fields", Text, nullable=False),
    Column("told", Text, nullable=False),  # what the source said last: only what differs from this is a change
    Column("state", Text),  # NULL: never stepped
    Column("launch", Boolean, nullable=False),  # the next step sees it as imported
    Column("wake", BigInteger),
)
Index("contacts_by_wake", contacts.c.shard, contacts.c.wake, contacts.c.id)

changes = Table(
    "changes",
    metadata,
    _shard(),
    Column("contact", Text, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("fields", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    _shard(),
    Column("contact", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("arrived", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("imported", Boolean, nullable=False),
    Column("taken", Boolean, nullable=False),  # in the history; else in the inbox
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", _Serial, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("journey", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("message", Text),  # NULL: it could not be rendered
    Column("effect", Text),  # then what was to be rendered
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("in_flight", Boolean, nullable=False),
    Column("last_attempt", BigInteger),
    Column("not_before", BigInteger, nullable=False),
    Column("settled", BigInteger),
    Column("detail", Text, nullable=False),
)
Index("outbox_by_channel", outbox.c.status, outbox.c.channel, outbox.c.not_before, outbox.c.seq)

spent = Table(  # the keys of delivered messages that were let go of
    "spent",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

journal = Table(
    "journal",
    metadata,
    Column("seq", _Serial, primary_key=True),
    Column("shard", Integer, nullable=False),
    Column("contact", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("journey", Text, nullable=False),
    Column("trigger", Text),
    Column("step", Text),
    Column("reason", Text),
    Column("detail", Text),
)
Index("journal_by_contact", journal.c.shard, journal.c.contact, journal.c.seq)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("topic", Text, primary_key=True),  # empty: all topics
    Column("at", BigInteger, nullable=False),
)

journeys = Table(
    "journeys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("live_since", BigInteger, nullable=False),
)

goals = Table(
    "goals",
    metadata,
    _shard(),
    Column("journey", Text, primary_key=True),
    Column("runs", BigInteger, nullable=False),
    Column("converted", BigInteger, nullable=False),
    Column("held_out_runs", BigInteger, nullable=False),
    Column("held_out_converted", BigInteger, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),  # the tick
    Column("messages", BigInteger, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("journey", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("seq", _Serial, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("journey", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("answer", Text),  # NULL: it waits
    sqlite_autoincrement=True,  # no number comes twice, though rows go
)

versions = Table(
    "versions",
    metadata,
    Column("version", Text, primary_key=True),
    Column("scripts", Text, nullable=False),
    Column("templates", Text, nullable=False),
    Column("activated", BigInteger, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
