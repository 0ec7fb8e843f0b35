"""How a spreadsheet writes numbers and dates, where it does not write them as scripts do.

What is written otherwise is brought into the one form before anything reads it. Nothing is guessed: `1,234` and
`03/01/2026` mean one thing in one country and another in the next, so the project says it, or the cell is refused.
"""

import re

from attrs import frozen

from wend.runtime.sources.values import Convert, Kind, Mistake
from wend.runtime.values import Value

DAY_FIRST, MONTH_FIRST = ORDERS = ("day first", "month first")
POINT, COMMA = DECIMALS = (".", ",")

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[.'\u2019 \u00a0\u202f][0-9]{3})+(?:,[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+(?:,[0-9]+)?")
_NOT_DIGITS = re.compile(r"[.'\u2019 \u00a0\u202f]")
_DATE = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})(?:[ T,]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")

COMMA_HELP = 'write it with a point, like `1234.5`; or say `decimal = ","` beside `file` in `wend.toml`'
DATE_HELP = (
    "write dates with the year first, like `2026-05-01`; "
    'or say `dates = "day first"` or `dates = "month first"` beside `file` in `wend.toml`'
)


@frozen
class Written:
    """How the cells of a file are written.

    Args:
        decimal: `.` or `,`: what stands before the decimals.
        dates: `day first` or `month first`, of dates that do not begin with the year; None: there are none.
    """

    decimal: str = POINT
    dates: str | None = None

    def brought(self, text: str, base: str) -> str:
        """A cell in the form that is read, where it is to be a number, a date or a datetime. Raises `Mistake`."""
        text = text.strip()
        if base == Kind.NUMBER and self.decimal == COMMA and text:
            if _COMMA.fullmatch(text) is None and _GROUPED.fullmatch(text) is None:
                raise Mistake("a number with a comma before its decimals", "write it like `1234,5`")
            return _NOT_DIGITS.sub("", text).replace(",", ".")
        if base in (Kind.DATE, Kind.DATETIME) and self.dates is not None and (found := _DATE.fullmatch(text)):
            one, other, year, hour, minute, second = found.groups()
            day, month = (one, other) if self.dates == DAY_FIRST else (other, one)
            time = "" if hour is None else f"T{int(hour):02}:{minute}:{second or '00'}"
            return f"{year}-{int(month):02}-{int(day):02}{time}"
        return text

    def all_brought(self, texts: set[str], base: str) -> set[str] | None:
        """Cells of a column in the form that is read; None where one of them is none such."""
        try:
            return {self.brought(text, base) for text in texts}
        except Mistake:
            return None

    def reading(self, convert: Convert, base: str) -> Convert:
        """The conversion of cells that are written so."""
        if self == PLAIN or base not in (Kind.NUMBER, Kind.DATE, Kind.DATETIME):
            return convert

        def converted(cell: object) -> Value:
            return convert(self.brought(cell, base) if isinstance(cell, str) else cell)

        return converted


PLAIN = Written()


def advice(raw: object, help: str | None) -> str | None:
    """What to do about a cell that was refused; of a spreadsheet's own forms that the project can say it."""
    if isinstance(raw, str) and help is not None:
        if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", raw.strip()) and help.startswith("write `"):
            return COMMA_HELP
        if _DATE.fullmatch(raw.strip()):
            return DATE_HELP
    return help
