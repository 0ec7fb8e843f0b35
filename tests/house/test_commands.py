"""Every command has a chapter in docs/commands.md with examples that are carried out, and knows `--format json`."""

import json
import re
from collections.abc import Iterator

import click
import pytest

from tests.cli.support import wend
from tests.house.documents import Command, blocks, commands
from tests.house.repository import ROOT
from wend.cli.app import COMMANDS, cli

PAGE = "docs/commands.md"
LINES = ("run", "repl")
"""The commands that print one document a line."""


def every(group: click.Group, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """The commands of a group, those of groups in it too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every(command, (*names, name))
        else:
            yield (*names, name), command


ALL = dict(every(cli))


def chapter(name: str) -> str:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    found = re.split(rf"^## wend {name}$", text, flags=re.MULTILINE)
    assert len(found) == 2, f"{PAGE} has no chapter `## wend {name}`, or two"
    return re.split(r"^## ", found[1], flags=re.MULTILINE)[0]


def examples(names: tuple[str, ...]) -> list[Command]:
    """What a command's own chapter shows of it, with output."""
    shown = [c for block in blocks(PAGE, chapter(names[0])) if block.kind == "console" for c in commands(block)]
    begin = " ".join(("wend", *names))
    return [command for command in shown if command.shown and f"{command.line} ".startswith(f"{begin} ")]


def test_there_are_the_commands_of_the_list() -> None:
    assert {names[0] for names in ALL} == set(COMMANDS)
    chapters = re.findall(r"^## wend (\S+)$", (ROOT / PAGE).read_text(encoding="utf-8"), re.MULTILINE)
    assert chapters == list(COMMANDS)


@pytest.mark.parametrize("names", list(ALL), ids=" ".join)
def test_it_knows_the_format_for_programs(names: tuple[str, ...]) -> None:
    found = [each for each in ALL[names].params if "--format" in each.opts]
    assert [each.name for each in found] == ["form"]
    assert isinstance(found[0].type, click.Choice)
    assert "json" in found[0].type.choices


@pytest.mark.parametrize("names", list(ALL), ids=" ".join)
def test_its_chapter_shows_it_for_people_and_for_programs(names: tuple[str, ...]) -> None:
    as_json = ["--format json" in command.line for command in examples(names) if command.code in (0, 1)]
    assert set(as_json) == {True, False}


@pytest.mark.parametrize("names", list(ALL), ids=" ".join)
def test_its_chapter_names_every_option(names: tuple[str, ...]) -> None:
    shared = {"--format", "--at", "--from", "--to", "--quiet", "--contacts", "--events", "--timezone"}
    options = {opt for each in ALL[names].params for opt in each.opts if opt.startswith("--")}
    assert {opt for opt in options - shared if opt not in chapter(names[0])} == set()


# ---- failures, for programs ------------------------------------------------------------------------------------------


def arguments(names: tuple[str, ...], value: str) -> list[str]:
    """A call with everything that is required, each value the same."""
    given = [*names]
    for each in ALL[names].params:
        if isinstance(each, click.Argument) and (each.required or each.nargs == 1):
            given.append(value)
        elif isinstance(each, click.Option) and each.required:
            given += [each.opts[0], value if each.type.name != "time" and "DATE" not in (each.metavar or "") else DAY]
    return given


DAY = "2026-01-01"
NEEDS_NOTHING = {("docs", "diagnostics"), ("docs", "functions")}
"""Commands that read nothing that could be missing."""


@pytest.mark.parametrize("names", sorted(set(ALL) - NEEDS_NOTHING), ids=" ".join)
def test_a_refusal_is_json_and_words(names: tuple[str, ...]) -> None:
    value = f"{ROOT}/README.md"  # a file that is no project, no script and no new folder
    done = wend(*arguments(names, value), "--format", "json")
    assert done.code == 1
    assert done.err.startswith("error: ")
    told = json.loads(done.out)
    assert set(told) == {"error"}
    assert set(told["error"]) == {"message", "help", "place", "diagnostics"}
    assert done.err.splitlines()[0] == f"error: {told['error']['message']}"
    assert done.out.count("\n") == 1


@pytest.mark.parametrize("names", list(ALL), ids=" ".join)
def test_wrong_usage_is_json_too(names: tuple[str, ...]) -> None:
    done = wend(*names, "--format=json", "--no-such-option")
    assert done.code == 2
    told = json.loads(done.out)["error"]
    assert told["message"] == "no such option `--no-such-option`"
    assert told["help"] == f"`wend {' '.join(names)} --help` shows how it is called"
