"""What of a contact's messages is still remembered, for limits and for what is told of them; the rest is let go.

Kept are the messages of `KEPT` and of the longest limit; those that a label of a run or of a path under way means; and
the latest of each kind, which an event means that names none. The rest can be asked for by an event alone that names it
by its key, or is itself as old.
"""

import datetime as dt
from collections.abc import Iterator

from wend.dsl.period import Period
from wend.runtime.evolve import evolve
from wend.runtime.state import Sent, State
from wend.runtime.tick.work import Work
from wend.runtime.values import UTC, Instant

KEPT = dt.timedelta(days=400)
"""How long every message is remembered: a year, and what is told late."""

_BEGINNING = dt.datetime.min.replace(tzinfo=UTC)
_MOVED = dt.timedelta(days=3)  # by so much a local date can differ between zones, and a day on which counting begins


def remembered(work: Work, state: State) -> State:
    """The state without the messages that nothing can ask for any more.

    Where the step changed nothing this must not be asked: a tick at which nothing is due changes nothing.
    """
    sends = state.sends
    if not sends or sends[0].at >= work.now - KEPT:
        return state
    oldest = _since(work)
    if sends[0].at >= oldest:
        return state
    meant = frozenset(_labelled(state))
    latest = {_kind(sent): sent for sent in sends}
    kept = tuple([s for s in sends if s.at >= oldest or s.key in meant or latest[_kind(s)] is s])
    return state if len(kept) == len(sends) else evolve(state, sends=kept)


def _since(work: Work) -> Instant:
    """From when on every message counts: by `KEPT`, by the depth of what is told of it, by the longest limit."""
    limits = [limit for stay in work.stays for limit in stay.journey.limits]
    lengths = [_at_most(limit.per) for limit in (*limits, *work.rules.program.settings.limits)]
    try:
        return work.now - max([KEPT, _MOVED, *lengths])
    except OverflowError:
        return _BEGINNING


def _at_most(length: Period) -> dt.timedelta:
    try:
        return dt.timedelta(days=length.months * 31 + length.days, seconds=length.seconds) + _MOVED
    except OverflowError:
        return dt.timedelta.max


def _labelled(state: State) -> Iterator[str]:
    """The keys of the messages that a label means."""
    for journey in state.journeys.values():
        if journey.run is not None:
            for labels in (journey.run.labels, *(path.labels for path in journey.run.paths)):
                yield from (each.key for each in labels.values())


def _kind(sent: Sent) -> tuple[object, ...]:
    """What an event can name a message by that does not name its key, and whether it has one."""
    return sent.channel, sent.journey, sent.template, sent.label, sent.topic, bool(sent.key)
