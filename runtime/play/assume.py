"""Reactions that a simulation assumes: so many of those who get a mail open it, some of these click, a few buy.

Whether, when and with what values somebody reacts is drawn from a hash of a seed and what they react to. So the same
message has the same reactions every time, whatever else happens, and other shares change only who crosses the line.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from attrs import field, frozen

from wend.dsl.builtins import MESSAGE, MESSAGE_EVENTS
from wend.runtime.contact import Event
from wend.runtime.effects import Send
from wend.runtime.hashing import share
from wend.runtime.values import Instant, Value


@frozen(kw_only=True)
class Reaction:
    """One kind of reaction.

    Args:
        to: the event that is reacted to, itself an assumed one; None: a message that a journey sends.
        channel, template: only to such messages; a template's name may be a pattern such as `winback-*`.
        event: the event that happens.
        share: how many of them react, from 0 to 1.
        least, most: the earliest and the latest time after it; each moment between is as likely.
        values: for each field of the event the values of which one is drawn.
    """

    event: str
    share: float
    to: str | None = None
    channel: str | None = None
    template: str | None = None
    least: dt.timedelta = dt.timedelta(minutes=1)
    most: dt.timedelta = dt.timedelta(minutes=1)
    values: Mapping[str, Sequence[Value]] = field(factory=dict)


@frozen
class Assumptions:
    """All reactions, in the order in which they are told, and the seed of the draw."""

    reactions: tuple[Reaction, ...] = ()
    seed: str = "0"

    def to_message(self, send: Send) -> list[Event]:
        """What happens to the contact because of a message, reactions to reactions included, in the order of time."""
        if send.template is None:
            return []
        return sorted(self._follow(send, None, send.identity.key, send.at), key=lambda event: event.key)

    def _follow(self, send: Send, to: str | None, cause: str, at: Instant) -> Iterator[Event]:
        for number, reaction in enumerate(self.reactions):
            if reaction.to != to or not _fits(reaction, send) or not self._happens(reaction, number, cause):
                continue
            moment = at + self._delay(reaction, number, cause)
            event = Event(f"assumed:{number}:{cause}", reaction.event, moment, self._payload(reaction, send, cause))
            yield event
            yield from self._follow(send, reaction.event, event.id, moment)

    def _happens(self, reaction: Reaction, number: int, cause: str) -> bool:
        return share(self.seed, str(number), cause) < reaction.share

    def _delay(self, reaction: Reaction, number: int, cause: str) -> dt.timedelta:
        between = (reaction.most - reaction.least).total_seconds()
        return reaction.least + dt.timedelta(seconds=int(between * share(self.seed, str(number), cause, "after")))

    def _payload(self, reaction: Reaction, send: Send, cause: str) -> Mapping[str, Value]:
        drawn = {
            name: values[int(share(self.seed, cause, reaction.event, name) * len(values))]
            for name, values in reaction.values.items()
        }
        if reaction.event not in MESSAGE_EVENTS:
            return drawn
        return {MESSAGE: send.identity.key, **drawn}


def _fits(reaction: Reaction, send: Send) -> bool:
    if reaction.channel not in (None, send.channel):
        return False
    return reaction.template is None or fnmatchcase(send.template or "", reaction.template)
