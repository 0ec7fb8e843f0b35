"""What the documentation shows is run: scripts are checked, commands give what stands below them, links lead somewhere.

A block marked `journey` is a whole script that `wend check` accepts, one marked `journey bad` a script that it
refuses. In a block marked `console` each line `$ wend ...` is run, one after another for a page, in a folder that holds
copies of the examples; the lines below a command are its output, where a line `...` stands for any number of lines. A
command without output shown need only succeed; one whose output ends in a line `[exit N]` ends with that code.
"""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import frozen

from tests.house.repository import ROOT, committed

PAGES = [path for path in committed() if path.suffix == ".md" and path.parts[0] in {path.name, "docs"}]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
WEND = Path(sys.executable).with_name("wend")


@frozen
class Block:
    """A fenced block: the page, the line of its fence, the words after the fence, and what stands inside."""

    page: str
    line: int
    words: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@frozen
class Command:
    """A command of a console block, and the lines shown below it."""

    block: Block
    line: str
    shown: tuple[str, ...]


def blocks(page: str, text: str) -> list[Block]:
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


def commands(block: Block) -> list[Command]:
    found: list[Command] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Command(block, line[2:], ()))
        elif found:
            last = found[-1]
            found[-1] = Command(block, last.line, (*last.shown, line.rstrip()))
    return found


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Whether output is what is shown, in which `...` stands for any number of lines."""
    if not shown:
        return not printed
    if shown[0] == "...":
        return any(agrees(shown[1:], printed[skip:]) for skip in range(len(printed) + 1))
    return bool(printed) and shown[0] == printed[0] and agrees(shown[1:], printed[1:])


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def execute(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    first, *rest = shlex.split(command)
    assert first == "wend", f"a console block runs `wend` and nothing else: {command}"
    return subprocess.run([str(WEND), *rest], cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


ALL = [block for page in PAGES for block in blocks(page.as_posix(), (ROOT / page).read_text(encoding="utf-8"))]
SCRIPTS = [block for block in ALL if block.words.split()[:1] == ["journey"]]


def test_the_readme_shows_the_language() -> None:
    assert [block for block in SCRIPTS if block.page == "README.md"]


@pytest.mark.parametrize("block", SCRIPTS, ids=str)
def test_scripts_in_the_documentation(block: Block, tmp_path: Path) -> None:
    assert block.words in {"journey", "journey bad"}
    script = tmp_path / "page.journey"
    script.write_text(block.text, encoding="utf-8")
    done = execute("wend check page.journey", tmp_path)
    assert "Traceback" not in done.stderr
    assert (done.returncode == 0) == (block.words == "journey"), done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_in_the_documentation(page: Path, tmp_path: Path) -> None:
    for path in committed():
        if path.parts[0] == "examples":
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, tmp_path / path)
    for block in (each for each in ALL if each.page == page.as_posix() and each.words == "console"):
        for command in commands(block):
            shown = lines("\n".join(command.shown))
            code = 0
            if shown and (ending := re.fullmatch(r"\[exit (\d+)\]", shown[-1])):
                code, shown = int(ending[1]), shown[:-1]
            done = execute(command.line, tmp_path)
            printed = lines(done.stdout) + lines(done.stderr)
            assert done.returncode == code, f"{block}: {command.line}\n" + "\n".join(printed)
            assert not command.shown or agrees(shown, printed), f"{block}: {command.line}\n" + "\n".join(printed)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    here = (ROOT / page).parent
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = [found for found in LINK.findall(text) if not found.startswith(("http", "#", "mailto:"))]
    assert [found for found in targets if not (here / found.split("#")[0]).exists()] == []


def test_blocks_and_commands_are_found() -> None:
    text = "a\n```journey bad\nwhen\n```\n```console\n$ wend fmt x\nok\n\n$ wend check x\n```\n"
    bad, console = blocks("p.md", text)
    assert (bad.line, bad.words, bad.text) == (2, "journey bad", "when\n")
    assert [(each.line, each.shown) for each in commands(console)] == [("wend fmt x", ("ok", "")), ("wend check x", ())]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["a"], False),
        (["a", "...", "d"], ["a", "b", "c", "d"], True),
        (["..."], [], True),
        (["a", "...", "d"], ["a", "b", "c"], False),
    ],
)
def test_output_is_compared_with_what_is_shown(shown: list[str], printed: list[str], same: bool) -> None:
    assert agrees(shown, printed) is same
