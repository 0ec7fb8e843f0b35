"""A changed copy of a value, for what is copied in every step: as `attrs.evolve`, and many times as fast."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

import attrs

T = TypeVar("T", bound=attrs.AttrsInstance)

_READERS: dict[type, Callable[[Any], tuple[Any, ...]]] = {}


def evolve(instance: T, **changes: Any) -> T:
    """A copy with other values for some attributes.

    Args:
        instance: of a class of two attributes or more, all of them arguments of its constructor in their order, which
            `runtime.frozen` or nothing has frozen: the copy is changed while nobody else has it.
    """
    cls = type(instance)
    read = _READERS.get(cls)
    if read is None:
        read = _READERS[cls] = attrgetter(*[attribute.name for attribute in attrs.fields(cls)])
    copy = cls(*read(instance))
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy
