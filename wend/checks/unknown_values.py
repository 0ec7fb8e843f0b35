"""Messages that print a value which can be unknown: for such a contact they are set aside, not sent."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from wend.checks.templates import file_source, line_span
from wend.dsl import core, plan
from wend.dsl.analysis.doubt import Way, can_be_unknown
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic, Label, Severity
from wend.dsl.program import Program
from wend.runtime.templates import Printed, Templates, printed_inline

CODE = "W506"


def check_unknown(
    program: Program, templates: Templates | None, folder: Path | None, addresses: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """What is printed without `default` or `if` where nothing on the way has asked for it, each once in a file.

    Args:
        templates: None where there are none; the texts of the script itself are looked at all the same.
        folder: where the templates are.
        addresses: channel -> the contact's field with its address, without which nothing is sent.
    """
    found: dict[tuple[str, str], Diagnostic] = {}
    for journey in program.journeys:
        for trigger in journey.triggers:
            for index, op in enumerate(trigger.body):
                if isinstance(op, plan.Send | plan.Notify):
                    way = Way(program, journey, trigger, index, *_needs(op, program, addresses))
                    for each in _of(op, way, templates, folder):
                        found.setdefault((each.source.name, each.message), each)
    return tuple(found.values())


def _needs(
    op: plan.Send | plan.Notify, program: Program, addresses: Mapping[str, str]
) -> tuple[str, tuple[core.Expr, ...]]:
    """The channel of a message, and its address."""
    if isinstance(op, plan.Notify):
        return "", (op.address,)
    return op.channel, (op.to or _field(addresses.get(op.channel, op.channel), program),)


def _field(name: str, program: Program) -> core.Expr:
    """A field of the contact, stored or derived, as conditions name it."""
    schema = program.schema
    if name in schema.derived and name in (schema.contact or {}):
        return core.Derived(name=name, value=schema.derived[name], kind=(schema.contact or {})[name].kind)
    return core.Field(name=name)


def _of(
    op: plan.Send | plan.Notify, way: Way, templates: Templates | None, folder: Path | None
) -> Iterator[Diagnostic]:
    if isinstance(op, plan.Send) and templates is not None and folder is not None:
        for printed in templates.printed(op.template, op.channel):
            if _doubtful(printed, op, way):
                source = file_source(printed.path, folder)
                labels = () if op.place is None else (Label(op.place.source, op.place.span, "sent here"),)
                yield _warning(printed, '"…"', Place(source, line_span(source.text, printed.line)), *labels)
    for text in (op.subject, op.text) if isinstance(op, plan.Notify) else (op.subject,):
        if isinstance(text, core.Const) and isinstance(text.value, str) and text.place is not None:
            for printed in printed_inline(text.value):
                if _doubtful(printed, op, way):
                    yield _warning(printed, "'…'", text.place)


def _doubtful(printed: Printed, op: plan.Send | plan.Notify, way: Way) -> bool:
    value = _value(printed.names, dict(op.values), way.made)
    return value is not None and can_be_unknown(value, way)


def _value(names: tuple[str, ...], given: Mapping[str, core.Expr], program: Program) -> core.Expr | None:
    """What a name in a template stands for; None where that is not seen."""
    match names:
        case (root,) | (root, _) if root in given:
            return given[root] if len(names) == 1 else None
        case ("contact", name):
            return _field(name, program)
        case (root, name):
            return core.Local(name=root, path=(name,))
        case _:
            return None


def _warning(printed: Printed, instead: str, place: Place, *labels: Label) -> Diagnostic:
    message = f"`{printed.shown}` can be unknown, and then this message is set aside"
    help = f"write `{{{{ {printed.shown} | default: {instead} }}}}`, or ask first with `{{% if {printed.shown} %}}`"
    return Diagnostic(CODE, message, place.source, place.span, help, Severity.WARNING, labels)
