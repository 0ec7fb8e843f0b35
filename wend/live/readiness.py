"""The checklist before a project goes live: what is in order, what deserves a look, and what has to be done first.

Nothing is sent and nothing is kept: the first round is made in a transaction that is undone.
"""

import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from urllib.parse import urlsplit

from attrs import frozen

from wend.checks.channels import called_webhooks
from wend.data.population import load_population
from wend.dsl import plan
from wend.dsl.builtins import BUILTIN_EVENTS
from wend.dsl.diagnostics import Severity, WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.dsl.words import count_of
from wend.live.service import Round, Service, open_service
from wend.project.channels import ChannelSettings, SmtpSettings, WebhookSettings
from wend.project.workspace import Workspace
from wend.report.coverage import share
from wend.runtime import quota
from wend.runtime.calendar import zone
from wend.runtime.channels import Channel
from wend.runtime.channels.unsubscribe import NO_UNSUBSCRIBE
from wend.runtime.delivery.messages import EMAIL
from wend.runtime.engine.activation import told
from wend.runtime.play.coverage import Collecting
from wend.runtime.play.trial import run_test
from wend.runtime.store.memory import MemoryStore
from wend.runtime.values import Instant

_NO_WAY_OUT = "the mails do not tell mail programs how to unsubscribe, which large mail providers ask for"
_WAY_OUT = "say `unsubscribe_url` or `unsubscribe_email` under `[channels.email]`"


class State(StrEnum):
    """How a point of the checklist stands."""

    OK = "ok"
    LOOK = "look"
    """Nothing keeps the project from starting, and a person should know it."""
    OPEN = "open"
    """It has to be done first."""


@frozen
class Point:
    """A point of the checklist.

    Args:
        about: what it is about, in a word: `tests`.
        found: how it stands, in a sentence.
        help: what to do, where there is something.
    """

    about: str
    state: State
    found: str
    help: str | None = None


def checklist(workspace: Workspace, environ: Mapping[str, str], now: Instant) -> list[Point]:
    """All points, in the order in which they are worth to be mended.

    Args:
        environ: the environment variables, for user names and passwords.
        now: when the project would start, UTC.

    Raises:
        WendError: the project has no channels and no store, being a lone script.
    """
    points = [_scripts(workspace)]
    if workspace.errors:
        return points
    points.append(_tests(workspace))
    kept = workspace.project.store.sqlite
    store = None if kept is not None and kept.exists() else MemoryStore()  # so that no file is made
    try:
        with open_service(workspace, environ, store=store) as service:
            points += _journeys(service, now)
            points += _channels(service)
            points += _round(service, now)
    except WendError as error:
        points.append(_refused("project", error))
    return points


def _scripts(workspace: Workspace) -> Point:
    severities = Counter(each.severity for each in workspace.diagnostics)
    errors, warnings = severities[Severity.ERROR], severities[Severity.WARNING]
    help = f"`wend check {workspace.project.root}` shows them"
    if errors:
        return Point("scripts", State.OPEN, f"{count_of(errors, 'error')}, {count_of(warnings, 'warning')}", help)
    program = workspace.sound()
    found = f"{count_of(len(program.journeys), 'journey')}, no errors, {count_of(warnings, 'warning')}"
    if not program.journeys:
        return Point("scripts", State.OPEN, "there is no journey", "write one into the folder `journeys`")
    return Point("scripts", State.LOOK, found, help) if warnings else Point("scripts", State.OK, found)


def _tests(workspace: Workspace) -> Point:
    rules, facts = workspace.rules(), workspace.facts()
    tests = rules.program.tests
    if not tests:
        help = "write a `test` for each journey; `:save test NAME` in `wend repl` writes one of what was tried"
        return Point("tests", State.LOOK, "there are none: nothing holds what the journeys promise", help)
    collecting = Collecting(rules)
    failed = [test.name for test in tests if not run_test(rules, test, facts, collecting).passed]
    if failed:
        found = f"{len(failed)} of {count_of(len(tests), 'test')} failed: {_some(failed)}"
        return Point("tests", State.OPEN, found, f"`wend test {workspace.project.root}` shows why")
    seen = collecting.coverage()
    found = f"{len(tests)} passed; they see {share(seen.seen, seen.wanted)} of the outcomes"
    if seen.seen < seen.wanted:
        return Point("tests", State.LOOK, found, f"`wend test {workspace.project.root} --coverage` shows the others")
    return Point("tests", State.OK, found)


def _journeys(service: Service, now: Instant) -> Iterator[Point]:
    """Those in which nothing will happen: paused by hand, or outside the time in which they are active."""
    program, project = service.engine.rules.program, service.workspace.project
    for name in service.engine.store.paused():
        help = f"`wend resume {name} {project.root}` lets it go on"
        yield Point(f"journey {name}", State.LOOK, "it is paused by hand", help)
    for journey in program.journeys:
        today = zone(journey.zone or program.settings.zone or service.engine.zone).date(now)
        start, until = journey.active_from, journey.active_until
        if until is not None and until <= today:
            yield Point(f"journey {journey.name}", State.LOOK, f"its time ended on {until}", "mend `active until`")
        elif start is not None and start > today:
            yield Point(f"journey {journey.name}", State.OK, f"it begins on {start}")


def _channels(service: Service) -> Iterator[Point]:
    """Each channel that the scripts send over, and whether it answers; nothing is handed to it."""
    program, project = service.engine.rules.program, service.workspace.project
    used = program.channels
    for name, settings in project.channels.items():
        if name in used:
            channel = service.channels[name]
            yield _asked(f"channel {name}", channel.name, partial(_ask, channel, settings))
            if isinstance(settings, SmtpSettings) and settings.unsubscribe == NO_UNSUBSCRIBE and _marketing(program):
                yield Point("unsubscribe", State.LOOK, _NO_WAY_OUT, _WAY_OUT)
    for name in called_webhooks(program):
        webhook = project.webhooks[name]
        yield _asked(f"webhook {name}", webhook.url, partial(_reach, webhook.url, webhook.timeout))


def _marketing(program: Program) -> bool:
    """Whether a journey sends e-mails that need consent."""
    journeys = (journey for journey in program.journeys if not journey.transactional)
    ops = (op for journey in journeys for op in journey.operations)
    return any(isinstance(op, plan.Send) and op.channel == EMAIL for op in ops)


def _asked(about: str, name: str, ask: Callable[[], None]) -> Point:
    try:
        ask()
    except WendError as error:
        return Point(about, State.OPEN, error.message, error.help)
    return Point(about, State.OK, name)


def _ask(channel: Channel, settings: ChannelSettings) -> None:
    """See whether a channel can be had. Raises WendError."""
    if isinstance(settings, WebhookSettings):
        _reach(settings.url, settings.timeout)
    for _ in channel.deliver(()):
        pass


def _reach(url: str, timeout: float) -> None:
    """Connect to a web service and hang up, since only a message would tell more. Raises WendError."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout).close()
    except OSError as error:
        reason = (error.strerror or str(error) or "no answer").lower()
        raise WendError(f"{parts.netloc} cannot be reached: {reason}", "check `url`, and whether it runs") from None


def _round(service: Service, now: Instant) -> Iterator[Point]:
    """What the first round would do: the data that it reads, changed triggers, and who gets what at once."""
    try:
        changed = service.unanswered(now)
        if changed:
            for each in changed:
                help = f"`wend run --keep {each.name}` or `--reset {each.name}` says what becomes of it"
                yield Point("triggers", State.OPEN, told(each), help)
            return
        done = service.rehearse(now)
    except WendError as error:
        yield _refused("data", error)
        return
    people = service.engine.store.totals().contacts
    yield from _data(done, people)
    yield from _unnamed(service.workspace)
    yield from _launch(service, done, now)


def _data(done: Round, known: int) -> Iterator[Point]:
    contacts, events = done.contacts, done.events
    found = f"{count_of(known + contacts.new, 'contact')}, {count_of(contacts.new, 'of them new', 'of them new')}"
    found += f"; {count_of(events.new, 'new event')}"
    left = events.unknown + events.future
    if not known + contacts.new:
        help = "name a file under `[contacts]` in `wend.toml`, or check what is in it"
        yield Point("data", State.OPEN, "there are no contacts", help)
    elif left:
        found += f"; {count_of(left, 'event')} left out, for nobody or in the future"
        yield Point("data", State.LOOK, found, "see `unknown_contact` in `wend.toml`, and the times of events")
    else:
        yield Point("data", State.OK, found)


def _unnamed(workspace: Workspace) -> Iterator[Point]:
    """Events of the data that no script declares, under a name that is nearly one of those: most likely misspelt."""
    program, project = workspace.sound(), workspace.project
    if not program.schema.events or not project.events:
        return
    known = [*program.schema.events, *BUILTIN_EVENTS]
    found = Counter(record.name for record in load_population(project, program).events)
    for name, number in found.items():
        near = nearest(name, known) if name not in known else None
        if near is not None:
            told = f"no script declares `{name}`, of which the data has {count_of(number, 'event')}"
            yield Point("events", State.LOOK, told, f"did you mean `{near}`?")


def _launch(service: Service, done: Round, now: Instant) -> Iterator[Point]:
    """The messages of the first tick, those that cannot be rendered, and the room that a quota has for them."""
    tick, live = done.tick, service.engine.store.live_mark() is not None
    effects = {} if tick is None else tick.effects
    sent = [f"{channel} {template} {count:,}" for channel, some in effects.items() for template, count in some.items()]
    skipped = [] if tick is None else [f"{reason} {count:,}" for reason, count in tick.skipped.items()]
    when = "the next tick" if live else "the start"
    found = f"at {when} to send: {', '.join(sent)}" if sent else f"at {when} nothing is sent"
    found += f"; not sent: {', '.join(skipped)}" if skipped else ""
    many = "a simulation over the weeks to come shows what follows: `wend simulate`" if sent else None
    yield Point("start", State.LOOK if sent else State.OK, found, many)
    for reason, count in done.unrendered.items():
        yield Point("templates", State.OPEN, f"{count_of(count, 'message')} cannot be rendered: {reason}", None)
    program = service.engine.rules.program
    room = quota.room(program, service.engine.zone, now, service.engine.store.used)
    for each in program.settings.quotas:
        wanted = sum(effects.get(each.channel, {}).values())
        found = f"room for {max(0, room[each.channel]):,} of {each.count:,} {each.channel} this {each.unit}"
        short = tick is not None and tick.skipped.get("quota", 0) > 0
        left = room[each.channel] - wanted
        if short or left <= 0:
            help = (
                "what is beyond it is not sent, and not made up for later: raise it, or start with a smaller audience"
            )
            yield Point("quota", State.LOOK, f"{found}, and the first tick wants more than that leaves", help)
        else:
            yield Point("quota", State.OK, f"{found}; {left:,} are left after the first tick")


def _refused(about: str, error: WendError) -> Point:
    place = f" ({error.place})" if error.place else ""
    return Point(about, State.OPEN, error.message + place, error.help)


def _some(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
