"""`wend docs PART`: the parts of the documentation that are made from declarations."""

import click

from wend.cli.output import format_option, print_json
from wend.reference.codes import CODES
from wend.reference.explanations import as_data, as_markdown, explanation
from wend.reference.functions import functions_data, functions_page


@click.group(name="docs")
def command() -> None:
    """Print a part of the documentation that is made from declarations."""


@command.command(name="diagnostics")
@format_option(default="markdown")
def diagnostics(form: str) -> None:
    """Every code that a report can have, with its page."""
    if form == "json":
        print_json([as_data(explanation(code)) for code in sorted(CODES)])
    else:
        click.echo(as_markdown(), nl=False)


@command.command(name="functions")
@format_option(default="markdown")
def functions(form: str) -> None:
    """Every function that scripts can call: arguments, result, a sentence, an example."""
    if form == "json":
        print_json(functions_data())
    else:
        click.echo(functions_page(), nl=False)
