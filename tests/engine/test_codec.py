import datetime as dt
import json

import pytest
from attrs import evolve
from attrs import fields as attrs_of
from hypothesis import given
from hypothesis import strategies as st

from wend.dsl.diagnostics import WendError
from wend.dsl.period import Period
from wend.runtime.codec import (
    STATE_FORMAT,
    as_value,
    fields_from_json,
    fields_to_json,
    from_json,
    send_from_json,
    send_to_json,
    state_from_json,
    state_to_json,
    to_json,
)
from wend.runtime.contact import Change, Contact, Event
from wend.runtime.effects import Identity, Send
from wend.runtime.state import NEW, HeadState, JourneyState, Run, Sent, State, Written
from wend.runtime.values import FOREVER, UTC, Value

instants = st.datetimes(timezones=st.just(UTC)) | st.just(FOREVER)
names = st.text(max_size=5) | st.sampled_from(["$date", "$map", "$at", "$", "a"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.dates()
    | st.times()
    | instants
    | st.builds(Period, st.integers(-99, 99), st.integers(-99, 99), st.integers(-99, 99) | st.floats(-9, 9))
)
values: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
fields = st.dictionaries(names, values, max_size=4)
events = st.builds(Event, names, names, instants, fields, st.integers(0, 5), st.booleans())

# Every attribute is drawn from its type: one that is added later is covered by that alone.
st.register_type_strategy(Event, events)
st.register_type_strategy(dt.datetime, instants)
st.register_type_strategy(float, st.floats(allow_nan=False))  # the language has none, and it equals nothing
heads = st.builds(HeadState, **{a.name: ... for a in attrs_of(HeadState)} | {"value": values})
st.register_type_strategy(HeadState, heads)
states = st.builds(
    State,
    known=st.booleans(),
    journeys=st.dictionaries(names, st.from_type(JourneyState), max_size=2),
    sends=st.lists(st.from_type(Sent), max_size=2).map(tuple),
    emitted=st.lists(events, max_size=2).map(tuple),
    suppressed=st.frozensets(st.from_type(State.__annotations__["suppressed"].__args__[0]), max_size=2),
    written=st.dictionaries(names, st.from_type(Written), max_size=2),
)
sends = st.builds(
    Send,
    identity=st.from_type(Identity),
    at=instants,
    channel=names,
    address=names,
    template=st.none() | names,
    values=fields,
    fields=fields,
)


def kinds(value: object) -> object:
    """The value with the types of its parts: 1, 1.0 and True are equal, and are three things."""
    if isinstance(value, dict):
        return {key: kinds(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(kinds(item) for item in value)
    if isinstance(value, Period):
        return [type(part) for part in (value.months, value.days, value.seconds)]
    return type(value)


@given(fields)
def test_fields_come_back_exactly(data: dict[str, Value]) -> None:
    back = fields_from_json(fields_to_json(data))
    assert back == data
    assert kinds(back) == kinds(data)


@given(states)
def test_states_come_back_exactly(state: State) -> None:
    text = state_to_json(state)
    back = state_from_json(text)
    assert back == state
    assert state_to_json(back) == text
    assert text.isascii()
    assert "\n" not in text


@given(events, fields, instants)
def test_events_changes_and_contacts_come_back_exactly(event: Event, data: dict[str, Value], time: dt.datetime) -> None:
    change, contact = Change("c", time, data), Contact("x", data, {event.name: (event, event)})
    assert from_json(to_json(event), Event) == event
    assert from_json(to_json(change), Change) == change
    assert from_json(to_json(contact), Contact) == contact


@given(sends)
def test_messages_to_be_sent_come_back_exactly(send: Send) -> None:
    back = send_from_json(send_to_json(send))
    assert back == send
    assert back.identity.key == send.identity.key


def test_equal_states_are_equal_text_whatever_order_they_were_made_in() -> None:
    heads = {name: HeadState(firings=1, done=frozenset(f"{n}" for n in range(20))) for name in "abc"}
    one = State(journeys={"j": JourneyState(heads=heads), "k": JourneyState()})
    other_heads = {name: HeadState(firings=1, done=frozenset(f"{19 - n}" for n in range(20))) for name in "cba"}
    other = State(journeys={"k": JourneyState(), "j": JourneyState(heads=other_heads)})
    assert one == other
    assert state_to_json(one) == state_to_json(other)


def test_instants_keep_their_microseconds_and_are_in_utc() -> None:
    time = dt.datetime(2026, 3, 1, 9, 0, 0, 1, tzinfo=UTC)
    state = State(journeys={"j": JourneyState(run=Run(1, time))})
    run = state_from_json(state_to_json(state)).journeys["j"].run
    assert run is not None
    assert run.began == time
    assert run.began.tzinfo is UTC


def test_the_format_is_always_written() -> None:
    assert json.loads(state_to_json(NEW)) == {"format": STATE_FORMAT}


def test_a_newer_state_is_refused_before_it_is_read() -> None:
    text = json.dumps({"format": STATE_FORMAT + 1, "journeys": "another shape"})
    with pytest.raises(WendError) as caught:
        state_from_json(text)
    assert caught.value.message == (
        f"a stored state has the format {STATE_FORMAT + 1}, and this version of wend knows {STATE_FORMAT} at most"
    )
    assert caught.value.help


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"format":1,"sends":3}', '{"format":"x"}'])
def test_a_damaged_state_is_refused(text: str) -> None:
    with pytest.raises(WendError, match="a stored state is damaged"):
        state_from_json(text)


@pytest.mark.parametrize("text", ["", "[1", '{"a": {"$date": "x"}}', '{"a": {"$nothing": 1}}'])
def test_a_damaged_record_is_refused(text: str) -> None:
    with pytest.raises(WendError, match="a stored record is damaged"):
        fields_from_json(text)


def test_what_readers_and_hosts_give_becomes_a_value() -> None:
    paris = dt.timezone(dt.timedelta(hours=1))
    assert as_value([1, {"a": [dt.timedelta(days=1, seconds=5)]}]) == (1, {"a": (Period(days=1, seconds=5),)})
    moved = as_value(dt.datetime(2026, 1, 1, 1, tzinfo=paris))
    assert moved == dt.datetime(2026, 1, 1, tzinfo=UTC)
    assert isinstance(moved, dt.datetime)
    assert moved.tzinfo is UTC
    assert as_value({"b", "a"}) == ("a", "b")
    for wrong in (object(), dt.datetime(2026, 1, 1)):
        with pytest.raises(WendError):
            as_value(wrong)


def test_a_state_of_another_format_that_is_known_keeps_its_format() -> None:
    old = evolve(NEW, format=0)
    assert state_from_json(state_to_json(old)).format == 0


def test_a_local_time_stays_local() -> None:
    occurrence = dt.datetime(2026, 3, 29, 2, 30)
    state = State(journeys={"j": JourneyState(heads={"every day": HeadState(occurrence=occurrence)})})
    kept = state_from_json(state_to_json(state)).journeys["j"].heads["every day"].occurrence
    assert kept == occurrence
    assert kept is not None
    assert kept.tzinfo is None
