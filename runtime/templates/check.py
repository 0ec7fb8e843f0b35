"""What is wrong with a template before it is ever rendered: broken syntax, names that cannot be there, no subject."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import field, frozen
from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError, TemplateNotFoundError, UndefinedError
from liquid.static_analysis import TemplateAnalysis

from wend.dsl.nearest import nearest
from wend.runtime.templates.advice import advise
from wend.runtime.templates.liquid import LiquidEnvironment, PartialLoader, explain, line_of
from wend.runtime.templates.printed import Printed, printed
from wend.runtime.templates.source import TemplateFile

SERIES = frozenset({"position", "total"})
_ALWAYS = frozenset({"now"})


@frozen
class TemplateScope:
    """What a template may name where a step sends it.

    Args:
        contact_fields: the contact's fields, or None where no schema is known.
        roots: the names that stand alone: `contact`, `series`, the event as the script named it, the names of `with`.
        fields: for a root, the names below it, where they are known (an event that is declared).
    """

    contact_fields: frozenset[str] | None = None
    roots: frozenset[str] = frozenset({"contact", "series"})
    fields: Mapping[str, frozenset[str]] = field(factory=dict)

    def below(self, root: str) -> frozenset[str] | None:
        """The names below a root, or None if any may be there."""
        if root in self.fields:
            return self.fields[root]
        if root == "contact":
            return self.contact_fields
        return SERIES if root == "series" else None


@frozen
class TemplateProblem:
    """One thing that is wrong: in which template and file, on which line (from 1; None if it is about no line)."""

    template: str
    path: str
    line: int | None
    message: str
    help: str | None = None

    @property
    def place(self) -> str:
        """`templates/winback-1.html:3`."""
        return self.path if self.line is None else f"{self.path}:{self.line}"


def check_inline(text: str, scope: TemplateScope) -> list[TemplateProblem]:
    """What is wrong with Liquid text that stands in the script itself; lines are counted within the text."""
    return list(check_text(text, scope, LiquidEnvironment(autoescape=False), "", "", 1))


def check_text(
    text: str, scope: TemplateScope, environment: LiquidEnvironment, template: str, path: str, line: int
) -> Iterator[TemplateProblem]:
    """Check one text, a body or a value of front matter, that begins on the given line of its file."""
    try:
        parsed = environment.from_string(text, name=path, path=path)
    except LiquidError as error:
        yield _unreadable(error, template, path, line, environment)
        return
    found, problems = _analyse(parsed, template, path, line)
    yield from problems
    if found is not None:
        yield from _check_names(found, scope, environment, Places(template, path, line, text, environment))


def _unreadable(error: LiquidError, template: str, path: str, line: int, environment: Environment) -> TemplateProblem:
    """What cannot be read, in a text that begins on the given line."""
    help = advise(error, environment.tags)
    return TemplateProblem(template, path, line_of(error) + line - 1, explain(error), help)


def printed_in(text: str, environment: LiquidEnvironment, template: str, path: str, line: int) -> Iterator[Printed]:
    """What one text prints without asking for it, as `check_text`; nothing where the text is broken."""
    try:
        parsed = environment.from_string(text, name=path, path=path)
    except LiquidError:
        return
    places = Places(template, path, line, text, environment)
    for names, where, index in printed(parsed):
        yield Printed(names, *places.find(where, index))


def printed_inline(text: str) -> list[Printed]:
    """What Liquid text that stands in the script itself prints without asking for it."""
    return list(printed_in(text, LiquidEnvironment(autoescape=False), "", "", 1))


def _analyse(
    parsed: BoundTemplate, template: str, path: str, line: int
) -> tuple[TemplateAnalysis | None, list[TemplateProblem]]:
    try:
        return parsed.analyze(), []
    except TemplateNotFoundError as error:
        wrong = _unreadable(error, template, path, line, parsed.env)
    except UndefinedError as error:
        message, help = "what is included must be named between quotes", 'write `{% include "footer" %}`, say'
        wrong = TemplateProblem(template, path, line_of(error) + line - 1, message, help)
    except LiquidError as error:
        where = str(error.template_name or path)
        own = where == path
        first, shown = (line, path) if own else (_body_line(parsed, where), _beside(path, where))
        return None, [_unreadable(error, template, shown, first, parsed.env)]
    try:
        return parsed.analyze(include_partials=False), [wrong]
    except LiquidError:
        return None, [wrong]


def _body_line(parsed: BoundTemplate, name: str) -> int:
    file = _file(parsed.env.loader, name)
    return file.body_line if file else 1


def _file(loader: object, name: str) -> TemplateFile | None:
    return loader.find(name) if isinstance(loader, PartialLoader) else None


def _beside(path: str, name: str) -> str:
    return f"{path.split('/', 1)[0]}/{name}" if "/" in path else name


@frozen
class Places:
    """Turns the analysis's spans, which may lie in an included file, into files and lines."""

    template: str
    path: str
    line: int
    text: str
    environment: LiquidEnvironment

    def find(self, where: str, index: int) -> tuple[str, int]:
        """The file and the line of a place in the text, or in the included one that is named."""
        file = None if where == self.path else _file(self.environment.loader, where)
        if file is None:
            return self.path, self.text.count("\n", 0, index) + self.line
        return _beside(self.path, file.path), file.body.count("\n", 0, index) + file.body_line

    def problem(self, where: str, index: int, message: str, help: str | None) -> TemplateProblem:
        """A problem at such a place."""
        path, line = self.find(where, index)
        return TemplateProblem(self.template, path, line, message, help)


def _check_names(
    found: TemplateAnalysis, scope: TemplateScope, environment: LiquidEnvironment, places: Places
) -> Iterator[TemplateProblem]:
    for name, spans in found.filters.items():
        if name not in environment.filters:
            help = _did_you_mean(name, environment.filters)
            for span in spans:
                yield places.problem(span.template_name, span.index, f"there is no filter `{name}`", help)
    roots = scope.roots | _ALWAYS
    for variables in found.globals.values():
        for variable in variables:
            wrong = _wrong_name(variable.segments, scope, roots)
            if wrong:
                yield places.problem(variable.span.template_name, variable.span.index, *wrong)


def _wrong_name(
    segments: Sequence[object], scope: TemplateScope, roots: frozenset[str]
) -> tuple[str, str | None] | None:
    root = str(segments[0])
    if root not in roots:
        if scope.contact_fields and root in scope.contact_fields and "contact" in roots:
            return f"`{root}` is not known here", f"write `contact.{root}`"
        return f"`{root}` is not known here", _did_you_mean(root, roots) or f"known are {_listed(roots)}"
    below = scope.below(root)
    if below is None or len(segments) < 2 or not isinstance(segments[1], str) or segments[1] in below:
        return None
    return f"`{root}` has no field `{segments[1]}`", _did_you_mean(segments[1], below)


def _did_you_mean(name: str, known: Iterable[str]) -> str | None:
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
