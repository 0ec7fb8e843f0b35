"""Timing an engine beside the lambda, and its memory; each in a process of its own, so that none disturbs another."""

import argparse
import gc
import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.contacts import contacts
from benchmarks.engines import ENGINES, Engine
from benchmarks.rules import COMPOUND, HISTORY, WORKS

PROC = Path("/proc/self")
ROOT = Path(__file__).resolve().parents[1]

#: How many contacts each work is timed over.
SIZES = {"a compound rule": 5_000, "25 rules": 1_000, "count and sum over the history": 3_000}
MEMORY_SIZE = 20_000


def timed(run: Callable[[], Any], times: int = 1) -> float:
    """Seconds of the processor for one run: what else the machine does is not counted."""
    start = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - start) / times


def compare(engine: Engine, work: str, size: int, pairs: int) -> dict[str, Any]:
    """An engine and the lambda in turns over the same contacts; the ratio is the median of the pairs."""
    base, rules, rows = ENGINES[0], WORKS[work], list(contacts(size))
    ours, lambdas = engine.select(rules, engine.load(rows)), base.select(rules, base.load(rows))
    expected, found = lambdas(), ours()
    gc.collect()
    gc.freeze()
    # The quicker one is run as often as it takes for the clock not to matter.
    often = max(1, int(0.02 / max(timed(lambdas), 1e-9)))
    seconds, ratios = [], []
    for _ in range(pairs):
        mine, plain = timed(ours), timed(lambdas, often)
        seconds.append(mine)
        ratios.append(mine / plain)
    return {
        "same": found == expected,
        "selected": sum(map(len, found)),
        "ns": statistics.median(seconds) / size / len(rules) * 1e9,
        "ratio": statistics.median(ratios),
    }


def memory(engine: Engine, size: int) -> dict[str, Any]:
    """MB that loading the contacts and evaluating two rules over them adds to the process at its peak."""
    engine.select([COMPOUND, HISTORY], engine.load(contacts(1)))()
    gc.collect()
    before = forget_peak()
    engine.select([COMPOUND, HISTORY], engine.load(contacts(size)))()
    return {"mb": peak() - before}


def forget_peak() -> float:
    """Let the peak begin anew at the present memory, where the system can (Linux), and give it, in MB."""
    if PROC.exists():
        (PROC / "clear_refs").write_text("5")
    return peak()


def peak() -> float:
    """The peak memory of this process, in MB."""
    if PROC.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", (PROC / "status").read_text())
        if found:
            return int(found[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def in_process(name: str, what: str, size: int, pairs: int) -> dict[str, Any]:
    """`compare` or (for `memory`) `memory` of the engine of that name, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.measure", name, what, str(size), str(pairs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}, {what}: {done.stderr.strip()[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """The process of one measurement: prints it as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("what")
    parser.add_argument("size", type=int)
    parser.add_argument("pairs", type=int)
    args = parser.parse_args()
    engine = next(each for each in ENGINES if each.name == args.name)
    if args.what == "memory":
        print(json.dumps(memory(engine, args.size)))
    else:
        print(json.dumps(compare(engine, args.what, args.size, args.pairs)))


if __name__ == "__main__":
    main()
