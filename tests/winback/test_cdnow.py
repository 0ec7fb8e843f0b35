"""The win-back series over whole purchase histories: as many of each mail as an independent loop counts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.histories import FIRST_DAY, LAST_DAY, SCRIPT, Purchase, count_mails, generate, read, write
from tests.house.repository import ROOT

REAL = ROOT.parent / "shared" / "data" / "cdnow" / "events.csv.gz"

needs_real_data = pytest.mark.skipif(
    not REAL.exists(), reason="the CDNOW purchases are not here (../shared/data/cdnow/events.csv.gz)"
)


def simulate(purchases: list[Purchase], folder: Path) -> dict[str, object]:
    contacts, events = write(purchases, folder)
    script = folder / "winback.journey"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "wend", "simulate", str(script), "--format", "json", "--quiet"]
    command += ["--contacts", str(contacts), "--events", str(events)]
    command += ["--from", FIRST_DAY.isoformat(), "--to", LAST_DAY.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=600)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert isinstance(report, dict)
    return report


def assert_counts_agree(purchases: list[Purchase], folder: Path) -> None:
    report = simulate(purchases, folder)
    assert report["effects"] == {"email": dict(count_mails(purchases))}
    assert report["contacts"] == len({purchase.contact for purchase in purchases})
    assert report["events"] == len(purchases)
    assert not report["skipped"]


def test_generated_histories_get_the_mails_that_a_loop_counts(tmp_path: Path) -> None:
    assert_counts_agree(list(generate(1500)), tmp_path)


@needs_real_data
def test_the_cdnow_histories_get_the_mails_that_a_loop_counts(tmp_path: Path) -> None:
    purchases = list(read(REAL))
    assert len(purchases) == 69_659
    assert_counts_agree(purchases, tmp_path)
