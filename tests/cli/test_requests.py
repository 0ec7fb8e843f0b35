"""`wend pause` and `wend resume` beside a running `wend run`: done at its next round, once, whoever is killed."""

import datetime as dt
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.support import EVENTS, WEND, mails, project, wend
from tests.cli.test_process import running, until
from wend.cli.switch import switch
from wend.dsl.diagnostics import WendError
from wend.runtime.store.sqlite import asking_sqlite, read_sqlite
from wend.runtime.values import UTC

LONG_AGO = EVENTS.replace("2026-", "2020-")


def paused(root: Path) -> list[str]:
    store = read_sqlite(root / "wend.db")
    try:
        return list(store.paused())
    finally:
        store.close()


def switched(root: Path) -> list[str]:
    store = read_sqlite(root / "wend.db")
    try:
        return [entry.kind for entry in store.journal() if not entry.contact]
    finally:
        store.close()


def left(root: Path) -> int:
    """How many requests stand in the store."""
    store = read_sqlite(root / "wend.db")
    try:
        with store.connection() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM requests").scalar() or 0)
    finally:
        store.close()


def begun(root: Path, started: "subprocess.Popen[str]") -> None:
    until(lambda: len(mails(root / "outbox")) == 3, started)


def halt(root: Path, started: "subprocess.Popen[str]") -> None:
    """Stop it where it writes nothing: in the middle of a transaction it would keep everybody from the store."""
    while True:
        started.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(root / "wend.db", timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                started.send_signal(signal.SIGCONT)
                time.sleep(0.05)
            else:
                connection.execute("ROLLBACK")
                return


def test_a_running_wend_run_is_asked(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    with running(root) as service:
        begun(root, service)
        began = time.monotonic()
        assert wend("pause", "win_back", root).out == "win_back is paused\n"
        assert time.monotonic() - began < 20
        assert paused(root) == ["win_back"]
        assert wend("pause", "win_back", root).out == "win_back is paused already\n"
        assert '"changed": true' in wend("resume", "win_back", root, "--format", "json").out
        assert paused(root) == []
        misspelt = wend("pause", "winback", root)
        assert (misspelt.code, misspelt.out) == (1, "")
        assert misspelt.err == "error: there is no journey `winback` in the store\n  help: did you mean `win_back`?\n"
        service.send_signal(signal.SIGTERM)
        out, err = service.communicate(timeout=20)
    assert service.returncode == 0
    assert "asked for: win_back is paused\n" in out
    assert "asked for: win_back goes on\n" in out
    assert "asked for: there is no journey `winback` in the store\n" in out
    assert err == "stopped; everything is kept\n"
    assert switched(root) == ["paused", "resumed"]
    assert left(root) == 0


def test_what_is_asked_outlasts_the_one_that_is_asked(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    with running(root) as service:
        begun(root, service)
        halt(root, service)
        with pytest.raises(WendError, match="has not taken this up within 1 seconds") as found:
            switch(root, "win_back", None, off=True, seconds=1)
        assert found.value.help == "it stays asked for, and is done at its next round"
        service.kill()
    assert paused(root) == []
    assert "asked for: win_back is paused\n" in wend("run", root, "--once").out
    assert paused(root) == ["win_back"]
    assert wend("resume", "win_back", root).code == 0
    assert "asked for" not in wend("run", root, "--once").out  # it is carried out once
    assert paused(root) == []
    assert switched(root) == ["paused", "resumed"]


def test_who_asks_does_it_where_the_one_that_is_asked_is_killed(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    with running(root) as service:
        begun(root, service)
        halt(root, service)
        command = [str(WEND), "pause", "win_back", str(root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as asking:
            until(lambda: left(root) == 1, asking)
            service.kill()
            out, _ = asking.communicate(timeout=60)
    assert (asking.returncode, out) == (0, "win_back is paused\n")
    assert (paused(root), switched(root), left(root)) == (["win_back"], ["paused"], 0)


def test_what_was_asked_before_comes_first(tmp_path: Path) -> None:
    root = project(tmp_path, events=LONG_AGO)
    assert wend("run", root, "--once").code == 0
    with asking_sqlite(root / "wend.db") as (asked, _):
        asked.ask("paused", "win_back", dt.datetime(2026, 1, 1, tzinfo=UTC))
    assert wend("resume", "win_back", root).out == "win_back goes on\n"
    assert switched(root) == ["paused", "resumed"]
