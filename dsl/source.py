"""A piece of source text and places in it.

A `Span` is two character offsets; lines and columns are computed on demand by the `Source`.
"""

import re
from bisect import bisect_right
from functools import cached_property

from attrs import field, frozen


@frozen(order=True)
class Span:
    """Characters `start` (inclusive) to `end` (exclusive) of a source."""

    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """The span from the start of this one to the end of `other`."""
        return Span(self.start, max(self.end, other.end))


NOWHERE = Span(0, 0)
_LINE_END = re.compile(r"\r\n|\r|\n")


@frozen(slots=False)
class Source:
    """A named text: a script, or the line that someone typed.

    `name` is what messages print (a path, or `<input>`).
    """

    name: str
    text: str = field(repr=False)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [1 if self.text.startswith("\ufeff") else 0]
        starts.extend(match.end() for match in _LINE_END.finditer(self.text))
        return starts

    def line_col(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset, both counted from 1."""
        line = max(1, bisect_right(self._starts, offset))
        return line, max(0, offset - self._starts[line - 1]) + 1

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")
