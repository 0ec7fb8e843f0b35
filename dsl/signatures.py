"""How a function that a script can call looks from outside.

The checker is told which functions exist; it never imports the library. A host's own functions have the same shape.
"""

from collections.abc import Mapping

from attrs import frozen

from wend.dsl.types import Type


@frozen
class Parameter:
    """A named, typed argument. A function is given no unknown argument: unknown in, unknown out.

    Args:
        alternatives: the types that it takes, where there are several; `type` is then any.
    """

    name: str
    type: Type
    alternatives: tuple[Type, ...] = ()

    @property
    def types(self) -> tuple[Type, ...]:
        """Every type that it takes."""
        return self.alternatives or (self.type,)


@frozen
class Signature:
    """One function: what it takes and gives, in one sentence, with an example.

    Args:
        family: the family it is documented in: time, text, numbers, lists, people.
        sentence: what it gives, one sentence.
        example: a call, as it would stand in a script.
        gives: what the example gives, as a script would write it.
        variadic: the last parameter may be given any number of times, at least once.
        timed: the result depends on now.
    """

    name: str
    family: str
    parameters: tuple[Parameter, ...]
    result: Type
    sentence: str
    example: str
    gives: str
    variadic: bool = False
    timed: bool = False

    @property
    def usage(self) -> str:
        """How it is called, with its arguments by name: `replace(text, old, new)`, `least(value, ...)`."""
        names = [each.name for each in self.parameters]
        return f"{self.name}({', '.join([*names, '...'] if self.variadic else names)})"


Signatures = Mapping[str, Signature]
