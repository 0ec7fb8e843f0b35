"""Where nothing can be written, or the store is not ours: a clear sentence, exit code 1 or 3, and nothing lost."""

import errno
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CDLL
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Engine, event

from tests.cli.support import DUE, WEND, Done, mails, project, wend

LATER = "2026-05-11T09:00"
PERIOD = ("--from", "2026-01-01", "--to", "2026-05-31")


def run(root: Path, at: str = DUE) -> Done:
    return wend("run", root, "--once", "--at", at)


def confined(preparation: Callable[[], None], *args: object) -> Done:
    """The command in a process that is prepared before it begins."""
    command = [str(WEND), *map(str, args)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, preexec_fn=preparation)
    assert "Traceback" not in done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def powerless() -> None:
    """The permissions of files hold for this process, even if it is root's."""
    if sys.platform == "linux":
        for capability in (1, 2, 3):  # to write, to read and search, to act as the owner
            CDLL(None).prctl(24, capability, 0, 0, 0)


def small_files() -> None:
    """No file of this process can become large."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))


@contextmanager
def full_disk(after: int) -> Iterator[None]:
    """The disk has room for so many files more."""
    real, left = os.fsync, after

    def fsync(handle: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    with mock.patch("os.fsync", fsync):
        yield


@contextmanager
def full_store(pages: int) -> Iterator[None]:
    """The store's file cannot grow beyond so many pages, as on a disk that is full."""

    def limit(connection: Any, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def test_a_disk_that_is_full_for_mail(tmp_path: Path) -> None:
    root = project(tmp_path)
    with full_disk(after=2):  # the first mail, and the folder's entry of it
        done = run(root, LATER)
    assert done.code == 3
    assert f"nothing can be written to `{root / 'outbox'}`: no space left on device" in done.err
    assert "delivered: 1; not delivered: 2" in done.out
    assert mails(root / "outbox") == ["1 miss-you"]
    assert run(root, LATER).code == 0
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "3 miss-you"]


def test_a_disk_that_is_full_for_the_store(tmp_path: Path) -> None:
    """Wherever the room ends: it is said, and once there is room it goes on as if nothing had been."""
    ended = set()
    for pages in range(1, 60, 7):
        root = project(tmp_path / str(pages))
        with full_store(pages):
            done = run(root, LATER)
        ended.add(done.code)
        if done.code:
            assert done.code == 1
            assert "the store cannot be used: there is no space left to write it" in done.err
            assert str(root / "wend.db") in done.err
        assert run(root, LATER).code == 0
        assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "3 miss-you"]
    assert ended == {0, 1}


def test_a_store_that_may_not_grow(tmp_path: Path) -> None:
    many = range(1500)
    contacts = "id,email,name,consent_email\n" + "".join(f"{n},c{n}@mail.example,C{n},true\n" for n in many)
    root = project(tmp_path, contacts=contacts, events="id,at,amount\n0,2026-01-01,1\n")
    done = confined(small_files, "run", root, "--once", "--at", DUE)
    assert done.code == 1
    assert "the store" in done.err
    assert str(root / "wend.db") in done.err
    assert run(root).code == 0
    assert mails(root / "outbox") == ["0 miss-you"]


def test_a_simulation_that_cannot_write_its_mails(tmp_path: Path) -> None:
    root, taken = project(tmp_path / "p"), tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    done = wend("simulate", root, *PERIOD, "--mail", taken)
    assert (done.code, done.out) == (1, "")
    assert "mails go into a folder, and there is a file of this name" in done.err
    done = wend("simulate", root, *PERIOD, "--mail", taken / "below")
    assert (done.code, done.out) == (1, "")
    assert f"nothing can be written to `{taken / 'below'}`" in done.err
    assert taken.read_text(encoding="utf-8") == "mine"


def test_an_outbox_that_is_a_file(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "outbox").write_text("mine", encoding="utf-8")
    done = run(root)
    assert done.code == 3
    assert f"nothing can be written to `{root / 'outbox'}`" in done.err
    (root / "outbox").unlink()
    assert run(root).code == 0
    assert len(mails(root / "outbox")) == 2


def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    root.chmod(0o555)
    try:
        done = confined(powerless, "run", root, "--once", "--at", DUE)
        assert (done.code, done.out) == (1, "")
        assert "permission denied" in done.err
        (root / "journeys").chmod(0o555)
        script = root / "journeys/shop.journey"
        script.write_text(script.read_text(encoding="utf-8").replace("email         text?", "email text?"))
        before = script.read_text(encoding="utf-8")
        done = confined(powerless, "fmt", root)
        assert (done.code, done.out) == (1, "")
        assert "permission denied" in done.err
        assert script.read_text(encoding="utf-8") == before
        done = confined(powerless, "init", root / "new")
        assert (done.code, done.out) == (1, "")
        assert "permission denied" in done.err
        done = confined(powerless, "simulate", root, *PERIOD, "--mail", root / "mail")
        assert done.code == 1
        assert "permission denied" in done.err
        # What only reads goes on.
        assert confined(powerless, "simulate", root, *PERIOD).code == 0
    finally:
        root.chmod(0o755)
        (root / "journeys").chmod(0o755)
    assert run(root).code == 0


@pytest.mark.parametrize("name", ["contacts.csv", "journeys/shop.journey", "templates/thanks.html", "wend.toml"])
def test_a_file_that_may_not_be_read(tmp_path: Path, name: str) -> None:
    root = project(tmp_path)
    (root / name).chmod(0)
    done = confined(powerless, "simulate", root, *PERIOD)
    assert (done.code, done.out) == (1, "")
    assert "permission denied" in done.err
    assert str(root / name) in done.err


def test_a_store_that_may_not_be_written_to(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert run(root).code == 0
    (root / "wend.db").chmod(0o444)
    done = confined(powerless, "run", root, "--once", "--at", LATER)
    assert (done.code, done.out) == (1, "")
    assert "it may not be written to" in done.err
    (root / "wend.db").chmod(0o644)
    assert run(root, LATER).code == 0
    assert len(mails(root / "outbox")) == 3


# stores that are not as they should be


def refused_store(root: Path, says: str) -> None:
    """The run is refused, and the store is left as it is."""
    store = root / "wend.db"
    before = store.read_bytes() if store.is_file() else b""
    done = run(root)
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert str(store) in done.err
    assert (store.read_bytes() if store.is_file() else b"") == before
    assert not (root / "outbox").exists()


def test_a_store_that_is_no_database(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "wend.db").write_text("my notes, which I would not like to lose\n" * 100, encoding="utf-8")
    refused_store(root, "it is not a database")


def test_a_store_that_is_a_folder(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "wend.db").mkdir()
    refused_store(root, "it is a folder")


def test_a_store_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    root = project(tmp_path, wend=(project(tmp_path) / "wend.toml").read_text().replace("wend.db", "no/wend.db"))
    done = run(root)
    assert (done.code, done.out) == (1, "")
    assert "there is no folder" in done.err


def test_a_store_of_another_program(tmp_path: Path) -> None:
    root = project(tmp_path)
    with sqlite3.connect(root / "wend.db") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    refused_store(root, "the database belongs to another program")


def test_a_store_of_a_newer_version(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert run(root).code == 0
    with sqlite3.connect(root / "wend.db") as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    connection.close()
    done = run(root, LATER)
    assert (done.code, done.out) == (1, "")
    assert "version 999, which this version of wend does not know" in done.err
    assert len(mails(root / "outbox")) == 2


def test_a_store_that_is_damaged(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert run(root).code == 0
    store = root / "wend.db"
    content = store.read_bytes()
    store.write_bytes(content[:2000] + b"\xff" * 3000 + content[5000:])
    done = run(root, LATER)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: the store")
    assert str(store) in done.err


def test_a_store_that_another_program_writes_to(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert run(root).code == 0
    connection = sqlite3.connect(root / "wend.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with mock.patch("wend.runtime.store.sqlite._BUSY_SECONDS", 0.1):
        done = run(root, LATER)
    connection.close()
    assert (done.code, done.out) == (1, "")
    assert "another program is writing to it" in done.err
    assert run(root, LATER).code == 0
