"""Running a project: load what is new, tick, deliver. The command `wend run` is this with a clock."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import Factory, define, evolve, field, frozen

from wend.live.channels import live_channels, require_channels
from wend.live.requests import Switched, carry_out
from wend.live.stamps import Stamp, stamp
from wend.progress import progress
from wend.project.archive import archive
from wend.project.workspace import Workspace, contact_types, event_types
from wend.runtime.calendar import floor_minute
from wend.runtime.channels import Channel
from wend.runtime.delivery.delivery import DeliveryReport, deliver
from wend.runtime.engine.activation import ALL, Activation, Answer, ChangedTrigger, undone
from wend.runtime.engine.engine import Engine, TickReport
from wend.runtime.engine.ingest import ContactsTaken, EventsTaken
from wend.runtime.sources import ContactRecord, EventRecord, Policy, Tally
from wend.runtime.store.memory import MemoryStore
from wend.runtime.store.protocol import Store
from wend.runtime.store.sqlite import SqliteStore, open_sqlite
from wend.runtime.values import Instant

CONTACTS = "contacts"
PRUNED = 2_000
"""How many rows of a kind are let go of in one transaction."""


@frozen
class Round:
    """What one round did.

    Args:
        tick: None where nothing was due, or the minute's tick was over already.
        rendered_again: messages whose template had failed before and did not now.
        unrendered: why how many messages are set aside, because a template fails for their contact.
        requested: what other processes had asked for, and what became of it.
    """

    activation: Activation | None
    contacts: ContactsTaken
    events: EventsTaken
    tick: TickReport | None
    delivery: DeliveryReport
    rendered_again: int = 0
    unrendered: Mapping[str, int] = Factory(dict)
    requested: tuple[Switched, ...] = ()


@frozen
class _Source:
    """Records of a source that has changed, read whole before anything of it is kept."""

    name: str
    digest: str
    contacts: Sequence[ContactRecord] = ()
    events: Sequence[EventRecord] = ()
    unknown: Policy = Policy.ERROR
    tally: Tally = Factory(Tally)


@define(eq=False)
class Service:
    """A project over its open store.

    Args:
        answers: what becomes of what contacts remember of changed triggers, see `Engine.activate`.
    """

    workspace: Workspace
    engine: Engine
    channels: Mapping[str, Channel]
    quiet: bool = True
    _stamps: dict[str, tuple[Stamp, ...]] = field(factory=dict)
    _active: bool = False
    answers: dict[str, Answer] = field(factory=dict)

    @property
    def active(self) -> bool:
        """Whether a round has made the program the live one."""
        return self._active

    @property
    def asked(self) -> bool:
        """Whether another process may have asked for something since this was last looked at."""
        store = self.engine.store
        return isinstance(store, SqliteStore) and store.touched() and bool(store.requests.waiting())

    def unanswered(self, now: Instant) -> tuple[ChangedTrigger, ...]:
        """The changed triggers for which it has to be said whether to keep or to reset what contacts remember."""
        return self.engine.unanswered(self.workspace.scripts, floor_minute(now), self.answers)

    def renew(self, workspace: Workspace, now: Instant) -> Activation:
        """Make another version of the program live, wholly or not at all; channels and data files stay as they are.

        Of the answers only those for all triggers count: the others were for the version with which this began.

        Raises:
            WendError: it has errors, needs a channel that is not there, or a changed trigger is without an answer: the
                version before stays live.
        """
        program = workspace.sound()
        require_channels(evolve(workspace, project=self.workspace.project), program)
        live, answers = self.engine, {name: answer for name, answer in self.answers.items() if name == ALL}
        rules = workspace.rules(archive(live.store, program))
        made = Engine(rules, live.store, workspace.templates, zone=live.zone, addresses=live.addresses)
        activation = made.activate(workspace.scripts, floor_minute(now), answers)
        self.engine = made
        self.workspace = evolve(workspace, project=self.workspace.project)
        return activation

    def round(
        self,
        now: Instant,
        clock: Callable[[], Instant],
        stop: Callable[[], bool] = lambda: False,
        load: bool = True,
    ) -> Round:
        """Read what is new, make the program live (the first time), take in, tick if something is due, deliver.

        Everything is read before anything is kept: data that is refused leaves all as it was.

        Args:
            now: the time of this round, UTC; the tick is that of its whole minute.
            clock: the time, for what takes long.
            stop: asked between chunks and messages; True ends the round early, with everything kept.
            load: read what is new; without, the program must be live.
        """
        taken = self._take_in(now) if load else (None, ContactsTaken(), EventsTaken())
        activation, contacts, events = taken
        requested = carry_out(self.engine, now)
        rendered, _ = self.engine.render_again(now)
        tick = self._tick(now, stop)
        with progress("delivering", quiet=self.quiet) as advance:
            outbox = self.engine.store.outbox
            told, answered = (lambda *_: advance(1)), self.engine.answered
            delivery = deliver(outbox, self.channels, now, clock, stop, told, answered=answered)
        self._let_go(now, stop)
        unrendered = Counter(entry.detail for entry in self.engine.store.unrendered())
        return Round(activation, contacts, events, tick, delivery, rendered, unrendered, requested)

    def rehearse(self, now: Instant) -> Round:
        """What the first round would do, all but delivery, in a transaction that is undone.

        Raises:
            WendError: what `round` raises.
        """
        with undone(self.engine.store):
            activation, contacts, events = self._take_in(now)
            tick = self._tick(now, lambda: False)
            unrendered = Counter(entry.detail for entry in self.engine.store.unrendered())
        self._active = False
        self._stamps.clear()
        return Round(activation, contacts, events, tick, DeliveryReport({}), 0, unrendered)

    def _let_go(self, now: Instant, stop: Callable[[], bool]) -> None:
        """Let go of what is kept for so long only, a few rows at a time: each time is a transaction of its own."""
        store, days = self.engine.store, self.workspace.project.store.keep_days
        if days is None or not isinstance(store, SqliteStore):
            return
        while not stop() and store.prune(now - dt.timedelta(days=days), PRUNED) >= PRUNED:
            pass

    def _take_in(self, now: Instant) -> tuple[Activation | None, ContactsTaken, EventsTaken]:
        """Make the program live and take in what is new, all of it or nothing."""
        activation, contacts, events = None, ContactsTaken(), EventsTaken()
        try:
            sources = self._read(now)
            with self.engine.store.transaction():
                if not self._active:
                    activation = self.engine.activate(self.workspace.scripts, floor_minute(now), self.answers)
                for source in sources:
                    if source.name == CONTACTS:
                        contacts = self._take_contacts(source, floor_minute(now))
                    else:
                        events = _sum(events, self._take_events(source, now))
        except BaseException:
            self._stamps.clear()  # nothing was kept, so all is read again
            raise
        self._active = True
        return activation, contacts, events

    def _tick(self, now: Instant, stop: Callable[[], bool]) -> TickReport | None:
        wake = self.engine.next_wake()
        if wake is None or wake > floor_minute(now) or stop():
            return None
        with progress("stepping contacts", quiet=self.quiet) as advance:
            return self.engine.tick(now, _to(advance), stop)

    def _read(self, now: Instant) -> list[_Source]:
        """The sources whose files are not as they were when they were last loaded."""
        project, program = self.workspace.project, self.workspace.sound()
        found = []
        if project.contacts is not None:
            digest = self._changed(CONTACTS, project.contacts.files.paths(), str(project.contacts.mapping))
            if digest is not None:
                found.append(_Source(CONTACTS, digest, project.contacts.load(project.zone, contact_types(program))))
        for number, source in enumerate(project.events):
            name = f"events {number + 1}: {', '.join(source.files.patterns)}"
            digest = self._changed(name, source.files.paths(), str(source.mapping))
            if digest is not None:
                tally = Tally()
                records = source.load(project.zone, event_types(program), now=now, tally=tally)
                found.append(_Source(name, digest, (), records, source.unknown_contact, tally))
        return found

    def _take_contacts(self, source: _Source, now: Instant) -> ContactsTaken:
        store = self.engine.store
        first = source.name not in store.loaded_sources()
        with store.transaction(), progress("loading contacts", len(source.contacts), quiet=self.quiet) as advance:
            taken = self.engine.ingest_contacts(source.contacts, now, imported=first, progress=_to(advance))
            store.mark_source(source.name, source.digest, now)
        return taken

    def _take_events(self, source: _Source, now: Instant) -> EventsTaken:
        """One source of events. What it holds when it is first loaded is history, and starts no `on` trigger."""
        store, minute = self.engine.store, floor_minute(now)
        first = source.name not in store.loaded_sources()
        with store.transaction(), progress("loading events", len(source.events), quiet=self.quiet) as advance:
            told = _to(advance)
            past = [record for record in source.events if record.at <= minute]
            fresh = [record for record in source.events if record.at > minute]  # for the next minute's tick
            taken = _sum(
                self.engine.ingest_events(past, minute, first, source.unknown, told),
                self.engine.ingest_events(fresh, now, first, source.unknown, told),
            )
            store.mark_source(source.name, "" if source.tally.future else source.digest, now)
        if source.tally.future:  # an event that has not happened yet was left out: the file is read again next time
            self._stamps.pop(source.name, None)
        return _sum(taken, EventsTaken(duplicates=source.tally.duplicates, future=source.tally.future))

    def _changed(self, name: str, paths: list[Path], mapping: str) -> str | None:
        """The digest of a source's files if they are not as they were when it was last loaded."""
        stamps = tuple(each for path in paths if (each := stamp(path)) is not None)
        if len(stamps) == len(paths) and self._stamps.get(name) == stamps:
            return None
        digest = hashlib.blake2b(repr((mapping, self.workspace.project.zone.name)).encode(), digest_size=16)
        for path in paths:
            if path.is_file():
                with path.open("rb") as file:
                    while block := file.read(1 << 20):
                        digest.update(block)
        self._stamps[name] = stamps
        found = digest.hexdigest()
        return None if self.engine.store.loaded_sources().get(name) == found else found


def _sum(left: EventsTaken, right: EventsTaken) -> EventsTaken:
    return EventsTaken(
        left.new + right.new,
        left.duplicates + right.duplicates,
        left.unknown + right.unknown,
        left.future + right.future,
    )


def _to(advance: Callable[[int], None]) -> Callable[[int], None]:
    """Progress that is told totals, from one that is told increments."""
    done = 0

    def told(total: int) -> None:
        nonlocal done
        advance(max(0, total - done))
        done = total

    return told


@contextmanager
def open_service(
    workspace: Workspace, environ: Mapping[str, str], quiet: bool = True, store: Store | None = None
) -> Iterator[Service]:
    """A service over the project's store, closed afterwards.

    Args:
        environ: the environment variables, for user names and passwords.
        store: in the place of the project's.

    Raises:
        WendError: the program has errors, a channel or the templates are missing, the store cannot be had.
    """
    program = workspace.sound()
    project = workspace.project
    require_channels(workspace, program)
    channels = live_channels(project, environ)
    if store is None:
        store = MemoryStore() if project.store.sqlite is None else open_sqlite(project.store.sqlite)
    try:
        rules = workspace.rules(archive(store, program))
        engine = Engine(rules, store, workspace.templates, zone=project.zone.name, addresses=project.addresses)
        yield Service(workspace, engine, channels, quiet)
    finally:
        store.close()


def next_time(service: Service, now: Instant, poll_seconds: float) -> float:
    """Seconds to sleep until something is due, at most `poll_seconds`: then the data files are looked at again."""
    wake, attempt = service.engine.next_wake(), service.engine.store.next_attempt()
    times = [poll_seconds] if wake is None else [poll_seconds, max(0.0, (wake - now).total_seconds())]
    if attempt is not None and attempt > now:  # what is due by now and was not delivered waits for its channel
        times.append((attempt - now).total_seconds())
    return min(times)
