"""The public interface is what `docs/embedding.md` says, and type checkers see all of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wend
from tests.embedding.surface import HEADING, NAMES, OPAQUE, listing
from tests.house.documents import page_blocks
from tests.house.repository import ROOT

PAGE = Path("docs/embedding.md")
CONSUMER = ROOT / "tests" / "embedding" / "consumer.txt"


def test_the_interface_is_the_one_that_is_documented() -> None:
    """`WEND_UPDATE=1` writes it anew: look at the difference, a host has to live with it."""
    page = ROOT / PAGE
    text, heading, pinned = page.read_text(encoding="utf-8").partition(HEADING)
    assert heading, f"{PAGE} has no chapter `{HEADING.strip()}`"
    introduction, mark, _ = pinned.partition("### ")
    now = introduction + listing()
    if os.environ.get("WEND_UPDATE"):
        page.write_text(text + heading + now, encoding="utf-8")
    else:
        assert mark
        assert pinned == now, "the interface has changed: if that is meant, run this test with WEND_UPDATE=1"


def test_every_name_stands_in_an_example_that_is_run() -> None:
    examples = "".join(block.text for block in page_blocks(PAGE) if block.kind == "python")
    used = set(re.findall(r"\bwend\.([A-Za-z_]+)", examples))
    assert set(NAMES) - used == set()
    assert used <= set(wend.__all__)


def test_every_method_of_the_engine_stands_in_an_example() -> None:
    examples = "".join(block.text for block in page_blocks(PAGE) if block.kind == "python")
    for owner in (wend.Engine, wend.Program):
        methods = {name for name, value in vars(owner).items() if callable(value) and not name.startswith("_")}
        assert {name for name in methods if f".{name}" not in examples} == set()


def test_what_is_opaque_is_public() -> None:
    assert set(NAMES) >= OPAQUE


# ---- types -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's module, and the examples of the documentation, in a folder of their own."""
    folder = tmp_path_factory.mktemp("consumer")
    (folder / "consumer.py").write_text(CONSUMER.read_text(encoding="utf-8"), encoding="utf-8")
    pages = [block.text for block in page_blocks(PAGE) if block.kind == "python"]
    (folder / "page.py").write_text("\n".join(pages), encoding="utf-8")
    return folder


WRONG = {number for number, line in enumerate(CONSUMER.read_text().splitlines(), 1) if line.endswith("# E")}


def test_mypy_sees_precise_types(consumer: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir=cache", "--no-pretty"]
    found = _check([*command, "consumer.py", "page.py"], consumer, MYPYPATH=str(ROOT))
    errors = {(name, int(line)) for name, line in re.findall(r"^(\w+\.py):(\d+): error", found, re.MULTILINE)}
    assert errors == {("consumer.py", number) for number in WRONG}, found


def test_pyright_sees_precise_types(consumer: Path) -> None:
    (consumer / "pyrightconfig.json").write_text(f'{{"extraPaths": ["{ROOT}"]}}', encoding="utf-8")
    found = _check([sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", "."], consumer)
    errors = {(name, int(line)) for name, line in re.findall(r"(\w+\.py):(\d+):\d+ - error", found)}
    assert errors == {("consumer.py", number) for number in WRONG}, found


def _check(command: list[str], folder: Path, **environ: str) -> str:
    here = {**os.environ, **environ}
    done = subprocess.run(command, cwd=folder, env=here, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout
