"""`quota N CHANNEL per month`: how much room is left, and who gets it at a tick that would overshoot.

What was decided before a tick is read once, as the tick begins: with no room left every send is refused at its gate.
Where the messages of one tick together would overshoot, all of them are looked at before any is kept: transactional
ones first, the others by (priority of the journey, time, hash of the message's identity), and those beyond the room are
refused. So neither the order of contacts nor how many are kept at a time plays a part.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping

from attrs import define, field, frozen

from wend.dsl.ast import QuotaUnit
from wend.dsl.program import Program
from wend.runtime.calendar import ONE_DAY, Zone, zone
from wend.runtime.effects import Send, Step
from wend.runtime.values import Instant

Used = Callable[[str, Instant], int]
"""How many messages of a channel were decided at or after an instant."""

Rehearse = Callable[[frozenset[str], Collection[str] | None], Iterable[tuple[str, Step]]]
"""What steps would give, by contact, with the messages of these keys refused: of those contacts, or of all (None)."""

MOST = 100
"""So many messages of a channel one contact may be given at a tick without a look at all of them beforehand."""


def begins(unit: QuotaUnit, local: Zone, now: Instant) -> Instant:
    """The first moment of the day, week (from Monday), month or year."""
    date = local.date(now)
    match unit:
        case QuotaUnit.DAY:
            first = date
        case QuotaUnit.WEEK:
            first = date - date.weekday() * ONE_DAY
        case QuotaUnit.MONTH:
            first = date.replace(day=1)
        case QuotaUnit.YEAR:
            first = date.replace(month=1, day=1)
    return local.day_start(first)


def ends(unit: QuotaUnit, local: Zone, now: Instant) -> Instant:
    """The first moment of the next day, week, month or year."""
    later = begins(unit, local, now) + _LONGER_THAN[unit]
    return begins(unit, local, later)


_LONGER_THAN = {
    QuotaUnit.DAY: dt.timedelta(hours=36),
    QuotaUnit.WEEK: dt.timedelta(days=10),
    QuotaUnit.MONTH: dt.timedelta(days=40),
    QuotaUnit.YEAR: dt.timedelta(days=400),
}
"""Longer than one, shorter than two, whatever the clocks do."""


def release(program: Program, project_zone: str, channel: str, now: Instant) -> Instant | None:
    """When a quota of a channel that is used up has room again; None where there are several, or none."""
    settings = program.settings
    units = [quota.unit for quota in settings.quotas if quota.channel == channel]
    return ends(units[0], zone(settings.zone or project_zone), now) if len(units) == 1 else None


def room(program: Program, project_zone: str, now: Instant, used: Used) -> dict[str, int]:
    """By channel with a quota: how many messages there is room for as a tick begins; the tightest quota counts.

    Args:
        project_zone: the zone of the calendar where the settings of the script name none.
    """
    settings = program.settings
    local = zone(settings.zone or project_zone)
    left: dict[str, int] = {}
    for quota in settings.quotas:
        free = quota.count - used(quota.channel, begins(quota.unit, local, now))
        left[quota.channel] = min(left.get(quota.channel, free), free)
    return left


def full(left: Mapping[str, int]) -> frozenset[str]:
    """The channels without room."""
    return frozenset(channel for channel, free in left.items() if free <= 0)


def may_overshoot(left: Mapping[str, int], contacts: int) -> bool:
    """Whether the steps of so many contacts might together send more than there is room for."""
    return any(0 < free < contacts * MOST for free in left.values())


@frozen
class _Wanted:
    """A message that somebody is to get: `rank` orders those of a channel."""

    contact: str
    channel: str
    key: str
    rank: tuple[float, Instant, str]
    free: bool


def refusals(program: Program, left: Mapping[str, int], rehearse: Rehearse) -> frozenset[str]:
    """The keys of the messages of a tick for which there is no room.

    A refused message may lead its path elsewhere, so the contacts concerned are tried again until all fits.
    """
    priorities = {journey.name: journey.priority for journey in program.journeys}
    wanted: dict[str, list[_Wanted]] = {}
    refused: frozenset[str] = frozenset()
    only: Collection[str] | None = None
    while True:
        for contact, outcome in rehearse(refused, only):
            wanted[contact] = [
                _Wanted(contact, effect.channel, key, (priority, effect.at, key), effect.transactional)
                for effect in outcome.effects
                if isinstance(effect, Send) and left.get(effect.channel, 0) > 0
                for key in [effect.identity.key]
                for priority in [priorities.get(effect.identity.journey, float("inf"))]
            ]
        over = list(_beyond([each for some in wanted.values() for each in some], left))
        if not over:
            return refused
        refused |= {each.key for each in over}
        only = {each.contact for each in over}


def _beyond(wanted: list[_Wanted], left: Mapping[str, int]) -> Iterable[_Wanted]:
    for channel in left:
        mine = [each for each in wanted if each.channel == channel]
        choosy = sorted((each for each in mine if not each.free), key=lambda each: each.rank)
        yield from choosy[max(0, left[channel] - (len(mine) - len(choosy))) :]


@define
class Meter:
    """Counts messages by channel and time, in memory."""

    _times: dict[str, list[Instant]] = field(factory=dict)
    _totals: dict[str, list[int]] = field(factory=dict)

    def add(self, channel: str, at: Instant, number: int = 1) -> None:
        """Count messages; no time is earlier than one before."""
        times = self._times.get(channel)
        if times is None:
            self._times[channel], self._totals[channel] = [at], [number]
        elif times[-1] == at:
            self._totals[channel][-1] += number
        else:
            times.append(at)
            totals = self._totals[channel]
            totals.append(totals[-1] + number)

    def used(self, channel: str, since: Instant) -> int:
        """How many there were at or after an instant."""
        totals = self._totals.get(channel)
        if not totals:
            return 0
        before = bisect_left(self._times[channel], since)
        return totals[-1] - (totals[before - 1] if before else 0)

    def copy(self) -> "Meter":
        """Another that counts on by itself."""
        return Meter(
            {channel: list(times) for channel, times in self._times.items()},
            {channel: list(totals) for channel, totals in self._totals.items()},
        )
