import email
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.delivery.some import NOW, message
from wend.dsl.diagnostics import WendError
from wend.runtime.delivery.messages import (
    AddressError,
    Message,
    body_text,
    from_json,
    one_line,
    parse_mailbox,
    to_email,
    to_json,
    to_plain,
)

# Text as hostile as it comes: line breaks of every kind, quotes, separators, encoded words, half surrogates.
NASTY = st.text(
    st.sampled_from('\r\n\0\t\x0b\x0c\x1c\x85\u2028\u2029\ud800<>@,;:"\\()=?_ .aä字\u202e-') | st.characters(),
    max_size=120,
)
SMUGGLED = "x\r\nBcc: evil@post.example\r\n\r\nbody"


def read(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def header(raw: bytes, name: str) -> str:
    """A header as any mail program decodes it."""
    value = email.message_from_bytes(raw, policy=compat32)[name]
    return str(make_header(decode_header(value.replace("\r\n", ""))))


def test_an_email_has_both_parts_and_the_key_as_its_message_id() -> None:
    mail = read(to_email(message("abc_-9", reply_to="help@shop.example")).as_bytes())
    assert mail["Message-ID"] == "<abc_-9@shop.example>"
    assert mail["Date"].datetime == NOW
    assert mail["From"].addresses[0].addr_spec == "ana@shop.example"
    assert mail["From"].addresses[0].display_name == "Ana's Shop"
    assert mail["To"].addresses[0].addr_spec == "abc_-9@post.example"
    assert mail["Reply-To"].addresses[0].addr_spec == "help@shop.example"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert isinstance(text, EmailMessage)
    assert text.get_content().splitlines() == ["Come back"]


def test_without_html_there_is_one_part() -> None:
    mail = read(to_email(message(html=None)).as_bytes())
    assert mail.get_content_type() == "text/plain"


def test_names_and_subjects_beyond_ascii_arrive() -> None:
    raw = to_email(message(sender="Zoë, Ünal & Söhne <a@shop.example>", subject="Grüße für 字 " * 12)).as_bytes()
    assert header(raw, "Subject") == ("Grüße für 字 " * 12).strip()
    assert header(raw, "From") == "Zoë, Ünal & Söhne <a@shop.example>"
    assert read(raw).defects == []


def test_a_domain_beyond_ascii_is_written_in_ascii() -> None:
    raw = to_email(message(address="ana@müller.example")).as_bytes()
    assert read(raw)["To"].addresses[0].addr_spec == "ana@xn--mller-kva.example"


@given(
    st.builds(
        message,
        subject=NASTY,
        sender=NASTY.map(lambda name: f"{name} <ana@shop.example>"),
        text=NASTY,
        html=st.none() | NASTY,
        contact=NASTY,
        headers=st.lists(NASTY.map(lambda value: ("X-Note", value)), max_size=1).map(tuple),
    )
)
@example(message(subject=SMUGGLED, sender=f"{SMUGGLED} <ana@shop.example>"))
@example(message(subject="=?utf-8?q?a=0D=0ABcc:_evil=40post.example?="))
@example(message(sender="=?utf-8?q?a=0D=0ABcc:_evil=40post.example?= <ana@shop.example>"))
@example(message(sender='a" <evil@post.example>, "b <ana@shop.example>'))
@example(message(sender="very, long, " * 20 + "<evil@post.example>, <ana@shop.example>"))
@example(message(subject="x" * 3000, text="x" * 3000))
@example(message(subject=" \r\n"))
def test_no_data_becomes_a_header(sent: Message) -> None:
    raw = to_email(sent).as_bytes()
    top = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = {line.partition(b":")[0].decode() for line in top if not line.startswith(b" ")}
    assert names <= {
        "From", "To", "Subject", "Date", "Message-ID", "X-Note",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip
    parsed = read(raw)
    for name, address in (("From", "ana@shop.example"), ("To", sent.address)):
        assert len(parsed.get_all(name, [])) == 1
        assert [found.addr_spec for found in parsed[name].addresses] == [address]
    assert header(raw, "Subject") == one_line(sent.subject)
    # RFC 5322: CRLF only, nothing but ASCII, no line beyond 998, and here none beyond 78 but for an address.
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert max(len(line) for line in top) <= 78
    assert b"\0" not in raw


@given(st.builds(message, subject=NASTY, text=NASTY, html=NASTY))
def test_the_same_message_gives_the_same_bytes(sent: Message) -> None:
    assert to_email(sent).as_bytes() == to_email(from_json(to_json(sent))).as_bytes()


@given(NASTY, NASTY)
def test_the_bodies_arrive_as_they_are(text: str, html: str) -> None:
    mail = read(to_email(message(text=text, html=html)).as_bytes())
    for part, given_text in zip(mail.iter_parts(), (text, html), strict=True):
        assert isinstance(part, EmailMessage)
        arrived = part.get_content().replace("\r\n", "\n")
        assert arrived.removesuffix("\n") == body_text(given_text).removesuffix("\n")


@given(NASTY)
def test_an_address_is_plain_or_refused(address: str) -> None:
    try:
        mailbox = parse_mailbox(address)
    except AddressError:
        return
    assert mailbox.address.isascii()
    assert mailbox.address.isprintable()
    assert [a.addr_spec for a in read(to_email(message(address=address)).as_bytes())["To"].addresses] == [
        mailbox.address
    ]


@pytest.mark.parametrize(
    "wrong",
    ["", "nobody", "a@", "@b.example", "a b@post.example", "a@post.example\r\nBcc: b@c.example", "a@post.example\0",
     "a@b.example, c@d.example", "a@b.example>, <c@d.example", "<>", "a@[127.0.0.1]", "ä@post.example", "a@b..example",
     "(comment)a@post.example", ".a@post.example", f"{'a' * 65}@post.example", "a@-b.example", "a\n@post.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(AddressError) as caught:
        to_email(message(address=wrong))
    assert caught.value.message[0].islower() or caught.value.message[0] == "`"


@pytest.mark.parametrize(
    "good",
    ["a@post.example", "Ana <a@post.example>", "a+b@post.example", "a@localhost", "o'hara@b.invalid", "a@b.test"],
)
def test_what_is_an_address_is_taken(good: str) -> None:
    assert "@" in parse_mailbox(good).address


@pytest.mark.parametrize(
    "headers",
    [(("Bcc", "a@b.example"),), (("X A", "b"),), (("X:\r\nBcc", "b"),), (("", "b"),), (("Content-Type", "b"),)],
)
def test_a_further_header_may_not_take_a_reserved_or_broken_name(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(WendError, match="may not set the header"):
        to_email(message(headers=headers))


def test_a_message_without_a_sender_is_refused_with_advice() -> None:
    with pytest.raises(WendError, match="has no sender") as caught:
        to_email(message(sender=None))
    assert caught.value.help is not None


@pytest.mark.parametrize("key", ["", "a b", "a\n", "../a", "a" * 65, "ä"])
def test_a_key_is_safe_everywhere(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        message(key, address="a@post.example")


@pytest.mark.parametrize("at", [datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))])
def test_a_time_is_in_utc(at: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        message(at=at)


@given(st.builds(message, subject=NASTY, text=NASTY, contact=NASTY))
def test_what_is_printed_cannot_steer_a_terminal(sent: Message) -> None:
    shown = to_plain(sent)
    assert not any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in shown)
