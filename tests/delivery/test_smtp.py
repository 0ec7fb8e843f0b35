import ssl
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.delivery.mail_server import Mailbox, Server, serving
from tests.delivery.some import message
from wend.dsl.diagnostics import WendError
from wend.runtime.channels import Channel, ChannelDown, Outcome, Promise, SmtpChannel, Status
from wend.runtime.channels.unsubscribe import Unsubscribe
from wend.runtime.delivery.messages import Message


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    with serving(mailbox) as server:
        yield server


def channel(server: Server, **options: Any) -> SmtpChannel:
    settings: dict[str, Any] = {"security": "none", "timeout": 5.0, "local_name": "localhost"}
    return SmtpChannel("127.0.0.1", server.port, **(settings | options))


def send(smtp: Channel, messages: Sequence[Message]) -> tuple[list[Outcome], ChannelDown | None]:
    """The outcomes, and what the channel stopped with."""
    outcomes: list[Outcome] = []
    try:
        for outcome in smtp.deliver(messages):
            outcomes.append(outcome)
    except ChannelDown as down:
        return outcomes, down
    return outcomes, None


def statuses(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    return [(outcome.key, outcome.status.value) for outcome in outcomes]


def test_many_messages_go_over_one_connection(server: Server, mailbox: Mailbox) -> None:
    sent = [message(f"k{n}", text=f".\n..\n.{n}\nFrom me\n") for n in range(20)]
    outcomes, down = send(channel(server), sent)
    assert down is None
    assert statuses(outcomes) == [(m.key, "delivered") for m in sent]
    assert mailbox.keys() == [m.key for m in sent]
    assert mailbox.connections == 1
    mail = mailbox.arrived[3]
    assert mail["X-MailFrom"] == "ana@shop.example"
    assert mail["X-RcptTo"] == "k3@post.example"
    text, html = mail.iter_parts()
    body = text.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.replace(b"\r\n", b"\n") == b".\n..\n.3\nFrom me\n"
    assert html.get_content_type() == "text/html"


def test_a_mail_says_how_to_unsubscribe(server: Server, mailbox: Mailbox) -> None:
    leave = Unsubscribe("https://shop.example/leave?m={message}")
    send(channel(server, unsubscribe=leave), [message("k1"), message("k2", transactional=True)])
    marketing, other = mailbox.arrived
    assert marketing["List-Unsubscribe"] == "<https://shop.example/leave?m=k1>"
    assert marketing["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert other["List-Unsubscribe"] is None


@pytest.mark.parametrize(("answer", "status"), [("550 no such user", "refused"), ("450 come back later", "retry")])
def test_a_refused_recipient_does_not_keep_the_others_back(
    server: Server, mailbox: Mailbox, answer: str, status: str
) -> None:
    mailbox.refuse["b@post.example"] = answer
    outcomes, down = send(channel(server), [message(key) for key in "abc"])
    assert down is None
    assert statuses(outcomes) == [("a", "delivered"), ("b", status), ("c", "delivered")]
    assert mailbox.keys() == ["a", "c"]
    assert outcomes[1].detail == f"the mail server refused `b@post.example`: {answer}"


@pytest.mark.parametrize(("answer", "status"), [("554 spam", "refused"), ("451 busy", "retry")])
def test_a_refused_body_is_told(server: Server, mailbox: Mailbox, answer: str, status: str) -> None:
    mailbox.refuse_data = answer
    outcomes, down = send(channel(server), [message("a"), message("b")])
    assert down is None
    assert statuses(outcomes) == [("a", status), ("b", status)]
    assert outcomes[0].detail == f"the mail server refused the message: {answer}"
    assert mailbox.arrived == []


def test_a_refused_sender_is_a_matter_of_settings_and_loses_no_message(server: Server, mailbox: Mailbox) -> None:
    mailbox.refuse_sender = "550 not yours"
    outcomes, _ = send(channel(server), [message("a")])
    assert statuses(outcomes) == [("a", "retry")]
    assert outcomes[0].detail == "the mail server refused the sender `ana@shop.example`: 550 not yours"


def test_what_is_no_email_is_refused_without_asking_the_server(server: Server, mailbox: Mailbox) -> None:
    sent = [message("a", address="x@y\r\nDATA"), message("b", sender=None), message("c")]
    outcomes, _ = send(channel(server), sent)
    assert statuses(outcomes) == [("a", "refused"), ("b", "refused"), ("c", "delivered")]
    assert mailbox.senders == 1


def test_a_server_that_is_down_is_said_at_once(mailbox: Mailbox) -> None:
    with serving(mailbox) as server:
        pass
    taken: list[Message] = []

    def take() -> Iterator[Message]:
        taken.append(message("a"))
        yield taken[0]

    with pytest.raises(ChannelDown, match=r"smtp 127\.0\.0\.1:\d+ cannot be reached: connection refused"):
        list(channel(server).deliver(take()))
    assert taken == []


def test_a_host_that_has_no_address_is_said() -> None:
    _, down = send(SmtpChannel("no-such-host.invalid", 25, "none", local_name="x"), [message("a")])
    assert down is not None
    assert "cannot be reached" in down.message


def test_a_server_that_never_greets_costs_one_timeout() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        started = time.monotonic()
        smtp = SmtpChannel("127.0.0.1", deaf.getsockname()[1], "none", timeout=0.3, local_name="x")
        outcomes, down = send(smtp, [message(key) for key in "abcdef"])
    assert outcomes == []
    assert down is not None
    assert "did not answer within 0.3 s" in down.message
    assert time.monotonic() - started < 3


def test_a_slow_server_costs_one_timeout_and_the_message_goes_another_time(server: Server, mailbox: Mailbox) -> None:
    mailbox.hang_at_rcpt.add("b@post.example")
    started = time.monotonic()
    outcomes, down = send(channel(server, timeout=0.5), [message(key) for key in "abcdef"])
    assert statuses(outcomes) == [("a", "delivered"), ("b", "retry")]
    assert down is not None
    assert "did not answer within 0.5 s" in down.message
    assert time.monotonic() - started < 3


def test_a_last_answer_that_never_comes_is_not_called_a_failure(server: Server, mailbox: Mailbox) -> None:
    mailbox.hang_at_data.add(2)
    outcomes, down = send(channel(server, timeout=0.5), [message(key) for key in "abc"])
    assert statuses(outcomes) == [("a", "delivered"), ("b", "unknown")]
    assert down is not None
    assert mailbox.keys() == ["a", "b"]


def test_a_server_that_dies_on_a_message_may_have_taken_it_and_the_rest_goes_on(
    server: Server, mailbox: Mailbox
) -> None:
    mailbox.drop_at_data.add(2)
    outcomes, down = send(channel(server), [message(key) for key in "abc"])
    assert down is None
    assert statuses(outcomes) == [("a", "delivered"), ("b", "unknown"), ("c", "delivered")]


def test_a_connection_that_was_dropped_is_made_again(server: Server, mailbox: Mailbox) -> None:
    mailbox.drop_at_mail.add(2)
    outcomes, down = send(channel(server), [message(key) for key in "abc"])
    assert down is None
    assert statuses(outcomes) == [("a", "delivered"), ("b", "delivered"), ("c", "delivered")]
    assert mailbox.keys() == ["a", "b", "c"]
    assert mailbox.connections == 2


def test_a_message_that_breaks_every_connection_does_not_stop_the_rest(server: Server, mailbox: Mailbox) -> None:
    mailbox.drop_at_mail.update({2, 3})
    outcomes, down = send(channel(server), [message(key) for key in "abc"])
    assert down is None
    assert statuses(outcomes) == [("a", "delivered"), ("b", "retry"), ("c", "delivered")]
    assert "broke" in outcomes[1].detail


def test_a_server_that_breaks_every_connection_is_given_up(server: Server, mailbox: Mailbox) -> None:
    mailbox.drop_at_mail.update(range(100))
    outcomes, down = send(channel(server), [message(f"k{n}") for n in range(50)])
    assert [outcome.status for outcome in outcomes] == [Status.RETRY] * 3
    assert down is not None


def test_a_server_that_closes_down_and_stays_away(mailbox: Mailbox) -> None:
    with serving(mailbox) as server:
        outcomes: list[Outcome] = []
        running = channel(server).deliver([message(key) for key in "abc"])
        outcomes.append(next(running))
        server.stop()
        with pytest.raises(ChannelDown, match="cannot be reached"):
            next(running)
    assert statuses(outcomes) == [("a", "delivered")]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def cafile(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def certified(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_starttls_and_login(mailbox: Mailbox, authority: trustme.CA, cafile: Path) -> None:
    options: dict[str, Any] = {"tls_context": certified(authority), "require_starttls": True, "auth_required": True}
    with serving(mailbox, authenticator=mailbox.authenticate, **options) as server:
        settings = {"security": "starttls", "cafile": cafile, "user": "ana"}
        outcomes, down = send(channel(server, password="secret", **settings), [message("a"), message("b")])
        assert down is None
        assert statuses(outcomes) == [("a", "delivered"), ("b", "delivered")]
        assert mailbox.logins == ["ana"]
        outcomes, down = send(channel(server, password="s3cr3t-wrong", **settings), [message("c")])
        assert outcomes == []
        assert down is not None
        assert "refused the user name or the password: 535" in down.message
        assert "s3cr3t-wrong" not in down.message
        outcomes, down = send(channel(server, security="starttls", cafile=cafile), [message("c")])
        assert outcomes == []
        assert down is not None
        assert "530" in down.message
    assert mailbox.keys() == ["a", "b"]


def test_tls_from_the_start(mailbox: Mailbox, authority: trustme.CA, cafile: Path) -> None:
    with serving(mailbox, tls=certified(authority)) as server:
        outcomes, down = send(channel(server, security="tls", cafile=cafile), [message("a")])
    assert down is None
    assert statuses(outcomes) == [("a", "delivered")]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_is_not_trusted_gets_no_mail(mailbox: Mailbox, authority: trustme.CA, security: str) -> None:
    context = certified(authority)
    options: dict[str, Any] = {"tls": context} if security == "tls" else {"tls_context": context}
    with serving(mailbox, **options) as server:
        outcomes, down = send(channel(server, security=security), [message("a")])
    assert outcomes == []
    assert down is not None
    assert "is not trusted" in down.message
    assert mailbox.arrived == []


def test_a_certificate_for_another_host_gets_no_mail(mailbox: Mailbox, authority: trustme.CA, cafile: Path) -> None:
    with serving(mailbox, tls=certified(authority, "mail.shop.example")) as server:
        _, down = send(channel(server, security="tls", cafile=cafile), [message("a")])
    assert down is not None
    assert "is not trusted" in down.message


def test_without_starttls_nothing_is_sent_in_the_clear(server: Server, mailbox: Mailbox) -> None:
    _, down = send(channel(server, security="starttls"), [message("a")])
    assert down is not None
    assert down.message.endswith("does not offer STARTTLS")
    assert mailbox.arrived == []


def test_a_password_never_travels_unprotected() -> None:
    with pytest.raises(WendError, match="unprotected"):
        SmtpChannel("mail.shop.example", 25, "none", user="ana", password="x")


def test_a_security_that_is_none_is_refused() -> None:
    with pytest.raises(WendError, match="`ssl` is no security"):
        SmtpChannel("mail.shop.example", 25, "ssl")


def test_the_promise_is_the_host_s_choice(server: Server) -> None:
    assert channel(server).promise is Promise.AT_LEAST_ONCE
    assert channel(server, promise=Promise.AT_MOST_ONCE).promise is Promise.AT_MOST_ONCE
    assert channel(server).name == f"smtp 127.0.0.1:{server.port}"
