"""Comparing who gets what: by kind, by time, and symmetrically."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from wend.difference.messages import Change, Moved, Sent, compare

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def on(day: int, template: str = "one") -> Sent:
    return Sent(START + dt.timedelta(days=day), "email", template)


SENT = st.builds(on, st.integers(0, 9), st.sampled_from(("one", "two", "three")))
MESSAGES = st.dictionaries(st.sampled_from("abc"), st.lists(SENT, max_size=5).map(sorted), max_size=3)


def test_the_same_messages_are_no_difference() -> None:
    assert compare({"a": [on(1)]}, {"a": [on(1)], "b": []}).contacts == ()


def test_what_is_gone_what_is_new_and_what_moved() -> None:
    old = {"a": [on(1), on(3), on(5, "two")], "b": [on(2)], "c": [on(2)], "d": [on(4)]}
    new = {"a": [on(1), on(4)], "b": [on(2), on(6)], "c": [on(2, "two")], "d": [on(1)]}
    a, b, c, d = compare(old, new).contacts
    assert a.gone == (on(5, "two"),)
    assert a.moved == (Moved("email", "one", on(3).at, on(4).at),)
    assert a.changes == {Change.LESS, Change.LATER}
    assert a.first == on(3).at
    assert b.changes == {Change.MORE}
    assert b.added == (on(6),)
    assert c.changes == {Change.OTHER}
    assert d.changes == {Change.EARLIER}
    one, two = compare(old, new).kinds
    assert (one.before, one.after, one.gone, one.added, one.earlier, one.later) == (5, 5, 1, 1, 1, 1)
    assert (two.before, two.after, two.gone, two.added) == (1, 1, 1, 1)


@given(MESSAGES)
def test_nothing_differs_from_itself(messages: dict[str, list[Sent]]) -> None:
    assert compare(messages, messages).contacts == ()


@given(MESSAGES, MESSAGES)
def test_back_is_there_reversed(old: dict[str, list[Sent]], new: dict[str, list[Sent]]) -> None:
    there, back = compare(old, new), compare(new, old)
    mirror = {Change.MORE: Change.LESS, Change.LESS: Change.MORE, Change.EARLIER: Change.LATER}
    mirror |= {Change.LATER: Change.EARLIER, Change.OTHER: Change.OTHER}
    assert [(c.contact, c.gone, c.added) for c in there.contacts] == [
        (c.contact, c.added, c.gone) for c in back.contacts
    ]
    assert [{mirror[c] for c in each.changes} for each in there.contacts] == [set(e.changes) for e in back.contacts]


@given(MESSAGES, MESSAGES)
def test_every_message_is_accounted_for(old: dict[str, list[Sent]], new: dict[str, list[Sent]]) -> None:
    found = compare(old, new)
    for kind in found.kinds:
        assert kind.before - kind.gone == kind.after - kind.added
        assert kind.earlier + kind.later <= min(kind.before, kind.after)
    assert (sum(k.before for k in found.kinds), sum(k.after for k in found.kinds)) == (found.before, found.after)
