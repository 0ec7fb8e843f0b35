"""`wend check PATH`: what is wrong with scripts and templates."""

import json
from pathlib import Path

import click

from wend.cli.show import count_of, show_diagnostics
from wend.dsl.diagnostics import Diagnostic, Severity
from wend.workspace import open_workspace


@click.command(name="check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@click.option("--quiet", "-q", is_flag=True, help="Only errors, and nothing when all is well.")
def command(path: Path, form: str, quiet: bool) -> int:
    """Say what is wrong with a project or script, its templates included.

    Exit code 1 where there is an error; warnings do not count.
    """
    workspace = open_workspace(path)
    found = [d for d in workspace.diagnostics if not quiet or d.severity is Severity.ERROR]
    if form == "json":
        click.echo(json.dumps([as_json(d) for d in found], indent=2, ensure_ascii=False))
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


def as_json(diagnostic: Diagnostic) -> dict[str, object]:
    """A diagnostic for other programs; lines and columns are counted from 1."""
    line, column = diagnostic.source.line_col(diagnostic.span.start)
    end_line, end_column = diagnostic.source.line_col(diagnostic.span.end)
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "file": diagnostic.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
