"""From the tree of an expression to a checked one: names resolved, kinds agreed."""

from typing import assert_never

from wend.dsl import ast, core, knowing
from wend.dsl.checker import calls, operators, resolve, warnings
from wend.dsl.checker.context import LARGEST, MOST, Context, TooLarge
from wend.dsl.checker.env import NOTHING, Env, Typed, is_placeholder
from wend.dsl.checker.operators import either_unknown, may_be_unknown
from wend.dsl.checker.words import a_kind, a_type
from wend.dsl.formatter import format_node
from wend.dsl.machine import MAX_DEPTH
from wend.dsl.period import Period, period_of
from wend.dsl.types import (
    ANY,
    BOOLEAN,
    CLOCK,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    Kind,
    Type,
    list_of,
)


class Expressions(Context):
    """Checks expressions; what it finds goes to the reports."""

    def check(self, node: ast.Expr, env: Env) -> Typed:
        """The checked expression and its type; a reported mistake gives a value that fits everywhere."""
        if self.level >= MAX_DEPTH:
            if not self.too_deep:
                self.too_deep = True
                message = "this is nested too deeply when every define and derived field is written out"
                self.error("W209", message, node, env, "use fewer defines within defines")
            return NOTHING
        if not self.level and not self.counted:
            return self._whole(node, env)
        self.level += 1
        self.spent += 1
        found = self._check(node, env)
        self.level -= 1
        if found.type.optional and env.known and found.expr in env.known:
            return Typed(found.expr, found.type.maybe(False))
        return found

    def _whole(self, node: ast.Expr, env: Env) -> Typed:
        """An expression that stands in no other one: its values are counted while it is written out."""
        if self.total > MOST:
            return NOTHING
        if resolve.too_large(node):
            message = f"this is too large: an expression has {LARGEST:_} values at most"
            self.error("W209", message, node, env, "give a part of it a name with `define`, or keep a list in the data")
            return NOTHING
        self.counted, self.spent = True, 0
        try:
            found = self.check(node, env)
        except TooLarge:
            if self.pending:
                raise
            self.level, found = 0, NOTHING
            message = f"this is too large when every define in it is written out: more than {LARGEST:_} values"
            self.error("W209", message, node, env, "use fewer defines within defines, or keep a part of it in the data")
        finally:
            self.counted = False
            self.total += self.spent
        if self.total > MOST:
            message = f"the program is too large when every define is written out: it has more than {MOST:_} values"
            self.error(
                "W209", message, node, env, "use large defines and segments less often, or keep them in the data"
            )
        return found

    def _check(self, node: ast.Expr, env: Env) -> Typed:
        place = env.place(node)
        match node:
            case ast.Path():
                return resolve.resolve(node, env, self)
            case ast.Compare(left=left, right=right):
                first = self.check(left, resolve.beside(left, right, env, self))
                second = self.check(right, resolve.beside(right, left, env, self))
                made = operators.compare(node, first, second, env, self)
                warnings.comparison(node, made, env, self)
                return made
            case ast.And() | ast.Or():
                return self._logic(node, env)
            case ast.Not(operand=operand):
                return self._not(node, operand, env)
            case ast.Arithmetic(left=left, right=right):
                return operators.arithmetic(node, self.check(left, env), self.check(right, env), env, self)
            case ast.Call():
                return calls.call(node, env, self)
            case ast.Aggregate():
                return calls.aggregate(node, env, self)
            case ast.IsKnown(operand=operand, negated=negated):
                made = self.check(operand, env)
                return Typed(core.IsKnown(operand=made.expr, negated=negated, place=place), BOOLEAN)
            case ast.Otherwise():
                return self._otherwise(node, env)
            case ast.Negate(operand=operand):
                made = self.check(operand, env)
                if made.type.kind not in (Kind.NUMBER, Kind.DURATION, Kind.ANY):
                    message = f"`-` has no meaning before {a_type(made.type, made.expr)}"
                    self.error("W214", message, node, env, "negate a number or a duration")
                    return NOTHING
                return Typed(core.Negate(operand=made.expr, place=place), made.type)
            case ast.InJourney(journey=journey):
                self.journey(journey, env)
                return Typed(core.InJourney(journey=journey.text, place=place), BOOLEAN)
            case ast.ListLiteral():
                return self._list(node, env)
            case _:
                return _literal(node, place)

    # ---- logic -------------------------------------------------------------------------------------------------------

    def condition(self, node: ast.Expr, env: Env) -> Typed:
        """An expression that must be true or false."""
        made = self.check(node, env)
        if made.type.kind not in (Kind.BOOLEAN, Kind.ANY):
            words = a_type(made.type, made.expr)
            help = _condition_help(node, made)
            self.error("W211", f"a condition is expected, this is {words}", node, env, help)
            return NOTHING
        return made

    def _logic(self, node: ast.And | ast.Or, env: Env) -> Typed:
        """`and`, `or`: `x` is known beside `x is known and`, and a message beside `first.sent and`."""
        inner = env
        first: dict[int, Typed] = {}
        for index, operand in enumerate(node.operands):
            if isinstance(operand, ast.IsKnown) and operand.negated is isinstance(node, ast.Or):
                made = self.condition(operand, env)
                first[index] = made
                if isinstance(made.expr, core.IsKnown):
                    inner = inner.knowing(frozenset({made.expr.operand}))
            elif isinstance(operand, ast.Path) and isinstance(node, ast.And):
                made = self.condition(operand, env)
                first[index] = made
                if isinstance(made.expr, core.LabelRef) and made.expr.attr is core.LabelAttr.SENT:
                    inner = inner.knowing(knowing.when_sent(made.expr))
        done = []
        for i in range(len(node.operands)):
            made = first.get(i) or self._operand(node, i, inner)
            done.append(made)
            if isinstance(node, ast.And):
                inner = inner.knowing(knowing.when_true(made.expr))
        kind = core.And if isinstance(node, ast.And) else core.Or
        expr = kind(operands=tuple(d.expr for d in done), place=env.place(node))
        return Typed(expr, BOOLEAN.maybe(either_unknown(*done)))

    def _operand(self, node: ast.And | ast.Or, index: int, env: Env) -> Typed:
        """An operand of `and` or `or`; `country = "FR" or "DE"` is met with what is meant."""
        operand, before = node.operands[index], node.operands[index - 1]
        if index and isinstance(operand, ast.Text | ast.Number) and isinstance(before, ast.Compare):
            left, value = format_node(before.left), format_node(operand)
            help = f"say again what is compared: `{left} {before.op} {value}`"
            if before.op is ast.CompareOp.EQ and isinstance(node, ast.Or):
                help += f"; or write `{left} in [{format_node(before.right)}, {value}]`"
            words = "a text" if isinstance(operand, ast.Text) else "a number"
            self.error("W211", f"a condition is expected, this is {words}", operand, env, help)
            return NOTHING
        return self.condition(operand, env)

    def _not(self, node: ast.Not, operand: ast.Expr, env: Env) -> Typed:
        made = self.condition(operand, env)
        if may_be_unknown(made.type):
            warnings.negated_unknown(node, env, self)
        return Typed(core.Not(operand=made.expr, place=env.place(node)), BOOLEAN.maybe(may_be_unknown(made.type)))

    def _otherwise(self, node: ast.Otherwise, env: Env) -> Typed:
        left, right = self.check(node.left, env), self.check(node.right, env)
        warnings.otherwise(node, left, env, self)
        found = operators.combined((left.type, right.type))
        if found is None:
            message = f"{a_type(left.type, left.expr)} otherwise {a_type(right.type, right.expr)}"
            self.error("W212", message, node, env, "give a value of the same kind")
            return NOTHING
        expr = core.Otherwise(left=left.expr, right=right.expr, place=env.place(node))
        text = operators.outside_values(right, left.type)
        if found.kind is Kind.TEXT and left.type.values and text is None and not right.type.values:
            found = left.type
        optional = right.type.optional or right.type.kind is Kind.ANY
        return Typed(expr, found if found.kind is Kind.ANY else found.maybe(optional and may_be_unknown(right.type)))

    def _list(self, node: ast.ListLiteral, env: Env) -> Typed:
        done = [self.check(item, env) for item in node.items]
        item = operators.combined([d.type for d in done]) if done else ANY
        if item is None:
            types = [d.type for d in done]
            odd = next(i for i in range(len(done)) if operators.combined(types[: i + 1]) is None)
            first = next(t for t in types if t.kind is not Kind.ANY)
            message = f"a list of values of one kind is expected, this is {a_type(done[odd].type)}"
            self.error("W212", message, node.items[odd], env, f"write {a_kind(first.kind)}")
            return NOTHING
        expr = core.ListOf(items=tuple(d.expr for d in done), place=env.place(node))
        return Typed(expr, list_of(item))

    # ---- values of a kind that the place asks for --------------------------------------------------------------------

    def expect(self, node: ast.Expr, env: Env, target: Type, words: str) -> core.Expr:
        """An expression of a kind; `words` say what stands here: `the address`."""
        made = self.check(node, env)
        if not operators.fits(made.type, target):
            message = f"{words} is {a_kind(target.kind)}, this is {a_type(made.type, made.expr)}"
            self.error("W215", message, node, env, f"write {a_kind(target.kind)}")
            return NOTHING.expr
        return made.expr

    def length(self, node: ast.Expr, env: Env, words: str, zero: bool = False, awaited: bool = False) -> core.Expr:
        """A duration, longer than nothing (with `zero`: not shorter) where that can be told.

        Args:
            awaited: a path waits for it.
        """
        made = self.check(node, env)
        if made.type.kind not in (Kind.DURATION, Kind.ANY):
            help = f"write `{node.value} days`, say" if isinstance(node, ast.Number) else "write `3 days`, say"
            message = f"{words} is a duration, this is {a_type(made.type, made.expr)}"
            self.error("W216", message, node, env, help)
            return NOTHING.expr
        length = constant_length(made.expr)
        if length is not None and zero and length.approximate_seconds < 0:
            self.error("W216", f"{words} cannot be negative", node, env, "`before` and `after` say the direction")
        elif length is not None and not zero and length.approximate_seconds <= 0:
            self.error("W216", f"{words} must be longer than nothing", node, env, "write `3 days`, say")
        if awaited and may_be_unknown(made.type):
            warnings.unknown_length(node, env, self)
        return made.expr

    def fixed_length(self, node: ast.Expr, env: Env, words: str) -> Period | None:
        """A duration that is written out, such as `3 days` or `1 month + 2 days`."""
        expr = self.length(node, env, words)
        found = constant_length(expr)
        if found is None and expr is not NOTHING.expr and not is_placeholder(expr):
            self.error("W216", f"{words} must be written out", node, env, "write `3 days`, say")
        return found

    def moment(self, node: ast.Expr, env: Env, words: str) -> core.Expr:
        """A date or a datetime."""
        made = self.check(node, env)
        if made.type.kind not in (*operators.MOMENTS, Kind.ANY):
            message = f"{words} is a date, this is {a_type(made.type, made.expr)}"
            self.error("W215", message, node, env, "name a field that is a date, or write one: `2027-03-01`")
            return NOTHING.expr
        return made.expr


def constant_length(expr: core.Expr) -> Period | None:
    """The length that an expression has always, or None."""
    match expr:
        case core.Const(value=Period() as value):
            return value
        case core.Negate(operand=operand):
            inner = constant_length(operand)
            return None if inner is None else -inner
        case core.Arithmetic(op=ast.Arith.ADD | ast.Arith.SUB as op, left=left, right=right):
            a, b = constant_length(left), constant_length(right)
            return None if a is None or b is None else a + (b if op is ast.Arith.ADD else -b)
        case core.Arithmetic(op=ast.Arith.MUL, left=left, right=right):
            for length, factor in ((left, right), (right, left)):
                found = constant_length(length)
                if found is not None and isinstance(factor, core.Const) and isinstance(factor.value, int | float):
                    return found.scaled(factor.value)
            return None
        case core.Arithmetic(op=ast.Arith.DIV, left=left, right=core.Const(value=int() | float() as number)):
            found = constant_length(left)
            return found.divided(number) if found is not None and number else None
        case _:
            return None


def _condition_help(node: ast.Expr, made: Typed) -> str:
    if isinstance(node, ast.Aggregate) and node.function.text == "count":
        return "compare it with a number, or write `any(…)`"
    if made.type.kind is Kind.NUMBER:
        return "compare it with a number: `>= 3`, say"
    if made.type.kind in operators.MOMENTS | {Kind.TEXT}:
        return "compare it, or write `is known`"
    return "write a comparison"


def _literal(node: ast.Literal, place: core.Place) -> Typed:
    match node:
        case ast.Number(value=value):
            return Typed(core.Const(value=value, place=place), NUMBER)
        case ast.Text(value=text):
            return Typed(core.Const(value=text, place=place), TEXT)
        case ast.Boolean(value=truth):
            return Typed(core.Const(value=truth, place=place), BOOLEAN)
        case ast.Percent(value=share):
            return Typed(core.Const(value=share / 100, place=place), NUMBER)
        case ast.Duration():
            return Typed(core.Const(value=period_of(node), place=place), DURATION)
        case ast.Date(value=date):
            return Typed(core.Const(value=date, place=place), DATE)
        case ast.Clock(value=time):
            return Typed(core.Const(value=time, place=place), CLOCK)
        case ast.DateTime(date=date, time=time):
            return Typed(core.LocalMoment(date=date, time=time, place=place), DATETIME)
        case _:
            assert_never(node)
