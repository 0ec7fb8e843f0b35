"""Mails say how to unsubscribe: RFC 2369 and RFC 8058."""

import email
from email.policy import compat32
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.some import message
from wend.dsl.diagnostics import WendError
from wend.runtime.channels import FolderChannel
from wend.runtime.channels.unsubscribe import NO_UNSUBSCRIBE, Unsubscribe
from wend.runtime.delivery.messages import Message, to_email

URL = "https://shop.example/leave?m={message}"


def headers(mail: bytes) -> dict[str, str]:
    """The two headers as they went out, unfolded as RFC 5322 says."""
    parsed = email.message_from_bytes(mail, policy=compat32)
    return {name: parsed[name].replace("\r\n", "") for name in parsed if name.startswith("List-")}


def told(leave: Unsubscribe, **changes: Any) -> dict[str, str]:
    return headers(to_email(leave.put_into(message(**changes))).as_bytes())


def test_a_url_is_for_one_click_and_an_address_for_a_mail() -> None:
    both = Unsubscribe(URL, "leave+me@shop.example")
    assert told(both) == {
        "List-Unsubscribe": (
            "<https://shop.example/leave?m=k1>, <mailto:leave%2Bme@shop.example?subject=unsubscribe%20k1>"
        ),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert told(Unsubscribe(email="leave@shop.example")) == {
        "List-Unsubscribe": "<mailto:leave@shop.example?subject=unsubscribe%20k1>"
    }
    assert told(NO_UNSUBSCRIBE) == {}


def test_transactional_mails_do_not_say_it() -> None:
    assert told(Unsubscribe(URL), transactional=True) == {}


def test_what_the_mail_tells_is_put_in_and_cannot_break_out() -> None:
    leave = Unsubscribe("https://shop.example/{contact}/{address}?t={topic}")
    told_ = told(leave, contact="a>b\r\nBcc: x, é", address="Ana <ana+1@post.example>", topic="new & old")
    assert told_["List-Unsubscribe"] == (
        "<https://shop.example/a%3Eb%0D%0ABcc%3A%20x%2C%20%C3%A9/ana%2B1%40post.example?t=new%20%26%20old>"
    )


def test_a_long_url_is_neither_encoded_nor_broken() -> None:
    long = Unsubscribe("https://shop.example/" + "a" * 300 + "?m={message}", "leave@shop.example")
    raw = to_email(long.put_into(message())).as_bytes()
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    assert told(long)["List-Unsubscribe"].startswith("<https://shop.example/" + "a" * 300 + "?m=k1>, <mailto:")
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_what_a_line_cannot_hold_is_refused() -> None:
    leave = Unsubscribe("https://shop.example/?c={contact}")
    with pytest.raises(WendError, match="the header `List-Unsubscribe` is longer than a mail can hold"):
        to_email(leave.put_into(message(contact="é" * 200)))


@pytest.mark.parametrize(
    ("url", "said", "help"),
    [
        ("http://shop.example/{message}", "does not begin with `https://`", "write it like"),
        ("https://shop.example/leave", "does not say who unsubscribes", "put `{message}`, `{contact}` or"),
        ("https://shop.example/{mesage}", "there is no `{mesage}`", "did you mean `{message}`?"),
        ("https://shop.example/{message}{", "a bracket in", "write it like"),
        ("https://shop.example/a b{message}", "is no URL of at most 500", "write it like"),
        ("https://shop.example/>{message}", "is no URL of at most 500", "write it like"),
        ("https://shop.example/{message}" + "a" * 500, "is no URL of at most 500", "write it like"),
        ("https://", "does not begin with `https://`", "write it like"),
    ],
)
def test_a_url_that_cannot_be(url: str, said: str, help: str) -> None:
    with pytest.raises(WendError) as caught:
        Unsubscribe(url)
    assert said in caught.value.message
    assert (caught.value.help or "").startswith(help)


def test_an_address_that_cannot_be() -> None:
    with pytest.raises(WendError, match="is more than an address"):
        Unsubscribe(email="Ana <leave@shop.example>")


def test_a_folder_shows_it(tmp_path: Path) -> None:
    leave = Unsubscribe(URL)
    marketing: list[Message] = [message("k1"), message("k2", transactional=True)]
    list(FolderChannel(tmp_path, unsubscribe=leave).deliver(marketing))
    found = {path.name.rpartition("_")[2]: headers(path.read_bytes()) for path in tmp_path.iterdir()}
    assert found["k1.eml"]["List-Unsubscribe"] == "<https://shop.example/leave?m=k1>"
    assert found["k2.eml"] == {}
