"""Plays a small story on an SQLite store and looks at what a kill at each of its writes would leave; see `test_crash`.

A process that is killed leaves its files as they are at that moment: nothing of its own runs any more, neither
`finally` nor `atexit`. So the files are copied before each write, and a fresh process goes on from each copy. Some
processes are killed in earnest as well, to hold the copies against. All are forked from this one, which has imported
everything, so that they take no time to start.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlalchemy import event

from tests.engine.support import SCRIPTS, at, bought, engine, person, pragma
from wend.runtime.channels import Outcome, Promise, Status
from wend.runtime.delivery.delivery import deliver
from wend.runtime.delivery.messages import Message
from wend.runtime.store.sqlite import SqliteStore, open_sqlite

DAYS = (0.0, 2.0, 2.0 + 1 / 1440, 4.0, 4.0 + 2 / 24)
"""The times at which somebody runs the engine once."""


class Mailbox:
    """A channel whose other side is a file: a line for each message that arrived, with its key."""

    name = "mailbox"
    promise = Promise.AT_LEAST_ONCE

    def __init__(self, path: Path, write: Callable[[], None]) -> None:
        self._path, self._write = path, write

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        for message in messages:
            self._write()
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{message.key} {message.contact} {message.template}\n")
            self._write()
            yield Outcome(message.key, Status.DELIVERED)


def run_once(store: SqliteStore, day: float, mailbox: Mailbox) -> None:
    """What `wend run --once` does: take in what is there by now, tick, deliver."""
    running, now = engine(store, chunk=2), at(day)
    running.activate(SCRIPTS, now)
    with store.transaction():
        if store.loaded_sources().get("contacts") is None:
            people = [person(1), person(2), person(3, email="c1@shop.example"), person(4), person(5, consent=False)]
            running.ingest_contacts(people, now, imported=True)
            running.ingest_events([bought(n, -1) for n in (1, 2, 4, 5)], now, imported=True)
            store.mark_source("contacts", "1", now)
    happened = [bought(2, 1), bought(4, 2, "message_bounced", hard=True), bought(3, 4, amount=9)]
    running.ingest_events([each for each in happened if each.at <= now], now)
    last = store.last_tick()
    if last is None or (last.at, last.complete) < (now, True):
        running.tick(now)
    deliver(store.outbox, {"email": mailbox}, now)


def watch(store: SqliteStore, write: Callable[[], None]) -> None:
    """Have `write` called before each statement that writes, and before each commit of such."""
    written = False

    @event.listens_for(store.engine, "before_cursor_execute")
    def before(_: object, __: object, statement: str, *___: object) -> None:
        nonlocal written
        if not statement.startswith(("SELECT", "BEGIN")):
            written = True
            write()

    @event.listens_for(store.engine, "commit")
    def commit(_: object) -> None:
        nonlocal written
        if written:
            write()
        written = False


def play(folder: Path, write: Callable[[], None] = lambda: None) -> None:
    """The whole story, or what is left of it, in one process; `write` is called before each write."""
    write()  # before there is a file
    with open_sqlite(folder / "wend.db") as store:
        pragma(store, "synchronous = OFF")  # a process that is killed loses nothing that it has handed over
        watch(store, write)
        done = store.last_tick()
        for day in DAYS:
            # Whoever runs it again after a crash does so with the time of then: never before the last tick.
            if done is None or at(day) >= done.at:
                run_once(store, day, Mailbox(folder / "mailbox", write))


def outcome(folder: Path) -> dict[str, list[object]]:
    """Everything that is in the store, and what arrived."""
    found: dict[str, list[object]] = {}
    with open_sqlite(folder / "wend.db") as store, store.connection() as connection:
        for table, columns in {
            "contacts": "id, fields, told, state, launch, wake",
            "events": "contact, id, name, time, arrived, payload, taken",
            "changes": "contact, time, fields",
            "outbox": "key, at, contact, template, status, message, effect, in_flight",
            "journal": "contact, at, kind, journey, trigger, step, reason",
            "suppressions": "address, channel, reason, topic, at",
            "ticks": "at, complete",
            "sources": "name, digest, at",
            "journeys": "name, live_since",
            "versions": "version, activated",
        }.items():
            rows = connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY {columns}").all()
            found[table] = [list(row) for row in rows]
    lines = (folder / "mailbox").read_text(encoding="utf-8").splitlines()
    found["arrived"] = [*sorted(set(lines))]
    found["twice"] = [line for line in set(lines) if lines.count(line) > 1]
    return found


def in_a_child(job: Callable[[], object]) -> int:
    """Do something in a process of its own; gives how it ended: 0, or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            job()
            code = 0
        except BaseException as error:  # noqa: BLE001 - the child must not go on as the parent
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Killer:
    """Counts writes; copies the files before each, or kills the process before one of them."""

    def __init__(self, folder: Path, copies: Path | None = None, kill_at: int | None = None) -> None:
        self.writes = 0
        self._folder, self._copies, self._kill_at = folder, copies, kill_at

    def __call__(self) -> None:
        self.writes += 1
        if self.writes == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._copies is not None:
            target = self._copies / str(self.writes)
            # In a child: a process that closes a file of SQLite's gives up the locks that it has on it.
            assert in_a_child(lambda: shutil.copytree(self._folder, target)) == 0


def main(root: Path, kill_every: int) -> None:
    """Go on after every write there is, and say how it ended."""
    calm, copies = root / "calm", root / "copies"
    calm.mkdir()
    copies.mkdir()
    watching = Killer(calm, copies)
    play(calm, watching)
    reference = outcome(calm)
    wrong: list[object] = []
    twice = killed = 0
    for write in range(1, watching.writes + 1):
        starts = [copies / str(write)]
        if write % kill_every == 0:
            starts.append(root / f"killed-{write}")
            starts[-1].mkdir()
            killer = Killer(starts[-1], kill_at=write)
            killed += in_a_child(lambda killer=killer: play(starts[-1], killer)) == -signal.SIGKILL  # type: ignore[misc] # noqa: B023
        for start in starts:
            if code := in_a_child(lambda start=start: play(start)):  # type: ignore[misc]
                wrong.append([start.name, code])
                continue
            ended = outcome(start)
            twice += len(ended.pop("twice"))
            different = [name for name, rows in ended.items() if rows != reference[name]]
            if different:
                wrong.append([start.name, {name: [ended[name], reference[name]] for name in different}])
    summary = {name: len(rows) for name, rows in reference.items()}
    found = {"writes": watching.writes, "killed": killed, "wrong": wrong, "twice": twice, "reference": summary}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
