"""From a project, or a lone script, to a checked program with its templates: what every command begins with."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from wend.checks.channels import check_channels
from wend.checks.templates import check_templates
from wend.checks.unknown_values import check_unknown
from wend.checks.witness import witnessed
from wend.dsl.ast import File
from wend.dsl.checker import check
from wend.dsl.diagnostics import Diagnostic, ProgramError, Severity, in_order
from wend.dsl.holes import Hole, Holes, told_beside
from wend.dsl.parser import parse
from wend.dsl.program import Program
from wend.dsl.source import Source, Span
from wend.dsl.types import Kind, Type
from wend.project.project import Project, load_project
from wend.project.senders import check_senders, senders
from wend.project.uses import placeless, project_sources
from wend.runtime.calendar import zone
from wend.runtime.effects import Facts
from wend.runtime.functions import Functions
from wend.runtime.rules import Rules
from wend.runtime.templates import PlaceholderTemplates, Templates, TemplateSet, load_templates
from wend.stdlib import FUNCTIONS, signatures


@frozen
class Workspace:
    """What was read and found.

    Args:
        program: None where there is an error.
        diagnostics: of scripts and templates, in the order of files and places.
        placeholders: there is no folder of templates, so messages have placeholder content.
        misuses: what is wrong with `use` lines; part of the diagnostics.
        functions: those that scripts can call, a host's own among them.
    """

    project: Project
    sources: tuple[Source, ...]
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    templates: TemplateSet
    placeholders: bool
    misuses: tuple[Diagnostic, ...] = ()
    functions: Functions = field(default=FUNCTIONS, repr=False)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What refuses the program."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)

    def sound(self) -> Program:
        """The program. Raises ProgramError where something is wrong with it."""
        if self.program is None or self.errors:
            raise ProgramError(self.diagnostics)
        return self.program

    def rules(self, archive: Iterable[Program] = ()) -> Rules:
        """What the engine goes by. Raises ProgramError where something is wrong."""
        program = self.sound()
        return Rules(program, self.functions, {p.version: p for p in archive if p.version != program.version})

    def facts(self) -> Facts:
        """What a project says of itself: its zone, and the fields that hold addresses."""
        return Facts(zone=self.project.zone.name, addresses=self.project.addresses)

    @property
    def scripts(self) -> dict[str, str]:
        """The scripts by name, as they are kept with a version."""
        return {source.name: source.text for source in self.sources}


def open_workspace(
    path: Path | str,
    data_fields: frozenset[str] | None = None,
    functions: Functions = FUNCTIONS,
    declarations: Iterable[Source] = (),
) -> Workspace:
    """Read and check a project or script.

    Args:
        path: a project's folder, its `wend.toml`, or a script.
        data_fields: the fields that the data has, where no schema is declared: other names are errors then.
        functions: those that scripts can call.
        declarations: sources that come beside the files.

    Raises:
        WendError: a file is missing or cannot be read.
    """
    project = load_project(path)
    gathered = project_sources(project)
    folder = project.templates_dir
    templates: TemplateSet = PlaceholderTemplates() if folder is None else load_templates(folder)
    sources = (*gathered.sources, *declarations)
    bare = Workspace(project, sources, None, (), templates, folder is None, gathered.diagnostics, functions)
    return with_fields(bare, data_fields)


def with_fields(workspace: Workspace, data_fields: frozenset[str] | None) -> Workspace:
    """The workspace checked anew, its names and those of its templates against the fields that the data has."""
    program, diagnostics = build(workspace.sources, data_fields, workspace.misuses, workspace.functions)
    folder, templates = workspace.project.templates_dir, workspace.templates
    if program is not None and program.settings.zone is not None and not workspace.project.zone_told:
        workspace = evolve(workspace, project=evolve(workspace.project, zone=zone(program.settings.zone)))
    if program is not None:
        diagnostics += check_channels(program, workspace.project)
        texts = templates if isinstance(templates, Templates) else None
        diagnostics += check_unknown(program, texts, folder, workspace.project.addresses)
    if program is not None and folder is not None and isinstance(templates, Templates):
        diagnostics += check_templates(program, templates, folder, data_fields)
        diagnostics += check_senders(program, templates, senders(workspace.project))
    if program is not None:

        def rebuilt(sources: Iterable[Source]) -> Program | None:
            return build(sources, data_fields, (), workspace.functions)[0]

        diagnostics = witnessed(diagnostics, workspace.sources, rebuilt, workspace.functions, workspace.facts())
        diagnostics += tuple(_no_journey(program, workspace))
    return evolve(workspace, program=program, diagnostics=in_order(diagnostics, workspace.sources))


def _no_journey(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Scripts that send nothing: a project without a journey, or a lone script without anything at all.

    A lone script may be one that others use, or a file of tests.
    """
    lone = workspace.project.script is not None
    if program.journeys or not workspace.sources or (lone and any(file.items for file in program.files)):
        return
    source = workspace.sources[0]
    where = "the script has no journey" if len(workspace.sources) == 1 else "no script has a journey"
    span = Span(0, len(source.text.partition("\n")[0]))
    help = 'write one, such as `when days_since(last_purchase) >= 120 send email "we-miss-you"`'
    yield Diagnostic("W508", f"{where}, so nothing is ever done", source, span, help, Severity.WARNING)


def build(
    sources: Iterable[Source],
    data_fields: frozenset[str] | None = None,
    misuses: Iterable[Diagnostic] | None = None,
    functions: Functions = FUNCTIONS,
) -> tuple[Program | None, tuple[Diagnostic, ...]]:
    """Parse and check sources together: the program, or None where there is an error, and all that was found.

    What was found is in the order of sources and of places in them. Where a file cannot be read, the others are checked
    all the same.

    Args:
        data_fields: the fields that the data has, where no schema is declared.
        misuses: what is wrong with `use` lines, which were followed; None for texts that stand in no file.
        functions: those that scripts can call.
    """
    sources = tuple(sources)
    files: list[tuple[Source, File]] = []
    found = list(misuses or ())
    holes = [Hole() for each in found if each.severity is Severity.ERROR]
    for source in sources:
        result = parse(source)
        holes += result.holes.items
        files.append((source, result.file))
        found += result.diagnostics
        if misuses is None:
            found += placeless(source, result.file)
    broken = {each.source.name for each in found if each.severity is Severity.ERROR}
    if broken and all(source.name in broken for source in sources):
        return None, in_order(found, sources)
    checked = check(files, signatures(functions), data_fields=data_fields)
    if broken:
        return None, in_order((*found, *told_beside(checked.diagnostics, broken, Holes(tuple(holes)))), sources)
    return checked.program, in_order((*found, *checked.diagnostics), sources)


def contact_types(program: Program) -> Mapping[str, str] | None:
    """The declared fields that data files hold: those that are not derived. None where nothing is declared."""
    schema = program.schema
    if schema.contact is None:
        return None
    return {name: _told(kind) for name, kind in schema.contact.items() if name not in schema.derived}


def event_types(program: Program) -> Mapping[str, Mapping[str, str]]:
    """The declared fields of events."""
    events = program.schema.events
    return {event: {name: _told(kind) for name, kind in fields.items()} for event, fields in events.items()}


def _told(kind: Type) -> str:
    if kind.kind is Kind.ANY:
        return "text?"
    return str(kind)
