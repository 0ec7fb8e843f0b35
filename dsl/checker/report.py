"""Collecting what the checker has to say."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field, frozen

from wend.dsl import ast
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic, Label, Severity
from wend.dsl.source import Source


@frozen
class Hint:
    """A further place that a report points at, with a few words."""

    place: Place
    text: str


@define
class Reports:
    """The reports so far. The same report is kept once, however often an expression is written out."""

    items: list[Diagnostic] = field(factory=list)

    def error(self, code: str, message: str, place: Place, help: str | None = None, *hints: Hint) -> None:
        """Add an error."""
        self._add(Severity.ERROR, code, message, place, help, hints)

    def warning(self, code: str, message: str, place: Place, help: str | None = None, *hints: Hint) -> None:
        """Add a warning."""
        self._add(Severity.WARNING, code, message, place, help, hints)

    def _add(
        self, severity: Severity, code: str, message: str, place: Place, help: str | None, hints: tuple[Hint, ...]
    ) -> None:
        labels = tuple(Label(h.place.source, h.place.span, h.text) for h in hints)
        report = Diagnostic(code, message, place.source, place.span, help, severity, labels)
        if report not in self.items:
            self.items.append(report)

    @property
    def failed(self) -> bool:
        """Whether there is an error among them."""
        return any(d.severity is Severity.ERROR for d in self.items)

    @contextmanager
    def aside(self) -> Iterator["Reports"]:
        """Within the block, reports go to the value given instead of here."""
        kept, trial = self.items, Reports()
        self.items = trial.items
        try:
            yield trial
        finally:
            self.items = kept


def place_of(source: Source, node: ast.Node) -> Place:
    """Where a node was written."""
    return Place(source, node.span)
