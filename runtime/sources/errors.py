"""What can be wrong with a data file, said so that the person who made it can mend it."""

from collections.abc import Iterable

from wend.dsl.diagnostics import WendError

SHOWN = 10
"""How many bad rows a report names one by one."""


class SourceError(WendError):
    """A data file that cannot be used, or one row of it. `place` is `file:line` (for Parquet `file:row`)."""


class BadRows(SourceError):
    """All that is wrong with the rows of a file: the first ten named, all counted.

    Args:
        problems: the first few, in the order of the file.
        total: how many rows are wrong altogether.
        what: how to call them in the heading, such as `rows` or `events`.
    """

    def __init__(self, problems: Iterable[SourceError], total: int, what: str = "rows cannot be read") -> None:
        self.problems = tuple(problems)
        self.total = total
        first = self.problems[0]
        if total == 1:
            super().__init__(first.message, help=first.help, place=first.place)
            return
        lines = [f"{total} {what}"]
        lines += [f"  {p.place}: {p.message}" for p in self.problems]
        if total > len(self.problems):
            lines.append(f"  and {total - len(self.problems)} more")
        helps = list(dict.fromkeys(p.help for p in self.problems if p.help))
        super().__init__("\n".join(lines), help="; ".join(helps) or None)


class Problems:
    """Gathers the bad rows of one reading, and raises them together at its end."""

    def __init__(self, what: str = "rows cannot be read") -> None:
        self.what = what
        self.first: list[SourceError] = []
        self.total = 0

    def add(self, message: str, place: str, help: str | None = None) -> None:
        """Note one bad row."""
        self.total += 1
        if len(self.first) < SHOWN:
            self.first.append(SourceError(message, help=help, place=place))

    def settle(self) -> None:
        """Raise `BadRows` if anything was noted."""
        if self.total:
            raise BadRows(self.first, self.total, self.what)


def listing(names: Iterable[str]) -> str:
    """Names for a sentence: `a`, `b` and `c`; a long list is cut."""
    quoted = [f"`{n}`" for n in names]
    if not quoted:
        return "none"
    if len(quoted) > 20:
        return ", ".join(quoted[:20]) + f" and {len(quoted) - 20} more"
    return ", ".join(quoted[:-1]) + " and " + quoted[-1] if len(quoted) > 1 else quoted[0]
