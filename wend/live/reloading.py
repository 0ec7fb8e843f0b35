"""Scripts and templates that change while `wend run` goes on: noticed once they stand still, and made live."""

from enum import StrEnum
from pathlib import Path

from attrs import define, field

from wend.project.project import Project

Stamps = frozenset[tuple[str, int, int]]


class Change(StrEnum):
    """What has become of the files since they were last made live, or refused."""

    NONE = "none"
    UNDER_WAY = "under way"
    DONE = "done"


@define
class Watch:
    """The scripts and templates of a project, as they were when they were last taken up.

    A change is done once two looks one after the other find the same: who copies many files is not to make half of them
    live.
    """

    project: Project
    _taken: Stamps = field(init=False)
    _seen: Stamps = field(init=False)

    def __attrs_post_init__(self) -> None:
        """What is there now is what is live."""
        self._taken = self._seen = _stamps(self.project)

    def look(self) -> Change:
        """Whether the files are others than those that were taken up. A change that is done counts as taken up."""
        before, self._seen = self._seen, _stamps(self.project)
        if self._seen == self._taken:
            return Change.NONE
        if self._seen != before:
            return Change.UNDER_WAY
        self._taken = self._seen
        return Change.DONE


def _stamps(project: Project) -> Stamps:
    folders = [project.root / "journeys", *([project.templates_dir] if project.templates_dir else [])]
    found: set[tuple[str, int, int]] = set()
    for path in (path for folder in folders for path in folder.rglob("*")):
        found |= _stamp(path)
    return frozenset(found)


def _stamp(path: Path) -> Stamps:
    try:
        stat = path.stat()
    except OSError:
        return frozenset()
    return frozenset({(str(path), stat.st_mtime_ns, stat.st_size)}) if path.is_file() else frozenset()
