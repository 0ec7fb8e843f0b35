"""Who may import whom, and that nothing is imported twice."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import FOLDERS, LINKED, ROOT, sources

# What a folder may import of ours, besides itself. A name with dots allows that module and what is below it.
MAY_IMPORT = {
    "grammar": (),
    "dsl": ("wend.grammar",),
    "runtime": ("wend.grammar", "wend.dsl"),
    "stdlib": ("wend.dsl", "wend.runtime.values", "wend.runtime.calendar", "wend.runtime.functions"),
    "wend": ("wend",),
}

# What a folder of `runtime/` may import of the other folders there; the files beside them are for all.
WITHIN_RUNTIME = {
    "": {"evaluation"},
    "evaluation": set[str](),
    "tick": {"evaluation", "delivery"},
    "telling": {"evaluation", "tick"},
    "sources": set[str](),
    "templates": {"delivery"},
    "channels": {"delivery"},
    "delivery": {"channels", "sources", "telling", "templates"},
    "store": {"delivery", "telling"},
    "engine": {"channels", "delivery", "evaluation", "sources", "store", "telling", "templates", "tick"},
    "play": {"delivery", "engine", "evaluation", "sources", "telling", "tick"},
}

# Time, chance and the network are arguments below the host boundary.
AMBIENT_MODULES = {"random", "secrets", "time"}
AMBIENT_CALLS = {"now", "today", "utcnow", "uuid1", "uuid4", "urandom", "monotonic", "time_ns"}
CLOCKS = {"datetime", "date", "DateTime", "Date", "pendulum", "uuid", "os", "time"}
NETWORK = {"socket", "ssl", "smtplib", "http", "urllib", "asyncio", "httpx", "requests"}
HOST_BOUNDARY = ("runtime/channels",)


def imports(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Every import: its line, the module, and the fullest name it may mean (`from a.b import c` may mean `a.b.c`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, alias.name
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield node.lineno, module, f"{module}.{alias.name}"


def faults(folder: str, text: str) -> list[str]:
    """What the import rule has to say about a file of a folder."""
    found: list[str] = []
    allowed = (*MAY_IMPORT[folder], f"wend.{folder}")
    for line, module, full in imports(ast.parse(text)):
        top = module.split(".")[0]
        if top == "":
            found.append(f"{line}: relative import of {module}")
        elif top in LINKED:
            found.append(f"{line}: {module} without `wend.` in front")
        elif top == "wend" and not any(full == name or full.startswith(f"{name}.") for name in allowed):
            found.append(f"{line}: {folder}/ may not import {full}")
    return found


def ambient(text: str, network: bool) -> list[str]:
    """Where a file reads a clock, chance, or (unless allowed) the network."""
    tree = ast.parse(text)
    banned = AMBIENT_MODULES if network else AMBIENT_MODULES | NETWORK
    found = [f"{line}: imports {module}" for line, module, _ in imports(tree) if module.split(".")[0] in banned]
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=call)):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=owner), attr=call)):
                pass
            case _:
                continue
        if owner in CLOCKS and call in AMBIENT_CALLS:
            found.append(f"{node.lineno}: calls {owner}.{call}")
    return found


def test_every_folder_is_looked_at() -> None:
    assert {path.parts[0] for path in sources()} == set(FOLDERS)


@pytest.mark.parametrize("path", sources(), ids=str)
def test_a_folder_imports_only_from_those_above_it(path: Path) -> None:
    assert faults(path.parts[0], (ROOT / path).read_text(encoding="utf-8")) == []


def within_runtime(module: str) -> str:
    """The folder of `runtime/` in which a module is; empty for one beside them, and for all that is elsewhere."""
    parts = module.split(".")
    inside = parts[:2] == ["wend", "runtime"] and len(parts) > 2
    return parts[2] if inside and parts[2] in WITHIN_RUNTIME else ""


@pytest.mark.parametrize("path", [p for p in sources() if p.parts[0] == "runtime"], ids=str)
def test_a_folder_of_the_runtime_imports_only_what_it_builds_on(path: Path) -> None:
    folder = path.parts[1] if len(path.parts) > 2 else ""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    used = {within_runtime(full) for _, _, full in imports(tree)} - {"", folder}
    assert used <= WITHIN_RUNTIME[folder]


@pytest.mark.parametrize("path", [p for p in sources() if p.parts[0] in LINKED], ids=str)
def test_below_the_host_boundary_time_chance_and_network_are_arguments(path: Path) -> None:
    network = path.as_posix().startswith(HOST_BOUNDARY)
    assert ambient((ROOT / path).read_text(encoding="utf-8"), network) == []


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("grammar", "from wend.dsl import ast"),
        ("dsl", "from wend.runtime.values import Value"),
        ("dsl", "from wend import runtime"),
        ("dsl", "import wend"),
        ("runtime", "def f():\n    import wend.stdlib.dates"),
        ("stdlib", "from wend.runtime.tick import step"),
        ("stdlib", "import wend.cli"),
        ("wend", "from dsl.ast import Node"),
        ("runtime", "import dsl"),
        ("wend", "from .cli import main"),
    ],
)
def test_the_rule_sees_each_way_to_break_it(folder: str, line: str) -> None:
    assert faults(folder, line)


@pytest.mark.parametrize(
    "line",
    [
        "import random",
        "from time import sleep",
        "import smtplib",
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.date.today()",
        "import pendulum\npendulum.now()",
        "import uuid\nuuid.uuid4()",
    ],
)
def test_the_rule_sees_each_ambient_reading(line: str) -> None:
    assert ambient(line, network=False)


@pytest.mark.parametrize("folder", LINKED)
def test_links_are_relative_and_lead_to_the_folder(folder: str) -> None:
    link = ROOT / "wend" / folder
    assert link.is_symlink()
    assert link.readlink() == Path("..") / folder
    assert link.resolve() == ROOT / folder


def test_every_module_is_imported_once() -> None:
    """A fresh process imports everything there is: each file once, each under `wend`."""
    script = """
import importlib, pathlib, pkgutil, sys
import wend
for found in pkgutil.walk_packages(wend.__path__, "wend."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
root = pathlib.Path(sys.argv[1])
for name, module in sorted(sys.modules.items()):
    file = getattr(module, "__file__", None)
    if file and name != "__main__" and pathlib.Path(file).resolve().is_relative_to(root) and ".venv" not in file:
        print(name, pathlib.Path(file).resolve().relative_to(root))
"""
    run = subprocess.run(
        [sys.executable, "-c", script, str(ROOT)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    modules = dict(line.split() for line in run.stdout.splitlines())
    assert len(set(modules.values())) == len(modules)
    assert {name for name in modules if name.split(".")[0] != "wend"} == set()
    expected = {path.as_posix() for path in sources() if path.name != "__main__.py"}
    assert expected - set(modules.values()) == set(), "not reachable as a module: an `__init__.py` is missing"


def test_the_analysis_does_not_import_the_checker_that_calls_it() -> None:
    for path in sorted((ROOT / "dsl" / "analysis").glob("*.py")):
        names = [full for _, _, full in imports(ast.parse(path.read_text(encoding="utf-8")))]
        assert not [name for name in names if name.startswith("wend.dsl.checker")], path.name
