"""Whether a project's channels fit what its scripts send."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from wend.dsl import plan
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic, Severity
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.dsl.source import NOWHERE, Source, Span
from wend.project.channels import ConsoleSettings, FolderSettings
from wend.project.project import Project
from wend.runtime.delivery.calls import webhook_of

CODE = "W503"
UNTRACKED = "W505"
_WARNING = Severity.WARNING
_TRACKS = "write `tracks = true` under `[channels.{}]` once your relay or service does it, or leave `track` out"
_PLAIN = "a folder and a console never track; leave `track` out until another kind of channel is there"
_SAY_WHERE = 'say where it is in a section `[webhooks.{}]` of `wend.toml`, with `url = "https://…"`'
_SAY_HOW = "say how in a section `[channels.{}]` of `wend.toml`"


def check_channels(program: Program, project: Project) -> tuple[Diagnostic, ...]:
    """Sends over a channel, and calls of a webhook, that the project does not have; addresses that no contact has.

    A lone script has no channels, and a project may be simulated before it has any.
    """
    if project.script is not None:
        return ()
    uncalled = tuple(_webhooks(program, project.webhooks, "the project has no webhook `{}`", _SAY_WHERE))
    if not project.channels:
        return uncalled if project.webhooks else ()
    missing = missing_channels(program, project.channels, "the project has no channel `{}`", _SAY_HOW)
    return (*missing, *uncalled, *_addresses(program, project), *_untracked(program, project))


def called_webhooks(program: Program) -> dict[str, Place]:
    """The webhooks that scripts call, each with where it is called for the first time."""
    found: dict[str, Place] = {}
    for journey in program.journeys:
        for op in journey.operations:
            if isinstance(op, plan.CallWebhook):
                found.setdefault(op.webhook, op.place or Place(Source(journey.name, ""), NOWHERE))
    return found


def _webhooks(program: Program, known: Collection[str], message: str, help: str) -> Iterator[Diagnostic]:
    for name, place in called_webhooks(program).items():
        if name not in known:
            near = nearest(name, known)
            advice = f"write `{near}`" if near else help.format(name)
            yield Diagnostic(CODE, message.format(name), place.source, place.span, advice)


def _untracked(program: Program, project: Project) -> Iterator[Diagnostic]:
    """The first send over each channel that is to be tracked, and behind which nobody is said to do it."""
    seen: set[str] = set()
    for journey in program.journeys:
        wanted = journey.track or program.settings.track
        for op in journey.operations if wanted else ():
            settings = project.channels.get(op.channel) if isinstance(op, plan.Send) else None
            if settings is None or settings.tracks or settings.name in seen:
                continue
            seen.add(settings.name)
            place = op.place or Place(Source(journey.name, ""), NOWHERE)
            message = f"nothing behind the channel `{settings.name}` is said to track {' and '.join(wanted)}"
            plain = isinstance(settings, FolderSettings | ConsoleSettings)
            help = _PLAIN if plain else _TRACKS.format(settings.name)
            yield Diagnostic(UNTRACKED, message, place.source, place.span, help, _WARNING)


def missing_channels(program: Program, channels: Collection[str], message: str, help: str) -> Iterator[Diagnostic]:
    """The first send over each channel that there is not.

    Args:
        channels: the names of those that there are.
        message, help: what to say, with `{}` for the channel; of a channel with nearly that name, help says it.
    """
    seen: set[str] = set()
    for journey in program.journeys:
        for op in journey.operations:
            if not isinstance(op, plan.Send) or op.channel in channels or op.channel in seen:
                continue
            seen.add(op.channel)
            place = op.place or Place(Source(journey.name, ""), NOWHERE)
            near = nearest(op.channel, channels)
            advice = f"write `{near}`" if near else help.format(op.channel)
            yield Diagnostic(CODE, message.format(op.channel), place.source, place.span, advice)


def _addresses(program: Program, project: Project) -> Iterator[Diagnostic]:
    fields = program.schema.contact
    if fields is None:
        return
    for name, settings in project.channels.items():
        field = settings.address
        if field in fields or field == "id":
            continue
        if first_plain_send(program, name) is not None:
            near = nearest(field, fields)
            help = f"did you mean `{near}`?" if near else f"declare it under `contact`, or set `address` for `{name}`"
            message = f"the address of `{name}` is the field `{field}`, which no contact has"
            yield Diagnostic(CODE, message, *_in_config(settings.place), help)


def first_plain_send(program: Program, channel: str) -> Place | None:
    """Where a message goes over a channel to the contact's own address for the first time."""
    for journey in program.journeys:
        for op in journey.operations:
            if isinstance(op, plan.Send) and op.channel == channel and op.to is None:
                return op.place or Place(Source(journey.name, ""), NOWHERE)
    return None


def check_handed_in(
    program: Program, channels: Collection[str], addresses: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """The same for channels that a host hands in, with the fields that hold their addresses."""
    advice = "hand in a channel of that name, or leave all of them out where the host reads the outbox"
    found = list(missing_channels(program, channels, "the engine has no channel `{}`", advice))
    hooks = {name for each in channels if (name := webhook_of(each)) is not None}
    hand_in = "hand in a channel `webhook {}`, or leave all channels out where the host reads the outbox"
    found += _webhooks(program, hooks, "the engine has no channel `webhook {}`", hand_in)
    fields = program.schema.contact
    for name in channels if fields is not None else ():
        field = addresses.get(name, name)
        place = first_plain_send(program, name)
        if fields is not None and place is not None and field not in fields and field != "id":
            near = nearest(field, fields)
            help = f"did you mean `{near}`?" if near else "declare it under `contact`, or tell `addresses` another"
            message = f"the address of `{name}` is the field `{field}`, which no contact has"
            found.append(Diagnostic(CODE, message, place.source, place.span, help))
    return tuple(found)


def _in_config(place: str | None) -> tuple[Source, Span]:
    """The line of `wend.toml` that `FILE:LINE` names."""
    path, _, line = (place or "wend.toml:1").rpartition(":")
    file = Path(path)
    text = file.read_text() if file.is_file() else ""
    before = text.splitlines(keepends=True)[: max(0, int(line) - 1)] if line.isdigit() else []
    start = sum(len(each) for each in before)
    return Source(path, text), Span(start, start + len(text[start:].partition("\n")[0]))
