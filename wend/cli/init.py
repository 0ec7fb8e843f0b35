"""`wend init DIR`: a small project that runs."""

from pathlib import Path

import click

from wend.init import init_project


@click.command(name="init")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write a small win-back project into an empty or new folder."""
    for path in init_project(folder):
        click.echo(f"wrote {path}")
    click.echo(f"next: wend simulate {folder} --from 2025-01-01 --to 2025-12-31")
