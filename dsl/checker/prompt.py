"""What is typed at a prompt, checked with the declarations of a program: an expression, fields, an event.

Unlike the text of a script it stands alone, and what it says is carried out at once.
"""

from collections.abc import Mapping, Sequence

from attrs import frozen

from wend.dsl import ast, core
from wend.dsl.builtins import ID, RESERVED
from wend.dsl.checker.env import Env, Typed
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.journeys import inside
from wend.dsl.checker.names import Definition, collect
from wend.dsl.checker.report import Reports
from wend.dsl.checker.trials import field_value, happens
from wend.dsl.diagnostics import Diagnostic, ProgramError, Severity
from wend.dsl.parser import parse_expression
from wend.dsl.signatures import Signatures
from wend.dsl.source import Source, Span

Files = Sequence[tuple[Source, ast.File]]


@frozen
class Given:
    """`amount = 30` within a line that was typed: where the name stands, and where the value does."""

    name: str
    place: Span
    value: Span


class Prompt:
    """Checks what is typed against the files of a program.

    Args:
        files: each source with its tree, free of mistakes.
        functions: the functions that can be called.
        data_fields: the contact's fields that the data has, where no script declares them; None: any name may be one.
    """

    def __init__(self, files: Files, functions: Signatures, data_fields: frozenset[str] | None = None) -> None:
        self.files, self.functions, self.data_fields = files, functions, data_fields

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """The segments and defines by name."""
        return self._context()[1].names.definitions

    @property
    def named(self) -> frozenset[str]:
        """The names that an expression can have by themselves: fields, segments, defines."""
        names = self._context()[1].names
        return frozenset({*names.fields, *names.definitions, *RESERVED})

    def expression(self, source: Source, journey: str | None = None) -> Typed:
        """An expression about the contact, with its type. Raises ProgramError where there is a mistake in it.

        Args:
            journey: the journey inside of which it is meant: labels, splits and `entry` are those of its present run.
        """
        reports, ctx = self._context()
        node = _parsed(source)
        made = ctx.check(node, self._inside(source, journey, ctx))
        _sound(reports)
        return made

    def labels(self, journey: str) -> frozenset[str]:
        """The labels and splits of a journey, and the calls of web services that have a name."""
        env = self._inside(Source("", ""), journey, self._context()[1])
        return frozenset({*env.labels, *env.answers, *env.splits})

    def _inside(self, source: Source, journey: str | None, ctx: Expressions) -> Env:
        """What an expression sees: the names of a journey, or of none."""
        journeys = {
            item.name.text: item for _, file in self.files for item in file.items if isinstance(item, ast.Journey)
        }
        inner = {
            name: inside([item for item in node.items if isinstance(item, ast.Trigger)], source, ctx)
            for name, node in journeys.items()
        }
        if journey in inner:
            return inner[journey]
        advice: dict[str, str] = {}
        for name, env in inner.items():
            help = f"`:in {name}` looks into its runs"
            for each in ("entry", *env.labels, *env.answers, *env.splits):
                advice.setdefault(each, help)
        return Env(source=source, words="an expression by itself", elsewhere=advice)

    def fields(self, line: Source, pairs: Sequence[Given]) -> list[tuple[str, core.Expr]]:
        """Values for fields of the contact. Raises ProgramError where one is no field or does not fit it."""
        reports, ctx = self._context()
        env = Env(source=line, words="a value")
        made = []
        for pair in pairs:
            name = ast.Name(text=pair.name, span=pair.place)
            if pair.name == ID:
                help = "set another field; `:contact NAME` makes a contact or looks at it"
                ctx.error("W221", f"`{ID}` is what the contact is known by and cannot be set", name, env, help)
                continue
            if ctx.names.derived(pair.name) is not None:
                help = "tell what it is made of: `:event …`, or another field"
                ctx.error("W221", f"`{pair.name}` is derived and cannot be given", name, env, help)
                continue
            made.append((pair.name, field_value(name, _part(line, pair.value), env, ctx)))
        _sound(reports)
        return made

    def event(self, line: Source, name: ast.Name, pairs: Sequence[Given]) -> list[tuple[str, core.Expr]]:
        """The values of an event. Raises ProgramError where there is no such event, or a value does not fit."""
        reports, ctx = self._context()
        env = Env(source=line, words="a value")
        written = tuple(
            ast.Pair(name=ast.Name(text=each.name, span=each.place), value=_part(line, each.value)) for each in pairs
        )
        made = happens(name, written, env, ctx)
        _sound(reports)
        return list(made)

    def _context(self) -> tuple[Reports, Expressions]:
        reports = Reports()
        names = collect(self.files, self.functions, self.data_fields, reports)
        return reports, Expressions(names, self.functions, reports)


def _parsed(source: Source) -> ast.Expr:
    node, found = parse_expression(source)
    if node is None:
        raise ProgramError(found)
    return node


def _part(line: Source, span: Span) -> ast.Expr:
    """The expression at a place of a line; its own places are those of the line."""
    return _parsed(Source(line.name, " " * span.start + line.text[span.start : span.end]))


def _sound(reports: Reports) -> None:
    errors: list[Diagnostic] = [each for each in reports.items if each.severity is Severity.ERROR]
    if errors:
        raise ProgramError(errors)
