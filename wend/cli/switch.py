"""Switching a journey of a project off and on by hand."""

import datetime as dt
from pathlib import Path

from attrs import asdict, frozen

from wend.cli.dates import instant
from wend.dsl.diagnostics import WendError
from wend.runtime.engine import Engine
from wend.runtime.store.sqlite import open_sqlite
from wend.workspace import open_workspace


@frozen
class Switched:
    """What became of a journey: whether it is paused now, and whether that is new."""

    journey: str
    paused: bool
    changed: bool
    at: dt.datetime

    def as_text(self) -> str:
        """For a person."""
        if not self.changed:
            return f"{self.journey} is {'paused already' if self.paused else 'not paused'}"
        return f"{self.journey} is paused" if self.paused else f"{self.journey} goes on"

    def as_json(self) -> dict[str, object]:
        """For other programs; the time is UTC."""
        return {**asdict(self), "at": self.at.isoformat()}


def switch(path: Path, journey: str, at: dt.datetime | None, off: bool) -> Switched:
    """Pause or resume a journey in a project's store.

    Args:
        at: what time it is, in the zone of the project where it says none; None for now.

    Raises:
        WendError: there is no such journey or store, or another process is using the store.
    """
    workspace = open_workspace(path)
    store_path = workspace.project.store.sqlite
    if store_path is None or not store_path.is_file():
        raise WendError("nothing runs here yet, so there is nothing to switch", "`wend run` begins it", str(path))
    now = dt.datetime.now(dt.UTC) if at is None else instant(at, workspace.project.zone)
    with open_sqlite(store_path) as store:
        engine = Engine(workspace.rules(), store, workspace.templates, zone=workspace.project.zone.name)
        changed = engine.pause(journey, now) if off else engine.resume(journey, now)
    return Switched(journey, off, changed, now)
