import email
import errno
import io
import os
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.some import message
from wend.runtime.calendar import zone
from wend.runtime.channels import ChannelDown, ConsoleChannel, FolderChannel, Outcome, Status
from wend.runtime.channels.folder import file_name


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_mail_is_a_file_and_a_text_is_another(tmp_path: Path) -> None:
    sent = [message("a", contact="ana/../é x"), message("b", channel="sms", address="+49 30 1", html=None, template="")]
    assert [o.status for o in FolderChannel(tmp_path / "mail" / "out").deliver(sent)] == [Status.DELIVERED] * 2
    folder = tmp_path / "mail" / "out"
    assert names(folder) == ["2026-05-10-0900_ana-..-e-x_winback-1_a.eml", "2026-05-10-0900_contact-b_notice_b.txt"]
    mail = email.message_from_bytes((folder / names(folder)[0]).read_bytes(), policy=default)
    assert mail["Message-ID"] == "<a@shop.example>"
    assert mail.defects == []
    text = (folder / names(folder)[1]).read_text(encoding="utf-8")
    assert text.startswith("sms to +49 30 1\n")
    assert text.endswith("\n\nCome back\n")


def test_a_key_is_one_file_for_ever(tmp_path: Path) -> None:
    first = message("a_b")
    assert list(FolderChannel(tmp_path).deliver([first, first])) == [Outcome("a_b", Status.DELIVERED)] * 2
    before = (tmp_path / names(tmp_path)[0]).read_bytes()
    again = message("a_b", subject="Another", template="other", contact="x_y")
    assert [o.status for o in FolderChannel(tmp_path).deliver([again])] == [Status.DELIVERED]
    assert len(names(tmp_path)) == 1
    assert (tmp_path / names(tmp_path)[0]).read_bytes() == before


@given(st.text(), st.text(), st.sampled_from(["email", "sms"]))
def test_a_file_s_name_is_safe(contact: str, template: str, channel: str) -> None:
    name = file_name(message("k_1", contact=contact, template=template, channel=channel), zone("UTC"))
    assert len(name) < 200
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
    assert name.startswith("2026-05-10-0900_")
    assert name.rpartition(".")[0].split("_", 3)[3] == "k_1"


def test_what_is_no_email_is_refused_and_the_rest_is_written(tmp_path: Path) -> None:
    outcomes = list(FolderChannel(tmp_path).deliver([message("a", address="nobody"), message("b")]))
    assert outcomes == [
        Outcome("a", Status.REFUSED, "`nobody` is not an e-mail address"),
        Outcome("b", Status.DELIVERED),
    ]


@pytest.mark.parametrize("fault", ["fsync", "replace"])
def test_a_full_disk_leaves_whole_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    calls = 0

    def full(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls > 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    if fault == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        rename = Path.replace

        def replace(self: Path, target: Path) -> Path:
            full()
            full()
            return rename(self, target)

        monkeypatch.setattr(Path, "replace", replace)
    running = FolderChannel(tmp_path).deliver([message(key) for key in "abcd"])
    assert [next(running).key, next(running).key] == ["a", "b"]
    with pytest.raises(ChannelDown, match="no space left on device"):
        next(running)
    assert [name[-5:] for name in names(tmp_path)] == ["a.eml", "b.eml"]
    monkeypatch.undo()
    assert len(list(FolderChannel(tmp_path).deliver([message(key) for key in "abcd"]))) == 4
    assert len(names(tmp_path)) == 4


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ChannelDown, match="nothing can be written to") as caught:
        list(FolderChannel(tmp_path / "file" / "mail").deliver([message("a")]))
    assert "not a directory" in caught.value.message


def test_files_that_need_not_be_durable_are_the_same(tmp_path: Path) -> None:
    list(FolderChannel(tmp_path / "a").deliver([message("a")]))
    list(FolderChannel(tmp_path / "b", durable=False).deliver([message("a")]))
    (one,), (two,) = names(tmp_path / "a"), names(tmp_path / "b")
    assert (tmp_path / "a" / one).read_bytes() == (tmp_path / "b" / two).read_bytes()


def test_the_console_shows_what_goes_where() -> None:
    stream = io.StringIO()
    sent = message("a", subject="Hi\x1b[31m", text="one\x1b]0;x\x07\ntwo\n")
    assert list(ConsoleChannel(stream).deliver([sent])) == [Outcome("a", Status.DELIVERED)]
    shown = stream.getvalue()
    assert "email to a@post.example\nfrom: Ana's Shop <ana@shop.example>\nsubject: Hi" in shown
    assert "journey: win_back, template: winback-1" in shown
    assert "\x1b" not in shown


def test_a_console_that_is_not_utf_8_still_prints() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    list(ConsoleChannel(stream).deliver([message("a", text="Grüße")]))
    assert b"Gr??e" in raw.getvalue()


def test_a_console_that_is_closed_is_down() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(ChannelDown, match="nothing can be printed"):
        list(ConsoleChannel(stream).deliver([message("a")]))
