"""What is wrong with the templates that a program sends, before anything is sent."""

from collections.abc import Iterator
from pathlib import Path

from wend.dsl import core, plan
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.program import On, Program, Trigger
from wend.dsl.source import NOWHERE, Source, Span
from wend.runtime.templates import TemplateProblem, Templates, TemplateScope, check_inline

CODE = "W501"
ALWAYS_THERE = frozenset({"contact", "series", "now"})
OWN_FIELDS = frozenset({"id", "tags", "lists"})


def check_templates(
    program: Program, templates: Templates, folder: Path, data_fields: frozenset[str] | None = None
) -> tuple[Diagnostic, ...]:
    """Every template of every send, and every text that stands in a script, each problem once.

    Args:
        folder: where the templates are.
        data_fields: the fields that the data has, where no schema is declared.
    """
    found: dict[tuple[str, int, str], Diagnostic] = {}
    for journey in program.journeys:
        for trigger in journey.triggers:
            for op in trigger.body:
                for diagnostic in _check_op(program, trigger, op, templates, folder, data_fields):
                    found.setdefault((diagnostic.source.name, diagnostic.span.start, diagnostic.message), diagnostic)
    return tuple(found.values())


def _check_op(
    program: Program,
    trigger: Trigger,
    op: plan.Operation,
    templates: Templates,
    folder: Path,
    data_fields: frozenset[str] | None,
) -> Iterator[Diagnostic]:
    if isinstance(op, plan.Send):
        scope = scope_of(program, trigger, tuple(name for name, _ in op.values), data_fields)
        for problem in templates.check(op.template, scope, op.channel):
            yield _in_file(problem, op, folder)
        yield from _inline(op.subject, scope)
    elif isinstance(op, plan.Notify):
        scope = scope_of(program, trigger, tuple(name for name, _ in op.values), data_fields)
        yield from _inline(op.subject, scope)
        yield from _inline(op.text, scope)


def scope_of(
    program: Program, trigger: Trigger, values: tuple[str, ...], data_fields: frozenset[str] | None
) -> TemplateScope:
    """What a template may name where a step of this trigger sends it."""
    schema = program.schema
    events: dict[str, str] = {}
    for head in trigger.heads:
        if isinstance(head, On):
            events["event"] = head.match.event
            if head.alias is not None:
                events[head.alias] = head.match.event
    for op in trigger.body:
        if isinstance(op, plan.WaitEvent) and op.alias is not None:
            events[op.alias] = op.event
    known = {
        name: frozenset(schema.events[event]) | {"at"}
        for name, event in events.items()
        if event in schema.events and name not in values
    }
    if len({head.match.event for head in trigger.heads if isinstance(head, On)}) > 1:
        known.pop("event", None)
    declared = None if schema.contact is None else frozenset(schema.contact) | frozenset(schema.derived)
    contact = declared if declared is not None else data_fields
    return TemplateScope(
        contact_fields=None if contact is None else contact | OWN_FIELDS,
        roots=ALWAYS_THERE | events.keys() | set(values),
        fields=known,
    )


def _in_file(problem: TemplateProblem, op: plan.Send, folder: Path) -> Diagnostic:
    if problem.line is None:
        place = op.place or Place(Source(problem.path, ""), NOWHERE)
        return Diagnostic(CODE, problem.message, place.source, place.span, problem.help)
    source = file_source(problem.path, folder)
    return Diagnostic(CODE, problem.message, source, line_span(source.text, problem.line), problem.help)


def file_source(path: str, folder: Path) -> Source:
    """A file of templates as a source, to show a line of it; without text where it cannot be read."""
    found = folder / Path(path).name
    try:
        return Source(str(found), found.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return Source(str(found), "")


def line_span(text: str, number: int) -> Span:
    """The text of a line, without the space around it."""
    lines = text.splitlines(keepends=True)
    if not 0 < number <= len(lines):
        return NOWHERE
    start = sum(len(line) for line in lines[: number - 1])
    body = lines[number - 1]
    return Span(start + len(body) - len(body.lstrip()), start + len(body.rstrip()))


def _inline(text: core.Expr | None, scope: TemplateScope) -> Iterator[Diagnostic]:
    if isinstance(text, core.Const) and isinstance(text.value, str) and text.place is not None:
        for problem in check_inline(text.value, scope):
            yield Diagnostic(CODE, problem.message, text.place.source, text.place.span, problem.help)
