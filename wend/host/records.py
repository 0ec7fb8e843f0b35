"""What a host hands in, held against the declarations of a program: values are read as those of NDJSON files are."""

import datetime as dt
from collections.abc import Iterable, Mapping

from attrs import frozen

from wend.dsl.builtins import BUILTIN_EVENTS
from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.project.workspace import contact_types, event_types
from wend.runtime.calendar import Zone
from wend.runtime.codec import as_value
from wend.runtime.contact import Event
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.sources.reader import ALWAYS
from wend.runtime.sources.values import Convert, Declared, Mistake, event_time, of_declared
from wend.runtime.values import UTC, Instant, Value

_LONGEST = 60
_ROLES = ("id", "contact", "name", "at")


@frozen
class _Fields:
    """The declared fields of a contact or an event."""

    convert: Mapping[str, Convert]
    required: tuple[str, ...]

    def values(self, raw: object, whose: str) -> dict[str, Value]:
        """The fields as values of the language. Raises WendError where one is not as it is declared."""
        if not isinstance(raw, Mapping):
            raise WendError(f"the fields of {whose} are not told by their names", 'give them as `{"name": value}`')
        return {self._name(name, whose): self._value(name, value, whose) for name, value in raw.items()}

    def _name(self, name: object, whose: str) -> str:
        if not isinstance(name, str):
            raise WendError(f"the name `{name}` of a field of {whose} is no text", "write it in quotes")
        return name

    def _value(self, name: str, raw: object, whose: str) -> Value:
        convert = self.convert.get(name)
        try:
            if convert is None or (isinstance(raw, dt.datetime) and raw.tzinfo is None):
                return as_value(raw)
            return convert(tuple(raw) if isinstance(raw, set | frozenset) else raw)
        except Mistake as mistake:
            found = "it is empty" if raw is None or raw == "" else f"found `{_short(raw)}`"
            message = f"the field `{name}` of {whose}: expected {mistake.expected}, {found}"
            raise WendError(message, mistake.help) from None
        except WendError as error:
            raise WendError(f"the field `{name}` of {whose}: {error.message}", error.help) from None

    def missing(self, values: Mapping[str, Value]) -> str | None:
        """The first declared field that must be there and is not."""
        return next((name for name in self.required if values.get(name) is None), None)


class Records:
    """Reads contacts and events for a program.

    Args:
        zone: for datetimes in texts without an offset, and for dates that stand for a datetime.
    """

    def __init__(self, program: Program, zone: Zone) -> None:
        schema = program.schema
        self._derived = frozenset(schema.derived)
        self._zone = zone
        self._contact = _fields({**ALWAYS, **(contact_types(program) or {})}, zone)
        self._events = {name: _fields(types, zone) for name, types in event_types(program).items()}

    def contact(self, raw: object) -> ContactRecord:
        """A contact that was handed in: a record, or a mapping with its `id`."""
        if isinstance(raw, ContactRecord):
            given, fields, place = raw.id, raw.fields, raw.place
        elif isinstance(raw, Mapping):
            if "id" not in raw:
                raise WendError("a contact has no `id`", "by it the contact is known later")
            given, fields, place = raw["id"], {k: v for k, v in raw.items() if k != "id"}, ""
        else:
            raise WendError(f"`{_short(raw)}` is no contact", "give a `ContactRecord`, or a mapping with its `id`")
        contact = _text(given, "the id of a contact")
        return ContactRecord(contact, self.fields(fields, f"the contact `{contact}`"), place)

    def fields(self, raw: object, whose: str) -> dict[str, Value]:
        """A contact's fields."""
        values = self._contact.values(raw, whose)
        for name in self._derived:
            if name in values:
                raise WendError(f"the field `{name}` of {whose} is worked out, so it cannot be told", "leave it out")
        return values

    def require(self, record: ContactRecord) -> None:
        """Refuse a new contact without a field that every contact has."""
        missing = self._contact.missing(record.fields)
        if missing is not None:
            message = f"the contact `{record.id}` is new and has no `{missing}`"
            raise WendError(message, "give it, or declare it with `?` where it may be unknown", record.place or None)

    def event(self, raw: object) -> EventRecord:
        """An event that was handed in: a record, or a mapping with `contact`, `name`, `at`, `id` and its fields."""
        if isinstance(raw, EventRecord):
            given: Mapping[str, object] = {"id": raw.id, "contact": raw.contact, "name": raw.name, "at": raw.at}
            payload, place = raw.payload, raw.place
        elif isinstance(raw, Mapping):
            given, payload, place = raw, {k: v for k, v in raw.items() if k not in _ROLES}, ""
            for role in _ROLES:
                if role not in raw:
                    raise WendError(f"an event has no `{role}`", "an event has `id`, `contact`, `name` and `at`")
        else:
            raise WendError(f"`{_short(raw)}` is no event", "give an `EventRecord`, or a mapping with its `id`")
        name = _text(given["name"], "the name of an event")
        contact = _text(given["contact"], f"the contact of the event `{name}`")
        event = _text(given["id"], f"the id of the event `{name}`")
        at = self._time(given["at"], f"the event `{event}`")
        return EventRecord(contact, name, at, event, self.payload(name, payload, event), place)

    def history(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """The events of one contact."""
        found = []
        for each in events:
            if not isinstance(each, Event):
                raise WendError(f"`{_short(each)}` is no event", "give a `wend.Event`")
            at = self._time(each.time, f"the event `{each.id}`")
            payload = self.payload(each.name, each.payload, each.id)
            found.append(Event(each.id, each.name, at, payload, each.depth, each.imported))
        return tuple(found)

    def payload(self, name: str, raw: object, event: str) -> dict[str, Value]:
        """An event's fields. Raises WendError where no such event is declared, or a field is not as declared."""
        if self._events and name not in self._events and name not in BUILTIN_EVENTS:
            near = nearest(name, {*self._events, *BUILTIN_EVENTS})
            raise WendError(f"no event `{name}` is declared", f"did you mean `{near}`?" if near else "declare it")
        fields = self._events.get(name, _ANY)
        values = fields.values(raw, f"the event `{event}`")
        missing = fields.missing(values)
        if missing is not None:
            help = "give it, or declare it with `?` where it may be unknown"
            raise WendError(f"the event `{event}` has no `{missing}`, which every `{name}` has", help)
        return values

    def _time(self, raw: object, whose: str) -> Instant:
        if isinstance(raw, dt.datetime):
            return instant(raw)
        try:
            return event_time(raw, self._zone)
        except Mistake as mistake:
            raise WendError(f"the time of {whose}: expected {mistake.expected}, found `{_short(raw)}`") from None


def instant(time: object) -> Instant:
    """A host's time, in UTC. Raises WendError where it is none, or has no time zone."""
    if not isinstance(time, dt.datetime):
        raise WendError(f"`{_short(time)}` is no time", "give a `datetime` with a time zone")
    if time.tzinfo is None:
        raise WendError(f"the time `{time}` has no time zone", "give it with one: `datetime.now(UTC)`, say")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise WendError(f"the time `{time}` is beyond the calendar") from None


def _fields(types: Mapping[str, str], zone: Zone) -> _Fields:
    declared = {name: Declared.read(text) for name, text in types.items()}
    return _Fields(
        {name: of_declared(each, zone, cells=False) for name, each in declared.items() if each.base != "any"},
        tuple(name for name, each in declared.items() if not each.optional),
    )


_ANY = _Fields({}, ())


def _text(raw: object, what: str) -> str:
    if not isinstance(raw, str):
        raise WendError(f"{what} is `{_short(raw)}`, which is no text", "write it in quotes")
    return raw


def _short(raw: object) -> str:
    text = str(raw)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
