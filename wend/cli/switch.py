"""Switching a journey of a project off and on by hand."""

import datetime as dt
from contextlib import suppress
from pathlib import Path

import click

from wend.cli.dates import instant, time
from wend.cli.output import format_option, print_json
from wend.dsl.diagnostics import WendError
from wend.live.requests import Switched, ask, carry_out
from wend.project.workspace import Workspace, open_workspace
from wend.runtime.engine.engine import Engine
from wend.runtime.store.errors import StoreInUseError
from wend.runtime.store.sqlite import open_sqlite

KEPT = """It is kept in the store of the project (the folder, unless it is the present one), and counts from the next
tick on. A `wend run` that is running on it is asked, and does it at its next round, in a second or so."""

WAIT = 60.0
"""Seconds after which a running `wend run` is no longer waited for."""


def switching(name: str, off: bool, text: str) -> click.Command:
    """The command that switches a journey off, or on again.

    Args:
        text: what it does, in a sentence.
    """

    @click.command(name=name, help=f"{text}\n\n{KEPT}")
    @click.argument("journey")
    @click.argument("path", type=click.Path(path_type=Path), default=".")
    @click.option("--at", type=time, metavar="TIME", help="What time it is, as 2026-01-31T10:00.")
    @format_option()
    def command(journey: str, path: Path, at: dt.datetime | None, form: str) -> None:
        switched = switch(path, journey, at, off)
        if form == "json":
            print_json(switched.as_json())
        else:
            click.echo(switched.as_text())

    return command


def switch(path: Path, journey: str, at: dt.datetime | None, off: bool, seconds: float = WAIT) -> Switched:
    """Pause or resume a journey in a project's store. Where a `wend run` has the store, that is asked to do it.

    Args:
        at: what time it is, in the zone of the project where it says none; None for now.
        seconds: how long to wait for the `wend run`.

    Raises:
        WendError: there is no such journey or store, or the `wend run` has not done it in time.
    """
    workspace = open_workspace(path)
    store = workspace.project.store.sqlite
    if store is None or not store.is_file():
        raise WendError("nothing runs here yet, so there is nothing to switch", "`wend run` begins it", str(path))
    now = dt.datetime.now(dt.UTC) if at is None else instant(at, workspace.project.zone)
    try:
        return _switch(workspace, store, journey, now, off)
    except StoreInUseError as error:
        if at is not None:
            help = "leave `--at` out: the `wend run` that is running does it now"
            raise StoreInUseError(error.message, help, error.place) from None

    def take() -> None:
        with suppress(StoreInUseError):
            _take(workspace, store)

    kind = "paused" if off else "resumed"
    answer = ask(store, kind, journey, now, seconds, take)
    if answer is None:
        raise WendError(
            f"the running `wend run` has not taken this up within {seconds:g} seconds",
            "it stays asked for, and is done at its next round",
            str(store),
        )
    done = Switched.from_json(answer)
    if done.error is not None:
        raise WendError(*done.error)
    return done


def _take(workspace: Workspace, store_path: Path) -> None:
    """Carry out what is asked for. Raises StoreInUseError where another process has the store."""
    with open_sqlite(store_path) as store:
        engine = Engine(workspace.rules(), store, workspace.templates, zone=workspace.project.zone.name)
        carry_out(engine, dt.datetime.now(dt.UTC))


def _switch(workspace: Workspace, store_path: Path, journey: str, now: dt.datetime, off: bool) -> Switched:
    """Do it oneself, after what is asked for already. Raises StoreInUseError where another process has the store."""
    with open_sqlite(store_path) as store:
        engine = Engine(workspace.rules(), store, workspace.templates, zone=workspace.project.zone.name)
        carry_out(engine, now)
        changed = engine.pause(journey, now) if off else engine.resume(journey, now)
    return Switched(journey, off, changed, now)
