"""What a project's parts have to do with one another: zones, channels, versions."""

from pathlib import Path

from tests.cli.support import wend

SCRIPT = """contact
    email text
    seen datetime?

settings
    timezone "Europe/Paris"
    from "Ana <ana@shop.example>"
    consent email when email is known

journey hello
    once on 2026-07-01 at 9am
        send email "hello"
"""


def make(folder: Path, script: str = SCRIPT, channels: str = "", zone: str = "") -> Path:
    for name in ("journeys", "templates"):
        (folder / name).mkdir(parents=True)
    (folder / "wend.toml").write_text(
        f'[project]\n{zone}\n[contacts]\nfile = "contacts.csv"\nid = "id"\n'
        + (channels or '[channels.email]\nkind = "folder"\npath = "outbox"\n')
    )
    (folder / "journeys" / "hello.journey").write_text(script)
    (folder / "templates" / "hello.txt").write_text(
        "---\nsubject: hello\n---\n"
        'seen {{ contact.seen | date: "%d %H:%M" }}, '
        'now {{ now | date: "%H:%M" }}, tags {{ contact.tags | join: "+" }}.\n'
    )
    (folder / "contacts.csv").write_text("id,email,seen\n1,a@mail.example,2026-06-01T00:30:00\n")
    return folder


def test_times_in_a_message_are_local_and_no_tags_are_no_unknown_value(tmp_path: Path) -> None:
    project = make(tmp_path / "shop")
    done = wend("simulate", project, "--from", "2026-07-01", "--to", "2026-07-01", "--mail", tmp_path / "mail", "-q")
    assert done.code == 0, done
    (mail,) = (tmp_path / "mail").iterdir()
    assert "seen 01 00:30, now 09:00, tags ." in mail.read_text()


def test_a_project_without_a_zone_takes_that_of_its_settings(tmp_path: Path) -> None:
    # 00:30 in Paris would be another day were the data read in UTC.
    told = make(tmp_path / "told", zone='timezone = "UTC"')
    wend("simulate", told, "--from", "2026-07-01", "--to", "2026-07-01", "--mail", tmp_path / "mail", "-q")
    (mail,) = (tmp_path / "mail").iterdir()
    assert "seen 01 02:30" in mail.read_text()


def test_a_send_over_a_channel_that_the_project_does_not_have_is_an_error(tmp_path: Path) -> None:
    project = make(tmp_path / "shop", SCRIPT.replace("send email", "send emial"))
    done = wend("check", project)
    assert done.code == 1
    assert "the project has no channel `emial`" in done.err
    assert "write `email`" in done.err


def test_a_channel_whose_address_no_contact_has_is_an_error(tmp_path: Path) -> None:
    channels = '[channels.email]\nkind = "folder"\npath = "outbox"\naddress = "emial"\n'
    done = wend("check", make(tmp_path / "shop", channels=channels))
    assert done.code == 1
    assert "the address of `email` is the field `emial`, which no contact has" in done.err
    assert "did you mean `email`?" in done.err
    assert "wend.toml:6" in done.err


def test_mail_of_an_earlier_simulation_is_told(tmp_path: Path) -> None:
    project = make(tmp_path / "shop")
    call = ("simulate", project, "--from", "2026-07-01", "--to", "2026-07-01", "--mail", tmp_path / "mail", "-q")
    assert "of before" not in wend(*call).out
    assert "1 file of before is still there" in wend(*call).out


def test_a_changed_trigger_is_told_when_its_version_goes_live(tmp_path: Path) -> None:
    script = SCRIPT.replace("once on 2026-07-01 at 9am", "when seen is known")
    project = make(tmp_path / "shop", script)
    assert "was not in the version before" not in wend("run", project, "--once", "--at", "2026-07-01T10:00").err
    (project / "journeys" / "hello.journey").write_text(
        script.replace("seen is known", 'email != "x" and seen is known')
    )
    done = wend("run", project, "--once", "--at", "2026-07-02T10:00")
    assert 'hello: `when email != "x" and seen is known` was not in the version before' in done.err
