"""E-mail over SMTP: one connection for many messages, and an answer told from silence."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from attrs import frozen

from wend.dsl.diagnostics import WendError
from wend.runtime.channels.protocol import ChannelDown, Outcome, Promise, Status
from wend.runtime.channels.unsubscribe import NO_UNSUBSCRIBE, Unsubscribe
from wend.runtime.delivery.messages import Message, one_line, parse_mailbox, to_email

_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
_CLOSING = 421
_NOT_LOGGED_IN = frozenset({530, 534, 535, 538})
_GIVE_UP = 3  # messages in a row whose connection broke
_DOT = re.compile(rb"^\.", re.MULTILINE)


class Security(StrEnum):
    """How the connection is protected; `starttls` and `tls` check the server's certificate."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@frozen
class _Envelope:
    """A message as the server gets it."""

    key: str
    sender: str
    recipient: str
    content: bytes


class _Refused(Exception):
    """The server answered a command of one message with a code that is not good.

    `settings`: it is about our settings, not about this message, so the message is kept until they are right.
    """

    def __init__(self, code: int, reply: bytes, about: str, settings: bool) -> None:
        self.code, self.settings = code, settings
        text = one_line(reply.decode("utf-8", "replace"))
        self.detail = f"the mail server refused {about}: {code} {text}"


class _NoAnswer(Exception):
    """The message was handed over whole, and the server's answer never came; silent if we stopped waiting for it."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent


class _Broken(Exception):
    """The connection is gone, and what that means for the message that was on it."""

    def __init__(self, status: Status, detail: str, silent: bool) -> None:
        self.status, self.detail, self.silent = status, detail, silent


class SmtpChannel:
    """Delivers e-mail to one mail server.

    SMTP has no idempotency keys. Where the last answer is lost, the message may or may not have been taken; it goes
    again with the same Message-ID (at least once), or is set aside for a person (at most once): the host chooses.

    Args:
        host, port: the server.
        security: how the connection is protected.
        user, password: to log in with, or None; they are sent in the clear to this machine only.
        timeout: seconds to wait for a connection and for each answer.
        cafile: certificates to trust instead of the system's.
        promise: what to do where the last answer is lost.
        local_name: the name to greet with; None takes this machine's.
        unsubscribe: where mails that are no transactional ones say that one can unsubscribe.

    Raises:
        WendError: a password would travel unprotected.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Security | str = Security.STARTTLS,
        user: str | None = None,
        password: str | None = None,
        timeout: float = 30.0,
        cafile: Path | None = None,
        promise: Promise = Promise.AT_LEAST_ONCE,
        local_name: str | None = None,
        unsubscribe: Unsubscribe = NO_UNSUBSCRIBE,
    ) -> None:
        try:
            self._security = Security(security)
        except ValueError:
            raise WendError(f"`{security}` is no security for SMTP", help="write `none`, `starttls` or `tls`") from None
        if user and self._security is Security.NONE and not _LOOPBACK.fullmatch(host):
            raise WendError(
                f"the password for `{host}` would travel unprotected", help="set security to `starttls` or `tls`"
            )
        self._host, self._port, self._timeout = host, port, timeout
        self._user, self._password = user, password
        self._cafile, self._local_name = cafile, local_name
        self._unsubscribe = unsubscribe
        self.promise = promise

    @property
    def name(self) -> str:
        """`smtp mail.shop.example:587`."""
        return f"smtp {self._host}:{self._port}"

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        """Send them over one connection; it is made anew where the server closed it."""
        connection, broken = self._connect(), 0
        try:
            for message in messages:
                try:
                    envelope = _envelope(self._unsubscribe.put_into(message))
                except WendError as error:
                    yield Outcome(message.key, Status.REFUSED, error.message)
                    continue
                try:
                    connection, outcome = self._send(connection, envelope)
                    yield outcome
                    broken = 0
                except _Broken as failure:
                    yield Outcome(message.key, failure.status, failure.detail)
                    # Whatever broke it, the message's outcome is recorded before the rest is given up.
                    broken += 1
                    if failure.silent or broken == _GIVE_UP:
                        raise ChannelDown(failure.detail) from None
                    connection = self._connect()
        finally:
            _quit(connection)

    def _send(self, connection: smtplib.SMTP, envelope: _Envelope) -> tuple[smtplib.SMTP, Outcome]:
        """Send, a second time over a new connection if the old one turns out closed; gives the one to go on with."""
        for attempt in (1, 2):
            try:
                return connection, _transact(connection, envelope)
            except _NoAnswer as lost:
                _abort(connection)
                detail = f"{self.name} took the message and did not answer"
                raise _Broken(Status.UNKNOWN, detail, lost.silent) from None
            except (smtplib.SMTPException, OSError) as error:
                _abort(connection)
                if _timed_out(error):
                    raise _Broken(Status.RETRY, self._silent().message, True) from None
                if attempt == 2:
                    detail = f"the connection to {self.name} broke: {_reason(error)}"
                    raise _Broken(Status.RETRY, detail, False) from None
            connection = self._connect()
        raise AssertionError("two attempts end in an outcome")

    def _silent(self) -> ChannelDown:
        return ChannelDown(f"{self.name} did not answer within {self._timeout:g} s")

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._open()
        except smtplib.SMTPAuthenticationError as error:
            raise ChannelDown(
                f"{self.name} refused the user name or the password: {error.smtp_code}",
                help="set them again in the environment",
            ) from None
        except ssl.SSLCertVerificationError as error:
            raise ChannelDown(f"the certificate of {self.name} is not trusted: {error.verify_message}") from None
        except smtplib.SMTPNotSupportedError as error:
            missing = "STARTTLS" if "STARTTLS" in str(error) else "logging in"
            raise ChannelDown(f"{self.name} does not offer {missing}") from None
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            if _timed_out(error):
                raise self._silent() from None
            raise ChannelDown(f"{self.name} cannot be reached: {_reason(error)}") from None

    def _open(self) -> smtplib.SMTP:
        context = None
        if self._security is not Security.NONE:
            context = ssl.create_default_context(cafile=None if self._cafile is None else str(self._cafile))
        if self._security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, self._local_name, timeout=self._timeout, context=context
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, self._local_name, timeout=self._timeout)
        try:
            if self._security is Security.STARTTLS:
                connection.starttls(context=context)
            if self._user:
                connection.login(self._user, self._password or "")
        except BaseException:
            _abort(connection)
            raise
        return connection


def _envelope(message: Message) -> _Envelope:
    email = to_email(message)
    return _Envelope(
        key=message.key,
        sender=parse_mailbox(message.sender or "").address,
        recipient=parse_mailbox(message.address).address,
        content=email.as_bytes().rstrip(b"\r\n") + b"\r\n",
    )


def _transact(connection: smtplib.SMTP, envelope: _Envelope) -> Outcome:
    """One message over an open connection.

    Raises:
        OSError, SMTPException: the connection is gone, and the message was not taken.
        _NoAnswer: it is gone, and the message may have been taken.
    """
    connection.ehlo_or_helo_if_needed()
    try:
        _expect(connection.mail(envelope.sender), (250,), f"the sender `{envelope.sender}`", settings=True)
        _expect(connection.rcpt(envelope.recipient), (250, 251, 252), f"`{envelope.recipient}`")
        _expect(connection.docmd("DATA"), (354,), "the message")
        connection.send(_DOT.sub(b"..", envelope.content) + b".\r\n")
        try:
            answer = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise _NoAnswer(_timed_out(error)) from None
        _expect(answer, (250,), "the message")
    except _Refused as refusal:
        if refusal.code == _CLOSING:
            raise smtplib.SMTPServerDisconnected(refusal.detail) from None
        with suppress(smtplib.SMTPException, OSError):
            connection.rset()
        if refusal.code in _NOT_LOGGED_IN:
            raise ChannelDown(refusal.detail, help="set user and password for the mail server") from None
        status = Status.REFUSED if refusal.code >= 500 and not refusal.settings else Status.RETRY
        return Outcome(envelope.key, status, refusal.detail)
    return Outcome(envelope.key, Status.DELIVERED)


def _expect(answer: tuple[int, bytes], good: tuple[int, ...], about: str, settings: bool = False) -> None:
    code, reply = answer
    if code not in good:
        raise _Refused(code, reply, about, settings)


def _quit(connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
    _abort(connection)


def _abort(connection: smtplib.SMTP) -> None:
    with suppress(OSError):
        connection.close()


def _timed_out(error: Exception) -> bool:
    # smtplib wraps a time-out while it reads into "connection unexpectedly closed".
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        return one_line(f"{error.smtp_code} {text}")
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, UnicodeError):
        return "its name is not a host name"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed, {(error.reason or 'no common protocol').lower().replace('_', ' ')}"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = one_line(text).rstrip(".") or "the connection was closed"
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
