"""Functions of numbers."""

import math
from collections.abc import Callable

from wend.dsl.signatures import Parameter
from wend.dsl.types import NUMBER
from wend.runtime.functions import Function, FunctionError, Moment
from wend.stdlib.declare import function


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
        Parameter("number", NUMBER),
        family="numbers",
        result=NUMBER,
        sentence="The least of the numbers.",
        example="least(3, 1, 2)",
        gives="1",
        code=lambda _, *numbers: min(numbers),
        variadic=True,
    ),
    function(
        "greatest",
        Parameter("number", NUMBER),
        family="numbers",
        result=NUMBER,
        sentence="The greatest of the numbers.",
        example="greatest(3, 1, 2)",
        gives="3",
        code=lambda _, *numbers: max(numbers),
        variadic=True,
    ),
)
