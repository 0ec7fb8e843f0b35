"""The small project that `wend init` writes: a win-back series over a dozen contacts."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from wend.project.config import ProjectError


def init_project(folder: Path | str) -> list[Path]:
    """Write a small project that runs.

    Args:
        folder: a new or an empty folder.

    Returns:
        the files written, in the order of their names.

    Raises:
        ProjectError: something is in the folder already, or it cannot be written; then nothing is left half written
            over something of the user's.
    """
    folder = Path(folder)
    try:
        if folder.exists() and not folder.is_dir():
            raise ProjectError("there is a file of that name", "name a new folder", str(folder))
        if folder.is_dir() and any(folder.iterdir()):
            raise ProjectError("there is something in the folder already", "name a new or an empty folder", str(folder))
        return sorted(_copy(files("wend.project") / "skeleton", folder))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ProjectError(
            f"the project cannot be written: {reason}", "name a folder that can be made", str(folder)
        ) from None


def _copy(source: Traversable, target: Path) -> list[Path]:
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for item in source.iterdir():
        if item.is_dir():
            written += _copy(item, target / item.name)
        else:
            path = target / item.name
            path.write_bytes(item.read_bytes())
            written.append(path)
    return written
