"""What would begin for one contact, journeys that a host asks for, and sources that a host brings."""

import datetime as dt
from pathlib import Path

import pytest

import wend

NOW = dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
ANA = {"id": "ana", "email": "ana@shop.example", "plan": "free"}
SCRIPT = """\
settings
    consent email when agreed
    send between 8am and 8pm

journey upgrade
    audience contacts where plan = "free"
    exit when seats > 10
    reenter never

    when days_since(signed_up) >= 30
        send email "upgrade"
        wait 1 day
        send email "upgrade-2"

    on purchase where amount > 100
        send email "thanks"

journey welcome
    on request
        send email "welcome"
"""


# ---- match -----------------------------------------------------------------------------------------------------------


def matches(now: dt.datetime = NOW, events: list[wend.Event] | None = None, **fields: object) -> dict[str, object]:
    found = wend.compile(SCRIPT).match({**ANA, **fields}, events or [], now=now)
    return {each.trigger: (each.journey, [send.template for send in each.sends], each.refused) for each in found}


LAPSED = dt.date(2026, 4, 1)
RULE = "when days_since(signed_up) >= 30"


def test_the_triggers_that_fire_and_what_they_do_at_once() -> None:
    assert matches(signed_up=LAPSED, agreed=True) == {RULE: ("upgrade", ["upgrade"], ())}


@pytest.mark.parametrize(
    "fields", [{"signed_up": NOW.date()}, {}, {"signed_up": LAPSED, "plan": "team"}, {"signed_up": LAPSED, "seats": 11}]
)
def test_audience_exit_and_condition_are_all_asked(fields: dict[str, object]) -> None:
    assert wend.compile(SCRIPT).match({**ANA, **fields}, now=NOW) == ()


def test_why_a_message_would_not_go_out() -> None:
    assert matches(signed_up=LAPSED) == {RULE: ("upgrade", [], ("consent",))}
    assert matches(NOW - dt.timedelta(hours=4), signed_up=LAPSED, agreed=True)[RULE] == ("upgrade", [], ("window",))


def test_the_latest_events_start_something_and_old_ones_are_history() -> None:
    fresh = wend.Event("1", "purchase", NOW - MINUTE, {"amount": 120})
    old = wend.Event("2", "purchase", NOW - 30 * DAY, {"amount": 120})
    ((trigger, what),) = matches(events=[fresh, old], agreed=True).items()
    assert trigger.startswith("on purchase")
    assert what == ("upgrade", ["thanks"], ())
    assert matches(events=[old], agreed=True) == {}


def test_matching_keeps_nothing() -> None:
    program = wend.compile(SCRIPT)
    first = program.match({**ANA, "signed_up": LAPSED, "agreed": True}, now=NOW)
    assert first == program.match({**ANA, "signed_up": LAPSED, "agreed": True}, now=NOW)
    assert first[0].sends[0].address == "ana@shop.example"


# ---- enroll ----------------------------------------------------------------------------------------------------------


def engine() -> wend.Engine:
    host = wend.Engine(wend.compile(SCRIPT), wend.MemoryStore(), clock=lambda: NOW)
    host.ingest([{**ANA, "agreed": True}])
    return host


def test_a_journey_that_is_asked_for_begins() -> None:
    host = engine()
    assert host.enroll("ana", "welcome")
    assert not host.enroll("ana", "welcome")  # in the same minute it is the same request
    assert host.tick().effects == {"email": {"welcome": 1}}


def test_a_request_with_an_id_counts_once() -> None:
    host = engine()
    assert host.enroll("ana", "welcome", id="form-17")
    assert not host.enroll("ana", "welcome", id="form-17", now=NOW + MINUTE)
    assert host.enroll("ana", "welcome", id="form-18", now=NOW + MINUTE)


@pytest.mark.parametrize(
    ("contact", "journey", "said", "help"),
    [
        ("zoe", "welcome", "there is no contact `zoe`", "take it in first, with `ingest`"),
        ("ana", "welcom", "there is no journey `welcom`", "did you mean `welcome`?"),
        ("ana", "upgrade", "the journey `upgrade` has no `on request`", None),
    ],
)
def test_a_wrong_request(contact: str, journey: str, said: str, help: str | None) -> None:
    with pytest.raises(wend.WendError, match=said) as failure:
        engine().enroll(contact, journey)
    assert help is None or failure.value.help == help


# ---- sources ---------------------------------------------------------------------------------------------------------


class Table:
    """Rows in memory, of which the cursor says how many were read."""

    def __init__(self, name: str = "shop") -> None:
        self.name = name
        self.people: list[dict[str, object]] = []
        self.events: list[dict[str, object]] = []
        self.asked: list[str | None] = []

    def read(self, cursor: str | None) -> wend.Batch:
        self.asked.append(cursor)
        return wend.Batch(self.people, self.events[int(cursor or 0) :], str(len(self.events)))


def purchase(number: int, **changed: object) -> dict[str, object]:
    return {"id": f"p{number}", "contact": "ana", "name": "purchase", "at": NOW, "amount": 120, **changed}


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_source_is_read_from_where_it_was_left(tmp_path: Path, kind: str) -> None:
    table = Table()
    table.people, table.events = [{**ANA, "agreed": True}], [purchase(1)]
    store = wend.MemoryStore() if kind == "memory" else wend.open_sqlite(tmp_path / "store.db")
    host = wend.Engine(wend.compile(SCRIPT), store, clock=lambda: NOW, sources=[table])
    taken = host.pull()
    assert (taken.contacts.new, taken.events.new) == (1, 1)
    assert host.tick().effects == {}  # what a source tells first is history
    table.events.append(purchase(2))
    later = wend.Engine(wend.compile(SCRIPT), store, clock=lambda: NOW + MINUTE, sources=[table])
    assert later.pull().events.new == 1
    assert table.asked == [None, "1"]
    assert later.tick().effects == {"email": {"thanks": 1}}
    store.close()


def test_a_reading_is_kept_with_its_cursor_or_not_at_all() -> None:
    table = Table()
    table.people, table.events = [dict(ANA)], [purchase(1, amount=object())]
    host = wend.Engine(wend.compile(SCRIPT), wend.MemoryStore(), clock=lambda: NOW, sources=[table])
    with pytest.raises(wend.WendError, match="is nothing that a script can hold"):
        host.pull()
    assert host.store.totals().contacts == 0
    table.events = [purchase(1)]
    host.pull()
    assert table.asked == [None, None]


def test_two_sources_need_two_names() -> None:
    with pytest.raises(wend.WendError, match="two sources are called `shop`"):
        wend.Engine(wend.compile(SCRIPT), wend.MemoryStore(), sources=[Table(), Table()])
    host = wend.Engine(wend.compile(SCRIPT), wend.MemoryStore(), clock=lambda: NOW, sources=[Table(), Table("other")])
    assert host.pull().contacts.new == 0


# ---- minutes ---------------------------------------------------------------------------------------------------------


def test_what_is_there_as_a_minute_begins_is_for_its_tick() -> None:
    now = NOW + dt.timedelta(seconds=40)
    host = wend.Engine(wend.compile(SCRIPT), wend.MemoryStore(), clock=lambda: now)
    host.ingest([{**ANA, "agreed": True, "signed_up": LAPSED}], [purchase(1), purchase(2, at=now)])
    assert host.enroll("ana", "welcome")
    assert host.tick().effects == {"email": {"upgrade": 1, "thanks": 1, "welcome": 1}}
    with pytest.raises(wend.WendError, match="there was a tick at"):
        host.tick()
    now += MINUTE
    host.ingest([{"id": "ben", "email": "ben@shop.example", "plan": "free"}])
    assert host.tick().steps == 2  # the second purchase, and ben
