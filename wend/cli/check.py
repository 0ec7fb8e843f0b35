"""`wend check PATH`: what is wrong with scripts and templates."""

import datetime as dt
from pathlib import Path

import click
from attrs import evolve

from wend.cli.clock import now
from wend.cli.output import format_option, print_json
from wend.cli.reports import as_github, as_json, as_sarif
from wend.cli.show import show_diagnostics
from wend.collector import collecting_seldom
from wend.dsl.bounds.tell import as_data, table
from wend.dsl.diagnostics import Severity, WendError, in_order
from wend.dsl.words import count_of
from wend.project.workspace import Workspace, open_workspace

FORMATS = {"github": as_github, "sarif": as_sarif}


@click.command(name="check")
@click.argument("path", type=click.Path(path_type=Path))
@format_option("github", "sarif")
@click.option(
    "--data",
    is_flag=True,
    help="Also what the project's data show: conditions that nobody decides, quotas that run out.",
)
@click.option("--messages", is_flag=True, help="Also how many messages one contact can get at most.")
@click.option("--quiet", "-q", is_flag=True, help="Only errors, and nothing when all is well.")
def command(path: Path, form: str, data: bool, messages: bool, quiet: bool) -> int:
    """Say what is wrong with a project or script, its templates included.

    Exit code 1 where there is an error; warnings do not count.
    """
    if messages and form in FORMATS:
        raise click.UsageError(f"`--messages` is a table, and `--format {form}` is for reports alone: leave one out")
    with collecting_seldom():
        workspace = open_workspace(path)
    if data:
        workspace = with_data(workspace, path, now())
    found = [d for d in workspace.diagnostics if not quiet or d.severity is Severity.ERROR]
    if form == "json":
        sound = workspace.program if messages and not workspace.errors else None
        print_json(
            {"reports": as_json(found), "messages": as_data(sound) if sound else None} if messages else as_json(found)
        )
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
        if workspace.program is not None and not errors and messages:
            click.echo("\n".join(["", *table(workspace.program)]))
    return 1 if workspace.errors or workspace.program is None else 0


def with_data(workspace: Workspace, path: Path, at: dt.datetime) -> Workspace:
    """The workspace with what is to be said about its rules and its data.

    Args:
        at: with a time zone; events after it have not happened.

    Raises:
        WendError: there are no data, or something in them is wrong.
    """
    from wend.checks.quotas import check_quotas  # they play, and a check without data does not
    from wend.checks.undecided import undecided
    from wend.repl.opening import open_session

    if workspace.program is None or workspace.errors:
        return workspace
    session, _ = open_session(path, None, (), at)
    if session.sampled:
        raise WendError("there are no contacts to check with", "name their file in `wend.toml`", str(path))
    envs = [env for _, env in session.envs()]
    more = (*undecided(workspace.program, envs), *check_quotas(workspace.program, envs, workspace.facts()))
    return evolve(workspace, diagnostics=in_order((*workspace.diagnostics, *more), workspace.sources))
