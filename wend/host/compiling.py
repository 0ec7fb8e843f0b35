"""From a text, a file or a project to a program that can be asked and run; and one expression for one contact."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from attrs import evolve, field, frozen

from wend.checks.templates import check_templates
from wend.checks.unknown_values import check_unknown
from wend.dsl import ast, core
from wend.dsl.checker.lone import check_expression
from wend.dsl.diagnostics import Diagnostic, ProgramError, Severity, WendError, in_order
from wend.dsl.parser import parse
from wend.dsl.signatures import Signatures
from wend.dsl.source import Source
from wend.host.functions import HostFunction, with_hosts
from wend.host.records import Records, instant
from wend.project.senders import check_senders, senders
from wend.project.uses import read_source
from wend.project.workspace import build, open_workspace
from wend.runtime.calendar import floor_minute
from wend.runtime.calendar import zone as zone_named
from wend.runtime.codec import as_values
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.delivery.messages import EMAIL
from wend.runtime.effects import DEFAULT_ADDRESSES, Facts, Send
from wend.runtime.evaluation.interpret import Env
from wend.runtime.evaluation.interpret import evaluate as interpret
from wend.runtime.rules import Rules
from wend.runtime.state import NEW
from wend.runtime.templates import PlaceholderTemplates, Templates, TemplateSet
from wend.runtime.tick.step import step
from wend.runtime.values import Instant, Value
from wend.stdlib import signatures

SCRIPT, SCHEMA = "script.journey", "schema.journey"
"""What a script and a schema that are given as text are called in diagnostics."""

_NOTHING: Mapping[str, object] = {}


class Evaluation(NamedTuple):
    """What an expression gives.

    `value` is None where it is unknown. It cannot change before `until` (UTC) unless the data does; `FOREVER` where
    time alone never changes it.
    """

    value: Value
    until: Instant


@frozen
class Match:
    """A trigger that fires for a contact, and what it does at once: before its first wait.

    Args:
        journey, trigger: their names; a trigger is called what it says.
        sends: the messages that would go out.
        refused: why messages would not: `consent`, `window`, `limit`, `no address`, ...
    """

    journey: str
    trigger: str
    sends: tuple[Send, ...] = ()
    refused: tuple[str, ...] = ()


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
        senders: channel -> who messages are from where neither script nor template says it.
    """

    rules: Rules
    templates: TemplateSet = field(eq=False, repr=False)
    scripts: Mapping[str, str] = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    zone: str = "UTC"
    addresses: Mapping[str, str] = field(factory=lambda: DEFAULT_ADDRESSES, repr=False)
    senders: Mapping[str, str] = field(factory=dict, repr=False)

    @property
    def journeys(self) -> tuple[str, ...]:
        """The names of the journeys, in the order in which they are walked."""
        return tuple(journey.name for journey in self.rules.program.journeys)

    @property
    def version(self) -> str:
        """A hash of what the scripts say, whatever their comments and layout."""
        return self.rules.program.version

    @cached_property
    def _records(self) -> Records:
        return Records(self.rules.program, zone_named(self.rules.program.settings.zone or self.zone))

    def match(
        self, contact: Mapping[str, object], events: Iterable[Event] = (), *, now: dt.datetime
    ) -> tuple[Match, ...]:
        """What would begin at `now` for a contact that is seen for the first time. Nothing is kept, nothing is sent.

        Args:
            contact: its fields, and its `id`.
            events: what has happened to it; the latest of them start `on` triggers, as if they had just arrived.
            now: the time, with a time zone; whole minutes count.

        Returns:
            the triggers that fire, in the order in which journeys are walked.

        Raises:
            WendError: a value is not as the script declares it, or `now` has no time zone.
        """
        at = floor_minute(instant(now))
        given = _contact(contact, self._records)
        inbox = Inbox(events=self._records.history(events))
        outcome = step(self.rules, given, NEW, inbox, at, Facts(zone=self.zone, addresses=self.addresses))
        found: dict[tuple[str, str], Match] = {}
        for note in outcome.trace:
            if note.trigger is None:
                continue
            key = note.journey, note.trigger
            if note.kind == "fired":
                found[key] = Match(*key)
            elif note.kind in ("dropped", "held") and key in found:
                found[key] = evolve(found[key], refused=(*found[key].refused, note.reason or note.kind))
        for send in (each for each in outcome.effects if isinstance(each, Send)):
            key = send.identity.journey, send.identity.trigger
            if key in found:
                found[key] = evolve(found[key], sends=(*found[key].sends, send))
        return tuple(found.values())


def compile(
    script: str | Path,
    *,
    schema: str | Path | None = None,
    fields: Iterable[str] | None = None,
    templates: Mapping[str, str] | None = None,
    sender: str | None = None,
    functions: Iterable[HostFunction[..., Any]] = (),
) -> Program:
    """Read and check a script or a project.

    Args:
        script: the text of a script, or a `Path` of a script or of a project's folder.
        schema: `contact` and `event` declarations that stand in no script: their text, or the `Path` of a file.
        fields: instead of a schema, only the names of the fields that contacts have: other names are errors.
        templates: for a text: the templates by file name (`welcome.html`). Without them messages have placeholder
            content. A project or a script in a file has its own, in the folder `templates`.
        sender: who e-mails are from where neither the script nor a template says it; in a project, before what its
            channel says.
        functions: functions of the host's own; see `function`.

    Raises:
        ProgramError: there are errors; `diagnostics` has them all.
        WendError: a file is missing or cannot be read, or an argument does not fit the others.
    """
    known = None if fields is None else frozenset(fields)
    declared = () if schema is None else (_declarations(schema),)
    if isinstance(script, Path):
        if templates is not None:
            raise WendError("templates are told beside a script that is a text", "leave `templates` out")
        return _from_files(script, known, declared, functions, sender)
    if not isinstance(script, str):
        raise WendError(f"`{script}` is no script", "give its text, or a `pathlib.Path`")
    if "\n" not in script and script.rstrip().endswith(".journey"):
        raise WendError(f"`{script}` is the name of a file, not a script", "give it as a `pathlib.Path`")
    callable_ = with_hosts(functions)
    sources = [*declared, Source(SCRIPT, script)]
    program, diagnostics = build(sources, known, functions=callable_)
    found: TemplateSet = PlaceholderTemplates()
    from_ = _from(sender)
    made: Templates | None = None
    if templates is not None:
        found = made = Templates.from_sources(templates)
        if program is not None:
            diagnostics += check_templates(program, made, Path("templates"), known)
            diagnostics += check_senders(program, made, from_)
    if program is not None:
        diagnostics += check_unknown(program, made, Path("templates"), DEFAULT_ADDRESSES)
    diagnostics = in_order(diagnostics, sources)
    if program is None or _failed(diagnostics):
        raise ProgramError(diagnostics)
    scripts = {each.name: each.text for each in sources}
    return Program(Rules(program, callable_), found, scripts, diagnostics, senders=from_)


def _declarations(schema: str | Path) -> Source:
    """A schema as a source that stands beside the scripts."""
    source = read_source(schema) if isinstance(schema, Path) else Source(SCHEMA, schema)
    for item in parse(source).file.items:
        if not isinstance(item, ast.ContactDecl | ast.EventDecl):
            line, _ = source.line_col(item.span.start)
            help = "put what is not `contact` or `event` into the script"
            raise WendError("a schema holds declarations only", help, f"{source.name}:{line}")
    return source


def _from_files(
    path: Path,
    fields: frozenset[str] | None,
    declared: Iterable[Source],
    functions: Iterable[HostFunction[..., Any]],
    sender: str | None,
) -> Program:
    workspace = open_workspace(path, fields, with_hosts(functions), declared)
    project, diagnostics = workspace.project, workspace.diagnostics
    from_ = {**senders(project), **_from(sender)}
    if project.script is not None:  # what a simulation may make up is nothing to send with
        from_ = _from(sender)
        if isinstance(workspace.templates, Templates) and workspace.program is not None:
            more = check_senders(workspace.program, workspace.templates, from_)
            diagnostics = in_order((*diagnostics, *more), workspace.sources)
    if _failed(diagnostics):
        raise ProgramError(diagnostics)
    return Program(
        rules=workspace.rules(),
        templates=workspace.templates,
        scripts=workspace.scripts,
        diagnostics=diagnostics,
        zone=project.zone.name,
        addresses=project.addresses,
        senders=from_,
    )


def _from(sender: str | None) -> dict[str, str]:
    return {} if sender is None else {EMAIL: sender}


def evaluate(
    expression: str,
    contact: Mapping[str, object] = _NOTHING,
    *,
    now: dt.datetime,
    events: Iterable[Event] = (),
    zone: str = "UTC",
    functions: Iterable[HostFunction[..., Any]] = (),
) -> Evaluation:
    """The value of one expression for one contact, such as `days_since(last_purchase) >= 120`.

    Args:
        expression: as it stands in a script; without declarations, any name is a field.
        contact: its fields, and its `id`.
        now: the time, with a time zone.
        events: what has happened to the contact, in any order.
        zone: the zone (IANA) in which days begin.
        functions: functions of the host's own; see `function`.

    Raises:
        ProgramError: there is a mistake in the expression.
        WendError: a value is nothing that a script can hold, the zone does not exist, or `now` has no time zone.
    """
    at = instant(now)
    callable_ = with_hosts(functions)
    history = tuple(_event(each) for each in events)
    given = _contact(contact, None).with_events(history)
    checked = _checked(expression, signatures(callable_)) if functions else _checked_plain(expression)
    value, until, _ = interpret(checked, Env(at, zone_named(zone), given, callable_))
    return Evaluation(value, until)


def _event(given: object) -> Event:
    if not isinstance(given, Event):
        raise WendError(f"`{given}` is no event", "give a `wend.Event`")
    return Event(given.id, given.name, instant(given.time), as_values(given.payload), given.depth, given.imported)


def _contact(fields: object, records: Records | None) -> Contact:
    if not isinstance(fields, Mapping):
        raise WendError(f"`{fields}` is no contact", 'give its fields by their names: `{"email": "ana@shop.example"}`')
    contact = str(fields.get("id", ""))
    if records is None:
        return Contact(contact, as_values(fields))
    values = records.fields({k: v for k, v in fields.items() if k != "id"}, f"the contact `{contact}`")
    return Contact(contact, values)


def _checked(expression: str, functions: Signatures) -> core.Expr:
    found, diagnostics = check_expression(Source("expression", expression), functions)
    if found is None or _failed(diagnostics):
        raise ProgramError(diagnostics)
    return found


@lru_cache(maxsize=1024)
def _checked_plain(expression: str) -> core.Expr:
    return _checked(expression, signatures())


def _failed(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(each.severity is Severity.ERROR for each in diagnostics)
