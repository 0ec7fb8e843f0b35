"""Opening data files: their format by their ending, gzip, and what can go wrong before the first row."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from wend.dsl.nearest import nearest
from wend.runtime.sources.errors import SourceError, listing

FORMATS = {".csv": "csv", ".tsv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
_SPREADSHEETS = {".xlsx", ".xls", ".xlsm", ".ods", ".numbers"}
_SAVE = "save the sheet as `CSV UTF-8` in the spreadsheet program, and name that file"
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")  # zip, as of .xlsx and .ods, and the old .xls
BEGINNING = "a CSV begins with a line of column names, such as `id,email`; in NDJSON each line is a record"
"""What stands in a file that is none yet."""


def file_format(path: Path) -> str:
    """`csv`, `ndjson` or `parquet`, by the ending of the name (before `.gz`).

    Raises:
        SourceError: it ends in none of them.
    """
    ending = (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()
    if ending in FORMATS:
        return FORMATS[ending]
    advice = "write one record on each line, and call it `.ndjson`" if ending == ".json" else None
    if ending in _SPREADSHEETS:
        advice = _SAVE
    raise SourceError(
        f"the ending of `{path.name}` says no format that is read here",
        advice or f"it can be {listing(FORMATS)}, each also with `.gz`",
        str(path),
    )


def require_file(path: Path) -> None:
    """Raise `SourceError` unless the path is a file with something in it."""
    place = str(path)
    if path.is_dir():
        raise SourceError("this is a folder, not a file", "name a file in it", place)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise SourceError("there is no such file", _instead(path), place) from None
    except OSError as error:
        raise _unreadable(error, place) from None
    if not path.is_file():
        raise SourceError("this is no ordinary file, and data is read twice", "write it to a file first", place)
    if not size:
        raise SourceError("the file is empty", BEGINNING, place)


@contextmanager
def open_bytes(path: Path) -> Iterator[io.BufferedReader]:
    """The bytes of a file, unpacked if it ends in `.gz`; what fails while they are read becomes a `SourceError`."""
    place = str(path)
    try:
        with path.open("rb") as raw:
            # A GzipFile is as good as a BufferedReader to all readers here, though no subclass of it.
            yield cast(io.BufferedReader, gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise SourceError("the file is damaged: it ends in `.gz` but cannot be unpacked", None, place) from None
    except OSError as error:
        raise _unreadable(error, place) from None


@contextmanager
def open_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """The text of a UTF-8 file, with or without byte order mark, line ends as they are."""
    try:
        with open_bytes(path) as raw:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    except UnicodeDecodeError:
        raise _not_utf8(path) from None


def _not_utf8(path: Path) -> SourceError:
    utf8 = "save it as UTF-8"
    if file_format(path) == "csv":
        utf8 += "; a spreadsheet program calls it `CSV UTF-8`"
    with open_bytes(path) as stream:
        for number, line in enumerate(stream, 1):
            if number == 1 and line.startswith(_ARCHIVES):
                return _archive(path)
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                bad = line[error.start]
                utf16 = number == 1 and line[:2] in (b"\xff\xfe", b"\xfe\xff")
                return SourceError(
                    f"the file is not UTF-8: byte {error.start + 1} of this line is 0x{bad:02X}",
                    f"it looks like UTF-16, {utf8}" if utf16 else utf8,
                    f"{path}:{number}",
                )
    return SourceError("the file is not UTF-8", utf8, str(path))


def require_text(path: Path, first: str) -> None:
    """Raise `SourceError` if the first line of a file shows that it is no text in UTF-8, though it could be read so."""
    if first.encode("utf-8", "replace").startswith(_ARCHIVES):
        raise _archive(path)
    if "\0" in first:
        utf16 = first[1::2].count("\0") > len(first) // 4
        help = "it looks like UTF-16, save it as UTF-8" if utf16 else "save it as text in UTF-8"
        raise SourceError("the file is no text: there are zero bytes in its first line", help, f"{path}:1")


def without_zeros(stream: Iterable[str], path: Path) -> Iterator[str]:
    """The lines of a text, none of which holds a zero byte: no text has one. Raises `SourceError`."""
    for number, line in enumerate(stream, 1):
        if "\0" in line:
            help = "take the byte out; where the file was cut off as it was written, let it be written again"
            raise SourceError("there is a zero byte (NUL) in this line", help, f"{path}:{number}")
        yield line


def _archive(path: Path) -> SourceError:
    return SourceError("this is a spreadsheet or an archive, whatever its name says", _SAVE, str(path))


def _instead(path: Path) -> str:
    """What may have been meant by a file that is not there."""
    if not path.parent.is_dir():
        return f"there is no folder `{path.parent}`"
    try:
        beside = [each.name for each in path.parent.iterdir()]
    except OSError:
        beside = []
    near = nearest(path.name, beside)
    data = sorted(name for name in beside if Path(name.removesuffix(".gz")).suffix.lower() in FORMATS)
    if near:
        return f"did you mean `{near}`?"
    return f"there is {listing(data)} in that folder" if data else "there is no data file in that folder"


def _unreadable(error: OSError, place: str) -> SourceError:
    reason = (error.strerror or str(error)).lower()
    return SourceError(f"the file cannot be read: {reason}", None, place)
