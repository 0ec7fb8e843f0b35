import datetime as dt
from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.support import DAY, LADDER, MINUTE, SCRIPTS, START, at, bought, engine, person, rules
from wend.dsl.diagnostics import WendError
from wend.runtime.calendar import ceil_minute
from wend.runtime.contact import Contact, Inbox
from wend.runtime.effects import Facts, Send, Step
from wend.runtime.play.simulate import SimulationResult, simulate
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.state import State
from wend.runtime.store.memory import MemoryStore
from wend.runtime.store.protocol import JournalEntry
from wend.runtime.telling.why import explained
from wend.runtime.tick.step import step
from wend.runtime.values import Instant

Sending = tuple[str, str, Instant, str]

BACK = """
settings
    consent email when true

journey win_back
    audience contacts where any(purchase)
    exit when days_since(last(purchase.at)) < 3
    reenter always

    when days_since(last(purchase.at)) >= 3
        send email "three"

    when days_since(last(purchase.at)) >= 6
        send email "six"
"""


def sending(send: Send) -> Sending:
    return send.identity.contact, send.template or "", send.at, send.identity.key


def played(
    text: str, contacts: list[ContactRecord], events: list[EventRecord], days: float, facts: Facts | None = None
) -> tuple[SimulationResult, list[Sending]]:
    """What a script does from the start for so many days."""
    found: list[Sending] = []
    result = simulate(
        rules(text), contacts, events, START, at(days), facts=facts, on_message=lambda send: found.append(sending(send))
    )
    return result, found


def lived(text: str, contacts: list[ContactRecord], events: list[EventRecord], days: float) -> list[Sending]:
    """The same with the engine."""
    rows = live(text, contacts, events, days).outbox.due(at(9999), 9999, "email")
    return [(row.message.contact, row.message.template, row.message.at, row.message.key) for row in rows]


def live(text: str, contacts: list[ContactRecord], events: list[EventRecord], days: float) -> MemoryStore:
    """The store of an engine that is told of every event when it happens and ticks when something is due."""
    store = MemoryStore()
    running = engine(store, text)
    running.activate(SCRIPTS, START)
    running.ingest_contacts(contacts, START, imported=True)
    running.ingest_events([event for event in events if event.at < START], START, imported=True)
    coming = sorted((event for event in events if START <= event.at < at(days)), key=lambda event: event.at)
    while True:
        due = running.next_wake()
        if coming and (due is None or coming[0].at <= due):
            event = coming.pop(0)
            running.ingest_events([event], event.at)
        elif due is None or due >= at(days):
            break
        else:
            running.tick(due)
    return store


purchases = st.lists(
    st.builds(bought, st.integers(1, 3), st.floats(-5, 14) | st.integers(-5, 14)),
    max_size=6,
    unique_by=lambda event: (event.contact, event.id),
)


@given(purchases)
def test_a_simulation_does_what_the_engine_would_have_done(events: list[EventRecord]) -> None:
    people = [person(1), person(2, consent=False), person(3, email="c1@shop.example")]
    _, simulated = played(LADDER, people, events, 15)
    assert sorted(simulated) == sorted(lived(LADDER, people, events, 15))


RICH = """
settings
    consent email when consent otherwise true
    limit 2 email per 2 days
    send between 8am and 8pm

journey follow_up
    audience contacts where "gone" not in tags
    reenter always
    exit when count(purchase) >= 4
    goal on purchase within 5 days

    on purchase
        split half
            variant a 40%
                send email "a" as mail
            variant b 40%
                wait 7 hours
        wait up to 2 days for purchase
        else
            if mail.sent
                add tag "quiet"
            else
                send email "late"

    when "quiet" in tags
        repeat up to 2 times every 1 day until any(purchase in last 1 day)
            send email "again"
        add tag "gone"
"""


@given(purchases)
def test_the_journal_of_a_live_run_is_that_of_its_simulation_line_by_line(events: list[EventRecord]) -> None:
    people = [evolve(person(n), fields={**person(n).fields, "tags": ()}) for n in (1, 2, 3)]
    told: list[JournalEntry] = []

    def keep(contact: str, now: Instant, outcome: Step) -> None:
        told.extend(JournalEntry.of(contact, entry) for entry in outcome.trace)

    simulate(rules(RICH), people, events, START, at(15), on_step=keep, step=explained)
    kept = live(RICH, people, events, 15).journal()
    assert told or not events
    for contact in ("c1", "c2", "c3"):
        assert [line for line in kept if line.contact == contact] == [line for line in told if line.contact == contact]
    assert len(kept) == len(told)


def expected(events: list[EventRecord], days: int) -> "Counter[str]":
    """An independent count: each purchase day that is followed by a long enough silence."""
    found: Counter[str] = Counter()
    for contact in {event.contact for event in events}:
        dates = sorted({event.at.date() for event in events if event.contact == contact})
        for date, following in zip(dates, [*dates[1:], None], strict=True):
            for template, silence in (("three", 3), ("six", 6)):
                when = date + silence * DAY
                if START.date() <= when < (START + days * DAY).date() and (following is None or when <= following):
                    found[template] += 1
    return found


noons = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 30)), max_size=12, unique=True)


@given(noons)
def test_a_ladder_counts_what_an_independent_loop_counts(pairs: list[tuple[int, int]]) -> None:
    events = [bought(number, day + 0.5) for number, day in pairs]
    result, found = played(BACK, [person(n) for n in (1, 2, 3)], events, 35)
    assert Counter(template for _, template, _, _ in found) == expected(events, 35)
    assert sum(each.count for each in result.messages) == len(found) == result.counts.messages
    assert result.events == len(events)


def test_ticks_come_when_something_is_due_and_at_no_other_time() -> None:
    times: list[Instant] = []
    result = simulate(
        rules(BACK),
        [person(1), person(2)],
        [bought(1, 1.00001), bought(2, 1.00001)],
        START,
        at(30),
        progress=lambda now, steps: times.append(now),
    )
    arrival = ceil_minute(at(1.00001))
    assert times == [at(0), arrival, at(4), at(4, 1), at(7), at(7, 1)]
    assert result.ticks == len(times)


def test_the_start_is_an_import_and_what_was_before_is_history() -> None:
    text = 'journey j\n    transactional\n    reenter never\n    on purchase\n        send email "on"\n'
    result, found = played(text, [person(1)], [bought(1, -1), bought(1, 0), bought(1, 1)], 3)
    assert [when for _, _, when, _ in found] == [at(0), at(1)]
    assert (result.events, result.later) == (3, 0)


def test_the_end_is_exclusive() -> None:
    result, found = played(BACK, [person(1)], [bought(1, 0), bought(1, 4), bought(1, 9)], 3)
    assert found == []
    assert (result.events, result.later) == (1, 2)
    _, found = played(BACK, [person(1)], [bought(1, 0)], 3 + 1 / 1440)
    assert [when for _, _, when, _ in found] == [at(3)]


def test_a_start_within_a_minute_begins_at_the_next() -> None:
    times: list[Instant] = []
    start = START + dt.timedelta(seconds=1)
    simulate(rules(BACK), [person(1)], [], start, at(1), progress=lambda now, steps: times.append(now))
    assert times[0] == at(0, 1)


def test_messages_are_counted_by_the_local_month() -> None:
    text = 'journey j\n    transactional\n    reenter never\n    on purchase\n        send email "on"\n'
    facts = Facts(zone="America/Los_Angeles")
    result, found = played(text, [person(1)], [bought(1, 31.1), bought(1, 31.9)], 60, facts)
    assert [when.month for _, _, when, _ in found] == [2, 2]
    assert [(each.template, each.month, each.count) for each in result.messages] == [
        ("on", "2026-01", 1),
        ("on", "2026-02", 1),
    ]
    assert result.by_month() == {"j": {"2026-01": 1, "2026-02": 1}}
    assert result.effects == {"email": {"on": 2}}


def test_a_refusing_address_is_left_alone_for_everybody_who_has_it() -> None:
    people = [person(n, email="same@shop.example") for n in (1, 2, 3)]
    bounce = bought(2, 3, "message_bounced", hard=True, channel="email")
    result, found = played(BACK, people, [bought(n, 0) for n in (1, 3)] + [bounce], 20)
    assert Counter(template for _, template, _, _ in found) == {"three": 2}
    assert result.skipped == {"suppressed": 2}


@given(st.permutations([1, 2, 3, 4]), st.permutations([1, 2, 3, 4]))
def test_the_order_of_the_files_does_not_matter(people: list[int], buyers: list[int]) -> None:
    result, found = played(LADDER, [person(n) for n in people], [bought(n, 0.5) for n in buyers], 9)
    assert found == sorted(found, key=lambda each: (each[2], each[0]))
    assert result.counts.messages == 12
    assert result.contacts == 4


def test_a_contact_that_is_there_twice_and_an_event_for_nobody_are_refused() -> None:
    twice = [person(1), ContactRecord("c1", {}, "contacts.csv:7")]
    with pytest.raises(WendError, match="the contact `c1` is there twice") as caught:
        simulate(rules(BACK), twice, [], START, at(1))
    assert caught.value.place == "contacts.csv:7"
    stray = EventRecord("c2", "purchase", at(0), "e", {}, "events.csv:9")
    with pytest.raises(WendError, match="for the contact `c2`, who is not among the contacts") as caught:
        simulate(rules(BACK), [person(1)], [stray], START, at(1))
    assert caught.value.place == "events.csv:9"


def test_every_step_can_be_watched() -> None:
    seen: list[tuple[str, Instant, int]] = []
    result = simulate(
        rules(BACK),
        [person(1)],
        [bought(1, 0)],
        START,
        at(9),
        on_step=lambda contact, now, outcome: seen.append((contact, now, len(outcome.effects))),
    )
    assert len(seen) == result.steps
    assert [(now, count) for _, now, count in seen if count] == [(at(3), 1), (at(6), 1)]
    assert result.counts.happened["entered"] == 1


def test_nobody_is_stepped_twice_at_one_minute() -> None:
    seen: set[tuple[str, Instant]] = set()

    def restless(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        assert (contact.id, now) not in seen
        seen.add((contact.id, now))
        return Step(contact, state, (), now)

    result = simulate(rules(BACK), [person(1), person(2)], [bought(1, 0.001)], START, START + 5 * MINUTE, step=restless)
    assert result.steps == len(seen) == 10


def test_every_journey_goes_live_at_the_start() -> None:
    lives: list[tuple[object, bool, str]] = []

    def watching(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        lives.append((facts.live_since, inbox.imported, facts.zone))
        return step(rules, contact, state, inbox, now, facts)

    simulate(rules(BACK), [person(1)], [], START, at(1), step=watching, facts=Facts(zone="Asia/Tokyo"))
    assert lives[0] == ({"win_back": START}, True, "Asia/Tokyo")
    assert all(not imported for _, imported, _ in lives[1:])
