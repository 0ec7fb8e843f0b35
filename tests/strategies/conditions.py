"""Conditions that are well typed over the schema of `scenes`, and become true and false within a few days."""

import datetime as dt

from attrs import evolve, frozen
from hypothesis import strategies as st

from tests.strategies.drawing import composite, either, pick, whole
from tests.strategies.scenes import (
    CHANNELS,
    CLOCKS,
    DATES,
    EVENTS,
    LISTS,
    PLANS,
    TAGS,
    WEBHOOKS,
    WINDOWS,
    Scene,
    call,
    name,
    number,
    path,
    text,
)
from wend.dsl import ast
from wend.dsl.parser import parse_expression
from wend.dsl.source import Source


def _parsed(*conditions: str) -> tuple[ast.Expr, ...]:
    """The trees of these conditions."""
    found: list[ast.Expr] = []
    for condition in conditions:
        made, diagnostics = parse_expression(Source("library", condition))
        assert made is not None, diagnostics
        found.append(made)
    return tuple(found)


KNOWN_LIBRARY = _parsed(
    "hour(now) >= 9",
    'weekday(today) = "sunday"',
    "day(today) >= 15",
    "month(now) = 2",
    'upper(plan) = "B"',
    'capitalize(trim(plan)) != "C"',
    'plan starts with "a"',
    'plan ends with "b"',
    'plan matches "[ab]"',
    'tags contains "vip"',
    "length(tags) >= 1",
    'contains(lists, "news")',
)
"""Conditions of the functions and operators that the others have none of; none of them is ever unknown."""

LIBRARY = _parsed(
    "-score < 0",
    "score * 2 - 1 > 1",
    "round(score / 2) >= 1",
    "floor(score / 2) = ceil(score / 2)",
    "abs(score - 2) <= 1",
    "least(score, 2, 3) = 2",
    "greatest(score, 1) > 1",
    "score >= 150%",
    "hours_since(due) >= 2",
    "hours_until(due) > 1",
    "days_until(signup) <= 1",
    "weeks_since(born) > 3",
    "weeks_until(due) <= 0",
    "months_until(signup) < 1",
    "years_until(due) >= 0",
    "months_since(born) + 1 > 2",
    "years_since(born) >= 1",
    "age(born) >= 30",
    "next_anniversary(born) <= today + 1 day",
    "today - 2 days >= signup",
    "due + 90 minutes < now",
    'start_of(today, "week") >= signup',
    'end_of(today, "month") > born',
    "year(signup) > 2017",
    'email contains "bob"',
    'email starts with "ann"',
    'email ends with ".example"',
    'email matches "^b.*@"',
    "is_email(email)",
    'email_domain(email) = "shop.example"',
    'replace(lower(email), "ann", "bob") = "bob@shop.example"',
    'join(split(email, "@"), "-") ends with "example"',
    'codes contains "x"',
    "length(codes) > 1",
    'wishes = ["web", "shop"]',
    '"web" in wishes',
    '"shop" not in wishes',
    "any(purchase in last 2 days where days_since(at) >= 1)",
)
"""The same, of what may be unknown."""

ORDERED = (ast.CompareOp.GE, ast.CompareOp.GE, ast.CompareOp.GT, ast.CompareOp.LT, ast.CompareOp.LE)
EQUAL = (*ORDERED, ast.CompareOp.EQ)


@frozen(kw_only=True)
class Seen:
    """What a condition may speak of.

    Args:
        labels: messages of the journey that have a name.
        answers: its calls of web services that have a name.
        splits: its splits, each with the variants `left` and `right`.
        journeys: journeys of the program.
        requested: those among them that can be started `on request`.
        segments: segments of the program.
        defines: there are the definitions `ready`, `lapsed(n)`, `ranked(low, high)`.
        local: the name of an event that the path carries, and which event it is.
        waited: the same of an event that a path may have waited for in vain.
        run: there is a run, so `since entry` means something.
        known_only: nothing that may be unknown.
    """

    scene: Scene
    labels: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    journeys: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    defines: bool = False
    local: tuple[str, str] | None = None
    waited: tuple[str, str] | None = None
    run: bool = False
    known_only: bool = False


@composite
def one_of(draw: st.DrawFn, *exprs: ast.Expr) -> ast.Expr:
    """One of these expressions."""
    return pick(draw, exprs)


def compare(op: ast.CompareOp, left: ast.Expr, right: ast.Expr) -> ast.Compare:
    """A comparison."""
    return ast.Compare(op=op, left=left, right=right)


def conditions(seen: Seen, depth: int = 2) -> st.SearchStrategy[ast.Expr]:
    """Conditions as deep as told."""
    return _conditions(seen, depth)


@composite
def _conditions(draw: st.DrawFn, seen: Seen, depth: int) -> ast.Expr:
    shape = draw(whole(0, 9)) if depth else 0
    if shape <= 5:
        return draw(atoms(seen))
    if shape == 6:
        known = evolve(seen, known_only=True)
        return ast.Not(operand=draw(_conditions(known, depth - 1)))
    count = draw(whole(2, 3))
    operands = tuple(_flat(draw(_conditions(seen, depth - 1)), shape <= 7) for _ in range(count))
    flat = tuple(item for group in operands for item in group)
    return ast.And(operands=flat) if shape <= 7 else ast.Or(operands=flat)


def _flat(expr: ast.Expr, conjunction: bool) -> tuple[ast.Expr, ...]:
    """The operands of a junction inside one of its own kind: trees are flat."""
    return expr.operands if isinstance(expr, ast.And if conjunction else ast.Or) else (expr,)


@composite
def atoms(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    """One comparison or the like."""
    makers = [_plan, _plan, _consent, _count, _count, _any, _marks, _clock, _is_known, _known_library]
    if not seen.known_only:
        makers += [_score, _days_since, _days_since, _days_since, _sum, _extreme, _date, _moment, _average]
        makers += [_library, _library]
    if seen.labels:
        makers += [_sent] if seen.known_only else [_sent, _since_sent, _days_since_sent, reactions]
    if seen.answers and not seen.known_only:
        makers += [_answered] * 3
    if seen.splits and not seen.known_only:
        makers.append(_variant)
    if seen.journeys:
        makers.append(_in_journey)
    if seen.segments:
        makers.append(_segment)
    if seen.defines and not seen.known_only:
        makers += [_lapsed, _ready, _ranked]
    if seen.local is not None and not (seen.known_only and seen.local[1] == "webhook_answered"):
        makers.append(_local)
    if seen.waited is not None and not seen.known_only:
        makers.append(_waited)
    made: ast.Expr = draw(pick(draw, makers)(seen))
    return made


@composite
def _plan(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    if draw(whole(0, 3)) == 0:
        items = tuple(text(p) for p in pick(draw, (("a", "b"), ("b", "c"))))
        return compare(ast.CompareOp.IN, path("plan"), ast.ListLiteral(items=items))
    op = pick(draw, (ast.CompareOp.EQ, ast.CompareOp.EQ, ast.CompareOp.NE))
    return compare(op, path("plan"), text(pick(draw, PLANS)))


@composite
def _consent(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return path("consent_email")


@composite
def _score(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    score: ast.Expr = path("score")
    if draw(whole(0, 3)) == 0:
        score = ast.Otherwise(left=score, right=number(draw(whole(0, 2))))
    return compare(pick(draw, EQUAL), score, number(draw(whole(0, 3))))


@composite
def _is_known(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    operand = path(pick(draw, ("score", "signup", "due", "shopped")))
    return ast.IsKnown(operand=operand, negated=either(draw))


@composite
def _days_since(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    field = pick(draw, ("signup", "due", "born", "shopped", "purchase", "visit"))
    if field in EVENTS:
        anchor: ast.Expr = ast.Aggregate(function=name("last"), source=path(f"{field}.at"))
    else:
        anchor = path(field)
    return compare(pick(draw, EQUAL), call("days_since", anchor), number(draw(whole(-1, 3))))


@composite
def _date(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    left = path(pick(draw, ("today", *DATES)))
    date = ast.Date(value=seen.scene.date(draw(whole(-1, 2))))
    return compare(pick(draw, ORDERED), left, date)


@composite
def _clock(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    moment = ast.DateTime(
        date=seen.scene.date(draw(whole(-1, 2))),
        time=pick(draw, CLOCKS),
    )
    return compare(pick(draw, ORDERED), path("now"), moment)


@composite
def _moment(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    """Now against a moment of the contact: `now > due + 2 hours`, `now - 2 days > due`."""
    last: ast.Expr = ast.Aggregate(function=name("last"), source=path("visit.at"))
    moment = draw(one_of(path("due"), path("signup"), last))
    current: ast.Expr = path("now")
    moved = draw(whole(0, 2))
    if moved:
        by = ast.Arithmetic(
            op=pick(draw, (ast.Arith.ADD, ast.Arith.SUB)),
            left=moment if moved == 1 else current,
            right=pick(draw, WINDOWS),
        )
        moment, current = (by, current) if moved == 1 else (moment, by)
    return compare(pick(draw, ORDERED), current, moment)


@composite
def _aggregate(draw: st.DrawFn, seen: Seen, function: str, event: str, field: str | None = None) -> ast.Aggregate:
    source = path(event if field is None else f"{event}.{field}")
    window: ast.InLast | ast.Since | None = None
    kind = draw(whole(0, 5))
    if kind <= 2:
        window = ast.InLast(length=pick(draw, WINDOWS))
    elif kind == 3 and seen.run:
        window = ast.Since(start=path("entry"))
    elif kind == 4 and not seen.known_only:
        window = ast.Since(start=path(pick(draw, ("signup", "due"))))
    where = None
    if draw(whole(0, 2)) == 0:
        where = draw(_where(event, seen))
    return ast.Aggregate(function=name(function), source=source, window=window, where=where)


@composite
def _where(draw: st.DrawFn, event: str, seen: Seen) -> ast.Expr:
    """What must hold of an event."""
    if event == "purchase":
        if either(draw):
            return compare(ast.CompareOp.EQ, path("channel"), text(pick(draw, CHANNELS)))
        return compare(pick(draw, ORDERED), path("amount"), number(draw(whole(1, 3)) * 10))
    if event == "visit":
        return compare(ast.CompareOp.EQ, path("page"), text(pick(draw, PLANS)))
    return compare(ast.CompareOp.EQ, path("plan"), text(pick(draw, PLANS)))


@composite
def event_filters(draw: st.DrawFn, event: str, seen: Seen) -> ast.Expr | None:
    """What must hold of an event that a trigger or an end speaks of; mostly nothing."""
    if event not in EVENTS or draw(whole(0, 2)) < 2:
        return None
    return draw(_where(event, seen))


@composite
def _count(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    counted = draw(_aggregate(seen, "count", pick(draw, EVENTS)))
    return compare(pick(draw, EQUAL), counted, number(draw(whole(0, 3))))


@composite
def _any(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return draw(_aggregate(seen, "any", pick(draw, EVENTS)))


@composite
def _sum(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    total = draw(_aggregate(seen, "sum", "purchase", "amount"))
    return compare(pick(draw, ORDERED), total, number(draw(whole(0, 4)) * 10))


@composite
def _average(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    total = draw(_aggregate(seen, "average", "purchase", "amount"))
    return compare(pick(draw, ORDERED), total, number(draw(whole(1, 3)) * 10))


@composite
def _extreme(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    function = pick(draw, ("min", "max", "first", "last"))
    value = draw(_aggregate(seen, function, "purchase", "amount"))
    return compare(pick(draw, ORDERED), value, number(draw(whole(1, 3)) * 10))


@composite
def _marks(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    field, values = pick(draw, (("tags", TAGS), ("lists", LISTS)))
    op = pick(draw, (ast.CompareOp.IN, ast.CompareOp.IN, ast.CompareOp.NOT_IN))
    return compare(op, text(pick(draw, values)), path(field))


@composite
def _library(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return pick(draw, LIBRARY)


@composite
def _known_library(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return pick(draw, KNOWN_LIBRARY)


@composite
def _answered(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    """What a web service has answered."""
    answer = pick(draw, seen.answers)
    match draw(whole(0, 4)):
        case 0:
            return ast.IsKnown(operand=path(f"{answer}.at"), negated=either(draw))
        case 1:
            return compare(ast.CompareOp.EQ, path(f"{answer}.failed"), ast.Boolean(value=either(draw)))
        case 2:
            return compare(ast.CompareOp.EQ, path(f"{answer}.offer.plan"), text(pick(draw, PLANS)))
        case 3:
            return compare(pick(draw, ORDERED), path(f"{answer}.status"), number(300))
        case _:
            return compare(pick(draw, ORDERED), path(f"{answer}.score"), number(draw(whole(0, 3)) * 10))


@composite
def _sent(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return path(f"{pick(draw, seen.labels)}.sent")


@composite
def reactions(draw: st.DrawFn, seen: Seen) -> ast.Path:
    """What is told of a message by its label: a condition, and the name of an event."""
    return path(f"{pick(draw, seen.labels)}.{pick(draw, ('opened', 'clicked', 'bounced'))}")


@composite
def _variant(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    half = text(pick(draw, ("left", "right")))
    return compare(ast.CompareOp.EQ, path(f"{pick(draw, seen.splits)}.variant"), half)


@composite
def _days_since_sent(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    sent_at = path(f"{pick(draw, seen.labels)}.sent_at")
    return compare(ast.CompareOp.GE, call("days_since", sent_at), number(draw(whole(0, 2))))


@composite
def _since_sent(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    start = path(f"{pick(draw, seen.labels)}.sent_at")
    return ast.Aggregate(function=name("any"), source=path(pick(draw, EVENTS)), window=ast.Since(start=start))


@composite
def _in_journey(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return ast.InJourney(journey=name(pick(draw, seen.journeys)))


@composite
def _segment(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return path(pick(draw, seen.segments))


@composite
def _lapsed(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return call("lapsed", number(draw(whole(-1, 3))))


@composite
def _ranked(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return call("ranked", number(draw(whole(0, 1))), number(draw(whole(1, 2))))


@composite
def _ready(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    return path("ready")


@composite
def _local(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    assert seen.local is not None
    return draw(_of_event(*seen.local, seen))


@composite
def _waited(draw: st.DrawFn, seen: Seen) -> ast.Expr:
    assert seen.waited is not None
    return draw(_of_event(*seen.waited, seen))


@composite
def _of_event(draw: st.DrawFn, alias: str, event: str, seen: Seen) -> ast.Expr:
    if event == "webhook_answered":
        return compare(ast.CompareOp.EQ, path(f"{alias}.webhook"), text(pick(draw, WEBHOOKS)))
    if event == "purchase":
        amount = path(f"{alias}.amount")
        return compare(pick(draw, ORDERED), amount, number(draw(whole(1, 3)) * 10))
    moment = ast.DateTime(date=seen.scene.date(draw(whole(-1, 1))), time=dt.time(9))
    return compare(pick(draw, ORDERED), path(f"{alias}.at"), moment)
