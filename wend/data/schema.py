"""Writing the `contact` and `event` declarations of a script from sample data."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from attrs import define, field

from wend.dsl.builtins import AT, BUILTIN_EVENTS, LISTS, RESERVED, TAGS
from wend.dsl.formatter import format_source
from wend.dsl.period import Period
from wend.dsl.source import Source
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.values import Value

LABELS_AT_MOST = 6
ROWS_AT_LEAST = 50

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED_WORDS = {"and", "or", "not", "true", "false"}
_LABEL = re.compile(r"[A-Za-z][\w&+/-]*(?: [\w&+/-]+){0,2}")


def declare(contacts: Iterable[ContactRecord] | None, events: Iterable[EventRecord] | None) -> str:
    """The declarations that fit the data, in the language, as `wend fmt` lays them out.

    A field is `?` where a record lacks it. A text is an enumeration where at least 50 records hold at most 6 different
    texts that look like labels. What the language cannot declare stands as a comment that says why.

    Args:
        contacts: sample contacts, or None to declare no contact.
        events: sample events, or None.
    """
    blocks = []
    if contacts is not None:
        seen = _Shape()
        for contact in contacts:
            seen.add(contact.fields)
        blocks.append(_block("contact", seen, RESERVED))
    shapes: dict[str, _Shape] = {}
    for event in events or ():
        shapes.setdefault(event.name, _Shape()).add(event.payload)
    for name, shape in shapes.items():
        if name in BUILTIN_EVENTS:
            blocks.append(f"# `{name}` is built in and needs no declaration\n")
        elif (why := _unspeakable(name)) is not None:
            blocks.append(f"# the event {why}: rename it in the data\n")
        else:
            blocks.append(_block(f"event {_spell(name)}", shape, RESERVED | {AT}, drop_empty=True))
    return format_source(Source("declarations", "\n".join(b for b in blocks if b)))


@define
class _Column:
    """What was seen of one field."""

    known: int = 0
    kinds: set[str] = field(factory=set)
    texts: set[str] | None = field(factory=set)

    def add(self, value: Value) -> None:
        self.known += 1
        self.kinds.add(_kind(value))
        if self.texts is not None and isinstance(value, str):
            self.texts.add(value)
            if len(self.texts) > LABELS_AT_MOST:
                self.texts = None

    def type(self) -> str | None:
        """The type in the language, or None where it has none for what was seen."""
        kinds = self.kinds - {"list"} if any(k.startswith("list of ") for k in self.kinds) else self.kinds
        if kinds == {"date", "datetime"}:
            return "datetime"
        if len(kinds) > 1:
            return None if any("record" in k or "list" in k for k in kinds) else "text"
        kind = next(iter(kinds), "text")
        if kind == "list":
            return "list of text"
        if kind == "text" and self.known >= ROWS_AT_LEAST and self.texts and all(map(_LABEL.fullmatch, self.texts)):
            return " | ".join(f'"{text}"' for text in sorted(self.texts))
        return None if "record" in kind or "mixed" in kind else kind


@define
class _Shape:
    """What was seen of a contact, or of the events of one name."""

    rows: int = 0
    columns: dict[str, _Column] = field(factory=dict)

    def add(self, values: Mapping[str, Value]) -> None:
        self.rows += 1
        for name, value in values.items():
            column = self.columns.get(name)
            if column is None:
                column = self.columns[name] = _Column()
            if value is not None:
                column.add(value)


def _kind(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str() | dt.time():
            return "text"
        case dt.datetime():
            return "datetime"
        case dt.date():
            return "date"
        case Period():
            return "duration"
        case tuple():
            kinds = {_kind(item) for item in value if item is not None}
            if not kinds:
                return "list"
            return f"list of {kinds.pop()}" if len(kinds) == 1 else "list of mixed values"
    return "record"


def _block(head: str, shape: _Shape, taken: Iterable[str], drop_empty: bool = False) -> str:
    lines: list[tuple[str, str]] = []
    notes: list[str] = []
    for name, column in shape.columns.items():
        if drop_empty and not column.known:
            continue  # A column of a file that other events share.
        if head == "contact" and name in (TAGS, LISTS):
            continue  # Every contact has them.
        kind = column.type()
        if (why := _unspeakable(name, taken)) is not None:
            notes.append(f"# {why}: rename it under `rename` in `wend.toml`")
        elif kind is None:
            notes.append(f"# `{name}` holds records or mixed values, which cannot be declared")
        else:
            lines.append((_spell(name), kind + ("?" if column.known < shape.rows else "")))
    width = max((len(name) for name, _ in lines), default=0) + 2
    body = [f"{name:<{width}}{kind}" for name, kind in lines]
    if not body and head == "contact":
        return "".join(f"{note}\n" for note in notes)
    return "\n".join([head, *(f"    {line}" for line in notes + body)]) + "\n"


def _spell(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) and name not in _RESERVED_WORDS else f"`{name}`"


def _unspeakable(name: str, taken: Iterable[str] = ()) -> str | None:
    if "`" in name or not name.isprintable() or name != name.strip():
        return f"{name!r} cannot be written between backticks"
    return f"`{name}` has a meaning of its own" if name in set(taken) else None
