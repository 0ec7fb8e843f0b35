"""What commands print for other programs: one option for all of them, one way to print, one shape of a failure.

Under `--format json` standard output holds JSON and nothing else: what was asked for, or an object with `error` alone.
Standard error stays for people: remarks, progress, and the same failure in words.
"""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import click

from wend.dsl.diagnostics import ProgramError, WendError

JSON = "json"
FLAG = "--format"

Command = TypeVar("Command", bound=Callable[..., Any])


def format_option(*others: str, default: str = "text", help: str = "How to print.") -> Callable[[Command], Command]:
    """The option `--format`, as the argument `form`: the default, `json`, and what others there are."""
    choices = click.Choice([default, JSON, *others])
    return click.option(FLAG, "form", type=choices, default=default, show_default=True, help=help)


def print_json(value: object) -> None:
    """One document, on several lines."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_json_line(value: object) -> None:
    """One of several documents, on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=False))


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether JSON is asked for, also where the arguments are otherwise wrong."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return f"{FLAG}={JSON}" in before or (FLAG, JSON) in pairwise(before)


def print_error(error: WendError) -> None:
    """A failure, on one line. `diagnostics` is empty unless scripts or templates are refused."""
    from wend.cli.reports import data_of  # what few commands need: the titles of all codes, and with them the checker

    diagnostics = error.diagnostics if isinstance(error, ProgramError) else ()
    found = {
        "message": error.message,
        "help": error.help,
        "place": error.place,
        "diagnostics": [data_of(each) for each in diagnostics],
    }
    print_json_line({"error": found})
