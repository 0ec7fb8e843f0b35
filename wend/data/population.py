"""The contacts and events that a command works on: the project's own files, or those that somebody names."""

from collections.abc import Sequence
from pathlib import Path

from attrs import evolve, frozen

from wend.collector import collecting_seldom
from wend.dsl.diagnostics import WendError
from wend.dsl.program import Program
from wend.project.project import Project
from wend.project.workspace import Workspace, contact_types, event_types, open_workspace, with_fields
from wend.runtime.sources import ContactRecord, EventRecord, Tally


@frozen
class Population:
    """Contacts and events, as read.

    Args:
        made_up: there was no file of contacts: they are those that the events name, with made-up addresses.
    """

    contacts: Sequence[ContactRecord]
    events: Sequence[EventRecord]
    tally: Tally
    made_up: bool = False

    def fields(self) -> frozenset[str]:
        """The fields that any contact has."""
        return frozenset(name for record in self.contacts for name in record.fields)


def with_data_names(workspace: Workspace) -> Workspace:
    """The workspace; where no contact is declared, its names checked against the data. Raises WendError."""
    program, source = workspace.program, workspace.project.contacts
    if program is None or program.schema.contact is not None or source is None:
        return workspace
    people = source.load(workspace.project.zone)
    return with_fields(workspace, frozenset(name for person in people for name in person.fields))


@collecting_seldom()
def load_population(
    project: Project, program: Program, contacts: Path | None = None, events: Sequence[Path] = ()
) -> Population:
    """Read contacts and events with the program's declarations.

    Args:
        contacts, events: files in the place of the project's own.

    Raises:
        WendError: there are neither, or something in them is wrong.
    """
    source = project.contact_source(contacts) if contacts is not None else project.contacts
    sources = [project.event_source(path) for path in events] if events else list(project.events)
    if source is None and not sources:
        raise WendError(
            "there are no contacts to play it over", "name files with --contacts and --events", str(project.root)
        )
    tally = Tally()
    people = None if source is None else source.load(project.zone, contact_types(program))
    known = None if people is None else {record.id for record in people}
    happened = [
        record
        for each in sources
        for record in each.load(project.zone, event_types(program), contacts=known, tally=tally)
    ]
    if people is not None:
        return Population(people, happened, tally)
    ids = dict.fromkeys(record.contact for record in happened)
    return Population([_made_up(name) for name in ids], happened, tally, made_up=True)


def _made_up(name: str) -> ContactRecord:
    return ContactRecord(name, {"email": f"{name}@contact.invalid", "phone": name}, "")


def open_with_data(
    path: Path, contacts: Path | None = None, events: Sequence[Path] = (), zone: str | None = None
) -> tuple[Workspace, Population]:
    """A workspace and its population; where no contact is declared, names are checked against the data.

    Raises:
        ProgramError: the program has errors, with or without the data.
        WendError: a file is missing or wrong.
    """
    from wend.runtime.calendar import zone as zone_named

    workspace = open_workspace(path)
    if zone is not None:
        workspace = evolve(workspace, project=evolve(workspace.project, zone=zone_named(zone), zone_told=True))
    program = workspace.sound()
    population = load_population(workspace.project, program, contacts, events)
    if program.schema.contact is None and not population.made_up:
        workspace = with_fields(workspace, population.fields())
        workspace.sound()
    return workspace, population
