"""What is prepared means what is interpreted: the same value, until the same instant, moving in the same way."""

import datetime as dt

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.support import rules as rules_of
from wend.dsl import core
from wend.dsl.ast import Arith, CompareOp
from wend.dsl.period import Period
from wend.dsl.types import Kind
from wend.runtime.calendar import Zone
from wend.runtime.contact import Contact, Event
from wend.runtime.evaluation import interpret
from wend.runtime.evaluation.compare import ORDERED
from wend.runtime.evaluation.interpret import Env
from wend.runtime.evaluation.prepare import Prepared
from wend.runtime.functions import Function, Functions, Moment
from wend.runtime.state import Labelled
from wend.runtime.values import UTC, Bounded, Value
from wend.stdlib import FUNCTIONS

ZONES = (Zone("UTC"), Zone("Europe/Paris"), Zone("America/Sao_Paulo"), Zone("Pacific/Apia"))
NOW = dt.datetime(2024, 3, 31, 0, 30, tzinfo=UTC)
DAY = dt.timedelta(days=1)

instants = st.builds(
    lambda days, minutes: NOW + dt.timedelta(days=days, minutes=minutes),
    st.integers(-400, 40),
    st.sampled_from([0, 0, 1, -30, 720]),
)
dates = st.builds(lambda days: NOW.date() + days * DAY, st.integers(-60, 60))
periods = st.sampled_from([Period(days=n) for n in (0, 1, 3, 30, 365)] + [Period(months=1), Period(seconds=7200)])
numbers = st.one_of(st.integers(-3, 130), st.sampled_from([0.5, -1.5, 2.0, 3.25]))
texts = st.sampled_from(["a", "b", "gold", ""])
constants = st.one_of(
    st.none(), st.booleans(), numbers, texts, dates, periods, st.sampled_from([dt.time(9), dt.time(0)])
)
values: st.SearchStrategy[Value] = st.one_of(constants, instants, st.tuples(texts), st.tuples(texts, texts))
FIELDS = ("id", "tags", "plan", "score", "since", "on")
NAMES = ("purchase", "visit")
PATHS = (("amount",), ("at",), ("plan",), ("deep", "down"))
TIMED = tuple(
    name for name, function in FUNCTIONS.items() if function.signature.timed and len(function.signature.parameters) == 1
)
LAST = core.Aggregate(fold=core.Fold.LAST, event="purchase", path=("at",))
DERIVED = (
    core.Derived(name="latest", value=LAST, kind=Kind.DATE),
    core.Derived(name="earliest", value=core.Field(name="on"), kind=Kind.DATETIME),
    core.Derived(name="days", value=core.Apply(function="days_since", args=(LAST,)), kind=Kind.NUMBER),
    core.Derived(name="any", value=core.Apply(function="weekday", args=(core.Today(),))),
)
names = st.sampled_from(NAMES)
ops = st.sampled_from(sorted(ORDERED))


def moving() -> st.SearchStrategy[core.Expr]:
    """What time alone changes, of the kinds that it should be."""
    starts = st.one_of(
        st.sampled_from(["since", "on"]).map(lambda name: core.Field(name=name)),
        st.sampled_from([core.Now(), core.Today(), LAST, core.Item(path=("at",))]),
        periods.map(lambda by: core.Arithmetic(op=Arith.SUB, left=core.Today(), right=core.Const(value=by))),
        periods.map(lambda by: core.Arithmetic(op=Arith.ADD, left=core.Now(), right=core.Const(value=by))),
    )
    counts = st.builds(core.Apply, function=st.sampled_from(TIMED), args=st.tuples(starts))
    lengths = periods.map(lambda length: core.InLast(length=core.Const(value=length)))
    recent = st.builds(
        core.Aggregate,
        fold=st.sampled_from([core.Fold.COUNT, core.Fold.ANY, core.Fold.SUM, core.Fold.LAST]),
        event=names,
        path=st.sampled_from([("amount",), None]),
        window=st.none() | lengths,
        where=st.none() | st.builds(core.Compare, op=ops, left=counts, right=numbers.map(_constant)),
    )
    sides = counts | recent
    return st.one_of(
        sides,
        st.builds(core.Compare, op=ops, left=sides, right=numbers.map(_constant)),
        st.builds(core.Compare, op=ops, left=numbers.map(_constant), right=sides),
        st.builds(core.Compare, op=ops, left=starts, right=starts),
    )


def leaves() -> st.SearchStrategy[core.Expr]:
    scopes = st.sampled_from(core.Scope)
    return st.one_of(
        st.builds(core.Const, value=constants),
        st.builds(core.Field, name=st.sampled_from(FIELDS)),
        st.builds(core.Field, name=st.sampled_from(FIELDS)),
        st.sampled_from([core.Now(), core.Today()]),
        st.builds(core.LocalMoment, date=dates, time=st.sampled_from([dt.time(2, 30), dt.time(9)])),
        st.builds(core.Entry, scope=scopes),
        st.builds(core.Local, name=st.sampled_from(["order", "other"]), path=st.sampled_from([(), *PATHS])),
        st.builds(core.LabelRef, label=texts, attr=st.sampled_from(core.LabelAttr), scope=scopes),
        st.builds(core.InJourney, journey=texts),
        st.builds(core.Item, path=st.sampled_from(PATHS)),
        st.sampled_from(DERIVED),
        moving(),
        moving(),
        moving(),
        st.builds(core.Aggregate, fold=st.sampled_from(core.Fold), event=names, path=st.sampled_from([None, *PATHS])),
    )


def branches(inner: st.SearchStrategy[core.Expr]) -> st.SearchStrategy[core.Expr]:
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    lengths = st.one_of(periods.map(lambda period: core.Const(value=period)), inner)
    windows = st.one_of(
        st.none(), lengths.map(lambda length: core.InLast(length=length)), inner.map(lambda at: core.Since(start=at))
    )
    return st.one_of(
        st.builds(core.Compare, op=st.sampled_from(CompareOp), left=inner, right=inner),
        st.builds(core.Compare, op=st.sampled_from(CompareOp), left=inner, right=numbers.map(_constant)),
        st.builds(core.And, operands=pairs),
        st.builds(core.Or, operands=pairs),
        st.builds(core.Not, operand=inner),
        st.builds(core.Negate, operand=inner),
        st.builds(core.IsKnown, operand=inner, negated=st.booleans()),
        st.builds(core.Otherwise, left=inner, right=inner),
        st.builds(core.Arithmetic, op=st.sampled_from(Arith), left=inner, right=inner),
        st.builds(core.ListOf, items=pairs),
        st.builds(core.Item, path=st.sampled_from(PATHS), fallback=inner),
        st.builds(core.Apply, function=st.sampled_from(TIMED), args=st.tuples(inner)),
        st.builds(core.Apply, function=st.sampled_from(["least", "join"]), args=pairs),
        st.builds(core.Apply, function=st.just("end_of"), args=st.tuples(inner, st.just(core.Const(value="month")))),
        st.builds(core.Apply, function=st.sampled_from(["days_since", "hours_until"]), args=st.tuples(inner)),
        st.builds(
            core.Aggregate,
            fold=st.sampled_from(core.Fold),
            event=names,
            path=st.sampled_from([None, *PATHS]),
            window=windows,
            where=st.none() | inner,
        ),
    )


def _constant(value: float) -> core.Expr:
    return core.Const(value=value)


# Made once: a strategy that is built anew for each example takes most of the time.
trees = st.recursive(leaves(), branches, max_leaves=8)
expressions = st.lists(trees, min_size=1, max_size=3).map(
    lambda found: [*found, core.And(operands=(found[0], core.Not(operand=found[-1])))]
)


def events(name: str) -> st.SearchStrategy[tuple[Event, ...]]:
    payloads = st.dictionaries(st.sampled_from(["amount", "at", "plan", "deep", "message"]), values | texts, max_size=2)
    made = st.builds(Event, id=st.uuids().map(str), name=st.just(name), time=instants, payload=payloads)
    return st.lists(made, max_size=4).map(lambda found: tuple(sorted(found, key=lambda event: event.key)))


contacts = st.builds(
    Contact,
    id=texts,
    fields=st.fixed_dictionaries(
        {"since": instants | values, "on": dates | values, "score": numbers | values}, optional={"plan": texts | values}
    ),
    events=st.fixed_dictionaries(
        {}, optional={name: events(name) for name in (*NAMES, "message_opened", "message_bounced")}
    ),
)


@st.composite
def views(draw: st.DrawFn) -> tuple[Env, Env]:
    """What a header and a body see of one contact in one step: what was found once is theirs together."""
    contact, zone = draw(contacts), draw(st.sampled_from(ZONES))
    labels = st.dictionaries(texts, st.builds(Labelled, instants, texts, st.none() | texts), max_size=2)
    past = [event for each in contact.events.values() for event in each]
    event = draw(st.sampled_from(past)) if past else None
    entry = draw(instants)
    header = Env(
        NOW, zone, contact, FUNCTIONS, draw(st.none() | instants), None, draw(labels), under_way=frozenset("a")
    )
    body = Env(
        NOW,
        draw(st.sampled_from([zone, *ZONES])),
        contact,
        FUNCTIONS,
        entry,
        (entry, "b"),
        header.run_labels,
        draw(labels),
        {"order": event} if event else {},
        event,
        header.under_way,
        header.found,
    )
    return header, body


def bare(env: Env) -> Env:
    """The same view, with nothing found yet."""
    return Env(
        env.now,
        env.zone,
        env.contact,
        env.functions,
        env.run_entry,
        env.path_entry,
        env.run_labels,
        env.path_labels,
        env.events,
        env.item,
        env.under_way,
    )


def same(expected: Bounded, found: Bounded) -> None:
    assert repr(found.value) == repr(expected.value)
    assert found.until == expected.until
    assert (found.ramp is None) == (expected.ramp is None)
    if found.ramp is not None and expected.ramp is not None:
        assert found.ramp.sign == expected.ramp.sign
        for n in range(-130, 130, 13):
            assert found.ramp.first(n) == expected.ramp.first(n)


@settings(max_examples=600)
@given(expressions, views())
def test_prepared_as_interpreted(found: list[core.Expr], seen: tuple[Env, Env]) -> None:
    prepared = Prepared()
    for env in seen:
        for expr in found:
            same(interpret.evaluate(expr, bare(env)), prepared.evaluate(expr, env))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("limit", [3, -3, 2.5, 0])
@pytest.mark.parametrize("op", sorted(ORDERED))
@pytest.mark.parametrize("name", ["days_since", "days_until"])
def test_a_count_beside_a_number(name: str, op: CompareOp, limit: float, turned: bool) -> None:
    count = core.Apply(function=name, args=(core.Field(name="on"),))
    sides = (core.Const(value=limit), count) if turned else (count, core.Const(value=limit))
    expr = core.Compare(op=op, left=sides[0], right=sides[1])
    prepared = Prepared()
    for days in range(-5, 6):
        env = Env(NOW, ZONES[1], Contact("a", {"on": NOW.date() + days * DAY}), FUNCTIONS)
        same(interpret.evaluate(expr, bare(env)), prepared.evaluate(expr, env))


@pytest.mark.parametrize("kind", [core.And, core.Or])
@pytest.mark.parametrize("days", [(3, 7), (7, 3)])
def test_the_longest_of_those_that_decide(kind: type[core.And | core.Or], days: tuple[int, int]) -> None:
    count = core.Apply(function="days_since", args=(core.Field(name="on"),))
    op = CompareOp.GE if kind is core.And else CompareOp.LT
    expr = kind(operands=tuple(core.Compare(op=op, left=count, right=_constant(limit)) for limit in days))
    env = Env(NOW, ZONES[0], Contact("a", {"on": NOW.date()}), FUNCTIONS)
    assert interpret.evaluate(expr, bare(env)).until == dt.datetime(2024, 4, 7, tzinfo=UTC)
    same(interpret.evaluate(expr, bare(env)), Prepared().evaluate(expr, env))


def test_a_month_from_an_hour_that_comes_twice() -> None:
    # 2:30 by the first of two clocks that say so, and 2:10 by the second: the earlier one leaves the window later.
    first, second = (dt.datetime(2023, 10, 29, hour, minute, tzinfo=UTC) for hour, minute in ((0, 30), (1, 10)))
    past = (Event("1", "visit", first), Event("2", "visit", second))
    expr = core.Aggregate(
        fold=core.Fold.COUNT, event="visit", window=core.InLast(length=core.Const(value=Period(months=1)))
    )
    env = Env(dt.datetime(2023, 11, 29, 1, 20, tzinfo=UTC), ZONES[1], Contact("a", {}, {"visit": past}))
    assert interpret.evaluate(expr, bare(env)).value == 1
    same(interpret.evaluate(expr, bare(env)), Prepared().evaluate(expr, env))


def test_dates_are_moved_in_the_zone_that_asks() -> None:
    moved = core.Arithmetic(
        op=Arith.ADD, left=core.Const(value=NOW.date()), right=core.Const(value=Period(seconds=3600))
    )
    for zone in ZONES:
        env = Env(NOW, zone, Contact("a"))
        same(interpret.evaluate(moved, bare(env)), Prepared().evaluate(moved, env))


def test_equal_constants_of_different_kinds_are_told_apart() -> None:
    prepared, env = Prepared(), Env(NOW, ZONES[0], Contact("a"), _echoing([]))
    for value in (1, True, 1.0):
        expr = core.Apply(function="echo", args=(core.Const(value=value),))
        assert repr(prepared.evaluate(expr, env).value) == repr(value)


def test_a_function_is_asked_once_for_all_places_that_say_it() -> None:
    asked: list[Value] = []
    prepared, env = Prepared(), Env(NOW, ZONES[0], Contact("a", {"plan": "gold"}), _echoing(asked))
    for _ in range(3):
        expr = core.Apply(function="echo", args=(core.Field(name="plan"),))
        assert prepared.evaluate(expr, env) == Bounded("gold")
    assert asked == ["gold"]


def test_what_reads_the_path_is_not_shared_with_what_reads_the_run() -> None:
    prepared, found = Prepared(), Env(NOW, ZONES[0], Contact("a")).found
    expr = core.Apply(function="days_since", args=(core.Entry(scope=core.Scope.RUN),))
    for days in (3, 5):
        env = Env(NOW, ZONES[0], Contact("a"), FUNCTIONS, run_entry=NOW - days * DAY, found=found)
        assert prepared.evaluate(expr, env).value == days


def test_rules_prepare_unless_told_otherwise() -> None:
    rules = rules_of('journey j\n    when score > 1\n        send email "m"\n')
    assert evolve(rules, prepare=False).evaluate is interpret.evaluate
    assert rules.evaluate is not interpret.evaluate


def _echoing(asked: list[Value]) -> Functions:
    def echo(moment: Moment, value: Value) -> Value:
        asked.append(value)
        return value

    return {"echo": Function(FUNCTIONS["lower"].signature, echo)}
