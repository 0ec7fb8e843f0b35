"""A real mail server on this machine, which can be told to misbehave."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.handlers import Message as MessageHandler
from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox(MessageHandler):
    """Keeps what arrives. `refuse` answers a recipient; `drop`, `hang` and `slow` take the n-th message badly."""

    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.arrived: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.refuse_sender: str | None = None
        self.refuse_data: str | None = None
        self.drop_at_data: set[int] = set()
        self.drop_at_mail: set[int] = set()
        self.hang_at_data: set[int] = set()
        self.hang_at_rcpt: set[str] = set()
        self.connections = 0
        self.senders = 0
        self.bodies = 0
        self.logins: list[str | None] = []

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.senders += 1
        if self.senders in self.drop_at_mail:
            server.transport.abort()
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.hang_at_rcpt:
            await asyncio.sleep(30)
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.bodies += 1
        if self.refuse_data:
            return self.refuse_data
        answer: str = await super().handle_DATA(server, session, envelope)
        if self.bodies in self.drop_at_data:
            server.transport.abort()
        if self.bodies in self.hang_at_data:
            await asyncio.sleep(30)
        return answer

    def handle_message(self, message: Any) -> None:
        self.arrived.append(message)

    def keys(self) -> list[str]:
        """The keys of what arrived, in order."""
        return [mail["Message-ID"].strip("<>").partition("@")[0] for mail in self.arrived]

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"secret", handled=False)


class Server:
    """A server that listens, on a port of its own; `stop` closes it and every connection."""

    def __init__(self, mailbox: Mailbox, port: int = 0, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        self.mailbox = mailbox
        self._loop = asyncio.new_event_loop()
        self._connections: list[SMTP] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

        def connect() -> SMTP:
            connection = SMTP(mailbox, hostname="test", loop=self._loop, **options)
            self._connections.append(connection)
            return connection

        async def listen() -> asyncio.Server:
            return await self._loop.create_server(connect, "127.0.0.1", port, ssl=tls)

        self._server = asyncio.run_coroutine_threadsafe(listen(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        async def close() -> None:
            self._server.close()
            for connection in self._connections:
                transport: Any = connection.transport
                if transport is not None:
                    transport.abort()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        if self._loop.is_running():
            asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()


@contextmanager
def serving(mailbox: Mailbox, port: int = 0, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[Server]:
    """A running server, stopped at the end."""
    server = Server(mailbox, port, tls, **options)
    try:
        yield server
    finally:
        server.stop()
