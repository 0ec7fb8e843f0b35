"""How the evaluator calls a function of the library, and what the function may know."""

from collections.abc import Callable, Mapping

from wend.dsl.signatures import Signature
from wend.runtime.calendar import Zone
from wend.runtime.frozen import frozen
from wend.runtime.values import Bounded, Instant, Value


class FunctionError(Exception):
    """A function cannot answer for these values: one sentence; the evaluator adds the place. The result is unknown."""


@frozen
class Moment:
    """What a function may know besides its arguments: now and the zone of the journey."""

    now: Instant
    zone: Zone


Implementation = Callable[..., Value | Bounded]
"""Called as `implementation(moment, *values)`; no value is None. A plain value holds as long as its arguments;
a `Bounded` is what a function of time gives."""


@frozen
class Function:
    """A function: what the checker sees and what the evaluator calls."""

    signature: Signature
    implementation: Implementation


Functions = Mapping[str, Function]
