"""The webhook channel against a real web service on this machine."""

import datetime as dt
import socket
from collections.abc import Iterator

import pytest

from tests.delivery.some import NOW, message
from tests.delivery.web_server import Service, web_service
from wend.dsl.diagnostics import WendError
from wend.runtime.channels import ChannelDown, Outcome, Status, WebhookChannel
from wend.runtime.delivery.delivery import deliver
from wend.runtime.delivery.memory_outbox import MemoryOutbox, State
from wend.runtime.delivery.messages import Message

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def service() -> Iterator[Service]:
    with web_service() as found:
        yield found


def outcomes(channel: WebhookChannel, *messages: Message) -> list[Outcome]:
    return list(channel.deliver(messages))


def test_a_message_is_posted_with_its_key(service: Service) -> None:
    sent = message("k1", channel="sms", address="+331234", text="Hello", track=("clicks",))
    channel = WebhookChannel(service.url, token="s3cret", timeout=5)
    assert outcomes(channel, sent) == [Outcome("k1", Status.DELIVERED)]
    ((headers, body),) = service.requests
    assert (headers["Idempotency-Key"], headers["Authorization"]) == ("k1", "Bearer s3cret")
    assert (body["key"], body["channel"], body["address"], body["text"]) == ("k1", "sms", "+331234", "Hello")
    assert (body["track"], body["at"]) == (["clicks"], sent.at.isoformat())
    assert channel.name == f"webhook 127.0.0.1:{service.port}"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, Status.DELIVERED),
        (302, Status.RETRY),
        (400, Status.REFUSED),
        (401, Status.RETRY),
        (404, Status.RETRY),
        (409, Status.RETRY),
        (422, Status.REFUSED),
        (429, Status.RETRY),
        (500, Status.RETRY),
        (503, Status.RETRY),
    ],
)
def test_what_an_answer_means(service: Service, status: int, expected: Status) -> None:
    service.statuses = [status]
    found = outcomes(WebhookChannel(service.url), message("k1"), message("k2"))
    assert [each.status for each in found] == [expected, Status.DELIVERED]


def test_what_is_refused_is_told_in_the_words_of_the_service(service: Service) -> None:
    service.statuses, service.answer = [422], b"no such\nnumber"
    (found,) = outcomes(WebhookChannel(service.url), message("k1"))
    assert found.detail == f"127.0.0.1:{service.port} refused it: 422 no such number"


def test_a_service_that_is_down_costs_no_attempt() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        channel = WebhookChannel(f"http://127.0.0.1:{free.getsockname()[1]}/send")
        outbox = MemoryOutbox()
        outbox.add(message("k1", channel="sms"))
        report = deliver(outbox, {"sms": channel}, NOW)
    assert "cannot be reached" in report.problems[0].message
    assert (outbox["k1"].state, outbox["k1"].attempts) == (State.WAITING, 0)


def test_one_that_is_slow_gets_the_same_key_again(service: Service) -> None:
    outbox = MemoryOutbox()
    outbox.add(message("k1", channel="sms"))
    channel = WebhookChannel(service.url, timeout=0.2)
    service.slow = 0.6
    deliver(outbox, {"sms": channel}, NOW)
    assert (outbox["k1"].state, outbox["k1"].attempts, outbox["k1"].not_before) == (State.WAITING, 1, NOW + MINUTE)
    service.slow = 0
    deliver(outbox, {"sms": channel}, NOW + MINUTE)
    assert outbox["k1"].state is State.DELIVERED
    assert service.keys == ["k1", "k1"]


def test_one_that_never_answers_is_left_alone_after_a_while(service: Service) -> None:
    service.slow = 0.3
    messages = iter([message(f"k{number}") for number in range(9)])
    with pytest.raises(ChannelDown, match="gave no answer 3 times in a row"):
        list(WebhookChannel(service.url, timeout=0.05).deliver(messages))
    assert len(list(messages)) == 6


@pytest.mark.parametrize(
    ("url", "token", "words"),
    [
        ("sms.shop.example", None, "is no web address"),
        ("ftp://sms.shop.example", None, "is no web address"),
        ("http://sms.shop.example/send", "s3cret", "would travel unprotected"),
    ],
)
def test_what_cannot_be_a_channel(url: str, token: str | None, words: str) -> None:
    with pytest.raises(WendError, match=words):
        WebhookChannel(url, token)
