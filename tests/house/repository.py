"""The repository as the tests of the house see it."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A folder imports only from those before it.
FOLDERS = ("grammar", "dsl", "runtime", "stdlib", "wend")
LINKED = FOLDERS[:-1]


def committed() -> list[Path]:
    """Every file that git tracks, relative to the root; without git, every file that is not an artefact.

    What lies about uncommitted is nobody's business yet.
    """
    if shutil.which("git"):
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
        if listing.returncode == 0 and listing.stdout:
            return [Path(name) for name in listing.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    skipped = {"__pycache__", "build", "dist", "out"}
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return [
        path
        for path in paths
        if ((ROOT / path).is_file() or (ROOT / path).is_symlink())
        and not any(part in skipped or part.startswith(".venv") or part.endswith("_cache") for part in path.parts)
        and not any(part.endswith(".egg-info") or part in {".git", ".hypothesis"} for part in path.parts)
    ]


def sources() -> list[Path]:
    """The committed Python files of the five folders, relative to the root, each once (git does not follow links)."""
    return sorted(
        path for path in committed() if path.parts[0] in FOLDERS and path.suffix == ".py" and not _reached_by_link(path)
    )


def _reached_by_link(path: Path) -> bool:
    return len(path.parts) > 1 and path.parts[0] == "wend" and path.parts[1] in LINKED
