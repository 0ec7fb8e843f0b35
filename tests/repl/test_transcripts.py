"""Sessions of the prompt, kept as files: what is typed, and every line of the answers."""

import os
from pathlib import Path

import pytest

from tests.house.documents import copy_examples
from tests.repl.support import FOLDER, run, typed


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_session_answers_as_kept(path: Path, tmp_path: Path) -> None:
    """`WEND_UPDATE=1` writes the answers anew; look at the difference."""
    copy_examples(tmp_path)
    kept = path.read_text(encoding="utf-8")
    first = kept.splitlines()[0]
    done = run(first.removeprefix("$ "), typed(kept), tmp_path)
    assert done.stderr == ""
    assert done.returncode == 0
    found = f"{first}\n{done.stdout}"
    if os.environ.get("WEND_UPDATE"):
        path.write_text(found, encoding="utf-8")
    assert found == kept
