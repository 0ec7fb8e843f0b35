"""A second computation of local time, by looking at every minute: slow, and independent of `runtime/calendar.py`."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from wend.runtime.values import UTC, Instant

ZONES = (
    "UTC",
    "Europe/Paris",
    "Asia/Tokyo",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)

#: Nights on which the wall clock does something, and quiet ones: (zone, a day near it).
EDGES = (
    ("Europe/Paris", dt.date(2024, 3, 31)),
    ("Europe/Paris", dt.date(2024, 10, 27)),
    ("America/Los_Angeles", dt.date(2024, 3, 10)),
    ("America/Los_Angeles", dt.date(2024, 11, 3)),
    ("America/Sao_Paulo", dt.date(2018, 11, 4)),
    ("America/Sao_Paulo", dt.date(2018, 2, 18)),
    ("Asia/Beirut", dt.date(2024, 3, 31)),
    ("Asia/Beirut", dt.date(2024, 10, 27)),
    ("Pacific/Apia", dt.date(2011, 12, 30)),
    ("America/St_Johns", dt.date(2010, 11, 7)),
    ("America/St_Johns", dt.date(2010, 3, 14)),
    ("Australia/Lord_Howe", dt.date(2024, 4, 7)),
    ("Australia/Lord_Howe", dt.date(2024, 10, 6)),
    ("Africa/Casablanca", dt.date(2024, 3, 10)),
    ("UTC", dt.date(2024, 2, 29)),
    ("Asia/Tokyo", dt.date(2024, 1, 31)),
)

MINUTE = dt.timedelta(minutes=1)


def wall(zone: str, instant: Instant) -> dt.datetime:
    """What a clock on the wall shows, naive."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@lru_cache(maxsize=200_000)
def _wall_minute(zone: str, instant: Instant) -> dt.datetime:
    return wall(zone, instant)


def local_date(zone: str, instant: Instant) -> dt.date:
    """The latest date that the wall has shown up to now; clocks are never turned by more than a day."""
    floor = instant.replace(second=0, microsecond=0)
    minutes = (floor - i * MINUTE for i in range(30 * 60))
    return max(wall(zone, instant).date(), max(_wall_minute(zone, m).date() for m in minutes))


def first_instant_of(zone: str, date: dt.date) -> Instant:
    """The first whole minute whose wall date is this one or a later one."""
    start = dt.datetime.combine(date, dt.time(0), tzinfo=UTC) - dt.timedelta(hours=40)
    minutes = (start + i * MINUTE for i in range(80 * 60))
    return next(m for m in minutes if _wall_minute(zone, m).date() >= date)


def instant_of(zone: str, local: dt.datetime) -> Instant:
    """The first instant at which the wall shows this; a time in a gap is moved forward by the gap."""
    guess = local.replace(tzinfo=UTC)
    around = [guess + i * MINUTE for i in range(-26 * 60, 26 * 60 + 1)]
    shown = [m for m in around if _wall_minute(zone, m) == local]
    if shown:
        return shown[0]
    last_before = max(m for m in around if _wall_minute(zone, m) < local)
    return last_before + (local - _wall_minute(zone, last_before))
