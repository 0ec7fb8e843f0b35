"""Answers of web services as no manual has them, from a real server on this machine."""

import gzip
import json
import time
from collections.abc import Iterator

import pytest

from tests.delivery.raw_server import RawServer, answered, raw_server
from tests.delivery.some import message
from wend.runtime.channels import Outcome, Status, WebhookChannel
from wend.runtime.channels.webhook import MOST_BYTES, CallChannel


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as found:
        yield found


def called(server: RawServer, timeout: float = 5) -> Outcome:
    (outcome,) = CallChannel(server.url, timeout=timeout).deliver([message("k1", text="{}")])
    return outcome


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b'{"score": 80}', {"score": 80}),
        (b"", {}),
        (b"it is fine", {}),
        (b"<html><body>{}</body></html>", {}),
        (b"[1, 2]", {}),
        (b"80", {}),
        (b"null", {}),
        (b'{"score": 80', {}),
        (b"\xff\xfe{\x00", {}),
        (b'{"name": "\xe9"}', {}),
        (b'{"name": "\\ud800"}', {}),
        (b'{"score": NaN, "top": Infinity, "plan": "a"}', {"score": None, "top": None, "plan": "a"}),
        (b'{"score": -Infinity}', {"score": None}),
        (b'{"score": 1e999, "low": -1e999, "a": [1e999]}', {"score": None, "low": None, "a": (None,)}),
        (b'{"score": ' + b"9" * 300 + b"}", {"score": int("9" * 300)}),
        (b'{"score": ' + b"9" * 301 + b"}", {"score": None}),
        (b'{"score": ' + b"9" * 100_000 + b"}", {"score": None}),
        (b'{"a": ' * 19 + b"{}" + b"}" * 19, None),
        (b'{"a": ' * 20 + b"{}" + b"}" * 20, {}),
        (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, {}),
        (b"[" * 500_000, {}),
        (b'{"status": 500, "failed": true, "at": 1, "call": "x", "webhook": "y", "score": 1}', {"score": 1}),
        (b'{"score": 1, "score": 2}', {"score": 2}),
    ],
)
def test_whatever_is_answered_is_an_answer(server: RawServer, body: bytes, fields: dict[str, object] | None) -> None:
    server.parts = answered(body)
    outcome = called(server)
    assert outcome.status is Status.DELIVERED
    assert outcome.answer is not None
    told = {key: value for key, value in outcome.answer.items() if key != "status"}
    assert outcome.answer["status"] == 200
    assert told == (json.loads(body) if fields is None else fields)


@pytest.mark.parametrize("kind", ["text/html; charset=nonsense", "image/png", "application/json; charset=utf-16", ""])
def test_the_type_of_the_content_plays_no_part(server: RawServer, kind: str) -> None:
    server.parts = answered(b'{"score": 80}', "200 OK", f"Content-Type: {kind}")
    assert called(server).answer == {"score": 80, "status": 200}
    server.parts = answered(b"\xff not today", "400 Bad Request", f"Content-Type: {kind}")
    outcome = called(server)
    assert outcome.status is Status.REFUSED
    assert "400 \ufffd not today" in outcome.detail


def test_an_answer_is_read_up_to_a_size(server: RawServer) -> None:
    rest = MOST_BYTES - len(b'{"a": ""}')
    server.parts = answered(b'{"a": "' + b"x" * rest + b'"}')
    outcome = called(server)
    assert outcome.status is Status.DELIVERED
    assert outcome.answer is not None
    assert len(str(outcome.answer["a"])) == rest
    server.parts = answered(b'{"a": "' + b"x" * (rest + 1) + b'"}')
    too_long = called(server)
    assert too_long.status is Status.REFUSED
    assert too_long.detail.endswith("answered with more than 1,000,000 bytes, the most that is read")


def test_an_answer_without_an_end_is_left(server: RawServer) -> None:
    server.parts = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 0x4000 + b"\r\n"]
    server.endless = True
    assert called(server).status is Status.REFUSED
    assert server.sent < 20 * MOST_BYTES
    (sent,) = WebhookChannel(server.url, timeout=5).deliver([message("k1")])
    assert sent.status is Status.DELIVERED  # of a message, nothing in the answer is asked
    server.parts = [b"HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n", server.parts[-1]]
    refused = called(server)
    assert refused.status is Status.REFUSED
    assert len(refused.detail) < 300


def test_a_packed_answer_is_not_unpacked(server: RawServer) -> None:
    server.parts = answered(gzip.compress(b'{"score": 80}' + b" " * 50_000_000), "200 OK", "Content-Encoding: gzip")
    assert called(server).answer == {"status": 200}


@pytest.mark.parametrize(
    "parts",
    [
        [bytes([each]) for each in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 100],
        [b"HTTP/1.1 400 No\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 100],
        [b"HTTP/1.1 200 OK\r\n", *[b"X-More: 1\r\n"] * 100],
        [b""],
    ],
    ids=["head", "body", "refusal", "headers", "nothing"],
)
def test_the_whole_answer_has_to_come_within_the_time(server: RawServer, parts: list[bytes]) -> None:
    server.parts, server.pause = parts, 0.3 if len(parts) > 1 else 30
    began = time.monotonic()
    outcome = called(server, timeout=0.8)
    assert time.monotonic() - began < 5
    assert outcome.status is Status.UNKNOWN
    assert outcome.detail.endswith(("gave no answer: not within 0.8 seconds", "gave no answer: timed out"))


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"HTTP/1.1 200 OK\r\nContent-"],
        answered(b'{"score": 80}', length=100),
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"],
        [b"\x00\x01\x02 what\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n"],
    ],
    ids=["at once", "in the head", "in the body", "in a chunk", "no HTTP", "a header without an end"],
)
def test_a_connection_that_ends_too_early_is_asked_again(server: RawServer, parts: list[bytes]) -> None:
    server.parts = parts
    outcome = called(server)
    assert outcome.status is Status.UNKNOWN
    assert "gave no answer: " in outcome.detail


@pytest.mark.parametrize("where", ["/other", "http://127.0.0.1:1/", "http://[", "file:///etc/passwd", ""])
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirection_is_not_followed(server: RawServer, status: str, where: str) -> None:
    server.parts = answered(b"gone", status, f"Location: {where}")
    assert called(server).status in (Status.RETRY, Status.UNKNOWN)
    assert server.asked == 1


def test_one_answer_that_is_late_spoils_no_other(server: RawServer) -> None:
    server.parts, server.pause = [b"HTTP/1.1 200 OK\r\n", *[b"X-More: 1\r\n"] * 100], 0.2
    channel = CallChannel(server.url, timeout=0.7)
    outcomes = channel.deliver([message("k1", text="{}"), message("k2", text="{}")])
    assert next(outcomes).status is Status.UNKNOWN
    server.parts, server.pause = answered(b'{"score": 80}'), 0
    assert next(outcomes).answer == {"score": 80, "status": 200}
