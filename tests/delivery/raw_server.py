"""A server on this machine that answers requests with the very bytes that a test gives it, as slowly as it says."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from attrs import define, field


@define
class RawServer:
    """What is answered: `parts`, one after the other, with `pause` seconds after each; then the connection is closed.

    Attributes:
        endless: the last part is sent again and again.
        asked: how many requests came.
        sent: how many bytes were answered.
    """

    parts: list[bytes] = field(factory=list)
    pause: float = 0
    endless: bool = False
    asked: int = 0
    sent: int = 0
    port: int = 0
    over: threading.Event = field(factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/ask"

    def answer(self, connection: socket.socket) -> None:
        """Read a request, and answer it."""
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            head, _, body = head.partition(b"\r\n\r\n")
            (length,) = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            while len(body) < length:
                body += connection.recv(65536)
            self.asked += 1
            for part in self.parts:
                self._send(connection, part)
            while self.endless and not self.over.is_set():
                self._send(connection, self.parts[-1])
            connection.shutdown(socket.SHUT_RDWR)

    def _send(self, connection: socket.socket, part: bytes) -> None:
        connection.sendall(part)
        self.sent += len(part)
        self.over.wait(self.pause)


def answered(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> list[bytes]:
    """The parts of a whole answer."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return ["\r\n".join([*lines, "", ""]).encode() + body]


@contextmanager
def raw_server() -> Iterator[RawServer]:
    """A server that runs until the end of the block."""
    server = RawServer()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]

        def serve() -> None:
            with suppress(OSError):
                while not server.over.is_set():
                    connection, _ = listening.accept()
                    threading.Thread(target=server.answer, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
