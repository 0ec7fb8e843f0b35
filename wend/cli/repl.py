"""`wend repl`: a prompt to try scripts and expressions on contacts, under a clock of its own."""

import datetime as dt
import sys
from pathlib import Path

import click

from wend.cli.clock import now
from wend.cli.dates import time
from wend.cli.output import format_option, print_json_line
from wend.repl.answer import Answer
from wend.repl.answering import answer, inputs
from wend.repl.opening import open_session
from wend.repl.session import Session


@click.command(name="repl")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts, in the place of the project's.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
@click.option("--at", type=time, metavar="TIME", help="What time it is at the beginning; now, unless told.")
@format_option(help="How to print answers: as JSON on a line for each input.")
def command(
    path: Path | None, contacts: Path | None, events: tuple[Path, ...], at: dt.datetime | None, form: str
) -> int:
    """Try a project, a script, or single rules and expressions on contacts.

    Without data the contacts are made up. Nothing is sent. From a file or a pipe, each input is printed with its
    answer; `--format json` prints one record a line.
    """
    session, first = open_session(path, contacts, events, now() if at is None else at)
    if sys.stdin.isatty() and sys.stdout.isatty() and form == "text":
        from wend.repl.terminal import converse

        converse(session, first)
    else:
        _transcript(session, first, form)
    return 0


def _transcript(session: Session, first: Answer, form: str) -> None:
    """Answer what stands on standard input."""
    _show("", first, form)
    for text in inputs(sys.stdin):
        given = answer(session, text)
        _show(text, given, form)
        if given.leave:
            return


def _show(text: str, given: Answer, form: str) -> None:
    if form == "json":
        if text or given.lines:
            print_json_line({"input": text, "failed": given.failed, **given.data})
        return
    for number, line in enumerate(text.splitlines()):
        click.echo(f"{'.' if number else '>'} {line}".rstrip())
    for line in given.lines:
        click.echo(line)
