"""`wend test PATH`: the `test` blocks of scripts."""

import json
from pathlib import Path

import click

from wend.cli.show import count_of
from wend.dsl.diagnostics import Diagnostic, render
from wend.runtime.trial import Failure, TestResult, run_test
from wend.runtime.values import Instant
from wend.workspace import Workspace, open_workspace


@click.command(name="test")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--only", metavar="TEXT", help="Only tests whose name contains this.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@click.option("--quiet", "-q", is_flag=True, help="Only what failed.")
def command(path: Path, only: str | None, form: str, quiet: bool) -> int:
    """Run the `test` blocks of a project or script. Exit code 1 where one fails."""
    workspace = open_workspace(path)
    results = run_tests(workspace, only or "")
    failed = [result for result in results if not result.passed]
    if form == "json":
        click.echo(json.dumps([as_json(result) for result in results], indent=2, ensure_ascii=False))
    else:
        for result in results:
            if not result.passed:
                click.echo(as_text(result))
            elif not quiet:
                click.echo(f"passed  {result.test.name}")
        if not results:
            click.echo("there are no tests" + (f" whose name contains `{only}`" if only else ""), err=True)
        elif not quiet or failed:
            click.echo(f"{count_of(len(results) - len(failed), 'test')} passed, {len(failed)} failed")
    return 1 if failed or (only and not results) else 0


def run_tests(workspace: Workspace, only: str = "") -> list[TestResult]:
    """Run the tests whose name contains `only`. Raises ProgramError where the program has errors."""
    rules = workspace.rules()
    facts = workspace.facts()
    return [run_test(rules, test, facts) for test in rules.program.tests if only in test.name]


def as_text(result: TestResult) -> str:
    """A failed test: each line that was not met, and what happened."""
    lines = [f"FAILED  {result.test.name}"]
    for failure in result.failures:
        lines.append(render(_diagnostic(failure)))
    lines.append("  what happened:")
    lines += [f"    {_time(result, item.at)}  {item.what}" for item in result.timeline] or ["    nothing"]
    return "\n".join(lines) + "\n"


def _diagnostic(failure: Failure) -> Diagnostic:
    message = f"expected {failure.expected}, and there was: {failure.actual}"
    return Diagnostic("W601", message, failure.line.place.source, failure.line.place.span)


def _time(result: TestResult, at: Instant) -> str:
    return f"{result.zone.local(at):%Y-%m-%d %H:%M}"


def as_json(result: TestResult) -> dict[str, object]:
    """A test for other programs; times are UTC, lines are counted from 1."""
    return {
        "name": result.test.name,
        "journey": result.test.journey,
        "passed": result.passed,
        "failures": [
            {
                "line": failure.line.place.source.line_col(failure.line.place.span.start)[0],
                "file": failure.line.place.source.name,
                "expected": failure.expected,
                "actual": failure.actual,
            }
            for failure in result.failures
        ],
        "timeline": [{"at": item.at.isoformat(), "what": item.what} for item in result.timeline],
    }
