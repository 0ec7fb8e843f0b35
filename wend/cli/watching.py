"""Doing something again whenever scripts, templates or settings of a project change, until somebody ends it."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from wend.cli.show import show_error
from wend.dsl.diagnostics import WendError
from wend.project.project import CONFIG, SCRIPT, load_project

QUIET = 100
"""Milliseconds without a change after which those before it count as one."""
TURN = 300
"""Milliseconds after which the watcher is asked again, so that the first run begins once it watches."""
REFUSED = 1


def watching(path: Path, run: Callable[[], int]) -> int:
    """Run, and run again after each change, until it is interrupted; gives the exit code of the last run.

    What a run refuses is told, and watching goes on.

    Raises:
        WendError: there is no such project or script, or the package that watches is not there.
    """
    try:
        from watchfiles import Change, watch
    except ImportError:
        help = "install it with `pip install 'wend[watch]'`"
        raise WendError("--watch needs the package `watchfiles`", help) from None
    if not path.exists():
        load_project(path)  # says what is wrong
    root = (path if path.is_dir() else path.parent).resolve()

    def counts(_: Change, name: str) -> bool:
        return is_source(Path(name), root)

    code, begun = 0, False
    try:
        for changes in watch(
            root, watch_filter=counts, debounce=QUIET, step=QUIET // 2, rust_timeout=TURN, yield_on_timeout=True
        ):
            if begun and not changes:
                continue
            if begun:
                _separate(sorted({Path(name).relative_to(root) for _, name in changes}))
            code = _told(run)
            if not begun:
                click.echo(f"watching {path}; Ctrl-C ends", err=True)
            begun = True
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    return code


def is_source(path: Path, root: Path) -> bool:
    """Whether a file is one that tests depend on: a script, a template, `wend.toml`; data and mails are none."""
    inside = path.relative_to(root).parts if path.is_relative_to(root) else ()
    if any(part.startswith(".") for part in inside):
        return False  # what editors keep beside a file, and `wend fmt` until it is whole
    return path.suffix == SCRIPT or inside == (CONFIG,) or inside[:1] == ("templates",)


def _separate(changed: Iterable[Path]) -> None:
    """A clear screen in a terminal, an empty line elsewhere; then what changed."""
    click.clear()
    click.echo(f"\nchanged: {', '.join(str(each) for each in changed)}")


def _told(run: Callable[[], int]) -> int:
    try:
        return run()
    except WendError as error:
        show_error(error)
        return REFUSED
