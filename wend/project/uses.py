"""The files of a program: scripts, and the further ones that their `use` lines name."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from os.path import normpath
from pathlib import Path, PurePosixPath, PureWindowsPath

from attrs import define, field, frozen

from wend.dsl import ast
from wend.dsl.diagnostics import Diagnostic, Label, WendError
from wend.dsl.nearest import nearest
from wend.dsl.parser import LONGEST, parse
from wend.dsl.source import Source
from wend.project.project import Project

CODE = "W504"
SUFFIX = ".journey"
_MAY_USE = re.compile(r"^[ \t\ufeff]*use\b", re.MULTILINE)


@frozen
class Gathered:
    """The files of a program, each once: the scripts that were named, then those that they use; and what is wrong."""

    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def gather(scripts: Iterable[Path], folder: Path) -> Gathered:
    """Read scripts, and whatever they use.

    Args:
        folder: no file outside it can be used.

    Raises:
        WendError: one of `scripts` cannot be read. What is wrong with a file that is used is a diagnostic.
    """
    search = _Search(folder.resolve())
    for script in scripts:
        search.add(script, read_source(script))
    search.follow()
    search.circles()
    return Gathered(tuple(search.sources.values()), tuple(search.diagnostics))


def project_sources(project: Project) -> Gathered:
    """The scripts of a project, or the lone one, and what they use: files of the same folder or below it."""
    scripts = project.scripts()
    return gather(scripts, scripts[0].parent)


def placeless(source: Source, file: ast.File) -> list[Diagnostic]:
    """The `use` lines of a text that stands in no file, which can name nothing beside it."""
    message = "this script is a text and stands in no folder, so nothing is beside it"
    help = "put it into a file, and name that; or write the declarations here"
    return [Diagnostic(CODE, message, source, node.span, help) for node in _uses(file)]


@define
class _Search:
    folder: Path  # resolved
    sources: dict[Path, Source] = field(factory=dict)  # by resolved path
    names: dict[Path, Path] = field(factory=dict)  # as they are shown
    used: dict[Path, dict[Path, ast.Use]] = field(factory=dict)  # file -> what it uses, where it says so
    diagnostics: list[Diagnostic] = field(factory=list)

    def add(self, path: Path, source: Source) -> None:
        self.sources.setdefault(path.resolve(), source)
        self.names.setdefault(path.resolve(), path)

    def follow(self) -> None:
        """Read what is used, and what that uses, until nothing is new."""
        while fresh := [path for path in self.sources if path not in self.used]:
            for path in fresh:
                self.used[path] = {}
                source = self.sources[path]
                if _MAY_USE.search(source.text):
                    for node in _uses(parse(source, explain=False).file):
                        self.use(path, source, node)

    def use(self, path: Path, source: Source, node: ast.Use) -> None:
        try:
            target = self.target(self.names[path], node.file.value)
        except WendError as error:
            self.diagnostics.append(Diagnostic(CODE, error.message, source, node.file.span, error.help))
            return
        first = self.used[path].setdefault(target, node)
        if first is not node:
            label = Label(source, first.span, "first here")
            message = f"`{node.file.value}` is used twice"
            self.diagnostics.append(
                Diagnostic(CODE, message, source, node.span, "keep one of the two", labels=(label,))
            )

    def target(self, user: Path, name: str) -> Path:
        """The file that is named, read. Raises WendError where it cannot be used."""
        if not name.strip():
            raise WendError("no file is named here", f'name one beside this script: `use "shared{SUFFIX}"`')
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor or "\\" in name:
            near = PureWindowsPath(name).name
            raise WendError("a file is named from this script's folder, with `/`", f'write `use "{near}"`, say')
        path = Path(normpath(user.parent / name))
        resolved = path.resolve()
        if not resolved.is_relative_to(self.folder):
            raise WendError(f"`{name}` lies outside the folder of the program", "put the file beside this script")
        if resolved in self.sources:
            return resolved
        if path.suffix != SUFFIX:
            beside = path.with_name(path.name + SUFFIX).is_file()
            help = f'write `use "{name}{SUFFIX}"`' if beside else f"a script's name ends in `{SUFFIX}`"
            raise WendError(f"`{name}` is no script", help)
        if not path.is_file():
            raise WendError(f"there is no file `{name}` beside this script", _nearest(path, user))
        try:
            self.add(path, read_source(path))
        except WendError as error:
            raise WendError(f"`{name}` cannot be used: {error.message}", error.help or "check the file") from error
        return resolved

    def circles(self) -> None:
        """Report each circle once, at the `use` that closes it."""
        done: set[Path] = set()
        for start in self.sources:
            if start not in done:
                self.walk(start, done)

    def walk(self, start: Path, done: set[Path]) -> None:
        trail = {start: None}
        left = [iter(self.used[start].items())]
        while left:
            target, node = next(left[-1], (None, None))
            if target is None or node is None:
                left.pop()
                done.add(trail.popitem()[0])
            elif target in trail:
                self.circle([*trail][[*trail].index(target) :], node)
            elif target not in done:
                trail[target] = None
                left.append(iter(self.used[target].items()))

    def circle(self, round: list[Path], node: ast.Use) -> None:
        """A circle that begins and ends with the first of its files; `node` stands in the last."""
        names = " \u2192 ".join(f"`{self.names[path].name}`" for path in [*round, round[0]])
        message = f"the files use one another in a circle: {names}" if len(round) > 1 else "a file cannot use itself"
        labels = [
            Label(self.sources[path], self.used[path][following].span, "it is used here")
            for path, following in pairwise(round)
        ]
        help = "take this line away: all files of a program share their names"
        source = self.sources[round[-1]]
        self.diagnostics.append(Diagnostic(CODE, message, source, node.span, help, labels=tuple(labels)))


def _uses(file: ast.File) -> Iterator[ast.Use]:
    return (item for item in file.items if isinstance(item, ast.Use))


def _nearest(path: Path, user: Path) -> str:
    beside = [each.name for each in path.parent.glob(f"*{SUFFIX}") if each.name != user.name]
    near = nearest(path.name, beside)
    return f"did you mean `{near}`?" if near else "check its name; it is looked for in the folder of this script"


def read_source(path: Path) -> Source:
    """A script's text. Raises WendError where it is not there, too long or not UTF-8."""
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise WendError(f"the script cannot be read: {reason}", place=str(path)) from error
    if len(raw) > LONGEST:
        help = "make it several files: those of a project share their names"
        raise WendError(f"the script is longer than {LONGEST:_} bytes", help, place=str(path))
    try:
        return Source(str(path), raw.decode())
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise WendError(
            "the script is not UTF-8 text", "save it with the encoding UTF-8", place=f"{path}:{line}"
        ) from error
