"""Made-up contacts and events that fit a program: for trying a script out before there is any data.

They are the same whenever the program, the time and the seed are the same. Where a program compares a field with a
text or a number, some of the contacts have it, so that its conditions differ from contact to contact.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs
from attrs import define, field, frozen

from wend.dsl import core, plan
from wend.dsl.builtins import BUILTIN_EVENTS, LISTS, TAGS
from wend.dsl.period import Period
from wend.dsl.program import Dated, EventMatch, Every, Program
from wend.dsl.signatures import Signature
from wend.dsl.types import DATE, NUMBER, TEXT, Kind, Type
from wend.runtime.calendar import Zone
from wend.runtime.effects import DEFAULT_ADDRESSES
from wend.runtime.hashing import share
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.values import Instant, Value
from wend.stdlib import signatures

NAMES = (
    *("Ana", "Ben", "Chloe", "David", "Emma", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Klara", "Leo"),
    *("Mia", "Noah", "Olga", "Paul", "Rosa", "Sami", "Tess", "Ugo", "Vera", "Wim", "Yara", "Zoe"),
)
HISTORY = 500
"""How many days back events go."""
UNKNOWN = 0.2
"""The share of unknown values where a field may be unknown."""

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "country": ("FR", "BE", "DE", "LU"),
    "city": ("Lyon", "Bruges", "Bonn"),
    "language": ("fr", "nl", "de"),
    "timezone": ("Europe/Paris", "America/New_York", "Asia/Tokyo"),
}


@frozen
class Samples:
    """Made-up contacts and what has happened to them, in the order of their names and times."""

    contacts: tuple[ContactRecord, ...]
    events: tuple[EventRecord, ...]


def sample(program: Program, now: Instant, zone: Zone, count: int = 12, seed: int = 0) -> Samples:
    """Contacts and past events that fit a program; none where it asks for no field and no event.

    Args:
        program: its declarations are followed; where there are none, the fields and events that it reads are made up.
        now: nothing has happened later than this.
        zone: of the times of day.
        count: how many contacts.
        seed: another number gives others.
    """
    seen = _seen(program)
    if not seen.fields and not seen.events and not seen.values:
        return Samples((), ())
    maker = _Maker(seen, zone, zone.date(now), seed)
    ids = [_id(number) for number in range(count)]
    contacts = [ContactRecord(id, maker.fields(id, _name(number))) for number, id in enumerate(ids)]
    events = [event for id in ids for event in maker.events(id, now)]
    events.sort(key=lambda event: (event.at, event.contact, event.name))
    return Samples(tuple(contacts), tuple(events))


def sample_event(program: Program, name: str, contact: str, at: Instant, zone: Zone) -> EventRecord:
    """An event that fits a program, for one contact at a time: its fields as the program declares or reads them."""
    seen = _seen(program)
    fields = seen.events.get(name) or (BUILTIN_EVENTS[name].fields if name in BUILTIN_EVENTS else {})
    maker = _Maker(seen, zone, zone.date(at), seed=0)
    payload = {key: maker.value(key, kind, contact, contact, name, key) for key, kind in fields.items()}
    return EventRecord(contact, name, at, f"{name} {contact} sample", payload)


def _name(number: int) -> str:
    return NAMES[number % len(NAMES)]


def _id(number: int) -> str:
    turn = number // len(NAMES)
    return _name(number).lower() + (f"_{turn + 1}" if turn else "")


# ---- what the program asks for ---------------------------------------------------------------------------------------


@define
class _Seen:
    """The fields and events of a program with their types, and the values that it compares them with."""

    fields: dict[str, Type] = field(factory=dict)
    events: dict[str, dict[str, Type]] = field(factory=dict)
    values: dict[str, list[Value]] = field(factory=dict)

    def compared(self, name: str, value: Value) -> None:
        """A field, or an event's field, is compared with a value."""
        known = self.values.setdefault(name, [])
        if value is not None and value not in known:
            known.append(value)


def _seen(program: Program) -> _Seen:
    seen, schema = _Seen(), program.schema
    if schema.contact is not None:
        seen.fields = {name: kind for name, kind in schema.contact.items() if name not in schema.derived}
    seen.events = {event: dict(fields) for event, fields in schema.events.items()}
    known = signatures()
    for node in _nodes((program.journeys, program.settings, tuple(schema.derived.values()))):
        _look(node, seen, known, schema.contact is None, not schema.events)
    return seen


def _nodes(value: object) -> Iterator[object]:
    """Everything that a program is made of, its expressions included."""
    if isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
    elif attrs.has(kind := type(value)) and not isinstance(value, core.Place | Period):
        yield value
        for attribute in attrs.fields(kind):
            if attribute.name != "fallback":  # what an event's field means where the event has none
                yield from _nodes(getattr(value, attribute.name))


def _look(node: object, seen: _Seen, known: Mapping[str, Signature], any_field: bool, any_event: bool) -> None:
    match node:
        case core.Compare(left=left, right=right):
            for side, other in ((left, right), (right, left)):
                _compared(side, other, seen, any_field, any_event)
        case core.Apply(function=function, args=args) if function in known and any_field:
            for arg, parameter in zip(args, known[function].parameters, strict=False):
                _typed(arg, parameter.types[0], seen)
        case Dated(anchor=anchor) | Every(anchor=core.Field() as anchor) if any_field:
            _typed(anchor, DATE, seen)
        case core.And(operands=operands) | core.Or(operands=operands) if any_field:
            for operand in operands:
                _typed(operand, Type(Kind.BOOLEAN), seen)
        case core.Field(name=name) if any_field and name not in (TAGS, LISTS, "id"):
            seen.fields.setdefault(name, TEXT.maybe())
        case core.Aggregate(event=event, path=path, where=where) if event not in BUILTIN_EVENTS and any_event:
            _event(event, where, seen)
            if path is not None and path != ("at",):
                seen.events[event].setdefault(path[0], NUMBER)
        case EventMatch(event=event, where=where) if event not in BUILTIN_EVENTS and any_event:
            _event(event, where, seen)
        case plan.Send(channel=channel, to=None) if any_field and DEFAULT_ADDRESSES.get(channel, "id") != "id":
            seen.fields.setdefault(DEFAULT_ADDRESSES[channel], TEXT.maybe())
        case _:
            pass


def _typed(expr: core.Expr, kind: Type, seen: _Seen) -> None:
    """A field that no declaration tells of has the type of its first use."""
    if isinstance(expr, core.Field) and expr.name not in (TAGS, LISTS, "id"):
        seen.fields[expr.name] = kind.maybe()


def _event(event: str, where: core.Expr | None, seen: _Seen) -> None:
    """An event that no declaration tells of has the fields that are asked of it."""
    fields = seen.events.setdefault(event, {})
    for node in () if where is None else core.nodes(where):
        match node:
            case core.Compare(left=core.Item(path=(name, *_)), right=right) if name != "at":
                constants = list(_constants(right))
                fields.setdefault(name, _type_of(constants[0].value) if constants else TEXT)
            case _:
                pass


def _compared(side: core.Expr, other: core.Expr, seen: _Seen, any_field: bool, any_event: bool) -> None:
    values = [item.value for item in _constants(other)]
    match side:
        case core.Field(name=name):
            for value in values:
                seen.compared(name, value)
            if any_field and values and values[0] is not None:
                _typed(side, _type_of(values[0]), seen)
        case core.Item(path=(name, *_)):
            for value in values:
                seen.compared(name, value)
        case _:
            pass


def _constants(expr: core.Expr) -> Iterator[core.Const]:
    match expr:
        case core.Const():
            yield expr
        case core.ListOf(items=items):
            for item in items:
                yield from _constants(item)
        case _:
            return


def _type_of(value: Value) -> Type:
    match value:
        case bool():
            return Type(Kind.BOOLEAN)
        case int() | float():
            return NUMBER
        case dt.date():
            return DATE
        case _:
            return TEXT


# ---- values ----------------------------------------------------------------------------------------------------------


@frozen
class _Maker:
    seen: _Seen
    zone: Zone
    today: dt.date
    seed: int

    def fields(self, id: str, name: str) -> dict[str, Value]:
        """The fields of one contact."""
        made: dict[str, Value] = {}
        for key, kind in self.seen.fields.items():
            if kind.optional and key != "email" and self.draw(id, key, "known") < UNKNOWN:
                made[key] = None
            else:
                made[key] = self.value(key, kind, name, id, key)
        for key in (TAGS, LISTS):
            told = [value for value in self.seen.values.get(key, ()) if isinstance(value, str)]
            if told:
                made[key] = tuple(value for value in told if self.draw(id, key, value) < 0.5)
        return made

    def events(self, id: str, now: Instant) -> Iterator[EventRecord]:
        """What has happened to one contact: of each event none to three, the more recent the likelier."""
        for name, fields in self.seen.events.items():
            for number in range(int(self.draw(id, name, "how many") * 4)):
                parts = (id, name, str(number))
                back = int(self.draw(*parts, "day") ** 2 * HISTORY)
                clock = dt.time(8 + int(self.draw(*parts, "hour") * 12), int(self.draw(*parts, "minute") * 60))
                at = self.zone.at(self.today - dt.timedelta(days=back + 1), clock)
                if at < now:
                    payload = {key: self.value(key, kind, id, *parts, key) for key, kind in fields.items()}
                    yield EventRecord(id, name, at, f"{name} {id} {number + 1}", payload)

    def value(self, key: str, kind: Type, name: str, *parts: str) -> Value:
        """A value of a type, by the name of its field where that tells something."""
        drawn = self.draw(*parts)
        match kind.kind:
            case Kind.BOOLEAN:
                return drawn < 0.75
            case Kind.NUMBER:
                return self.number(key, drawn)
            case Kind.DATE | Kind.DATETIME:
                return self.moment(key, kind, drawn)
            case Kind.DURATION:
                return Period(days=1 + int(drawn * 30))
            case Kind.LIST:
                item = kind.item or TEXT
                return tuple(self.value(key, item, name, *parts, str(n)) for n in range(int(drawn * 3)))
            case _:
                return self.text(key, kind, name, drawn)

    def number(self, key: str, drawn: float) -> int:
        """A whole number round those that the program compares the field with, else up to 100."""
        told = [value for value in self.seen.values.get(key, ()) if isinstance(value, int | float)]
        most = max((abs(value) for value in told), default=50)
        return int(drawn * max(2 * most, 2))

    def moment(self, key: str, kind: Type, drawn: float) -> dt.date:
        """A day: of birth in the last century or so, otherwise some months round today."""
        if "birth" in key.lower():
            date = self.today - dt.timedelta(days=int((18 + drawn * 60) * 365.25))
        else:
            date = self.today + dt.timedelta(days=int((drawn - 0.7) * HISTORY))
        return self.zone.at(date, dt.time(9 + int(drawn * 8))) if kind.kind is Kind.DATETIME else date

    def text(self, key: str, kind: Type, name: str, drawn: float) -> str:
        """A text: one of the type's, one that the program asks for, or what the field's name suggests."""
        lower, id = key.lower(), name.lower()
        if kind.values:
            return kind.values[int(drawn * len(kind.values))]
        if "email" in lower or lower == "mail":
            return f"{id}@mail.example"
        if "phone" in lower or "mobile" in lower:
            return f"+33600{int(drawn * 1e6):06}"
        if lower in ("name", "first_name", "firstname"):
            return name
        told = [value for value in self.seen.values.get(key, ()) if isinstance(value, str)]
        choices = list(dict.fromkeys([*told, *_TEXTS.get(lower, ())])) or [f"{key} {n}" for n in (1, 2, 3)]
        return choices[int(drawn * len(choices))]

    def draw(self, *parts: str) -> float:
        """A number in [0, 1), always the same for the same parts."""
        return share("sample", str(self.seed), *parts)
