"""Days and times on the command line."""

import datetime as dt

import click

from wend.runtime.calendar import Zone


def day(value: str) -> dt.date:
    """A calendar day, such as 2026-01-31. Raises click.BadParameter where it is none."""
    try:
        date = dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"`{value}` is no date; write it as 2026-01-31") from None
    _check_year(date.year, value)
    return date


def time(value: str) -> dt.datetime:
    """A moment: 2026-01-31, 2026-01-31T10:00, or with an offset 2026-01-31T10:00+02:00.

    Naive where no offset is told: for the project's zone. Raises click.BadParameter where it is none.
    """
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"`{value}` is no time; write it as 2026-01-31T10:00") from None
    _check_year(moment.year, value)
    return moment


def _check_year(year: int, value: str) -> None:
    if not 1900 <= year <= 9000:
        raise click.BadParameter(f"`{value}` is too far away: years go from 1900 to 9000")


def instant(moment: dt.datetime, zone: Zone) -> dt.datetime:
    """The moment in UTC: one without an offset is local in the zone."""
    if moment.tzinfo is None:
        return zone.at(moment.date(), moment.time())
    return moment.astimezone(dt.UTC)
