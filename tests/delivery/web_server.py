"""A web service on this machine that does what a test tells it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field


@define
class Service:
    """What came, and how to answer: a status for each request in turn, then 200; `slow` seconds before each answer."""

    statuses: list[int] = field(factory=list)
    slow: float = 0
    answer: bytes = b""
    requests: list[tuple[dict[str, str], dict[str, Any]]] = field(factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/send"

    @property
    def keys(self) -> list[str]:
        """The keys that came, in order."""
        return [headers["Idempotency-Key"] for headers, _ in self.requests]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away says nothing."""


@contextmanager
def web_service() -> Iterator[Service]:
    """A service that runs until the end of the block."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.requests.append((dict(self.headers), json.loads(body)))
            status = service.statuses.pop(0) if service.statuses else 200
            time.sleep(service.slow)
            self.send_response(status)
            self.send_header("Content-Length", str(len(service.answer)))
            self.end_headers()
            self.wfile.write(service.answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
