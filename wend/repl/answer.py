"""What a command answers: lines for a person, and the same as values for a program."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from wend.dsl.diagnostics import ProgramError, Severity, WendError, render


@frozen
class Answer:
    """An answer.

    Args:
        lines: what is printed.
        data: the same for programs: texts, numbers, lists and maps; times in UTC.
        failed: something was wrong with what was typed.
        leave: the session is over.
        error: what was wrong.
    """

    lines: tuple[str, ...] = ()
    data: Mapping[str, object] = field(factory=dict)
    failed: bool = False
    leave: bool = False
    error: WendError | None = field(default=None, eq=False)


def say(*lines: str, **data: object) -> Answer:
    """An answer of some lines."""
    return Answer(lines, data)


def refuse(error: WendError) -> Answer:
    """What is wrong, as an answer: nothing that is typed ends the session."""
    if isinstance(error, ProgramError):
        errors = [each for each in error.diagnostics if each.severity is Severity.ERROR]
        lines = [line for each in errors for line in render(each).splitlines()]
        told = [{"code": each.code, "message": each.message, "help": each.help, "place": each.place} for each in errors]
        return Answer(tuple(lines), {"errors": told}, failed=True, error=error)
    lines = [f"error: {error.message}"]
    if error.place:
        lines.append(f"  --> {error.place}")
    if error.help:
        lines.append(f"  help: {error.help}")
    told = [{"message": error.message, "help": error.help}]
    return Answer(tuple(lines), {"errors": told}, failed=True, error=error)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widest: int = 40) -> list[str]:
    """Rows under their heads, in columns; long cells are cut."""
    cells = [[_cut(cell, widest) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cut(text: str, widest: int) -> str:
    return text if len(text) <= widest else text[: widest - 1] + "…"
