"""Local time: where days begin and end in a zone, and moving along the calendar.

Three rules hold everywhere. A local time that falls into a gap moves forward by the gap; one that comes twice means
the first; the local date of an instant never goes back, even where the clock is turned back over midnight.
"""

import datetime as dt
from calendar import monthrange
from functools import lru_cache
from zoneinfo import ZoneInfo

from wend.dsl.diagnostics import WendError
from wend.dsl.period import Period
from wend.runtime.values import FOREVER, UTC, Instant, Value

ONE_DAY = dt.timedelta(days=1)
ONE_MINUTE = dt.timedelta(minutes=1)
_FIRST, _LAST = dt.date.min + 3 * ONE_DAY, dt.date.max - 3 * ONE_DAY


class Zone:
    """A time zone by its IANA name, with the first instants of its local days.

    Raises:
        WendError: no such zone.
    """

    def __init__(self, name: str) -> None:
        try:
            self._info = ZoneInfo(name)
        except (KeyError, ValueError, OSError, TypeError) as error:
            raise WendError(f"there is no time zone `{name}`", help='write one such as "Europe/Paris"') from error
        self.name = name
        self._starts: dict[dt.date, Instant] = {}
        self._days: dict[dt.date, tuple[tuple[Instant, Instant, dt.date], ...]] = {}

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"

    def at(self, date: dt.date, time: dt.time) -> Instant:
        """The instant of a local date and time. Beyond the calendar: `FOREVER`."""
        if date > _LAST:
            return FOREVER
        return dt.datetime.combine(max(date, _FIRST), time, tzinfo=self._info).astimezone(UTC)

    def day_start(self, date: dt.date) -> Instant:
        """The first instant whose local date is `date` (or, where that date was skipped, a later one)."""
        start = self._starts.get(date)
        if start is None:
            start = self._starts[date] = self._find_start(date)
        return start

    def _find_start(self, date: dt.date) -> Instant:
        start = self.at(date, dt.time(0))
        if start is FOREVER:
            return start
        before = start - dt.timedelta(microseconds=1)
        if self.local(before).date() < date:
            return start
        low = start - dt.timedelta(hours=26)
        while start - low > dt.timedelta(microseconds=1):
            middle = low + (start - low) / 2
            if self.local(middle).date() < date:
                low = middle
            else:
                start = middle
        return start

    def date(self, instant: Instant) -> dt.date:
        """The local date of an instant: the latest date that has begun."""
        key = instant.date()
        days = self._days.get(key, ())
        for start, end, date in days:
            if start <= instant < end:
                return date
        date = self.local(instant).date()
        if date > _LAST:
            return date
        while self.day_start(date + ONE_DAY) <= instant:
            date += ONE_DAY
        self._days[key] = (*days, (self.day_start(date), self.day_start(date + ONE_DAY), date))
        return date

    def local(self, instant: Instant) -> dt.datetime:
        """The naive local date and time of an instant, as a clock on the wall shows it.

        Within hours of an end of the calendar (9999-12-31T23:59:59Z, as a date that never comes is often written) no
        clock can show it everywhere: then it is that of UTC.
        """
        try:
            return instant.astimezone(self._info).replace(tzinfo=None, fold=0)
        except OverflowError:
            return instant.replace(tzinfo=None)

    def steady(self, start: Instant, end: Instant) -> bool:
        """Whether the clock shows the same distance to UTC at both instants."""
        return self.local(start) - start.replace(tzinfo=None) == self.local(end) - end.replace(tzinfo=None)

    def next_day(self, instant: Instant) -> Instant:
        """The first instant of the next local date."""
        date = self.date(instant)
        start = self.day_start(date + ONE_DAY) if date <= _LAST else FOREVER
        while start <= instant:
            date += ONE_DAY
            start = self.day_start(date + ONE_DAY)
        return start

    def next_clock(self, instant: Instant, time: dt.time) -> Instant:
        """The first instant at or after `instant` at which a local day reaches `time`."""
        date = self.date(instant) - ONE_DAY
        while (at := self.at(date, time)) < instant:
            date += ONE_DAY
        return at

    def add(self, instant: Instant, period: Period) -> Instant:
        """An instant moved by a period: months (clamped to the month's end), then days, in local time, then seconds."""
        if period.months or period.days:
            local = self.local(instant)
            date = add_to_date(local.date(), period)
            if date is None:
                return FOREVER
            instant = self.at(date, local.time())
            if instant is FOREVER:
                return FOREVER
        if period.seconds:
            try:
                instant += dt.timedelta(seconds=period.seconds)
            except OverflowError:
                return FOREVER
        return instant


@lru_cache(maxsize=1024)
def zone(name: str) -> Zone:
    """The zone of that name, made once. Raises WendError where there is none."""
    return Zone(name)


def add_to_date(date: dt.date, period: Period) -> dt.date | None:
    """A date moved by the months and days of a period; None beyond the calendar.

    Months are clamped: 31 January + 1 month = 28 February, + 2 months = 31 March.
    """
    try:
        if period.months:
            month = date.year * 12 + date.month - 1 + period.months
            year, month = divmod(month, 12)
            date = dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None
    return add_days(date, period.days)


def add_days(date: dt.date, days: int) -> dt.date | None:
    """A date moved by days; None beyond the calendar."""
    try:
        moved = date + dt.timedelta(days)
    except OverflowError:
        return None
    return moved if _FIRST <= moved <= _LAST else None


def months_between(start: dt.date, end: dt.date) -> int:
    """Whole months from `start` to `end`, negative where `end` is earlier: the greatest n, start + n months <= end."""
    months = (end.year - start.year) * 12 + end.month - start.month
    moved = add_to_date(start, Period(months=months))
    return months if moved is not None and moved <= end else months - 1


def moment(value: Value, zone: Zone) -> Instant | None:
    """The instant that a date (its first local moment) or datetime means; None for anything else."""
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return zone.day_start(value)
    return None


def same(left: Value, right: Value, zone: Zone) -> bool:
    """Whether two values are the same as `=` has it; what is unknown or of another kind is not."""
    if isinstance(left, Period) and isinstance(right, Period):
        return left.approximate_seconds == right.approximate_seconds
    if isinstance(left, dt.datetime) != isinstance(right, dt.datetime):
        left, right = moment(left, zone), moment(right, zone)
    return left is not None and isinstance(left, bool) == isinstance(right, bool) and left == right


def floor_minute(instant: Instant) -> Instant:
    """The whole minute at or before an instant."""
    if instant.second == 0 and instant.microsecond == 0:
        return instant
    return instant.replace(second=0, microsecond=0)


def next_minute(instant: Instant) -> Instant:
    """The first whole minute after an instant."""
    return floor_minute(instant) + ONE_MINUTE


def ceil_minute(instant: Instant) -> Instant:
    """The whole minute at or after an instant: when a tick can come at the earliest."""
    if instant == FOREVER:
        return instant
    floor = floor_minute(instant)
    return floor if floor == instant else floor + ONE_MINUTE
