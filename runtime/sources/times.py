"""ISO dates, times and durations as they stand in files, and what instant they mean in a zone."""

import datetime as dt
import re

from wend.dsl.period import Period
from wend.runtime.calendar import Zone
from wend.runtime.values import FOREVER, UTC

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"(?: ?(Z|z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)


def parse_date(text: str) -> dt.date | None:
    """The date that `2026-05-01` spells, or None when the text is no such date."""
    if _DATE.fullmatch(text) is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str) -> dt.datetime | None:
    """The time that an ISO text spells: with its offset when it has one, else naive; None when it is none."""
    match = _DATETIME.fullmatch(text)
    if match is None:
        return None
    day, clock, offset = match.groups()
    if offset is None:
        offset = ""
    elif offset[0] in "ZzU":
        offset = "+00:00"
    try:
        return dt.datetime.fromisoformat(f"{day}T{clock}{offset}")
    except ValueError:
        return None


def instant(time: dt.date, zone: Zone) -> dt.datetime | None:
    """The instant of a time as it stands in a file; None when it lies beyond the calendar.

    A date means its first moment in `zone`, a time without an offset is local there: one in a gap moves forward by the
    gap, one that comes twice is the first.
    """
    if not isinstance(time, dt.datetime):
        found = zone.day_start(time)
    elif time.tzinfo is None:
        found = zone.at(time.date(), time.time())
    else:
        try:
            found = time.astimezone(UTC)
        except OverflowError:
            return None
    return None if found is FOREVER else found


def parse_instant(text: str, zone: Zone) -> dt.datetime | None:
    """The instant of an ISO date or datetime, as `instant` has it, or None when the text is neither."""
    time = parse_date(text) or parse_time(text)
    return None if time is None else instant(time, zone)


_ISO_DURATION = re.compile(
    r"P(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)
_DURATION = re.compile(r"([0-9]{1,9}) (second|minute|hour|day|week|month|year)s?")
_UNITS = {
    "year": Period(months=12),
    "month": Period(months=1),
    "week": Period(days=7),
    "day": Period(days=1),
    "hour": Period(seconds=3600),
    "minute": Period(seconds=60),
    "second": Period(seconds=1),
}


def parse_duration(text: str) -> Period | None:
    """The length of time that `2 days`, `90 minutes` or `P1DT2H` spells; None when it is none."""
    spoken = _DURATION.fullmatch(text)
    if spoken is not None:
        return _UNITS[spoken[2]].scaled(int(spoken[1]))
    formal = _ISO_DURATION.fullmatch(text)
    if formal is None or not any(formal.groups()):
        return None
    total = Period()
    for unit, count in zip(_UNITS.values(), formal.groups(), strict=True):
        total += unit.scaled(int(count or 0))
    return total
