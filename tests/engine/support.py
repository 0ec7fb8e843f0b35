"""Small programs and populations for the tests of engine, stores and simulation."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from wend.dsl.checker import check
from wend.dsl.diagnostics import Severity, render
from wend.dsl.parser import parse
from wend.dsl.program import Program
from wend.dsl.source import Source
from wend.runtime.engine.engine import Engine
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.store.memory import MemoryStore
from wend.runtime.store.protocol import Store
from wend.runtime.store.sqlite import SqliteStore, open_sqlite
from wend.runtime.templates import PlaceholderTemplates, TemplateSet
from wend.runtime.values import UTC, Instant
from wend.stdlib import FUNCTIONS, signatures

START = dt.datetime(2026, 1, 1, tzinfo=UTC)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)

LADDER = """
settings
    consent email when consent otherwise true

journey win_back "Win back"
    audience contacts where any(purchase)
    exit when days_since(last(purchase.at)) < 3
    reenter always

    when days_since(last(purchase.at)) >= 3
        send email "first" as first

    when days_since(last(purchase.at)) >= 6 and first.sent
        send email "second"

journey thanks
    reenter never

    on purchase
        set bought = true
        emit thanked
        wait 2 hours
        send email "thanks"

journey echo
    reenter never

    on thanked
        add tag "thanked"
"""

SCRIPTS = {"all.journey": LADDER}


def rules(text: str = LADDER, archive: Mapping[str, Rules] | None = None) -> Rules:
    """The rules of a script, which has to be without errors."""
    return Rules(_program(text), FUNCTIONS, {version: old.program for version, old in (archive or {}).items()})


@cache
def _program(text: str) -> Program:
    source = Source("test.journey", text)
    parsed = parse(source)
    result = check([(source, parsed.file)], signatures(FUNCTIONS))
    wrong = [d for d in (*parsed.diagnostics, *result.diagnostics) if d.severity is Severity.ERROR]
    assert not wrong, "\n".join(map(render, wrong))
    assert result.program is not None
    return result.program


def at(days: float = 0, minutes: float = 0) -> Instant:
    """So many days and minutes after the start of the story."""
    return START + dt.timedelta(days=days, minutes=minutes)


def person(number: int, **fields: object) -> ContactRecord:
    """A contact with an address."""
    return ContactRecord(f"c{number}", cast("dict[str, str]", {"email": f"c{number}@shop.example", **fields}), "")


def bought(number: int, day: float, name: str = "purchase", **payload: object) -> EventRecord:
    """A purchase so many days after the start."""
    contact = f"c{number}"
    return EventRecord(contact, name, at(day), f"{name}-{contact}-{day}", cast("dict[str, str]", payload), "")


def engine(store: Store, text: str = LADDER, templates: TemplateSet | None = None, chunk: int = 500) -> Engine:
    """An engine for a script."""
    return Engine(rules(text), store, templates or PlaceholderTemplates(), chunk=chunk)


Opener = Callable[[Path], Store]

OPENERS: dict[str, Opener] = {"memory": lambda _: MemoryStore(), "sqlite": lambda path: open_sqlite(path / "wend.db")}


def run_until(running: Engine, end: Instant) -> int:
    """Tick whenever something is due, before `end`; gives how many messages there were."""
    messages = 0
    while (due := running.next_wake()) is not None and due < end:
        messages += running.tick(due).counts.messages
    return messages


def pragma(store: SqliteStore, text: str) -> None:
    """Set something on the store's own connection to its database."""
    connection = store.engine.raw_connection()
    connection.cursor().execute(f"PRAGMA {text}")
    connection.close()
