"""The messages of two versions over the same contacts and events, compared contact by contact.

Messages of one kind (channel and template) at the same time are the same. The others of that kind are paired in the
order of time, the first of the old version with the first of the new one, and are earlier or later. What is left over
is no longer sent, or new.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from attrs import field, frozen

from wend.runtime.delivery.rendering import template_name
from wend.runtime.effects import Send, Step
from wend.runtime.values import Instant


class Change(StrEnum):
    """What a contact notices."""

    MORE = "more"
    LESS = "less"
    OTHER = "other"
    EARLIER = "earlier"
    LATER = "later"


@frozen(order=True)
class Sent:
    """A message: when it was decided, in UTC, its channel and its template."""

    at: Instant
    channel: str
    template: str


Messages = Mapping[str, Sequence[Sent]]
"""The messages of each contact who gets any, in the order of time."""


class MessageLog:
    """Keeps who got what; `take` fits `simulate(on_step=...)`."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Sent]] = {}

    def take(self, contact: str, now: Instant, outcome: Step) -> None:
        """Keep the messages of a step."""
        for effect in outcome.effects:
            if isinstance(effect, Send):
                self.messages.setdefault(contact, []).append(Sent(now, effect.channel, template_name(effect)))


@frozen
class Moved:
    """A message that both versions send, at different times."""

    channel: str
    template: str
    before: Instant
    after: Instant


@frozen
class ContactDifference:
    """What is otherwise for a contact.

    Args:
        gone: what only the old version sends; `added`: only the new one.
        moved: what both send, at different times.
    """

    contact: str
    gone: tuple[Sent, ...]
    added: tuple[Sent, ...]
    moved: tuple[Moved, ...]

    @property
    def changes(self) -> frozenset[Change]:
        """What the contact notices: a message more or less, or another in its place; earlier, later."""
        found = set[Change]()
        if self.gone or self.added:
            balance = len(self.added) - len(self.gone)
            found.add(Change.MORE if balance > 0 else Change.LESS if balance < 0 else Change.OTHER)
        found |= {Change.EARLIER if each.after < each.before else Change.LATER for each in self.moved}
        return frozenset(found)

    @property
    def first(self) -> Instant:
        """When the first message differs."""
        times = [sent.at for sent in (*self.gone, *self.added)]
        return min(times + [min(each.before, each.after) for each in self.moved])


@frozen
class KindDifference:
    """What is otherwise for one kind of message.

    Args:
        before, after: how many each version sends.
        gone, added, earlier, later: how many of them are no longer sent, new, or at another time.
    """

    channel: str
    template: str
    before: int
    after: int
    gone: int = 0
    added: int = 0
    earlier: int = 0
    later: int = 0


@frozen
class Difference:
    """What is otherwise in all.

    Args:
        contacts: whom anything is otherwise for, in the order of their ids.
        kinds: each kind of message that either version sends, in the order of names.
    """

    contacts: tuple[ContactDifference, ...] = ()
    kinds: tuple[KindDifference, ...] = ()
    before: int = field(default=0)
    after: int = field(default=0)

    def having(self, change: Change) -> list[ContactDifference]:
        """The contacts for whom there is such a change."""
        return [each for each in self.contacts if change in each.changes]


def compare(old: Messages, new: Messages) -> Difference:
    """Compare who gets what."""
    contacts = [_contact(name, old.get(name, ()), new.get(name, ())) for name in sorted(old.keys() | new.keys())]
    differing = tuple(each for each in contacts if each.changes)
    return Difference(
        differing,
        _kinds(old, new, differing),
        sum(len(found) for found in old.values()),
        sum(len(found) for found in new.values()),
    )


def _contact(name: str, old: Sequence[Sent], new: Sequence[Sent]) -> ContactDifference:
    before, after = _by_kind(old), _by_kind(new)
    gone, added, moved = list[Sent](), list[Sent](), list[Moved]()
    for kind in sorted(before.keys() | after.keys()):
        was, now = before.get(kind, []), after.get(kind, [])
        left, come = _unmatched(was, now)
        both = min(len(left), len(come))
        moved += [Moved(*kind, first, second) for first, second in zip(left, come, strict=False)]
        gone += [Sent(at, *kind) for at in left[both:]]
        added += [Sent(at, *kind) for at in come[both:]]
    return ContactDifference(
        name, tuple(sorted(gone)), tuple(sorted(added)), tuple(sorted(moved, key=lambda each: each.before))
    )


def _unmatched(was: list[Instant], now: list[Instant]) -> tuple[list[Instant], list[Instant]]:
    """The times that only one of both has, in order; a time counts as often as it is there."""
    first, second = Counter(was), Counter(now)
    return sorted((first - second).elements()), sorted((second - first).elements())


def _by_kind(messages: Iterable[Sent]) -> dict[tuple[str, str], list[Instant]]:
    found: defaultdict[tuple[str, str], list[Instant]] = defaultdict(list)
    for sent in messages:
        found[(sent.channel, sent.template)].append(sent.at)
    return found


def _kinds(old: Messages, new: Messages, differing: Iterable[ContactDifference]) -> tuple[KindDifference, ...]:
    counts: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("before", "after", "gone", "added", "earlier", "later"), 0)
    )
    for name, side in (("before", old), ("after", new)):
        for messages in side.values():
            for sent in messages:
                counts[(sent.channel, sent.template)][name] += 1
    for each in differing:
        for name, some in (("gone", each.gone), ("added", each.added)):
            for sent in some:
                counts[(sent.channel, sent.template)][name] += 1
        for moved in each.moved:
            counts[(moved.channel, moved.template)]["earlier" if moved.after < moved.before else "later"] += 1
    return tuple(KindDifference(channel, name, **counts[(channel, name)]) for channel, name in sorted(counts))
