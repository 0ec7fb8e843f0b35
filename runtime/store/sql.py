"""A store in a database, through SQLAlchemy Core."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, bindparam, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from wend.runtime.codec import fields_from_json, fields_to_json, state_from_json, state_to_json
from wend.runtime.conversions import Conversions
from wend.runtime.state import State, Suppression
from wend.runtime.store import goals, journal, pruning, schema, suppressions
from wend.runtime.store.errors import StoreError, explain
from wend.runtime.store.outbox import SqlOutbox
from wend.runtime.store.protocol import (
    Chunk,
    JournalEntry,
    LastTick,
    Loaded,
    NewChange,
    NewContact,
    NewEvent,
    OutboxEntry,
    Status,
    Stepped,
    StoredVersion,
    Totals,
)
from wend.runtime.store.rows import (
    AnyRow,
    event_row,
    journal_row,
    loaded_contact,
    own_events,
    version_of,
    version_row,
)
from wend.runtime.store.schema import changes, contacts, events, from_micros, to_micros, wake_to_micros
from wend.runtime.telling.flow import Flow
from wend.runtime.values import FOREVER, Instant, Value

_LIVE = "live"


class SqlStore:
    """A shard in a database. Not for several threads at once; `open_sqlite` opens one.

    Args:
        engine: whose database has the tables already.
        name: what messages call the store: a path, an address.
        shard: the shard that this store keeps.
    """

    def __init__(self, engine: Engine, name: str, shard: int = 0) -> None:
        self.engine, self.name, self.shard = engine, name, shard
        self._connection: Connection | None = None
        self._broken = self._closed = False
        self._outbox = SqlOutbox(self.connection)

    @property
    def outbox(self) -> SqlOutbox:
        """The messages to deliver."""
        return self._outbox

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All inside is kept together or not at all; an exception that leaves an inner one undoes the outer one."""
        with self.connection():
            yield

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection, within a transaction."""
        if self._connection is not None:
            try:
                yield self._connection
            except BaseException:
                self._broken = True
                raise
            return
        if self._closed:  # the lock is gone, so somebody else may be running on it
            raise StoreError("the store is closed", help="open it again", place=self.name)
        try:
            with self.engine.connect() as connection, connection.begin():
                self._connection, self._broken = connection, False
                yield connection
                if self._broken:
                    raise StoreError("a part of the transaction failed, so nothing of it was kept", place=self.name)
        except DBAPIError as error:
            raise explain(error, self.name) from error
        finally:
            self._connection = None

    def prune(self, before: Instant, most: int) -> int:
        """Let go of what is older, no more than so many rows at once; gives how many went. See `pruning`."""
        with self.connection() as connection:
            return pruning.prune(connection, before, most)

    def close(self) -> None:
        """Close the database; whoever still uses the store is refused."""
        self._closed = True
        self.engine.dispose()

    # ticks

    def last_tick(self) -> LastTick | None:
        """The latest tick of this shard, if there was one."""
        ticks = schema.ticks
        with self.connection() as connection:
            row = connection.execute(select(ticks.c.at, ticks.c.complete).where(ticks.c.shard == self.shard)).first()
        return LastTick(from_micros(row.at), row.complete) if row else None

    def mark_tick(self, tick: LastTick) -> None:
        """Note a tick."""
        ticks = schema.ticks
        values = {"at": to_micros(tick.at), "complete": tick.complete}
        with self.connection() as connection:
            if not connection.execute(update(ticks).where(ticks.c.shard == self.shard).values(values)).rowcount:
                connection.execute(insert(ticks).values(shard=self.shard, **values))

    def due(self, now: Instant, limit: int, after: tuple[Instant, str] | None = None) -> list[Loaded]:
        """The contacts that are due, by (wake, id), with what arrived by then; only those after that one."""
        wanted = (
            select(contacts)
            .where(contacts.c.shard == self.shard, contacts.c.wake <= to_micros(now))
            .order_by(contacts.c.wake, contacts.c.id)
            .limit(limit)
        )
        if after is not None:
            wanted = wanted.where(tuple_(contacts.c.wake, contacts.c.id) > tuple_(to_micros(after[0]), after[1]))
        return self._load(wanted, to_micros(now))

    def count_due(self, now: Instant) -> int:
        """How many contacts want to be woken by that time."""
        mine = and_(contacts.c.shard == self.shard, contacts.c.wake <= to_micros(now))
        with self.connection() as connection:
            return connection.execute(select(func.count()).select_from(contacts).where(mine)).scalar() or 0

    def used(self, channel: str, since: Instant) -> int:
        """How many messages of a channel were decided at or after an instant."""
        usage = schema.usage
        mine = and_(usage.c.channel == channel, usage.c.at >= to_micros(since))
        with self.connection() as connection:
            return connection.execute(select(func.sum(usage.c.messages)).where(mine)).scalar() or 0

    def contact(self, contact: str) -> Loaded | None:
        """A contact by id, with all that has arrived for it."""
        wanted = select(contacts).where(contacts.c.shard == self.shard, contacts.c.id == contact)
        return next(iter(self._load(wanted, to_micros(FOREVER))), None)

    def _load(self, wanted: Select[Any], until: int) -> list[Loaded]:
        with self.connection() as connection:
            rows = connection.execute(wanted).all()
            if not rows:
                return []
            ids = [row.id for row in rows]
            happened: dict[str, list[AnyRow]] = {}
            theirs = and_(events.c.shard == self.shard, events.c.contact.in_(ids))
            for event in connection.execute(select(events).where(theirs)):
                happened.setdefault(event.contact, []).append(event)
            changed: dict[str, list[AnyRow]] = {}
            theirs = and_(changes.c.shard == self.shard, changes.c.contact.in_(ids))
            for change in connection.execute(select(changes).where(theirs).order_by(changes.c.time)):
                changed.setdefault(change.contact, []).append(change)
        return [loaded_contact(row, happened.get(row.id, ()), changed.get(row.id, ()), until) for row in rows]

    def next_wake(self) -> Instant | None:
        """The earliest time at which a contact wants to be woken."""
        with self.connection() as connection:
            micros = connection.execute(
                select(func.min(contacts.c.wake)).where(contacts.c.shard == self.shard)
            ).scalar()
        return None if micros is None else from_micros(micros)

    def next_attempt(self) -> Instant | None:
        """When the next message of the outbox is due."""
        return self.outbox.next_attempt()

    def suppressed(self, addresses: Iterable[str], before: Instant) -> list[Suppression]:
        """What holds for these addresses and was known before that time."""
        with self.connection() as connection:
            return suppressions.known(connection, addresses, before)

    def save(self, chunk: Chunk) -> int:
        """Keep what a chunk left behind, in one transaction; gives how many keys were in the outbox already."""
        with self.connection() as connection:
            self._save_contacts(connection, chunk.stepped)
            self._save_events(connection, chunk.stepped, chunk.now)
            if chunk.journal:
                connection.execute(insert(schema.journal), [journal_row(self.shard, entry) for entry in chunk.journal])
            suppressions.add(connection, chunk.suppressions, chunk.now)
            goals.count(connection, self.shard, chunk.goals)
            return self.outbox.add(chunk.outbox)

    def _save_contacts(self, connection: Connection, stepped: Sequence[Stepped]) -> None:
        plain, written = [], []
        for each in stepped:
            row: dict[str, object] = {
                "contact": each.contact.id,
                "to_state": state_to_json(each.state),
                "to_wake": wake_to_micros(min(each.wake, each.before.news)),
            }
            if each.contact.fields is each.before.contact.fields:
                plain.append(row)
            else:
                row["to_fields"] = fields_to_json(each.contact.fields)
                written.append(row)
        here = and_(contacts.c.shard == self.shard, contacts.c.id == bindparam("contact"))
        values = {"state": bindparam("to_state"), "wake": bindparam("to_wake"), "launch": False}
        if plain:
            connection.execute(update(contacts).where(here).values(values), plain)
        if written:
            connection.execute(update(contacts).where(here).values(**values, fields=bindparam("to_fields")), written)

    def _save_events(self, connection: Connection, stepped: Sequence[Stepped], now: Instant) -> None:
        """What arrived is in the history now, and what journeys emitted."""
        until = to_micros(now)
        if took := [each.contact.id for each in stepped if each.before.inbox.events]:
            theirs = and_(events.c.shard == self.shard, events.c.contact.in_(took))
            fresh = and_(theirs, events.c.taken.is_(False), events.c.arrived <= until)
            connection.execute(update(events).where(fresh).values(taken=True))
        if took := [each.contact.id for each in stepped if each.before.inbox.changes]:
            theirs = and_(changes.c.shard == self.shard, changes.c.contact.in_(took))
            connection.execute(delete(changes).where(theirs, changes.c.time <= until))
        own = {(each.contact.id, event.id): event for each in stepped for event in own_events(each)}
        # The first event with an id wins, also where a later one from outside waits in the inbox.
        for there in self.known_events(list(own)):
            del own[there]
        if own:
            rows = [event_row(self.shard, contact, event, now, True) for (contact, _), event in own.items()]
            connection.execute(insert(events), rows)

    # what arrives

    def told(self, wanted: Sequence[str]) -> dict[str, Mapping[str, Value]]:
        """Of those contacts that there are: what their source has told of them."""
        theirs = and_(contacts.c.shard == self.shard, contacts.c.id.in_(wanted))
        with self.connection() as connection:
            rows = connection.execute(select(contacts.c.id, contacts.c.told).where(theirs)).all()
        return {row.id: fields_from_json(row.told) for row in rows}

    def known_events(self, ids: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which of these (contact, event id) there are already."""
        if not ids:
            return set()
        theirs = and_(events.c.shard == self.shard, tuple_(events.c.contact, events.c.id).in_(ids))
        with self.connection() as connection:
            return {
                (row.contact, row.id) for row in connection.execute(select(events.c.contact, events.c.id).where(theirs))
            }

    def add_contacts(self, new: Sequence[NewContact]) -> None:
        """Put in contacts that are not there."""
        rows = []
        for each in new:
            fields = fields_to_json(each.fields)
            rows.append(
                {
                    "shard": self.shard,
                    "id": each.contact,
                    "fields": fields,
                    "told": fields,
                    "state": None,
                    "launch": each.imported,
                    "wake": wake_to_micros(each.wake),
                }
            )
        if rows:
            with self.connection() as connection:
                connection.execute(insert(contacts), rows)

    def add_changes(self, new: Sequence[NewChange]) -> None:
        """Put changes into the inboxes of contacts that are there."""
        if not new:
            return
        with self.connection() as connection:
            for each in new:
                time = to_micros(each.change.time)
                here = and_(changes.c.shard == self.shard, changes.c.contact == each.contact, changes.c.time == time)
                before = connection.execute(select(changes.c.fields).where(here)).scalar()
                fields = fields_to_json({**(fields_from_json(before) if before else {}), **each.change.fields})
                if before is None:
                    row = {"shard": self.shard, "contact": each.contact, "time": time}
                    connection.execute(insert(changes).values(**row, id=each.change.id, fields=fields))
                else:
                    connection.execute(update(changes).where(here).values(fields=fields))
                here = and_(contacts.c.shard == self.shard, contacts.c.id == each.contact)
                connection.execute(update(contacts).where(here).values(told=fields_to_json(each.told)))
            self._wake(connection, {each.contact: to_micros(each.wake) for each in new})

    def add_events(self, new: Sequence[NewEvent]) -> None:
        """Put events that are not there into the inboxes of contacts that are there."""
        if not new:
            return
        with self.connection() as connection:
            rows = [event_row(self.shard, each.contact, each.event, each.arrived, False) for each in new]
            connection.execute(insert(events), rows)
            self._wake(connection, {each.contact: to_micros(each.wake) for each in new})

    def _wake(self, connection: Connection, wakes: Mapping[str, int]) -> None:
        """Wake contacts at that time, unless they want to be woken earlier."""
        here = and_(contacts.c.shard == self.shard, contacts.c.id == bindparam("contact"))
        later = or_(contacts.c.wake.is_(None), contacts.c.wake > bindparam("at"))
        sooner = update(contacts).where(here, later).values(wake=bindparam("at"))
        connection.execute(sooner, [{"contact": contact, "at": at} for contact, at in wakes.items()])

    def loaded_sources(self) -> Mapping[str, str]:
        """The digest of each source that was loaded, by its name."""
        sources = schema.sources
        with self.connection() as connection:
            return {row.name: row.digest for row in connection.execute(select(sources.c.name, sources.c.digest))}

    def mark_source(self, name: str, digest: str, at: Instant) -> None:
        """Note that a source was loaded."""
        sources = schema.sources
        values = {"digest": digest, "at": to_micros(at)}
        with self.connection() as connection:
            if not connection.execute(update(sources).where(sources.c.name == name).values(values)).rowcount:
                connection.execute(insert(sources).values(name=name, **values))

    # the program

    def versions(self) -> list[StoredVersion]:
        """Every version that was ever activated, oldest first."""
        table = schema.versions
        with self.connection() as connection:
            return [version_of(row) for row in connection.execute(select(table).order_by(table.c.activated))]

    def live_mark(self) -> str | None:
        """What was activated last."""
        meta = schema.meta
        with self.connection() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.key == _LIVE)).scalar()

    def activate(self, version: StoredVersion, mark: str, journeys: Mapping[str, Instant], now: Instant) -> None:
        """Keep a version and make it the live one; note journeys with the times at which they first went live.

        Args:
            mark: what is live from now on: the version and the settings it is run with.
        """
        meta, table = schema.meta, schema.versions
        row = version_row(version, now)
        with self.connection() as connection:
            here = table.c.version == version.version
            kept = {"scripts": row["scripts"], "templates": row["templates"]}
            if not connection.execute(update(table).where(here).values(kept)).rowcount:
                connection.execute(insert(table).values(row))
            if not connection.execute(update(meta).where(meta.c.key == _LIVE).values(value=mark)).rowcount:
                connection.execute(insert(meta).values(key=_LIVE, value=mark))
            rows = [{"name": name, "live_since": to_micros(since)} for name, since in journeys.items()]
            if rows:
                connection.execute(insert(schema.journeys), rows)

    def states(self, limit: int, after: str | None = None) -> list[tuple[str, State]]:
        """Contacts that were stepped, by id, each with its state; only those after that id."""
        mine = and_(contacts.c.shard == self.shard, contacts.c.state.is_not(None))
        wanted = select(contacts.c.id, contacts.c.state).where(mine).order_by(contacts.c.id).limit(limit)
        if after is not None:
            wanted = wanted.where(contacts.c.id > after)
        with self.connection() as connection:
            return [(row.id, state_from_json(row.state)) for row in connection.execute(wanted)]

    def set_states(self, states: Mapping[str, State]) -> None:
        """Replace the states of contacts that are there."""
        here = and_(contacts.c.shard == self.shard, contacts.c.id == bindparam("contact"))
        rows = [{"contact": contact, "to_state": state_to_json(state)} for contact, state in states.items()]
        if rows:
            with self.connection() as connection:
                connection.execute(update(contacts).where(here).values(state=bindparam("to_state")), rows)

    def live_since(self) -> Mapping[str, Instant]:
        """When each journey first went live."""
        with self.connection() as connection:
            return {row.name: from_micros(row.live_since) for row in connection.execute(select(schema.journeys))}

    def paused(self) -> Mapping[str, Instant]:
        """The journeys that are switched off by hand, each with the time since when."""
        wanted = select(schema.pauses).order_by(schema.pauses.c.journey)
        with self.connection() as connection:
            return {row.journey: from_micros(row.since) for row in connection.execute(wanted)}

    def set_paused(self, journey: str, since: Instant | None) -> None:
        """Switch a journey off; with None, on again."""
        with self.connection() as connection:
            connection.execute(delete(schema.pauses).where(schema.pauses.c.journey == journey))
            if since is not None:
                connection.execute(insert(schema.pauses).values(journey=journey, since=to_micros(since)))

    def write(self, entries: Sequence[JournalEntry]) -> None:
        """Add lines to the journal."""
        with self.connection() as connection:
            connection.execute(insert(schema.journal), [journal_row(self.shard, entry) for entry in entries])

    def wake_all(self, at: Instant, launch: bool) -> int:
        """Wake every contact at that time, if not earlier; with `launch`, those never stepped as first seen."""
        all_here, micros = contacts.c.shard == self.shard, to_micros(at)
        later = or_(contacts.c.wake.is_(None), contacts.c.wake > micros)
        with self.connection() as connection:
            connection.execute(update(contacts).where(all_here, later).values(wake=micros))
            if launch:
                connection.execute(update(contacts).where(all_here, contacts.c.state.is_(None)).values(launch=True))
            return connection.execute(select(func.count()).select_from(contacts).where(all_here)).scalar() or 0

    # to look at

    def totals(self) -> Totals:
        """How much there is."""
        with self.connection() as connection:
            people, happenings = (
                connection.execute(select(func.count()).select_from(table).where(table.c.shard == self.shard)).scalar()
                or 0
                for table in (contacts, events)
            )
            counts = self.outbox.counts()
        waiting, delivered, aside = (counts.get(status, 0) for status in Status)
        return Totals(people, happenings, waiting, delivered, aside)

    def journal(self, contact: str | None = None, limit: int | None = None) -> list[JournalEntry]:
        """The latest lines of the journal, of one contact or all, oldest first."""
        with self.connection() as connection:
            return journal.lines(connection, self.shard, contact, limit)

    def flow(self) -> Flow:
        """How often each thing happened at each place of each journey, as far back as the journal goes."""
        with self.connection() as connection:
            return journal.flow(connection, self.shard)

    def conversions(self) -> Mapping[str, Conversions]:
        """By the name of each journey that has or had a goal: its runs and conversions since then, over all ticks."""
        with self.connection() as connection:
            return goals.read(connection, self.shard)

    def standing(self, key: str) -> Status | None:
        """Where the message with this key stands."""
        return self.outbox.standing(key)

    def unrendered(self) -> list[OutboxEntry]:
        """The messages that could not be rendered, in the order in which they came."""
        return self.outbox.unrendered()

    def replace_unrendered(self, entry: OutboxEntry) -> None:
        """Put a message that could be rendered now in the place of the entry with its key."""
        self.outbox.replace(entry)
