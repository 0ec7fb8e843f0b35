"""One engine in many threads, and in an event loop."""

import asyncio
import datetime as dt
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import wend

START = dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
RULE = 'on purchase where amount > 10\n    send email "thanks"\n'


class Clock:
    """A clock that a test moves; each thread sees the same."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


class Slow:
    """A channel that waits for the test before it delivers."""

    name = "slow"
    promise = wend.Promise.AT_LEAST_ONCE

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.keys: list[str] = []

    def deliver(self, messages: Iterable[wend.Message]) -> Iterator[wend.Outcome]:
        for message in messages:
            self.begun.set()
            assert self.go_on.wait(30)
            self.keys.append(message.key)
            yield wend.Outcome(message.key, wend.Status.DELIVERED)


def person(number: int) -> dict[str, object]:
    return {"id": f"c{number}", "email": f"c{number}@shop.example"}


def purchase(number: int, at: dt.datetime = START) -> dict[str, object]:
    return {"id": f"p{number}", "contact": f"c{number}", "name": "purchase", "at": at, "amount": 20}


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_many_threads_ingest_and_tick_and_deliver_at_once(tmp_path: Path, kind: str) -> None:
    store = wend.MemoryStore() if kind == "memory" else wend.open_sqlite(tmp_path / "store.db")
    clock, channel = Clock(), Slow()
    channel.go_on.set()
    engine = wend.Engine(wend.compile(RULE), store, {"email": channel}, clock)
    people = 60

    def arrive(number: int) -> int:
        return engine.ingest([person(number)], [purchase(number)]).events.new

    def tick(number: int) -> int:
        report = engine.tick(START + number * MINUTE)
        return report.effects.get("email", {}).get("thanks", 0)

    def go(number: int) -> int:
        try:
            return tick(number)
        except wend.WendError as error:  # another thread had a later minute
            if "there was a tick at" not in error.message:
                raise
            return 0

    with ThreadPoolExecutor(8) as pool:
        arrived = pool.map(arrive, [number % people for number in range(2 * people)])
        decided = pool.map(go, range(40))
        delivered = pool.map(lambda number: engine.deliver(START + number * MINUTE).delivered, range(40))
        assert sum(arrived) == people  # each came twice
        in_time = sum(decided)
        sum(delivered)
    last = START + 60 * MINUTE
    assert in_time + engine.tick(last).effects.get("email", {}).get("thanks", 0) == people
    engine.deliver(last)
    assert (len(channel.keys), len(set(channel.keys))) == (people, people)
    store.close()


def test_who_delivers_does_not_hold_up_the_others() -> None:
    clock, channel = Clock(), Slow()
    engine = wend.Engine(wend.compile(RULE), wend.MemoryStore(), {"email": channel}, clock)
    engine.ingest([person(1)], [purchase(1)])
    engine.tick()
    with ThreadPoolExecutor(1) as pool:
        delivering = pool.submit(engine.deliver)
        assert channel.begun.wait(30)
        assert engine.ingest([person(2)], [purchase(2)], now=START + MINUTE).events.new == 1
        assert engine.tick(START + MINUTE).effects == {"email": {"thanks": 1}}
        channel.go_on.set()
        delivering.result(30)
    engine.deliver(START + MINUTE)
    assert len(set(channel.keys)) == 2


def test_an_event_loop_goes_on_while_the_engine_works() -> None:
    clock, channel = Clock(), Slow()
    engine = wend.Engine(wend.compile(RULE), wend.MemoryStore(), {"email": channel}, clock)

    async def main() -> tuple[int, int, bool]:
        await asyncio.gather(*(engine.aingest([person(number)], [purchase(number)]) for number in range(10)))
        report = await engine.atick()
        delivering = asyncio.create_task(engine.adeliver())
        while not channel.begun.is_set():
            await asyncio.sleep(0.001)
        began, beats = time.monotonic(), 0
        while beats < 20:  # the loop beats although the channel does not move
            await asyncio.sleep(0.001)
            beats += 1
        waiting = not delivering.done() and time.monotonic() - began < 20
        channel.go_on.set()
        return report.effects["email"]["thanks"], (await delivering).delivered, waiting

    assert asyncio.run(main()) == (10, 10, True)


def test_every_method_that_works_has_a_twin_to_await() -> None:
    program = wend.compile(RULE + '\njourney hello\n    on request\n        send email "hello"\n')
    engine = wend.Engine(program, wend.MemoryStore(), clock=lambda: START)

    async def main() -> list[object]:
        return [
            (await engine.apreview())[0].version,
            (await engine.aactivate()).version,
            (await engine.aingest([person(1)])).contacts.new,
            (await engine.apull()).contacts.new,
            await engine.aenroll("c1", "hello"),
            (await engine.atick()).effects,
            (await engine.adeliver()).delivered,
        ]

    version = program.version
    assert asyncio.run(main()) == [version, version, 1, 0, True, {"email": {"hello": 1}}, 0]


def test_what_fails_in_a_thread_is_raised_where_it_is_awaited() -> None:
    engine = wend.Engine(wend.compile(RULE), wend.MemoryStore(), clock=lambda: START)
    with pytest.raises(wend.WendError, match="who is not among the contacts"):
        asyncio.run(engine.aingest(events=[purchase(1)]))
