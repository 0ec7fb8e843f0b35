"""`wend explain`: what a report means, or what happened to a contact and why."""

import datetime as dt
import re
from pathlib import Path

import click

from wend.cli.clock import now
from wend.cli.dates import day, instant, time
from wend.cli.output import format_option, print_json
from wend.data.population import open_with_data
from wend.dsl.diagnostics import WendError
from wend.project.workspace import open_workspace
from wend.reference.explanations import as_data, as_text, explanation
from wend.runtime.calendar import Zone
from wend.runtime.telling.tell import answer_as_json, place_as_json, tell, time_as_json
from wend.story import Moment, Story, simulated, stored, where

_CODE = re.compile(r"[Ww]\d{3}")


@click.command(name="explain")
@click.argument("what", metavar="CODE|CONTACT")
@click.argument("journey", required=False)
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The project, or a script, in which the contact is; the folder here if not told.",
)
@click.option("--at", type=time, metavar="TIME", help="Up to this time; now, if not told.")
@click.option("--from", "start", type=day, metavar="DATE", help="Simulate from this day on, in the place of the store.")
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts for the simulation.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
@click.option("--timezone", help="The zone of the simulation's days, in the place of the project's.")
@format_option()
def command(
    what: str,
    journey: str | None,
    project: Path,
    at: dt.datetime | None,
    start: dt.date | None,
    contacts: Path | None,
    events: tuple[Path, ...],
    timezone: str | None,
    form: str,
) -> int:
    """Say what a report means (CODE, such as W201), or tell the story of a CONTACT.

    The story is what happened to the contact and what each journey did, with the values that made it so; then what
    keeps each rule from firing now, and until when. It is read from the project's store, or simulated with --from.
    """
    if _CODE.fullmatch(what) and journey is None and start is None:
        page = explanation(what)
        if form == "json":
            print_json(as_data(page))
        else:
            click.echo(as_text(page), nl=False)
        return 0
    if start is None and (contacts is not None or events or timezone is not None):
        raise click.UsageError("--contacts, --events and --timezone belong to a simulation: name --from")
    if journey is not None and Path(journey).exists() and project == Path():
        message = f"the name of a journey is expected, and `{journey}` is a file or folder"
        raise WendError(message, f"write `--project {journey}`")
    story, zone = _story(what, journey, project, at, start, contacts, events, timezone)
    if form == "json":
        print_json(_as_json(story))
    else:
        click.echo(_as_text(story, zone))
    return 0


def _story(
    contact: str,
    journey: str | None,
    project: Path,
    at: dt.datetime | None,
    start: dt.date | None,
    contacts: Path | None,
    events: tuple[Path, ...],
    timezone: str | None,
) -> tuple[Story, Zone]:
    if start is None:
        workspace = open_workspace(project)
        zone = workspace.project.zone
        return stored(workspace, contact, now() if at is None else instant(at, zone), journey), zone
    workspace, population = open_with_data(project, contacts, events, timezone)
    zone = workspace.project.zone
    until = now() if at is None else instant(at, zone)
    if until < zone.day_start(start):
        raise WendError("the story ends before it begins", "let --at be later than --from")
    return simulated(workspace, population, contact, start, until, journey), zone


def _as_text(story: Story, zone: Zone) -> str:
    """The story for a person."""
    lines = [f"{story.contact.id} on {_time(story, zone)} {zone.name}", ""]
    lines += [_line(moment, zone) for moment in story.moments] or ["nothing happened so far"]
    if story.waiting is None:
        lines += ["", "what keeps each rule is known only for the time since the last tick"]
    elif story.waiting:
        lines += ["", "what keeps each rule now"]
        lines += [f"  {line}" for answer in story.waiting for line in tell(answer)]
    return "\n".join(lines)


def _time(story: Story, zone: Zone) -> str:
    return f"{zone.local(story.at):%Y-%m-%d %H:%M}"


def _line(moment: Moment, zone: Zone) -> str:
    name = f"{moment.journey}: " if moment.journey else ""
    at = where(moment.place)
    line = f"{zone.local(moment.at):%Y-%m-%d %H:%M}  {name}{moment.words}" + (f"  ({at})" if at else "")
    return line + (f"\n                    {moment.values}" if moment.values else "")


def _as_json(story: Story) -> dict[str, object]:
    """The story for other programs; times are UTC."""
    return {
        "contact": story.contact.id,
        "at": time_as_json(story.at),
        "moments": [
            {
                "at": time_as_json(moment.at),
                "journey": moment.journey or None,
                "kind": moment.kind,
                "what": moment.words,
                "values": moment.values or None,
                **place_as_json(moment.place),
            }
            for moment in story.moments
        ],
        "waiting": None if story.waiting is None else [answer_as_json(answer) for answer in story.waiting],
    }
