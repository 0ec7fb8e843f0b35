"""The most messages that one contact can get: by journey and channel, and of all journeys together."""

import math
from collections.abc import Callable, Collection, Mapping

from attrs import field, frozen

from wend.dsl import plan, program
from wend.dsl.ast import QuotaUnit
from wend.dsl.bounds.body import Sends, sends_of
from wend.dsl.bounds.firing import Cause, Firings, can_end, firings, one_run
from wend.dsl.bounds.stretch import Stretch, stretch_of
from wend.dsl.builtins import EMAIL

NOTIFY = "notify"
"""In the place of a channel: internal mails, which no contact gets, and which count in the quota of `email`."""

Count = Callable[[Cause], float]


@frozen
class Most:
    """At most so many messages.

    Args:
        fixed: whatever happens; infinite where no bound is seen.
        each: so many more for each of these.
        cap: at most so many all the same.
    """

    fixed: float = 0
    each: Mapping[Cause, float] = field(factory=dict)
    cap: float = math.inf

    def told(self, count: Count) -> float:
        """The number, for so many of each cause."""
        return min(self.cap, self.fixed + sum(number * count(cause) for cause, number in self.each.items() if number))

    @property
    def bound(self) -> float:
        """The number that holds however much happens; infinite where there is none."""
        return min(self.cap, math.inf if any(self.each.values()) else self.fixed)

    @property
    def known(self) -> float:
        """The number without what comes for single events, changes and dates."""
        return min(self.cap, self.fixed)


@frozen(kw_only=True)
class JourneyMost:
    """What one journey sends over a channel.

    Args:
        limit: the limit of its header that bounds it, if one does.
        per_run: in one run, if there is a bound.
    """

    journey: program.Journey
    channel: str
    most: Most
    limit: program.Limit | None = None
    per_run: float = math.inf


@frozen(kw_only=True)
class ChannelMost:
    """What all journeys send over a channel in a stretch.

    Args:
        limits: the limits of the settings that bound them.
        internal: the internal mails, where the channel is `email`.
    """

    channel: str
    journeys: tuple[JourneyMost, ...]
    limits: tuple[program.Limit, ...] = ()
    caps: tuple[tuple[frozenset[str], float], ...] = ()
    internal: tuple[JourneyMost, ...] = ()

    def told(self, count: Count) -> float:
        """What one contact gets, for so many of each cause."""
        return self._sum(lambda most: most.told(count))

    @property
    def bound(self) -> float:
        """What one contact gets, however much happens."""
        return self._sum(lambda most: most.bound)

    @property
    def known(self) -> float:
        """What one contact gets without what comes for single events, changes and dates."""
        return self._sum(lambda most: most.known)

    def counted(self, journeys: Collection[str] | None = None) -> float:
        """What counts in a quota for one contact, who gets messages of these journeys only: internal mails, too."""
        sent = self._sum(lambda most: most.known, journeys)
        return sent + sum(each.most.known for each in self.internal)

    def _sum(self, number: Callable[[Most], float], journeys: Collection[str] | None = None) -> float:
        asked = [each for each in self.journeys if journeys is None or each.journey.name in journeys]
        left = {each.journey.name: number(each.most) for each in asked}
        total = 0.0
        for names, cap in self.caps:
            total += min(cap, sum(left.pop(name, 0) for name in names))
        return total + sum(left.values())


def most_of(made: program.Program, channel: str, unit: QuotaUnit) -> ChannelMost:
    """What one contact can get over a channel in the longest day, week, month or year of the project's zone."""
    return most_in(made, channel, lambda journey: stretch_of(unit, _in_project_zone(journey, made.settings)))


def most_in(made: program.Program, channel: str, stretch: Callable[[program.Journey], Stretch]) -> ChannelMost:
    """The same for a stretch of days, as each journey sees it."""
    found = [_journey(journey, made.settings, channel, stretch(journey)) for journey in made.journeys]
    internal = [_journey(journey, made.settings, NOTIFY, stretch(journey)) for journey in made.journeys]
    limits = tuple(limit for limit in made.settings.limits if limit.channel == channel)
    caps: list[tuple[frozenset[str], float]] = []
    zones = {_zone(each.journey, made.settings) for each in found if not each.journey.transactional}
    for zone in zones:
        own = [e.journey for e in found if not e.journey.transactional and _zone(e.journey, made.settings) == zone]
        cap = min((limit.count * stretch(own[0]).times(limit.per) for limit in limits), default=math.inf)
        if cap < math.inf:
            caps.append((frozenset(journey.name for journey in own), cap))
    return ChannelMost(
        channel=channel,
        journeys=tuple(each for each in found if each.most.fixed or each.most.each),
        limits=limits,
        caps=tuple(caps),
        internal=tuple(e for e in internal if e.most.fixed or e.most.each) if channel == EMAIL else (),
    )


def _in_project_zone(journey: program.Journey, settings: program.Settings) -> bool:
    return not journey.contact_zone and journey.zone in (None, settings.zone)


def _zone(journey: program.Journey, settings: program.Settings) -> tuple[str | None, bool]:
    return journey.zone or settings.zone, journey.contact_zone


# ---- one journey -----------------------------------------------------------------------------------------------------


def _journey(journey: program.Journey, settings: program.Settings, channel: str, stretch: Stretch) -> JourneyMost:
    def counted(op: plan.Operation) -> bool:
        if channel == NOTIFY:
            return isinstance(op, plan.Notify)
        return isinstance(op, plan.Send) and op.channel == channel

    def held(op: plan.Operation) -> bool:
        return isinstance(op, plan.Send) and can_hold(journey, settings, op.channel)

    stretch = _active(journey, stretch)
    most, run = Most(), 0.0
    for trigger in journey.triggers:
        if not any(counted(op) for op in trigger.body):
            continue
        sends = sends_of(trigger.body, counted, held)
        fired = firings(journey, trigger, stretch, sends.shortest)
        fixed, each = _of_trigger(sends, fired, journey, trigger, stretch)
        most = Most(most.fixed + fixed, {c: most.each.get(c, 0) + each.get(c, 0) for c in (*most.each, *each)})
        run += sends.all * _in_a_run(trigger)
    limit, cap = None, math.inf
    if channel != NOTIFY and not journey.transactional:
        for candidate in journey.limits:
            if candidate.channel == channel and (at_most := candidate.count * stretch.times(candidate.per)) < cap:
                limit, cap = candidate, at_most
    if limit is not None and cap >= most.bound:
        limit, cap = None, math.inf
    most = Most(most.fixed, most.each, cap)
    return JourneyMost(journey=journey, channel=channel, most=most, limit=limit, per_run=run)


def _active(journey: program.Journey, stretch: Stretch) -> Stretch:
    """No more days than the journey is active."""
    if journey.active_from is None or journey.active_until is None:
        return stretch
    days = (journey.active_until - journey.active_from).days
    if days >= stretch.dates:
        return stretch
    return Stretch(days, min(days, stretch.occurrences), min(stretch.seconds, days * 86_400 + 3600), stretch.months)


def can_hold(journey: program.Journey, settings: program.Settings, channel: str) -> bool:
    """Whether a message can be held: by a window, or by a limit that lets it wait."""
    general = () if journey.transactional else settings.windows
    if any(window.channel in (None, channel) for window in (*journey.windows, *general)):
        return True
    limits = () if journey.transactional else (*journey.limits, *settings.limits)
    return any(limit.channel == channel and limit.else_wait for limit in limits)


def _of_trigger(
    sends: Sends, fired: Firings, journey: program.Journey, trigger: program.Trigger, stretch: Stretch
) -> tuple[float, dict[Cause, float]]:
    """What a trigger sends: besides what comes for single events, and for each of these.

    Two bounds hold. The paths that begin in the stretch, and the one that is under way before it, send so much each.
    And each message comes once a path, at a distance from its beginning that differs by so many days.
    """
    within, later = sends.within(stretch.dates), sends.later(stretch.dates)
    each = {cause: float(number * within) for cause, number in fired.each.items()}
    if not fired.often:
        return 0, each
    by_paths = fired.often * within + later
    if fired.ever < math.inf:
        by_paths = min(by_paths, fired.ever * within)
    by_message = 0.0
    for number, spread in sends.each:
        more = fired.often + 1
        if spread < math.inf:
            longer = Stretch(
                stretch.dates + int(spread),
                stretch.occurrences + int(spread),
                stretch.seconds + spread * 86_400,
                0 if spread else stretch.months,
            )
            more = min(more, firings(journey, trigger, longer, sends.shortest).often)
        by_message += number * min(more, fired.ever)
    return min(by_paths, by_message), each


def _in_a_run(trigger: program.Trigger) -> float:
    """How often a trigger fires in one run, where there is a bound."""
    once = program.OnEntry | program.OnceOn | program.OnceAtLaunch
    for head in trigger.heads:
        if isinstance(head, program.When) and not head.repeatedly:
            continue
        if not isinstance(head, once):
            return math.inf
    return len(trigger.heads)


__all__ = ["NOTIFY", "ChannelMost", "JourneyMost", "Most", "can_end", "most_in", "most_of", "one_run"]
