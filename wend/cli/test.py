"""`wend test PATH`: the `test` blocks of scripts."""

from pathlib import Path

import attrs
import click

from wend.cli.junit import as_junit
from wend.cli.output import format_option, print_json
from wend.cli.watching import watching
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic, Label, WendError, render
from wend.dsl.trial import ExpectSend
from wend.dsl.words import count_of
from wend.project.workspace import Workspace, open_workspace
from wend.report.coverage import as_lines, as_values, page, share
from wend.runtime.calendar import Zone
from wend.runtime.play.coverage import Collecting
from wend.runtime.play.judging import Failure
from wend.runtime.play.timelines import Row, of, wanted
from wend.runtime.play.trial import TestResult, run_test
from wend.runtime.telling.tell import answer_as_json, clauses_as_json, tell, tell_clause


@click.command(name="test")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--only", metavar="TEXT", help="Only tests whose name contains this.")
@format_option("junit")
@click.option("--coverage", is_flag=True, help="Say what the tests see of each journey.")
@click.option("--coverage-html", "html", type=click.Path(path_type=Path), help="Write it beside the source, to a file.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit code 1 below this coverage.")
@click.option("--quiet", "-q", is_flag=True, help="Only what failed.")
@click.option("--watch", is_flag=True, help="Run them again whenever something changes.")
def command(
    path: Path,
    only: str | None,
    form: str,
    coverage: bool,
    html: Path | None,
    fail_under: float | None,
    quiet: bool,
    watch: bool,
) -> int:
    """Run the `test` blocks of a project or script. Exit code 1 where one fails.

    With --watch they are run again whenever a script, a template or `wend.toml` changes, until Ctrl-C; the exit code is
    that of the last run.
    """

    def once() -> int:
        return _once(path, only, form, coverage, html, fail_under, quiet)

    if watch and form != "text":
        raise click.UsageError("--watch is for people: leave out --format")
    return watching(path, once) if watch else once()


def _once(
    path: Path,
    only: str | None,
    form: str,
    coverage: bool,
    html: Path | None,
    fail_under: float | None,
    quiet: bool,
) -> int:
    """One run; gives its exit code."""
    if html is not None:
        _ready(html)
    workspace = open_workspace(path)
    collecting = Collecting(workspace.rules()) if coverage or html or fail_under is not None else None
    results = run_tests(workspace, only or "", collecting)
    seen = None if collecting is None else collecting.coverage()
    if form == "json":
        told = [as_json(result) for result in results]
        whole = told if seen is None else {"tests": told, "coverage": as_values(seen)}
        print_json(whole)
    elif form == "junit":
        told_each = [(result, "" if result.passed else as_text(result)) for result in results]
        click.echo(as_junit(told_each, path.resolve().name))
    else:
        _show(results, only, quiet)
        if coverage and seen is not None:
            click.echo("\n".join(as_lines(seen)))
    if html is not None and seen is not None:
        html.write_text(page(seen, path.resolve().name, count_of(len(results), "test")), encoding="utf-8")
    low = seen is not None and fail_under is not None and seen.percent < fail_under
    if low and seen is not None:
        told_share = f"{share(seen.seen, seen.wanted)} of the outcomes"
        click.echo(f"error: the tests see {told_share}, less than {fail_under:g}%", err=True)
    failed = any(not result.passed for result in results)
    return 1 if failed or low or (only and not results) else 0


def _ready(page: Path) -> None:
    """See that a page can be written before anything is run. Raises WendError."""
    if page.is_dir():
        raise WendError("the page is one file, and there is a folder of this name", "name a file", str(page))
    if not page.parent.is_dir():
        raise WendError("there is no such folder for the page", "make it first", str(page.parent))


def _show(results: list[TestResult], only: str | None, quiet: bool) -> None:
    """The results for a person."""
    failed = sum(not result.passed for result in results)
    for result in results:
        if not result.passed:
            click.echo(as_text(result))
        elif not quiet:
            click.echo(f"passed  {result.test.name}")
    if not results:
        click.echo("there are no tests" + (f" whose name contains `{only}`" if only else ""), err=True)
    elif not quiet or failed:
        click.echo(f"{count_of(len(results) - failed, 'test')} passed, {failed} failed")


def run_tests(workspace: Workspace, only: str = "", collecting: Collecting | None = None) -> list[TestResult]:
    """Run the tests whose name contains `only`. Raises ProgramError where the program has errors.

    Args:
        collecting: notes what the tests see.
    """
    rules = workspace.rules()
    facts = workspace.facts()
    return [run_test(rules, test, facts, collecting) for test in rules.program.tests if only in test.name]


def as_text(result: TestResult) -> str:
    """A failed test: each line that was not met and what kept its message, then both time lines side by side."""
    lines = [f"FAILED  {result.test.name}"]
    for failure in result.failures:
        lines.append(render(_diagnostic(failure, result.test.row)))
        lines += [f"  {line}" for line in _cause(failure, result.zone)]
    lines += ["", *_beside(result.rows)]
    return "\n".join(lines) + "\n"


def _cause(failure: Failure, zone: Zone) -> list[str]:
    """What kept a message that is missing, or a condition from holding, in a few lines; none where there is neither."""
    if failure.clauses:
        return [line for clause in failure.clauses for line in tell_clause(clause, zone)]
    if failure.missed is None or not isinstance(failure.line, ExpectSend):
        return []
    message = wanted(failure.line)
    if not failure.missed:
        return [f"why: no step of the journey sends {message}"]
    return [f"why there was no {message} then:", *[f"  {line}" for each in failure.missed for line in tell(each)]]


def _beside(rows: tuple[Row, ...]) -> list[str]:
    """Two columns under a heading; a row that does not agree begins with `!`."""
    heading = Row("", "expected", "what happened")
    times, expected = (max(len(getattr(row, name)) for row in (heading, *rows)) for name in ("time", "expected"))
    return [
        f"{' ' if row.met else '!'} {row.time:<{times}}  {row.expected:<{expected}}  {row.actual}".rstrip()
        for row in (heading, *rows)
    ]


def _diagnostic(failure: Failure, row: Place | None) -> Diagnostic:
    message = f"expected {failure.expected}, and there was: {failure.actual}"
    labels = () if row is None else (Label(row.source, row.span, "with this row"),)
    return Diagnostic("W601", message, failure.line.place.source, failure.line.place.span, labels=labels)


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
                "contact": failure.who,
                "clauses": clauses_as_json(failure.clauses, result.zone),
                "whynot": None if failure.missed is None else [answer_as_json(each) for each in failure.missed],
            }
            for failure in result.failures
        ],
        "timeline": [{"at": item.at.isoformat(), "what": of(item.who, item.what)} for item in result.timeline],
        "rows": [attrs.asdict(row) for row in result.rows],
    }
