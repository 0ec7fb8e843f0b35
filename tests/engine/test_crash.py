"""Killed anywhere, and run again: nothing is lost, nothing is in the outbox twice, everything ends as without it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.house.repository import ROOT


def test_a_kill_between_any_two_writes_changes_nothing_in_the_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.crash", str(tmp_path), "11"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["writes"] > 80
    assert found["killed"] == found["writes"] // 11
    # The story is worth the trouble: mails are sent, refused, cut short, and suppressed.
    assert found["reference"]["outbox"] >= 4
    assert found["reference"]["arrived"] == found["reference"]["outbox"]
    assert found["reference"]["suppressions"] == 1
    assert found["reference"]["twice"] == 0
    # A message that had arrived when the process died before noting it is sent again, under its key; that is all
    # an at-least-once channel may do.
    assert 0 < found["twice"] <= found["reference"]["outbox"] * 4
