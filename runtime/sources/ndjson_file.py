"""NDJSON: one record in braces on each line.

Texts that are ISO dates become dates where all texts at that place in the records are, over the whole file; where
numbers or booleans stand among texts all are text.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from wend.runtime.calendar import Zone
from wend.runtime.sources.errors import Problems, SourceError
from wend.runtime.sources.files import open_text
from wend.runtime.sources.tables import Row
from wend.runtime.sources.values import Convert, Kind, note_kinds, plain


class NdjsonFile:
    """An NDJSON file, read once for its names and for what stands under them."""

    cells = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names_place = str(path)
        self._kinds: dict[str, Kind] = {}
        names: dict[str, None] = {}
        problems = Problems()
        for _, row in self.rows(problems):
            for name, value in row.items():
                names[name] = None
                if self._kinds.get(name) is not Kind.TEXT:
                    note_kinds(value, name, self._kinds)
        if not names:
            problems.settle()
            raise SourceError("the file has no record", "write one record on each line", str(path))
        self.columns = tuple(names)

    def rows(self, problems: Problems) -> Iterator[tuple[int, Row]]:
        """See `Table.rows`."""
        decode = json.JSONDecoder(parse_constant=_no_constant).decode
        with open_text(self.path) as stream:
            for line, text in enumerate(stream, 1):
                if text.isspace():
                    continue
                place = f"{self.path}:{line}"
                try:
                    record = decode(text.rstrip("\r\n"))
                    if "\\ud" in text or "\\uD" in text:
                        json.dumps(record, ensure_ascii=False).encode("utf-8")
                except json.JSONDecodeError as error:
                    problems.add(f"the line is no JSON: {_reason(error)} at character {error.pos + 1}", place)
                except UnicodeEncodeError:
                    problems.add("the line holds half a character", place)
                except (ValueError, RecursionError):
                    problems.add("the line is no JSON that can be read here", place)
                else:
                    if isinstance(record, dict):
                        yield line, record
                    else:
                        problems.add("the line is no record", place, 'write `{"id": …}` on each line')

    def converters(self, skip: Collection[str], zone: Zone) -> Mapping[str, Convert]:
        """See `Table.converters`."""
        return {name: plain_at(name, self._kinds, zone) for name in self.columns if name not in skip}


def plain_at(path: str, kinds: Mapping[str, Kind], zone: Zone) -> Convert:
    """The conversion of the values of one column of a file whose kinds are known."""
    return lambda value: plain(value, path, kinds, zone)


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _reason(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]
