"""A whole `wend simulate` over generated histories, beside a plain loop in Python that counts the same mails.

Both are processes of their own, from reading the files to printing the counts.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from benchmarks.histories import FIRST_DAY, LAST_DAY, SCRIPT, count_mails, generate, write
from benchmarks.measure import ROOT


@frozen
class Process:
    """What a finished process printed, the seconds it took (by the clock, and of a processor), and its peak in MB."""

    output: str
    seconds: float
    cpu: float
    mb: float


@frozen
class Outcome:
    """A simulation and the loop over the same files, and the mails that each counts."""

    customers: int
    purchases: int
    wend: Process
    loop: Process
    mails: dict[str, int]
    counted: dict[str, int]


def measured(command: Sequence[str]) -> Process:
    """Run a process from the root of the repository to its end.

    Raises:
        RuntimeError: it failed.
    """
    between = [sys.executable, "-m", "benchmarks.child", *command]
    done = subprocess.run(between, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return Process(*json.loads(done.stdout))


def simulate(customers: int) -> Outcome:
    """Generate the histories of so many customers, and let both count the mails of the win-back series."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        purchases = list(generate(customers))
        contacts, events = write(purchases, folder)
        script = folder / "winback.journey"
        script.write_text(SCRIPT, encoding="utf-8")
        command = [sys.executable, "-m", "wend", "simulate", str(script), "--format", "json", "--quiet"]
        command += ["--contacts", str(contacts), "--events", str(events)]
        wend = measured([*command, "--from", FIRST_DAY.isoformat(), "--to", LAST_DAY.isoformat()])
        loop = measured([sys.executable, "-m", "benchmarks.histories", str(events)])
    assert json.loads(loop.output) == count_mails(purchases), "the loop as a process and as a function differ"
    mails = json.loads(wend.output)["effects"].get("email", {})
    return Outcome(customers, len(purchases), wend, loop, mails, json.loads(loop.output))
