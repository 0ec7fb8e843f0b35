"""From the outbox to the channels: what is due is sent, what became of it is recorded message by message.

The rules:
- A message is recorded as attempted before its channel has it. One that was attempted and has no outcome (the process
  was killed) is sent again by a channel that promises at least once, and set aside by one that promises at most once.
- What failed for now is tried again after 1, 2, 4 … minutes, at most an hour, and set aside after 30 attempts, which
  is about a day. What is refused for good is set aside at once. Nothing is ever dropped: what is set aside stays in
  the outbox with its reason.
- A channel that is down costs no message an attempt: all that wait for it wait another minute.
- A message on which the channel's code fails is put back like any other failure, and those behind it go on.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from attrs import evolve, frozen

from wend.runtime.channels.protocol import Channel, ChannelDown, Outcome, Promise, Status
from wend.runtime.delivery.messages import Message

MAX_ATTEMPTS = 30
BATCH = 500
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_FAULTS = 3  # times that a channel's code may fail before the channel is left alone for this round

_CRASHED = "the process ended while it was being sent, so it may have arrived"
_NO_REASON = "the channel gave no reason"
_NO_OUTCOME = "the channel gave no outcome, so it may have arrived"


@frozen
class OutboxRow:
    """A message that waits. `in_flight`: it was attempted, and no outcome was recorded."""

    message: Message
    attempts: int = 0
    last_attempt: datetime | None = None
    in_flight: bool = False


class Outbox(Protocol):
    """Where messages wait. Each call is durable when it returns; times are instants in UTC.

    A row is due if it is neither delivered nor set aside, and its `not_before` has come.
    """

    def waiting(self, now: datetime) -> Mapping[str, int]:
        """How many rows are due, by the channel's name in the script."""
        ...

    def due(self, now: datetime, limit: int, channel: str) -> list[OutboxRow]:
        """The due rows of a channel, by (not_before, the order in which they came in), at most `limit`."""
        ...

    def attempted(self, key: str, now: datetime) -> None:
        """It is being sent: attempts + 1, in flight, last_attempt = now."""
        ...

    def delivered(self, key: str, now: datetime) -> None:
        """It arrived."""
        ...

    def retry(self, key: str, now: datetime, not_before: datetime, detail: str) -> None:
        """It did not arrive, and is due again at `not_before`; no longer in flight."""
        ...

    def set_aside(self, key: str, now: datetime, detail: str) -> None:
        """It is not to be sent any more, for this reason; it stays to be looked at."""
        ...

    def release(self, key: str, now: datetime) -> None:
        """It was not sent after all: attempts - 1, no longer in flight, due as before."""
        ...

    def postpone(self, channel: str, now: datetime, not_before: datetime, detail: str) -> None:
        """All due rows of a channel wait until `not_before`. What is in flight stays marked so."""
        ...

    def hasten(self, now: datetime) -> None:
        """Every row that waits for another attempt is due now: a person ran us again, having repaired something."""
        ...


@frozen
class ChannelReport:
    """What became of a channel's messages in one round; `waiting` were due and left alone."""

    delivered: int = 0
    retried: int = 0
    set_aside: int = 0
    waiting: int = 0


@frozen
class Problem:
    """Something to tell a person: on which channel, how many messages it concerns, in one sentence."""

    channel: str
    count: int
    message: str
    help: str | None = None


@frozen
class DeliveryReport:
    """One round of delivery, by the channel's name in the script."""

    channels: Mapping[str, ChannelReport]
    problems: tuple[Problem, ...] = ()

    @property
    def delivered(self) -> int:
        return sum(report.delivered for report in self.channels.values())

    @property
    def undelivered(self) -> int:
        """All that were due and did not arrive."""
        return sum(report.retried + report.set_aside + report.waiting for report in self.channels.values())


def backoff(attempts: int) -> timedelta:
    """How long a message waits that has failed so often."""
    doubled: int = 2 ** min(max(attempts - 1, 0), 10)
    return min(_LONGEST, _FIRST * doubled)


def deliver(
    outbox: Outbox,
    channels: Mapping[str, Channel],
    now: datetime,
    clock: Callable[[], datetime] | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Message, Status], None] = lambda message, status: None,
    only: Collection[str] | None = None,
    answered: Callable[[Message, Mapping[str, object] | None, datetime], None] = lambda message, answer, at: None,
) -> DeliveryReport:
    """Deliver everything that is due at `now`, once.

    Args:
        outbox: where the messages wait.
        channels: by their names in the script.
        now: the instant, in UTC; what becomes due later waits for the next round.
        clock: the time to record with each outcome; always `now` if None.
        stop: asked before each message; True ends the round early, with everything recorded.
        progress: told of each message that was tried.
        only: the script's names of the channels to deliver; all if None.
        answered: told what came back for a message, before it is recorded as delivered, or None before it is set
            aside, and the time. What it keeps must bear being told twice.
    """
    reports: dict[str, ChannelReport] = {}
    problems: list[Problem] = []
    for name, count in sorted(outbox.waiting(now).items()):
        if only is not None and name not in only:
            continue
        channel = channels.get(name)
        if channel is None:
            reports[name] = ChannelReport(waiting=count)
            problems.append(Problem(name, count, f"there is no channel `{name}`", _known(channels)))
            continue
        round_ = _Round(outbox, name, channel, now, clock or (lambda: now), stop, progress, answered)
        round_.run()
        left = outbox.waiting(now).get(name, 0)
        reports[name] = evolve(round_.report(), waiting=left + round_.postponed)
        problems += round_.problems()
    return DeliveryReport(reports, tuple(problems))


def _known(channels: Mapping[str, Channel]) -> str:
    if not channels:
        return "name a channel in the project's settings"
    return "known are " + ", ".join(f"`{name}`" for name in sorted(channels))


class _Round:
    """One channel's turn."""

    def __init__(
        self,
        outbox: Outbox,
        name: str,
        channel: Channel,
        now: datetime,
        clock: Callable[[], datetime],
        stop: Callable[[], bool],
        progress: Callable[[Message, Status], None],
        answered: Callable[[Message, Mapping[str, object] | None, datetime], None],
    ) -> None:
        self.answered = answered
        self.outbox, self.name, self.channel = outbox, name, channel
        self.now, self.clock, self.stop, self.progress = now, clock, stop, progress
        self.flying: OutboxRow | None = None
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.postponed = 0
        self.down: ChannelDown | None = None

    def report(self) -> ChannelReport:
        return ChannelReport(self.counts["delivered"], self.counts["retried"], self.counts["set aside"])

    def problems(self) -> Iterator[Problem]:
        for message, count in sorted(self.reasons.items()):
            yield Problem(self.name, count, message)
        if self.down is not None:
            yield Problem(self.name, self.postponed, self.down.message, self.down.help)

    def run(self) -> None:
        """Batch after batch until nothing is due, nothing moves, or the channel is down."""
        faults = 0
        while not self.stop():
            rows = self.outbox.due(self.now, BATCH, self.name)
            if not rows:
                return
            before = self.counts.total()
            try:
                self._deliver(rows)
            except ChannelDown as down:
                self._postpone(down)
                return
            except Exception as error:  # noqa: BLE001 - a host's channel may raise anything; the rest must go on
                faults += 1
                reason = f"the channel {self.channel.name} failed: {_words(error)}"
                clueless = self.flying is None
                self._settle_fault(reason)
                if clueless or faults == _FAULTS:
                    self._postpone(ChannelDown(reason))
                    return
            if self.counts.total() == before and not self.stop():
                self._postpone(ChannelDown(f"the channel {self.channel.name} takes no messages"))
                return

    def _deliver(self, rows: list[OutboxRow]) -> None:
        outcomes: object = self.channel.deliver(self._take(rows))
        if not isinstance(outcomes, Iterable):
            raise RuntimeError("its `deliver` gives nothing, and has to give an outcome for each message")
        for outcome in outcomes:
            if not isinstance(outcome, Outcome):
                raise RuntimeError(f"it gave `{outcome}`, which is no `Outcome`")
            if self.flying is None or outcome.key != self.flying.message.key:
                raise RuntimeError("it gave an outcome for a message that it had not taken")
            row, self.flying = self.flying, None
            self._settle(row, outcome)
        self._settle_fault(_NO_OUTCOME)

    def _take(self, rows: list[OutboxRow]) -> Iterator[Message]:
        """Hand the messages out one by one, each recorded as attempted at that moment."""
        for row in rows:
            if self.stop():
                return
            self._settle_fault(_NO_OUTCOME)
            if row.in_flight and self.channel.promise is Promise.AT_MOST_ONCE:
                self._set_aside(row, _CRASHED)
            elif row.attempts >= MAX_ATTEMPTS:
                self._set_aside(row, f"it was tried {row.attempts} times")
            else:
                at = self.clock()
                self.outbox.attempted(row.message.key, at)
                self.flying = evolve(row, attempts=row.attempts + 1, last_attempt=at, in_flight=True)
                yield row.message

    def _settle_fault(self, reason: str) -> None:
        """Whatever is still in flight has no outcome, and must not stay so."""
        if self.flying is not None:
            row, self.flying = self.flying, None
            self._settle(row, Outcome(row.message.key, Status.UNKNOWN, reason))

    def _settle(self, row: OutboxRow, outcome: Outcome) -> None:
        status, key, detail = outcome.status, row.message.key, outcome.detail or _NO_REASON
        if status is Status.UNKNOWN and self.channel.promise is Promise.AT_LEAST_ONCE:
            status = Status.RETRY
        if status is Status.DELIVERED:
            at = self.clock()
            self.answered(row.message, outcome.answer, at)
            self.outbox.delivered(key, at)
            self.counts["delivered"] += 1
        elif status is Status.RETRY and row.attempts < MAX_ATTEMPTS:
            self.outbox.retry(key, self.clock(), self.now + backoff(row.attempts), detail)
            self.counts["retried"] += 1
            self.reasons[f"{detail}; it is tried again"] += 1
        elif status is Status.RETRY:
            self._set_aside(row, f"it was tried {row.attempts} times: {detail}")
        else:
            self._set_aside(row, detail)
        self.progress(row.message, outcome.status)

    def _set_aside(self, row: OutboxRow, reason: str) -> None:
        at = self.clock()
        self.answered(row.message, None, at)
        self.outbox.set_aside(row.message.key, at, reason)
        self.counts["set aside"] += 1
        self.reasons[f"{reason}; it is set aside"] += 1

    def _postpone(self, down: ChannelDown) -> None:
        self.down = down
        if self.flying is not None:
            self.outbox.release(self.flying.message.key, self.clock())
            self.flying = None
        self.postponed = self.outbox.waiting(self.now).get(self.name, 0)
        self.outbox.postpone(self.name, self.clock(), self.now + _FIRST, down.message)


def _words(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return text[:1].lower() + text[1:] if text else "it does not say why"
