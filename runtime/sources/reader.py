"""Reading contacts and events from files: `read_contacts`, `read_events`.

Both read the whole file front to back without holding it in memory, first for the types of columns that nobody
declared, then for the rows. After the first bad row nothing is handed out any more; the rest of the file is only
checked, and at its end `BadRows` tells them all. Who must not load half a file keeps what came until the iterator ends.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from attrs import define, field, frozen

from wend.dsl.builtins import LISTS, TAGS
from wend.dsl.nearest import nearest
from wend.runtime.calendar import Zone
from wend.runtime.sources.csv_file import CsvFile
from wend.runtime.sources.errors import Problems, SourceError, listing
from wend.runtime.sources.files import file_format, require_file
from wend.runtime.sources.identity import EventIds
from wend.runtime.sources.mapping import ContactMapping, EventMapping, contact_columns, event_columns
from wend.runtime.sources.ndjson_file import NdjsonFile
from wend.runtime.sources.parquet_file import ParquetFile
from wend.runtime.sources.records import ContactRecord, EventRecord
from wend.runtime.sources.tables import Row, Table
from wend.runtime.sources.values import Convert, Declared, Mistake, event_time, of_declared
from wend.runtime.sources.written import PLAIN, Written, advice
from wend.runtime.values import Value

Types = Mapping[str, str]

ALWAYS = {TAGS: "list of text?", LISTS: "list of text?"}
"""Two fields of a contact that are lists in every script, declared or not."""


@define
class Tally:
    """What was read and what was left out, counted while it is read."""

    contacts: int = 0
    events: int = 0
    duplicates: int = 0
    unknown_contact: int = 0
    future: int = 0


def read_contacts(
    path: Path | str,
    mapping: ContactMapping,
    zone: Zone,
    types: Types | None = None,
    seen: dict[str, str] | None = None,
) -> Iterator[ContactRecord]:
    """The contacts of a CSV, NDJSON or Parquet file.

    Args:
        path: the file; its ending says the format.
        mapping: which column is what.
        zone: for datetimes without an offset.
        types: the declared types by field (`{"country": "text?"}`), without derived fields; other columns are inferred,
            but `tags` and `lists` are always lists of texts.
        seen: ids that came already with their places; filled. Pass one dict for several files.

    Raises:
        SourceError: the file cannot be read, or a column is not there.
        BadRows: rows are bad: raised at the end of the file.
    """
    types = {**ALWAYS, **(types or {})}
    table = open_table(Path(path), mapping.delimiter, mapping.written)
    columns = contact_columns(mapping, table.columns, table.names_place, types)
    plan = _Plans(table, columns.fields, {columns.id}, zone, mapping.written).plan(types)
    return _contacts(table, columns.id, plan, {} if seen is None else seen)


def _contacts(table: Table, id_column: str, plan: "_Plan", seen: dict[str, str]) -> Iterator[ContactRecord]:
    problems = Problems()
    for number, row in table.rows(problems):
        place = f"{table.path}:{number}"
        contact = contact_id(row.get(id_column))
        if contact is None:
            problems.add(
                f"the contact has no id: column `{id_column}` is empty", place, "give it one, or take the row out"
            )
            continue
        if contact in seen:
            help = "an id stands for one contact: take one of the rows out, or let another column be the `id`"
            problems.add(f"the contact `{contact}` is here twice, first at {seen[contact]}", place, help)
            continue
        seen[contact] = place
        fields = plan.values(row, place, problems)
        if fields is not None and not problems.total:
            yield ContactRecord(contact, fields, place)
    problems.settle()


def read_events(
    path: Path | str,
    mapping: EventMapping,
    zone: Zone,
    types: Mapping[str, Types] | None = None,
    tally: Tally | None = None,
) -> Iterator[EventRecord]:
    """The events of a CSV, NDJSON or Parquet file, in its order.

    Of rows with one id the first wins, later ones are counted in `tally.duplicates`. A row without an id gets one from
    its content (see `identity`).

    Args:
        path: the file; its ending says the format.
        mapping: which column is what.
        zone: for times without an offset, and for dates, which mean the first moment of the day there.
        types: the declared types of an event's fields by event name; the fields of other events are inferred.
        tally: counts what is read.

    Raises:
        SourceError: the file cannot be read, or a column is not there.
        BadRows: rows are bad: raised at the end of the file.
    """
    return _Events(Path(path), mapping, zone, types or {}, tally or Tally()).read()


class _Events:
    """One reading of an events file."""

    def __init__(self, path: Path, mapping: EventMapping, zone: Zone, types: Mapping[str, Types], tally: Tally) -> None:
        self.table = open_table(path, mapping.delimiter, mapping.written)
        declared = {name for fields in types.values() for name in fields}
        self.columns = event_columns(mapping, self.table.columns, self.table.names_place, declared)
        self.constant = mapping.name
        self.types = types
        self.tally = tally
        self.zone, self.written = zone, mapping.written
        roles = {self.columns.contact, self.columns.at, self.columns.name, self.columns.id}
        self.plans = _Plans(self.table, self.columns.fields, {r for r in roles if r is not None}, zone, mapping.written)
        self.ids = EventIds([c for c in self.table.columns if c not in roles], cells=self.table.cells)

    def read(self) -> Iterator[EventRecord]:
        problems = Problems()
        plans: dict[str, _Plan] = {}
        times: dict[object, dt.datetime] = {}
        columns, path, tally = self.columns, self.table.path, self.tally
        for number, row in self.table.rows(problems):
            place = f"{path}:{number}"
            contact = contact_id(row.get(columns.contact))
            name = self.constant or _name(row.get(columns.name or ""))
            raw_at = row.get(columns.at)
            at = times.get(raw_at) if isinstance(raw_at, str) else None
            if at is None:
                at = self._time(raw_at, place, problems)
                if len(times) < 10_000 and isinstance(raw_at, str) and at is not None:
                    times[raw_at] = at
            if contact is None or name is None or at is None:
                self._incomplete(contact, name, place, problems)
                continue
            plan = plans.get(name)
            if plan is None:
                plan = plans[name] = self.plans.plan(self.types.get(name))
            payload = plan.values(row, place, problems)
            if payload is None or problems.total:
                continue
            own = contact_id(row.get(columns.id)) if columns.id is not None else None
            event_id = self.ids.given(own) if own is not None else self.ids.derived(contact, name, raw_at, row)
            if event_id is None:
                tally.duplicates += 1
                continue
            tally.events += 1
            yield EventRecord(contact, name, at, event_id, payload, place)
        problems.settle()

    def _time(self, raw: object, place: str, problems: Problems) -> dt.datetime | None:
        try:
            brought = self.written.brought(raw, "datetime") if isinstance(raw, str) and self.table.cells else raw
            return event_time(brought, self.zone)
        except Mistake as mistake:
            _complain(self.columns.at, raw, mistake, place, problems)
            return None

    def _incomplete(self, contact: str | None, name: str | None, place: str, problems: Problems) -> None:
        if contact is None:
            problems.add(f"the event has no contact: column `{self.columns.contact}` is empty", place)
        elif name is None:
            problems.add(f"the event has no name: column `{self.columns.name}` is empty", place)


def open_table(path: Path, delimiter: str | None = None, written: Written = PLAIN) -> Table:
    """The file as a table, by its ending. Raises `SourceError` when it cannot be opened or is empty."""
    require_file(path)
    kind = file_format(path)
    if kind == "csv":
        return CsvFile(path, delimiter, written)
    return NdjsonFile(path) if kind == "ndjson" else ParquetFile(path)


def contact_id(raw: object) -> str | None:
    """An id as text, exactly as written; None when there is none."""
    if isinstance(raw, str):
        return raw if raw and not raw.isspace() else None
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else None


def _name(raw: object) -> str | None:
    return raw.strip() or None if isinstance(raw, str) else None


@frozen
class _Plan:
    """How the fields of a row are made: (field, column, conversion), and what is declared but has no column."""

    fields: tuple[tuple[str, str, Convert], ...]
    required: Collection[str] = field(default=())

    def values(self, row: Row, place: str, problems: Problems) -> Mapping[str, Value] | None:
        """The fields of the row, or None when something in it is wrong: then that is noted."""
        try:
            values = {name: convert(row[column]) for name, column, convert in self.fields if column in row}
        except Mistake:
            self._blame(row, place, problems)
            return None
        for name in self.required:
            if name not in values:
                advice = "declare the type with `?` where it may be unknown"
                problems.add(f"the field `{name}` is declared, and the row has none", place, advice)
                return None
        return values

    def _blame(self, row: Row, place: str, problems: Problems) -> None:
        for _, column, convert in self.fields:
            try:
                if column in row:
                    convert(row[column])
            except Mistake as mistake:
                _complain(column, row[column], mistake, place, problems)
                return


class _Plans:
    """Makes plans for declared and undeclared fields; looks at the whole file only when a column is undeclared."""

    def __init__(
        self, table: Table, fields: Mapping[str, str], roles: Collection[str], zone: Zone, written: Written
    ) -> None:
        self.written = written if table.cells else PLAIN
        self.table = table
        self.fields = fields
        self.roles = roles
        self.zone = zone
        self._inferred: Mapping[str, Convert] | None = None

    def plan(self, types: Types | None) -> _Plan:
        declared = {name: _read_type(name, text) for name, text in (types or {}).items()}
        for name, kind in declared.items():
            if not kind.optional and name not in self.fields.values():
                free = [column for column, field in self.fields.items() if field not in declared]
                raise _no_field(name, free, self.table)
        steps: list[tuple[str, str, Convert]] = []
        for column, name in self.fields.items():
            if name in declared and declared[name].base != "any":
                strict = of_declared(declared[name], self.zone, cells=self.table.cells)
                convert = self.written.reading(strict, "" if declared[name].many else declared[name].base)
            else:
                convert = contact_id if column in self.roles else self._infer(column)
            steps.append((name, column, convert))
        required = () if self.table.cells else [name for name, kind in declared.items() if not kind.optional]
        return _Plan(tuple(steps), tuple(required))

    def _infer(self, column: str) -> Convert:
        if self._inferred is None:
            self._inferred = self.table.converters(self.roles, self.zone)
        return self._inferred[column]


def _no_field(name: str, free: Iterable[str], table: Table) -> SourceError:
    """A declared field that no column holds; only a column that holds none of the others may be meant."""
    near = nearest(name, free)
    advice = "add the column, or declare the type with `?`: the field may be unknown then"
    if near is not None:
        advice = f'rename one: `rename = {{ "{near}" = "{name}" }}`, or declare the type with `?`'
    message = f"no column holds the declared field `{name}`; there are {listing(table.columns)}"
    return SourceError(message, advice, table.names_place)


def _read_type(name: str, text: str) -> Declared:
    try:
        return Declared.read(text)
    except ValueError:
        raise SourceError(f"the field `{name}` cannot be read from a file as `{text}`") from None


def _complain(column: str, raw: object, mistake: Mistake, place: str, problems: Problems) -> None:
    found = "it is empty" if raw is None or raw == "" else f"found `{_short(raw)}`"
    problems.add(f"column `{column}`: expected {mistake.expected}, {found}", place, advice(raw, mistake.help))


def _short(raw: object) -> str:
    text = str(raw)
    return text if len(text) <= 60 else text[:57] + "..."
