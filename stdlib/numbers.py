"""Functions of numbers, and of whatever else has an order."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from wend.dsl.signatures import Parameter
from wend.dsl.types import DATE, DATETIME, NUMBER, Kind, Type
from wend.runtime.functions import Function, FunctionError, Moment
from wend.stdlib.declare import function, kind_of, several, with_article


def _whole(number: float) -> int:
    """To the nearest whole number, halves away from zero: 2.5 becomes 3, -2.5 becomes -3."""
    below = math.floor(number)
    rest = number - below
    if rest == 0.5:
        return below + 1 if number > 0 else below
    return below + (rest > 0.5)


def _finite(code: Callable[[float], int]) -> Callable[[Moment, float], int]:
    def checked(_: Moment, number: float) -> int:
        if isinstance(number, int):
            return number
        if not math.isfinite(number):
            raise FunctionError("the number is too large to be made whole")
        return code(number)

    return checked


def _rounding(name: str, sentence: str, example: str, gives: str, code: Callable[[float], int]) -> Function:
    return function(
        name,
        Parameter("number", NUMBER),
        family="numbers",
        result=NUMBER,
        sentence=sentence,
        example=example,
        gives=gives,
        code=_finite(code),
    )


_Ordered = int | float | dt.date


def _of_one_kind(name: str, code: Callable[[tuple[Any, ...]], _Ordered]) -> Callable[..., _Ordered]:
    """Numbers, dates and datetimes have an order among themselves, not with one another."""

    def checked(_: Moment, *values: _Ordered) -> _Ordered:
        kinds = {kind_of(value) for value in values}
        if len(kinds) > 1:
            different = " with ".join(sorted(with_article(kind) for kind in kinds))
            raise FunctionError(f"`{name}` compares values of one kind, not {different}")
        return code(values)

    return checked


_ORDERED = several("value", NUMBER, DATE, DATETIME)

FUNCTIONS = (
    _rounding("round", "The nearest whole number; a half goes away from zero.", "round(2.5)", "3", _whole),
    _rounding("floor", "The greatest whole number that is not above a number.", "floor(2.9)", "2", math.floor),
    _rounding("ceil", "The least whole number that is not below a number.", "ceil(2.1)", "3", math.ceil),
    function(
        "abs",
        Parameter("number", NUMBER),
        family="numbers",
        result=NUMBER,
        sentence="A number without its sign.",
        example="abs(-3.5)",
        gives="3.5",
        code=lambda _, number: abs(number),
    ),
    function(
        "least",
        _ORDERED,
        family="numbers",
        result=Type(Kind.ANY),
        sentence="The least of several numbers, or the first of several dates or datetimes.",
        example="least(3, 1, 2)",
        gives="1",
        code=_of_one_kind("least", min),
        variadic=True,
    ),
    function(
        "greatest",
        _ORDERED,
        family="numbers",
        result=Type(Kind.ANY),
        sentence="The greatest of several numbers, or the last of several dates or datetimes.",
        example="greatest(3, 1, 2)",
        gives="3",
        code=_of_one_kind("greatest", max),
        variadic=True,
    ),
)
