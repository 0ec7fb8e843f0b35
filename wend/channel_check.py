"""Whether a project's channels fit what its scripts send."""

from collections.abc import Iterator
from pathlib import Path

from wend.dsl import plan
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.nearest import nearest
from wend.dsl.program import Program
from wend.dsl.source import NOWHERE, Source, Span
from wend.project import Project

CODE = "W503"


def check_channels(program: Program, project: Project) -> tuple[Diagnostic, ...]:
    """Sends over a channel that the project does not have, and channels whose address no contact has.

    A lone script has no channels, and a project may be simulated before it has any.
    """
    if project.script is not None or not project.channels:
        return ()
    return (*_missing(program, project), *_addresses(program, project))


def _missing(program: Program, project: Project) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for journey in program.journeys:
        for op in (op for trigger in journey.triggers for op in trigger.body):
            if not isinstance(op, plan.Send) or op.channel in project.channels or op.channel in seen:
                continue
            seen.add(op.channel)
            place = op.place or Place(Source(journey.name, ""), NOWHERE)
            near = nearest(op.channel, project.channels)
            help = f"write `{near}`" if near else f"say how in a section `[channels.{op.channel}]` of `wend.toml`"
            message = f"the project has no channel `{op.channel}`"
            yield Diagnostic(CODE, message, place.source, place.span, help)


def _addresses(program: Program, project: Project) -> Iterator[Diagnostic]:
    fields = program.schema.contact
    if fields is None:
        return
    for name, settings in project.channels.items():
        field = settings.address
        if field in fields or field == "id":
            continue
        used = any(
            isinstance(op, plan.Send) and op.channel == name and op.to is None
            for journey in program.journeys
            for trigger in journey.triggers
            for op in trigger.body
        )
        if used:
            near = nearest(field, fields)
            help = f"did you mean `{near}`?" if near else f"declare it under `contact`, or set `address` for `{name}`"
            message = f"the address of `{name}` is the field `{field}`, which no contact has"
            yield Diagnostic(CODE, message, *_in_config(settings.place), help)


def _in_config(place: str | None) -> tuple[Source, Span]:
    """The line of `wend.toml` that `FILE:LINE` names."""
    path, _, line = (place or "wend.toml:1").rpartition(":")
    file = Path(path)
    text = file.read_text() if file.is_file() else ""
    before = text.splitlines(keepends=True)[: max(0, int(line) - 1)] if line.isdigit() else []
    start = sum(len(each) for each in before)
    return Source(path, text), Span(start, start + len(text[start:].partition("\n")[0]))
