"""Functions of lists, which for the most part take a text too."""

from wend.dsl.signatures import Parameter
from wend.dsl.types import BOOLEAN, NUMBER, TEXT, Kind, Type, list_of
from wend.runtime.calendar import same
from wend.runtime.functions import FunctionError, Moment
from wend.runtime.values import Value
from wend.stdlib.declare import function, several

_LIST = list_of(Type(Kind.ANY))


def _contains(moment: Moment, whole: str | tuple[Value, ...], part: Value) -> bool:
    if isinstance(whole, str):
        if not isinstance(part, str):
            raise FunctionError("only a text can be contained in a text")
        return part in whole
    if any(same(item, part, moment.zone) for item in whole):
        return True
    if None in whole:
        raise FunctionError("a part of the list is unknown")
    return False


FUNCTIONS = (
    function(
        "length",
        several("of", TEXT, _LIST),
        family="lists",
        result=NUMBER,
        sentence="How many items a list has, or how many characters a text.",
        example='length(["web", "shop"])',
        gives="2",
        code=lambda _, of: len(of),
    ),
    function(
        "contains",
        several("whole", TEXT, _LIST),
        Parameter("part", Type(Kind.ANY)),
        family="lists",
        result=BOOLEAN,
        sentence="Whether a list has an item, or a text another one in it.",
        example='contains(["web", "shop"], "shop")',
        gives="true",
        code=_contains,
    ),
)
