"""The analysis of conditions is sound: what a contact makes of conditions is never called impossible."""

import datetime as dt
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from wend.dsl import core
from wend.dsl.analysis.ranges import Ranges, Truth, Wanted
from wend.dsl.ast import Arith, CompareOp
from wend.dsl.period import Period
from wend.dsl.program import Schema
from wend.dsl.types import BOOLEAN, DATE, NUMBER, TEXT, Kind, Type
from wend.runtime.calendar import Zone
from wend.runtime.contact import Contact, Event
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.values import UTC, Value
from wend.stdlib import FUNCTIONS

NOW = dt.datetime(2024, 3, 31, 0, 30, tzinfo=UTC)
DAY = dt.timedelta(days=1)
ZONES = (Zone("UTC"), Zone("Pacific/Apia"), Zone("America/Sao_Paulo"))
LAST = core.Aggregate(fold=core.Fold.LAST, event="purchase", path=("at",))
LATEST = core.Derived(name="latest", value=LAST, kind=Kind.DATE)
SCHEMA = Schema(
    contact={
        "x": NUMBER.maybe(),
        "y": NUMBER.maybe(),
        "plan": Type(Kind.TEXT, True, values=("free", "pro", "team")),
        "name": TEXT.maybe(),
        "ok": BOOLEAN.maybe(),
        "born": DATE.maybe(),
        "latest": DATE.maybe(),
    },
    derived={"latest": LAST},
)


def const(value: core.Constant) -> core.Expr:
    return core.Const(value=value)


ops = st.sampled_from([o for o in CompareOp if len(o.value) <= 2 and o.value != "in"])
numbers = st.sampled_from([-1, 0, 1, 2, 2.5, 3, 30]).map(const)
texts = st.sampled_from(["free", "pro", "ana"]).map(const)
days = st.sampled_from([NOW.date() - n * DAY for n in (0, 1, 3, 30)]).map(const)
where = st.none() | st.builds(core.Compare, op=ops, left=st.just(core.Item(path=("amount",))), right=numbers)
windows = st.none() | st.sampled_from([1, 3, 30]).map(lambda n: core.InLast(length=const(Period(days=n))))
folds = st.sampled_from([core.Fold.COUNT, core.Fold.SUM, core.Fold.MAX, core.Fold.AVERAGE])
amounts = st.builds(
    core.Aggregate, fold=folds, event=st.just("purchase"), path=st.just(("amount",)), window=windows, where=where
)
moments = st.sampled_from([core.Field(name="born"), LATEST, LAST])
counts = st.builds(
    core.Apply, function=st.sampled_from(["days_since", "days_until", "weeks_since"]), args=st.tuples(moments)
)
numeric: st.SearchStrategy[core.Expr] = st.one_of(
    st.sampled_from(["x", "y"]).map(lambda name: core.Field(name=name)), amounts, counts
)
shifted = numeric | st.builds(core.Arithmetic, op=st.sampled_from(Arith), left=numeric, right=numbers)
filled = shifted | st.builds(core.Otherwise, left=numeric, right=numbers)
named = st.sampled_from(["plan", "name"]).map(lambda name: core.Field(name=name))
in_list = st.lists(texts, min_size=1, max_size=2).map(lambda items: core.ListOf(items=tuple(items)))
atoms: st.SearchStrategy[core.Expr] = st.one_of(
    st.builds(core.Compare, op=ops, left=filled, right=numbers),
    st.builds(core.Compare, op=ops, left=numbers, right=shifted),
    st.builds(core.Compare, op=ops, left=numeric, right=numeric),
    st.builds(core.Compare, op=ops, left=moments, right=days),
    st.builds(core.Compare, op=st.sampled_from([CompareOp.EQ, CompareOp.NE]), left=named, right=texts),
    st.builds(core.Compare, op=st.sampled_from([CompareOp.IN, CompareOp.NOT_IN]), left=named, right=in_list),
    st.builds(core.IsKnown, operand=numeric | moments | named, negated=st.booleans()),
    st.builds(
        core.Aggregate,
        fold=st.just(core.Fold.ANY),
        event=st.just("purchase"),
        path=st.sampled_from([None, ("amount",)]),
        window=windows,
        where=where,
    ),
    st.just(core.Field(name="ok")),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(core.And, operands=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(core.Or, operands=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(core.Not, operand=inner),
    ),
    max_leaves=5,
)
wide = st.none() | st.sampled_from([-1, 0, 1, 2, 2.5, 3, 4, 30, 31])
contacts = st.builds(
    lambda fields, past: Contact("a", fields, {"purchase": tuple(sorted(past, key=lambda e: e.key))} if past else {}),
    st.fixed_dictionaries(
        {
            "x": wide,
            "y": wide,
            "plan": st.sampled_from([None, "free", "pro", "team"]),
            "name": st.sampled_from([None, "ana", "free"]),
            "ok": st.sampled_from([None, True, False]),
            "born": st.sampled_from([None, *(NOW.date() - n * DAY for n in (-2, 0, 1, 2, 3, 29, 30, 31))]),
        }
    ),
    st.lists(
        st.builds(
            Event,
            id=st.uuids().map(str),
            name=st.just("purchase"),
            time=st.sampled_from([NOW - n * DAY for n in (0, 0.1, 1, 2, 2.9, 3, 29, 30, 31)]),
            payload=st.fixed_dictionaries({"amount": wide}),
        ),
        max_size=3,
    ),
)


def truth(value: Value) -> Truth:
    return Truth.TRUE if value is True else Truth.FALSE if value is False else Truth.UNKNOWN


@settings(max_examples=500)
@given(st.lists(conditions, min_size=1, max_size=3), contacts, st.sampled_from(ZONES), st.booleans())
def test_what_happens_is_possible(found: list[core.Expr], contact: Contact, zone: Zone, declared: bool) -> None:
    env = Env(NOW, zone, contact, FUNCTIONS)
    wanted = [(expr, frozenset({truth(evaluate(expr, env).value)})) for expr in found]
    ranges = Ranges(SCHEMA if declared else Schema())
    assert ranges.possible(*wanted)
    assert ranges.possible((found[0], wanted[0][1] | {Truth.TRUE}), *wanted[1:])


@settings(max_examples=200)
@given(conditions)
def test_a_condition_is_not_true_and_false(condition: core.Expr) -> None:
    """Of a condition that is one comparison the analysis knows that it is not two things at once."""
    if isinstance(condition, core.Compare | core.Aggregate | core.IsKnown | core.Field):
        both = [(condition, frozenset({Truth.TRUE})), (condition, frozenset({Truth.FALSE}))]
        assert not Ranges(SCHEMA).possible(*both)


def test_windows_beside_days_since_the_last_event() -> None:
    """Every way in which a window and a count of days can meet, at the edges."""
    ranges = Ranges(SCHEMA)
    since = core.Apply(function="days_since", args=(LATEST,))
    for window, limit, op, ago in itertools.product((1, 3), range(5), (CompareOp.GE, CompareOp.LE), range(5)):
        within = core.Aggregate(
            fold=core.Fold.ANY, event="purchase", window=core.InLast(length=const(Period(days=window)))
        )
        counted = core.Compare(op=op, left=since, right=const(limit))
        contact = Contact("a", {}, {"purchase": (Event("1", "purchase", NOW - ago * DAY),)})
        env = Env(NOW, ZONES[0], contact, FUNCTIONS)
        pair: list[core.Expr] = [within, counted]
        wanted = [(expr, frozenset({truth(evaluate(expr, env).value)})) for expr in pair]
        assert ranges.possible(*wanted)
        assert ranges.possible(*reversed(wanted))
        both: list[Wanted] = [(within, frozenset({Truth.TRUE})), (counted, frozenset({Truth.TRUE}))]
        assert ranges.possible(*both) is (op is CompareOp.LE or limit < window)
