"""Wend inside another program: an engine over a store. `import wend` hands this and its company on.

Nothing here logs, handles signals, starts a thread or keeps anything between two engines.
"""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from attrs import evolve, frozen

from wend.checks.channels import check_handed_in
from wend.dsl.builtins import REQUESTED
from wend.dsl.diagnostics import ProgramError, WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Journey, On
from wend.host.compiling import Program
from wend.host.handed_in import batch_of, check_engine, one_of, several
from wend.host.outbox_lock import LockedOutbox
from wend.host.records import Records, instant
from wend.host.sources import Source
from wend.project.archive import archive
from wend.project.senders import WithSender
from wend.runtime.calendar import floor_minute
from wend.runtime.calendar import zone as zone_named
from wend.runtime.channels import Channel
from wend.runtime.conversions import Conversions
from wend.runtime.delivery.delivery import DeliveryReport, Outbox, deliver
from wend.runtime.delivery.messages import Message
from wend.runtime.engine import engine as runtime_engine
from wend.runtime.engine.activation import NO_ANSWERS, Activation, Answer, ChangedTrigger
from wend.runtime.engine.engine import TickReport
from wend.runtime.engine.ingest import ContactsTaken, EventsTaken
from wend.runtime.sources import ContactRecord, EventRecord, Policy
from wend.runtime.store.protocol import Store
from wend.runtime.values import UTC, Instant

Clock = Callable[[], dt.datetime]
"""Says what time it is, with a time zone."""

_ASKED = 500  # contacts at a time


def system_clock() -> dt.datetime:
    """The time of this machine."""
    return dt.datetime.now(UTC)


@frozen
class Taken:
    """What became of contacts and events that were handed in."""

    contacts: ContactsTaken
    events: EventsTaken


class Engine:
    """Runs a program over the contacts of a store.

    Any thread may call it; calls wait for one another, except that messages are delivered while others go on. For
    `asyncio`, each method that works has a twin with `a` before its name, which works in a thread and is awaited.
    Two engines share nothing, so give each a store of its own.

    Args:
        program: what `compile` gave.
        store: where contacts, states and the outbox are kept: `MemoryStore()`, or `open_sqlite(path)`.
        channels: who delivers, by the channel's name in the script; each that the script sends over. None: the host
            takes the messages from `outbox` itself.
        clock: asked for the time wherever a method is not told it.
        sources: where `pull` looks for what is new.
        zone: the project's zone (IANA), in the place of the program's.
        addresses: channel -> the contact's field with its address, beside the usual ones.

    Raises:
        ProgramError: the script sends over a channel that is not there, or whose address no contact has (W503).
        WendError: two sources have one name, the zone does not exist, or what was handed in is no program, store,
            channel.
    """

    def __init__(
        self,
        program: Program,
        store: Store,
        channels: Mapping[str, Channel] | None = None,
        clock: Clock = system_clock,
        *,
        sources: Iterable[Source] = (),
        zone: str | None = None,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self.sources, self.channels = tuple(sources), dict(channels or {})
        check_engine(program, store, self.channels, self.sources)
        self.program, self.store, self.clock = program, store, clock
        self._channels = {name: WithSender(each, program.senders) for name, each in self.channels.items()}
        found = {**program.addresses, **(addresses or {})}
        if channels is not None and (wrong := check_handed_in(program.rules.program, channels, found)):
            raise ProgramError(wrong)
        here = zone_named(zone or program.zone)
        older = archive(store, program.rules.program, program.rules.functions)
        rules = evolve(program.rules, archive={each.version: each for each in older})
        self._engine = runtime_engine.Engine(rules, store, program.templates, zone=here.name, addresses=found)
        self._records = Records(program.rules.program, zone_named(program.rules.program.settings.zone or here.name))
        self._lock, self._delivering, self._pulling = threading.RLock(), threading.Lock(), threading.Lock()
        self._active = False

    @property
    def outbox(self) -> Outbox:
        """The messages to deliver, for a host that delivers them itself; safe to use from any thread."""
        return LockedOutbox(self.store.outbox, self._lock)

    # the program

    def activate(self, now: dt.datetime | None = None, *, answers: Mapping[str, Answer] = NO_ANSWERS) -> Activation:
        """Make the program the live one of the store. The first call that needs it does so if nobody did.

        Args:
            answers: what becomes of what contacts remember of changed triggers, by line or text, or for `all`.

        Raises:
            UnansweredError: a trigger has changed that contacts remember, and there is no answer: nothing was changed.
        """
        with self._lock:
            active = self._engine.activate(self.program.scripts, self._now(now), _checked(answers))
            self._active = True
            return active

    def unanswered(
        self, now: dt.datetime | None = None, *, answers: Mapping[str, Answer] = NO_ANSWERS
    ) -> tuple[ChangedTrigger, ...]:
        """The changed triggers for which `activate` has to be told whether to keep or to reset, without doing it."""
        with self._lock:
            return self._engine.unanswered(self.program.scripts, self._now(now), _checked(answers))

    def preview(
        self, now: dt.datetime | None = None, *, answers: Mapping[str, Answer] = NO_ANSWERS
    ) -> tuple[Activation, TickReport]:
        """What making the program live and a first tick would do, without doing it. Raises as `activate` does."""
        with self._lock:
            return self._engine.rehearse(self.program.scripts, self._now(now), _checked(answers))

    # what comes in

    def ingest(
        self,
        contacts: Iterable[ContactRecord | Mapping[str, object]] = (),
        events: Iterable[EventRecord | Mapping[str, object]] = (),
        *,
        now: dt.datetime | None = None,
        imported: bool = False,
        unknown: Policy = Policy.ERROR,
    ) -> Taken:
        """Take in contacts (new ones, and what has changed of others) and events; what is known changes nothing.

        Args:
            contacts: records, or mappings with `id`; fields that one does not name stay as they are.
            events: records, or mappings with `id`, `contact`, `name`, `at` and the event's own fields; one whose id
                the contact has already is left out. Where no such event is declared, it is refused.
            now: the time of arrival; no event counts as later. The tick of its minute takes in what was there as the
                minute began, contacts too; what has happened since then is for the next one.
            imported: all this happened long ago: new contacts are a backlog, and events start no `on` trigger.
            unknown: what to do with events for contacts that are not there.

        Raises:
            WendError: an event is for nobody, or something is not as the script declares it. Then nothing is taken in.
        """
        at, policy = self._now(now), one_of(Policy, unknown, "`unknown`")
        people = [self._records.contact(each) for each in several(contacts, "contacts")]
        happened = [self._records.event(each) for each in several(events, "events")]
        with self._lock:
            self._ready(at)
            with self.store.transaction():
                return self._take(people, happened, at, imported, policy)

    def pull(self, now: dt.datetime | None = None) -> Taken:
        """Read what is new from each source and take it in; see `Source`. The first reading of one is an import.

        Raises:
            WendError: as for `ingest`. What sources before have told is kept. What a source raises comes through.
        """
        total = Taken(ContactsTaken(), EventsTaken())
        self._now(now)
        with self._pulling:
            for source in self.sources:
                with self._lock:
                    cursor = self.store.loaded_sources().get(_PULLED + source.name)
                batch = batch_of(source, cursor)
                at = self._now(now)
                people = [self._records.contact(each) for each in batch.contacts]
                happened = [self._records.event(each) for each in batch.events]
                with self._lock:
                    self._ready(at)
                    with self.store.transaction():
                        total = _sum(total, self._take(people, happened, at, cursor is None, Policy.ERROR))
                        if batch.cursor is not None:
                            self.store.mark_source(_PULLED + source.name, batch.cursor, at)
        return total

    def enroll(self, contact: str, journey: str, *, id: str | None = None, now: dt.datetime | None = None) -> bool:
        """Ask for a journey: its `on request` fires at the next tick, if the contact is in its audience.

        Args:
            contact: the contact's id.
            journey: the journey's name.
            id: by which the request is known: the same again changes nothing. Without one, each minute's is another.

        Returns:
            whether the request is new.

        Raises:
            WendError: there is no such contact or journey, or the journey has no `on request`.
        """
        at = self._now(now)
        if not any(journey == each.name and _on_request(each) for each in self.program.rules.program.journeys):
            raise _no_request(journey, self.program.journeys)
        with self._lock:
            if contact not in self.store.told([contact]):
                raise WendError(f"there is no contact `{contact}`", "take it in first, with `ingest`")
        minute = floor_minute(at)
        request = EventRecord(contact, REQUESTED, minute, id or f"request:{journey}:{minute}", {"journey": journey})
        return self.ingest(events=[request], now=at).events.new == 1

    def _take(
        self,
        people: Sequence[ContactRecord],
        happened: Sequence[EventRecord],
        at: Instant,
        imported: bool,
        unknown: Policy,
    ) -> Taken:
        records, seen = iter(people), set[str]()
        while some := list(islice(records, _ASKED)):
            known = self.store.told([each.id for each in some])
            for each in some:
                if each.id not in known and each.id not in seen:
                    self._records.require(each)
            seen.update(each.id for each in some)
        minute = floor_minute(at)  # what is there by the whole minute is for its tick, if that is still to come
        contacts = self._engine.ingest_contacts(people, minute, imported)
        past = [each for each in happened if each.at <= minute]
        fresh = [each for each in happened if each.at > minute]
        events = self._engine.ingest_events(past, minute, imported, unknown)
        later = self._engine.ingest_events(fresh, at, imported, unknown)
        return Taken(contacts, _both(events, later))

    # time

    def tick(self, now: dt.datetime | None = None, *, stop: Callable[[], bool] = lambda: False) -> TickReport:
        """Decide for everybody who is due, and put what is to be sent into the outbox.

        Args:
            now: the time; the tick is that of its whole minute.
            stop: asked now and then; True ends the tick early, with everything kept.

        Raises:
            WendError: there was a tick at this minute or a later one.
        """
        at = self._now(now)
        with self._lock:
            self._ready(at)
            return self._engine.tick(at, stop=stop)

    def pause(self, journey: str, now: dt.datetime | None = None) -> bool:
        """Switch a journey off by hand; what those under way do is said by its line `pause`. Gives whether it was on.

        Raises:
            WendError: there is no journey of that name.
        """
        at = self._now(now)
        with self._lock:
            self._ready(at)
            return self._engine.pause(journey, at)

    def resume(self, journey: str, now: dt.datetime | None = None) -> bool:
        """Switch a journey on again; gives whether it was off. Raises WendError as `pause` does."""
        at = self._now(now)
        with self._lock:
            self._ready(at)
            return self._engine.resume(journey, at)

    def conversions(self) -> Mapping[str, Conversions]:
        """For each journey with a goal: how many runs began and how many converted so far, the hold-out's apart."""
        with self._lock:
            return self.store.conversions()

    def next_wake(self) -> Instant | None:
        """The minute (UTC) of the next tick that has something to do; None if nothing will happen without news."""
        with self._lock:
            return self._engine.next_wake()

    def deliver(self, now: dt.datetime | None = None, *, stop: Callable[[], bool] = lambda: False) -> DeliveryReport:
        """Hand what waits in the outbox to the channels, once. What fails stays there and is tried again later.

        A channel may take its time: contacts, events and ticks go on meanwhile.

        Args:
            stop: asked before each message; True ends it early, with everything kept.
        """
        at = self._now(now)
        with self._delivering:
            return deliver(self.outbox, self._channels, at, stop=stop, answered=self._answered)

    def close(self) -> None:
        """Close the store, once whatever is under way in other threads has come to its end."""
        with self._delivering, self._lock:
            self.store.close()

    # asyncio

    async def aactivate(
        self, now: dt.datetime | None = None, *, answers: Mapping[str, Answer] = NO_ANSWERS
    ) -> Activation:
        """`activate` in a thread."""
        return await asyncio.to_thread(self.activate, now, answers=answers)

    async def apreview(
        self, now: dt.datetime | None = None, *, answers: Mapping[str, Answer] = NO_ANSWERS
    ) -> tuple[Activation, TickReport]:
        """`preview` in a thread."""
        return await asyncio.to_thread(self.preview, now, answers=answers)

    async def aingest(
        self,
        contacts: Iterable[ContactRecord | Mapping[str, object]] = (),
        events: Iterable[EventRecord | Mapping[str, object]] = (),
        *,
        now: dt.datetime | None = None,
        imported: bool = False,
        unknown: Policy = Policy.ERROR,
    ) -> Taken:
        """`ingest` in a thread."""
        return await asyncio.to_thread(self.ingest, contacts, events, now=now, imported=imported, unknown=unknown)

    async def apull(self, now: dt.datetime | None = None) -> Taken:
        """`pull` in a thread."""
        return await asyncio.to_thread(self.pull, now)

    async def aenroll(
        self, contact: str, journey: str, *, id: str | None = None, now: dt.datetime | None = None
    ) -> bool:
        """`enroll` in a thread."""
        return await asyncio.to_thread(self.enroll, contact, journey, id=id, now=now)

    async def atick(self, now: dt.datetime | None = None, *, stop: Callable[[], bool] = lambda: False) -> TickReport:
        """`tick` in a thread. Whoever cancels the waiting does not end the tick: `stop` does."""
        return await asyncio.to_thread(self.tick, now, stop=stop)

    async def adeliver(
        self, now: dt.datetime | None = None, *, stop: Callable[[], bool] = lambda: False
    ) -> DeliveryReport:
        """`deliver` in a thread. Whoever cancels the waiting does not end the delivery: `stop` does."""
        return await asyncio.to_thread(self.deliver, now, stop=stop)

    def _answered(self, message: Message, answer: Mapping[str, object] | None, now: Instant) -> None:
        with self._lock:
            self._engine.answered(message, answer, now)

    def _now(self, now: dt.datetime | None) -> Instant:
        return instant(self.clock() if now is None else now)

    def _ready(self, now: Instant) -> None:
        if not self._active:
            self.activate(now)


_PULLED = "pulled "  # the names of a host's sources, apart from those of data files


def _checked(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    return {trigger: one_of(Answer, given, f"the answer for `{trigger}`") for trigger, given in answers.items()}


def _on_request(journey: Journey) -> bool:
    """Whether a journey can be asked for by its name."""
    heads = (head for trigger in journey.triggers for head in trigger.heads)
    return any(isinstance(head, On) and head.match.event == REQUESTED for head in heads)


def _no_request(journey: str, names: Sequence[str]) -> WendError:
    if journey in names:
        message = f"the journey `{journey}` has no `on request`, so nobody can be put into it"
        return WendError(message, "write `on request` above the steps that are to be done")
    near = nearest(journey, names)
    return WendError(f"there is no journey `{journey}`", f"did you mean `{near}`?" if near else None)


def _sum(one: Taken, other: Taken) -> Taken:
    left, right = one.contacts, other.contacts
    contacts = ContactsTaken(left.new + right.new, left.changed + right.changed, left.unchanged + right.unchanged)
    return Taken(contacts, _both(one.events, other.events))


def _both(one: EventsTaken, other: EventsTaken) -> EventsTaken:
    return EventsTaken(
        one.new + other.new,
        one.duplicates + other.duplicates,
        one.unknown + other.unknown,
        one.future + other.future,
    )
