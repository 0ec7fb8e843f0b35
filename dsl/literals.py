"""Numbers, dates, times of day and spans: from their text to their value, and texts back into quotes."""

import datetime as dt
import re
from collections.abc import Callable

from attrs import frozen

from wend.dsl.ast.expr import Unit

MAX_DIGITS = 15  # beyond that a number with a point is no longer exact
ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "r": "\r", "{": "{"}


@frozen
class Read:
    """A literal: the type of its token, its value, and what is wrong with it, if anything."""

    type: str
    value: object
    code: str = ""
    problem: str | None = None
    help: str | None = None


def read_number(text: str) -> int | float:
    """The value of `120`, `10_000`, `2.5`; 0 for a number with too many digits."""
    plain = text.replace("_", "")
    if len(plain) > MAX_DIGITS + 1:
        return 0
    return float(plain) if "." in plain else int(plain)


def _number(text: str) -> Read:
    return Read("NUMBER", read_number(text), *_size(text))


def _size(text: str) -> tuple[str, str | None, str | None]:
    digits = sum(char.isdigit() for char in text)
    if digits <= MAX_DIGITS:
        return "", None, None
    return "W123", f"this number has {digits} digits", f"a number has at most {MAX_DIGITS} digits"


def _percent(text: str) -> Read:
    return Read("PERCENT", read_number(text[:-1]), *_size(text))


def _span(text: str) -> Read:
    amount, unit = text.split()
    return Read("SPAN", (read_number(amount), Unit(unit.removesuffix("s"))), *_size(amount))


_SHORT = {
    "d": "day",
    "h": "hour",
    "hr": "hour",
    "min": "minute",
    "sec": "second",
    "w": "week",
    "wk": "week",
    "yr": "year",
}


def _glued(text: str) -> Read:
    match = re.match(r"([0-9_.]+)([a-z]+)", text)
    assert match is not None
    amount, word = match.groups()
    unit = Unit(_SHORT.get(word.removesuffix("s"), word.removesuffix("s")))
    spaced = f"{amount} {unit}" + ("" if amount == "1" else "s")
    value = (read_number(amount), unit)
    return Read("SPAN", value, "W107", f"`{text}` runs a number and its unit together", f"write `{spaced}`")


def _date(text: str) -> Read:
    year, month, day = (int(part) for part in text.split("-"))
    try:
        return Read("DATE", dt.date(year, month, day))
    except ValueError:
        return Read("DATE", dt.date(2000, 1, 1), "W104", f"there is no day `{text}`", _date_help(year, month))


def _date_help(year: int, month: int) -> str:
    if year == 0:
        return "the first year is 0001"
    if not 1 <= month <= 12:
        return "a date is year, month, day: `2027-03-01` is the first of March"
    after = dt.date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else dt.date(9999, 12, 31)
    last = (after - dt.timedelta(days=1)).day if (year, month) != (9999, 12) else 31
    return f"the last day of that month is `{year:04}-{month:02}-{last}`"


def _bad_date(text: str) -> Read:
    parts = [int(part) for part in re.split(r"[-/.]", text)]
    turned = parts[0] < 100
    if turned:
        parts.reverse()
    year, month, day = parts
    if turned and "." not in text and max(month, day) <= 12 and month != day:
        return _either_date(text, year, month, day)
    if month > 12 >= day:
        month, day = day, month
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return Read(
            "DATE", dt.date(2000, 1, 1), "W104", f"`{text}` is no date", "a date is year, month, day: `2027-03-01`"
        )
    return Read("DATE", date, "W104", f"`{text}` is not how a date is written", f"write `{date.isoformat()}`")


def _either_date(text: str, year: int, one: int, other: int) -> Read:
    """`3/1/2026`: which number is the month depends on where it was written."""
    if not (year and one and other):
        problem, help = f"`{text}` is no date", "a date is year, month, day: `2027-03-01`"
        return Read("DATE", dt.date(2000, 1, 1), "W104", problem, help)
    dates = dt.date(year, one, other), dt.date(year, other, one)
    help = f"write `{dates[0]}` or `{dates[1]}`, whichever of the two days is meant"
    return Read("DATE", dates[0], "W104", f"`{text}` is not how a date is written", help)


def _iso_datetime(text: str) -> Read:
    match = re.match(r"(.{10})T([0-9]{2}):([0-9]{2})", text)
    advice = "write the date, a space and the time: `2027-03-01 9am`"
    date = _date(text[:10])
    if match and int(match[2]) < 24 and int(match[3]) < 60:
        advice = f"write `{text[:10]} {int(match[2])}:{match[3]}`, in the zone of the journey"
    return Read("DATE", date.value, "W104", f"`{text}` is not how a date with a time is written", advice)


def _clock(text: str) -> Read:
    match = re.fullmatch(r"([0-9]{1,2})(?::([0-9]{2}))?(am|pm)?", text)
    assert match is not None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    wrong = None
    if minute > 59 or (half is None and hour > 23):
        wrong = "the day goes from `0:00` to `23:59`"
    elif half is not None and not 1 <= hour <= 12:
        twelve = hour - 12 if 13 <= hour <= 23 else None
        wrong = (
            f"write `{twelve}{match[0][len(match[1]) : -2]}pm` or `{hour}:{minute:02}`"
            if twelve is not None
            else "with `am` and `pm` the hours go from 1 to 12"
        )
    if wrong is not None:
        return Read("CLOCK", dt.time(0, 0), "W105", f"there is no time of day `{text}`", wrong)
    if half is not None:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Read("CLOCK", dt.time(hour, minute))


def _bad_clock(text: str) -> Read:
    problem = f"`{text}` is not how a time of day is written"
    plain = re.sub(r"\s+", "", text).lower().removesuffix("h").replace("h", ":")
    plain = re.sub(r"\.(?=[0-9])", ":", plain).replace(".", "")
    plain = re.sub(r"^([0-9]{1,2}:[0-9]{2}):[0-9]{2}", r"\1", plain)
    if re.match(r"(1[3-9]|2[0-3]):", plain):
        plain = plain.removesuffix("am").removesuffix("pm")
    if re.fullmatch(r"[0-9]{1,2}", plain):
        plain += ":00"
    if re.fullmatch(r"[0-9]{1,2}(:[0-9]{2})?(am|pm)|[0-9]{1,2}:[0-9]{2}", plain):
        read = _clock(plain)
        if read.problem is None:
            return Read("CLOCK", read.value, "W105", problem, f"write `{plain}`")
    return Read("CLOCK", dt.time(0, 0), "W105", problem, "write it like `9am`, `9:30pm` or `21:30`")


def _bad_number(text: str) -> Read:
    match = re.match(r"[0-9]+", text)
    assert match is not None
    if short := re.fullmatch(r"([0-9]+)(m|mo|mon|mth|mths|mos)", text):
        months, minutes = (f"`{short[1]} {unit}{'' if short[1] == '1' else 's'}`" for unit in ("month", "minute"))
        help = f"write {months} or {minutes}" if short[2] == "m" else f"write {months}"
        return Read("SPAN", (read_number(short[1]), Unit.MONTH), "W107", f"`{text}` is no length of time", help)
    if re.fullmatch(r"[0-9]{1,2}(st|nd|rd|th)", text):
        help = f"write `day {match[0]}` for the day of a month"
        return Read("NUMBER", read_number(match[0]), "W106", f"`{text}` is no number", help)
    return Read(
        "NUMBER",
        read_number(match[0]),
        "W106",
        f"`{text[:40]}` is neither a number nor a name",
        "a name begins with a letter; a number is written like `120`, `10_000` or `2.5`",
    )


READERS: dict[str, Callable[[str], Read]] = {
    "number": _number,
    "percent": _percent,
    "span": _span,
    "glued": _glued,
    "date": _date,
    "baddate": _bad_date,
    "isodatetime": _iso_datetime,
    "clock": _clock,
    "badclock": _bad_clock,
    "badnumber": _bad_number,
}


_PLAIN = re.compile(r"[^\W\d]\w*")
_WORDS = frozenset({"and", "or", "not", "true", "false"})


def spell_name(name: str) -> str:
    """A name, between backticks where it could not be read otherwise."""
    return name if _PLAIN.fullmatch(name) and name not in _WORDS else f"`{name}`"


def quote(text: str) -> str:
    """A text as it is written in a script, between double quotes, with escapes where they are needed."""
    body = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    out: list[str] = []
    at = 0
    while at < len(body):
        if body.startswith("{{", at):
            close = body.find("}}", at + 2)
            if close >= 0:
                out.append(body[at : close + 2])
                at = close + 2
                continue
            # a lone `{{` would look for its `}}` in the rest of the line
            rest = re.sub(r"\{(?=\{)", r"\\{", body[at:])
            out.append(rest.replace('"', '\\"'))
            break
        if body[at] == '"':
            out.append("\\")
        out.append(body[at])
        at += 1
    return '"' + "".join(out) + '"'
