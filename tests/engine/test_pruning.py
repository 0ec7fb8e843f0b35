"""What a store in a file lets go of after a while, and what stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.support import DAY, MINUTE, START, at
from tests.engine.test_stores import message, newcomer
from wend.runtime.store import pruning
from wend.runtime.store.errors import StoreError
from wend.runtime.store.protocol import Chunk, JournalEntry, Status
from wend.runtime.store.sqlite import SqliteStore, open_sqlite

KEYS = [f"{number:032x}" for number in range(5)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A line and a message of each of five days: four messages were delivered on their day, the fourth is set aside."""
    with open_sqlite(tmp_path / "wend.db") as opened:
        opened.add_contacts([newcomer("a", at(1))])
        for number, key in enumerate(KEYS):
            when = START + number * DAY
            line = JournalEntry("a", when, "sent", "j")
            opened.save(Chunk(now=when, stepped=(), outbox=[message(key, when)], journal=[line]))
            if number == 3:
                opened.outbox.set_aside(key, when + MINUTE, "refused")
            else:
                opened.outbox.delivered(key, when + MINUTE)
        yield opened


def stand(store: SqliteStore) -> tuple[list[int], list[str]]:
    """The days of the lines, and the keys of the messages, that are there."""
    return [(line.at - START).days for line in store.journal()], [entry.key for entry in store.outbox.entries()]


def test_what_is_older_goes_and_its_keys_stay(store: SqliteStore) -> None:
    assert store.prune(START + 2 * DAY, 100) == 4
    assert stand(store) == ([2, 3, 4], KEYS[2:])
    assert store.prune(START + 2 * DAY, 100) == 0
    again = [message(key, START + 9 * DAY) for key in (*KEYS, "other")]
    assert store.outbox.add(again) == 5  # each is known, whether it is there or not
    assert stand(store)[1] == [*KEYS[2:], "other"]
    assert [store.outbox.standing(key) for key in (KEYS[0], KEYS[3], "other", "none")] == [
        Status.DELIVERED,
        Status.SET_ASIDE,
        Status.WAITING,
        None,
    ]
    assert store.outbox.counts() == {Status.DELIVERED: 4, Status.SET_ASIDE: 1, Status.WAITING: 1}


def test_what_waits_or_is_set_aside_stays_however_old(store: SqliteStore) -> None:
    store.outbox.add([message("waits", START)])
    assert store.prune(START + 1000 * DAY, 100) == 9
    assert stand(store) == ([], [KEYS[3], "waits"])


def test_a_message_that_was_delivered_late_stays_until_that_is_so_long_ago(store: SqliteStore) -> None:
    store.outbox.add([message("late", START)])
    store.outbox.delivered("late", START + 30 * DAY)
    store.prune(START + 30 * DAY, 100)
    assert stand(store)[1] == [KEYS[3], "late"]


def test_little_goes_at_once(store: SqliteStore) -> None:
    gone = [store.prune(START + 9 * DAY, 2) for _ in range(4)]
    assert gone == [4, 4, 1, 0]


def test_what_fails_in_the_middle_is_undone(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stand(store)

    def fails(key: str) -> bytes:
        raise StoreError("the disk is full")

    monkeypatch.setattr(pruning, "packed", fails)
    with pytest.raises(StoreError, match="the disk is full"):
        store.prune(START + 9 * DAY, 100)
    assert stand(store) == before


@pytest.mark.parametrize("key", [KEYS[0], "AB" * 16, "ab", "a_b-C", "0" * 33, "0" * 64])
def test_keys_of_any_kind_are_told_apart(store: SqliteStore, key: str) -> None:
    others = ["ab" * 16, "ab", "0" * 34, "0" * 31]
    assert pruning.packed(key) not in {pruning.packed(other) for other in others if other != key}
    store.outbox.add([message(key, START)])
    store.outbox.delivered(key, START)
    store.prune(START + 9 * DAY, 100)
    assert store.outbox.add([message(key, START)]) == 1
    assert store.outbox.standing(key) is Status.DELIVERED


def test_an_older_store_is_brought_up_to_date(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "wend.db") as store:
        store.outbox.add([message(KEYS[0], START)])
        store.outbox.delivered(KEYS[0], START)
        with store.connection() as connection:
            for table in ("spent", "requests"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
            connection.exec_driver_sql("UPDATE meta SET value = '4' WHERE key = 'schema'")
    with open_sqlite(tmp_path / "wend.db") as store:
        assert store.prune(START + DAY, 9) == 1
        assert store.outbox.standing(KEYS[0]) is Status.DELIVERED
        assert store.requests.waiting() == []
