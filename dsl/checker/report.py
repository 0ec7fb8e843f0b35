"""Collecting what the checker has to say."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from wend.dsl import ast
from wend.dsl.core import Hint, Place
from wend.dsl.diagnostics import Diagnostic, Label, Severity
from wend.dsl.source import Source, Span


@define
class Reports:
    """The reports so far. The same report is kept once, however often an expression is written out."""

    items: list[Diagnostic] = field(factory=list)
    _seen: set[tuple[str, str, int, Span]] = field(factory=set)

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
        self.keep(Diagnostic(code, message, place.source, place.span, help, severity, labels))

    def keep(self, diagnostic: Diagnostic) -> None:
        """Add a report that was made elsewhere."""
        key = diagnostic.code, diagnostic.message, id(diagnostic.source), diagnostic.span
        if key not in self._seen:
            self._seen.add(key)
            self.items.append(diagnostic)

    @property
    def failed(self) -> bool:
        """Whether there is an error among them."""
        return any(d.severity is Severity.ERROR for d in self.items)

    @contextmanager
    def aside(self) -> Iterator["Reports"]:
        """Within the block, reports go to the value given instead of here."""
        kept, trial = (self.items, self._seen), Reports()
        self.items, self._seen = trial.items, trial._seen
        try:
            yield trial
        finally:
            self.items, self._seen = kept


def place_of(source: Source, node: ast.Node) -> Place:
    """Where a node was written."""
    return Place(source, node.span)
