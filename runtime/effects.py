"""What a step gives: effects as data, each with its identity. Nothing is performed here."""

import hashlib
from collections.abc import Mapping

from attrs import field

from wend.dsl.core import Place
from wend.runtime.contact import Contact
from wend.runtime.frozen import frozen
from wend.runtime.state import State, Suppression
from wend.runtime.values import Instant, Value


@frozen(order=True)
class Identity:
    """(contact, journey, run, trigger, cause, step, iteration): the same effect has the same identity for ever."""

    contact: str
    journey: str
    run: int
    trigger: str
    cause: str
    step: str
    iteration: int = 0

    @property
    def key(self) -> str:
        """The idempotency key: a hash of the identity, 32 hexadecimal digits."""
        parts = (self.contact, self.journey, str(self.run), self.trigger, self.cause, self.step, str(self.iteration))
        text = "".join([f"{len(part)}:{part}" for part in parts])
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@frozen
class Send:
    """A message to be sent.

    Args:
        template: the template's name; for a `notify` None, then `subject` and `text` are templates themselves.
        address: where to.
        sender: as the script says it (step, journey, settings), or None for the template's or channel's own.
        values: what the template may use besides the contact: the event by its name and as `event`, `with` values.
        position, total: the place of this message among the sends of its channel in the journey.
        fields: the contact's fields at that moment, derived ones included.
        transactional: it is not counted in limits.
        track: what the channel is asked to tell of it: `opens`, `clicks`.
    """

    identity: Identity
    at: Instant
    channel: str
    address: str
    template: str | None
    subject: str | None = None
    text: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    position: int = 1
    total: int = 1
    topic: str | None = None
    transactional: bool = False
    track: tuple[str, ...] = ()
    version: str = ""
    values: Mapping[str, Value] = field(factory=dict)
    fields: Mapping[str, Value] = field(factory=dict)


@frozen
class Called:
    """A web service is to be called, by its name in the script, with these values."""

    identity: Identity
    at: Instant
    webhook: str
    values: Mapping[str, Value] = field(factory=dict)


@frozen
class SetField:
    """A field of the contact was set (already so in the contact that the step gives)."""

    identity: Identity
    at: Instant
    name: str
    value: Value


@frozen
class Marked:
    """A tag or list was added or removed. `field` is `tags` or `lists`."""

    identity: Identity
    at: Instant
    field: str
    value: str
    removed: bool = False


@frozen
class Emitted:
    """An event was emitted; it arrives at the next tick."""

    identity: Identity
    at: Instant
    event: str
    payload: Mapping[str, Value] = field(factory=dict)


@frozen
class Suppressed:
    """An address must not be written to any more (for all contacts that have it)."""

    at: Instant
    suppression: Suppression


@frozen
class Resubscribed:
    """An unsubscription of an address was lifted (for all contacts that have it)."""

    identity: Identity
    at: Instant
    suppression: Suppression


Effect = Send | Called | SetField | Marked | Emitted | Suppressed | Resubscribed


@frozen
class TraceEntry:
    """One thing that happened, or did not, and why.

    Args:
        kind: entered, converted, exited, left (the audience), fired, ignored, sent, called, dropped, held, waiting,
            passed, set, marked, emitted, stopped, finished, decided, problem.
        reason: for dropped, held, ignored, exited, problem: a short stable word or two, such as `consent`, `limit`; for
            passed: `else` where the wait went there; for decided: `true`, `false` or `unknown`, a variant, `round`
            or `done`.
        detail: a sentence for a person.
    """

    kind: str
    at: Instant
    journey: str
    trigger: str | None = None
    step: str | None = None
    reason: str | None = None
    detail: str | None = None
    place: Place | None = field(default=None, eq=False)


@frozen
class Facts:
    """What is not the contact's own, read once at the start of a tick.

    Args:
        suppressed: what holds for this contact's addresses, from the engine's list.
        zone: the project's zone, used where the script's settings name none.
        addresses: channel -> the contact's field with its address. A channel that is not here uses its own name.
        live_since: journey -> when it first went live; absent: always.
        forced: split -> the variant to take, in tests; None: none of them.
        paused: the journeys that are switched off by hand.
        full: the channels whose quota was used up before this tick.
        refused: the keys of messages for which a quota has no room at this tick, see `runtime/quota`.
    """

    suppressed: frozenset[Suppression] = frozenset()
    zone: str = "UTC"
    addresses: Mapping[str, str] = field(factory=lambda: DEFAULT_ADDRESSES)
    live_since: Mapping[str, Instant] = field(factory=dict)
    forced: Mapping[str, str | None] = field(factory=dict)
    paused: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


DEFAULT_ADDRESSES: Mapping[str, str] = {
    "email": "email",
    "sms": "phone",
    "push": "push_token",
    "web": "id",
    "ads": "id",
}


@frozen
class Step:
    """The outcome of stepping one contact: what to save, what to do, when to come again (`FOREVER`: only for news)."""

    contact: Contact
    state: State
    effects: tuple[Effect, ...]
    wake: Instant
    trace: tuple[TraceEntry, ...] = ()
