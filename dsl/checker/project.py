"""The whole program: all files together, checked."""

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from wend.dsl import ast, core, plan, program
from wend.dsl.analysis.findings import findings
from wend.dsl.analysis.scenes import shown
from wend.dsl.checker import canonical
from wend.dsl.checker.calls import check_definition
from wend.dsl.checker.canonical import Ids
from wend.dsl.checker.env import Env
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.headers import settings
from wend.dsl.checker.journeys import journey, rule, sent_channels
from wend.dsl.checker.names import collect
from wend.dsl.checker.operators import fits, may_be_unknown
from wend.dsl.checker.options import check_value
from wend.dsl.checker.report import Reports
from wend.dsl.checker.resolve import derived_value
from wend.dsl.checker.trials import trials
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.formatter import format_node
from wend.dsl.nearest import nearest
from wend.dsl.signatures import Signatures
from wend.dsl.source import Source

Files = Sequence[tuple[Source, ast.File]]
_WITHOUT_CONSENT = frozenset({"webhook", "ads"})


@frozen
class CheckResult:
    """The program, None where there is an error, and everything that was found, in the order of the files."""

    program: program.Program | None
    diagnostics: tuple[Diagnostic, ...]


def check(files: Files, functions: Signatures, *, data_fields: frozenset[str] | None = None) -> CheckResult:
    """Check the files of a program together.

    Args:
        files: each source with its tree.
        functions: the functions that a script can call.
        data_fields: the names of the contact's fields that the data has, where no script declares them; None where
            that is not known, and then any name may be a field.
    """
    files = sorted(files, key=lambda pair: pair[0].name)
    reports = Reports()
    names = collect(files, functions, data_fields, reports)
    ctx = Expressions(names, functions, reports)
    schema = _schema(ctx)
    _definitions(ctx)
    settled = settings(list(_settings(files)), ctx)
    journeys = _journeys(files, ctx)
    tests = trials(files, ctx)
    _channels(files, settled, journeys, ctx)
    if reports.failed:
        return CheckResult(None, _in_order(reports.items, files))
    made = program.Program(
        version=version_of(files),
        schema=schema,
        settings=settled,
        journeys=tuple(sorted(journeys, key=lambda j: (j.priority, j.name))),
        tests=tests,
        files=tuple(file for _, file in files),
    )
    for each in findings(made):
        reports.keep(each)
    found = _in_order([shown(each, made) for each in reports.items], files)
    return CheckResult(evolve(made, warnings=found), found)


def version_of(files: Files) -> str:
    """The hash of what the files say, in the order of their names, without comments, layout, tests and `use` lines.

    A file that says nothing else makes no difference, so tests may stand in files of their own.
    """
    ordered = [file for _, file in sorted(files, key=lambda pair: pair[0].name)]
    silent = ast.TestBlock | ast.Use
    bare = [evolve(f, items=tuple(i for i in f.items if not isinstance(i, silent))) for f in ordered]
    texts = [format_node(file) for file in bare if file.items]
    return canonical.digest("\0".join(texts), 16)


def _in_order(found: list[Diagnostic], files: Files) -> tuple[Diagnostic, ...]:
    order = {id(source): number for number, (source, _) in enumerate(files)}
    return tuple(sorted(found, key=lambda d: (order.get(id(d.source), len(order)), d.span, d.code)))


def _schema(ctx: Expressions) -> program.Schema:
    """The declared fields; derived ones are checked here, each once."""
    declared = ctx.names.declared
    derived: dict[str, core.Expr] = {}
    for field in (declared.contact or {}).values():
        if field.value is None:
            continue
        env = Env(source=field.place.source, words="a derived field")
        made = derived_value(field, ctx)
        derived[field.name] = made.expr
        check_value(field.value, made, field.type, f"`{field.name}`", env, ctx)
        if fits(made.type, field.type) and may_be_unknown(made.type) and not field.type.optional:
            message = f"`{field.name}` is declared as always known, and this may be unknown"
            help = f"write `{field.type.maybe()}`, or give a value with `otherwise`"
            ctx.error("W222", message, field.value, env, help)
    return program.Schema(
        contact=None if declared.contact is None else {f.name: f.type for f in declared.contact.values()},
        events={shape.name: dict(shape.fields) for shape in declared.events.values()},
        derived=derived,
    )


def _definitions(ctx: Expressions) -> None:
    for definition in ctx.names.definitions.values():
        check_definition(definition, None if definition.segment else core.Scope.RUN, ctx)


def _settings(files: Files) -> Iterator[tuple[ast.Settings, Env]]:
    for source, file in files:
        for item in file.items:
            if isinstance(item, ast.Settings):
                yield item, Env(source=source, words="a rule of consent")


def _journeys(files: Files, ctx: Expressions) -> list[program.Journey]:
    made: list[program.Journey] = []
    names = Ids()
    for source, file in files:
        for item in file.items:
            match item:
                case ast.Journey():
                    made.append(journey(item, source, ctx))
                case ast.Trigger():
                    made.append(rule(item, source, ctx, names))
                case _:
                    pass
    return made


# ---- channels --------------------------------------------------------------------------------------------------------


def _channels(files: Files, settled: program.Settings, journeys: list[program.Journey], ctx: Expressions) -> None:
    """Rules for channels that send nothing, and sends that no rule of consent covers."""
    sent = sent_channels(journeys)
    by_name = {made.name: made for made in journeys}
    for source, file in files:
        for item in file.items:
            if isinstance(item, ast.Settings):
                _idle_rules(item.lines, sent, Env(source=source), ctx)
            elif isinstance(item, ast.Journey):
                own = [by_name[item.name.text]]
                lines = tuple(line for line in item.items if not isinstance(line, ast.Trigger))
                _idle_rules(lines, sent_channels(own), Env(source=source), ctx)
    _consent(settled, journeys, ctx)


def _idle_rules(lines: Sequence[ast.Node], sent: set[str], env: Env, ctx: Expressions) -> None:
    for line in lines:
        if isinstance(line, ast.Limit | ast.Quota | ast.Consent | ast.SendWindow) and line.channel is not None:
            channel = line.channel.text
            if channel not in sent:
                near = nearest(channel, sent)
                help = f"write `{near}`" if near else "remove the line, or check the channel's name"
                message = f"nothing is sent over `{channel}`"
                ctx.reports.warning("W410", message, env.place(line.channel), help)


def _consent(settled: program.Settings, journeys: list[program.Journey], ctx: Expressions) -> None:
    """The first send of a channel that needs consent and has no rule."""
    reported: set[str] = set()
    for made in journeys:
        rules = {rule.channel for rule in settled.consents if rule.topic in (None, made.topic)}
        for trigger in made.triggers:
            for op in trigger.body:
                if not isinstance(op, plan.Send) or made.transactional or op.place is None:
                    continue
                if op.channel in rules | reported | _WITHOUT_CONSENT:
                    continue
                reported.add(op.channel)
                message = f"nothing says who agreed to receive `{op.channel}`"
                help = (
                    f"write under `settings`: `consent {op.channel} when …`; mail that is no marketing: `transactional`"
                )
                ctx.reports.warning("W409", message, op.place, help)
