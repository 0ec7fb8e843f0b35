"""Calling `wend` as a user does, and small projects to call it on."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from attrs import frozen

from wend.cli.app import carry_out

WEND = Path(sys.executable).with_name("wend")


@frozen
class Done:
    """What a call gave back."""

    code: int
    out: str
    err: str


@contextmanager
def _signals_kept() -> Iterator[None]:
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)
    before = [signal.getsignal(name) for name in names]
    try:
        yield
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


def wend(*args: object, environ: Mapping[str, str] | None = None) -> Done:
    """What the command line's entry point does, in this process, which is quicker than another one.

    What closed pipes do is left as it is: a server of another test may still be writing to a client that has gone.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    argv = ["wend", *map(str, args)]
    with (
        _signals_kept(),
        mock.patch.object(sys, "argv", argv),
        mock.patch.dict(os.environ, environ or {}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            carry_out()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    assert "Traceback" not in err.getvalue()
    return Done(code, out.getvalue(), err.getvalue())


def process(*args: object, cwd: Path | None = None) -> Done:
    """The installed command in a process of its own."""
    command = [str(WEND), *map(str, args)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    assert "Traceback" not in done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


TOML = """[project]
timezone = "UTC"

[contacts]
file = "contacts.csv"
id = "id"

[[events]]
file = "events.csv"
contact = "id"
at = "at"
name = "purchase"

[store]
sqlite = "wend.db"

[channels.email]
kind = "folder"
path = "outbox"
"""

SCRIPT = """contact
    email         text?
    name          text?
    consent_email boolean

event purchase
    amount number

settings
    from "Ana <ana@shop.example>"
    consent email when consent_email

journey win_back
    audience contacts where any(purchase)
    exit when days_since(last(purchase.at)) < 120
    reenter always
    backlog include

    when days_since(last(purchase.at)) >= 120
        send email "miss-you"

journey thanks
    transactional

    on purchase as order
        send email "thanks" with order = order
"""

CONTACTS = """id,email,name,consent_email
1,ana@mail.example,Ana,true
2,ben@mail.example,Ben,true
3,cem@mail.example,,true
4,,Dua,true
5,eve@mail.example,Eve,false
"""

EVENTS = """id,at,amount
1,2026-01-01T10:00:00,10
2,2026-01-01T11:00:00,20
3,2026-01-11T10:00:00,30
4,2026-01-01T12:00:00,40
5,2026-01-01T12:00:00,50
"""

MISS_YOU = "---\nsubject: We miss you{% if contact.name %}, {{ contact.name }}{% endif %}\n---\n<p>Come back</p>\n"
THANKS = "---\nsubject: Thank you\n---\n<p>{{ order.amount }} EUR</p>\n"

FILES: Mapping[str, str] = {
    "wend.toml": TOML,
    "contacts.csv": CONTACTS,
    "events.csv": EVENTS,
    "journeys/shop.journey": SCRIPT,
    "templates/miss-you.html": MISS_YOU,
    "templates/thanks.html": THANKS,
}
DUE = "2026-05-01T09:00"
"""When the first mails are due for 1 and 2; 3 is ten days later, 4 has no address, 5 has not consented."""


def project(folder: Path, **changes: str | bytes | None) -> Path:
    """A small project in a new folder. `changes` replaces or removes files, by names without their ending."""
    files: dict[str, str | bytes | None] = dict(FILES)
    for name, content in changes.items():
        match = [path for path in files if Path(path).stem.replace("-", "_") == name]
        files[match[0]] = content
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if content is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def mails(folder: Path) -> list[str]:
    """Contact and template of each mail in a folder, by time."""
    return [" ".join(name.split("_")[1:3]) for name in sorted(p.name for p in folder.glob("*"))]


def add(path: Path, text: str) -> None:
    """Append to a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
