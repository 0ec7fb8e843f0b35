"""The service of `examples/embedding`, over real HTTP, and the script of ten lines."""

import datetime as dt
import importlib.util
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import wend
from tests.house.repository import ROOT

FOLDER = ROOT / "examples" / "embedding"
NOW = dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC)
ANA = {"id": "ana", "email": "ana@shop.example", "consent_email": True}
ORDER = {"id": "o-1", "contact": "ana", "name": "purchase", "at": "2026-05-10T08:59:00Z", "amount": 120}


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(scope="module")
def service() -> ModuleType:
    spec = importlib.util.spec_from_file_location("service", FOLDER / "service.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of the service on a free port of this machine."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait(lambda: server.started or not thread.is_alive())
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()


def wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def ask(address: str, data: object = None) -> tuple[int, Any]:
    body = None if data is None else json.dumps(data).encode()
    try:
        with urlopen(Request(address, body, {"Content-Type": "application/json"}), timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_events_over_http_become_mails(service: ModuleType, tmp_path: Path) -> None:
    clock, mails = Clock(), tmp_path / "mails"
    engine = service.make_engine(wend.open_sqlite(tmp_path / "journeys.db"), wend.FolderChannel(mails), clock)
    with served(service.make_app(engine, pause=0.01)) as address:
        assert ask(f"{address}/contacts", [ANA]) == (200, {"new": 1, "changed": 0, "unchanged": 0})
        wait(lambda: ask(address)[1]["next"] not in (None, "2026-05-10T09:00:00Z"))  # the first minute has been ticked
        clock.now += dt.timedelta(minutes=2)
        assert ask(f"{address}/events", [ORDER]) == (200, {"new": 1, "known": 0})
        assert ask(f"{address}/events", [ORDER]) == (200, {"new": 0, "known": 1})
        assert ask(f"{address}/journeys/welcome/contacts/ana", {}) == (200, {"new": True})
        clock.now += dt.timedelta(minutes=2)
        wait(lambda: len(list(mails.glob("*.eml"))) == 2)
        assert ask(address)[1]["journeys"] == ["thanks", "welcome"]
    subjects = sorted(each.read_text().split("Subject: ")[1].splitlines()[0] for each in mails.glob("*.eml"))
    assert subjects == ["Thank you", "Welcome"]
    with wend.open_sqlite(tmp_path / "journeys.db") as store:  # the service has let go of it
        assert (store.totals().contacts, store.totals().delivered) == (1, 2)


def test_what_is_wrong_is_told(service: ModuleType, tmp_path: Path) -> None:
    engine = service.make_engine(wend.MemoryStore(), wend.FolderChannel(tmp_path), Clock())
    with served(service.make_app(engine)) as address:
        assert ask(f"{address}/events", [ORDER]) == (
            422,
            {
                "error": "the event `purchase` is for the contact `ana`, who is not among the contacts",
                "help": "load the contact first, or leave such events out",
            },
        )
        assert ask(f"{address}/events", [{**ORDER, "name": "purchas"}])[1]["help"] == "did you mean `purchase`?"
        assert ask(f"{address}/journeys/welcom/contacts/ana", {})[1]["help"] == "did you mean `welcome`?"


def test_the_service_is_about_a_hundred_lines() -> None:
    assert len((FOLDER / "service.py").read_text(encoding="utf-8").splitlines()) <= 110
    code = (FOLDER / "ten_lines.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in code if line and not line.startswith('"""')]) <= 10


def test_ten_lines(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "ten_lines.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("{'email': {'we-miss-you': 1}}\n1\n", "")
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1
