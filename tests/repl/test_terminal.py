"""The prompt in a real terminal: a process on a pseudo-terminal, its screen read as a terminal would show it."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.documents import copy_examples
from tests.house.repository import ROOT

pexpect = pytest.importorskip("pexpect", reason="needs a pseudo-terminal")
pyte = pytest.importorskip("pyte")

ROWS, COLUMNS = 40, 100


class Terminal:
    """`wend repl` on a terminal of 40 lines."""

    def __init__(self, folder: Path) -> None:
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_STATE_HOME": str(folder / "state"),
            "TERM": "xterm-256color",
        }
        arguments = ["-m", "wend", "repl", "examples/winback", "--at", "2026-05-09T09:00"]
        self.child = pexpect.spawn(
            sys.executable, arguments, cwd=str(folder), env=env, encoding="utf-8", dimensions=(ROWS, COLUMNS)
        )
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.screen.write_process_input = lambda answer: self.child.send(answer)  # where the cursor is, if asked
        self.stream = pyte.Stream(self.screen)

    def wait(self, text: str, seconds: float = 60) -> str:
        """The screen, once it shows a text."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if text in (shown := "\n".join(line.rstrip() for line in self.screen.display)):
                return shown
            try:
                self.stream.feed(self.child.read_nonblocking(4096, timeout=0.2))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                break
        shown = "\n".join(self.screen.display)
        raise AssertionError(f"never shown: {text}\n{shown}")

    def type(self, text: str) -> None:
        """Press keys."""
        self.child.send(text)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    copy_examples(tmp_path)
    made = Terminal(tmp_path)
    yield made
    made.child.close(force=True)


def test_a_session_at_a_terminal(terminal: Terminal) -> None:
    terminal.wait("`:help` lists the commands")
    terminal.wait("2026-05-09 09:00 Europe/Paris   1001 of 12")
    terminal.type("days_since(last_purchase) >= 120\r")
    terminal.wait("false (boolean?), until 2026-05-10 00:00 Europe/Paris")

    terminal.type("journey thanks\r")  # goes on: the parser wants a body
    terminal.wait("> journey thanks\n.")
    terminal.type('reenter always\ron purchase\rsend email "thanks"\r')
    shown = terminal.wait('.         send email "thanks"')  # indented by itself
    assert ".     on purchase" in shown
    terminal.type("\r")  # an empty line ends the block
    terminal.wait("thanks, win_back")

    terminal.type("count(purch\t")  # completion
    terminal.wait("> count(purchase")
    terminal.type(")\r")
    terminal.wait("1 (number), until data changes")

    terminal.type("nonsense +\r")
    terminal.wait("error[W121]")
    terminal.type("half of somethi\x03")  # Ctrl-C drops it
    terminal.type(":advance 2 days\r")
    terminal.wait('win_back: email "winback-1"')
    terminal.wait("2026-05-11 09:00 Europe/Paris   1001 of 12")
    terminal.type("\x1b[A\x1b[A\x1b[A\r")  # three up: what was typed before is kept
    terminal.wait("1 (number), until data changes\n>\n")  # the answer to it, and the next prompt
    terminal.type("\x04")
    terminal.child.expect(pexpect.EOF, timeout=30)
    terminal.child.wait()
    assert terminal.child.exitstatus == 0
