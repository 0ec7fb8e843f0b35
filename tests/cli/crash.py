"""Plays a small story with `wend run --once`, in processes that kill themselves at some write; see `test_crash`.

Every process is forked from this one, which has imported everything already. A killed process is killed with SIGKILL,
so nothing of its own runs any more. Afterwards somebody runs the command again that was killed, and goes on.
"""

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from tests.cli.support import CONTACTS, DUE, EVENTS, SCRIPT, project, wend
from tests.engine.crash import in_a_child

GROWN = EVENTS + "1,2026-05-01T12:00:00,15\n3,2026-05-01T12:00:00,35\n"
CHANGED = CONTACTS.replace("ben@mail", "benno@mail") + "6,fay@mail.example,Fay,true\n"
RULE = '\nwhen name is known\n    send email "welcome"\n'
WELCOME = "---\nsubject: Welcome\n---\n<p>Hello {{ contact.name }}</p>\n"

STORY: tuple[tuple[str, dict[str, str]], ...] = (
    (DUE, {}),
    ("2026-05-01T12:01", {"events.csv": GROWN}),
    ("2026-05-02T09:00", {"contacts.csv": CHANGED, "templates/welcome.html": WELCOME}),
    ("2026-05-02T09:01", {"journeys/shop.journey": SCRIPT + RULE}),
    ("2026-05-02T09:02", {}),
    ("2026-09-01T09:00", {}),
)
"""When somebody runs it, and what has changed in the folder until then."""


def play(folder: Path, first: int, kill_at: int | None) -> int:
    """The story from a chapter on in this process, which kills itself at that write; gives how many there were."""
    writes = 0

    def write(*_: object) -> None:
        nonlocal writes
        writes += 1
        if writes == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(_: object, __: object, text: str, *___: object) -> None:
        if not text.startswith(("SELECT", "BEGIN", "PRAGMA")):
            write()

    def around(wrapped: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            write()
            result = wrapped(*args, **options)
            write()
            return result

        return call

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", write)
    try:
        with mock.patch("os.fsync", around(os.fsync)), mock.patch.object(Path, "replace", around(Path.replace)):
            for number, (at, files) in enumerate(STORY[first:], first):
                (folder / "chapter").write_text(str(number), encoding="utf-8")
                for name, text in files.items():
                    (folder / name).write_text(text, encoding="utf-8")
                done = wend("run", folder, "--once", "--at", at, "--quiet")
                if (done.code, done.err) != (0, ""):
                    raise RuntimeError(f"chapter {number}: {done}")
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
        event.remove(Engine, "commit", write)
    return writes


def outcome(folder: Path) -> dict[str, object]:
    """What arrived, whole, and what is in the store."""
    mails = sorted((folder / "outbox").iterdir())
    found: dict[str, object] = {"mails": [[mail.name, mail.read_bytes().decode()] for mail in mails]}
    with sqlite3.connect(folder / "wend.db") as connection:
        for table, columns in {
            "contacts": "id, fields, told, state, wake",
            "events": "contact, id, name, time, arrived, payload, taken",
            "outbox": "key, at, contact, template, status, in_flight",
            "journal": "contact, at, kind, journey, trigger, step, reason",
            "ticks": "at, complete",
            "sources": "name, digest",
        }.items():
            found[table] = sorted(map(repr, connection.execute(f"SELECT {columns} FROM {table}")))
    connection.close()
    return found


def main(root: Path, points: int) -> None:
    """Kill at so many of the writes there are, evenly spread, go on each time, and say how it ended."""
    writes = play(project(root / "calm"), 0, None)
    calm = outcome(root / "calm")
    wrong: list[object] = []
    tried = sorted({1 + number * writes // points for number in range(points)})
    for kill_at in tried:
        folder = project(root / str(kill_at))
        first = in_a_child(lambda folder=folder, kill_at=kill_at: play(folder, 0, kill_at))  # type: ignore[misc]
        chapter = int((folder / "chapter").read_text(encoding="utf-8"))
        second = in_a_child(lambda folder=folder, chapter=chapter: play(folder, chapter, None))  # type: ignore[misc]
        if (first, second) != (-signal.SIGKILL, 0):
            wrong.append([kill_at, first, second])
            continue
        ended = outcome(folder)
        different = [name for name, rows in ended.items() if rows != calm[name]]
        if different:
            wrong.append([kill_at, chapter, {name: [ended[name], calm[name]] for name in different}])
    names = [Path(name).name for name, _ in calm["mails"]]  # type: ignore[attr-defined]
    sys.stdout.write(json.dumps({"writes": writes, "tried": len(tried), "wrong": wrong, "mails": names}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
