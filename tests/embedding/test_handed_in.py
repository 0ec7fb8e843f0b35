"""What a host hands to an engine that is none of it is refused in one sentence; texts stand for choices."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import wend

NOW = dt.datetime(2026, 5, 9, 9, tzinfo=dt.UTC)
SCRIPT = 'journey hello\n    transactional\n    on request\n        send email "hello"\n'
ANA = {"id": "ana", "email": "ana@shop.example"}
PROGRAM = wend.compile(SCRIPT)


class Own:
    """A channel that answers as the test says."""

    name = "own"
    promise: Any = wend.Promise.AT_LEAST_ONCE

    def __init__(self, status: Any = wend.Status.DELIVERED, detail: str = "") -> None:
        self.status, self.detail = status, detail

    def deliver(self, messages: Iterable[wend.Message]) -> Iterator[wend.Outcome]:
        for message in messages:
            yield wend.Outcome(message.key, self.status, self.detail)


class Source:
    """A source that gives what the test says."""

    name = "crm"

    def __init__(self, given: Any) -> None:
        self.given = given

    def read(self, cursor: str | None) -> Any:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


def wrong(given: object) -> Any:
    """Something that a type checker would refuse."""
    return given


def engine(channel: Any = None, **more: Any) -> wend.Engine:
    return wend.Engine(PROGRAM, wend.MemoryStore(), {"email": channel or Own()}, lambda: NOW, **more)


def handed(channel: Any) -> wend.DeliveryReport:
    """One message over the channel."""
    host = engine(channel)
    host.ingest([ANA])
    host.enroll("ana", "hello")
    assert host.tick().effects == {"email": {"hello": 1}}
    return host.deliver()


REFUSED: list[tuple[Callable[[], object], str, str]] = [
    (
        lambda: wend.Engine(wrong(SCRIPT), wend.MemoryStore()),
        "a text is no program",
        "`wend.compile` makes one",
    ),
    (
        lambda: wend.Engine(PROGRAM, wrong(Path("store.db"))),
        "a `PosixPath` is no store",
        "give `wend.open_sqlite(path)`, or `wend.MemoryStore()`",
    ),
    (lambda: engine(Own), "the channel `email` is a class", "make one of it: `Own(…)`"),
    (
        lambda: engine(object()),
        "the channel `email` has no `name`",
        "a channel has `name`, `promise` and `deliver`",
    ),
    (
        lambda: engine(sources=[Source(None), Source(None)]),
        "two sources are called `crm`",
        "the store remembers by its name how far each was read",
    ),
    (
        lambda: engine().ingest(wrong(ANA)),
        "`contacts` are several, and a mapping was given",
        "put one into a list: `contacts=[…]`",
    ),
    (
        lambda: engine().ingest(events=wrong("ana")),
        "`events` are several, and a text was given",
        "put one into a list: `events=[…]`",
    ),
    (
        lambda: engine().ingest([ANA], unknown=wrong("leave")),
        "`unknown` cannot be `leave`",
        "give `error` or `skip`",
    ),
    (
        lambda: engine().activate(answers={"all": wrong("kept")}),
        "the answer for `all` cannot be `kept`",
        "give `keep` or `reset`",
    ),
    (lambda: engine().enroll("nobody", "hello"), "there is no contact `nobody`", "take it in first, with `ingest`"),
    (
        lambda: engine(sources=[Source([ANA])]).pull(),
        "the source `crm` gave a `list`",
        "`read` gives a `wend.Batch`",
    ),
    (
        lambda: engine(sources=[Source(wend.Batch([ANA], cursor=wrong(3)))]).pull(),
        "the cursor of the source `crm` is `3`, which is no text",
        'write it in quotes: `"3"`',
    ),
    (
        lambda: wend.evaluate("count(visit)", now=NOW, events=[wrong({"id": "1"})]),
        "`{'id': '1'}` is no event",
        "give a `wend.Event`",
    ),
    (
        lambda: wend.evaluate("today", now=NOW, zone=wrong(dt.UTC)),
        "there is no time zone `UTC`",
        'write one such as "Europe/Paris"',
    ),
    (
        lambda: wend.simulate(wrong(PROGRAM), [], [], NOW, NOW),
        "a simulation goes by the rules of a program",
        "give `program.rules`",
    ),
    (
        lambda: wend.simulate(PROGRAM.rules, [], [], NOW, NOW - dt.timedelta(days=1)),
        "the simulation ends at 2026-05-08 09:00 UTC, before it begins",
        "give the later time last",
    ),
    (
        lambda: wend.Outcome("key", wrong("sent")),
        "`sent` is no status of a message",
        "such are `delivered`, `retry`, `refused`, `unknown`",
    ),
]


@pytest.mark.parametrize(("call", "message", "help"), REFUSED, ids=[message for _, message, _ in REFUSED])
def test_what_is_none_is_refused_in_one_sentence(call: Callable[[], object], message: str, help: str) -> None:
    with pytest.raises(wend.WendError) as caught:
        call()
    assert (caught.value.message, caught.value.help) == (message, help)


def test_a_channel_may_write_its_status_and_its_promise_as_texts() -> None:
    assert handed(Own("delivered")).delivered == 1
    lost = Own("unknown")
    lost.promise = "at most once"
    assert handed(lost).channels["email"].set_aside == 1


def test_what_is_refused_without_a_reason_says_so() -> None:
    (problem,) = handed(Own("refused")).problems
    assert problem.message == "the channel gave no reason; it is set aside"


class Wrong(Own):
    """A channel whose `deliver` gives what it should not."""

    def deliver(self, messages: Iterable[wend.Message]) -> Any:
        for _ in messages:
            return self.status
        return None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "its `deliver` gives nothing, and has to give an outcome for each message"),
        (["done"], "it gave `done`, which is no `Outcome`"),
    ],
)
def test_what_is_no_outcome_is_told_and_tried_again(given: object, said: str) -> None:
    report = handed(Wrong(given))
    assert report.problems[0].message == f"the channel own failed: {said}; it is tried again"
    assert report.channels["email"].retried == 1


def test_what_a_source_raises_comes_through_and_nothing_is_kept() -> None:
    source = Source(ConnectionError("the database is away"))
    host = engine(sources=[source])
    with pytest.raises(ConnectionError, match="the database is away"):
        host.pull()
    source.given = wend.Batch([ANA])
    assert host.pull().contacts.new == 1


def test_a_store_that_was_closed_is_not_used_any_more(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    host = wend.Engine(PROGRAM, wend.open_sqlite(path), {"email": Own()}, lambda: NOW)
    host.ingest([ANA])
    host.close()
    calls: list[Callable[[], object]] = [host.tick, host.deliver, lambda: host.ingest([ANA]), host.next_wake]
    for call in calls:
        with pytest.raises(wend.WendError) as caught:
            call()
        assert (caught.value.message, caught.value.place) == ("the store is closed", path)
    host.close()
    wend.open_sqlite(path).close()
