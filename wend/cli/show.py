"""How the command line says what went wrong."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs
import click

from wend.dsl.diagnostics import Diagnostic, ProgramError, Severity, WendError, render
from wend.dsl.words import count_of

if TYPE_CHECKING:  # every command shows failures, few a delivery
    from wend.runtime.conversions import Conversions
    from wend.runtime.delivery.delivery import Problem


def show_error(error: WendError) -> None:
    """A failure on standard error: with the diagnostics where it is about a script."""
    if isinstance(error, ProgramError):
        show_diagnostics(d for d in error.diagnostics if d.severity is Severity.ERROR)
        return
    click.echo(f"error: {error.message}", err=True)
    if error.place:
        click.echo(f"  --> {error.place}", err=True)
    if error.help:
        click.echo(f"  help: {error.help}", err=True)


def show_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Diagnostics on standard error, with an empty line after each."""
    for diagnostic in diagnostics:
        click.echo(render(diagnostic) + "\n", err=True)


def show_problem(problem: "Problem") -> None:
    """What went wrong on a channel, on standard error."""
    click.echo(f"{problem.channel}: {problem.message}" + (f" ({problem.help})" if problem.help else ""), err=True)


def problem_json(problem: "Problem") -> dict[str, object]:
    """The same for other programs."""
    return {"channel": problem.channel, "count": problem.count, "message": problem.message, "help": problem.help}


def goal_lines(goals: Mapping[str, "Conversions"]) -> list[str]:
    """A line for each journey with a goal: who converted, and who of the hold-out did."""
    lines = []
    for journey, each in goals.items():
        line = f"  {journey}: {each.converted:,} of {count_of(each.runs, 'run')} converted"
        line += _share(each.converted, each.runs)
        if each.held_out_runs or each.held_out_converted:
            share = _share(each.held_out_converted, each.held_out_runs)
            line += f"; hold-out: {each.held_out_converted:,} of {each.held_out_runs:,}{share}"
        lines.append(line)
    return lines


def _share(part: int, whole: int) -> str:
    return f" ({100 * part / whole:.1f}%)" if part <= whole and whole else ""


def goals_json(goals: Mapping[str, "Conversions"]) -> dict[str, dict[str, int]]:
    """Conversions for other programs, by journey."""
    return {journey: attrs.asdict(each) for journey, each in goals.items()}


def show_warnings(diagnostics: Iterable[Diagnostic], path: str, quiet: bool) -> None:
    """That there are warnings, and how to see them: for commands that are about something else."""
    warnings = sum(d.severity is Severity.WARNING for d in diagnostics)
    if warnings and not quiet:
        click.echo(
            f"{count_of(warnings, 'warning')}; `wend check {path}` shows {'it' if warnings == 1 else 'them'}", err=True
        )
