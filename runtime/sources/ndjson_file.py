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
                    message = f"the line is no JSON: {_reason(error)} at character {error.pos + 1}"
                    problems.add(message, place, _advice(error))
                except UnicodeEncodeError:
                    problems.add("the line holds half a character", place, "write the character itself")
                except _NoNumber as error:
                    problems.add(f"the line is no JSON: `{error}` is no number", place, "write `null`, or leave it out")
                except (ValueError, RecursionError):
                    message = "the line is no JSON that can be read here"
                    problems.add(message, place, "write fewer digits, and records that are less deep")
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


class _NoNumber(Exception):
    """`NaN` or `Infinity`, which Python reads and JSON has not."""


def _no_constant(name: str) -> object:
    raise _NoNumber(name)


def _reason(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]


_WORDS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null"}


def _advice(error: json.JSONDecodeError) -> str:
    """What to write instead at the place of a mistake."""
    text, at = error.doc, error.pos
    rest, before = text[at:], text[:at].rstrip()
    if text.strip() in ("[", "{", "[{"):
        return "write one record on each line: this looks like a file that is one JSON document"
    if error.msg == "Extra data":
        return "take the comma away" if rest.startswith(",") else "write one record on each line"
    if error.msg.startswith("Unterminated string"):
        return 'close the text with `"`'
    if error.msg.startswith("Invalid control character"):
        return "write a tab as `\\t`, and a line's end within a text as `\\n`"
    if error.msg.startswith("Invalid \\"):
        return "write `\\\\` for a backslash"
    if not rest.strip():
        return "the record has no end: write it whole on one line, and close it with `}`"
    if rest.startswith("'"):
        return 'write names and texts in double quotes: `"…"`'
    if rest[0] in "}]" and before.endswith(","):
        return "take the comma before it away"
    if error.msg.startswith("Expecting property name"):
        return 'write the name in double quotes: `"…"`'
    if error.msg.startswith("Expecting ':'"):
        return "write a colon between a name and its value"
    if error.msg.startswith("Expecting ','"):
        return "write a comma between one value and the next"
    word = next((each for each in _WORDS if rest.startswith(each)), None)
    return (
        f"write `{_WORDS[word]}`"
        if word
        else "write a value: a number, a text in double quotes, `true`, `false` or `null`"
    )
