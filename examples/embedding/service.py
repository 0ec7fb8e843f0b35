"""A service that takes contacts and events over HTTP, and writes to customers as `journeys.journey` says.

    uvicorn --app-dir examples/embedding --factory service:make_app

    curl -H 'Content-Type: application/json' localhost:8000/contacts \\
         -d '[{"id": "ana", "email": "ana@shop.example", "consent_email": true}]'
    curl -H 'Content-Type: application/json' localhost:8000/events \\
         -d '[{"id": "o-1", "contact": "ana", "name": "purchase", "at": "2026-05-10T09:00:00Z", "amount": 120}]'

Whatever stands before it on the network says who may call it: the service itself asks nobody who he is.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse

import wend

SCRIPT = Path(__file__).with_name("journeys.journey")
TEMPLATES = {
    "thanks.html": "---\nsubject: Thank you\n---\n<p>Thank you for {{ event.amount }} well spent.</p>\n",
    "welcome.html": '---\nsubject: Welcome\n---\n<p>Welcome, {{ contact.name | default: "dear customer" }}.</p>\n',
}
PAUSE = 1.0  # seconds between two looks at whether something is due
log = logging.getLogger("journeys")

Rows = Annotated[list[dict[str, Any]], Body()]


def make_engine(
    store: wend.Store, channel: wend.Channel, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> wend.Engine:
    """The engine over a store; an error in the script ends the start with a report of it."""
    program = wend.compile(SCRIPT.read_text(encoding="utf-8"), templates=TEMPLATES)
    return wend.Engine(program, store, {"email": channel}, clock)


async def work(engine: wend.Engine, pause: float) -> None:
    """Tick when something is due, and deliver; what fails is logged, and tried again."""
    while True:
        try:
            wake = await asyncio.to_thread(engine.next_wake)
            if wake is not None and wake <= engine.clock():
                report = await engine.atick()
                log.info("%s contacts looked at, to send: %s", report.steps, dict(report.effects))
            for problem in (await engine.adeliver()).problems:
                log.warning("%s: %s", problem.channel, problem.message)
        except wend.WendError as error:
            log.error("%s", error)
        await asyncio.sleep(pause)


def make_app(engine: wend.Engine | None = None, pause: float = PAUSE) -> FastAPI:
    """The service. Without an engine, one whose contacts are in `journeys.db`, and whose mails become files."""
    live = engine or make_engine(wend.open_sqlite(Path("journeys.db")), wend.FolderChannel(Path("outbox")))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await live.aactivate()
        worker = asyncio.create_task(work(live, pause))
        yield
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
        await asyncio.to_thread(live.close)

    app = FastAPI(title="Journeys", lifespan=lifespan)

    @app.exception_handler(wend.WendError)
    async def refused(_: Request, error: wend.WendError) -> JSONResponse:
        return JSONResponse({"error": error.message, "help": error.help}, status_code=422)

    @app.post("/contacts")
    async def contacts(rows: Rows) -> dict[str, int]:
        taken = (await live.aingest(contacts=rows)).contacts
        return {"new": taken.new, "changed": taken.changed, "unchanged": taken.unchanged}

    @app.post("/events")
    async def events(rows: Rows) -> dict[str, int]:
        taken = (await live.aingest(events=rows)).events
        return {"new": taken.new, "known": taken.duplicates}

    @app.post("/journeys/{journey}/contacts/{contact}")
    async def enroll(journey: str, contact: str) -> dict[str, bool]:
        return {"new": await live.aenroll(contact, journey)}

    @app.get("/")
    async def state() -> dict[str, Any]:
        return {"journeys": live.program.journeys, "next": await asyncio.to_thread(live.next_wake)}

    return app
