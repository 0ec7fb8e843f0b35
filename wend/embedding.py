"""Wend inside another program: compile, evaluate, and an engine over a store. `import wend` hands these names on.

Nothing here reads a clock, logs, or keeps anything between two engines: the host says what time it is, with a time
zone, and calls `tick` when `next_wake` says so, or every minute.
"""

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from attrs import field, frozen

from wend.dsl import core
from wend.dsl.checker.lone import check_expression
from wend.dsl.diagnostics import Diagnostic, ProgramError, Severity, WendError, in_order
from wend.dsl.source import Source
from wend.runtime import engine as runtime_engine
from wend.runtime.activation import Activation
from wend.runtime.calendar import zone as zone_named
from wend.runtime.channels import Channel
from wend.runtime.codec import as_values
from wend.runtime.contact import Contact, Event
from wend.runtime.conversions import Conversions
from wend.runtime.delivery import DeliveryReport, deliver
from wend.runtime.effects import DEFAULT_ADDRESSES
from wend.runtime.engine import TickReport
from wend.runtime.ingest import ContactsTaken, EventsTaken
from wend.runtime.interpret import Env
from wend.runtime.interpret import evaluate as interpret
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord, Policy
from wend.runtime.store.protocol import Store
from wend.runtime.templates import PlaceholderTemplates, Templates, TemplateSet
from wend.runtime.values import UTC, Instant, Value
from wend.stdlib import FUNCTIONS, signatures
from wend.template_check import check_templates
from wend.workspace import build, open_workspace

SCRIPT = "script.journey"
"""What a script that is given as text is called in diagnostics."""

_NOTHING: Mapping[str, object] = {}


class Evaluation(NamedTuple):
    """What an expression gives.

    `value` is None where it is unknown. It cannot change before `until` (UTC) unless the data does; `FOREVER` where
    time alone never changes it.
    """

    value: Value
    until: Instant


@frozen
class Program:
    """A program without errors, with what it sends. Immutable, and safe to share between threads.

    Args:
        rules: what `step` and `simulate` go by.
        templates: what the messages say.
        scripts: the scripts by name.
        diagnostics: the warnings.
        zone: the project's zone (IANA), used where the script's settings name none.
        addresses: channel -> the contact's field with its address.
    """

    rules: Rules
    templates: TemplateSet = field(eq=False, repr=False)
    scripts: Mapping[str, str] = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    zone: str = "UTC"
    addresses: Mapping[str, str] = field(factory=lambda: DEFAULT_ADDRESSES, repr=False)

    @property
    def journeys(self) -> tuple[str, ...]:
        """The names of the journeys, in the order in which they are walked."""
        return tuple(journey.name for journey in self.rules.program.journeys)

    @property
    def version(self) -> str:
        """A hash of what the scripts say, whatever their comments and layout."""
        return self.rules.program.version


def compile(
    script: str | Path, *, templates: Mapping[str, str] | None = None, fields: Iterable[str] | None = None
) -> Program:
    """Read and check a script or a project.

    Args:
        script: the text of a script, or a `Path` of a script or of a project's folder.
        templates: for a text: the templates by file name (`welcome.html`). Without them messages have placeholder
            content. A project or a script in a file has its own, in the folder `templates`.
        fields: the names of the fields that contacts have, where the script declares none: other names are errors.

    Raises:
        ProgramError: there are errors; `diagnostics` has them all.
        WendError: a file is missing or cannot be read.
    """
    known = None if fields is None else frozenset(fields)
    if isinstance(script, Path):
        if templates is not None:
            raise WendError("templates are told beside a script that is a text", "leave `templates` out")
        return _from_files(script, known)
    if "\n" not in script and script.rstrip().endswith(".journey"):
        raise WendError(f"`{script}` is the name of a file, not a script", "give it as a `pathlib.Path`")
    program, diagnostics = build([Source(SCRIPT, script)], known)
    found: TemplateSet = PlaceholderTemplates()
    if templates is not None:
        found = Templates.from_sources(templates)
        if program is not None:
            diagnostics = in_order((*diagnostics, *check_templates(program, found, Path("templates"), known)))
    if program is None or _failed(diagnostics):
        raise ProgramError(diagnostics)
    return Program(Rules(program, FUNCTIONS), found, {SCRIPT: script}, diagnostics)


def _from_files(path: Path, fields: frozenset[str] | None) -> Program:
    workspace = open_workspace(path, fields)
    project = workspace.project
    return Program(
        rules=workspace.rules(),
        templates=workspace.templates,
        scripts=workspace.scripts,
        diagnostics=workspace.diagnostics,
        zone=project.zone.name,
        addresses=project.addresses,
    )


def evaluate(
    expression: str,
    fields: Mapping[str, object] = _NOTHING,
    *,
    now: dt.datetime,
    events: Iterable[Event] = (),
    zone: str = "UTC",
) -> Evaluation:
    """The value of one expression for one contact, such as `days_since(last_purchase) >= 120`.

    Args:
        expression: as it stands in a script; without declarations, any name is a field.
        fields: the contact's fields. Its id is what `id` holds.
        now: the time, with a time zone.
        events: what has happened to the contact, in any order.
        zone: the zone (IANA) in which days begin.

    Raises:
        ProgramError: there is a mistake in the expression.
        WendError: a value is nothing that a script can hold, the zone does not exist, or `now` has no time zone.
    """
    at = _instant(now)
    history = tuple(
        Event(each.id, each.name, _instant(each.time), as_values(each.payload), each.depth, each.imported)
        for each in events
    )
    contact = Contact(str(fields.get("id", "")), as_values(fields)).with_events(history)
    value, until, _ = interpret(_checked(expression), Env(at, zone_named(zone), contact, FUNCTIONS))
    return Evaluation(value, until)


@lru_cache(maxsize=1024)
def _checked(expression: str) -> core.Expr:
    found, diagnostics = check_expression(Source("expression", expression), signatures())
    if found is None or _failed(diagnostics):
        raise ProgramError(diagnostics)
    return found


class Engine:
    """Runs a program over the contacts of a store.

    Any thread may call it; calls wait for one another. Two engines share nothing, unless they are given one store:
    then the second is refused or wrong, so give each its own.

    Args:
        program: what `compile` gave.
        store: where contacts, states and the outbox are kept: `MemoryStore()`, or `open_sqlite(path)`.
        channels: who delivers, by the channel's name in the script. Messages for others wait in the outbox.
        zone: the project's zone (IANA), in the place of the program's.
        addresses: channel -> the contact's field with its address, beside the usual ones.
    """

    def __init__(
        self,
        program: Program,
        store: Store,
        channels: Mapping[str, Channel] | None = None,
        *,
        zone: str | None = None,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self.program, self.store, self.channels = program, store, dict(channels or {})
        self._engine = runtime_engine.Engine(
            program.rules,
            store,
            program.templates,
            zone=zone_named(zone or program.zone).name,
            addresses={**program.addresses, **(addresses or {})},
        )
        self._lock = threading.RLock()
        self._active = False

    def activate(self, now: dt.datetime) -> Activation:
        """Make the program the live one of the store. The first `ingest` or `tick` does so if nobody did."""
        with self._lock:
            self._active = True
            return self._engine.activate(self.program.scripts, _instant(now))

    def ingest(
        self,
        now: dt.datetime,
        contacts: Iterable[ContactRecord] = (),
        events: Iterable[EventRecord] = (),
        *,
        imported: bool = False,
        unknown: Policy = Policy.ERROR,
    ) -> tuple[ContactsTaken, EventsTaken]:
        """Take in contacts (new ones, and what has changed of others) and events; what is known changes nothing.

        Args:
            now: the time of arrival, with a time zone; no event counts as later.
            contacts: fields that a record does not name stay as they are.
            events: an event whose id the contact has already is left out.
            imported: all this happened long ago: new contacts are a backlog, and events start no `on` trigger.
            unknown: what to do with events for contacts that are not there.

        Raises:
            WendError: an event is for nobody, or a value cannot be kept. Then nothing is taken in.
        """
        at = _instant(now)
        with self._lock, self.store.transaction():
            self._ready(at)
            people = self._engine.ingest_contacts([_aware(each) for each in contacts], at, imported)
            return people, self._engine.ingest_events([_at(each) for each in events], at, imported, unknown)

    def tick(self, now: dt.datetime, stop: Callable[[], bool] = lambda: False) -> TickReport:
        """Decide for everybody who is due, and put what is to be sent into the outbox.

        Args:
            now: the time, with a time zone; the tick is that of its whole minute.
            stop: asked now and then; True ends the tick early, with everything kept.

        Raises:
            WendError: there was a tick at this minute or a later one.
        """
        at = _instant(now)
        with self._lock:
            self._ready(at)
            return self._engine.tick(at, stop=stop)

    def deliver(self, now: dt.datetime) -> DeliveryReport:
        """Hand what waits in the outbox to the channels, once. What fails stays there and is tried again later."""
        with self._lock:
            return deliver(self.store.outbox, self.channels, _instant(now))

    def preview(self, now: dt.datetime) -> tuple[Activation, TickReport]:
        """What making the program live and a first tick would do, without doing it."""
        with self._lock:
            return self._engine.rehearse(self.program.scripts, _instant(now))

    def conversions(self) -> Mapping[str, Conversions]:
        """For each journey with a goal: how many runs began and how many converted so far, the hold-out's apart."""
        with self._lock:
            return self.store.conversions()

    def next_wake(self) -> Instant | None:
        """The minute (UTC) of the next tick that has something to do; None if nothing will happen without news."""
        with self._lock:
            return self._engine.next_wake()

    def _ready(self, now: Instant) -> None:
        if not self._active:
            self.activate(now)


def _instant(time: dt.datetime) -> Instant:
    if time.tzinfo is None:
        raise WendError(f"the time `{time}` has no time zone", "give it with one: `datetime.now(UTC)`, say")
    return time.astimezone(UTC)


def _aware(record: ContactRecord) -> ContactRecord:
    return ContactRecord(record.id, as_values(record.fields), record.place)


def _at(record: EventRecord) -> EventRecord:
    at = _instant(record.at)
    return EventRecord(record.contact, record.name, at, record.id, as_values(record.payload), record.place)


def _failed(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(each.severity is Severity.ERROR for each in diagnostics)
