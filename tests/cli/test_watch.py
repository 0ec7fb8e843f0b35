"""`wend test --watch`, as a process: a change runs the tests again, an error does not end it, Ctrl-C does."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.support import MISS_YOU, SCRIPT, TOML, WEND, project, wend
from wend.cli.watching import is_source

TEST = """
test "they come back" for win_back
    given email = "ana@mail.example", consent_email = true
    given event purchase at 2026-01-01 with amount = 1
    at 2026-05-01 expect email "{}"
"""
GOOD, BAD = TEST.format("miss-you"), TEST.format("thanks")


class Watching:
    """A process that watches, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self.log, self.seen = process, log, 0

    def until(self, words: str) -> str:
        """Wait until something is printed that was not there when it was last asked."""
        end = time.monotonic() + 90
        while words not in (text := self.log.read_text(encoding="utf-8")[self.seen :]):
            assert time.monotonic() < end, text
            assert self.process.poll() is None, text
            time.sleep(0.05)
        self.seen += len(text)
        return text

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


@contextmanager
def watching(root: Path, log: Path, *more: str) -> Iterator[Watching]:
    with log.open("wb") as out:
        process = subprocess.Popen([str(WEND), "test", str(root), "--watch", *more], stdout=out, stderr=out)
    try:
        yield Watching(process, log)
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for another process")
def test_a_change_runs_them_again_and_an_error_is_told(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", shop=SCRIPT + GOOD)
    script, template = root / "journeys" / "shop.journey", root / "templates" / "miss-you.html"
    with watching(root, tmp_path / "log") as watched:
        first = watched.until("Ctrl-C ends")
        assert "1 test passed, 0 failed" in first
        (root / "contacts.csv").write_text("id\n", encoding="utf-8")  # data is none of the tests' business
        script.write_text(SCRIPT + BAD, encoding="utf-8")
        again = watched.until("0 tests passed, 1 failed")
        assert "changed: journeys/shop.journey\n" in again
        assert "contacts.csv" not in again
        script.write_text("journey {", encoding="utf-8")
        assert "shop.journey:1:" in watched.until("error[")
        (root / "wend.toml").write_text("x = [", encoding="utf-8")
        assert "changed: wend.toml" in watched.until("the file is no TOML")
        (root / "wend.toml").write_text(TOML, encoding="utf-8")
        watched.until("error[")
        script.write_text(SCRIPT + GOOD, encoding="utf-8")
        watched.until("1 test passed, 0 failed")
        template.write_text(MISS_YOU + "!", encoding="utf-8")
        assert "changed: templates/miss-you.html" in watched.until("1 test passed, 0 failed")
        assert watched.interrupt() == 0
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert said.endswith("stopped\n")
    assert "Traceback" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for another process")
def test_its_exit_code_is_that_of_the_last_run(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", shop=SCRIPT + BAD)
    with watching(root, tmp_path / "log") as watched:
        watched.until("Ctrl-C ends")
        assert watched.interrupt() == 1


def test_what_counts_as_a_change(tmp_path: Path) -> None:
    yes = ("wend.toml", "journeys/a.journey", "templates/a.html", "templates/deep/b.liquid")
    no = ("wend.db", "data/contacts.csv", "outbox/templates/a.html", "journeys/.a.journey.x1", ".git/a.journey")
    assert [is_source(tmp_path / name, tmp_path) for name in yes] == [True] * len(yes)
    assert [is_source(tmp_path / name, tmp_path) for name in no] == [False] * len(no)


def test_it_is_refused_where_it_makes_no_sense(tmp_path: Path) -> None:
    done = wend("test", tmp_path / "nowhere", "--watch")
    assert (done.code, done.out) == (1, "")
    assert "there is no such file or folder" in done.err
    done = wend("test", project(tmp_path), "--watch", "--format", "json")
    assert done.code == 2
    assert "--watch is for people" in done.err
