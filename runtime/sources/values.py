"""From what a file holds to a value of the language: by a declared type, strictly, or by what the column looks like."""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from wend.dsl.nearest import nearest
from wend.dsl.period import Period
from wend.runtime.calendar import Zone
from wend.runtime.sources.times import instant, parse_date, parse_duration, parse_instant, parse_time
from wend.runtime.values import Value

Convert = Callable[[object], Value]
"""Makes a value of a cell; raises `Mistake`."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
_DECLARED_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SLASHED = re.compile(r"[0-9]{1,4}[./][0-9]{1,2}[./][0-9]{1,4}.*")
_LABEL = re.compile(r'"((?:\\.|[^"\\])*)"')
_SEPARATOR = re.compile(r"[;|]")
_BOOLEANS = {"true": True, "True": True, "false": False, "False": False}
# As spreadsheet programs write them in the languages of their users.
_BOOLEANS |= dict.fromkeys(("TRUE", "WAHR", "VRAI", "WAAR", "VERDADERO", "VERO", "VERDADEIRO"), True)
_BOOLEANS |= dict.fromkeys(("FALSE", "FALSCH", "FAUX", "ONWAAR", "FALSO"), False)


NUMBER_HELP = "write it like `1234.5`, or leave it empty and declare the type with `?` where it may be unknown"


class Mistake(Exception):
    """A cell that does not hold what it should. `expected` continues the sentence `expected …`."""

    def __init__(self, expected: str, help: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.help = help


class Kind(StrEnum):
    """What the values of a column look like. `EMPTY`: nothing is in it."""

    EMPTY = "empty"
    BOOLEAN = "boolean"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"


def join_kinds(one: Kind, other: Kind) -> Kind:
    """The kind of a column that holds both: dates and datetimes are datetimes, all else that differs is text."""
    if one is other or other is Kind.EMPTY:
        return one
    if one is Kind.EMPTY:
        return other
    if {one, other} == {Kind.DATE, Kind.DATETIME}:
        return Kind.DATETIME
    return Kind.TEXT


def text_kind(texts: Iterable[str]) -> Kind:
    """What texts of a CSV column look like, all together; empty ones do not count."""
    values = {t for t in texts if t}
    if not values:
        return Kind.EMPTY
    if all(v in _BOOLEANS for v in values):
        return Kind.BOOLEAN
    if all(_NUMBER.fullmatch(v) for v in values):
        return Kind.NUMBER
    return iso_kind(values)


def iso_kind(texts: Iterable[str]) -> Kind:
    """Whether texts are ISO dates, or dates and datetimes, all together; else they are text."""
    kind = Kind.EMPTY
    for text in texts:
        if parse_date(text) is not None:
            kind = join_kinds(kind, Kind.DATE)
        elif _is_time(text):
            kind = join_kinds(kind, Kind.DATETIME)
        else:
            return Kind.TEXT
    return kind


def _is_time(text: str) -> bool:
    time = parse_time(text)
    return time is not None and 1 < time.year < 9999


# ---- by what the column looks like ------------------------------------------------------------------------------


def of_kind(kind: Kind, zone: Zone) -> Convert:
    """The conversion of the cells of a CSV column whose kind was found over the whole file."""
    if kind in (Kind.TEXT, Kind.EMPTY):
        return _some_text
    if kind is Kind.NUMBER:
        return _plain_number
    known: dict[object, Value] = {"": None}

    def parse(text: str) -> Value:
        if kind is Kind.BOOLEAN:
            return _BOOLEANS.get(text)
        return parse_date(text) if kind is Kind.DATE else parse_instant(text, zone)

    def convert(cell: object) -> Value:
        if cell in known:
            return known[cell]
        value = parse(str(cell))
        if value is None:
            raise Mistake(f"a {kind} as in the rest of the column")
        if len(known) < 10_000:
            known[cell] = value
        return value

    return convert


def _some_text(cell: object) -> Value:
    return str(cell) or None


def _plain_number(cell: object) -> Value:
    text = str(cell)
    if not text:
        return None
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        raise Mistake("a number as in the rest of the column") from None


def plain(value: object, path: str, kinds: Mapping[str, Kind], zone: Zone) -> Value:
    """The value of a JSON or Parquet cell without a declared type.

    `kinds` says of each path (`cart`, `cart.items[].day`) what stands there in the whole file: only dates, or texts.
    """
    match value:
        case None:
            return None
        case str() | bool() | int() | float():
            return _scalar(value, kinds.get(path), zone)
        case dt.datetime():
            return event_time(value, zone)
        case dt.date():
            return event_time(value, zone) if kinds.get(path) is Kind.DATETIME else value
        case dt.timedelta():
            return _duration(value, zone)
        case Decimal():
            return _number(value, zone)
        case Mapping():
            return {str(k): plain(v, f"{path}.{k}", kinds, zone) for k, v in value.items()}
        case Sequence() if not isinstance(value, bytes):
            return tuple(plain(v, f"{path}[]", kinds, zone) for v in value)
        case dt.time():
            return value
    raise Mistake("text, a number, a date or a list")


def _scalar(value: str | bool | int | float, kind: Kind | None, zone: Zone) -> Value:
    if isinstance(value, str):
        if kind is Kind.DATE:
            return parse_date(value)
        return parse_instant(value, zone) if kind is Kind.DATETIME else value
    if kind is Kind.TEXT:
        return _as_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return None
        raise Mistake("a finite number")
    return value


def note_kinds(value: object, path: str, kinds: dict[str, Kind]) -> None:
    """Add what a JSON or Parquet value looks like to the kinds of its path and of the paths below it."""
    match value:
        case None:
            return
        case Mapping():
            for key, item in value.items():
                note_kinds(item, f"{path}.{key}", kinds)
        case list() | tuple():
            for item in value:
                note_kinds(item, f"{path}[]", kinds)
        case _:
            before = kinds.get(path, Kind.EMPTY)
            if before is not Kind.TEXT:
                kinds[path] = join_kinds(before, _raw_kind(value))


def _raw_kind(value: object) -> Kind:
    match value:
        case bool():
            return Kind.BOOLEAN
        case int() | float() | Decimal():
            return Kind.NUMBER
        case dt.datetime():
            return Kind.DATETIME
        case dt.date():
            return Kind.DATE
        case str():
            return iso_kind((value,))
    return Kind.TEXT


# ---- by a declared type -----------------------------------------------------------------------------------------


@frozen
class Declared:
    """A declared type, read: `base` is text, number, boolean, date, datetime or duration, or any: nothing is said."""

    base: str
    many: bool = False
    optional: bool = False
    labels: tuple[str, ...] = field(default=())

    @staticmethod
    def read(text: str) -> "Declared":
        """Read `number`, `date?`, `list of text`, `"web" | "shop"?`.

        Raises:
            ValueError: no such type.
        """
        rest = text.strip()
        optional = rest.endswith("?")
        rest = rest.removesuffix("?").strip()
        many = rest.startswith("list of ")
        rest = rest.removeprefix("list of ").removesuffix("?").strip()
        if rest in _OPEN:
            return Declared("any", optional=optional or rest == "any")
        if rest.startswith('"'):
            labels = tuple(re.sub(r"\\(.)", r"\1", label) for label in _LABEL.findall(rest))
            return Declared("text", many, optional, labels)
        if rest not in _BASES:
            raise ValueError(f"no type of a field: {text}")
        return Declared(rest, many, optional)


def of_declared(declared: Declared, zone: Zone, *, cells: bool) -> Convert:
    """The strict conversion to a declared type.

    Args:
        declared: the type.
        zone: for datetimes without an offset and for dates that stand for a datetime.
        cells: the file has only texts (CSV): an empty one is unknown, lists are split at `;` or `|`.
    """
    one = _BASES[declared.base]

    def item(value: object) -> Value:
        result = one(value.strip() if isinstance(value, str) and declared.base != "text" else value, zone)
        if declared.labels and result not in declared.labels:
            near = nearest(str(result), declared.labels)
            options = " or ".join(f'"{label}"' for label in declared.labels)
            raise Mistake(options, f'did you mean "{near}"?' if near else None)
        return result

    def convert(value: object) -> Value:
        if value is None or (cells and value == ""):
            if declared.optional:
                return None
            if declared.many and cells:
                return ()
            raise Mistake(_WORDS[declared.base], "declare the type with `?` where it may be unknown")
        if not declared.many:
            return item(value)
        if cells:
            value = [part.strip() for part in _SEPARATOR.split(str(value)) if part.strip()]
        if not isinstance(value, list | tuple):
            raise Mistake(f"a list of {declared.base}")
        return tuple(item(v) for v in value)

    return convert


def _text(value: object, zone: Zone) -> Value:
    match value:
        case str():
            return value
        case bool() | int() | float():
            return _as_text(value)
        case Decimal():
            return format(value, "f")
        case dt.date() | dt.time():
            return value.isoformat()
    raise Mistake("text")


def _as_text(value: bool | int | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: object, zone: Zone) -> Value:
    if isinstance(value, str):
        if _NUMBER.fullmatch(value):
            return float(value) if "." in value else int(value)
        if _DECLARED_NUMBER.fullmatch(value) is None:
            comma = re.fullmatch(r"[+-]?[0-9]+,[0-9]+", value)
            raise Mistake("a number", f"write `{value.replace(',', '.')}`" if comma else NUMBER_HELP)
        value = Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        exact = int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
        value = exact
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_countable(value):
        raise Mistake("a number", NUMBER_HELP)
    return value


def _is_countable(value: int | float) -> bool:
    """Whether a number is one that can be computed with: a float can hold it."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _boolean(value: object, zone: Zone) -> Value:
    found = _BOOLEANS.get(value) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise Mistake("a boolean", "write `true` or `false`")
    return found


def _date(value: object, zone: Zone) -> Value:
    found = (parse_date(value) or parse_time(value)) if isinstance(value, str) else value
    if isinstance(found, dt.datetime):
        # Exports like to write a date as its midnight; any other time of day would be lost in silence.
        found = found.date() if found.tzinfo is None and found.time() == dt.time() else None
    if not isinstance(found, dt.date):
        raise Mistake("a date", _date_help(value))
    return found


def _datetime(value: object, zone: Zone) -> Value:
    found = None
    if isinstance(value, str):
        found = parse_instant(value, zone)
    elif isinstance(value, dt.date):
        found = instant(value, zone)
    if found is None:
        raise Mistake("a date or a datetime", _date_help(value) or "write it like `2026-05-01T09:00:00`")
    return found


def event_time(value: object, zone: Zone) -> dt.datetime:
    """When an event happened: a datetime, or a date meaning its first moment in `zone`. Raises `Mistake`."""
    result = _datetime(value.strip() if isinstance(value, str) else value, zone)
    assert isinstance(result, dt.datetime)
    return result


def _duration(value: object, zone: Zone) -> Value:
    if isinstance(value, dt.timedelta):
        return Period(seconds=value.total_seconds())
    found = parse_duration(value) if isinstance(value, str) else None
    if found is None:
        raise Mistake("a duration", "write it like `2 days` or `90 minutes`")
    return found


def _date_help(value: object) -> str | None:
    if isinstance(value, str) and _SLASHED.fullmatch(value):
        return "write dates with the year first, like `2026-05-01`"
    if isinstance(value, int | float):
        return "write the time like `2026-05-01T09:00:00Z`"
    return None


_OPEN = {"any", "record", "list", "time of day"}
_BASES: dict[str, Callable[[object, Zone], Value]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "duration": _duration,
}
_WORDS = {
    "text": "text",
    "number": "a number",
    "boolean": "a boolean",
    "date": "a date",
    "datetime": "a date or a datetime",
    "duration": "a duration",
}
