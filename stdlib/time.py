"""Functions of time: how long since and until, the parts of a date, and where days, weeks, months and years begin.

Days and larger are counted on local dates in the zone of the journey, hours as elapsed time. `…_until` is the
negative of `…_since`, so a condition `days_until(x) <= 3` turns true exactly three days before.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Callable
from functools import lru_cache

from attrs import frozen

from wend.dsl.period import Period
from wend.dsl.signatures import Parameter
from wend.dsl.types import DATE, DATETIME, NUMBER, Kind, Type
from wend.runtime.calendar import ONE_DAY, Zone, add_days, add_to_date, months_between
from wend.runtime.functions import Function, FunctionError, Moment
from wend.runtime.values import FOREVER, UTC, Bounded, Instant, Ramp
from wend.stdlib.declare import date_or_datetime, function

ONE_HOUR = dt.timedelta(hours=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = ("day", "week", "month", "year")

_EARLIEST = dt.datetime.min.replace(tzinfo=UTC)
_SINCE, _UNTIL = 1, -1


def local_date(moment: Moment, value: dt.date) -> dt.date:
    """The date itself; for a datetime, its date in the zone."""
    return moment.zone.date(value) if isinstance(value, dt.datetime) else value


def is_present(moment: Moment, value: dt.date) -> bool:
    """Whether a value may be `now` or `today`, and so move with time: functions are given values only.

    A stored value that happens to be the same gets a bound that is nearer than it need be, which costs a look.
    """
    return value == (moment.now if isinstance(value, dt.datetime) else moment.zone.date(moment.now))


@frozen(eq=False)
class Count:
    """A number of whole units between a start and now.

    `count(start, today)` is the number, and `moved(start, n)` the date at which it becomes n: None where there is
    none in the calendar.
    """

    count: Callable[[dt.date, dt.date], int]
    moved: Callable[[dt.date, int], dt.date | None]

    def bounded(self, moment: Moment, value: dt.date, sign: int) -> Bounded:
        """The number (times `sign`), until when it stays, and its ramp."""
        zone = moment.zone
        start = zone.date(value) if isinstance(value, dt.datetime) else value
        return _counted(self, zone, start, zone.date(moment.now), sign)


@lru_cache(maxsize=4096)
def _counted(how: Count, zone: Zone, start: dt.date, today: dt.date, sign: int) -> Bounded:
    """What `Count.bounded` gives: one tick asks for the same days of many contacts."""
    moved, number = how.moved, how.count(start, today)

    def first(n: int) -> Instant:
        date = moved(start, n)
        if date is None:
            return FOREVER if n > 0 else _EARLIEST
        return zone.day_start(date)

    return Bounded(sign * number, first(number + 1), Ramp(sign, first))


DAYS = Count(lambda start, today: (today - start).days, add_days)
WEEKS = Count(lambda start, today: (today - start).days // 7, lambda start, n: add_days(start, 7 * n))
MONTHS = Count(months_between, lambda start, n: add_to_date(start, Period(months=n)))
YEARS = Count(
    lambda start, today: months_between(start, today) // 12,
    lambda start, n: add_to_date(start, Period(months=12 * n)),
)


def _hours(moment: Moment, value: dt.date, sign: int) -> Bounded:
    """Whole hours elapsed since a datetime, or since the first moment of a local date."""
    now, zone = moment.now, moment.zone
    start = value if isinstance(value, dt.datetime) else zone.day_start(value)
    number = (now - start) // ONE_HOUR

    def first(n: int) -> Instant:
        try:
            return start + n * ONE_HOUR
        except OverflowError:
            return FOREVER if n > 0 else _EARLIEST

    if not isinstance(value, dt.datetime) and is_present(moment, value):
        # It may be `today`: then the count starts anew at midnight, which is no ramp.
        return Bounded(sign * number, min(first(number + 1), zone.next_day(now)))
    return Bounded(sign * number, first(number + 1), Ramp(sign, first))


def stretch(date: dt.date, unit: str) -> tuple[dt.date, dt.date]:
    """The first and the last date of the day, week (from Monday), month or year that a date is in.

    Raises:
        FunctionError: no such unit.
        OverflowError: it reaches beyond the calendar.
    """
    match unit:
        case "day":
            return date, date
        case "week":
            monday = date - dt.timedelta(days=date.weekday())
            return monday, monday + dt.timedelta(days=6)
        case "month":
            return date.replace(day=1), date.replace(day=monthrange(date.year, date.month)[1])
        case "year":
            return date.replace(month=1, day=1), date.replace(month=12, day=31)
        case _:
            raise FunctionError(f"there is no unit `{unit}`: it is one of {', '.join(UNITS)}")


def _after(zone: Zone, date: dt.date) -> Instant:
    """The first instant after a local date."""
    return zone.day_start(date + ONE_DAY) if date < dt.date.max else FOREVER


def _edge(moment: Moment, value: dt.date, unit: str, index: int) -> dt.date | Bounded:
    dates = stretch(local_date(moment, value), unit)
    return Bounded(dates[index], _after(moment.zone, dates[1])) if is_present(moment, value) else dates[index]


def _part(read: Callable[[dt.date], int | str], unit: str) -> Callable[[Moment, dt.date], int | str | Bounded]:
    """A part of a local date, which for `now` and `today` holds until the unit ends."""

    def part(moment: Moment, value: dt.date) -> int | str | Bounded:
        date = local_date(moment, value)
        found = read(date)
        return Bounded(found, _after(moment.zone, stretch(date, unit)[1])) if is_present(moment, value) else found

    return part


def _hour(moment: Moment, value: dt.datetime) -> int | Bounded:
    hour = moment.zone.local(value).hour
    return Bounded(hour, _hour_ends(moment.zone, value)) if is_present(moment, value) else hour


def _hour_ends(zone: Zone, now: Instant) -> Instant:
    """The next instant at which a clock on the wall shows another hour, or at which the clock is moved."""
    local = zone.local(now)
    into = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    end = now + (ONE_HOUR - into)
    offset = local - now.replace(tzinfo=None)
    if zone.local(end) - end.replace(tzinfo=None) == offset:
        return end
    low = now
    while end - low > dt.timedelta(microseconds=1):
        middle = low + (end - low) / 2
        if zone.local(middle) - middle.replace(tzinfo=None) == offset:
            low = middle
        else:
            end = middle
    return end


_UNIT = Parameter("unit", Type(Kind.TEXT, values=UNITS))
_X = date_or_datetime("date")


def _counting(
    name: str, code: Callable[[Moment, dt.date], Bounded], sentence: str, example: str, gives: str
) -> Function:
    return function(
        name, _X, family="time", result=NUMBER, sentence=sentence, example=example, gives=gives, code=code, timed=True
    )


def _part_of(
    name: str, result: Type, sentence: str, example: str, gives: str, read: Callable[[dt.date], int | str], unit: str
) -> Function:
    return function(
        name,
        _X,
        family="time",
        result=result,
        sentence=sentence,
        example=example,
        gives=gives,
        code=_part(read, unit),
        timed=True,
    )


FUNCTIONS = (
    _counting(
        "days_since",
        lambda moment, value: DAYS.bounded(moment, value, _SINCE),
        "The days from a date to today; negative for a date that is to come.",
        "days_since(2026-01-10)",
        "120",
    ),
    _counting(
        "days_until",
        lambda moment, value: DAYS.bounded(moment, value, _UNTIL),
        "The days from today to a date; negative for a date that is past.",
        "days_until(2026-05-24)",
        "14",
    ),
    _counting(
        "hours_since",
        lambda moment, value: _hours(moment, value, _SINCE),
        "The whole hours that have gone by since a datetime, or since the first moment of a date.",
        "hours_since(2026-05-10 5:30am)",
        "3",
    ),
    _counting(
        "hours_until",
        lambda moment, value: _hours(moment, value, _UNTIL),
        "The hours until a datetime, or until the first moment of a date; a begun hour counts as a whole one.",
        "hours_until(2026-05-11 9am)",
        "24",
    ),
    _counting(
        "weeks_since",
        lambda moment, value: WEEKS.bounded(moment, value, _SINCE),
        "The whole weeks from a date to today.",
        "weeks_since(2026-04-01)",
        "5",
    ),
    _counting(
        "weeks_until",
        lambda moment, value: WEEKS.bounded(moment, value, _UNTIL),
        "The weeks from today to a date; a begun week counts as a whole one.",
        "weeks_until(2026-06-07)",
        "4",
    ),
    _counting(
        "months_since",
        lambda moment, value: MONTHS.bounded(moment, value, _SINCE),
        "The whole months from a date to today; a month from the 31st ends on the last day of a shorter one.",
        "months_since(2026-01-31)",
        "3",
    ),
    _counting(
        "months_until",
        lambda moment, value: MONTHS.bounded(moment, value, _UNTIL),
        "The months from today to a date; a begun month counts as a whole one.",
        "months_until(2026-08-10)",
        "3",
    ),
    _counting(
        "years_since",
        lambda moment, value: YEARS.bounded(moment, value, _SINCE),
        "The whole years from a date to today.",
        "years_since(2020-05-11)",
        "5",
    ),
    _counting(
        "years_until",
        lambda moment, value: YEARS.bounded(moment, value, _UNTIL),
        "The years from today to a date; a begun year counts as a whole one.",
        "years_until(2030-05-10)",
        "4",
    ),
    function(
        "start_of",
        _X,
        _UNIT,
        family="time",
        result=DATE,
        sentence="The first date of the day, week (from Monday), month or year that a date is in.",
        example='start_of(2026-05-10, "week")',
        gives="2026-05-04",
        code=lambda moment, value, unit: _edge(moment, value, unit, 0),
        timed=True,
    ),
    function(
        "end_of",
        _X,
        _UNIT,
        family="time",
        result=DATE,
        sentence="The last date of the day, week (to Sunday), month or year that a date is in.",
        example='end_of(2028-02-10, "month")',
        gives="2028-02-29",
        code=lambda moment, value, unit: _edge(moment, value, unit, 1),
        timed=True,
    ),
    _part_of(
        "weekday",
        Type(Kind.TEXT, values=WEEKDAYS),
        "The day of the week of a date, in small letters.",
        "weekday(2026-05-10)",
        '"sunday"',
        lambda date: WEEKDAYS[date.weekday()],
        "day",
    ),
    _part_of(
        "day", NUMBER, "The day of the month of a date: 1 to 31.", "day(2026-05-10)", "10", lambda date: date.day, "day"
    ),
    _part_of(
        "month", NUMBER, "The month of a date: 1 to 12.", "month(2026-05-10)", "5", lambda date: date.month, "month"
    ),
    _part_of("year", NUMBER, "The year of a date.", "year(2026-05-10)", "2026", lambda date: date.year, "year"),
    function(
        "hour",
        Parameter("datetime", DATETIME),
        family="time",
        result=NUMBER,
        sentence="The hour that a clock shows at a datetime: 0 to 23.",
        example="hour(2026-05-10 6:45pm)",
        gives="18",
        code=_hour,
        timed=True,
    ),
)
