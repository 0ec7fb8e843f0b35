"""How a function of the library is declared: once, with everything that anyone wants to know of it.

From the declaration come what the checker sees, what the evaluator calls, and the documentation.
"""

import datetime as dt
from collections.abc import Mapping

from wend.dsl.period import Period
from wend.dsl.signatures import Parameter, Signature
from wend.dsl.types import DATE, DATETIME, Kind, Type
from wend.runtime.calendar import Zone
from wend.runtime.functions import Function, FunctionError, Implementation, Moment
from wend.runtime.values import UTC, Bounded, Value

#: The moment and the zone at which the examples of the functions give what they say.
EXAMPLE = Moment(dt.datetime(2026, 5, 10, 9, tzinfo=UTC), Zone("UTC"))

#: The longest text, and the longest list, that a function makes.
LONGEST = 1_000_000

_CLASSES: Mapping[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.NUMBER: (int, float),
    Kind.BOOLEAN: (bool,),
    Kind.DATE: (dt.date,),
    Kind.DATETIME: (dt.datetime,),
    Kind.CLOCK: (dt.time,),
    Kind.DURATION: (Period,),
    Kind.LIST: (tuple,),
    Kind.RECORD: (dict,),
}


def several(name: str, *types: Type) -> Parameter:
    """A parameter that takes values of several types."""
    return Parameter(name, Type(Kind.ANY), types)


def date_or_datetime(name: str) -> Parameter:
    """A parameter that takes a date or a datetime."""
    return several(name, DATE, DATETIME)


def function(
    name: str,
    *takes: Parameter,
    family: str,
    result: Type,
    sentence: str,
    example: str,
    gives: str,
    code: Implementation,
    variadic: bool = False,
    timed: bool = False,
) -> Function:
    """A function of the library; see `Signature` for the arguments.

    `code` is called as `code(moment, *values)`, and only with values of the types that the parameters name: where no
    schema tells the checker, values of another type end in a `FunctionError`.
    """
    accepted, count = tuple(_accepted(parameter) for parameter in takes), len(takes)

    def checked(moment: Moment, *values: Value) -> Value | Bounded:
        for index, value in enumerate(values):
            position = index if index < count else count - 1
            allowed = accepted[position]
            if allowed is not None and type(value) not in allowed:
                raise FunctionError(_refusal(name, takes[position], value))
        try:
            return code(moment, *values)
        except OverflowError:
            raise FunctionError(f"`{name}` has no answer within the calendar") from None

    return Function(
        Signature(name, family, takes, result, sentence, example, gives, variadic=variadic, timed=timed), checked
    )


def _accepted(parameter: Parameter) -> frozenset[type] | None:
    """The classes of the values that a parameter takes; None: all of them."""
    kinds = {one.kind for one in parameter.types}
    return None if Kind.ANY in kinds else frozenset(cls for kind in kinds for cls in _CLASSES[kind])


def _refusal(name: str, parameter: Parameter, value: Value) -> str:
    wanted = " or ".join(with_article(one.kind) for one in parameter.types)
    return f"`{name}` takes {wanted} as its `{parameter.name}`, not {with_article(kind_of(value))}"


def with_article(kind: Kind) -> str:
    """`a date`, `an any`: a kind in a sentence."""
    return "a value" if kind is Kind.ANY else f"a {kind}"


def kind_of(value: Value) -> Kind:
    """The kind of a known value."""
    for kind, classes in _CLASSES.items():
        if type(value) in classes:
            return kind
    return Kind.RECORD if isinstance(value, Mapping) else Kind.ANY
