"""What a case is, once read. README.md beside this file says how one is written."""

from collections.abc import Mapping

from attrs import evolve, field, frozen

from wend.runtime.values import Instant, Value

EFFECTS = frozenset({"message", "notice", "set", "add", "remove", "emit", "start", "stop", "resubscribe", "call"})
"""What a contact or a host notices. All of it is compared, in every case."""

SKIPPED = "skip"
"""Messages that were not sent, and why. All of them are compared, in every case."""

NOTED = frozenset({"enter", "exit", "convert", "leave", "hold", "halt", "problem"})
"""Kinds of lines of the journal. Those of a kind are compared where a case speaks of that kind."""


class CaseError(Exception):
    """A case that cannot be read: where, and what is wrong."""


@frozen
class Outcome:
    """Something that a case expects, or that came: `None` in an expectation says nothing about it.

    Args:
        what: the kind, of `EFFECTS`, `SKIPPED` or `NOTED`.
        words: what more there is to say: channel and template, the field, the tag, the reason.
        value: of `set`.
        pairs: what an emitted event holds.
    """

    at: Instant
    who: str
    what: str
    words: tuple[str, ...] = ()
    value: Value = None
    to: str | None = None
    subject: str | None = None
    journey: str | None = None
    pairs: Mapping[str, Value] | None = None
    line: int = field(default=0, eq=False)

    def is_met_by(self, came: "Outcome") -> bool:
        """Whether what came is what this expects."""
        same = (self.at, self.who, self.what, self.value) == (came.at, came.who, came.what, came.value)
        # A reason or an address may be left unsaid.
        words = self.words == came.words or (not self.words and self.what in {"exit", "skip", "halt", "convert"})
        details = ((self.to, came.to), (self.subject, came.subject), (self.journey, came.journey))
        said = all(mine is None or mine == theirs for mine, theirs in details)
        return same and words and said and (self.pairs is None or self.pairs == came.pairs)


@frozen
class Some:
    """So many of several contacts have an outcome (whose `who` says nothing): which of them hangs on a hash."""

    count: int
    people: frozenset[str]
    outcome: Outcome

    def counts(self, came: Outcome) -> bool:
        """Whether what came is one of these."""
        return came.who in self.people and evolve(self.outcome, who=came.who).is_met_by(came)


@frozen
class NewContact:
    """A contact comes: at the start, by an import, or because it has just been made."""

    at: Instant
    who: str
    fields: Mapping[str, Value]
    imported: bool


@frozen
class NewData:
    """Fields of a contact have other values from now on."""

    at: Instant
    who: str
    fields: Mapping[str, Value]


@frozen
class NewEvent:
    """An event arrives. `happened` is its own time."""

    at: Instant
    who: str
    name: str
    id: str
    happened: Instant
    payload: Mapping[str, Value]
    imported: bool


@frozen
class Activate:
    """Another script of the case becomes the live one.

    `answer` is `keep` or `reset`, for all triggers that have changed; without one, none is asked for.
    """

    at: Instant
    script: str
    answer: str | None = None


@frozen
class Switch:
    """A journey is switched off by hand, or on again."""

    at: Instant
    journey: str
    on: bool


Happening = NewContact | NewData | NewEvent | Activate | Switch


@frozen
class Outage:
    """From `start` to `end` no tick comes; there is one at `end`."""

    start: Instant
    end: Instant


@frozen
class Case:
    """One file.

    Args:
        zone: the project's, in which its times are written.
        start, end: the first instant, and the one before which it is over.
        scripts: by name; the first is called "".
        contacts, history: what is imported at the start.
        story: what happens then, in order.
        expected: all lines, in the order of the file.
        some: those that are for so many of several contacts.
        never: kinds that must not come at all.
        free: effects that may come or not.
        refused: the lines in which the checker must find an error; then nothing is played.
    """

    name: str
    title: str
    why: str
    zone: str
    start: Instant
    end: Instant
    scripts: Mapping[str, str]
    contacts: tuple[NewContact, ...]
    history: tuple[NewEvent, ...]
    story: tuple[Happening, ...]
    outages: tuple[Outage, ...]
    expected: tuple[Outcome, ...]
    never: frozenset[str]
    free: frozenset[str] = frozenset()
    some: tuple[Some, ...] = ()
    refused: tuple[int, ...] = ()

    @property
    def compared(self) -> frozenset[str]:
        """The kinds that are compared."""
        return (EFFECTS | {SKIPPED} | self._named | self.never) - self.free

    @property
    def _named(self) -> frozenset[str]:
        return frozenset({each.what for each in (*self.expected, *(some.outcome for some in self.some))})
