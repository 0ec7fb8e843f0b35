"""Parquet, read with pyarrow, which is an extra: `pip install wend[parquet]`.

Types are those of the file; its texts are treated as those of NDJSON.
"""

import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from wend.runtime.calendar import Zone
from wend.runtime.sources.errors import Problems, SourceError
from wend.runtime.sources.files import open_bytes
from wend.runtime.sources.ndjson_file import plain_at
from wend.runtime.sources.tables import Row
from wend.runtime.sources.values import Convert, Kind, note_kinds

BATCH = 5000


class ParquetFile:
    """A Parquet file. Its rows are numbered from 1."""

    cells = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names_place = str(path)
        self._file = _open(path)
        self.columns = tuple(self._file.schema_arrow.names)

    def rows(self, problems: Problems) -> Iterator[tuple[int, Row]]:
        """See `Table.rows`."""
        number = 0
        try:
            for batch in self._file.iter_batches(batch_size=BATCH):
                for row in _micro(batch).to_pylist():
                    number += 1
                    yield number, row
        except (OSError, ValueError) as error:
            raise _damaged(self.path) from error

    def converters(self, skip: Collection[str], zone: Zone) -> Mapping[str, Convert]:
        """See `Table.converters`."""
        kinds: dict[str, Kind] = {}
        names = [name for name in self.columns if name not in skip]
        for _, row in self.rows(Problems()):
            for name in names:
                note_kinds(row[name], name, kinds)
        return {name: plain_at(name, kinds, zone) for name in names}


def _open(path: Path) -> Any:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        advice = "install it with `pip install wend[parquet]`, or write the data as CSV"
        raise SourceError("reading Parquet needs the package `pyarrow`", advice, str(path)) from None
    try:
        if path.suffix == ".gz":
            with open_bytes(path) as stream:
                return parquet.ParquetFile(io.BytesIO(stream.read()))
        return parquet.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise _damaged(path) from error


def _micro(batch: Any) -> Any:
    """The batch with times cut to microseconds: a nanosecond has no place in a datetime."""
    import pyarrow as pa

    for i, column in enumerate(batch.schema):
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            cut = batch.column(i).cast(pa.timestamp("us", column.type.tz), safe=False)
            batch = batch.set_column(i, column.name, cut)
    return batch


def _damaged(path: Path) -> SourceError:
    return SourceError("the file is damaged, or no Parquet file", "write it anew, or as CSV or NDJSON", str(path))
