"""`wend docs PART`: the parts of the documentation that are made from declarations."""

import click

from wend.explanations import as_markdown
from wend.function_pages import functions_page


@click.group(name="docs")
def command() -> None:
    """Print a part of the documentation that is made from declarations."""


@command.command(name="diagnostics")
def diagnostics() -> None:
    """Every code that a report can have, with its page, as Markdown."""
    click.echo(as_markdown(), nl=False)


@command.command(name="functions")
def functions() -> None:
    """Every function that scripts can call, as Markdown: arguments, result, a sentence, an example."""
    click.echo(functions_page(), nl=False)
