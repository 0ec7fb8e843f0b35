"""States and contacts' data as JSON text, and back exactly.

Saving is structural: `cattrs` writes the code for each class from its attributes, so that a new attribute cannot be
forgotten. An attribute that has its default is left out. Equal values give equal text: keys are sorted, and so are
sets. What JSON has no form for is an object with one key that begins with `$`:

    {"$date": "2027-03-01"}   {"$at": "2027-03-01T09:00:00+00:00"}   {"$time": "09:00:00"}   {"$period": [1, 2, 0]}

A mapping that looks like one of these is wrapped in `{"$map": {...}}`. Instants of attributes are ISO text.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_origin

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from wend.dsl.diagnostics import WendError
from wend.dsl.period import Period
from wend.runtime.contact import Change, Contact, Event
from wend.runtime.effects import Send
from wend.runtime.state import Labelled, State
from wend.runtime.values import UTC, Value

STATE_FORMAT = State().format
"""The newest shape of a state that this version can read."""

_DUMPS = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode
_LOADS = json.JSONDecoder().decode
_PLAIN = frozenset({type(None), bool, int, float, str})


def value_to_json(value: Value) -> Any:
    """A value as plain JSON data."""
    if type(value) in _PLAIN:
        return value
    match value:
        case tuple() | list():
            return [value_to_json(item) for item in value]
        case Mapping():
            plain = {key: value_to_json(item) for key, item in value.items()}
            return {"$map": plain} if len(plain) == 1 and next(iter(plain)).startswith("$") else plain
        case dt.datetime():
            return {"$at": value.isoformat()}
        case dt.date():
            return {"$date": value.isoformat()}
        case dt.time():
            return {"$time": value.isoformat()}
        case Period():
            return {"$period": [value.months, value.days, value.seconds]}
        case bool() | int() | float() | str():  # a subclass, such as an enumeration
            return value
        case _:
            raise TypeError(f"not a value of the language: {value!r}")


def value_from_json(data: Any) -> Value:
    """The value that `value_to_json` made plain."""
    kind = type(data)
    if kind in _PLAIN:
        return data  # type: ignore[no-any-return]
    if kind is list:
        return tuple([value_from_json(item) for item in data])
    if len(data) == 1:
        ((key, item),) = data.items()
        if key.startswith("$"):
            return _SPECIAL[key](item)
    return {key: value_from_json(item) for key, item in data.items()}


_SPECIAL: Mapping[str, Callable[[Any], Value]] = {
    "$date": dt.date.fromisoformat,
    "$at": dt.datetime.fromisoformat,
    "$time": dt.time.fromisoformat,
    "$period": lambda parts: Period(*parts),
    "$map": lambda plain: {key: value_from_json(item) for key, item in plain.items()},
}


def _mapping_to_json(values: Mapping[str, Value]) -> dict[str, Any]:
    return {key: item if type(item) in _PLAIN else value_to_json(item) for key, item in values.items()}


def _mapping_from_json(plain: Mapping[str, Any], _: object = None) -> dict[str, Value]:
    return {key: item if type(item) in _PLAIN else value_from_json(item) for key, item in plain.items()}


def _is_values(kind: Any) -> bool:
    return bool(kind == Mapping[str, Value])


def _is_value(kind: Any) -> bool:
    return bool(kind == Value)


def _is_frozenset(kind: Any) -> bool:
    return get_origin(kind) is frozenset


def _set_writer(kind: Any, converter: Converter) -> Callable[[Iterable[Any]], list[Any]]:
    item = converter.get_unstructure_hook(kind.__args__[0])
    return lambda items: sorted((item(each) for each in items), key=_DUMPS)


def _as_labelled(data: Any) -> Any:
    """A state of the first releases has nothing but the time under a label."""
    return {"at": data} if isinstance(data, str) else data


def _converter() -> Converter:
    converter = Converter(detailed_validation=False, omit_if_default=True)
    converter.register_unstructure_hook(dt.datetime, dt.datetime.isoformat)
    converter.register_structure_hook(dt.datetime, lambda text, _: dt.datetime.fromisoformat(text))
    converter.register_unstructure_hook_func(_is_values, _mapping_to_json)
    converter.register_structure_hook_func(_is_values, _mapping_from_json)
    converter.register_unstructure_hook_func(_is_value, value_to_json)
    converter.register_structure_hook_func(_is_value, lambda data, _: value_from_json(data))
    converter.register_unstructure_hook_factory(_is_frozenset, _set_writer)
    labelled = make_dict_structure_fn(Labelled, converter)
    converter.register_structure_hook(Labelled, lambda data, kind: labelled(_as_labelled(data), kind))
    # The format is always written: what is left out would be read as the reader's own.
    state = make_dict_unstructure_fn(
        State, converter, _cattrs_omit_if_default=True, format=override(omit_if_default=False)
    )
    converter.register_unstructure_hook(State, state)
    return converter


_CONVERTER = _converter()
_WRITE_STATE = _CONVERTER.get_unstructure_hook(State)
_READ_STATE = _CONVERTER.get_structure_hook(State)
_WRITE = {kind: _CONVERTER.get_unstructure_hook(kind) for kind in (Event, Change, Contact)}
_READ = {kind: _CONVERTER.get_structure_hook(kind) for kind in (Event, Change, Contact)}
_WRITE_SEND = _CONVERTER.get_unstructure_hook(Send)
_READ_SEND = _CONVERTER.get_structure_hook(Send)
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


def state_to_json(state: State) -> str:
    """A state as JSON text; equal states give equal text."""
    return _DUMPS(_WRITE_STATE(state))


def state_from_json(text: str) -> State:
    """The state that `state_to_json` wrote.

    Raises:
        WendError: it was written by a newer version, or is damaged.
    """
    try:
        plain = _LOADS(text)
        newer = plain["format"] > STATE_FORMAT
        state = None if newer else _READ_STATE(plain, State)
    except _BROKEN:
        raise WendError("a stored state is damaged", help="restore the store from a backup") from None
    if not isinstance(state, State):
        raise WendError(
            f"a stored state has the format {plain['format']}, and this version of wend knows {STATE_FORMAT} at most",
            help="use the version of wend that wrote it, or a newer one",
        )
    return state


def fields_to_json(values: Mapping[str, Value]) -> str:
    """Fields or a payload as JSON text; equal mappings give equal text."""
    return _DUMPS(_mapping_to_json(values))


def fields_from_json(text: str) -> dict[str, Value]:
    """The mapping that `fields_to_json` wrote. Raises WendError where it is damaged."""
    try:
        return _mapping_from_json(_LOADS(text))
    except _BROKEN:
        raise WendError("a stored record is damaged", help="restore the store from a backup") from None


def to_json_texts(texts: Mapping[str, str]) -> str:
    """Files by name as JSON text."""
    return _DUMPS(dict(texts))


def from_json_texts(text: str) -> dict[str, str]:
    """The files that `to_json_texts` wrote."""
    return {str(name): str(content) for name, content in _LOADS(text).items()}


def send_to_json(send: Send) -> str:
    """A message that is to be sent, as JSON text."""
    return _DUMPS(_WRITE_SEND(send))


def send_from_json(text: str) -> Send:
    """The message that `send_to_json` wrote. Raises WendError where it is damaged."""
    try:
        send = _READ_SEND(_LOADS(text), Send)
    except _BROKEN:
        raise WendError("a stored message is damaged", help="restore the store from a backup") from None
    assert isinstance(send, Send)
    return send


Data = TypeVar("Data", Event, Change, Contact)


def to_json(data: Event | Change | Contact) -> str:
    """An event, a change or a contact as JSON text."""
    return _DUMPS(_WRITE[type(data)](data))


def from_json(text: str, kind: type[Data]) -> Data:
    """The value of that kind that `to_json` wrote. Raises WendError where it is damaged."""
    try:
        data = _READ[kind](_LOADS(text), kind)
    except _BROKEN:
        raise WendError("a stored record is damaged", help="restore the store from a backup") from None
    assert isinstance(data, kind)
    return data


def as_value(raw: object) -> Value:
    """What a reader of files or a host gives, as a value of the language.

    Lists become tuples, lengths of time periods, and a datetime with another offset is moved to UTC.

    Raises:
        WendError: it is nothing that a script can hold.
    """
    if type(raw) in _PLAIN:
        return raw  # type: ignore[return-value]
    match raw:
        case dt.datetime():
            if raw.tzinfo is None:
                raise WendError(f"the datetime `{raw}` has no time zone", help="give it with one, such as UTC")
            try:
                return raw if raw.tzinfo is UTC else raw.astimezone(UTC)
            except OverflowError:
                raise WendError(f"the datetime `{raw}` is beyond the calendar") from None
        case dt.timedelta():
            return Period(days=raw.days, seconds=raw.seconds + raw.microseconds / 1e6)
        case bool() | int() | float() | str() | dt.date() | dt.time() | Period():
            return raw
        case Mapping():
            return {str(key): as_value(item) for key, item in raw.items()}
        case list() | tuple():
            return tuple([as_value(item) for item in raw])
        case set() | frozenset():
            return tuple(sorted((as_value(item) for item in raw), key=str))
        case _:
            raise WendError(f"`{raw}` is nothing that a script can hold")


def as_values(raw: Mapping[str, object]) -> Mapping[str, Value]:
    """A record's fields as values of the language; see `as_value`. What needs no change is given back as it is."""
    if all(type(item) in _PLAIN for item in raw.values()):
        return raw  # type: ignore[return-value]
    return {key: item if type(item) in _PLAIN else as_value(item) for key, item in raw.items()}  # type: ignore[misc]
