"""What a project's parts have to do with one another: zones, channels, versions."""

from pathlib import Path

import pytest

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


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A project whose trigger has fired for everybody, and says something else now."""
    script = SCRIPT.replace("once on 2026-07-01 at 9am", "when seen is known")
    project = make(tmp_path / "shop", script)
    assert wend("run", project, "--once", "--at", "2026-07-01T10:00").code == 0
    (project / "journeys" / "hello.journey").write_text(
        script.replace("when seen is known", 'when email != "x" and seen is known')
    )
    return project


def test_a_changed_trigger_without_an_answer_changes_nothing(changed: Path) -> None:
    for flags in (["--once", "--at", "2026-07-02T10:00"], []):
        done = wend("run", changed, *flags)
        assert done.code == 1
        assert 'hello: `when email != "x" and seen is known` (hello.journey:11)' in done.err
        assert "replaces `when seen is known`: 1 contact remembers it, 1 fired, 1 latched" in done.err
        assert "nothing was changed, and the version before stays live" in done.err
        assert "--keep all" in done.err


@pytest.mark.parametrize(("flag", "sent"), [("--keep", False), ("--reset", True)])
def test_a_changed_trigger_keeps_or_is_reset(changed: Path, flag: str, sent: bool) -> None:
    done = wend("run", changed, "--once", "--at", "2026-07-02T10:00", flag, "all")
    assert done.code == 0
    assert f"what 1 contact remembered is {'reset' if sent else 'kept'}" in done.out
    assert ("to send: email" in done.out) is sent
    assert wend("run", changed, "--once", "--at", "2026-07-02T10:05", flag, "all").code == 0


def test_an_answer_cannot_be_both_and_has_to_name_a_trigger(changed: Path) -> None:
    both = wend("run", changed, "--once", "--keep", "all", "--reset", "all")
    assert both.code == 2
    none = wend("run", changed, "--once", "--at", "2026-07-02T10:00", "--keep", "when nobody")
    assert none.code == 1
    assert "there is no trigger `when nobody`" in none.err


def test_at_a_terminal_it_is_asked(changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wend.cli.run.interactive", lambda: True)
    monkeypatch.setattr("click.prompt", lambda *_, **__: "reset")
    done = wend("run", changed, "--once", "--at", "2026-07-02T10:00")
    assert "reset, it would fire for 1 at once" in done.err
    assert "to send: email" in done.out
