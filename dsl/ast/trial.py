"""`test` blocks: what is given, what happens when, what is expected, for one contact or several."""

import datetime as dt

from attrs import frozen

from wend.dsl.ast.base import Name, Node
from wend.dsl.ast.expr import Expr, Path, Text
from wend.dsl.ast.step import Pair


@frozen(kw_only=True)
class Column(Node):
    """`each.day`: what the row of the table says, where a text, a count or a date stands otherwise."""

    name: Name


@frozen(kw_only=True)
class Moment(Node):
    """`2026-05-09`, `2026-05-09 9am`, `each.day`: without a time the whole local day."""

    date: dt.date | Column
    time: dt.time | None = None


@frozen(kw_only=True)
class Given(Node):
    """`given email = "ana@example.org", consent_email = true`."""

    pairs: tuple[Pair, ...]


@frozen(kw_only=True)
class GivenEvent(Node):
    """`given event purchase at 2026-01-10 with amount = 30`."""

    event: Name
    at: Moment
    values: tuple[Pair, ...] = ()


@frozen(kw_only=True)
class Force(Node):
    """`force subject_line = short`; behind a moment, from then on."""

    split: Name
    variant: Name


@frozen(kw_only=True)
class ExpectNothing(Node):
    """`expect nothing`."""


@frozen(kw_only=True)
class ExpectSend(Node):
    """`expect email "winback-1" 2 times`."""

    channel: Name
    template: Text | Column
    times: int | Column | None = None


@frozen(kw_only=True)
class ExpectCount(Node):
    """`expect 2 email`."""

    count: int | Column
    channel: Name


@frozen(kw_only=True)
class ExpectExit(Node):
    """`expect exit`."""


@frozen(kw_only=True)
class ExpectSkip(Node):
    """`expect skip "consent"`."""

    reason: Text | Column


@frozen(kw_only=True)
class ExpectThat(Node):
    """`expect stage = "cold"`: a condition about the contact."""

    condition: Expr


Expected = ExpectNothing | ExpectSend | ExpectCount | ExpectExit | ExpectSkip | ExpectThat


@frozen(kw_only=True)
class Happens(Node):
    """`event purchase with amount = 30`."""

    event: Name
    values: tuple[Pair, ...] = ()


@frozen(kw_only=True)
class Changes(Node):
    """`set stage = "cold"`."""

    target: Path
    value: Expr


@frozen(kw_only=True)
class At(Node):
    """`at 2026-05-10 expect email "winback-1"`."""

    moment: Moment
    act: Expected | Happens | Changes | Force


@frozen(kw_only=True)
class During(Node):
    """`from 2026-05-11 until 2026-09-07 expect nothing`; without one of both, from the beginning or until the end."""

    start: Moment | None
    until: Moment | None
    expected: Expected


@frozen(kw_only=True)
class Advance(Node):
    """`advance 30 days`."""

    length: Expr


@frozen(kw_only=True)
class ExpectTotal(Node):
    """`expect 2 email in total`."""

    count: int | Column
    channel: Name


TestLine = Given | GivenEvent | Force | At | During | Advance | ExpectTotal


@frozen(kw_only=True)
class TestContact(Node):
    """`contact ana` and the lines that are about this contact alone."""

    __test__ = False  # what pytest looks for is another thing

    name: Name
    lines: tuple[TestLine, ...]


@frozen(kw_only=True)
class Example(Node):
    """A row of the table, a value for each column."""

    cells: tuple[Expr, ...]


@frozen(kw_only=True)
class Examples(Node):
    """`with each`, the names of the columns, and the rows below: each is a test of its own."""

    columns: tuple[Name, ...]
    rows: tuple[Example, ...]


@frozen(kw_only=True)
class TestBlock(Node):
    """`test "three mails" for win_back` and its lines."""

    __test__ = False

    name: Text
    journey: Name
    lines: tuple[TestLine | TestContact, ...]
    examples: Examples | None = None
