"""`wend run` with a real mail server that is down, slow, or refuses one recipient: all arrives in the end, once."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.support import CONTACTS, DUE, TOML, Done, project, wend
from tests.delivery.mail_server import Mailbox, Server, serving

SMTP = """kind = "smtp"
host = "127.0.0.1"
port = {port}
security = "none"
timeout = 1
"""


def shop(folder: Path, port: int, **changes: str) -> Path:
    """The small project, with all of 1, 2 and 3 due, and its mail going to a port of this machine."""
    toml = TOML.replace('kind = "folder"\npath = "outbox"\n', SMTP.format(port=port))
    return project(folder, wend=toml, **changes)


def run(root: Path, at: str = "2026-05-11T09:00") -> Done:
    """One round."""
    return wend("run", root, "--once", "--at", at)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    with serving(mailbox) as found:
        yield found


def to(mailbox: Mailbox) -> list[str]:
    """To whom mail arrived."""
    return sorted(str(mail["To"]).strip("<>") for mail in mailbox.arrived)


ALL = ["ana@mail.example", "ben@mail.example", "cem@mail.example"]


def test_mail_arrives_as_it_was_rendered(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    root = shop(tmp_path, server.port)
    done = run(root)
    assert (done.code, done.err) == (0, "")
    assert "delivered: 3" in done.out
    assert to(mailbox) == ALL
    mail = next(each for each in mailbox.arrived if "ana@" in each["To"])
    assert mail["Subject"] == "We miss you, Ana"
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}
    assert (run(root).code, run(root, "2026-05-12T09:00").code) == (0, 0)
    assert to(mailbox) == ALL


def test_a_server_that_is_down_gets_all_when_it_is_up(tmp_path: Path, mailbox: Mailbox) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        root = shop(tmp_path, port)
        done = run(root)
        assert done.code == 3
        assert f"smtp 127.0.0.1:{port} cannot be reached: connection refused" in done.err
        assert "not delivered: 3" in done.out
    with serving(mailbox, port):
        assert run(root).code == 0
    assert to(mailbox) == ALL


def test_a_server_that_does_not_answer_costs_one_time_out(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    mailbox.hang_at_rcpt.add("ana@mail.example")
    root = shop(tmp_path, server.port)
    done = run(root)
    assert done.code == 3
    assert "did not answer within 1 s" in done.err
    mailbox.hang_at_rcpt.clear()
    assert run(root, "2026-05-11T09:05").code == 0
    assert to(mailbox) == ALL


def test_one_recipient_who_is_refused_for_now_is_tried_again(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    mailbox.refuse["ben@mail.example"] = "451 try again later"
    root = shop(tmp_path, server.port)
    done = run(root)
    assert done.code == 3
    assert "451 try again later" in done.err
    assert to(mailbox) == ["ana@mail.example", "cem@mail.example"]
    mailbox.refuse.clear()
    assert run(root).code == 0  # whoever runs it again has waited long enough
    assert to(mailbox) == ALL


def test_one_recipient_who_is_refused_for_good_is_set_aside(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    mailbox.refuse["ben@mail.example"] = "550 no such user"
    root = shop(tmp_path, server.port)
    done = run(root)
    assert done.code == 3
    assert "550 no such user" in done.err
    assert "it is set aside" in done.err
    assert to(mailbox) == ["ana@mail.example", "cem@mail.example"]
    mailbox.refuse.clear()
    assert run(root, "2026-05-12T09:00").code == 0
    assert to(mailbox) == ["ana@mail.example", "cem@mail.example"]


def test_a_connection_that_breaks_loses_nothing(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    mailbox.drop_at_mail.update({2, 3})
    root = shop(tmp_path, server.port)
    run(root)
    run(root, "2026-05-11T09:05")
    assert to(mailbox) == ALL


def test_a_lost_answer_sends_again_under_the_same_key(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    mailbox.drop_at_data.add(1)
    root = shop(tmp_path, server.port)
    assert run(root).code == 3
    assert run(root).code == 0
    assert sorted(set(to(mailbox))) == ALL
    assert len(set(mailbox.keys())) == 3
    assert len(mailbox.keys()) == 4


def test_an_address_that_is_none_stops_nobody_else(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    root = shop(tmp_path, server.port, contacts=CONTACTS.replace("ben@mail.example", "ben at home"))
    done = run(root)
    assert done.code == 3
    assert "`ben at home` is not an e-mail address" in done.err
    assert to(mailbox) == ["ana@mail.example", "cem@mail.example"]


def test_json_tells_the_problems(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    mailbox.refuse["ben@mail.example"] = "451 later"
    done = wend("run", shop(tmp_path, server.port), "--once", "--at", "2026-05-11T09:00", "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["delivered"], found["undelivered"]) == (3, 2, 1)
    (problem,) = found["problems"]
    assert (problem["channel"], problem["count"]) == ("email", 1)
    assert "451 later" in problem["message"]


def test_a_password_comes_from_the_environment(tmp_path: Path, mailbox: Mailbox) -> None:
    with serving(mailbox, authenticator=mailbox.authenticate, auth_require_tls=False) as server:
        root = shop(tmp_path, server.port)
        with (root / "wend.toml").open("a", encoding="utf-8") as file:
            file.write('user = "ana"\npassword_env = "WEND_TEST_PASSWORD"\n')
        done = wend("run", root, "--once", "--at", DUE)
        assert done.code == 1
        assert "the environment variable `WEND_TEST_PASSWORD` is not set" in done.err
        done = wend("run", root, "--once", "--at", DUE, environ={"WEND_TEST_PASSWORD": "wrong-one"})
        assert done.code == 3
        assert "refused the user name or the password" in done.err
        assert "wrong-one" not in done.err
        done = wend("run", root, "--once", "--at", DUE, environ={"WEND_TEST_PASSWORD": "secret"})
        assert (done.code, to(mailbox)) == (0, ["ana@mail.example", "ben@mail.example"])
