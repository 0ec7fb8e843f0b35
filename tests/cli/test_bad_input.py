"""Input that is not as it should be: one clear sentence with its place, exit code 1, nothing kept and nothing sent."""

from pathlib import Path

import pytest

from tests.cli.support import CONTACTS, DUE, EVENTS, MISS_YOU, SCRIPT, TOML, mails, project, wend

PERIOD = ("--from", "2026-01-01", "--to", "2026-05-31")

# (what is changed, what is said, where): of data, which `run` and `simulate` read.
DATA: dict[str, tuple[dict[str, str | bytes | None], str, str]] = {
    "no contacts file": ({"contacts": None}, "there is no such file", "contacts.csv"),
    "no events file": ({"events": None}, "there is no such file", "events.csv"),
    "empty file": ({"contacts": ""}, "empty", "contacts.csv"),
    "not UTF-8": ({"contacts": CONTACTS.encode() + b"6,\xe9,,true\n"}, "is not UTF-8", "contacts.csv:7"),
    "binary": ({"events": b"\x00\x01\x02"}, "", "events.csv"),
    "no such column": ({"events": EVENTS.replace("at,", "when,", 1)}, "there is no column `at`", "events.csv:1"),
    "no such id column": (
        {"contacts": CONTACTS.replace("id,", "key,", 1)},
        "there is no column `id`",
        "contacts.csv:1",
    ),
    "no date": ({"events": EVENTS.replace("2026-01-11", "2026-02-30")}, "found `2026-02-30T10:00:00`", "events.csv:4"),
    "no number": ({"events": EVENTS.replace(",30", ",much")}, "`much`", "events.csv:4"),
    "too great a number": ({"events": EVENTS.replace(",30", "," + "9" * 5000)}, "expected a number", "events.csv:4"),
    "no truth": ({"contacts": CONTACTS.replace("Eve,false", "Eve,perhaps")}, "`perhaps`", "contacts.csv:6"),
    "twice": ({"contacts": CONTACTS + "2,b@mail.example,,true\n"}, "the contact `2` is here twice", "contacts.csv:7"),
    "for nobody": ({"events": EVENTS + "7,2026-01-02,1\n"}, "for the contact `7`, who is not among", "events.csv:7"),
    "no id": ({"contacts": CONTACTS + ",x@mail.example,,true\n"}, "", "contacts.csv:7"),
    "short row": ({"contacts": CONTACTS + "6,x@mail.example\n"}, "", "contacts.csv:7"),
    "long row": ({"contacts": CONTACTS + "6,x@mail.example,X,true,true\n"}, "", "contacts.csv:7"),
}


def refused(root: Path, *args: object) -> str:
    """What is said of a refused command, which has changed nothing."""
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "wend.db" not in path.name}
    done = wend(*args)
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("error")
    assert {path: path.read_bytes() for path in before} == before
    assert not (root / "outbox").exists()
    return done.err


@pytest.mark.parametrize("case", list(DATA))
def test_data(tmp_path: Path, case: str) -> None:
    changes, message, place = DATA[case]
    root = project(tmp_path, **changes)
    for said in (refused(root, "simulate", root, *PERIOD), refused(root, "run", root, "--once", "--at", DUE)):
        assert message in said
        assert f"{root}/{place}" in said
    # Nothing was lost: with the data put right it runs as if nothing had been.
    project(root)
    assert wend("run", root, "--once", "--at", DUE).code == 0
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you"]


def test_an_event_in_the_future(tmp_path: Path) -> None:
    root = project(tmp_path, events=EVENTS + "1,2026-05-01T09:01:00,1\n")
    said = refused(root, "run", root, "--once", "--at", DUE)
    assert "the event `purchase` of the contact `1` is in the future: 2026-05-01 09:01 UTC" in said
    assert f"{root}/events.csv:7" in said
    assert 'future = "skip"' in said


def test_what_arrives_broken_later_leaves_all_as_it_was(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert wend("run", root, "--once", "--at", DUE).code == 0
    (root / "contacts.csv").write_text(CONTACTS + "6,fay@mail.example,Fay,true\n", encoding="utf-8")
    (root / "events.csv").write_text(EVENTS + "8,2026-05-11,1\n", encoding="utf-8")
    done = wend("run", root, "--once", "--at", "2026-05-11T09:00")
    assert (done.code, done.out) == (1, "")
    assert f"{root}/events.csv:7" in done.err
    (root / "events.csv").write_text(EVENTS + "6,2026-05-11,1\n", encoding="utf-8")
    done = wend("run", root, "--once", "--at", "2026-05-11T09:00")
    assert done.out.splitlines()[:2] == ["contacts: 1 new, 0 changed", "events: 1 new"]
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "3 miss-you", "6 thanks"]


PATTERNS = {"**[": "is no pattern of files", "data/*.csv": "no file fits `data/*.csv`"}


@pytest.mark.parametrize("pattern", list(PATTERNS))
def test_a_pattern_of_files(tmp_path: Path, pattern: str) -> None:
    root = project(tmp_path, wend=TOML.replace("events.csv", pattern))
    for command in (("simulate", root, *PERIOD), ("run", root, "--once", "--at", DUE), ("declare", root)):
        said = refused(root, *command)
        assert PATTERNS[pattern] in said
        assert f"{root}/wend.toml:9" in said


# (what is changed, what is said, where): of scripts, templates and settings, which every command reads.
PROJECT: dict[str, tuple[dict[str, str | bytes | None], str, str]] = {
    "script not UTF-8": ({"shop": SCRIPT.encode() + b"# \xe9\n"}, "is not UTF-8", "journeys/shop.journey:27"),
    "script with a mistake": ({"shop": SCRIPT.replace("reenter always", "reenter allways")}, "", "shop.journey:16:"),
    "no script": ({"shop": None}, "there is no script", ""),
    "no template": ({"miss_you": None}, "there is no template `miss-you`", "journeys/shop.journey:20:9"),
    "template not UTF-8": ({"miss_you": MISS_YOU.encode() + b"\xe9"}, "is not UTF-8", "templates/miss-you.html:5"),
    "broken template": ({"miss_you": MISS_YOU + "{% if %}\n"}, "", "templates/miss-you.html:5:1"),
    "unclosed template": ({"miss_you": MISS_YOU + "{% if contact.name %}x\n"}, "", "templates/miss-you.html"),
    "no subject": ({"miss_you": "<p>x</p>"}, "has no subject", "templates/miss-you.html:1"),
    "unknown variable": (
        {"miss_you": MISS_YOU.replace("contact.name }}", "contact.nmae }}")},
        "`contact` has no field `nmae`",
        "templates/miss-you.html:2",
    ),
    "unknown root": ({"miss_you": MISS_YOU + "{{ order.amount }}\n"}, "`order`", "templates/miss-you.html:5"),
    "no sender": (
        {"shop": SCRIPT.replace('    from "Ana <ana@shop.example>"\n', "")},
        "nothing says who this mail is from",
        "journeys/shop.journey:19:9",
    ),
    "the sender is no address": (
        {"shop": SCRIPT.replace("Ana <ana@shop.example>", "nobody")},
        "`nobody` is not an e-mail address",
        "journeys/shop.journey:26:9",  # the first step that it stops, in walking order
    ),
    "the address of a notice is none": (
        {"shop": SCRIPT.replace('send email "miss-you"', 'notify "office" subject "x" text "y"')},
        "`office` is not an e-mail address",
        "journeys/shop.journey:20:9",
    ),
    "no settings": ({"wend": None}, "the folder has no `wend.toml`", ""),
    "settings are no TOML": ({"wend": TOML + "x = ["}, "the file is no TOML", "wend.toml"),
    "settings not UTF-8": ({"wend": TOML.encode() + b"# \xe9\n"}, "is not UTF-8", "wend.toml:20"),
    "unknown setting": ({"wend": TOML.replace("[store]", "[stroe]")}, "did you mean `store`", "wend.toml:14"),
    "unknown zone": ({"wend": TOML.replace('"UTC"', '"Mars/Olympus"')}, "Mars/Olympus", "wend.toml:2"),
    "the sender of a channel is no address": (
        {"wend": TOML + 'from = "nobody"\n'},
        "nobody",
        "wend.toml:20",
    ),
}


@pytest.mark.parametrize("case", list(PROJECT))
def test_project(tmp_path: Path, case: str) -> None:
    changes, message, place = PROJECT[case]
    root = project(tmp_path, **changes)
    for command in (("check", root), ("simulate", root, *PERIOD), ("run", root, "--once", "--at", DUE)):
        said = refused(root, *command)
        assert message in said
        assert f"{place}" in said
    assert not (root / "wend.db").exists()


def test_no_templates_at_all(tmp_path: Path) -> None:
    root = project(tmp_path, miss_you=None, thanks=None)
    (root / "templates").rmdir() if (root / "templates").exists() else None
    assert "there is no folder `templates`" in refused(root, "run", root, "--once", "--at", DUE)
    done = wend("simulate", root, *PERIOD)
    assert done.code == 0
    assert "placeholder content" in done.err


def test_a_channel_that_nobody_delivers(tmp_path: Path) -> None:
    root = project(tmp_path, wend=TOML[: TOML.index("[channels")])
    said = refused(root, "run", root, "--once", "--at", DUE)
    assert "which no channel delivers" in said
    assert "[channels.email]" in said


def test_the_channels_sender_is_taken_where_nothing_else_says_it(tmp_path: Path) -> None:
    shop = SCRIPT.replace('    from "Ana <ana@shop.example>"\n', "")
    root = project(tmp_path, wend=TOML + 'from = "Zoe <zoe@shop.example>"\n', shop=shop)
    assert wend("check", root).code == 0
    assert wend("run", root, "--once", "--at", DUE).code == 0
    for mail in (root / "outbox").iterdir():
        assert 'From: "Zoe" <zoe@shop.example>' in mail.read_text(encoding="utf-8")
    done = wend("simulate", root, *PERIOD, "--mail", tmp_path / "mail")
    assert (done.code, len(mails(tmp_path / "mail"))) == (0, 7)


@pytest.mark.parametrize("name", ["nowhere", "wend.tml", "journeys/shop.journy"])
def test_a_path_that_is_not_there(tmp_path: Path, name: str) -> None:
    root = project(tmp_path)
    done = wend("check", root / name)
    assert (done.code, done.out) == (1, "")
    assert "there is no such file or folder" in done.err
    assert ("did you mean" in done.err) is (name != "nowhere")


def test_a_path_that_is_something_else(tmp_path: Path) -> None:
    root = project(tmp_path)
    for path, said in ((root / "contacts.csv", "neither a project nor a script"), (root / "journeys", "has no")):
        done = wend("check", path)
        assert (done.code, done.out) == (1, "")
        assert said in done.err


def test_a_script_that_is_too_long(tmp_path: Path) -> None:
    script = tmp_path / "long.journey"
    script.write_text('when plan = "a" send email "b"\n' * 400_000, encoding="utf-8")
    done = wend("check", str(script))
    assert done.code != 0
    assert "the script is longer than 2_000_000 bytes" in done.err
    assert "several files" in done.err


# (what is changed, what is said, the advice): what was refused without saying what to do instead.
ADVICE: dict[str, tuple[dict[str, str | bytes | None], str, str]] = {
    "no file, and others beside": ({"contacts": None}, "there is no such file", "there is `events.csv` in that folder"),
    "an empty file": ({"contacts": ""}, "the file is empty", "a CSV begins with a line of column names"),
    "UTF-16 without its mark": (
        {"contacts": CONTACTS.encode("utf-16-le")},
        "the file is no text: there are zero bytes in its first line",
        "it looks like UTF-16, save it as UTF-8",
    ),
    "a spreadsheet by another name": (
        {"contacts": b"PK\x03\x04" + bytes(60)},
        "this is a spreadsheet or an archive, whatever its name says",
        "save the sheet as `CSV UTF-8`",
    ),
    "other columns": ({"contacts": "a,b\n1,2\n"}, "there is no column `id`", "say in `wend.toml` which of them it is"),
    "twice": ({"contacts": CONTACTS + "2,b@mail.example,,true\n"}, "here twice", "an id stands for one contact"),
    "no id": ({"contacts": CONTACTS + ",x@mail.example,,true\n"}, "has no id", "give it one, or take the row out"),
    "no number": ({"events": EVENTS.replace(",30", ",much")}, "expected a number", "write it like `1234.5`"),
}


@pytest.mark.parametrize("case", list(ADVICE))
def test_what_to_do_instead_is_said(tmp_path: Path, case: str) -> None:
    changes, message, advice = ADVICE[case]
    root = project(tmp_path, **changes)
    said = refused(root, "simulate", root, *PERIOD)
    assert message in said
    assert f"\n  help: {advice}" in said


def test_times_are_told_in_the_projects_zone(tmp_path: Path) -> None:
    root = project(tmp_path, wend=TOML.replace('"UTC"', '"Asia/Tokyo"'), events=EVENTS + "1,2026-05-01T09:01:00,1\n")
    said = refused(root, "run", root, "--once", "--at", DUE)
    assert "2026-05-01 09:01 Asia/Tokyo, and it is 2026-05-01 09:00 Asia/Tokyo" in said
    root = project(tmp_path / "other", wend=TOML.replace('"UTC"', '"Asia/Tokyo"'))
    assert wend("run", root, "--once", "--at", DUE).code == 0
    assert {path.name[:15] for path in (root / "outbox").iterdir()} == {"2026-05-01-0900"}


def test_the_nearest_contact_of_a_store_is_suggested(tmp_path: Path) -> None:
    root = project(tmp_path, contacts=CONTACTS.replace("\n5,", "\nevelyn,"), events=EVENTS.replace("\n5,", "\nevelyn,"))
    assert wend("run", root, "--once", "--at", DUE).code == 0
    done = wend("explain", "evelin", "--project", root)
    assert (done.code, done.out) == (1, "")
    assert done.err == "error: there is no contact `evelin` in the store\n  help: did you mean `evelyn`?\n"
