"""Test sends, called proofs here: messages of a journey to an address that somebody names, through the outbox.

A test is not decided by a step: neither audience nor consent, limit or window is asked. It is kept as other messages
are: with an identity of its own, journalled, and counted against the quotas. It never goes to a suppressed address.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count

from attrs import evolve, frozen

from wend.dsl import plan
from wend.dsl.diagnostics import WendError
from wend.dsl.program import Journey, On, Program, Quota, Trigger
from wend.runtime import quota
from wend.runtime.calendar import zone
from wend.runtime.contact import EMPTY, Contact, Event
from wend.runtime.delivery.delivery import Outbox, OutboxRow
from wend.runtime.delivery.messages import EMAIL, Message, parse_mailbox
from wend.runtime.delivery.rendering import message_of, zone_of
from wend.runtime.effects import Facts, Identity, Send
from wend.runtime.rules import Rules
from wend.runtime.state import NEW, Cause, CauseKind
from wend.runtime.store.protocol import Chunk, JournalEntry, OutboxEntry, Status, Store
from wend.runtime.templates import TemplateSet
from wend.runtime.tick.perform import message as message_of_step
from wend.runtime.tick.runs import new_path
from wend.runtime.tick.step import begin
from wend.runtime.tick.suppressing import in_force
from wend.runtime.values import Instant

MARK = "[Test] "
"""What stands before the subject of a test, or before its text where the channel has no subjects."""


@frozen
class Wanted:
    """A message of a journey that is to be tried: where its step stands."""

    journey: Journey
    trigger: Trigger
    op: plan.Send


@frozen
class Proof:
    """A test message. `taken_up`: it stood in the outbox already, not delivered, and is sent as it was then."""

    wanted: Wanted
    message: Message
    taken_up: bool = False


def sends(program: Program) -> list[Wanted]:
    """Every step of a program that sends a template, in the order of the script."""
    return [
        Wanted(journey, trigger, op)
        for journey in program.journeys
        for trigger in journey.triggers
        for op in trigger.body
        if isinstance(op, plan.Send)
    ]


def bindings(trigger: Trigger) -> dict[str, str]:
    """The names under which a trigger's messages know events, each with the event's name."""
    found = {head.alias: head.match.event for head in trigger.heads if isinstance(head, On) and head.alias}
    return found | {op.alias: op.event for op in trigger.body if isinstance(op, plan.WaitEvent) and op.alias}


def cause(trigger: Trigger) -> str | None:
    """The name of the event that starts a trigger, if one does."""
    return next((head.match.event for head in trigger.heads if isinstance(head, On)), None)


def compose(
    rules: Rules,
    facts: Facts,
    contact: Contact,
    wanted: Wanted,
    address: str,
    now: Instant,
    events: Mapping[str, Event],
) -> Send:
    """The message that a step would send to a contact, to another address.

    Args:
        events: by name: what the journey's message knows of them.
    """
    started = cause(wanted.trigger)
    event = events.get(started) if started is not None else None
    work, _ = begin(rules, contact, NEW, EMPTY, now, facts)
    stay = next(each for each in work.stays if each.journey.name == wanted.journey.name)
    because = Cause(CauseKind.EVENT if event is not None else CauseKind.WHEN, "test", now, event)
    path = new_path(work, wanted.trigger, wanted.trigger.heads[0].id, because)
    known = {alias: events[name] for alias, name in bindings(wanted.trigger).items() if name in events}
    path = evolve(path, events=known)
    return message_of_step(work, stay, path, wanted.op, work.path_env(stay, path, snapshot=True), address)


def check_address(store: Store, channel: str, address: str, topic: str | None, now: Instant) -> None:
    """See that a test may go there.

    Raises:
        AddressError: it is no address of e-mail.
        WendError: it is suppressed.
    """
    if channel == EMAIL:
        address = parse_mailbox(address).address
    folded = address.strip().casefold()
    known = frozenset(store.suppressed([folded], now))
    for each in in_force(known, channel, folded):
        if each.topic in (None, topic):
            about = f" from `{each.topic}`" if each.topic else ""
            raise WendError(
                f"`{address}` is not written to over {channel}: {_WORDS.get(each.reason, each.reason)}{about}",
                help="name another address with --to",
            )


_WORDS = {"unsubscribed": "it is unsubscribed", "bounced": "it bounced for good", "complained": "it complained"}


def check_room(program: Program, project_zone: str, store: Store, channels: Mapping[str, int], now: Instant) -> None:
    """See that the quotas have room for so many messages by channel, all or none of them. Raises WendError."""
    local = zone(program.settings.zone or project_zone)
    for each in program.settings.quotas:
        wanted = channels.get(each.channel, 0)
        free = each.count - store.used(each.channel, quota.begins(each.unit, local, now))
        if wanted > max(free, 0):
            raise WendError(
                _no_room(each, wanted, free), help=f"raise it in `settings`, or wait for the next {each.unit}"
            )


def _no_room(each: Quota, wanted: int, free: int) -> str:
    named = f"the quota of {each.count:,} {each.channel} per {each.unit}"
    if free <= 0:
        return f"{named} is used up, and tests count in it"
    return f"{named} has room for {free:,} more, and this would send {wanted:,}"


def put(
    store: Store,
    rules: Rules,
    templates: TemplateSet,
    facts: Facts,
    composed: Iterable[tuple[Wanted, Send]],
    now: Instant,
) -> list[Proof]:
    """Put tests into the outbox, all or none of them, with a line of the journal for each that is new.

    A test of the same message to the same address that is in the outbox and not settled (the process was killed, the
    channel was down) is taken up again, and nothing is added.

    Raises:
        TemplateError: a template cannot be rendered with this contact.
        WendError: the address is suppressed, or a quota has no room.
    """
    with store.transaction():
        tests = [_numbered(store, rules, templates, facts, wanted, send, now) for wanted, send in composed]
        for each in tests:
            check_address(store, each.message.channel, each.message.address, each.wanted.journey.topic, now)
        fresh = [each for each in tests if not each.taken_up]
        check_room(rules.program, facts.zone, store, _by_channel(fresh), now)
        outbox = [OutboxEntry.of_message(each.message) for each in fresh]
        store.save(Chunk(now=now, stepped=(), outbox=outbox, journal=[_line(each) for each in fresh]))
    return tests


def _by_channel(tests: Sequence[Proof]) -> dict[str, int]:
    channels = [each.message.channel for each in tests]
    return {channel: channels.count(channel) for channel in channels}


TAKEN_UP = 8
"""For so many days a test that was not delivered is taken up by the next one; after that the outbox alone has it."""


def _numbered(
    store: Store, rules: Rules, templates: TemplateSet, facts: Facts, wanted: Wanted, send: Send, now: Instant
) -> Proof:
    """A test of its kind that is in the outbox and not settled; else a new one.

    Tests are counted anew each day (UTC), so that no number comes again once a store has let the old ones go.
    """
    free = send.identity
    for days in range(TAKEN_UP):
        for identity in _of_day(store, send, now.date() - timedelta(days=days)):
            key = identity.key
            if store.standing(key) is Status.WAITING and (waiting := _waiting(store, send.channel, key, now)):
                return Proof(wanted, waiting, taken_up=True)
            if store.standing(key) is None and not days:
                free = identity
    message = message_of(evolve(send, identity=free), templates, zone_of(send, rules, facts.zone))
    return Proof(wanted, _marked(message))


def _of_day(store: Store, send: Send, day: date) -> Iterator[Identity]:
    """The tests of a message to an address on a day, and the first that there was not."""
    for number in count(1):
        identity = evolve(send.identity, run=0, cause=f"test:{send.address.casefold()}:{day}:{number}")
        yield identity
        if store.standing(identity.key) is None:
            return


def _waiting(store: Store, channel: str, key: str, now: Instant) -> Message | None:
    """A message of the outbox that is not settled, due now again."""
    store.outbox.hasten(now)
    rows = OnlyThese(store.outbox, {key}).due(now, 1, channel)
    return rows[0].message if rows else None


def _marked(message: Message) -> Message:
    """The message, to be known as a test by whoever gets it; what is done with it is not tracked."""
    if message.channel == EMAIL or message.subject:
        return evolve(message, subject=MARK + message.subject, track=())
    return evolve(message, text=MARK + message.text, track=())


def _line(proof: Proof) -> JournalEntry:
    message, wanted = proof.message, proof.wanted
    detail = f'{message.channel} "{message.template}" to {message.address}, as for {message.contact}'
    return JournalEntry("", message.at, "tested", wanted.journey.name, wanted.trigger.id, wanted.op.id, None, detail)


@frozen
class OnlyThese:
    """An outbox of which nothing but some messages is seen to be due: others wait for the next `wend run`."""

    inner: Outbox
    keys: Collection[str]

    def waiting(self, now: datetime) -> Mapping[str, int]:
        """See `Outbox`."""
        found = {channel: len(self.due(now, number, channel)) for channel, number in self.inner.waiting(now).items()}
        return {channel: number for channel, number in found.items() if number}

    def due(self, now: datetime, limit: int, channel: str) -> list[OutboxRow]:
        """Those of the messages that are due."""
        everything = self.inner.waiting(now).get(channel, 0)
        rows = self.inner.due(now, everything, channel) if everything else []
        return [row for row in rows if row.message.key in self.keys][:limit]

    def postpone(self, channel: str, now: datetime, not_before: datetime, detail: str) -> None:
        """The channel is down: these wait another minute, and no other."""
        for row in self.due(now, len(self.keys), channel):
            self.inner.retry(row.message.key, now, not_before, detail)

    def attempted(self, key: str, now: datetime) -> None:
        """It is being sent; this and what follows as the outbox does it."""
        self.inner.attempted(key, now)

    def delivered(self, key: str, now: datetime) -> None:
        """It arrived."""
        self.inner.delivered(key, now)

    def retry(self, key: str, now: datetime, not_before: datetime, detail: str) -> None:
        """It waits for another attempt."""
        self.inner.retry(key, now, not_before, detail)

    def set_aside(self, key: str, now: datetime, detail: str) -> None:
        """It is not sent any more."""
        self.inner.set_aside(key, now, detail)

    def release(self, key: str, now: datetime) -> None:
        """It was not sent after all."""
        self.inner.release(key, now)

    def hasten(self, now: datetime) -> None:
        """All that wait for another attempt are due now."""
        self.inner.hasten(now)
