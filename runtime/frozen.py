"""`frozen` for values that every step makes: the type checkers refuse to change one, and making one costs no more.

A class that attrs freezes sets each attribute of a new instance by a call, so that making a state takes several times
as long. What keeps these values as they are is mypy and pyright, which see `attrs.frozen` here.
"""

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrs import frozen
else:
    from attrs import define

    frozen = partial(define, unsafe_hash=True)

__all__ = ["frozen"]
