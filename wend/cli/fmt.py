"""`wend fmt PATH`: the one way to lay out a script."""

import os
import tempfile
from pathlib import Path

import click

from wend.cli.output import format_option, print_json
from wend.collector import collecting_seldom
from wend.dsl.formatter import format_source
from wend.dsl.words import count_of
from wend.project.project import load_project
from wend.project.uses import project_sources


@click.command(name="fmt")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit code 1 where something would change.")
@format_option()
def command(path: Path, only_check: bool, form: str) -> int:
    """Lay out the scripts of a project, or one script and those that it uses.

    Comments stay; where a script has errors nothing is changed.
    """
    changed = []
    sources = project_sources(load_project(path)).sources
    with collecting_seldom():
        texts = [(Path(source.name), source.text, format_source(source)) for source in sources]
    for script, before, after in texts:
        if after != before:
            changed.append(script)
            if not only_check:
                replace(script, after)
    if form == "json":
        print_json({"scripts": len(sources), "changed": [str(script) for script in changed], "written": not only_check})
        return 1 if changed and only_check else 0
    for script in changed:
        click.echo(f"{'would change' if only_check else 'changed'} {script}")
    if not changed:
        click.echo(f"{count_of(len(sources), 'script')} in order")
    return 1 if changed and only_check else 0


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file's, wholly or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
