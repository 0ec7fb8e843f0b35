"""The repository as the tests of the house see it."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A folder imports only from those before it.
FOLDERS = ("grammar", "dsl", "runtime", "stdlib", "wend")
LINKED = FOLDERS[:-1]


def committed() -> list[Path]:
    """Every file that git tracks, relative to the root; without git, every file that is not an artefact."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode == 0 and listing.stdout:
        return [Path(name) for name in listing.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    skipped = {"__pycache__", "build", "dist", "out"}
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return [
        path
        for path in paths
        if (ROOT / path).is_file()
        and not any(part in skipped or part.startswith(".venv") or part.endswith("_cache") for part in path.parts)
        and not any(part.endswith(".egg-info") or part in {".git", ".hypothesis"} for part in path.parts)
    ]


def sources() -> list[Path]:
    """The Python files of the five folders, relative to the root, each once."""
    return sorted(
        path.relative_to(ROOT)
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in path.parts and not reached_by_link(path.relative_to(ROOT))
    )


def reached_by_link(path: Path) -> bool:
    """Whether a path relative to the root goes through one of the links in `wend/`."""
    return len(path.parts) > 1 and path.parts[0] == "wend" and path.parts[1] in LINKED
