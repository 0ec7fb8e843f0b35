"""`python -m tests.fuzz programs` and `python -m tests.fuzz text`: what is too long for every run of the tests."""

from pathlib import Path

import click

from tests.fuzz import guided

TARGETS = ("syntax", "script", "template", "data", "config")


@click.group()
def main() -> None:
    """Hold generated programs to the laws, or any text to what reads it, for as long as you like."""


@main.command("programs")
@click.option("--until", default=100_000, show_default=True, help="how many programs in all")
@click.option("--record", type=click.Path(path_type=Path), default=None, help="where the record is kept")
def _programs(until: int, record: Path | None) -> None:
    """Go on with the long run: programs and histories under all laws."""
    from tests.fuzz import programs

    programs.run(until, record or programs.RECORD, click.echo)


@main.command("text")
@click.option("--target", type=click.Choice(TARGETS), default="script", show_default=True)
@click.option("--seconds", default=600, show_default=True, help="how long the session is")
@click.option("--longest", default=400, show_default=True, help="how many bytes a text may have")
def _text(target: str, seconds: int, longest: int) -> None:
    """A coverage-guided session (needs `pip install atheris`)."""
    guided.run(target, seconds, longest)


@main.command("keep")
@click.option("--target", type=click.Choice(TARGETS), required=True)
@click.option("--date", required=True, help="when the sessions were: 2026-11-24")
@click.option("--version", required=True, help="what was held to the texts: a commit")
def _keep(target: str, date: str, version: str) -> None:
    """After a session: add it to the record, and some of its corpus to those that are kept."""
    for session in sorted((guided.OUT / "found").glob(f"session-{target}-*.json")):
        guided.keep(target, session, date, version)
        session.unlink()


if __name__ == "__main__":
    main()
