"""What any text is held to: a function for each kind of text that people write, raising only what is a fault of ours.

Each takes a text and says nothing. What a script, a template, a data file or a `wend.toml` holds may be wrong in any
way: then there are diagnostics or a `WendError`, and anything else is a finding.
"""

import contextlib
import datetime as dt
import tempfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from wend.dsl.checker import check
from wend.dsl.completion import next_words, wants_more
from wend.dsl.diagnostics import Severity, WendError, render
from wend.dsl.formatter import FormatError, format_source
from wend.dsl.parser import parse, parse_expression
from wend.dsl.source import Source
from wend.project.project import load_project
from wend.runtime import codec
from wend.runtime.calendar import zone
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.effects import Facts
from wend.runtime.rules import Rules
from wend.runtime.sources.mapping import ContactMapping, EventMapping
from wend.runtime.sources.reader import read_contacts, read_events
from wend.runtime.state import NEW
from wend.runtime.templates.check import TemplateScope
from wend.runtime.templates.templates import Templates
from wend.runtime.tick import step as engine
from wend.stdlib import FUNCTIONS, signatures

NOW = dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC)
EVENTS = (
    Event("e1", "purchase", NOW, {"amount": 30, "channel": "web"}),
    Event("e2", "signup", NOW - dt.timedelta(hours=2), {"form": "trial"}),
)
CONTACT = Contact(
    "c1",
    {"email": "ana@shop.example", "plan": "trial", "country": "FR", "signup": NOW.date(), "birth_date": dt.date.max},
)


SIGNATURES = signatures()


def syntax(text: str) -> None:
    """A script, read alone: a tree or reports, each with its place, a suggestion and a drawing."""
    result = parse(Source("any.journey", text))
    assert result.ok is not any(found.severity is Severity.ERROR for found in result.diagnostics)
    for found in result.diagnostics:
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.help
        assert "\n" in render(found)


def script(text: str) -> None:
    """A script: read, checked, written in order and read again; a program without errors takes a step."""
    source = Source("any.journey", text)
    result = parse(source)
    for found in result.diagnostics:
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.help
        assert "\n" in render(found)
    share = zlib.crc32(text.encode("utf-8", "surrogatepass")) % 8  # what costs as much again, for one text in eight
    if share == 0:
        wants_more(text)
        next_words(text)
        parse_expression(source)
    checked = check([(source, result.file)], SIGNATURES)
    for found in checked.diagnostics:
        assert render(found)
    if not result.ok:
        if share == 1:
            _refused(source)
        return
    written = format_source(source)
    again = parse(Source("any.journey", written))
    assert again.file == result.file
    assert format_source(Source("any.journey", written)) == written
    if checked.program is not None:
        _step(Rules(checked.program, FUNCTIONS))


def _refused(source: Source) -> None:
    try:
        format_source(source)
    except FormatError:
        return
    raise AssertionError("a script with mistakes was formatted")


def _step(rules: Rules) -> None:
    """Two steps of a contact with some data: whatever the program says, they end, and the state can be saved."""
    done = engine.step(rules, CONTACT, NEW, Inbox(events=EVENTS), NOW, Facts())
    state = codec.state_from_json(codec.state_to_json(done.state))
    assert state == done.state
    if done.wake.year < 9999:
        engine.step(rules, done.contact, state, Inbox(), max(done.wake, NOW + dt.timedelta(minutes=1)), Facts())


def template(text: str) -> None:
    """A template with its front matter: checked, and rendered where nothing is wrong."""
    made = Templates.from_sources({"any.html": text, "any.txt": text, "other.sms.txt": text})
    scope = TemplateScope(frozenset({"email", "name"}), frozenset({"contact", "series", "items", "event"}))
    values = {"contact": {"email": "ana@shop.example"}, "items": [1, "b"], "event": {"at": NOW}, "now": NOW}
    for name, channel in (("any", "email"), ("other", "sms")):
        problems = made.check(name, scope, channel)
        assert all(problem.message for problem in problems)
        with contextlib.suppress(WendError):
            made.render(name, channel, values)


TYPES = {
    "email": "text",
    "n": "number?",
    "ok": "boolean?",
    "day": "date?",
    "at": "datetime?",
    "gap": "duration?",
    "plan": '"a" | "b"?',
    "tags": "list of text?",
    "days": "list of date?",
}
DATA_KINDS = (".csv", ".ndjson")


def data(text: str) -> None:
    """A file of contacts and one of events, in each format, with declared types and without."""
    paris = zone("Europe/Paris")
    for ending in DATA_KINDS:
        path = _written("data" + ending, text)
        for types in (TYPES, None):
            with contextlib.suppress(WendError):
                list(read_contacts(path, ContactMapping(), paris, types))
            with contextlib.suppress(WendError):
                list(read_events(path, EventMapping(), paris, None if types is None else {"purchase": types}))


def config(text: str) -> None:
    """A `wend.toml`."""
    try:
        project = load_project(_written("wend.toml", text).parent)
    except WendError:
        return
    for source in ([project.contacts] if project.contacts else []) + list(project.events):
        with contextlib.suppress(WendError):
            source.files.paths()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)


def _written(name: str, text: str) -> Path:
    path = Path(_folder().name) / name
    path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    return path


TARGETS: Mapping[str, Callable[[str], None]] = {
    "syntax": syntax,
    "script": script,
    "template": template,
    "data": data,
    "config": config,
}

__all__ = ["TARGETS"]
