import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.support import DAY, MINUTE, OPENERS, SCRIPTS, at, bought, engine, person, rules, run_until
from wend.dsl.diagnostics import WendError
from wend.runtime.contact import Contact, Inbox
from wend.runtime.conversions import Conversions
from wend.runtime.effects import Facts, Step
from wend.runtime.engine.engine import Engine
from wend.runtime.hashing import share
from wend.runtime.play.simulate import simulate
from wend.runtime.rules import Rules
from wend.runtime.sources import Policy
from wend.runtime.state import NEW, State
from wend.runtime.store.memory import MemoryStore
from wend.runtime.store.protocol import Status, Store
from wend.runtime.store.sqlite import SqliteStore, open_sqlite
from wend.runtime.templates import PlaceholderTemplates, Templates
from wend.runtime.tick.step import step
from wend.runtime.values import FOREVER, Instant


@pytest.fixture(params=sorted(OPENERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = OPENERS[request.param](tmp_path)
    yield opened
    opened.close()


def started(store: Store, chunk: int = 500) -> Engine:
    """Three contacts, of whom two have bought before the start."""
    running = engine(store, chunk=chunk)
    running.activate(SCRIPTS, at(0))
    running.ingest_contacts([person(1), person(2, consent=False), person(3)], at(0), imported=True)
    running.ingest_events([bought(1, -1), bought(2, -1)], at(0), imported=True)
    return running


def sent(store: Store) -> list[tuple[str, str, Instant]]:
    return [
        (row.message.contact, row.message.template, row.message.at) for row in store.outbox.due(at(999), 999, "email")
    ]


def test_a_ladder_is_climbed_and_left_by_a_purchase(store: Store) -> None:
    running = started(store)
    assert running.next_wake() == at(0)
    report = running.tick(at(0))
    assert (report.steps, report.effects, report.complete, report.late) == (3, {}, True, dt.timedelta())
    run_until(running, at(1))
    assert running.next_wake() == at(2)
    report = running.tick(at(2))
    assert report.effects == {"email": {"first": 1}}
    assert report.skipped == {"consent": 1}
    assert run_until(running, at(4.5)) == 0
    running.ingest_events([bought(1, 4.4)], at(4.5))
    assert run_until(running, at(20)) == 3
    assert sent(store) == [
        ("c1", "first", at(2)),
        ("c1", "thanks", at(4.5) + dt.timedelta(hours=2)),
        ("c1", "first", at(7)),
        ("c1", "second", at(10)),
    ]
    loaded = store.contact("c1")
    assert loaded is not None
    assert loaded.contact.fields == {"email": "c1@shop.example", "bought": True, "tags": ("thanked",)}
    assert [event.name for _, past in sorted(loaded.contact.events.items()) for event in past] == [
        "purchase",
        "purchase",
        "tag_added",
        "thanked",
    ]
    kinds = [(line.kind, line.reason) for line in store.journal("c2")]
    assert ("dropped", "consent") in kinds


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_the_size_of_a_chunk_does_not_matter(store: Store, chunk: int) -> None:
    told: list[int] = []
    running = started(store, chunk)
    running.tick(at(0), progress=told.append)
    assert told[-1] == 3
    assert len(told) == 3 // chunk + 1
    run_until(running, at(20))
    reference = MemoryStore()
    run_until(started(reference), at(20))
    assert sorted(sent(store)) == sorted(sent(reference))
    for name in ("c1", "c2", "c3"):
        assert store.contact(name) == reference.contact(name)


def test_an_engine_can_be_closed_and_opened_between_any_two_ticks(tmp_path: Path) -> None:
    reference = MemoryStore()
    run_until(started(reference), at(20))
    with open_sqlite(tmp_path / "x.db") as fresh:
        started(fresh)
    while True:
        with open_sqlite(tmp_path / "x.db") as store:
            running = engine(store)
            due = running.next_wake()
            if due is None or due >= at(20):
                assert sent(store) == sent(reference)
                assert store.contact("c1") == reference.contact("c1")
                return
            running.tick(due)


def test_a_tick_is_on_a_whole_minute_and_never_twice(store: Store) -> None:
    running = started(store)
    assert running.tick(at(0) + dt.timedelta(seconds=59, microseconds=9)).at == at(0)
    for again in (at(0), at(0) + dt.timedelta(seconds=30), at(-1)):
        with pytest.raises(WendError, match="there was a tick at 2026-01-01 00:00 UTC already"):
            running.tick(again)
    assert running.tick(at(0) + MINUTE).at == at(0) + MINUTE


def test_a_tick_that_was_stopped_goes_on_at_the_same_minute_or_later(store: Store) -> None:
    running = started(store, chunk=1)
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 2

    report = running.tick(at(2), stop=stop)
    assert (report.complete, report.steps) == (False, 2)
    assert running.next_wake() == at(2)
    report = running.tick(at(2))
    assert (report.complete, report.steps) == (True, 1)
    assert len(sent(store)) == 1
    assert report.next_wake is not None
    assert report.next_wake > at(2)


def test_an_idle_tick_changes_nothing(store: Store) -> None:
    running = started(store)
    run_until(running, at(0, 5))
    before = [store.contact(name) for name in ("c1", "c2", "c3")], store.journal(), store.next_wake()
    for minute in range(5, 9):
        report = running.tick(at(0, minute))
        assert (report.steps, report.counts.messages) == (0, 0)
    assert ([store.contact(name) for name in ("c1", "c2", "c3")], store.journal(), store.next_wake()) == before


def test_how_late_a_contact_was_stepped_is_reported(store: Store) -> None:
    running = started(store)
    run_until(running, at(1))
    assert running.tick(at(5)).late == 3 * DAY


def test_what_is_written_stays_although_a_step_fails(store: Store) -> None:
    """The chunk of the contact that fails is undone, and all before it is kept."""
    calls: list[str] = []

    def failing(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        calls.append(contact.id)
        if contact.id == "c3":
            raise ZeroDivisionError
        return step(rules, contact, state, inbox, now, facts)

    started(store)
    broken = Engine(rules(), store, PlaceholderTemplates(), chunk=2, step=failing)
    with pytest.raises(ZeroDivisionError) as caught:
        broken.tick(at(2))
    assert "`c3`" in "".join(caught.value.__notes__)
    assert [store.contact(name).state == NEW for name in ("c1", "c2", "c3")] == [False, False, True]  # type: ignore[union-attr]
    assert engine(store).tick(at(2)).steps == 1
    assert calls == ["c1", "c2", "c3"]


def test_a_step_that_wants_to_be_woken_at_once_is_woken_a_minute_later(store: Store) -> None:
    def restless(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        return Step(contact, state, (), now)

    started(store)
    running = Engine(rules(), store, PlaceholderTemplates(), step=restless)
    assert running.tick(at(0)).next_wake == at(0, 1)


def test_messages_are_rendered_with_contact_event_and_place_in_the_series(store: Store) -> None:
    templates = Templates.from_sources(
        {
            "first.html": "---\nsubject: Hi {{ contact.name }}\nfrom: Ana <ana@shop.example>\n---\n"
            "<p>{{ series.position }} of {{ series.total }}, {{ 'now' | date: '%d %B' }}, {{ contact.id }}</p>",
            "second.html": "---\nsubject: again\n---\n<p>x</p>",
            "thanks.html": "---\nsubject: Thanks\n---\n<p>{{ event.amount }} &amp; {{ event.what }}</p>",
        }
    )
    running = engine(store, templates=templates)
    running.activate(SCRIPTS, at(0))
    running.ingest_contacts([person(1, name="Ana\nBob <b>")], at(0), imported=True)
    running.ingest_events([bought(1, 0, amount=12.5, what="<hat>")], at(0.1))
    run_until(running, at(5))
    thanks, first = [row.message for row in store.outbox.due(at(9), 9, "email")]
    assert (thanks.subject, thanks.html, thanks.sender) == ("Thanks", "<p>12.5 &amp; &lt;hat&gt;</p>", None)
    assert (first.subject, first.sender) == ("Hi Ana Bob <b>", "Ana <ana@shop.example>")
    assert first.html == "<p>1 of 2, 04 January, c1</p>"
    assert (first.key, first.journey, first.address) == (first.key, "win_back", "c1@shop.example")


def test_a_message_that_cannot_be_rendered_is_set_aside_and_not_lost(store: Store) -> None:
    texts = {"first.html": "---\nsubject: Hi\n---\n{{ contact.name }}", "second.html": "---\nsubject: a\n---\nx"}
    texts["thanks.html"] = texts["second.html"]
    running = engine(store, templates=Templates.from_sources(texts))
    running.activate(SCRIPTS, at(0))
    running.ingest_contacts([person(1), person(2, name="Bea")], at(0), imported=True)
    running.ingest_events([bought(1, -1), bought(2, -1)], at(0), imported=True)
    report = running.tick(at(2))
    assert (report.effects, report.unrendered) == ({"email": {"first": 2}}, 1)
    (row,) = store.outbox.due(at(9), 9, "email")
    assert row.message.contact == "c2"
    (failed,) = store.unrendered()
    assert (failed.contact, failed.status) == ("c1", Status.SET_ASIDE)
    assert failed.detail == "templates/first.html:4: `contact.name` is unknown"
    problem = next(line for line in store.journal("c1") if line.kind == "problem")
    assert (problem.journey, problem.reason) == ("win_back", "template")
    assert problem.detail == f"first: {failed.detail}"
    assert running.render_again(at(3)) == (0, 1)
    texts["first.html"] = "---\nsubject: Hi\n---\n{{ contact.name | default: 'you' }}"
    repaired = engine(store, templates=Templates.from_sources(texts))
    assert repaired.activate(SCRIPTS, at(3)).contacts == 0
    assert repaired.render_again(at(3)) == (1, 0)
    assert [(row.message.contact, row.message.key) for row in store.outbox.due(at(9), 9, "email")][1] == (
        "c1",
        failed.key,
    )
    assert store.unrendered() == []


def test_an_address_that_refuses_mail_refuses_it_for_everybody_who_has_it(store: Store) -> None:
    running = engine(store)
    running.activate(SCRIPTS, at(0))
    shared = "Same@shop.example"
    people = [person(1, email=shared), person(2, email=f" {shared.upper()}"), person(3), person(4)]
    running.ingest_contacts(people, at(0), imported=True)
    running.ingest_events([bought(n, 0) for n in (1, 2, 3, 4)], at(0), imported=True)
    running.ingest_events([bought(1, 1, "message_bounced", hard=True, channel="email")], at(1))
    running.tick(at(1))
    report = running.tick(at(3))
    assert report.effects == {"email": {"first": 2}}
    assert report.skipped == {"suppressed": 2}


def test_within_a_tick_the_order_of_contacts_plays_no_part(store: Store) -> None:
    """Who bounces at this very tick does not keep another's message back, whichever comes first."""
    running = engine(store, chunk=1)
    running.activate(SCRIPTS, at(0))
    running.ingest_contacts([person(n, email="same@shop.example") for n in (1, 2, 3)], at(0), imported=True)
    running.ingest_events([bought(n, 0) for n in (1, 3)], at(0), imported=True)
    running.tick(at(0))
    running.ingest_events([bought(2, 3, "message_bounced", hard=True, channel="email")], at(3))
    report = running.tick(at(3))
    assert report.steps == 3
    assert report.effects == {"email": {"first": 2}}


def test_an_address_that_a_script_names_is_looked_up_too(store: Store) -> None:
    text = """
settings
    consent email when true

journey tell
    reenter never
    on purchase
        send email "told" to friend
"""
    running = engine(store, text)
    running.activate({"a": text}, at(0))
    running.ingest_contacts(
        [person(1, friend="F@shop.example"), person(2, email="f@shop.example")], at(0), imported=True
    )
    running.ingest_events([bought(2, 1, "message_bounced", hard=True)], at(1))
    running.tick(at(1))
    running.ingest_events([bought(1, 2)], at(2))
    assert running.tick(at(2)).skipped == {"suppressed": 1}


def test_what_a_source_says_again_changes_nothing(store: Store) -> None:
    running = started(store)
    running.tick(at(0))
    before = store.contact("c1"), store.next_wake()
    taken = running.ingest_contacts([person(1), person(2, consent=False), person(3)], at(1))
    assert (taken.new, taken.changed, taken.unchanged) == (0, 0, 3)
    repeated = running.ingest_events([bought(1, -1), bought(2, -1)], at(1))
    assert (repeated.new, repeated.duplicates) == (0, 2)
    assert (store.contact("c1"), store.next_wake()) == before


def test_only_what_a_source_says_otherwise_than_before_is_a_change(store: Store) -> None:
    running = started(store)
    running.tick(at(0))
    running.ingest_events([bought(3, 0.5)], at(0.5))
    run_until(running, at(1))
    taken = running.ingest_contacts([person(3, bought=False, plan="a")], at(1), imported=True)
    assert taken.changed == 1
    run_until(running, at(1.1))
    loaded = store.contact("c3")
    assert loaded is not None
    assert (loaded.contact.value("bought"), loaded.contact.value("plan")) == (False, "a")
    running.ingest_events([bought(3, 2)], at(2))
    run_until(running, at(2.01))
    running.ingest_contacts([person(3, bought=False, plan="b")], at(3), imported=True)
    run_until(running, at(3.1))
    loaded = store.contact("c3")
    assert loaded is not None
    assert loaded.contact.value("plan") == "b"
    assert running.ingest_contacts([person(3, plan=None)], at(4)).changed == 1
    assert running.ingest_contacts([person(3, plan=1)], at(4)).changed == 1
    assert running.ingest_contacts([person(3, plan=True)], at(4)).changed == 1


def test_what_a_journey_set_stays_until_the_source_says_something_new(store: Store) -> None:
    running = engine(store)
    running.activate(SCRIPTS, at(0))
    running.ingest_contacts([person(1, bought=False)], at(0), imported=True)
    running.ingest_events([bought(1, 1)], at(1))
    run_until(running, at(2))
    running.ingest_contacts([person(1, bought=False)], at(2))
    run_until(running, at(3))
    loaded = store.contact("c1")
    assert loaded is not None
    assert loaded.contact.value("bought") is True


def test_an_event_for_nobody_is_refused_with_all_that_came_with_it(store: Store) -> None:
    running = started(store)
    before = store.totals()
    with pytest.raises(WendError, match="the event `purchase` is for the contact `c9`") as caught:
        running.ingest_events([bought(1, 0.5), bought(9, 0.5)], at(1))
    assert caught.value.help
    assert store.totals() == before
    taken = running.ingest_events([bought(1, 0.5), bought(9, 0.5)], at(1), unknown=Policy.SKIP)
    assert (taken.new, taken.unknown) == (1, 1)


def test_no_event_is_later_than_its_arrival(store: Store) -> None:
    running = started(store)
    taken = running.ingest_events([bought(1, 7)], at(1))
    assert (taken.new, taken.future) == (1, 1)
    running.tick(at(1))
    loaded = store.contact("c1")
    assert loaded is not None
    assert loaded.contact.events["purchase"][-1].time == at(1)


def test_the_first_event_with_an_id_wins(store: Store) -> None:
    running = started(store)
    first, second = bought(1, 0.5, amount=1), bought(1, 0.5, amount=2)
    taken = running.ingest_events([first, second], at(1))
    assert (taken.new, taken.duplicates) == (1, 1)
    running.tick(at(1))
    loaded = store.contact("c1")
    assert loaded is not None
    assert [event.payload for event in loaded.contact.events["purchase"]] == [{}, {"amount": 1}]


def test_a_contact_that_is_new_has_been_created_unless_it_was_imported(store: Store) -> None:
    text = """
settings
    consent email when true

journey hello
    reenter never
    on contact_created
        send email "hello"

journey tagged
    reenter never
    on tag_added as mark where tag = "vip"
        send email "vip" with mark = mark.tag
"""
    running = engine(store, text)
    running.activate({"a": text}, at(0))
    running.ingest_contacts([person(1)], at(0), imported=True)
    running.ingest_contacts([person(2)], at(0))
    assert running.tick(at(0)).effects == {"email": {"hello": 1}}
    running.ingest_contacts([person(1, tags=["vip", "old"]), person(2, tags=("old",))], at(1))
    assert running.tick(at(1)).effects == {"email": {"vip": 1}}
    assert [row.message.contact for row in store.outbox.due(at(9), 9, "email")] == ["c2", "c1"]


def test_what_arrived_later_than_the_tick_is_not_forgotten_by_it(store: Store) -> None:
    running = started(store)
    running.ingest_events([bought(3, 5)], at(5))
    running.ingest_contacts([person(1, plan="new")], at(4))
    assert running.tick(at(0)).steps == 3
    assert run_until(running, at(3)) == 1
    assert running.next_wake() == at(4)
    run_until(running, at(5, 1))
    assert [line.kind for line in store.journal("c3")].count("fired") == 1
    loaded = store.contact("c1")
    assert loaded is not None
    assert loaded.contact.value("plan") == "new"


def test_what_arrives_after_a_tick_of_the_same_minute_waits_for_the_next(store: Store) -> None:
    running = started(store)
    running.tick(at(0))
    running.ingest_events([bought(3, 0)], at(0))
    assert running.next_wake() == at(0, 1)


@pytest.mark.parametrize("wrong", ["", "a\0b", "\ud800"])
def test_an_id_that_no_database_can_keep_is_refused(store: Store, wrong: str) -> None:
    running = started(store)
    record = person(1)
    with pytest.raises(WendError, match="the id of a contact"):
        running.ingest_contacts([type(record)(wrong, {}, "contacts.csv:3")], at(1))


def test_a_tick_needs_the_live_program(store: Store) -> None:
    running = engine(store)
    with pytest.raises(WendError, match="the program is not the live one") as caught:
        running.tick(at(0))
    assert caught.value.help == "activate it first"
    running.activate(SCRIPTS, at(0))
    running.tick(at(0))
    other = Engine(rules(), store, PlaceholderTemplates(), zone="Asia/Tokyo")
    with pytest.raises(WendError, match="not the live one"):
        other.tick(at(1))
    assert other.activate(SCRIPTS, at(1)).changed


def test_activation_says_what_it_changes_and_does_it_once(store: Store) -> None:
    running = started(store)
    active = running.activate(SCRIPTS, at(0))
    assert (active.changed, active.launched, active.contacts) == (False, (), 0)
    run_until(running, at(1))
    text = 'journey other\n    reenter never\n    when any(purchase)\n        notify "boss@shop.example" text "x"\n'
    changed = Engine(rules(text, {running.rules.program.version: running.rules}), store, PlaceholderTemplates())
    active = changed.activate({"b.journey": text}, at(1))
    assert (active.changed, active.launched, active.contacts) == (True, ("other",), 3)
    assert active.retired == ("echo", "thanks", "win_back")
    assert changed.next_wake() == at(1)
    assert changed.tick(at(1)).effects == {"email": {"notify": 2}}
    assert list(store.live_since()) == ["echo", "thanks", "win_back", "other"]
    assert [version.scripts for version in store.versions()] == [SCRIPTS, {"b.journey": text}]


def test_a_rehearsal_shows_the_backlog_and_changes_nothing(store: Store) -> None:
    running = engine(store)
    running.ingest_contacts([person(n) for n in (1, 2, 3)], at(0), imported=True)
    running.ingest_events([bought(1, -9), bought(2, -9)], at(0), imported=True)
    before = store.totals(), store.next_wake(), store.last_tick(), store.contact("c1")
    active, report = running.rehearse(SCRIPTS, at(0))
    assert active.launched == ("echo", "thanks", "win_back")
    assert report.effects == {"email": {"first": 2}}
    assert (store.totals(), store.next_wake(), store.last_tick(), store.contact("c1")) == before
    running.activate(SCRIPTS, at(0))
    assert running.tick(at(0)).effects == report.effects
    _, again = running.rehearse(SCRIPTS, at(0))
    assert again.at == at(0, 1)


def test_a_path_finishes_with_the_templates_of_its_version(store: Store) -> None:
    script = (
        'journey j\n    transactional\n    reenter never\n    on purchase\n        wait 1 day\n        send email "t"\n'
    )
    old = Templates.from_sources({"t.html": "---\nsubject: old\n---\nx"})
    running = engine(store, script, old)
    running.activate({"j": script}, at(0))
    running.ingest_contacts([person(1), person(2)], at(0), imported=True)
    running.ingest_events([bought(1, 1)], at(1))
    run_until(running, at(1.5))
    changed = script.replace("1 day", "2 hours")
    new = Templates.from_sources({"t.html": "---\nsubject: new\n---\nx"})
    kept = rules(script)
    archive = {kept.program.version: kept}
    later = Engine(rules(changed, archive), store, new)
    later.activate({"j": changed}, at(1.5))
    later.ingest_events([bought(2, 1.6)], at(1.6))
    run_until(later, at(9))
    subjects = [(row.message.contact, row.message.subject) for row in store.outbox.due(at(9), 9, "email")]
    assert subjects == [("c2", "new"), ("c1", "old")]


def test_memory_is_bounded_by_the_chunk(tmp_path: Path) -> None:
    """No more contacts are ever loaded at once than a chunk has."""
    sizes: list[int] = []

    class Watched(MemoryStore):
        def due(self, now: Instant, limit: int, after: tuple[Instant, str] | None = None):  # type: ignore[no-untyped-def]
            found = super().due(now, limit, after)
            sizes.append(len(found))
            return found

    store = Watched()
    running = engine(store, chunk=7)
    running.activate(SCRIPTS, at(0))
    running.ingest_contacts([person(n) for n in range(50)], at(0), imported=True)
    assert running.tick(at(0)).steps == 50
    assert max(sizes) == 7


def test_an_idle_tick_costs_the_same_for_any_number_of_contacts(tmp_path: Path) -> None:
    """The same statements, and each of them finds its rows by an index."""

    def statements(contacts: int) -> list[str]:
        with open_sqlite(tmp_path / f"{contacts}.db") as store:
            running = engine(store)
            running.activate(SCRIPTS, at(0))
            running.ingest_contacts([person(n) for n in range(contacts)], at(0), imported=True)
            run_until(running, at(1))
            said: list[str] = []
            watch(store, said.append)
            assert running.tick(at(1)).steps == 0
            plans = []
            for statement in list(said):
                if "contacts" in statement:
                    with store.connection() as connection:
                        values = tuple(1 for _ in range(statement.count("?")))
                        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
                        plans += [row[3] for row in rows]
            assert plans
            assert all("contacts_by_wake" in plan for plan in plans), plans
            return [statement for statement in said if "EXPLAIN" not in statement]

    assert statements(3) == statements(300)


def watch(store: SqliteStore, say: Callable[[str], None]) -> None:
    from sqlalchemy import event

    @event.listens_for(store.engine, "before_cursor_execute")
    def before(_: object, __: object, statement: str, *___: object) -> None:
        say(statement)


def test_a_contact_that_is_never_due_again_is_not_in_the_way(store: Store) -> None:
    def idle(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        return Step(contact, state, (), FOREVER)

    started(store)
    running = Engine(rules(), store, PlaceholderTemplates(), step=idle)
    assert running.tick(at(0)).next_wake is None
    assert running.next_wake() is None


GOAL = """
journey j
    hold out 50%
    reenter always
    goal on purchase within 5 days
    exit on purchase

    on entry
        send email "hello"
"""


def test_conversions_are_counted_with_the_hold_out_apart(store: Store) -> None:
    running = engine(store, GOAL, chunk=3)
    running.activate({"j.journey": GOAL}, at(0))
    running.ingest_contacts([person(number) for number in range(20)], at(0), imported=True)
    first = running.tick(at(0))
    running.ingest_events([bought(number, day) for number in range(10) for day in (1, 1.5)], at(2))
    second = running.tick(at(2))
    out = {number for number in range(20) if held_out(f"c{number}")}
    some, gone = len(out), len([number for number in out if number < 10])
    assert 0 < gone < some < 20
    assert first.counts.goals == {"j": Conversions(20 - some, 0, some, 0)}
    assert second.counts.goals["j"].converted == 10 - gone
    assert second.counts.goals["j"].held_out_converted == gone
    assert running.conversions() == {"j": first.counts.goals["j"] + second.counts.goals["j"]}


def held_out(contact: str) -> bool:
    return share("hold out", "j", contact) < 0.5


QUOTA = """
settings
    quota 7 email per month

journey j
    reenter always
    exit on stopped
    on purchase as order per order.page
        send email "hello" as hello
        if not hello.sent
            set refused = true
"""


@pytest.mark.parametrize("chunk", [2, 500])
def test_a_quota_is_settled_alike_whatever_the_chunk_and_as_in_a_simulation(store: Store, chunk: int) -> None:
    people = [person(number) for number in range(20)]
    events = [bought(number, 1, page="a") for number in range(20)] + [bought(1, 2, page="b")]
    running = engine(store, QUOTA, chunk=chunk)
    running.activate({"j.journey": QUOTA}, at(0))
    running.ingest_contacts(people, at(0), imported=True)
    run_until(running, at(1))
    running.ingest_events(events[:20], at(1))
    report = running.tick(at(1))
    assert (report.counts.messages, report.skipped) == (7, {"quota": 13})
    running.ingest_events(events[20:], at(2))
    assert running.tick(at(2)).skipped == {"quota": 1}
    live = {row.message.contact for row in store.outbox.due(at(9), 99, "email")}
    simulated: set[str] = set()
    simulate(rules(QUOTA), people, events, at(0), at(3), on_message=lambda send: simulated.add(send.identity.contact))
    assert live == simulated
    assert store.used("email", at(0)) == 7
    assert store.used("email", at(1)) == 7
    assert store.used("email", at(1, 1)) == store.used("sms", at(0)) == 0


def test_a_tick_that_was_cut_short_settles_the_rest_of_its_quota(store: Store) -> None:
    def deliver(cut: bool, store: Store) -> set[str]:
        running = engine(store, QUOTA, chunk=3)
        running.activate({"j.journey": QUOTA}, at(0))
        running.ingest_contacts([person(number) for number in range(20)], at(0), imported=True)
        run_until(running, at(1))
        running.ingest_events([bought(number, 1, page="a") for number in range(20)], at(1))
        if cut:
            asked = iter([False, False, False, True])
            assert not running.tick(at(1), stop=lambda: next(asked)).complete
        running.tick(at(1))
        return {row.message.contact for row in store.outbox.due(at(9), 99, "email")}

    whole = deliver(False, MemoryStore())
    assert len(whole) == 7
    assert deliver(True, store) == whole
