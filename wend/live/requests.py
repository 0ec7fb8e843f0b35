"""Requests to switch journeys off and on: carried out by whoever holds the store, asked by who does not."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from wend.dsl.diagnostics import WendError
from wend.runtime.engine import pausing
from wend.runtime.engine.engine import Engine
from wend.runtime.store.errors import StoreError
from wend.runtime.store.requests import Answer, Request
from wend.runtime.store.sqlite import SqliteStore, asking_sqlite
from wend.runtime.values import Instant

_LOOK, _MORE = 0.2, 10.0  # seconds

T = TypeVar("T")


@frozen
class Switched:
    """What became of a journey: whether it is paused now, and whether that is new.

    Attributes:
        error: why it could not be done, and what to write instead.
    """

    journey: str
    paused: bool
    changed: bool
    at: dt.datetime
    error: tuple[str, str | None] | None = None

    def as_text(self) -> str:
        """For a person."""
        if self.error is not None:
            return self.error[0]
        if not self.changed:
            return f"{self.journey} is {'paused already' if self.paused else 'not paused'}"
        return f"{self.journey} is paused" if self.paused else f"{self.journey} goes on"

    def as_json(self) -> dict[str, object]:
        """For other programs; the time is UTC."""
        made = {"journey": self.journey, "paused": self.paused, "changed": self.changed, "at": self.at.isoformat()}
        return made if self.error is None else {**made, "error": self.error[0], "help": self.error[1]}

    @classmethod
    def from_json(cls, answer: Answer) -> "Switched":
        """What `as_json` made."""
        help = answer.get("help")
        error = (str(answer["error"]), None if help is None else str(help)) if "error" in answer else None
        at = dt.datetime.fromisoformat(str(answer["at"]))
        return cls(str(answer["journey"]), bool(answer["paused"]), bool(answer["changed"]), at, error)


def carry_out(engine: Engine, now: Instant) -> tuple[Switched, ...]:
    """Do what other processes have asked of the one that holds the store, in that order."""
    store = engine.store
    if not isinstance(store, SqliteStore):
        return ()
    return tuple([_carry_out(store, each, now) for each in store.requests.waiting()])


def _carry_out(store: SqliteStore, request: Request, now: Instant) -> Switched:
    paused = request.kind == "paused"
    try:
        with store.transaction():
            changed = pausing.switch(store, request.journey, now, request.kind)
            done = Switched(request.journey, paused, changed, now)
            store.requests.settle(request.id, done.as_json())
    except WendError as error:
        done = Switched(request.journey, paused, False, now, (error.message, error.help))
        store.requests.settle(request.id, done.as_json())
    return done


def ask(path: Path, kind: str, journey: str, now: Instant, seconds: float, take: Callable[[], object]) -> Answer | None:
    """Ask the process that runs on a store for something, and wait until it is done; None where it is not by then.

    Args:
        kind: `paused` or `resumed`.
        seconds: how long to wait.
        take: tries to have the store and to carry out what is asked, in case that process has ended.
    """
    end = time.monotonic() + seconds
    with asking_sqlite(path) as (asked, told):
        id = _patiently(lambda: asked.ask(kind, journey, now), end)
        while (answer := told.answer(id)) is None and time.monotonic() < end:
            time.sleep(_LOOK)
            take()
        if answer is not None:
            _patiently(lambda: asked.forget(id), end + _MORE)
    return answer


def _patiently(do: Callable[[], T], end: float) -> T:
    """Do something to a file into which another process may be writing for long."""
    while True:
        try:
            return do()
        except StoreError:
            if time.monotonic() >= end:
                raise
