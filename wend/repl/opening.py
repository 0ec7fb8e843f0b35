"""Beginning a session: with a project, a script or nothing, on its own data or on made-up contacts."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve

from wend.data.population import load_population
from wend.dsl.diagnostics import ProgramError
from wend.dsl.program import Program
from wend.project.project import Project, load_project
from wend.project.workspace import build
from wend.repl.answer import Answer, refuse
from wend.repl.scripts import Scripts
from wend.repl.session import Session, minute
from wend.runtime.calendar import zone
from wend.runtime.effects import Facts


def open_session(
    path: Path | None, contacts: Path | None, events: Sequence[Path], at: dt.datetime
) -> tuple[Session, Answer]:
    """A session, and what is to be said about its beginning.

    Args:
        path: a project or a script; None: neither.
        contacts, events: files in the place of the project's own data.
        at: its clock; without an offset local in the project's zone.

    Returns:
        the session; where the scripts have errors these are the answer, and the session goes by no script until
        `:reload` finds them mended.

    Raises:
        WendError: a file is missing, or something in the data or in `wend.toml` is wrong.
    """
    project = Project(root=Path(), name="", zone=zone("UTC")) if path is None else load_project(path)
    scripts = Scripts() if path is None else Scripts().with_files(project.scripts())
    broken: ProgramError | None = None
    try:
        program, _ = scripts.build(None)
    except ProgramError as error:
        broken, program = error, _nothing()
    if program.settings.zone is not None and not project.zone_told:
        project = evolve(project, zone=zone(program.settings.zone))
    told = contacts is not None or bool(events) or project.contacts is not None or bool(project.events)
    local = zone(program.settings.zone) if program.settings.zone is not None else project.zone
    now = minute(local.at(at.date(), at.time()) if at.tzinfo is None else at)
    session = Session(facts=Facts(zone=project.zone.name, addresses=project.addresses), now=now, sampled=not told)
    if told:
        population = load_population(project, program, contacts, events)
        session.people, session.events = tuple(population.contacts), tuple(population.events)
        if program.schema.contact is None and not population.made_up and broken is None:
            session.data_fields = population.fields()
    if broken is not None:
        session.scripts = scripts
        session.begin()
        return session, refuse(broken)
    try:
        session.follow(scripts)
    except ProgramError as error:  # names that the data does not have
        session.scripts = scripts
        session.begin()
        return session, refuse(error)
    return session, Answer()


def _nothing() -> Program:
    program, _ = build(())
    assert program is not None, "no script has no mistakes"
    return program
