"""Both stores do the same, and do it wholly or not at all."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from tests.engine.support import MINUTE, OPENERS, at
from wend.runtime.contact import Change, Event, Inbox
from wend.runtime.conversions import Conversions
from wend.runtime.delivery.messages import Message
from wend.runtime.state import NEW, Sent, State, Suppression
from wend.runtime.store.protocol import (
    Chunk,
    JournalEntry,
    LastTick,
    NewChange,
    NewContact,
    NewEvent,
    OutboxEntry,
    Status,
    Stepped,
    Store,
    StoredVersion,
)
from wend.runtime.values import FOREVER, Instant


@pytest.fixture(params=sorted(OPENERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = OPENERS[request.param](tmp_path)
    yield opened
    opened.close()


def newcomer(name: str, wake: Instant, imported: bool = False) -> NewContact:
    return NewContact(name, {"email": f"{name}@x.example"}, wake, imported)


def message(key: str, when: Instant, channel: str = "email") -> OutboxEntry:
    ready = Message(key=key, channel=channel, contact="a", address="a@x.example", at=when, text="hello")
    return OutboxEntry(key, when, channel, "a", "j", "t", ready)


def arrive(contact: str, name: str, when: Instant, wake: Instant | None = None) -> NewEvent:
    return NewEvent(contact, Event(name, "purchase", when, {"amount": 3}), when, wake or when)


def test_who_is_due_comes_by_wake_and_id_and_no_more_than_asked(store: Store) -> None:
    wakes = {"d": at(2), "c": at(1), "b": at(1), "a": at(3), "e": FOREVER}
    store.add_contacts([newcomer(name, wake) for name, wake in wakes.items()])
    assert store.next_wake() == at(1)
    assert [each.contact.id for each in store.due(at(2), 9)] == ["b", "c", "d"]
    assert [each.contact.id for each in store.due(at(2), 2)] == ["b", "c"]
    assert [each.contact.id for each in store.due(at(2), 9)] == ["b", "c", "d"]
    assert store.due(at(1) - MINUTE, 9) == []
    assert store.next_wake() == at(1)


def test_nobody_is_due_where_nothing_is(store: Store) -> None:
    store.add_contacts([newcomer("a", FOREVER)])
    assert store.next_wake() is None
    assert store.due(at(1000), 9) == []


def test_a_new_contact_comes_with_its_data(store: Store) -> None:
    store.add_contacts([newcomer("a", at(1), imported=True), newcomer("b", at(1))])
    first, second = store.due(at(1), 9)
    assert (first.contact.fields, first.state, first.inbox) == ({"email": "a@x.example"}, NEW, Inbox(imported=True))
    assert second.inbox == Inbox()


def test_what_arrives_later_than_the_tick_waits(store: Store) -> None:
    store.add_contacts([newcomer("a", at(1))])
    store.add_events([arrive("a", "e2", at(1.5)), arrive("a", "e1", at(1)), arrive("a", "e0", at(0.5))])
    store.add_changes([NewChange("a", Change("x", at(1.5), {"plan": "late"}), {}, at(1.5))])
    (now,) = store.due(at(1), 9)
    assert [event.id for event in now.inbox.events] == ["e0", "e1"]
    assert now.inbox.changes == ()
    store.save(Chunk(at(1), [Stepped(now, now.contact.with_events(now.inbox.events), NEW, at(1) + MINUTE)]))
    (later,) = store.due(at(2), 9)
    assert [event.id for event in later.inbox.events] == ["e2"]
    assert [change.fields for change in later.inbox.changes] == [{"plan": "late"}]
    assert [event.id for event in later.contact.events["purchase"]] == ["e0", "e1"]


def test_news_wake_a_contact_and_never_later_than_it_wanted(store: Store) -> None:
    store.add_contacts([newcomer("a", FOREVER), newcomer("b", at(1))])
    store.add_events([arrive("a", "e", at(2)), arrive("b", "e", at(2))])
    assert [(each.contact.id, each.wake) for each in store.due(at(9), 9)] == [("b", at(1)), ("a", at(2))]


def test_saving_keeps_data_state_and_wake(store: Store) -> None:
    store.add_contacts([newcomer("a", at(1))])
    (before,) = store.due(at(1), 9)
    contact = before.contact.with_fields({"plan": "paid", "since": dt.date(2026, 1, 2)})
    contact = contact.with_events((Event("emitted:1", "thanked", at(1), {"n": 1}, depth=2),))
    state = State(known=True, sends=(Sent("j", "email", at(1)),))
    store.save(Chunk(at(1), [Stepped(before, contact, state, at(7))]))
    assert store.next_wake() == at(7)
    (after,) = store.due(at(7), 9)
    assert (after.contact, after.state, after.inbox) == (contact, state, Inbox())
    looked = store.contact("a")
    assert looked is not None
    assert looked.contact == contact
    assert store.contact("nobody") is None


def test_two_changes_at_one_time_become_one(store: Store) -> None:
    store.add_contacts([newcomer("a", at(1))])
    for fields in ({"x": 1, "y": 1}, {"y": 2}):
        store.add_changes([NewChange("a", Change("c", at(2), fields), {"x": 1, **fields}, at(2))])
    store.add_changes([NewChange("a", Change("b", at(1), {"y": 0}), {"x": 1, "y": 2}, at(2))])
    (loaded,) = store.due(at(2), 9)
    assert [(change.time, change.fields) for change in loaded.inbox.changes] == [
        (at(1), {"y": 0}),
        (at(2), {"x": 1, "y": 2}),
    ]
    assert store.told(["a", "b"]) == {"a": {"x": 1, "y": 2}}


def test_a_key_goes_into_the_outbox_once(store: Store) -> None:
    failed = evolve(message("k3", at(1)), message=None, effect="{}", detail="no", status=Status.SET_ASIDE)
    assert store.save(Chunk(at(1), [], [message("k1", at(1)), message("k2", at(1)), failed])) == 0
    assert store.save(Chunk(at(2), [], [message("k2", at(2)), message("k3", at(2)), message("k4", at(2))])) == 2
    assert store.next_attempt() == at(1)
    rows = store.outbox.due(at(9), 9, "email")
    assert [(row.message.key, row.message.at) for row in rows] == [("k1", at(1)), ("k2", at(1)), ("k4", at(2))]
    store.outbox.delivered("k1", at(3))
    store.outbox.retry("k2", at(3), at(5), "later")
    assert store.next_attempt() == at(2)
    assert store.save(Chunk(at(4), [], [message("k1", at(4))])) == 1
    assert store.totals().delivered == 1


def test_what_could_not_be_rendered_is_kept_until_it_can(store: Store) -> None:
    failed = evolve(message("k", at(1)), message=None, effect="{}", detail="no such name", status=Status.SET_ASIDE)
    store.save(Chunk(at(1), [], [failed]))
    assert store.unrendered() == [failed]
    assert store.outbox.waiting(at(9)) == {}
    assert store.next_attempt() is None
    assert store.totals().set_aside == 1
    store.replace_unrendered(message("k", at(2)))
    assert store.unrendered() == []
    assert [row.message.text for row in store.outbox.due(at(9), 9, "email")] == ["hello"]
    store.replace_unrendered(message("other", at(2)))
    assert store.outbox.waiting(at(9)) == {"email": 1}


def test_the_journal_is_appended_to(store: Store) -> None:
    lines = [
        JournalEntry("a", at(1), "sent", "j", "t", "s", None, "hello"),
        JournalEntry("b", at(1), "dropped", "j", reason="consent"),
        JournalEntry("a", at(2), "exited", "j"),
    ]
    for line in lines:
        store.save(Chunk(line.at, [], journal=[line]))
    assert store.journal() == lines
    assert store.journal("a") == [lines[0], lines[2]]
    assert store.journal(limit=2) == lines[1:]
    assert store.journal(limit=0) == []


def test_a_suppression_is_known_from_the_next_tick_on(store: Store) -> None:
    bounced = Suppression("email", "a@x.example", "bounced")
    topic = Suppression("email", "a@x.example", "unsubscribed", "news")
    store.save(Chunk(at(1), [], suppressions=[bounced, bounced, topic]))
    store.save(Chunk(at(2), [], suppressions=[bounced, Suppression("sms", "123", "unsubscribed")]))
    assert store.suppressed(["a@x.example"], at(1)) == []
    found = store.suppressed(["a@x.example", "nobody@x.example"], at(1) + MINUTE)
    assert sorted(found, key=str) == sorted([bounced, topic], key=str)
    assert store.suppressed([], at(9)) == []


def test_the_latest_tick_is_remembered(store: Store) -> None:
    assert store.last_tick() is None
    for tick in (LastTick(at(1), complete=False), LastTick(at(1), complete=True), LastTick(at(2), complete=True)):
        store.mark_tick(tick)
        assert store.last_tick() == tick


def test_versions_journeys_and_sources(store: Store) -> None:
    assert (store.live_mark(), store.versions(), store.live_since(), store.loaded_sources()) == (None, [], {}, {})
    first = StoredVersion("v1", {"a.journey": "when x send email é"}, {"t.html": "<p>"})
    second = StoredVersion("v2", {"a.journey": "b"})
    store.activate(first, "v1 x", {"one": at(1)}, at(1))
    store.activate(second, "v2 x", {"two": at(2)}, at(2))
    store.activate(evolve(first, templates={"t.html": "new"}), "v1 y", {}, at(3))
    assert store.live_mark() == "v1 y"
    assert store.live_since() == {"one": at(1), "two": at(2)}
    kept = [evolve(first, templates={"t.html": "new"}, activated=at(1)), evolve(second, activated=at(2))]
    assert store.versions() == kept
    store.mark_source("contacts.csv", "digest 1", at(1))
    store.mark_source("contacts.csv", "digest 2", at(2))
    assert store.loaded_sources() == {"contacts.csv": "digest 2"}


def test_everybody_can_be_woken(store: Store) -> None:
    store.add_contacts([newcomer("a", FOREVER), newcomer("b", at(1)), newcomer("c", at(9))])
    (before,) = store.due(at(1), 9)
    store.save(Chunk(at(1), [Stepped(before, before.contact, State(known=True), FOREVER)]))
    assert store.wake_all(at(3), launch=False) == 3
    assert [(each.wake, each.inbox.imported) for each in store.due(at(9), 9)] == [(at(3), False)] * 3
    store.wake_all(at(5), launch=True)
    woken = {each.contact.id: (each.wake, each.inbox.imported) for each in store.due(at(9), 9)}
    assert woken == {"a": (at(3), True), "b": (at(3), False), "c": (at(3), True)}


class OopsError(Exception):
    """Something goes wrong on the way."""


def everything(store: Store) -> object:
    people = [store.contact(name) for name in ("a", "b", "c")]
    outbox = store.outbox.due(at(99), 99, "email")
    seen = (store.last_tick(), store.next_wake(), store.due(at(99), 99), store.journal(), store.unrendered())
    known = (store.suppressed(["a@x.example"], at(99)), store.live_mark(), store.live_since(), store.loaded_sources())
    return people, outbox, seen, known, store.totals(), store.versions(), store.told(["a", "b", "c"])


def test_a_transaction_is_kept_wholly_or_not_at_all(store: Store) -> None:
    failed = evolve(message("u", at(1)), message=None, effect="{}", detail="no", status=Status.SET_ASIDE)
    store.add_contacts([newcomer("a", at(1)), newcomer("b", at(2))])
    store.save(Chunk(at(0), [], [message("k", at(0)), failed], [JournalEntry("a", at(0), "sent", "j")]))
    store.activate(StoredVersion("v", {}), "v", {"j": at(0)}, at(0))
    before = everything(store)

    def all_of_it() -> None:
        store.mark_tick(LastTick(at(1), complete=True))
        store.add_contacts([newcomer("c", at(0))])
        store.add_events([arrive("c", "e", at(0))])
        store.add_changes([NewChange("b", Change("x", at(0), {"plan": "x"}), {"plan": "x"}, at(0))])
        (loaded, *_) = [each for each in store.due(at(1), 9) if each.contact.id == "a"]
        gone = Suppression("email", "a@x.example", "bounced")
        chunk = Chunk(at(1), [Stepped(loaded, loaded.contact.with_fields({"plan": "y"}), NEW, at(8))])
        line = JournalEntry("a", at(1), "exited", "j")
        store.save(evolve(chunk, outbox=[message("k2", at(1))], journal=[line], suppressions=[gone]))
        store.replace_unrendered(message("u", at(1)))
        store.activate(StoredVersion("v2", {}), "v2", {"k": at(1)}, at(1))
        store.mark_source("f", "d", at(1))
        store.wake_all(at(0), launch=True)

    def fail() -> None:
        with store.transaction():
            all_of_it()
            raise OopsError

    with pytest.raises(OopsError):
        fail()
    assert everything(store) == before
    with store.transaction():
        all_of_it()
    assert everything(store) != before


def test_an_inner_transaction_is_part_of_the_outer_one(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            with store.transaction():
                store.add_contacts([newcomer("a", at(1))])
            raise OopsError

    with pytest.raises(OopsError):
        fail()
    assert store.contact("a") is None


def test_conversions_are_added_up(store: Store) -> None:
    assert store.conversions() == {}
    store.save(Chunk(at(1), [], goals={"b": Conversions(2, 1), "a": Conversions()}))
    store.save(Chunk(at(2), [], goals={"b": Conversions(3, 1, 4, 2)}))
    assert store.conversions() == {"b": Conversions(5, 2, 4, 2)}


def test_messages_are_counted_when_they_are_decided_whatever_becomes_of_them(store: Store) -> None:
    broken = evolve(message("c", at(2)), message=None, effect="{}", status=Status.SET_ASIDE)
    store.save(Chunk(at(1), [], [message("a", at(1)), message("b", at(1), "sms")]))
    store.save(Chunk(at(2), [], [message("a", at(2)), message("d", at(2)), broken]))
    store.outbox.delivered("a", at(3))
    assert store.used("email", at(1)) == 3
    assert store.used("email", at(1, 1)) == store.used("email", at(2)) == 2
    assert store.used("sms", at(0)) == 1
    assert store.used("email", at(3)) == 0


def test_who_is_due_is_counted_and_comes_page_by_page(store: Store) -> None:
    store.add_contacts([newcomer(name, at(day)) for name, day in (("a", 2), ("b", 1), ("c", 1), ("d", 3))])
    assert [store.count_due(at(day)) for day in range(4)] == [0, 2, 3, 4]
    assert [each.contact.id for each in store.due(at(2), 9, (at(1), "b"))] == ["c", "a"]
    assert [each.contact.id for each in store.due(at(2), 1, (at(1), "c"))] == ["a"]
    assert store.due(at(2), 9, (at(2), "a")) == []


def test_paused_journeys_are_kept(store: Store) -> None:
    assert store.paused() == {}
    store.set_paused("b", at(2))
    store.set_paused("a", at(1))
    assert store.paused() == {"a": at(1), "b": at(2)}
    store.set_paused("b", None)
    store.set_paused("c", None)
    assert store.paused() == {"a": at(1)}
    store.write([JournalEntry("", at(1), "paused", "a")])
    assert store.journal() == [JournalEntry("", at(1), "paused", "a")]
