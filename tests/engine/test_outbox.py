"""The outbox in a database does what the one in memory says by example."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.support import MINUTE, at, pragma
from wend.runtime.channels import Outcome, Promise
from wend.runtime.channels import Status as Became
from wend.runtime.delivery.delivery import Outbox, deliver
from wend.runtime.delivery.memory_outbox import MemoryOutbox
from wend.runtime.delivery.messages import Message
from wend.runtime.store.protocol import Chunk, OutboxEntry
from wend.runtime.store.sqlite import SqliteStore, open_sqlite

KEYS = ("k1", "k2", "k3", "k4")
CHANNELS = ("email", "sms")


def message(key: str) -> Message:
    number = KEYS.index(key)
    return Message(key=key, channel=CHANNELS[number % 2], contact="c", address="a@x.example", at=at(0, number))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_sqlite(tmp_path / "wend.db") as opened:
        yield opened


def put(store: SqliteStore, key: str) -> bool:
    ready = message(key)
    entry = OutboxEntry(key, ready.at, ready.channel, ready.contact, ready.journey, ready.template, ready)
    return store.save(Chunk(ready.at, [], [entry])) == 0


def shown(outbox: Outbox, now: dt.datetime) -> object:
    return dict(outbox.waiting(now)), [outbox.due(now, limit, channel) for channel in CHANNELS for limit in (1, 9)]


calls = st.lists(
    st.tuples(
        st.sampled_from(
            ["put", "attempted", "delivered", "retry", "set_aside", "release", "postpone", "hasten"],
        ),
        st.sampled_from(KEYS),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=25,
)


@given(calls)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_outboxes_do_the_same(
    tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, str, int, int]]
) -> None:
    memory = MemoryOutbox()
    with open_sqlite(tmp_path_factory.mktemp("outbox") / "wend.db") as store:
        pragma(store, "synchronous = OFF")
        there: set[str] = set()
        for what, key, minute, later in done:
            now, then = at(0, minute), at(0, minute + later)
            if what == "put":
                assert put(store, key) == memory.add(message(key)) == (key not in there)
                there.add(key)
            elif what == "postpone":
                for outbox in (memory, store.outbox):
                    outbox.postpone(message(key).channel, now, then, "down")
            elif what == "hasten":
                for outbox in (memory, store.outbox):
                    outbox.hasten(now)
            elif key in there:
                for outbox in (memory, store.outbox):
                    match what:
                        case "attempted":
                            outbox.attempted(key, now)
                        case "delivered":
                            outbox.delivered(key, now)
                        case "retry":
                            outbox.retry(key, now, then, "later")
                        case "set_aside":
                            outbox.set_aside(key, now, "never")
                        case "release":
                            outbox.release(key, now)
            for when in (now, then, at(1)):
                assert shown(memory, when) == shown(store.outbox, when)


class Post:
    """A channel that delivers everything."""

    name = "post"
    promise = Promise.AT_LEAST_ONCE

    def __init__(self) -> None:
        self.got: list[str] = []

    def deliver(self, messages):  # type: ignore[no-untyped-def]
        for one in messages:
            self.got.append(one.key)
            yield Outcome(one.key, Became.DELIVERED)


def test_what_waits_is_delivered_once(store: SqliteStore) -> None:
    for key in KEYS:
        put(store, key)
    post = Post()
    assert store.outbox.next_attempt() == at(0)
    report = deliver(store.outbox, {"email": post, "sms": post}, at(0, 1))
    assert report.delivered == 2
    assert store.outbox.next_attempt() == at(0, 2)
    deliver(store.outbox, {"email": post, "sms": post}, at(0, 9))
    deliver(store.outbox, {"email": post, "sms": post}, at(0, 9) + MINUTE)
    assert sorted(post.got) == sorted(KEYS)
    assert store.outbox.next_attempt() is None
    assert store.totals().delivered == 4
