"""Scripts and templates that change while `wend run` goes on: noticed once they stand still, and made live."""

from enum import StrEnum

from attrs import define, field

from wend.live.stamps import Stamp, stamp
from wend.project.project import Project


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
    _taken: frozenset[Stamp] = field(init=False)
    _seen: frozenset[Stamp] = field(init=False)

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


def _stamps(project: Project) -> frozenset[Stamp]:
    folders = [project.root / "journeys", *([project.templates_dir] if project.templates_dir else [])]
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return frozenset(found for path in files if (found := stamp(path)) is not None)
