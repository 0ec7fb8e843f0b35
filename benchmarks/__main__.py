"""`python -m benchmarks`: the rules, then the simulation. Everything is a ratio, since machines and hours differ."""

import argparse
from collections.abc import Sequence
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.measure import MEMORY_SIZE, SIZES, in_process
from benchmarks.simulation import simulate


def rules(share: float, pairs: int) -> bool:
    """Time the rules, and tell whether every engine selected the same contacts."""
    same = True
    for work, size in SIZES.items():
        size = max(100, int(size * share))
        print(f"\n{work}, {size:,} contacts", flush=True)
        print(f"  {'':30} {'ratio':>9} {'per contact and rule':>22}   same contacts")
        for engine in ENGINES:
            if not engine.available:
                print(f"  {engine.name:30} not installed: pip install -e '.[bench]'")
                continue
            found = in_process(engine.name, work, size, pairs)
            same = same and found["same"]
            print(
                f"  {engine.name:30} {found['ratio']:>8.1f}x {found['ns'] / 1000:>19.2f} µs   {_said(found)}",
                flush=True,
            )
    size = max(100, int(MEMORY_SIZE * share))
    print(f"\nmemory: loading {size:,} contacts with their purchases, and evaluating two rules over them")
    for engine in ENGINES:
        if engine.available:
            print(f"  {engine.name:30} {in_process(engine.name, 'memory', size, 1)['mb']:>7.0f} MB", flush=True)
    return same


def _said(found: dict[str, Any]) -> str:
    return f"yes, {found['selected']:,}" if found["same"] else "NO"


def simulation(customers: int) -> bool:
    """Time the simulation, and tell whether it counts the mails that the loop counts."""
    print(f"\nthe win-back series over 18 months, {customers:,} customers, from files to counts", flush=True)
    found = simulate(customers)
    same = found.mails == found.counted
    print(f"  {'':30} {'ratio':>9} {'seconds':>9} {'processor':>10} {'peak':>9}")
    for name, process in (("a loop written for it", found.loop), ("wend simulate", found.wend)):
        ratio = process.cpu / found.loop.cpu
        row = f"{ratio:>8.1f}x {process.seconds:>7.1f} s {process.cpu:>8.1f} s {process.mb:>6.0f} MB"
        print(f"  {name:30} {row}")
    said = "the same counts" if same else f"DIFFERENT COUNTS: {found.mails} and {found.counted}"
    print(f"  {found.purchases:,} purchases, {sum(found.counted.values()):,} mails: {said}")
    return same


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks; the status is 1 where results differ, and never a matter of time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=("rules", "simulation"), help="a part of it")
    parser.add_argument("--share", type=float, default=1.0, help="the share of the contacts to take, such as 0.1")
    parser.add_argument("--pairs", type=int, default=7, help="how often each engine takes turns with the lambda")
    args = parser.parse_args(arguments)
    same = True
    if args.only != "simulation":
        same = rules(args.share, args.pairs)
    if args.only != "rules":
        same = simulation(max(100, int(23_570 * args.share))) and same
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
