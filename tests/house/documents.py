"""The fenced blocks of the documentation, and carrying out what they show.

The words after a fence say what a block is:

    journey              a script: without errors, and laid out as `wend fmt` does
    journey in FILE      a script in a file; those of a page stand in one folder
    journey bad CODE     a script that is refused with errors of this code and of no other
    report               what `wend check` says of the `journey bad` just above it, called `page.journey`
    values               expressions, each with its value: `2 + 3  # 5`
    csv contacts         the contact of the page's `values`; csv events  what has happened to it
    toml                 a `wend.toml`
    html, txt            a template
    python               a program; those of a page run one after another, in one namespace
    signature            a name of the public interface: `tests/embedding/test_surface.py` compares it with the code
    console              lines `$ wend ...` that are run one after another in a copy of the examples, and their output;
                         `[exit N]` at its end is the code that a command ends with, ` < FILE` what it reads
    repl ARGUMENTS       a session of `wend repl ARGUMENTS` in a copy of the examples: what is typed, and its answers

    KIND file PATH       what the reader writes into a file (a script, a template, data), for the commands below it

In what is shown, a line `…` stands for any number of lines, and `…` in a line for any text.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from attrs import frozen

from tests.house.repository import ROOT, committed

PAGES = [path for path in committed() if path.suffix == ".md" and path.parts[0] in {path.name, "docs"}]
KINDS = (
    "journey",
    "report",
    "values",
    "csv",
    "toml",
    "html",
    "txt",
    "python",
    "console",
    "repl",
    "make",
    "signature",
    "file",
    "",
)


@frozen
class Block:
    """A fenced block: the page, the line of its fence, the words after the fence, and what stands inside."""

    page: str
    line: int
    words: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def kind(self) -> str:
        """The first of the words; `file` for what the reader writes into one."""
        words = self.words.split()
        return "file" if self.file else words[0] if words else ""

    @property
    def file(self) -> str | None:
        """Where the reader writes it; None for a block that is only shown."""
        words = self.words.split()
        return words[2] if len(words) == 3 and words[1] == "file" else None


@frozen
class Command:
    """A command of a console block, the output shown below it, and the code that it ends with."""

    block: Block
    line: str
    shown: tuple[str, ...] = ()
    code: int = 0


def blocks(page: str, text: str) -> list[Block]:
    """The blocks of a page."""
    found: list[Block] = []
    opened: tuple[int, str, str] | None = None
    inside: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        fence = re.match(r"(```+)(.*)", line)
        if opened is None and fence:
            opened, inside = (number, fence[1], fence[2].strip()), []
        elif opened is not None and line.strip() == opened[1]:
            found.append(Block(page, opened[0], opened[2], "".join(f"{each}\n" for each in inside)))
            opened = None
        elif opened is not None:
            inside.append(line)
    assert opened is None, f"{page}:{opened}: the block is never closed"
    return found


def page_blocks(page: Path) -> list[Block]:
    """The blocks of a page of the repository."""
    return blocks(page.as_posix(), (ROOT / page).read_text(encoding="utf-8"))


def commands(block: Block) -> list[Command]:
    """The commands of a console block."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line.rstrip())
    return [_command(block, line, shown) for line, shown in found]


def _command(block: Block, line: str, shown: list[str]) -> Command:
    while shown and not shown[-1]:
        shown.pop()
    code = 0
    if shown and (ending := re.fullmatch(r"\[exit (\d+)\]", shown[-1])):
        code, shown = int(ending[1]), shown[:-1]
    return Command(block, line, tuple(shown), code)


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Whether output is what is shown, in which `…` stands for anything."""
    if not shown:
        return not printed
    if shown[0].strip() == "…":
        return any(agrees(shown[1:], printed[skip:]) for skip in range(len(printed) + 1))
    pattern = ".*".join(re.escape(part) for part in shown[0].split("…"))
    return bool(printed) and re.fullmatch(pattern, printed[0]) is not None and agrees(shown[1:], printed[1:])


def lines(text: str) -> list[str]:
    """The lines without space at their ends, and without empty ones around them."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def execute(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a console block."""
    command, _, given = command.partition(" < ")
    first, *rest = shlex.split(command)
    assert first == "wend", f"a console block runs `wend` and nothing else: {command}"
    here = {**os.environ, "PYTHONPATH": str(ROOT)}  # this checkout, whichever one is installed
    run = [sys.executable, "-m", "wend", *rest]
    text = (cwd / given).read_text(encoding="utf-8") if given else None
    return subprocess.run(run, cwd=cwd, env=here, capture_output=True, text=True, check=False, timeout=120, input=text)


def copy_examples(folder: Path) -> None:
    """The committed examples, in a folder of their own."""
    for path in committed():
        if path.parts[0] == "examples":
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
