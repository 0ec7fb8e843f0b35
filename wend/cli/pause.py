"""`wend pause JOURNEY [PROJECT]`: switch a journey off by hand."""

import datetime as dt
from pathlib import Path

import click

from wend.cli.dates import time
from wend.cli.output import format_option, print_json
from wend.cli.switch import switch


@click.command(name="pause")
@click.argument("journey")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--at", type=time, metavar="TIME", help="What time it is, as 2026-01-31T10:00.")
@format_option()
def command(journey: str, path: Path, at: dt.datetime | None, form: str) -> None:
    """Switch a journey off: nobody enters and nothing fires, until `wend resume`.

    It is kept in the store of the project (the folder, unless it is the present one), and counts from the next tick on.
    A `wend run` that is running on it is asked, and does it at its next round, in a second or so.
    """
    switched = switch(path, journey, at, off=True)
    if form == "json":
        print_json(switched.as_json())
    else:
        click.echo(switched.as_text())
