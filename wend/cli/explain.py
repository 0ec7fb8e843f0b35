"""`wend explain CODE`: what a report means."""

import json

import click

from wend.explanations import as_data, as_text, explanation


@click.command(name="explain")
@click.argument("code")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
def command(code: str, form: str) -> None:
    """Say what a report means: why CODE, such as W201, is reported, an example, and how it is right."""
    page = explanation(code)
    click.echo(json.dumps(as_data(page), indent=2, ensure_ascii=False) if form == "json" else as_text(page), nl=False)
