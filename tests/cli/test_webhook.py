"""A project whose sms go through a web service, and what is said of messages that are to be tracked."""

import io
import signal
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.support import DUE, SCRIPT, TOML, mails, project, wend
from tests.delivery.web_server import web_service
from wend.dsl.diagnostics import Severity
from wend.project.workspace import open_workspace
from wend.runtime.channels import ConsoleChannel

PUSH = SCRIPT.replace('send email "miss-you"', 'send push "miss-you"').replace(
    "journey win_back\n", "journey win_back\n    transactional\n    track clicks\n"
)


def hooked(folder: Path, url: str, more: str = "") -> Path:
    root = project(
        folder, wend=f'{TOML}\n[channels.push]\nkind = "webhook"\naddress = "id"\nurl = "{url}"\n{more}', shop=PUSH
    )
    (root / "templates" / "miss-you.txt").write_text("Come back, {{ contact.id }}", encoding="utf-8")
    return root


def test_a_project_sends_push_through_a_web_service(tmp_path: Path) -> None:
    with web_service() as service:
        root = hooked(tmp_path, service.url, 'token_env = "PUSH_TOKEN"\ntracks = true\n')
        done = wend("run", root, "--once", "--at", DUE, environ={"PUSH_TOKEN": "s3cret"})
        assert (done.code, done.err) == (0, done.err)
        assert {headers["Authorization"] for headers, _ in service.requests} == {"Bearer s3cret"}
        told = sorted((body["address"], body["text"].strip(), body["track"]) for _, body in service.requests)
        assert [each for each in told if each[0] in "12"] == [(n, f"Come back, {n}", ["clicks"]) for n in "12"]
        before = len(service.requests)
        wend("run", root, "--once", "--at", "2026-05-01T09:05", environ={"PUSH_TOKEN": "s3cret"})
        assert len(service.requests) == before


def test_a_simulation_asks_no_service(tmp_path: Path) -> None:
    with web_service() as service:
        root = hooked(tmp_path, service.url)
        assert wend("simulate", root, "--from", "2026-05-01", "--to", "2026-05-20").code == 0
        assert service.requests == []


def test_without_its_token_nothing_is_run(tmp_path: Path) -> None:
    done = wend("run", hooked(tmp_path, "https://push.example", 'token_env = "NO_SUCH_TOKEN"\n'), "--once", "--at", DUE)
    assert done.code == 1
    assert "the environment variable `NO_SUCH_TOKEN` is not set" in done.err


@pytest.mark.parametrize(("more", "expected"), [("", ["W505"]), ("tracks = true\n", [])])
def test_who_tracks_has_to_be_said(tmp_path: Path, more: str, expected: list[str]) -> None:
    workspace = open_workspace(hooked(tmp_path, "https://push.example", more))
    found = [each for each in workspace.diagnostics if each.code == "W505"]
    assert [each.code for each in found] == expected
    assert all(each.severity is Severity.WARNING for each in found)


def test_a_mail_carries_what_is_to_be_tracked(tmp_path: Path) -> None:
    script = SCRIPT.replace("journey win_back\n", "journey win_back\n    track opens, clicks\n").replace(
        "settings\n", "settings\n    track opens\n", 1
    )
    root = project(tmp_path, shop=script)
    told = wend("check", root).err + wend("check", root).out
    assert "W505" in told
    assert "help: a folder and a console never track; leave `track` out until another kind of channel is there" in told
    wend("run", root, "--once", "--at", DUE)
    mail = sorted((root / "outbox").glob("*miss-you*"))[0].read_text(encoding="utf-8")
    assert "X-Wend-Track: opens, clicks\n" in mail
    assert mails(root / "outbox")


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="there is no such signal here")
def test_a_server_that_hangs_up_does_not_end_the_run(tmp_path: Path) -> None:
    found: list[object] = []

    def made(*args: object, **kwargs: object) -> ConsoleChannel:
        found.append(signal.getsignal(signal.SIGPIPE))
        return ConsoleChannel(io.StringIO())

    with mock.patch("wend.live.channels.WebhookChannel", side_effect=made):
        wend("run", hooked(tmp_path, "https://push.example"), "--once", "--at", DUE)
    assert found == [signal.SIG_IGN]
