"""`wend run` as a process: signals, sleep, a second one, and being killed at any point."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.support import EVENTS, WEND, mails, process, project, wend
from tests.house.repository import ROOT

LONG_AGO = EVENTS.replace("2026-", "2020-")
"""Past by any clock: these tests run now."""


def until(true: Callable[[], bool], started: subprocess.Popen[str], seconds: float = 60.0) -> None:
    """Wait until something is so, while a process runs."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        assert started.poll() is None, started.communicate()
        time.sleep(0.02)


@contextmanager
def running(root: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """`wend run` without `--once`."""
    command = [str(WEND), "run", str(root), *more]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_sleeps_refuses_a_second_one_and_stops_at_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    root = project(tmp_path, events=LONG_AGO)
    with running(root) as first:
        # Over: all is delivered, and the tick of the next minute, if it is due now, costs little.
        until(lambda: len(mails(root / "outbox")) == 3, first)
        time.sleep(0.3)
        second = wend("run", root, "--once")
        assert (second.code, second.out) == (1, "")
        assert f"another process is using the store `{root / 'wend.db'}`" in second.err
        if Path(f"/proc/{first.pid}/stat").exists():
            before = cpu(first.pid)
            time.sleep(1.0)
            assert cpu(first.pid) - before < 0.2
        told = time.monotonic()
        first.send_signal(number)
        out, err = first.communicate(timeout=20)
        assert time.monotonic() - told < 10
    assert first.returncode == 0
    assert err == "stopped; everything is kept\n"
    assert "delivered: 3" in out
    assert wend("run", root, "--once").code == 0
    assert len(mails(root / "outbox")) == 3


def test_a_signal_amid_delivery_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    many = 120
    contacts = "id,email,name,consent_email\n" + "".join(f"{n},c{n}@mail.example,C{n},true\n" for n in range(many))
    events = "id,at,amount\n" + "".join(f"{n},2020-01-01T10:00:00,1\n" for n in range(many))
    root = project(tmp_path, contacts=contacts, events=events)
    with running(root, "--format", "json") as first:
        until(lambda: len(mails(root / "outbox")) >= 5, first)
        first.send_signal(signal.SIGTERM)
        out, err = first.communicate(timeout=20)
    assert first.returncode in (0, 3)
    assert "Traceback" not in err
    report = json.loads(out.splitlines()[-1])
    assert report["delivered"] == len(mails(root / "outbox")) < many
    assert wend("run", root, "--once", "--quiet").code == 0
    assert sorted(mails(root / "outbox")) == sorted(f"{n} miss-you" for n in range(many))


def test_an_interrupted_simulation_says_so(tmp_path: Path) -> None:
    many = 30_000
    events = "contact,at,name\n" + "".join(f"{n},2020-01-01T10:00:00,purchase\n" for n in range(many))
    (tmp_path / "events.csv").write_text(events, encoding="utf-8")
    (tmp_path / "one.journey").write_text('when days_since(last(purchase.at)) >= 1 send email "x"\n', encoding="utf-8")
    files = ["--events", str(tmp_path / "events.csv"), "--from", "2020-01-01", "--to", "2020-12-31"]
    command = [str(WEND), "simulate", str(tmp_path / "one.journey"), *files]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert started.stderr is not None
    said = started.stderr.readline()  # it has begun
    assert "warning" in said
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, out) == (130, "")
    assert "interrupted" in err
    assert "Traceback" not in err


def test_output_into_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    root = project(tmp_path)
    command = f"{WEND} simulate {root} --from 2026-01-01 --to 2026-05-31 --format json | head -c 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("{", "")


def test_output_that_the_terminal_cannot_show_is_no_error(tmp_path: Path) -> None:
    contacts = "id,email,name,consent_email\nä,ana@mail.example,Änä,true\n"
    root = project(tmp_path / "Ünïcode", contacts=contacts, events="id,at,amount\nß,2020-01-01,1\n")
    command = [str(WEND), "run", str(root), "--once"]
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, env=environ, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: the event `purchase` is for the contact `")
    assert b"Traceback" not in done.stderr


def test_killed_anywhere_and_run_again_it_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.cli.crash", str(tmp_path), "10"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["tried"] == 10
    assert found["writes"] > 200
    # The story is worth the trouble: mails of three journeys, over five months.
    assert [" ".join(name.split("_")[1:3]) for name in found["mails"]] == [
        *("1 miss-you", "2 miss-you", "1 thanks", "3 thanks"),
        *("1 welcome", "2 welcome", "6 welcome", "1 miss-you", "3 miss-you"),
    ]


def test_the_command_runs_from_any_folder(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    done = process("run", root / "wend.toml", "--once", "--at", "2026-05-01T09:00", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert len(mails(root / "outbox")) == 2
