"""What is built from a clone, and what lands at a user's."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.repository import FOLDERS, LINKED, ROOT, committed


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expected_in_package() -> set[str]:
    """Each committed file of the five folders, by the name it has inside the package."""
    names = set()
    for path in committed():
        if path.parts[0] in FOLDERS and not (ROOT / path).is_symlink():
            names.add(path.as_posix() if path.parts[0] == "wend" else f"wend/{path.as_posix()}")
    return names


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed files in a folder of their own, links as links: what is built is never the working tree."""
    target = tmp_path_factory.mktemp("clone")
    for path in committed():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path, follow_symlinks=False)
    return target


@pytest.fixture(scope="session")
def built(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A source archive, a wheel built from it, and a wheel built from the clone itself."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out / "archive", clone, cwd=out)
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", out / "direct", clone, cwd=out)
    (archive,) = (out / "archive").glob("*.tar.gz")
    (wheel,) = (out / "archive").glob("*.whl")
    (direct,) = (out / "direct").glob("*.whl")
    return {"archive": archive, "wheel": wheel, "direct": direct}


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if not name.endswith("/")}


@pytest.mark.parametrize("kind", ["wheel", "direct"])
def test_a_wheel_holds_the_one_package_and_all_of_it(built: dict[str, Path], kind: str) -> None:
    names = contents(built[kind])
    package = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert {name.split("/")[0] for name in package} == {"wend"}
    assert package == expected_in_package()
    assert "wend/py.typed" in package


def test_a_wheel_carries_the_licence_and_the_command(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["wheel"]) as opened:
        info = next(name.split("/")[0] for name in opened.namelist() if ".dist-info/" in name)
        assert opened.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
        assert "wend = wend.cli:main" in opened.read(f"{info}/entry_points.txt").decode()


def test_a_source_archive_holds_files_where_the_repository_has_links(built: dict[str, Path]) -> None:
    with tarfile.open(built["archive"]) as opened:
        files = {member.name.split("/", 1)[1] for member in opened.getmembers() if member.isfile()}
        assert not [member.name for member in opened.getmembers() if member.issym() or member.islnk()]
    assert expected_in_package() <= files
    assert {"pyproject.toml", "LICENSE", "README.md"} <= files


def test_an_installed_wheel_works_and_puts_nothing_else_on_the_path(built: dict[str, Path], tmp_path: Path) -> None:
    """A fresh environment with the wheel; the libraries come from the development environment."""
    home, empty = tmp_path / "env", tmp_path / "empty"
    empty.mkdir()
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=empty).strip())
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", built["wheel"], cwd=empty
    )
    # Lines of a path file inside a folder added this way are not read: the editable install stays out of it.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + os.linesep, encoding="utf-8")
    script = """
import importlib, pathlib, pkgutil, sys
import wend
assert pathlib.Path(wend.__file__).is_relative_to(sys.prefix), wend.__file__
for found in pkgutil.walk_packages(wend.__path__, "wend."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
        print(found.name)
for bare in sys.argv[1:]:
    try:
        importlib.import_module(bare)
    except ModuleNotFoundError:
        continue
    raise SystemExit(f"{bare} stands at the top of site-packages")
"""
    modules = run(python, "-c", script, *LINKED, "tests", cwd=empty).split()
    assert set(modules) >= {f"wend.{folder}" for folder in LINKED}


def test_every_folder_of_code_is_a_package() -> None:
    """A folder without `__init__.py` works in a clone, and is missing from the wheel."""
    folders = {path.parent for path in committed() if path.suffix == ".py" and path.parts[0] in FOLDERS}
    assert [folder.as_posix() for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_pyright_is_told_of_every_link() -> None:
    """It does not enter a linked folder by itself, and then finds no errors there."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = set(config["tool"]["pyright"]["include"])
    assert {f"wend/{folder}" for folder in LINKED} | {"wend", "tests"} <= included
