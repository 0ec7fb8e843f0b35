"""A plugin of pytest that collects the `test` blocks of `*.journey` files: `pytest --wend`, or `wend = true` in its
settings.

Each test is an item under its file. A file of a project is read with its whole project, as its files share their names.
Where neither is said, the plugin does nothing, and nothing of Wend is imported.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from wend.dsl.trial import Test
    from wend.project.workspace import Workspace
    from wend.runtime.play.trial import TestResult


class NotAsExpected(Exception):
    """A test failed; its result."""

    def __init__(self, result: "TestResult") -> None:
        super().__init__(result.test.name)
        self.result = result


def pytest_addoption(parser: pytest.Parser) -> None:
    """How it is switched on."""
    parser.getgroup("wend").addoption("--wend", action="store_true", help="Run the `test` blocks of *.journey files.")
    parser.addini("wend", "Run the `test` blocks of *.journey files.", type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "JourneyFile | None":
    """A script, if it is asked for."""
    if file_path.suffix != ".journey" or not (parent.config.getoption("wend") or parent.config.getini("wend")):
        return None
    return JourneyFile.from_parent(parent, path=file_path)


class JourneyFile(pytest.File):
    """A script with tests."""

    def collect(self) -> Iterator["JourneyTest"]:
        """Its tests. Raises CollectError where the script, or its project, cannot be read or has errors."""
        from wend.dsl.diagnostics import ProgramError, Severity, WendError, render

        try:
            workspace = _workspace(self.config, self.path)
            tests = workspace.sound().tests
        except ProgramError as error:
            told = [render(each) for each in error.diagnostics if each.severity is Severity.ERROR]
            raise self.CollectError("\n".join(told)) from None
        except WendError as error:
            lines = [error.message, error.place and f"  --> {error.place}", error.help and f"  help: {error.help}"]
            raise self.CollectError("\n".join(filter(None, lines))) from None
        for test in tests:
            if Path(test.place.source.name).resolve() == self.path.resolve():
                yield JourneyTest.from_parent(self, name=test.name, test=test, workspace=workspace)


class JourneyTest(pytest.Item):
    """One `test` block."""

    def __init__(self, *, test: "Test", workspace: "Workspace", **more: Any) -> None:
        super().__init__(**more)
        self.test, self.workspace = test, workspace

    def runtest(self) -> None:
        """Play it. Raises NotAsExpected."""
        from wend.runtime.play.trial import run_test

        result = run_test(self.workspace.rules(), self.test, self.workspace.facts())
        if not result.passed:
            raise NotAsExpected(result)

    def repr_failure(self, excinfo: "ExceptionInfo[BaseException]", style: object = None) -> "str | TerminalRepr":
        """A failure as the command line draws it."""
        from wend.cli.test import as_text

        if isinstance(excinfo.value, NotAsExpected):
            return as_text(excinfo.value.result)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line (from 0) and the name."""
        place = self.test.place
        return self.path, place.source.line_col(place.span.start)[0] - 1, self.name


_OPENED = pytest.StashKey[dict[Path, "Workspace"]]()


def _workspace(config: pytest.Config, script: Path) -> "Workspace":
    """The project around a script, or the script alone; each is read once."""
    from wend.project.workspace import open_workspace

    opened = config.stash.setdefault(_OPENED, {})
    project = next((folder for folder in script.parents if (folder / "wend.toml").is_file()), None)
    for root in (project, script):
        if root is None:
            continue
        if root not in opened:
            opened[root] = open_workspace(root)
        if any(Path(source.name).resolve() == script.resolve() for source in opened[root].sources):
            return opened[root]
    return opened[script]
