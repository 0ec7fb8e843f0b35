"""`wend send-test`: over the real channel and through the outbox, marked, counted in quotas, and never twice."""

import json
import os
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.support import EVENTS, SCRIPT, TOML, Done, mails, project, wend
from tests.cli.test_smtp import shop
from tests.delivery.mail_server import Mailbox, Server, serving
from tests.engine.crash import in_a_child
from wend.runtime.channels import FolderChannel

ME = "me@shop.example"
AT = "2026-05-01T09:00"
QUOTA = SCRIPT.replace("settings\n", "settings\n    quota 2 email per month\n")


def try_out(root: Path, what: str, *more: str, to: str = ME, at: str = AT) -> Done:
    return wend("send-test", what, root, "--to", to, "--at", at, *more)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    with serving(mailbox) as found:
        yield found


def text_of(mailbox: Mailbox) -> str:
    """The plain text of the mail that arrived."""
    part = next(each for each in mailbox.arrived[0].walk() if each.get_content_type() == "text/plain")
    text = part.get_payload(decode=True)
    assert isinstance(text, bytes)
    return text.decode().strip()


def rows(root: Path, wanted: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(root / "wend.db")) as connection:
        return list(connection.execute(wanted))


# ---- what arrives ----------------------------------------------------------------------------------------------------


def test_two_tests_are_two_mails_that_are_marked(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    root = shop(tmp_path, server.port)
    for _ in range(2):
        done = try_out(root, "miss-you", "--contact", "1")
        assert (done.code, done.err) == (0, "")
        assert done.out.splitlines() == [
            f"email miss-you to {ME}: [Test] We miss you, Ana",
            "rendered for the contact 1",
            "delivered: 1",
        ]
    assert [(mail["To"], mail["Subject"]) for mail in mailbox.arrived] == [(f"<{ME}>", "[Test] We miss you, Ana")] * 2
    assert len(set(mailbox.keys())) == 2
    # It is no doing of the journey: the contacts get their mail as if there had been no test.
    assert wend("run", root, "--once", "--at", "2026-05-01T09:01").code == 0
    assert sorted(mail["To"] for mail in mailbox.arrived[2:]) == ["<ana@mail.example>", "<ben@mail.example>"]


def test_the_messages_of_a_journey_with_a_made_up_event(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    root = shop(tmp_path, server.port)
    done = try_out(root, "thanks", "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["delivered"], found["undelivered"], found["made_up"]) == (0, 1, 0, True)
    assert found["messages"] == [
        {
            "journey": "thanks",
            "channel": "email",
            "template": "thanks",
            "to": ME,
            "subject": "[Test] Thank you",
            "contact": found["messages"][0]["contact"],
            "key": mailbox.keys()[0],
            "at": "2026-05-01T09:00:00+00:00",
            "taken_up": False,
        }
    ]
    assert text_of(mailbox).endswith("EUR")


def test_a_real_contact_brings_its_latest_event(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    root = shop(tmp_path, server.port, events=EVENTS + "1,2026-02-01,77\n1,2026-06-01,88\n")
    assert try_out(root, "thanks", "--contact", "1").code == 0
    assert text_of(mailbox) == "77 EUR"


def test_after_a_run_a_contact_is_the_stores(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert wend("run", root, "--once", "--at", AT).code == 0
    (root / "contacts.csv").unlink()
    done = try_out(root, "miss-you", "--contact", "2", at="2026-05-01T10:00")
    assert (done.code, done.out.splitlines()[0]) == (0, f"email miss-you to {ME}: [Test] We miss you, Ben")


def test_neither_consent_nor_limit_is_asked(tmp_path: Path) -> None:
    root = project(tmp_path, shop=SCRIPT.replace("settings\n", "settings\n    limit 1 email per 30 days\n"))
    assert [try_out(root, "miss-you", "--contact", "5").code for _ in range(3)] == [0, 0, 0]
    assert len(list((root / "outbox").iterdir())) == 3


def test_it_is_journalled(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert try_out(root, "miss-you", "--contact", "1").code == 0
    assert rows(root, "SELECT contact, kind, journey, detail FROM journal") == [
        ("", "tested", "win_back", f'email "miss-you" to {ME}, as for 1')
    ]


# ---- quotas ----------------------------------------------------------------------------------------------------------


def test_tests_count_in_the_quota_of_the_month(tmp_path: Path) -> None:
    root = project(tmp_path, shop=QUOTA)
    done = try_out(root, "miss-you", "--contact", "1")
    assert done.out.splitlines()[-1] == "the quota has room for 1 more email"
    done = wend("run", root, "--once", "--at", "2026-05-02T09:00")
    assert "to send: email miss-you 1; not sent:" in done.out
    assert "quota 1" in done.out


def test_a_closed_quota_refuses_a_test(tmp_path: Path) -> None:
    root = project(tmp_path, shop=QUOTA)
    assert [try_out(root, "miss-you").code for _ in range(2)] == [0, 0]
    done = try_out(root, "miss-you", at="2026-05-31T23:59")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "error: the quota of 2 email per month is used up, and tests count in it\n"
        "  help: raise it in `settings`, or wait for the next month\n"
    )
    assert len(list((root / "outbox").iterdir())) == 2
    assert try_out(root, "miss-you", at="2026-06-01T00:00").code == 0


def test_messages_of_a_journey_are_sent_all_or_none(tmp_path: Path) -> None:
    two = QUOTA + '        send email "miss-you" with order = order\n'
    root = project(tmp_path, shop=two)
    assert try_out(root, "miss-you").code == 0
    done = try_out(root, "thanks")
    assert (done.code, done.out) == (1, "")
    assert "the quota of 2 email per month has room for 1 more, and this would send 2" in done.err
    assert len(list((root / "outbox").iterdir())) == 1


# ---- suppression -----------------------------------------------------------------------------------------------------

NAMED = TOML.replace('name = "purchase"', 'name_column = "name"')
TOLD = "id,at,name,hard\n2,2026-04-01,{},{}\n"


@pytest.mark.parametrize(
    ("event", "hard", "said"),
    [
        ("message_bounced", "true", "it bounced for good"),
        ("message_complained", "", "it complained"),
        ("message_unsubscribed", "", "it is unsubscribed"),
    ],
)
def test_a_suppressed_address_is_not_written_to(tmp_path: Path, event: str, hard: str, said: str) -> None:
    root = project(tmp_path, wend=NAMED, events=TOLD.format(event, hard))
    assert wend("run", root, "--once", "--at", AT).code == 0
    done = try_out(root, "miss-you", to="Ben@mail.example", at="2026-05-02T09:00")
    assert (done.code, done.out) == (1, "")
    assert f"`Ben@mail.example` is not written to over email: {said}" in done.err
    assert not (root / "outbox").exists()
    assert try_out(root, "miss-you", at="2026-05-02T09:00").code == 0


# ---- failures on the way ---------------------------------------------------------------------------------------------


def test_a_server_that_is_down_gets_it_once_when_it_is_up(tmp_path: Path, mailbox: Mailbox) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        root = shop(tmp_path, port, shop=QUOTA)
        done = try_out(root, "miss-you")
        assert done.code == 3
        assert "connection refused" in done.err
        assert "delivered: 0; not delivered: 1" in done.out
    with serving(mailbox, port):
        done = try_out(root, "miss-you")
        assert "(it was in the outbox already)" in done.out
        assert done.out.splitlines()[-1] == "the quota has room for 1 more email"
    assert len(mailbox.arrived) == 1


def test_what_else_waits_is_left_alone(tmp_path: Path, mailbox: Mailbox) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        root = shop(tmp_path, port)
        assert wend("run", root, "--once", "--at", AT).code == 3
    with serving(mailbox, port):
        assert try_out(root, "thanks", at="2026-05-01T10:00").code == 0
        assert [mail["To"] for mail in mailbox.arrived] == [f"<{ME}>"]
        assert wend("run", root, "--once", "--at", "2026-05-01T10:01").code == 0
    assert len(mailbox.arrived) == 3


def test_a_recipient_who_is_refused_for_good_is_set_aside(tmp_path: Path, mailbox: Mailbox, server: Server) -> None:
    mailbox.refuse[ME] = "550 no such user"
    root = shop(tmp_path, server.port)
    done = try_out(root, "miss-you")
    assert done.code == 3
    assert "550 no such user; it is set aside" in done.err
    mailbox.refuse.clear()
    assert try_out(root, "miss-you").code == 0
    assert len(mailbox.arrived) == 1


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("point", ["attempted", "delivered"])
def test_killed_and_called_again_it_is_sent_once(tmp_path: Path, point: str) -> None:
    root = project(tmp_path, shop=QUOTA)

    def killed() -> None:
        with mock.patch(f"wend.runtime.store.outbox.SqlOutbox.{point}", die):
            try_out(root, "miss-you")

    assert in_a_child(killed) == -signal.SIGKILL
    assert len(mails(root / "outbox")) == (point == "delivered")
    done = try_out(root, "miss-you")
    assert done.code == 0
    assert "(it was in the outbox already)" in done.out
    assert len(mails(root / "outbox")) == 1
    assert rows(root, "SELECT sum(messages) FROM usage") == [(1,)]
    assert rows(root, "SELECT count(*) FROM journal") == [(1,)]


def test_a_killed_test_is_sent_by_the_next_run(tmp_path: Path) -> None:
    root = project(tmp_path)

    def killed() -> None:
        with mock.patch.object(FolderChannel, "deliver", side_effect=die):
            try_out(root, "thanks")

    assert in_a_child(killed) == -signal.SIGKILL
    assert wend("run", root, "--once", "--at", "2026-05-01T10:00").code == 0
    assert sorted(name.split()[-1] for name in mails(root / "outbox")) == ["miss-you", "miss-you", "thanks"]


# ---- what is refused -------------------------------------------------------------------------------------------------

MEMORY = TOML.replace('sqlite = "wend.db"', "memory = true")
SILENT = SCRIPT + '\njourney quiet\n    on purchase\n        add tag "x"\n'
SMS = SCRIPT + '        send sms "thanks"\n'

REFUSED: dict[str, tuple[dict[str, str], tuple[str, ...], str, str]] = {
    "no address": ({}, ("miss-you", "--to", "me at home"), "`me at home` is not an e-mail address", ""),
    "unknown name": ({}, ("win_bck", "--to", ME), "there is no journey `win_bck`", "did you mean `win_back`?"),
    "unknown template": ({}, ("miss-yuo", "--to", ME), "no step sends a template `miss-yuo`", "`miss-you`"),
    "unknown contact": (
        {},
        ("miss-you", "--to", ME, "--contact", "9"),
        "there is no contact `9`",
        "ids are those of your contacts file",
    ),
    "no messages": ({"shop": SILENT}, ("quiet", "--to", ME), "the journey `quiet` sends no messages", ""),
    "no store": ({"wend": MEMORY}, ("miss-you", "--to", ME), "the project keeps no store", "name a file under"),
    "another channel": (
        {},
        ("miss-you", "--to", ME, "--channel", "sms"),
        "`miss-you` sends nothing over `sms`",
        "it sends over `email`",
    ),
    "a template that this contact has no value for": (
        {"miss_you": "---\nsubject: x\n---\n{{ contact.name }}\n"},
        ("miss-you", "--to", ME, "--contact", "3"),
        "`contact.name` is unknown",
        "",
    ),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused(tmp_path: Path, case: str) -> None:
    changes, (what, *more), message, help = REFUSED[case]
    root = project(tmp_path, **changes)
    done = wend("send-test", what, root, *more)
    assert (done.code, done.out) == (1, "")
    assert message in done.err
    assert help in done.err
    assert not (root / "outbox").exists()
    assert not (root / "wend.db").exists() or rows(root, "SELECT count(*) FROM outbox") == [(0,)]


def test_a_lone_script_has_no_channels(tmp_path: Path) -> None:
    root = project(tmp_path)
    done = wend("send-test", "win_back", root / "journeys" / "shop.journey", "--to", ME)
    assert done.code == 1
    assert "a lone script can be simulated but not run" in done.err


def test_tests_of_another_day_are_numbered_anew_and_one_that_waits_is_taken_up(tmp_path: Path) -> None:
    root = shop(tmp_path, 1)  # nobody listens there
    keys = []
    for day in (AT, "2026-05-02T09:00", "2026-05-20T09:00"):
        done = wend("send-test", "miss-you", root, "--to", ME, "--contact", "1", "--at", day, "--format", "json")
        assert done.code == 3
        (message,) = json.loads(done.out)["messages"]
        keys.append((message["key"], message["taken_up"]))
    first, second, third = keys
    assert second == (first[0], True)
    assert third[0] != first[0]
    assert not third[1]
