"""Comparisons with a constant as closures: see `prepare`."""

import math
from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from wend.dsl.ast import CompareOp
from wend.runtime.evaluation import interpret
from wend.runtime.evaluation.compare import ORDERED
from wend.runtime.evaluation.interpret import Env
from wend.runtime.values import FALSE, FOREVER, TRUE, Bounded, Instant, Ramp, Value, bounded

Closure = Callable[[Env], Bounded]

_TESTS: dict[CompareOp, Callable[[Any, Any], bool]] = {
    CompareOp.EQ: eq,
    CompareOp.NE: ne,
    CompareOp.LT: lt,
    CompareOp.LE: le,
    CompareOp.GT: gt,
    CompareOp.GE: ge,
}


def against(op: CompareOp, operand: Closure, constant: Bounded) -> Closure:
    """How to compare what is evaluated with a known constant."""
    value = constant.value
    slow = _any(op, constant)
    if op in ORDERED and type(value) in (int, float):
        return _with_number(op, operand, value, slow)
    if op in ORDERED and isinstance(value, str):
        return _with_text(_TESTS[op], operand, value, slow)
    if op in (CompareOp.IN, CompareOp.NOT_IN) and isinstance(value, tuple) and all(type(v) is str for v in value):
        return _among(op is CompareOp.IN, operand, frozenset(value), slow)
    return lambda env: slow(operand(env), env)


Slow = Callable[[Bounded, Env], Bounded]


def _any(op: CompareOp, constant: Bounded) -> Slow:
    return lambda left, env: interpret.comparison(op, left, constant, env.zone)


def _truth(value: bool, until: Instant) -> Bounded:
    if until is FOREVER:
        return TRUE if value else FALSE
    return bounded((value, until, None))


def _with_text(test: Callable[[Any, Any], bool], operand: Closure, text: str, slow: Slow) -> Closure:
    def compared(env: Env) -> Bounded:
        left = operand(env)
        value, until, _ = left
        return _truth(test(value, text), until) if type(value) is str else slow(left, env)

    return compared


def _among(inside: bool, operand: Closure, texts: frozenset[Value], slow: Slow) -> Closure:
    def compared(env: Env) -> Bounded:
        left = operand(env)
        value, until, _ = left
        return _truth((value in texts) is inside, until) if type(value) is str else slow(left, env)

    return compared


def _with_number(op: CompareOp, operand: Closure, number: Any, slow: Slow) -> Closure:
    test, on_ramp = _TESTS[op], _ramp_test(op, number)

    def compared(env: Env) -> Bounded:
        left = operand(env)
        value, until, ramp = left
        if type(value) is int:
            if ramp is None:
                return _truth(test(value, number), until)
            if on_ramp is not None:
                return on_ramp(value, ramp)
        elif type(value) is float and ramp is None:
            return _truth(test(value, number), until)
        elif value is None:
            return bounded((None, until, None))
        return slow(left, env)

    return compared


def _ramp_test(op: CompareOp, limit: float) -> Callable[[int, Ramp], Bounded] | None:
    """A whole number on a ramp compared with a constant, as `values.compare_ramp` does; None for `=` and `!=`.

    What grows is at least a certain number from some instant on: every comparison is that, or its opposite.
    """
    if op in (CompareOp.EQ, CompareOp.NE) or not math.isfinite(limit):
        return None
    reaching = op in (CompareOp.GE, CompareOp.LT)
    rising = math.ceil(limit) if reaching else math.floor(limit) + 1
    # What falls is its negative, which rises: x >= 3 is -x <= -3, which ends when -x is at least -2.
    falling = math.floor(-limit) + 1 if reaching else math.ceil(-limit)
    true_above, true_below = op in (CompareOp.GE, CompareOp.GT), op in (CompareOp.LT, CompareOp.LE)

    def compared(value: int, ramp: Ramp) -> Bounded:
        if ramp.sign > 0:
            threshold, there, then = rising, value >= rising, true_above
        else:
            threshold, there, then = falling, -value >= falling, true_below
        if there:
            return TRUE if then else FALSE
        return bounded((not then, ramp.first(threshold), None))

    return compared
