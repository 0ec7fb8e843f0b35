"""Progress of long work: a bar on a terminal, a plain line now and then elsewhere, nothing when nobody asked."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

EVERY = 5.0
"""Seconds between two plain lines, and before the first."""
DELAY = 0.1
"""Seconds between two updates of a bar: advancing costs next to nothing."""


class Advance(Protocol):
    """Tells that `done` more are done; `label` changes what is said."""

    def __call__(self, done: int = 1, label: str | None = None) -> None: ...


@contextmanager
def progress(
    label: str,
    total: int | None = None,
    *,
    quiet: bool = False,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Advance]:
    """Show how far some work is, as long as the block runs.

    Args:
        label: what is being done, such as `simulating`.
        total: how many steps there are, or None when that is not known.
        quiet: show nothing.
        stream: where to show it; standard error when not given.
        clock: tells seconds.

    Yields:
        a function that tells of done steps.
    """
    stream = sys.stderr if stream is None else stream
    if quiet or stream is None:
        yield _silent
    elif stream.isatty():
        with _bar(stream) as bar:
            meter = _Bar(bar, bar.add_task(label, total=total), clock)
            yield meter.advance
            meter.flush()
    else:
        lines = _Lines(label, total, stream, clock)
        yield lines.advance
        lines.end()


def _silent(done: int = 1, label: str | None = None) -> None:
    return


def _bar(stream: TextIO) -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(file=stream), transient=True)


class _Bar:
    """Gathers small steps, so that a bar is drawn a few times a second."""

    def __init__(self, bar: Progress, task: TaskID, clock: Callable[[], float]) -> None:
        self.bar, self.task, self.clock = bar, task, clock
        self.waiting, self.last = 0, clock()

    def advance(self, done: int = 1, label: str | None = None) -> None:
        self.waiting += done
        if label is not None:
            self.bar.update(self.task, description=label)
        if self.clock() - self.last >= DELAY:
            self.flush()

    def flush(self) -> None:
        self.bar.advance(self.task, self.waiting)
        self.waiting, self.last = 0, self.clock()


class _Lines:
    """Plain lines: `simulating: 1,200 of 5,000`, and one at the end if there was any."""

    def __init__(self, label: str, total: int | None, stream: TextIO, clock: Callable[[], float]) -> None:
        self.label, self.total, self.stream, self.clock = label, total, stream, clock
        self.done, self.last, self.printed = 0, clock(), -1

    def advance(self, done: int = 1, label: str | None = None) -> None:
        self.done += done
        self.label = label or self.label
        now = self.clock()
        if now - self.last >= EVERY:
            self.last = now
            self.print()

    def end(self) -> None:
        if 0 <= self.printed < self.done:
            self.print()

    def print(self) -> None:
        of = f" of {self.total:,}" if self.total is not None else ""
        self.stream.write(f"{self.label}: {self.done:,}{of}\n")
        self.stream.flush()
        self.printed = self.done
