"""Whether conditions can hold together: what each value can be, by the conditions that are taken to hold.

A condition is split into cases; each case keeps for every *term* (a field, a count of days, an aggregate) the values
that are left for it. What is not understood leaves everything possible, so "no case is left" is certain and "a case is
left" is not.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache, partial
from typing import assert_never

from attrs import evolve, field, frozen

from wend.dsl import core
from wend.dsl.analysis.terms import (
    COUNTED,
    FLIPPED,
    NEGATED,
    Linear,
    Relation,
    days,
    linear,
    normal,
    plain_text,
    relation,
)
from wend.dsl.analysis.values import ANYTHING, CERTAIN, COUNT, NEVER_UNKNOWN, TRUTH, WHOLE, Plain, Values
from wend.dsl.ast import CompareOp
from wend.dsl.period import Period
from wend.dsl.program import Schema
from wend.dsl.types import Kind, Type

CASES_AT_MOST = 96
"""Beyond so many cases a condition is taken to leave everything possible."""


class Truth(Enum):
    """What a condition can come out as."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


TRUE = frozenset({Truth.TRUE})
FALSE = frozenset({Truth.FALSE})
UNKNOWN = frozenset({Truth.UNKNOWN})
NOT_FALSE = TRUE | UNKNOWN
NOT_TRUE = FALSE | UNKNOWN
ANY = TRUE | NOT_TRUE

Term = core.Expr | Relation
Case = Mapping[Term, Values]
Wanted = tuple[core.Expr, frozenset[Truth]]
Narrowing = Callable[[Values], Values]

_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}
_RELATIONS: Mapping[CompareOp, frozenset[Plain]] = {
    CompareOp.EQ: frozenset("="),
    CompareOp.NE: frozenset("<>"),
    CompareOp.LT: frozenset("<"),
    CompareOp.LE: frozenset("<="),
    CompareOp.GT: frozenset(">"),
    CompareOp.GE: frozenset(">="),
}


class _TooMany(Exception):
    """More cases than are looked at."""


@frozen
class Ranges:
    """Finds the cases that conditions leave, by the declared fields."""

    schema: Schema
    _wider: dict[core.Aggregate, tuple[core.Aggregate, ...]] = field(factory=dict, init=False, eq=False, repr=False)

    def cases(self, wanted: Iterable[Wanted]) -> list[Case]:
        """The cases in which every condition comes out as is wanted; none: that is impossible.

        Conditions of one instant only: what is evaluated at different times has to be asked for separately.
        """
        found: list[Case] = [{}]
        for expr, truths in wanted:
            try:
                found = self._assume(expr, truths, found)
            except _TooMany:
                continue
        return found

    def told_apart(self, wanted: Iterable[Wanted], among: Iterable[Case] = ({},)) -> list[Case] | None:
        """The same, and None where a condition has more cases than are looked at.

        What is possible so is possible for some of the conditions alone, too.

        Args:
            among: the cases that other conditions of the same instant have left.
        """
        found = list(among)
        try:
            for expr, truths in wanted:
                found = self._assume(expr, truths, found)
        except _TooMany:
            return None
        return found

    def possible(self, *wanted: Wanted) -> bool:
        """Whether the conditions can come out so together, as far as is known."""
        return bool(self.cases(wanted))

    # ---- logic -------------------------------------------------------------------------------------------------------

    def _assume(self, expr: core.Expr, truths: frozenset[Truth], cases: list[Case]) -> list[Case]:
        if truths == ANY or not cases:
            return cases
        found: list[Case] = []
        for truth in (t for t in Truth if t in truths):
            found += self._one(expr, truth, cases)
            if len(found) > CASES_AT_MOST:
                raise _TooMany
        return found

    def _one(self, expr: core.Expr, truth: Truth, cases: list[Case]) -> list[Case]:
        match expr:
            case core.And(operands=operands):
                return self._junction(operands, truth, cases, Truth.TRUE)
            case core.Or(operands=operands):
                return self._junction(operands, truth, cases, Truth.FALSE)
            case core.Not(operand=operand):
                return self._assume(operand, frozenset({_OPPOSITE[truth]}), cases)
            case core.IsKnown(operand=operand, negated=negated):
                if truth is Truth.UNKNOWN:
                    return []
                return self._knowing(operand, (truth is Truth.TRUE) is not negated, cases)
            case core.Compare():
                return self._compare(expr, truth, cases)
            case core.Otherwise(left=left, right=right):
                if truth is Truth.UNKNOWN:
                    return self._one(right, truth, self._knowing(left, False, cases))
                second = self._one(right, truth, self._knowing(left, False, cases))
                return self._one(left, truth, cases) + second
            case core.Const(value=value):
                if isinstance(value, bool):
                    return cases if (truth is Truth.TRUE) is value and truth is not Truth.UNKNOWN else []
                return cases if truth is Truth.UNKNOWN else []
            case core.Derived(value=value, kind=Kind.BOOLEAN):
                return self._one(value, truth, cases)
            case core.Aggregate(fold=core.Fold.ANY):
                op = CompareOp.GE if truth is not Truth.FALSE else CompareOp.LT
                counted = core.Compare(op=op, left=evolve(expr, fold=core.Fold.COUNT), right=core.Const(value=1))
                return self._compare(counted, Truth.UNKNOWN if truth is Truth.UNKNOWN else Truth.TRUE, cases)
            case _:
                if truth is Truth.UNKNOWN:  # where nothing is declared it can be known, and no condition
                    return self._knowing(expr, False, cases) if self._boolean(expr) else cases
                return self._narrow(normal(expr), cases, lambda v: v.equal(truth is Truth.TRUE))

    def _junction(self, operands: tuple[core.Expr, ...], truth: Truth, cases: list[Case], all_of: Truth) -> list[Case]:
        """`and` where `all_of` is true, `or` where it is false."""
        if truth is all_of:
            for operand in operands:
                cases = self._one(operand, truth, cases)
            return cases
        found: list[Case] = []
        rest = ANY - {_OPPOSITE[all_of]}
        for chosen, operand in enumerate(operands):
            some = self._one(operand, truth, cases)
            if truth is Truth.UNKNOWN:
                for other, each in enumerate(operands):
                    if other != chosen:
                        some = self._assume(each, rest, some)
            found += some
            if len(found) > CASES_AT_MOST:
                raise _TooMany
        return found

    # ---- comparisons -------------------------------------------------------------------------------------------------

    def _compare(self, expr: core.Compare, truth: Truth, cases: list[Case]) -> list[Case]:
        if truth is Truth.UNKNOWN:
            return self._unknown_comparison(expr, cases)
        op = expr.op if truth is Truth.TRUE else NEGATED.get(expr.op)
        cases = self._knowing(expr.left, True, self._knowing(expr.right, True, cases))
        match expr.op:
            case CompareOp.IN | CompareOp.NOT_IN:
                return self._membership(expr, (truth is Truth.TRUE) is (expr.op is CompareOp.IN), cases)
            case CompareOp.CONTAINS:
                has = core.Compare(op=CompareOp.CONTAINS, left=normal(expr.left), right=normal(expr.right))
                return self._narrow(has, cases, lambda v: v.equal(truth is Truth.TRUE))
            case CompareOp.STARTS | CompareOp.ENDS | CompareOp.MATCHES:
                same = core.Compare(op=expr.op, left=normal(expr.left), right=normal(expr.right))
                return self._narrow(same, cases, lambda v: v.equal(truth is Truth.TRUE))
            case _:
                assert op is not None
                return self._either(op, expr, cases)

    def _either(self, op: CompareOp, expr: core.Compare, cases: list[Case]) -> list[Case]:
        """`a otherwise b` is one of two values."""
        if not isinstance(expr.left, core.Otherwise):
            return self._ordered(op, expr, cases)
        first, second = expr.left.left, expr.left.right
        found = self._either(op, evolve(expr, left=first), self._knowing(first, True, cases))
        found += self._either(op, evolve(expr, left=second), self._knowing(first, False, cases))
        if len(found) > CASES_AT_MOST:
            raise _TooMany
        return found

    def _ordered(self, op: CompareOp, expr: core.Compare, cases: list[Case]) -> list[Case]:
        left, right = expr.left, expr.right
        if isinstance(left, core.Const | core.LocalMoment):
            left, right, op = right, left, FLIPPED[op]
        found = linear(left), plain_text(right), linear(right)
        match found:
            case Linear(term=None, offset=a), _, Linear(term=None, offset=b):
                return cases if _holds(op, a, b) else []
            case Linear(term=term, factor=factor, offset=offset), _, Linear(term=None, offset=constant) if (
                term is not None and factor
            ):
                bound = (constant - offset) / factor
                turned = op if factor > 0 else FLIPPED[op]
                return self._narrow(term, cases, lambda v: v.compared(turned, bound))
            case Linear(term=term, factor=1, offset=0), (str() | bool()) as value, _ if term is not None:
                return self._narrow(term, cases, lambda v: v.compared(op, value))
            case _:
                between, turned = relation(left, right, op)
                allowed = _RELATIONS[turned]
                return self._narrow(between, cases, lambda v: v.one_of(allowed))

    def _membership(self, expr: core.Compare, inside: bool, cases: list[Case]) -> list[Case]:
        items = expr.right.items if isinstance(expr.right, core.ListOf) else None
        if items is None:
            has = core.Compare(op=CompareOp.CONTAINS, left=normal(expr.right), right=normal(expr.left))
            return self._narrow(has, cases, lambda v: v.equal(inside))
        equal = [core.Compare(op=CompareOp.EQ, left=expr.left, right=item) for item in items]
        if not inside:
            for each in equal:
                cases = self._one(each, Truth.FALSE, cases)
            return cases
        texts = [plain_text(item) for item in items]
        term = linear(expr.left)
        if term is not None and term.term is not None and all(isinstance(t, str | bool) for t in texts):
            among = frozenset(t for t in texts if isinstance(t, str | bool))
            return self._narrow(term.term, cases, lambda v: v.one_of(among))
        return [case for each in equal for case in self._one(each, Truth.TRUE, cases)]

    def _unknown_comparison(self, expr: core.Compare, cases: list[Case]) -> list[Case]:
        """A side is unknown; or, where nothing is declared, the two are of different kinds."""
        if not (self._sure(expr.left) and self._sure(expr.right)):
            return cases
        return self._knowing(expr.left, False, cases) + self._knowing(expr.right, False, cases)

    def _sure(self, expr: core.Expr) -> bool:
        """Whether a value is of its kind whenever it is known."""
        match expr:
            case core.Const() | core.LocalMoment() | core.Aggregate(fold=core.Fold.COUNT | core.Fold.SUM):
                return True
            case core.Field(name=name):
                declared = (self.schema.contact or {}).get(name)
                return declared is not None and declared.kind is not Kind.ANY
            case core.Apply(function=function):
                return function in COUNTED
            case core.Arithmetic(left=left, right=right):
                return self._sure(left) and self._sure(right)
            case _:
                return False

    def _boolean(self, expr: core.Expr) -> bool:
        """Whether a value is true or false whenever it is known."""
        match expr:
            case core.LabelRef(attr=core.LabelAttr.SENT) | core.InJourney():
                return True
            case core.Field(name=name):
                declared = (self.schema.contact or {}).get(name)
                return declared is not None and declared.kind is Kind.BOOLEAN
            case _:
                return False

    # ---- known and unknown -------------------------------------------------------------------------------------------

    def _knowing(self, expr: core.Expr, known: bool, cases: list[Case]) -> list[Case]:
        match expr:
            case core.Const(value=value):
                return cases if (value is not None) is known else []
            case core.LocalMoment() | core.Now() | core.Today() | core.ListOf() | core.IsKnown() | core.InJourney():
                return cases if known else []
            case core.Otherwise(left=left, right=right):
                if known:
                    return cases
                return self._knowing(left, False, self._knowing(right, False, cases))
            case core.Arithmetic(left=left, right=right):
                if not known:
                    return cases
                return self._knowing(left, True, self._knowing(right, True, cases))
            case core.Negate(operand=operand) | core.Not(operand=operand):
                return self._knowing(operand, known, cases)
            case core.Derived(value=value):
                cases = self._knowing(value, known, cases)
                return cases
            case core.And() | core.Or() | core.Compare():
                return self._assume(expr, TRUE | FALSE if known else UNKNOWN, cases)
            case core.Apply(args=args):
                if known:
                    for arg in args:
                        cases = self._knowing(arg, True, cases)
                return self._narrow(normal(expr), cases, lambda v: v.only_known() if known else v.only_unknown())
            case core.Field() | core.Entry() | core.Local() | core.Item() | core.LabelRef() | core.Aggregate():
                return self._narrow(normal(expr), cases, lambda v: v.only_known() if known else v.only_unknown())
            case _:
                assert_never(expr)

    # ---- terms -------------------------------------------------------------------------------------------------------

    def _narrow(self, term: Term, cases: list[Case], to: Narrowing) -> list[Case]:
        found: list[Case] = []
        for case in cases:
            values = to(case.get(term) or self.start(term))
            if values.empty:
                continue
            made = implied({**case, term: values}, self)
            if made is not None:
                found.append(made)
        return found

    def wider(self, term: core.Aggregate) -> tuple[core.Aggregate, ...]:
        """The other counts that count all events that an aggregate looks at, and maybe more."""
        found = self._wider.get(term)
        if found is None:
            count = evolve(term, fold=core.Fold.COUNT, path=None)
            counts = (count, evolve(count, where=None), evolve(count, window=None), _every(term.event))
            found = self._wider[term] = tuple(each for each in dict.fromkeys(counts) if each != term)
        return found

    def start(self, term: Term) -> Values:
        """What a term can be before anything is asked."""
        match term:
            case Relation():
                return evolve(NEVER_UNKNOWN, among=frozenset("<=>"))
            case core.Field(name=name):
                return _declared((self.schema.contact or {}).get(name))
            case core.Aggregate(fold=core.Fold.COUNT):
                return COUNT if certain_window(term) else evolve(COUNT, unknown=True)
            case core.Aggregate(fold=core.Fold.LAST | core.Fold.FIRST):
                return ANYTHING
            case core.Apply(function=function):
                return WHOLE if function in COUNTED else ANYTHING
            case core.LabelRef(attr=core.LabelAttr.SENT) | core.InJourney() | core.IsKnown():
                return CERTAIN
            case core.Entry():
                return NEVER_UNKNOWN
            case core.Compare():
                return TRUTH
            case _:
                return ANYTHING


def implied(case: Case, ranges: Ranges) -> Case | None:
    """The case with what its counts of events say of one another; None where they contradict."""
    made = dict(case)

    def narrow(term: core.Expr, to: Narrowing) -> bool:
        made[term] = to(made.get(term) or ranges.start(term))
        return not made[term].empty

    for term, values in case.items():
        if not isinstance(term, core.Apply | core.Aggregate) or not values.known or values.unknown:
            continue
        match term:
            case core.Apply(function=function, args=(core.Aggregate() as of,)) if function in COUNTED:
                if not narrow(_every(of.event), lambda v: v.above(1, True)):
                    return None
            case core.Aggregate() if (least := _at_least(term, values)) > 0:
                for wider in ranges.wider(term):
                    if not narrow(wider, partial(Values.above, bound=least, equal=True)):
                        return None
                length = days(term.window)
                if length is not None and not narrow(
                    _latest(term.event), partial(Values.below, bound=length - 1, equal=True)
                ):
                    return None
            case core.Aggregate(fold=core.Fold.COUNT, path=None, where=None) if values.high < 1:
                latest, length = _latest(term.event), days(term.window)
                if latest not in made or (term.window is not None and length is None):
                    continue
                left = made[latest]
                left = left.only_unknown() if length is None else evolve(left.above(length, True), unknown=left.unknown)
                if left.empty:
                    return None
                made[latest] = left
            case _:
                pass
    return made


def _at_least(term: core.Aggregate, values: Values) -> float:
    """How many events there are at least, where an aggregate has these values."""
    match term.fold:
        case core.Fold.COUNT:
            return values.low
        case core.Fold.SUM:
            return 1 if values.low > 0 or values.high < 0 or (values.low == 0 and values.low_open) else 0
        case _:
            return 1


@lru_cache(maxsize=256)
def _every(event: str) -> core.Aggregate:
    """The count of all events of a name."""
    return core.Aggregate(fold=core.Fold.COUNT, event=event)


@lru_cache(maxsize=256)
def _latest(event: str) -> core.Apply:
    """How many days ago the latest event of a name was."""
    return core.Apply(function="days_since", args=(core.Aggregate(fold=core.Fold.LAST, event=event, path=("at",)),))


def certain_window(expr: core.Aggregate) -> bool:
    """Whether a window is never unknown."""
    match expr.window:
        case None:
            return True
        case core.InLast(length=core.Const(value=Period())):
            return True
        case core.Since(start=core.Const() | core.LocalMoment() | core.Entry() | core.Today() | core.Now()):
            return True
        case _:
            return False


def _declared(kind: Type | None) -> Values:
    if kind is None:
        return ANYTHING
    if kind.values:
        return Values(among=frozenset[Plain](kind.values))
    if kind.kind is Kind.BOOLEAN:
        return TRUTH
    return WHOLE if kind.kind is Kind.DATE else ANYTHING


def _holds(op: CompareOp, a: float, b: float) -> bool:
    return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[str(op)]
