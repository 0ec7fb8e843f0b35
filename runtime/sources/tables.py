"""A data file as rows of named cells, whatever its format."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from wend.runtime.calendar import Zone
from wend.runtime.sources.errors import Problems
from wend.runtime.sources.values import Convert

Row = dict[str, object]


class Table(Protocol):
    """A file that is read from the front, as often as asked.

    `columns` are the names in the order of the file, `cells` says that all
    it holds are texts (CSV), `names_place` is where its names stand.
    """

    path: Path
    columns: tuple[str, ...]
    cells: bool
    names_place: str

    def rows(self, problems: Problems) -> Iterator[tuple[int, Row]]:
        """The rows with their number in the file; rows that cannot be read are noted as problems."""
        ...

    def converters(self, skip: Collection[str], zone: Zone) -> Mapping[str, Convert]:
        """How the cells of each column become values, by what the whole column looks like."""
        ...
