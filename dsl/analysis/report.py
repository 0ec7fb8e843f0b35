"""What the parts of the analysis share: a warning with its places, and a piece of script in a message."""

from wend.dsl.core import Hint, Place
from wend.dsl.diagnostics import Diagnostic, Label, Severity

_QUOTED_AT_MOST = 60


def warning(code: str, message: str, place: Place, help: str, *hints: Hint, witness: str | None = None) -> Diagnostic:
    """A warning at a place; hints point at what else it is about."""
    labels = tuple(Label(h.place.source, h.place.span, h.text) for h in hints)
    return Diagnostic(code, message, place.source, place.span, help, Severity.WARNING, labels, witness)


def said(place: Place | None, instead: str = "this") -> str:
    """The text of a place between backticks, where it is short; else a word for it."""
    if place is None:
        return instead
    text = " ".join(place.source.text[place.span.start : place.span.end].split())
    return f"`{text}`" if 0 < len(text) <= _QUOTED_AT_MOST and "`" not in text else instead
