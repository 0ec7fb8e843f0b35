"""Wend in ten lines: who bought 120 days ago gets a mail, as a file in `outbox`."""

import datetime as dt
from pathlib import Path

import wend

program = wend.compile('when days_since(last_purchase) >= 120 send email "we-miss-you"')
engine = wend.Engine(program, wend.MemoryStore(), {"email": wend.FolderChannel(Path("outbox"))})
engine.ingest([{"id": "ana", "email": "ana@shop.example", "last_purchase": dt.date(2026, 1, 10)}], imported=True)
print(engine.tick().effects)
print(engine.deliver().delivered)
