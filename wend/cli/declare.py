"""`wend declare`: declarations from sample data."""

from collections.abc import Mapping
from pathlib import Path

import click

from wend.cli.output import format_option, print_json
from wend.data.schema import declare
from wend.dsl.program import Schema
from wend.dsl.source import Source
from wend.dsl.types import Type
from wend.project.project import Project, load_project
from wend.project.workspace import build
from wend.runtime.calendar import zone


@click.command(name="declare")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts: CSV, NDJSON or Parquet.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
@format_option()
def command(path: Path | None, contacts: Path | None, events: tuple[Path, ...], form: str) -> None:
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
    text = declare(people, happened or None)
    if form == "json":
        print_json(_as_json(text))
    else:
        click.echo(text, nl=False)


def _as_json(text: str) -> dict[str, object]:
    """Declarations for other programs: as text, and the type of each field; what cannot be declared is in the text."""
    program, _ = build([Source("declarations", text)])
    schema = Schema() if program is None else program.schema
    contact = schema.contact

    def told(fields: Mapping[str, Type]) -> dict[str, str]:
        return {name: str(kind) for name, kind in fields.items()}

    return {
        "text": text,
        "contact": None if contact is None else told(contact),
        "events": {name: told(fields) for name, fields in schema.events.items()},
    }
