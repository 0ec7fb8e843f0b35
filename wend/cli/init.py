"""`wend init DIR`: a small project that runs."""

from pathlib import Path

import click

from wend.cli.output import format_option, print_json
from wend.project.init import init_project


@click.command(name="init")
@click.argument("folder", type=click.Path(path_type=Path))
@format_option()
def command(folder: Path, form: str) -> None:
    """Write a small win-back project into an empty or new folder."""
    written = init_project(folder)
    following = f"wend simulate {folder} --from 2025-01-01 --to 2025-12-31"
    if form == "json":
        print_json({"written": [str(path) for path in written], "next": following})
        return
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"next: {following}")
