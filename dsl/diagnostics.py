"""What the tools have to say about a script, and the one place that draws it.

A message is one sentence, lower-case, without a full stop, the user's own text in backticks; advice goes to `help`.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

from wend.dsl.source import Source, Span


class Severity(StrEnum):
    """How bad it is: an error refuses the program, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@frozen
class Label:
    """A further place that a diagnostic points at, with a few words of its own."""

    source: Source
    span: Span
    text: str


@frozen
class Diagnostic:
    """One report: a code, a sentence, the place it is about, and at most one suggestion.

    `witness` is a `test` block that shows what a warning says, to be pasted into the script.
    """

    code: str
    message: str
    source: Source
    span: Span
    help: str | None = None
    severity: Severity = Severity.ERROR
    labels: tuple[Label, ...] = field(default=())
    witness: str | None = None

    @property
    def place(self) -> str:
        """`file:line:column`, counted from 1."""
        line, col = self.source.line_col(self.span.start)
        return f"{self.source.name}:{line}:{col}"


class WendError(Exception):
    """Any failure that is to be shown to a person: a sentence, a place, a suggestion.

    Args:
        message: one sentence, lower-case, no full stop, user's text in backticks.
        help: what to do about it, or None.
        place: where, such as `contacts.csv:12`, or None.
    """

    def __init__(self, message: str, help: str | None = None, place: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.place = place


_SHOWN = 10  # errors in a traceback


class ProgramError(WendError):
    """A script that cannot be run, with everything that is wrong with it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        count = sum(d.severity is Severity.ERROR for d in self.diagnostics)
        super().__init__(f"the script has {count} error{'' if count == 1 else 's'}")

    def __str__(self) -> str:
        """The sentence, and the first errors as they are drawn: what a host's traceback shows."""
        errors = [d for d in self.diagnostics if d.severity is Severity.ERROR]
        return "\n\n".join([self.message, *(render(each) for each in errors[:_SHOWN])])


def in_order(diagnostics: Iterable[Diagnostic], sources: Iterable[Source] = ()) -> tuple[Diagnostic, ...]:
    """Diagnostics by file, and in a file by place, whatever stage found them.

    Args:
        sources: the files that come first, in this order; others follow as they come up.
    """
    found = list(diagnostics)
    names = dict.fromkeys([*(source.name for source in sources), *(each.source.name for each in found)])
    files = {name: number for number, name in enumerate(names)}
    return tuple(sorted(found, key=lambda each: (files[each.source.name], each.span.start)))


def render(diagnostic: Diagnostic) -> str:
    """The diagnostic as several lines of plain text, its places underlined."""
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}", f"  --> {diagnostic.place}"]
    lines += _picture(diagnostic.source, diagnostic.span, "")
    for label in diagnostic.labels:
        line, col = label.source.line_col(label.span.start)
        lines.append(f"  ::: {label.source.name}:{line}:{col}")
        lines += _picture(label.source, label.span, label.text)
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    if diagnostic.witness:
        lines.append("  witness: this test passes, and shows it")
        lines += [f"    {line}".rstrip() for line in diagnostic.witness.splitlines()]
    return "\n".join(lines)


WIDTH = 100
"""How many columns of a source line are shown; of a longer one the part round its place."""


def _picture(source: Source, span: Span, text: str) -> list[str]:
    """The line of a place with the place underlined; of a place of several lines the first."""
    line, col = source.line_col(span.start)
    code = source.line(line)
    end_line, end_col = source.line_col(max(span.end, span.start))
    start, stop = col - 1, end_col - 1 if end_line == line else len(code)
    code, start, stop = _clipped(code, start, max(start + 1, stop))
    lead = "".join(_shown(char) for char in code[:start])
    marked = "".join(_shown(char) for char in code[start:stop])
    rest = "".join(_shown(char) for char in code[stop:])
    under = " " * _columns(lead) + "^" * max(1, _columns(marked))
    return [f"{line:>4} | {lead}{marked}{rest}".rstrip(), f"     | {under}" + (f" {text}" if text else "")]


def _clipped(code: str, start: int, stop: int) -> tuple[str, int, int]:
    """A line cut down to what is shown of it, and its place in that."""
    if len(code) <= WIDTH:
        return code, start, stop
    first = max(0, min(start - WIDTH // 3, len(code) - WIDTH))
    part = code[first : first + WIDTH]
    head, tail = "\u2026" if first else "", "\u2026" if first + WIDTH < len(code) else ""
    shift = len(head) - first
    return head + part + tail, start + shift, min(stop + shift, len(head + part))


def _shown(char: str) -> str:
    """A character as it is printed: a tab as spaces, control characters not at all as what they do."""
    if char == "\t":
        return "    "
    return char if char.isprintable() or unicodedata.combining(char) else "\u00b7"


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)
