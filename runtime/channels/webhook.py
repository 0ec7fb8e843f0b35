"""Messages as requests to a web service of the project: for channels without a sender here, such as sms or push."""

import json
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import asdict

from wend.dsl.builtins import STATUS
from wend.dsl.diagnostics import WendError
from wend.runtime.channels.protocol import ChannelDown, Outcome, Promise, Status
from wend.runtime.delivery.calls import fields_of
from wend.runtime.delivery.messages import Message, one_line

if TYPE_CHECKING:
    import httpx

KEY_HEADER = "Idempotency-Key"
"""The header with the message's key: a service that knows it already answers as it did, and sends nothing again."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LATER = frozenset({408, 409, 423, 425, 429})  # not now; of 409, that the key is being worked on
_SETTINGS = frozenset({401, 403, 404, 405, 407})  # about our settings, so the message is kept until they are right
_GIVE_UP = 3  # messages in a row without an answer

MOST_BYTES = 1_000_000
"""How much of an answer is read."""
_MOST_TOLD = 200  # characters of a refusal


class WebhookChannel:
    """Posts each message as JSON, with its key in the header `Idempotency-Key`. A status of 200 to 299 is delivered.

    Where no answer comes the message goes again with the same key.

    Args:
        url: where to post.
        token: sent as `Authorization: Bearer TOKEN`, or None.
        timeout: seconds until the whole answer has to be there, connecting included.
        cafile: certificates to trust instead of the usual ones.

    Raises:
        WendError: the address is no web address, a token would travel unprotected, or httpx is not installed.
    """

    promise = Promise.AT_LEAST_ONCE

    def __init__(self, url: str, token: str | None = None, timeout: float = 30.0, cafile: Path | None = None) -> None:
        self._host = _host_of(url, token)
        self._url, self._timeout, self._cafile = url, timeout, cafile
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        _library()

    @property
    def name(self) -> str:
        """`webhook sms.shop.example`."""
        return f"webhook {self._host}"

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        """Post them one by one, over one connection where the service keeps it."""
        silent = 0
        line = _Line()
        with _library().Client(timeout=self._timeout, verify=self._trusted(), headers=self._headers) as client:
            for message in messages:
                outcome = self._post(client, message, line)
                silent = silent + 1 if outcome.status is Status.UNKNOWN else 0
                yield outcome
                if silent == _GIVE_UP:
                    raise ChannelDown(f"{self._host} gave no answer {_GIVE_UP} times in a row")

    def _post(self, client: "httpx.Client", message: Message, line: "_Line") -> Outcome:
        httpx = _library()
        # Packed, an answer of a few bytes could become one of any size.
        headers = {KEY_HEADER: message.key, "Content-Type": "application/json", "Accept-Encoding": "identity"}
        body, watch = self._body(message), {"trace": line.trace}
        try:
            with (
                line.closed_after(self._timeout),
                client.stream("POST", self._url, content=body, headers=headers, extensions=watch) as answer,
            ):
                return self._outcome(message, answer)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ChannelDown(f"{self._host} cannot be reached: {_words(error)}") from None
        except httpx.TransportError as error:
            words = f"not within {self._timeout:g} seconds" if line.late else _words(error)
            return Outcome(message.key, Status.UNKNOWN, f"{self._host} gave no answer: {words}")

    def _outcome(self, message: Message, answer: "httpx.Response") -> Outcome:
        code = answer.status_code
        if answer.is_success:
            return self._taken(message, answer)
        words = b"".join(_parts(answer, _MOST_TOLD * 4)).decode("utf-8", "replace")[:_MOST_TOLD]
        detail = f"{self._host} refused it: {code} {one_line(words)}".rstrip()
        again = code in _LATER or code in _SETTINGS or code >= 500 or code < 400
        return Outcome(message.key, Status.RETRY if again else Status.REFUSED, detail)

    def _body(self, message: Message) -> bytes:
        return body_of(message)

    def _taken(self, message: Message, answer: "httpx.Response") -> Outcome:
        # Read, so that the connection can be kept; what is too long is left, with the connection.
        for _ in _parts(answer, MOST_BYTES):
            pass
        return Outcome(message.key, Status.DELIVERED)

    def _trusted(self) -> bool | ssl.SSLContext:
        return True if self._cafile is None else ssl.create_default_context(cafile=str(self._cafile))


class CallChannel(WebhookChannel):
    """Calls of a web service: posts the text of each as it is, and hands on the answer's status and fields."""

    def _body(self, message: Message) -> bytes:
        return message.text.encode()

    def _taken(self, message: Message, answer: "httpx.Response") -> Outcome:
        content = b"".join(_parts(answer, MOST_BYTES + 1))
        if len(content) > MOST_BYTES:
            detail = f"{self._host} answered with more than {MOST_BYTES:,} bytes, the most that is read"
            return Outcome(message.key, Status.REFUSED, detail)
        told = {} if answer.headers.get("Content-Encoding", "identity") != "identity" else fields_of(content)
        return Outcome(message.key, Status.DELIVERED, answer={**told, STATUS: answer.status_code})


class _Line:
    """The connection that requests go over, closed where an answer takes too long: each of its parts may come in time.

    Attributes:
        late: whether that has happened to the present request.
    """

    def __init__(self) -> None:
        self.late = False
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """What httpx does: a connection has been made, or made secure."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.late:
                self._close()

    @contextmanager
    def closed_after(self, seconds: float) -> Iterator[None]:
        """The connection is closed after so long, unless the block is left before."""
        self.late = False
        timer = Timer(seconds, self._close)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _close(self) -> None:
        self.late = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _parts(answer: "httpx.Response", most: int) -> Iterator[bytes]:
    """The answer as it comes, no more than so many bytes of it."""
    left = most
    for part in answer.iter_raw():
        yield part[:left]
        left -= len(part)
        if left <= 0:
            return


def body_of(message: Message) -> bytes:
    """What is posted: the message's fields as a JSON object, its time as ISO 8601 in UTC."""
    fields = asdict(message, recurse=False)
    fields.pop("headers")
    fields["at"] = message.at.isoformat()
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()


def _host_of(url: str, token: str | None) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WendError(
            f"`{one_line(url)}` is no web address", help="write one such as `https://sms.shop.example/send`"
        )
    if token is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise WendError(f"the token for `{parts.hostname}` would travel unprotected", help="let the address be `https`")
    return parts.netloc.rpartition("@")[2]


def _library() -> ModuleType:
    try:
        import httpx
    except ImportError:
        raise WendError("a channel of kind `webhook` needs httpx", help="pip install 'wend[webhook]'") from None
    return httpx


def _words(error: Exception) -> str:
    text = one_line(str(error)).rstrip(".")
    return text[:1].lower() + text[1:] if text else "the connection ended"
