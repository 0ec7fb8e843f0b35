"""What the engine keeps of one contact between two ticks: frozen, versioned, serialisable as it is.

Nothing here is a time of a tick as such: every instant is that of something that happened to this contact.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from attrs import field

from wend.runtime.contact import Event
from wend.runtime.frozen import frozen
from wend.runtime.values import Instant, Value


class CauseKind(StrEnum):
    """What can start a path."""

    WHEN = "when"
    DATED = "dated"
    EVENT = "event"
    ENTRY = "entry"
    EXIT = "exit"
    CHANGE = "change"
    OCCURRENCE = "occurrence"


@frozen
class Cause:
    """Why a path began.

    `id` is the event's id, the date value, the occurrence or the firing number: part of an effect's identity.
    `order` is when it came, for what ends "what began before": (time, event id or empty). `depth` is how many doings of
    journeys led to it, one after the other: 0 for what comes from outside.
    """

    kind: CauseKind
    id: str
    time: Instant
    event: Event | None = None
    depth: int = 0

    @property
    def order(self) -> tuple[Instant, str]:
        """The place of the cause among the events of the contact."""
        return self.time, self.event.id if self.event else ""


class Phase(StrEnum):
    """Where a path is within the operation at its `pc`."""

    READY = "ready"
    WAITING = "waiting"
    HELD = "held"


@frozen
class Labelled:
    """The latest message under a label, or the latest way through a split under its name.

    Args:
        at: when it was sent, or gone.
        key: the idempotency key of the message.
        variant: the variant that was taken: of the split, or of the innermost one that the message stands in.
    """

    at: Instant
    key: str = ""
    variant: str | None = None


@frozen
class Path:
    """A path under way. It finishes on the version of the program that it began on.

    Args:
        trigger: the trigger's id.
        head: the id of the entry point that fired.
        version: of the program it began on.
        key: the key of a `per` or `once per` trigger, as text.
        tick: the tick at which it began.
        pc: the operation it is at.
        since: when a wait or hold was reached.
        due: when a wait of fixed length is over, decided when it was reached; None for a clock, a weekday, a date.
        rounds: how many rounds of a `repeat` are done, by the id of its head.
        labels: this path's own sends and splits.
        missed: labels of which the message that was reached last was not sent, though one before may have been.
        events: events that the path carries by name: its cause, awaited ones.
        late: its wait was over during a pause, longer ago than `late up to`: until it waits again it sends nothing.
    """

    trigger: str
    head: str
    version: str
    cause: Cause
    tick: Instant
    key: str | None = None
    pc: int = 0
    phase: Phase = Phase.READY
    since: Instant | None = None
    due: Instant | None = None
    rounds: Mapping[str, int] = field(factory=dict)
    labels: Mapping[str, Labelled] = field(factory=dict)
    missed: frozenset[str] = frozenset()
    events: Mapping[str, Event] = field(factory=dict)
    late: bool = False


@frozen
class HeadState:
    """What an entry point remembers, across runs.

    Args:
        firings: how often it fired: numbers the causes of `when`.
        fired_at: when it last fired: of a `when`, of the other entry points of its trigger, and of `on entry`.
        latched: it fired and has not been armed again.
        seen_false: the condition was false at some tick since it was latched.
        latched_run: the number of the run in which it was latched.
        true_since: for `for D`: the tick of the present run that first saw it true; for `on entry`: the tick at which
            the run began, until it has fired.
        dates: for a dated trigger: value -> when it was first seen.
        done: for a dated trigger: values whose due moment is past, fired or not.
        watched, value: for a change: whether the value has been seen in this run, and what it was; for a schedule:
            whether it was looked at before its first occurrence.
        occurrence: the latest local occurrence that is past, fired or not.
        newcomer: it was replaced, and the next look at it is a first one: `backlog skip` latches for whom it holds.
    """

    firings: int = 0
    fired_at: Instant | None = None
    latched: bool = False
    seen_false: bool = False
    latched_run: int = 0
    true_since: Instant | None = None
    dates: Mapping[str, Instant] = field(factory=dict)
    done: frozenset[str] = frozenset()
    occurrence: dt.datetime | None = None
    watched: bool = False
    value: Value = None
    newcomer: bool = False


@frozen
class Run:
    """A contact's stay in a journey: its number from 1, when it began, its paths, its latest sends and splits."""

    number: int
    began: Instant
    paths: tuple[Path, ...] = ()
    labels: Mapping[str, Labelled] = field(factory=dict)


@frozen
class JourneyState:
    """One journey of one contact. It exists from the first tick that saw the contact in this journey's program.

    Args:
        runs: how many runs there were, the present one included.
        ended_at: when the last run ended.
        keys: (trigger, key) of `once per`.
        ended_began: when the run began that ended last.
        converted: the number of the latest run that reached a goal; 0: none did.
        paused: the tick that first saw the journey paused; None while it is not.
        anew: a pause ended the last run: the next begins when the journey is resumed, whatever `reenter` says.
        begun: how many runs began on the local day on which the latest one began, itself included.
    """

    run: Run | None = None
    runs: int = 0
    ended_at: Instant | None = None
    heads: Mapping[str, HeadState] = field(factory=dict)
    keys: frozenset[tuple[str, str]] = frozenset()
    ended_began: Instant | None = None
    converted: int = 0
    paused: Instant | None = None
    anew: bool = False
    begun: int = 0


@frozen
class Sent:
    """A message that was sent: for the limits, in which transactional ones are not counted, and for what is told of it.

    `key` is its idempotency key. `depth` is how many doings of journeys led to it, itself included.
    """

    journey: str
    channel: str
    at: Instant
    transactional: bool = False
    template: str = ""
    key: str = ""
    address: str = ""
    label: str | None = None
    topic: str | None = None
    depth: int = 0


@frozen
class Written:
    """A journey gave a field its present value, or began a path: when, and how many doings of journeys led to it."""

    depth: int
    at: Instant


@frozen
class Suppression:
    """An address that must not be written to over a channel, and why.

    `reason` is unsubscribed (wholly, or from a topic), bounced or complained; or resubscribed, which lifts what was
    unsubscribed. What is known of an address only ever grows: each unsubscription after a resubscription has the next
    `turn`, and is lifted by a resubscription of that turn or a later one.
    """

    channel: str
    address: str
    reason: str
    topic: str | None = None
    turn: int = 1


@frozen
class State:
    """Everything that is kept of a contact besides its data. `format` grows when the shape of this changes.

    `known` tells that the contact has been stepped before; `emitted` are the events that its journeys emitted, which
    arrive at the next tick; `written` are the fields whose value comes from a journey, and, as
    `in journey NAME`, the journeys whose latest path was begun by one.
    """

    format: int = 1
    known: bool = False
    journeys: Mapping[str, JourneyState] = field(factory=dict)
    sends: tuple[Sent, ...] = ()
    emitted: tuple[Event, ...] = ()
    suppressed: frozenset[Suppression] = frozenset()
    written: Mapping[str, Written] = field(factory=dict)

    def under_way(self) -> frozenset[str]:
        """The journeys of which a path is under way."""
        found = _NOBODY
        for name, state in self.journeys.items():
            if state.run is not None and state.run.paths:
                found |= {name}
        return found


_NOBODY: frozenset[str] = frozenset()  # for most contacts, and so made once

NEW = State()
"""The state of a contact that was never stepped."""
