"""`wend check PATH`: what is wrong with scripts and templates."""

import datetime as dt
from pathlib import Path

import click
from attrs import evolve

from wend.cli.clock import now
from wend.cli.output import format_option, print_json
from wend.cli.reports import as_github, as_json, as_sarif
from wend.cli.show import count_of, show_diagnostics
from wend.dsl.diagnostics import Severity, WendError, in_order
from wend.repl.opening import open_session
from wend.undecided import undecided
from wend.workspace import Workspace, open_workspace

FORMATS = {"github": as_github, "sarif": as_sarif}


@click.command(name="check")
@click.argument("path", type=click.Path(path_type=Path))
@format_option("github", "sarif")
@click.option("--data", is_flag=True, help="Also what the contacts of the project's data never decide.")
@click.option("--quiet", "-q", is_flag=True, help="Only errors, and nothing when all is well.")
def command(path: Path, form: str, data: bool, quiet: bool) -> int:
    """Say what is wrong with a project or script, its templates included.

    Exit code 1 where there is an error; warnings do not count.
    """
    workspace = open_workspace(path)
    if data:
        workspace = with_data(workspace, path, now())
    found = [d for d in workspace.diagnostics if not quiet or d.severity is Severity.ERROR]
    if form == "json":
        print_json(as_json(found))
    elif form in FORMATS:
        click.echo(FORMATS[form](found), nl=bool(found) or form != "github")
    else:
        show_diagnostics(found)
        errors = len(workspace.errors)
        warnings = len(workspace.diagnostics) - errors
        if workspace.program is not None and not errors and not quiet:
            journeys = count_of(len(workspace.program.journeys), "journey")
            click.echo(f"{journeys}, no errors, {count_of(warnings, 'warning')}")
        elif errors:
            click.echo(f"{count_of(errors, 'error')}, {count_of(warnings, 'warning')}", err=True)
    return 1 if workspace.errors or workspace.program is None else 0


def with_data(workspace: Workspace, path: Path, at: dt.datetime) -> Workspace:
    """The workspace with what is to be said about its rules and its data.

    Args:
        at: with a time zone; events after it have not happened.

    Raises:
        WendError: there are no data, or something in them is wrong.
    """
    if workspace.program is None or workspace.errors:
        return workspace
    session, _ = open_session(path, None, (), at)
    if session.sampled:
        raise WendError("there are no contacts to check with", "name their file in `wend.toml`", str(path))
    more = undecided(workspace.program, (env for _, env in session.envs()))
    return evolve(workspace, diagnostics=in_order((*workspace.diagnostics, *more), workspace.sources))
