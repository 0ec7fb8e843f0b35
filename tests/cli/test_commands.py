"""What every command has in common, and the small ones: check, fmt, init, declare."""

import json
from pathlib import Path

import pytest

from tests.cli.support import SCRIPT, add, process, project, wend
from wend.cli.app import COMMANDS


def test_the_commands_are_listed_in_the_order_in_which_they_are_learned() -> None:
    done = wend("--help")
    assert done.code == 0
    listed, _, exit_codes = done.out.partition("Commands:")[2].partition("Exit codes: ")
    assert [int(part.split()[0]) for part in exit_codes.split(";")] == [0, 1, 2, 3, 130]
    found = [line.split()[0] for line in listed.splitlines() if line.strip()]
    assert found == list(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    done = wend(name, "-h")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: wend {name} ")


def test_without_a_command_there_is_help_and_the_exit_code_of_wrong_usage() -> None:
    done = wend()
    assert done.code == 2
    assert "Commands:" in done.err


def test_the_version_is_told() -> None:
    assert wend("--version").out.startswith("wend, version ")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["simulat", "x"], "there is no command `simulat`; did you mean `simulate`?"),
        (["frobnicate"], "there is no command `frobnicate`"),
        (["check"], "Missing argument 'PATH'"),
        (["check", ".", "--quite"], "Did you mean '--quiet'"),
        (["check", ".", "--format", "xml"], "'xml' is not one of 'text', 'json', 'github', 'sarif'"),
        (["simulate", ".", "--to", "2026-01-01"], "Missing option '--from'"),
        (["simulate", ".", "--from", "2026-02-30", "--to", "2026-03-01"], "`2026-02-30` is no date"),
        (["simulate", ".", "--from", "2026-02-01", "--to", "2026-01-31"], "is before the first"),
        (["simulate", ".", "--from", "0001-01-01", "--to", "2026-01-31"], "years go from 1900 to 9000"),
        (["run", ".", "--at", "2026-01-01"], "--at goes with --once"),
        (["run", ".", "--once", "--at", "yesterday"], "`yesterday` is no time"),
        (["declare"], "name a project, or files"),
    ],
)
def test_wrong_usage_says_what_is_wrong(args: list[str], says: str) -> None:
    done = wend(*args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_the_installed_command_and_the_module_are_this_one(tmp_path: Path) -> None:
    root = project(tmp_path)
    done = process("check", ".", cwd=root)
    assert (done.code, done.out, done.err) == (0, "2 journeys, no errors, 0 warnings\n", "")


# check


def test_check_of_what_is_in_order(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert wend("check", root).out == "2 journeys, no errors, 0 warnings\n"
    assert wend("check", root / "wend.toml").code == 0
    assert wend("check", root, "--quiet").out == ""
    assert json.loads(wend("check", root, "--format", "json").out) == []


def test_check_tells_every_mistake_with_its_place(tmp_path: Path) -> None:
    script = SCRIPT.replace("any(purchase)", "any(purchas)").replace("order = order", "order = oder")
    root = project(tmp_path, shop=script)
    done = wend("check", root)
    assert (done.code, done.out) == (1, "")
    assert f"{root / 'journeys/shop.journey'}:14:33\n" in done.err
    assert f"{root / 'journeys/shop.journey'}:26:42\n" in done.err
    assert done.err.endswith("\n2 errors, 0 warnings\n")


def test_check_as_json_has_the_place_of_each_mistake(tmp_path: Path) -> None:
    root = project(tmp_path, shop=SCRIPT.replace('"miss-you"', '"mis-you"'))
    done = wend("check", root, "--format", "json")
    assert done.code == 1
    (found,) = json.loads(done.out)
    assert found.pop("code")
    assert found == {
        "severity": "error",
        "message": "there is no template `mis-you`",
        "help": "did you mean `miss-you`?",
        "file": str(root / "journeys/shop.journey"),
        "line": 20,
        "column": 9,
        "end_line": 20,
        "end_column": 29,
        "labels": [],
        "witness": None,
    }


def test_warnings_do_not_fail_a_check(tmp_path: Path) -> None:
    root = project(tmp_path, shop=SCRIPT.replace("    consent email when consent_email\n", ""))
    done = wend("check", root)
    assert (done.code, done.out) == (0, "2 journeys, no errors, 1 warning\n")
    assert "warning[" in done.err
    assert wend("check", root, "--quiet").err == ""


# fmt


def test_fmt_lays_out_and_says_what_it_changed(tmp_path: Path) -> None:
    root = project(tmp_path)
    script = root / "journeys/shop.journey"
    script.write_text(SCRIPT.replace("email         text?", "email text?"), encoding="utf-8")
    script.chmod(0o640)
    would = wend("fmt", "--check", root)
    assert (would.code, would.out) == (1, f"would change {script}\n")
    done = wend("fmt", root)
    assert (done.code, done.out) == (0, f"changed {script}\n")
    assert script.read_text(encoding="utf-8") == SCRIPT
    assert script.stat().st_mode & 0o777 == 0o640
    assert wend("fmt", "--check", root).out == "1 script in order\n"


def test_fmt_leaves_a_script_with_mistakes_and_all_others_alone(tmp_path: Path) -> None:
    root = project(tmp_path)
    broken, ugly = root / "journeys/z.journey", root / "journeys/a.journey"
    broken.write_text("journey x\n    when then\n", encoding="utf-8")
    ugly.write_text("define   big(n) = n>3\n", encoding="utf-8")
    done = wend("fmt", root)
    assert (done.code, done.out) == (1, "")
    assert "z.journey:2" in done.err
    assert broken.read_text(encoding="utf-8") == "journey x\n    when then\n"
    assert ugly.read_text(encoding="utf-8") == "define   big(n) = n>3\n"


def test_fmt_that_cannot_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path, shop=SCRIPT.replace("email         text?", "email text?"))
    before = (root / "journeys/shop.journey").read_text(encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = wend("fmt", root)
    assert (done.code, done.out) == (1, "")
    assert "no space left on device" in done.err
    assert (root / "journeys/shop.journey").read_text(encoding="utf-8") == before
    assert [p.name for p in (root / "journeys").iterdir()] == ["shop.journey"]


# init


def test_what_init_writes_is_checked_laid_out_simulated_and_run(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "shop"
    made = wend("init", folder)
    assert made.code == 0
    assert f"wrote {folder / 'wend.toml'}" in made.out
    command = made.out.splitlines()[-1].removeprefix("next: wend ").split()
    assert wend("check", folder).out == "1 journey, no errors, 0 warnings\n"
    assert wend("fmt", "--check", folder).code == 0
    done = wend(*command, "--mail", tmp_path / "mail")
    assert (done.code, done.err) == (0, "")
    assert "winback-1" in done.out
    # As it is, now: the sample data is past by any clock.
    ran = wend("run", folder, "--once")
    assert (ran.code, ran.err) == (0, "")
    assert "contacts: 12 new" in ran.out


def test_init_does_not_touch_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = wend("init", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "there is something in the folder already" in done.err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert wend("init", tmp_path / "mine.txt").code == 1


# declare


def test_what_declare_writes_is_a_script_without_faults(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    done = wend("declare", root)
    assert (done.code, done.err) == (0, "")
    assert "event purchase\n" in done.out
    script = tmp_path / "lone.journey"
    script.write_text(done.out, encoding="utf-8")
    assert wend("check", script).code == 0
    assert wend("fmt", "--check", script).code in (0, 1)
    shop = done.out + SCRIPT[SCRIPT.index("settings") :]
    assert wend("check", project(tmp_path / "q", shop=shop)).code == 0


def test_declare_from_files_alone(tmp_path: Path) -> None:
    events = tmp_path / "e.csv"
    events.write_text("contact,at,name,amount\n1,2026-01-01,purchase,10\n", encoding="utf-8")
    assert wend("declare", "--events", events).out == "event purchase\n    amount number\n"
    add(events, "1,2026-01-32,purchase,10\n")
    done = wend("declare", "--events", events)
    assert (done.code, done.out) == (1, "")
    assert f"{events}:3" in done.err
