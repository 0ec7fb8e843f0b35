"""The functions a script can call, one file a family."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from wend.dsl.signatures import Signature
from wend.runtime.functions import Function, Functions
from wend.stdlib import lists, numbers, people, text, time
from wend.stdlib.declare import EXAMPLE

__all__ = ["EXAMPLE", "FAMILIES", "FUNCTIONS", "signatures"]


def _by_name(families: Iterable[Iterable[Function]]) -> Functions:
    found: dict[str, Function] = {}
    for family in families:
        for function in family:
            name = function.signature.name
            if name in found:
                raise ValueError(f"two functions are named {name}")
            found[name] = function
    return MappingProxyType(found)


#: The families in the order of the documentation.
FAMILIES: Mapping[str, tuple[Function, ...]] = MappingProxyType(
    {
        "time": time.FUNCTIONS,
        "text": text.FUNCTIONS,
        "numbers": numbers.FUNCTIONS,
        "lists": lists.FUNCTIONS,
        "people": people.FUNCTIONS,
    }
)

#: Every function of the library by its name.
FUNCTIONS: Functions = _by_name(FAMILIES.values())


def signatures(functions: Functions = FUNCTIONS) -> Mapping[str, Signature]:
    """What the checker is told of functions, by name."""
    return MappingProxyType({name: function.signature for name, function in functions.items()})
