"""The group of commands, and how every failure is told."""

import importlib
import io
import re
import signal
import sys
from typing import Any, NoReturn

import click

from wend.cli.output import print_error, wants_json
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
    "ready": "go through the checklist before a project goes live",
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
        _end(error, REFUSED)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        _end(WendError("interrupted"), INTERRUPTED)
    except click.ClickException as error:
        error.show()
        _end(_misused(error), error.exit_code)
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        help = "see that the folder is there and that it may be written to" if error.filename else None
        refused = WendError(reason, help, str(error.filename) if error.filename else None)
        show_error(refused)
        _end(refused, REFUSED)
    sys.exit(code if isinstance(code, int) else 0)


def _end(error: WendError, code: int) -> NoReturn:
    """End after a failure that was told in words; as JSON too where that is asked for."""
    if wants_json(sys.argv[1:]):
        print_error(error)
    sys.exit(code)


def _misused(error: click.ClickException) -> WendError:
    """Wrong usage in the words of all failures."""
    said = re.sub(r"'([^']*)'", r"`\1`", " ".join(error.format_message().split())).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context is not None else "wend"
    return WendError(said[:1].lower() + said[1:], f"`{path} --help` shows how it is called")
