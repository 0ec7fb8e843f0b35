"""How generated values are drawn: hypothesis, without what it looks at again for each strategy that it has not seen.

A generated program is some hundreds of draws. Nearly all of them are from a strategy with arguments of its own, made
for that draw alone; that it is sound and not empty is known, and need not be found out each time.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from zlib import crc32

from hypothesis import strategies as st
from hypothesis.internal.conjecture.data import ConjectureData

P = ParamSpec("P")
T = TypeVar("T")


class _Composed(st.SearchStrategy[Any]):
    """What `composite` makes, known to be sound."""

    def __init__(self, make: Callable[..., Any], label: int, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        super().__init__()
        self._make, self._label, self._args, self._named = make, label, args, named

    @property
    def is_empty(self) -> bool:
        """Never."""
        return False

    @property
    def has_reusable_values(self) -> bool:
        """It is not known; hypothesis asks where it would keep one value for many draws."""
        return False

    def validate(self) -> None:
        """Nothing: what it draws from is looked at when it is drawn."""

    def do_validate(self) -> None:
        """Nothing, as above."""

    def calc_label(self) -> int:
        """The same for all that one function makes: hypothesis knows by it what is alike."""
        return self._label

    def do_draw(self, data: ConjectureData) -> Any:
        """What the function makes."""
        return self._make(data.draw, *self._args, **self._named)


def composite(make: Callable[Concatenate[st.DrawFn, P], T]) -> Callable[P, st.SearchStrategy[T]]:
    """A strategy of a function that draws, as `hypothesis.strategies.composite` makes it, only quicker to draw from."""
    label = crc32(f"{make.__module__}.{make.__qualname__}".encode())

    @wraps(make)
    def strategy(*args: P.args, **named: P.kwargs) -> st.SearchStrategy[T]:
        return _Composed(make, label, args, named)

    return strategy


@lru_cache(maxsize=10_000)
def whole(least: int, most: int) -> st.SearchStrategy[int]:
    """Whole numbers, both ends among them; the nearest to zero is the simplest."""
    return st.integers(least, most)


BOOLEANS = st.booleans()


def either(draw: st.DrawFn) -> bool:
    """True or false; false is simpler."""
    return draw(BOOLEANS)


def pick(draw: st.DrawFn, values: Sequence[T]) -> T:
    """One of the values; the first is the simplest."""
    return values[draw(whole(0, len(values) - 1))]


def some(draw: st.DrawFn, one_in: int) -> bool:
    """True once in so many draws; false is simpler."""
    return draw(whole(1, one_in)) == one_in


__all__ = ["composite", "either", "pick", "some", "whole"]
