"""`wend declare`: declarations from sample data."""

from pathlib import Path

import click

from wend.project import Project, load_project
from wend.runtime.calendar import zone
from wend.sample_schema import declare


@click.command(name="declare")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts: CSV, NDJSON or Parquet.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
def command(path: Path | None, contacts: Path | None, events: tuple[Path, ...]) -> None:
    """Write the `contact` and `event` declarations that fit sample data.

    The data is that of the project at PATH, or of the files named.
    """
    if path is None and contacts is None and not events:
        raise click.UsageError("name a project, or files with --contacts and --events")
    project = load_project(path) if path is not None else Project(root=Path(), name="", zone=zone("UTC"))
    source = project.contact_source(contacts) if contacts is not None else project.contacts
    people = None if source is None else source.load(project.zone)
    sources = [project.event_source(file) for file in events] if events else project.events
    happened = [event for each in sources for event in each.load(project.zone)]
    click.echo(declare(people, happened or None), nl=False)
