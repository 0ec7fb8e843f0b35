"""What is known of addresses that must not be written to: what is in force, lifted, or begins another turn."""

from collections.abc import Iterable

from wend.runtime.evolve import evolve
from wend.runtime.state import Suppression

UNSUBSCRIBED, RESUBSCRIBED = "unsubscribed", "resubscribed"


def in_force(known: frozenset[Suppression], channel: str, address: str) -> Iterable[Suppression]:
    """What forbids an address over a channel, of all that is known.

    Args:
        address: folded, as suppressions have it.
    """
    here = [each for each in known if each.channel == channel and each.address == address]
    return [each for each in here if each.reason != RESUBSCRIBED and not _lifted(each, here)]


def _lifted(entry: Suppression, known: Iterable[Suppression]) -> bool:
    return entry.reason == UNSUBSCRIBED and _turn(entry, known) >= entry.turn


def _turn(entry: Suppression, known: Iterable[Suppression]) -> int:
    """The latest turn in which an address was subscribed again."""
    turns = [each.turn for each in known if each.reason == RESUBSCRIBED and _same(each, entry)]
    return max(turns, default=0)


def _same(left: Suppression, right: Suppression) -> bool:
    return (left.channel, left.address, left.topic) == (right.channel, right.address, right.topic)


def numbered(entry: Suppression, known: frozenset[Suppression]) -> Suppression:
    """An unsubscription with its turn: the one after the latest that was lifted."""
    if entry.reason != UNSUBSCRIBED:
        return entry
    turn = _turn(entry, known) + 1
    return entry if turn == entry.turn else evolve(entry, turn=turn)


def lifting(known: frozenset[Suppression], channel: str, address: str, topic: str | None) -> Suppression | None:
    """What lifts an unsubscription from a topic (None: from everything), if there is one to lift."""
    entries = [each for each in in_force(known, channel, address) if each.reason == UNSUBSCRIBED]
    turns = [each.turn for each in entries if each.topic == topic]
    return Suppression(channel, address, RESUBSCRIBED, topic, max(turns)) if turns else None
