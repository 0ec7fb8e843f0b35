"""A checked `test` block: what is given, what happens when, and what is expected of it."""

import datetime as dt

from attrs import field, frozen

from wend.dsl import core
from wend.dsl.core import Place

Values = tuple[tuple[str, core.Expr], ...]


@frozen
class Moment:
    """A local date, with a time where one was told: else the whole day, for what happens its first moment."""

    date: dt.date
    time: dt.time | None = None

    @property
    def first(self) -> dt.datetime:
        """Its first local moment, for comparing two of them."""
        return dt.datetime.combine(self.date, self.time or dt.time())

    def __str__(self) -> str:
        return f"{self.date}" if self.time is None else f"{self.date} {self.time:%H:%M}"


@frozen
class Range:
    """From a moment until another, which is outside; without one of both from the beginning, or until the end."""

    start: Moment | None = None
    until: Moment | None = None

    def __str__(self) -> str:
        words = [f"from {self.start}" if self.start else "", f"until {self.until}" if self.until else ""]
        return " ".join(filter(None, words))


When = Moment | Range
"""When something is expected: at a moment, or within a range of time."""


@frozen(kw_only=True)
class Line:
    """A line of a test, where it stands, and the contact that it is about.

    Args:
        who: None: each contact of the test (for a total: all of them together).
    """

    place: Place = field(eq=False, repr=False)
    who: str | None = None


@frozen(kw_only=True)
class Given(Line):
    """The contact's fields at the beginning."""

    values: Values


@frozen(kw_only=True)
class Happens(Line):
    """An event of the contact."""

    at: Moment
    event: str
    values: Values = ()


@frozen(kw_only=True)
class Changes(Line):
    """A field of the contact gets a value."""

    at: Moment
    field: str
    value: core.Expr


@frozen(kw_only=True)
class Force(Line):
    """The contact takes this variant of a split.

    Args:
        variant: None: none of them.
        at: from when on; None: from the beginning.
    """

    split: str
    variant: str | None
    at: Moment | None = None


@frozen(kw_only=True)
class Advance(Line):
    """Time goes on by so much after the latest moment named so far."""

    length: core.Expr


@frozen(kw_only=True)
class ExpectNothing(Line):
    """No message of the journey at that time."""

    at: When


@frozen(kw_only=True)
class ExpectSend(Line):
    """A message of the journey at that time, so many times."""

    at: When
    channel: str
    template: str
    times: int = 1


@frozen(kw_only=True)
class ExpectCount(Line):
    """So many messages of the journey over a channel at that time."""

    at: When
    count: int
    channel: str


@frozen(kw_only=True)
class ExpectExit(Line):
    """The run ends at that time."""

    at: When


@frozen(kw_only=True)
class ExpectSkip(Line):
    """A message of the journey is not sent at that time, for this reason."""

    at: When
    reason: str


@frozen(kw_only=True)
class ExpectThat(Line):
    """A condition holds then: at the end of the day, at the end of the minute, or all through a range of time."""

    at: When
    condition: core.Expr


@frozen(kw_only=True)
class ExpectTotal(Line):
    """So many messages of the journey over a channel in the whole test."""

    count: int
    channel: str


Timed = ExpectNothing | ExpectSend | ExpectCount | ExpectExit | ExpectSkip | ExpectThat
"""What is expected at some time."""
Expectation = Timed | ExpectTotal
AnyLine = Given | Happens | Changes | Force | Advance | Expectation


@frozen(kw_only=True)
class Test:
    """`test "three mails" for win_back` and its lines; of a test with a table, one of its rows.

    Args:
        contacts: those that it names; empty: one that has no name.
        row: where the row of the table stands.
    """

    __test__ = False  # what pytest looks for is another thing

    name: str
    journey: str
    lines: tuple[AnyLine, ...]
    contacts: tuple[str, ...] = ()
    place: Place = field(eq=False, repr=False)
    row: Place | None = field(default=None, eq=False, repr=False)
