"""What tells that a file is another than before, without reading it."""

from pathlib import Path

Stamp = tuple[str, int, int]
"""The path of a file, when it was changed, in nanoseconds, and its size in bytes."""


def stamp(path: Path) -> Stamp | None:
    """The stamp of a file; None where it is not there, or cannot be looked at."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return str(path), stat.st_mtime_ns, stat.st_size
