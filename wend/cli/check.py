"""`wend check PATH`: what is wrong with scripts and templates."""

from pathlib import Path

import click

from wend.cli.reports import as_github, as_json, as_sarif
from wend.cli.show import count_of, show_diagnostics
from wend.dsl.diagnostics import Severity
from wend.workspace import open_workspace

FORMATS = {"json": as_json, "github": as_github, "sarif": as_sarif}


@click.command(name="check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", *FORMATS]), default="text", help="How to print.")
@click.option("--quiet", "-q", is_flag=True, help="Only errors, and nothing when all is well.")
def command(path: Path, form: str, quiet: bool) -> int:
    """Say what is wrong with a project or script, its templates included.

    Exit code 1 where there is an error; warnings do not count.
    """
    workspace = open_workspace(path)
    found = [d for d in workspace.diagnostics if not quiet or d.severity is Severity.ERROR]
    if form in FORMATS:
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
