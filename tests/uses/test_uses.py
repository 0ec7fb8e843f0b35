"""`use "file"`: scripts that are made of several files."""

from pathlib import Path

import pytest

import wend
from tests.cli.support import wend as command
from wend.dsl.diagnostics import Diagnostic, ProgramError
from wend.project.workspace import Workspace, open_workspace

SHOP = """\
contact
    email text
    plan  "trial" | "paid"

event purchase
    amount number

settings
    timezone "Europe/Paris"
    consent email when plan = "paid"
"""
GROUPS = 'use "shop.journey"\n\nsegment big = sum(purchase.amount) > 500\ndefine spent = sum(purchase.amount)\n'
MAIN = """\
use "shop.journey"
use "groups/groups.journey"

journey thanks
    audience big

    on purchase
        send email "thanks"

test "a big one" for thanks
    given email = "ana@shop.example", plan = "paid"
    given event purchase at 2026-01-10 with amount = 600
    at 2026-01-11 event purchase with amount = 10
    at 2026-01-11 expect email "thanks"
"""


def written(folder: Path, **files: str) -> Path:
    """Scripts in a folder; gives the path of `main`. A name such as `groups__groups` is one in a folder."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".journey")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "main.journey"


def shop(folder: Path) -> Path:
    return written(folder, main=MAIN, shop=SHOP, groups__groups=GROUPS.replace('"shop', '"../shop'))


def said(workspace: Workspace) -> list[tuple[str, int, str]]:
    """The file, the line and the sentence of each report."""
    return [(Path(d.source.name).name, d.source.line_col(d.span.start)[0], d.message) for d in workspace.diagnostics]


def only(path: Path) -> Diagnostic:
    """The one report there is."""
    (found,) = open_workspace(path).diagnostics
    assert found.code == "W504"
    assert found.help
    return found


# ---- what is used is part of the program -----------------------------------------------------------------------------


def test_declarations_of_all_files_are_one_program(tmp_path: Path) -> None:
    workspace = open_workspace(shop(tmp_path))
    assert said(workspace) == []
    program = workspace.sound()
    assert set(program.schema.contact or {}) == {"email", "plan"}
    assert program.settings.zone == "Europe/Paris"
    assert [Path(source.name).relative_to(tmp_path).as_posix() for source in workspace.sources] == [
        "main.journey",
        "shop.journey",
        "groups/groups.journey",
    ]


def test_journeys_of_a_used_file_are_journeys_of_the_program(tmp_path: Path) -> None:
    path = written(
        tmp_path, main='use "more.journey"\n', more="journey more\n    on signup\n        exit\n    reenter never\n"
    )
    assert wend.compile(path).journeys == ("more",)


def test_a_file_that_several_files_use_is_there_once(tmp_path: Path) -> None:
    program = wend.compile(shop(tmp_path))
    assert program.journeys == ("thanks",)
    assert len(program.scripts) == 3


def test_where_declarations_stand_changes_nothing_for_use_lines(tmp_path: Path) -> None:
    path = written(tmp_path, main='use "b.journey"\nuse "c.journey"\nwhen vip exit\n', b="segment vip = true\n", c="\n")
    first = wend.compile(path).version
    written(tmp_path, main='use "c.journey"\nuse "b.journey"\nwhen vip exit\n')
    assert wend.compile(path).version == first


def test_every_command_takes_a_script_that_uses_others(tmp_path: Path) -> None:
    path = shop(tmp_path)
    assert command("check", path).out == "1 journey, no errors, 0 warnings\n"
    assert "1 test passed" in command("test", path).out
    (tmp_path / "contacts.csv").write_text("id,email,plan\nana,ana@shop.example,paid\n")
    (tmp_path / "events.csv").write_text("contact,at,name,amount\nana,2026-01-01T10:00,purchase,700\n")
    data = ["--contacts", tmp_path / "contacts.csv", "--events", tmp_path / "events.csv"]
    done = command("simulate", path, "--from", "2026-01-01", "--to", "2026-01-02", *data)
    assert (done.code, "thanks" in done.out) == (0, True), done.err


def test_fmt_lays_out_what_is_used(tmp_path: Path) -> None:
    path = written(tmp_path, main='use   "b.journey"\n', b="segment   vip = true\n")
    assert command("fmt", path).out.count("changed ") == 2
    assert path.read_text() == 'use "b.journey"\n'
    assert (tmp_path / "b.journey").read_text() == "segment vip = true\n"


def test_a_project_may_use_files_below_its_folder(tmp_path: Path) -> None:
    (tmp_path / "wend.toml").write_text("")
    (tmp_path / "journeys").mkdir()
    written(
        tmp_path / "journeys",
        main='use "more/b.journey"\nuse "c.journey"\nwhen vip exit\n',
        c="define a = b\ndefine b = 1\n",
    )
    written(tmp_path / "journeys", more__b="segment vip = true\n")
    assert said(open_workspace(tmp_path)) == []


# ---- clashes ---------------------------------------------------------------------------------------------------------


def test_a_clash_is_told_with_both_places(tmp_path: Path) -> None:
    path = written(tmp_path, main='use "b.journey"\nsegment vip = true\n', b="\nsegment vip = any(visit)\n")
    (found,) = open_workspace(path).diagnostics
    (first,) = found.labels
    spans = (found.source, found.span), (first.source, first.span)
    places = {(Path(source.name).name, source.line_col(span.start)[0]) for source, span in spans}
    assert (found.code, places) == ("W207", {("main.journey", 2), ("b.journey", 2)})


def test_mistakes_of_a_used_file_are_told_with_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, main='use "b.journey"\nwhen vip exit\n', b="segment vip = any(visit\n")
    assert [(name, line) for name, line, _ in said(open_workspace(path))] == [("b.journey", 1)]


# ---- files that cannot be used ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message", "help"),
    [
        ("shop.journy", "`shop.journy` is no script", "a script's name ends in `.journey`"),
        ("shp.journey", "there is no file `shp.journey` beside this script", "did you mean `shop.journey`?"),
        ("xyzzy.journey", "there is no file `xyzzy.journey` beside this script", None),
        ("shop", "`shop` is no script", 'write `use "shop.journey"`'),
        ("", "no file is named here", None),
        (".", "`.` is no script", None),
        ("../out.journey", "`../out.journey` lies outside the folder of the program", None),
        ("/etc/out.journey", "a file is named from this script's folder, with `/`", 'write `use "out.journey"`, say'),
        (r"C:\\out.journey", "a file is named from this script's folder, with `/`", 'write `use "out.journey"`, say'),
        ("folder.journey", "there is no file `folder.journey` beside this script", None),
        ("picture.journey", "`picture.journey` cannot be used: the script is not UTF-8 text", None),
        ("main.journey", "a file cannot use itself", None),
    ],
)
def test_a_file_that_cannot_be_used(name: str, message: str, help: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    (tmp_path / "out.journey").write_text("")
    (folder / "folder.journey").mkdir()
    (folder / "picture.journey").write_bytes(b"\x89PNG\r\n\xff\xfe")
    found = only(written(folder, main=f'when a exit\nuse "{name}"\n', shop=SHOP))
    assert found.message == message
    assert found.source.line_col(found.span.start)[0] == 2
    if help is not None:
        assert found.help == help


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    (tmp_path / "secret.journey").write_text("segment vip = true\n")
    (folder / "inside.journey").symlink_to(tmp_path / "secret.journey")
    assert "outside the folder" in only(written(folder, main='use "inside.journey"\n')).message


def test_a_file_that_is_used_twice_is_told(tmp_path: Path) -> None:
    found = only(written(tmp_path, main='use "b.journey"\nuse "./b.journey"\n', b=""))
    assert found.message == "`./b.journey` is used twice"
    assert [label.text for label in found.labels] == ["first here"]


def test_a_circle_is_told_once_with_its_places(tmp_path: Path) -> None:
    uses = {name: f'use "{after}.journey"\n' for name, after in ("mb", "bc", "cb")}
    found = only(written(tmp_path, main=uses["m"], b=uses["b"], c=uses["c"]))
    assert found.message == "the files use one another in a circle: `b.journey` → `c.journey` → `b.journey`"
    assert Path(found.source.name).name == "c.journey"
    assert [Path(label.source.name).name for label in found.labels] == ["b.journey"]


def test_what_a_used_file_cannot_use_is_told_there(tmp_path: Path) -> None:
    found = only(written(tmp_path, main='use "b.journey"\n', b='\nuse "gone.journey"\n'))
    assert (Path(found.source.name).name, found.source.line_col(found.span.start)[0]) == ("b.journey", 2)


def test_a_long_chain_is_followed(tmp_path: Path) -> None:
    files = {f"f{n}": f'use "f{n + 1}.journey"\n' for n in range(1200)}
    path = written(tmp_path, main='use "f0.journey"\n', f1200="segment vip = true\n", **files)
    assert len(open_workspace(path).sources) == 1202


# ---- texts -----------------------------------------------------------------------------------------------------------


def test_a_text_can_use_no_file() -> None:
    with pytest.raises(ProgramError) as told:
        wend.compile('use "shop.journey"\nwhen vip exit\n')
    (found,) = told.value.diagnostics
    assert found.code == "W504"
    assert found.message == "this script is a text and stands in no folder, so nothing is beside it"


def test_quotes_that_are_missing_are_asked_for() -> None:
    with pytest.raises(ProgramError) as told:
        wend.compile("use shop.journey\n")
    assert told.value.diagnostics[0].help == 'write `"shop.journey"`'
