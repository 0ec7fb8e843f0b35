"""`wend ready PROJECT`: the checklist before a project goes live."""

import datetime as dt
import os
from pathlib import Path

import attrs
import click

from wend.cli.clock import now
from wend.cli.dates import instant, time
from wend.cli.output import format_option, print_json
from wend.data.population import with_data_names
from wend.dsl.words import count_of
from wend.live.readiness import Point, State, checklist
from wend.project.workspace import open_workspace


@click.command(name="ready")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--at", type=time, metavar="TIME", help="When it would start, as 2026-01-31T10:00; now, if not told.")
@format_option()
def command(path: Path, at: dt.datetime | None, form: str) -> int:
    """Go through the checklist before a project goes live: scripts, tests, channels, data, and what goes out at once.

    Nothing is sent and nothing is kept. Channels are asked whether they answer. Exit code 1 where something is open.
    """
    workspace = with_data_names(open_workspace(path))
    moment = now() if at is None else instant(at, workspace.project.zone)
    points = checklist(workspace, os.environ, moment)
    if form == "json":
        print_json({"ready": not _open(points), "points": [attrs.asdict(point) for point in points]})
    else:
        click.echo("\n".join(_lines(points)))
    return 1 if _open(points) else 0


def _open(points: list[Point]) -> int:
    return sum(point.state is State.OPEN for point in points)


def _lines(points: list[Point]) -> list[str]:
    """A line for each point, what to do below it, and how many are open."""
    width = max(len(point.about) for point in points)
    lines = []
    for point in points:
        lines.append(f"{point.state:<5} {point.about:<{width}}  {point.found}")
        if point.help and point.state is not State.OK:
            lines.append(f"{'':<5} {'':<{width}}  {point.help}")
    looks = sum(point.state is State.LOOK for point in points)
    if open_points := _open(points):
        return [*lines, f"not ready: {count_of(open_points, 'point is', 'points are')} open"]
    return [*lines, "ready" + (f"; {count_of(looks, 'point deserves', 'points deserve')} a look" if looks else "")]
