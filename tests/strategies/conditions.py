"""Conditions that are well typed over the schema of `scenes`, and become true and false within a few days."""

import datetime as dt

from attrs import evolve, frozen
from hypothesis import strategies as st

from tests.strategies.scenes import (
    CHANNELS,
    CLOCKS,
    DATES,
    EVENTS,
    LISTS,
    PLANS,
    TAGS,
    WINDOWS,
    Scene,
    call,
    name,
    number,
    path,
    text,
)
from wend.dsl import ast

ORDERED = (ast.CompareOp.GE, ast.CompareOp.GE, ast.CompareOp.GT, ast.CompareOp.LT, ast.CompareOp.LE)
EQUAL = (*ORDERED, ast.CompareOp.EQ)


@frozen(kw_only=True)
class Seen:
    """What a condition may speak of.

    Args:
        labels: messages of the journey that have a name.
        splits: its splits, each with the variants `left` and `right`.
        journeys: journeys of the program.
        requested: those among them that can be started `on request`.
        segments: segments of the program.
        defines: there are the definitions `ready` and `lapsed(n)`.
        local: the name of an event that the path carries, and which event it is.
        run: there is a run, so `since entry` means something.
        known_only: nothing that may be unknown.
    """

    scene: Scene
    labels: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    journeys: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    defines: bool = False
    local: tuple[str, str] | None = None
    run: bool = False
    known_only: bool = False


def one_of(*exprs: ast.Expr) -> st.SearchStrategy[ast.Expr]:
    """One of these expressions."""
    return st.sampled_from(exprs)


def compare(op: ast.CompareOp, left: ast.Expr, right: ast.Expr) -> ast.Compare:
    """A comparison."""
    return ast.Compare(op=op, left=left, right=right)


def conditions(seen: Seen, depth: int = 2) -> st.SearchStrategy[ast.Expr]:
    """Conditions as deep as told."""
    return _conditions(seen, depth)


@st.composite
def _conditions(draw: st.DrawFn, seen: Seen, depth: int) -> ast.Expr:
    shape = draw(st.integers(0, 9)) if depth else 0
    if shape <= 5:
        return draw(atoms(seen))
    if shape == 6:
        known = evolve(seen, known_only=True)
        return ast.Not(operand=draw(_conditions(known, depth - 1)))
    count = draw(st.integers(2, 3))
    operands = tuple(_flat(draw(_conditions(seen, depth - 1)), shape <= 7) for _ in range(count))
    flat = tuple(item for group in operands for item in group)
    return ast.And(operands=flat) if shape <= 7 else ast.Or(operands=flat)


def _flat(expr: ast.Expr, conjunction: bool) -> tuple[ast.Expr, ...]:
    """The operands of a junction inside one of its own kind: trees are flat."""
    return expr.operands if isinstance(expr, ast.And if conjunction else ast.Or) else (expr,)


@st.composite
def atoms(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    """One comparison or the like."""
    makers = [_plan, _plan, _consent, _count, _count, _any, _marks, _clock, _is_known]
    if not seen.known_only:
        makers += [_score, _days_since, _days_since, _days_since, _sum, _extreme, _date, _moment, _average]
    if seen.labels:
        makers += [_sent] if seen.known_only else [_sent, _since_sent, _days_since_sent, reactions]
    if seen.splits and not seen.known_only:
        makers.append(_variant)
    if seen.journeys:
        makers.append(_in_journey)
    if seen.segments:
        makers.append(_segment)
    if seen.defines and not seen.known_only:
        makers += [_lapsed, _ready]
    if seen.local is not None:
        makers.append(_local)
    made: ast.Expr = draw(draw(st.sampled_from(makers))(seen))
    return made


@st.composite
def _plan(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    if draw(st.integers(0, 3)) == 0:
        items = tuple(text(p) for p in draw(st.sampled_from((("a", "b"), ("b", "c")))))
        return compare(ast.CompareOp.IN, path("plan"), ast.ListLiteral(items=items))
    op = draw(st.sampled_from((ast.CompareOp.EQ, ast.CompareOp.EQ, ast.CompareOp.NE)))
    return compare(op, path("plan"), text(draw(st.sampled_from(PLANS))))


def _consent(seen: Seen) -> st.SearchStrategy[ast.Expr]:
    return st.just(path("consent_email"))


@st.composite
def _score(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    score: ast.Expr = path("score")
    if draw(st.integers(0, 3)) == 0:
        score = ast.Otherwise(left=score, right=number(draw(st.integers(0, 2))))
    return compare(draw(st.sampled_from(EQUAL)), score, number(draw(st.integers(0, 3))))


@st.composite
def _is_known(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    operand = path(draw(st.sampled_from(("score", "signup", "due", "shopped"))))
    return ast.IsKnown(operand=operand, negated=draw(st.booleans()))


@st.composite
def _days_since(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    field = draw(st.sampled_from(("signup", "due", "born", "shopped", "purchase", "visit")))
    if field in EVENTS:
        anchor: ast.Expr = ast.Aggregate(function=name("last"), source=path(f"{field}.at"))
    else:
        anchor = path(field)
    return compare(draw(st.sampled_from(EQUAL)), call("days_since", anchor), number(draw(st.integers(-1, 3))))


@st.composite
def _date(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    left = path(draw(st.sampled_from(("today", *DATES))))
    date = ast.Date(value=seen.scene.date(draw(st.integers(-1, 2))))
    return compare(draw(st.sampled_from(ORDERED)), left, date)


@st.composite
def _clock(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    moment = ast.DateTime(
        date=seen.scene.date(draw(st.integers(-1, 2))),
        time=draw(st.sampled_from(CLOCKS)),
    )
    return compare(draw(st.sampled_from(ORDERED)), path("now"), moment)


@st.composite
def _moment(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    """Now against a moment of the contact: `now > due + 2 hours`."""
    last: ast.Expr = ast.Aggregate(function=name("last"), source=path("visit.at"))
    moment = draw(one_of(path("due"), path("signup"), last))
    if draw(st.booleans()):
        op = draw(st.sampled_from((ast.Arith.ADD, ast.Arith.SUB)))
        moment = ast.Arithmetic(op=op, left=moment, right=draw(st.sampled_from(WINDOWS)))
    return compare(draw(st.sampled_from(ORDERED)), path("now"), moment)


@st.composite
def _aggregate(draw: st.DrawFn, seen: Seen, function: str, event: str, field: str | None = None) -> ast.Aggregate:
    source = path(event if field is None else f"{event}.{field}")
    window: ast.InLast | ast.Since | None = None
    kind = draw(st.integers(0, 5))
    if kind <= 2:
        window = ast.InLast(length=draw(st.sampled_from(WINDOWS)))
    elif kind == 3 and seen.run:
        window = ast.Since(start=path("entry"))
    elif kind == 4 and not seen.known_only:
        window = ast.Since(start=path(draw(st.sampled_from(("signup", "due")))))
    where = None
    if draw(st.integers(0, 2)) == 0:
        where = draw(_where(event, seen))
    return ast.Aggregate(function=name(function), source=source, window=window, where=where)


@st.composite
def _where(draw: st.DrawFn, event: str, seen: Seen) -> ast.Expr:
    """What must hold of an event."""
    if event == "purchase":
        if draw(st.booleans()):
            return compare(ast.CompareOp.EQ, path("channel"), text(draw(st.sampled_from(CHANNELS))))
        return compare(draw(st.sampled_from(ORDERED)), path("amount"), number(draw(st.integers(1, 3)) * 10))
    if event == "visit":
        return compare(ast.CompareOp.EQ, path("page"), text(draw(st.sampled_from(PLANS))))
    return compare(ast.CompareOp.EQ, path("plan"), text(draw(st.sampled_from(PLANS))))


def event_filters(event: str, seen: Seen) -> st.SearchStrategy[ast.Expr | None]:
    """What must hold of an event that a trigger or an end speaks of; mostly nothing."""
    if event not in EVENTS:
        return st.none()
    return st.one_of(st.none(), st.none(), _where(event, seen))


@st.composite
def _count(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    counted = draw(_aggregate(seen, "count", draw(st.sampled_from(EVENTS))))
    return compare(draw(st.sampled_from(EQUAL)), counted, number(draw(st.integers(0, 3))))


@st.composite
def _any(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return draw(_aggregate(seen, "any", draw(st.sampled_from(EVENTS))))


@st.composite
def _sum(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    total = draw(_aggregate(seen, "sum", "purchase", "amount"))
    return compare(draw(st.sampled_from(ORDERED)), total, number(draw(st.integers(0, 4)) * 10))


@st.composite
def _average(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    total = draw(_aggregate(seen, "average", "purchase", "amount"))
    return compare(draw(st.sampled_from(ORDERED)), total, number(draw(st.integers(1, 3)) * 10))


@st.composite
def _extreme(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    function = draw(st.sampled_from(("min", "max", "first", "last")))
    value = draw(_aggregate(seen, function, "purchase", "amount"))
    return compare(draw(st.sampled_from(ORDERED)), value, number(draw(st.integers(1, 3)) * 10))


@st.composite
def _marks(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    field, values = draw(st.sampled_from((("tags", TAGS), ("lists", LISTS))))
    op = draw(st.sampled_from((ast.CompareOp.IN, ast.CompareOp.IN, ast.CompareOp.NOT_IN)))
    return compare(op, text(draw(st.sampled_from(values))), path(field))


@st.composite
def _sent(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return path(f"{draw(st.sampled_from(seen.labels))}.sent")


@st.composite
def reactions(draw: st.DrawFn, seen: Seen) -> ast.Path:
    """What is told of a message by its label: a condition, and the name of an event."""
    return path(f"{draw(st.sampled_from(seen.labels))}.{draw(st.sampled_from(('opened', 'clicked', 'bounced')))}")


@st.composite
def _variant(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    half = text(draw(st.sampled_from(("left", "right"))))
    return compare(ast.CompareOp.EQ, path(f"{draw(st.sampled_from(seen.splits))}.variant"), half)


@st.composite
def _days_since_sent(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    sent_at = path(f"{draw(st.sampled_from(seen.labels))}.sent_at")
    return compare(ast.CompareOp.GE, call("days_since", sent_at), number(draw(st.integers(0, 2))))


@st.composite
def _since_sent(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    start = path(f"{draw(st.sampled_from(seen.labels))}.sent_at")
    return ast.Aggregate(
        function=name("any"), source=path(draw(st.sampled_from(EVENTS))), window=ast.Since(start=start)
    )


@st.composite
def _in_journey(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return ast.InJourney(journey=name(draw(st.sampled_from(seen.journeys))))


@st.composite
def _segment(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return path(draw(st.sampled_from(seen.segments)))


@st.composite
def _lapsed(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return call("lapsed", number(draw(st.integers(-1, 3))))


def _ready(seen: Seen) -> st.SearchStrategy[ast.Expr]:
    return st.just(path("ready"))


@st.composite
def _local(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    assert seen.local is not None
    alias, event = seen.local
    if event == "purchase":
        amount = path(f"{alias}.amount")
        return compare(draw(st.sampled_from(ORDERED)), amount, number(draw(st.integers(1, 3)) * 10))
    moment = ast.DateTime(date=seen.scene.date(draw(st.integers(-1, 1))), time=dt.time(9))
    return compare(draw(st.sampled_from(ORDERED)), path(f"{alias}.at"), moment)
