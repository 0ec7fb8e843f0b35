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

    def __str__(self) -> str:
        return f"{self.date}" if self.time is None else f"{self.date} {self.time:%H:%M}"


@frozen(kw_only=True)
class Line:
    """A line of a test, and where it stands."""

    place: Place = field(eq=False, repr=False)


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
    """The contact takes this variant of a split."""

    split: str
    variant: str


@frozen(kw_only=True)
class Advance(Line):
    """Time goes on by so much after the latest moment named so far."""

    length: core.Expr


@frozen(kw_only=True)
class ExpectNothing(Line):
    """No message of the journey at that time."""

    at: Moment


@frozen(kw_only=True)
class ExpectSend(Line):
    """A message of the journey at that time, so many times."""

    at: Moment
    channel: str
    template: str
    times: int = 1


@frozen(kw_only=True)
class ExpectExit(Line):
    """The run ends at that time."""

    at: Moment


@frozen(kw_only=True)
class ExpectSkip(Line):
    """A message of the journey is not sent at that time, for this reason."""

    at: Moment
    reason: str


@frozen(kw_only=True)
class ExpectTotal(Line):
    """So many messages of the journey over a channel in the whole test."""

    count: int
    channel: str


AnyLine = (
    Given | Happens | Changes | Force | Advance | ExpectNothing | ExpectSend | ExpectExit | ExpectSkip | ExpectTotal
)
Expectation = ExpectNothing | ExpectSend | ExpectExit | ExpectSkip | ExpectTotal


@frozen(kw_only=True)
class Test:
    """`test "three mails" for win_back` and its lines."""

    __test__ = False  # what pytest looks for is another thing

    name: str
    journey: str
    lines: tuple[AnyLine, ...]
    place: Place = field(eq=False, repr=False)
