"""The group of commands, and how every failure is told."""

import importlib
import io
import signal
import sys
from typing import Any

import click

from wend.cli.show import show_error
from wend.dsl.diagnostics import WendError

COMMANDS = {
    "check": "say what is wrong with a project or script",
    "fmt": "lay scripts out in the one way there is",
    "init": "write a small project that runs",
    "declare": "write the `contact` and `event` declarations from sample data",
    "test": "run the `test` blocks of a project or script",
    "repl": "try scripts and expressions on contacts at a prompt",
    "simulate": "play a project over contacts and events, sending nothing",
    "count": "count the contacts for whom a condition holds, and find the next",
    "graph": "draw journeys, with counts where there are some",
    "diff": "compare who gets what from two versions",
    "run": "load what is new, tick, deliver",
    "send-test": "send the messages of a journey or template to yourself",
    "pause": "switch a journey off by hand",
    "resume": "switch a journey on again",
    "explain": "say what a report means, or what happened to a contact and why",
    "docs": "print documentation that is made from declarations",
}

REFUSED, USAGE, UNDELIVERED, INTERRUPTED = 1, 2, 3, 130


class Commands(click.Group):
    """Loads a command when it is called, so that `wend fmt` does not wait for a database library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which they are learned."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"wend.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Like click's, with the nearest name for one that does not exist."""
        from wend.dsl.nearest import nearest

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], list(COMMANDS))
            hint = f"; did you mean `{near}`?" if near else ""
            raise click.UsageError(f"there is no command `{args[0]}`{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in the help, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


EXIT_CODES = """Exit codes: 0 done; 1 refused, as something is not as it should be; 2 wrong usage; 3 messages were not
delivered and stay in the outbox; 130 interrupted."""


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wend", prog_name="wend")
def cli() -> None:
    """Journeys written as text, checked, simulated and run by one engine."""


def main() -> None:
    """Run a command as a process of its own: where its reader has gone, it ends as other commands do."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    carry_out()


def carry_out() -> None:
    """Run a command and exit; a failure is told in plain words, with exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False, prog_name="wend")
    except WendError as error:
        show_error(error)
        sys.exit(REFUSED)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        show_error(WendError(reason, place=str(error.filename) if error.filename else None))
        sys.exit(REFUSED)
    sys.exit(code if isinstance(code, int) else 0)
