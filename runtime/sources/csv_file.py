"""CSV: a first line of names, then rows of texts.

The type of a column without declaration is found over the whole file, in a reading of its own: a column is of numbers,
booleans (`true`, `false`), dates or datetimes when all its cells are, empty ones aside, and else it is text. So a zip
code `75001` stays text where another one is `01000`.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path

from wend.runtime.calendar import Zone
from wend.runtime.sources.errors import Problems, SourceError
from wend.runtime.sources.files import BEGINNING, open_text, require_text, without_zeros
from wend.runtime.sources.tables import Row
from wend.runtime.sources.values import Convert, Kind, join_kinds, of_kind, text_kind
from wend.runtime.sources.written import PLAIN, Written

CHUNK = 2000


class CsvFile:
    """A CSV file; columns without a name are left out."""

    cells = True

    def __init__(self, path: Path, delimiter: str | None = None, written: Written = PLAIN) -> None:
        self.path, self.written = path, written
        with open_text(path) as stream:
            first = stream.readline()
            require_text(path, first)
            self.delimiter = delimiter or _sniff(path, first)
            stream.seek(0)
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            try:
                header = next((row for row in reader if row), None)
            except csv.Error as error:
                raise _broken(error, path, reader.line_num) from None
        if header is None:
            raise SourceError("the file has no line of column names", BEGINNING, str(path))
        self.names_place = f"{path}:{reader.line_num}"
        self.header = tuple(name.strip() for name in header)
        self.columns = tuple(name for name in self.header if name)
        for name in self.columns:
            if self.columns.count(name) > 1:
                raise SourceError(f"two columns are called `{name}`", "give one of them another name", self.names_place)

    def lists(self, problems: Problems) -> Iterator[tuple[int, list[str]]]:
        """The rows as lists of cells, with the number of the line on which each begins."""
        width = len(self.header)
        with open_text(self.path) as stream:
            reader = csv.reader(without_zeros(stream, self.path), delimiter=self.delimiter, strict=True)
            seen_header = False
            end = 0
            try:
                for row in reader:
                    line, end = end + 1, reader.line_num
                    if len(row) == width and seen_header:
                        yield line, row
                    elif not row:
                        continue
                    elif not seen_header:
                        seen_header = True
                    else:
                        message = f"the row has {_count(len(row))}, the first line has {_count(width)}"
                        problems.add(message, f"{self.path}:{line}", "put a text that holds the separator in quotes")
            except csv.Error as error:
                raise _broken(error, self.path, end + 1) from None

    def rows(self, problems: Problems) -> Iterator[tuple[int, Row]]:
        """See `Table.rows`."""
        header = self.header
        for line, row in self.lists(problems):
            yield line, dict(zip(header, row, strict=True))

    def converters(self, skip: Collection[str], zone: Zone) -> Mapping[str, Convert]:
        """See `Table.converters`."""
        kinds, written = {name: Kind.EMPTY for name in self.columns if name not in skip}, self.written
        rows = self.lists(Problems())
        while chunk := [row for _, row in islice(rows, CHUNK)]:
            for name, texts in zip(self.header, zip(*chunk, strict=True), strict=True):
                if kinds.get(name, Kind.TEXT) is not Kind.TEXT:
                    kinds[name] = join_kinds(kinds[name], self._kind(texts))
        return {name: written.reading(of_kind(kind, zone), kind) for name, kind in kinds.items()}

    def _kind(self, texts: tuple[str, ...]) -> Kind:
        """What some cells of a column look like."""
        if self.written == PLAIN:
            return text_kind(texts)
        cells = {text for text in texts if text}
        for base in (Kind.NUMBER, Kind.DATE):
            brought = self.written.all_brought(cells, base)
            kind = Kind.TEXT if brought is None else text_kind(brought)
            if kind is not Kind.TEXT and (kind is not Kind.NUMBER or base is Kind.NUMBER):
                return kind
        return Kind.TEXT


def _sniff(path: Path, first: str) -> str:
    if path.name.lower().removesuffix(".gz").endswith(".tsv"):
        return "\t"
    outside = "".join(first.split('"')[::2])
    return max(",;\t", key=outside.count)


def _count(cells: int) -> str:
    return f"{cells} column{'' if cells == 1 else 's'}"


def _broken(error: csv.Error, path: Path, line: int) -> SourceError:
    text = str(error)
    if "field larger" in text or "unexpected end" in text:
        message = "a quote is opened here or below and never closed"
    elif "expected after" in text:
        message = "text goes on after a closing quote"
    else:
        message = "the row cannot be read"
    return SourceError(message, "inside quotes, write a quote twice", f"{path}:{line}")
