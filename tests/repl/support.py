"""Transcripts: a file that begins with the command and goes on as the prompt would show it."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.house.repository import ROOT

FOLDER = Path(__file__).parent / "transcripts"


def typed(transcript: str) -> list[str]:
    """The lines of a transcript that somebody typed: those behind `>` and `.`."""
    return [line[2:] for line in transcript.splitlines() if line[:2] in ("> ", ". ") or line in (">", ".")]


def run(command: str, lines: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `wend repl …` with these lines on standard input."""
    words = shlex.split(command)
    assert words[:2] == ["wend", "repl"], f"a transcript begins with `$ wend repl …`: {command}"
    return subprocess.run(
        [sys.executable, "-m", "wend", *words[1:]],
        input="".join(f"{line}\n" for line in lines),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
