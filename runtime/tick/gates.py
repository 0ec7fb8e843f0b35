"""What stands before every send: audience, suppression, consent, quota, limit, window.

A gate that is closed drops the send, or holds it and its path until it may open. Gates read the snapshot.
"""

import datetime as dt
from collections.abc import Iterable

from wend.dsl import plan
from wend.dsl.program import ConsentRule, Limit, SendWindow
from wend.runtime.calendar import ONE_DAY, Zone
from wend.runtime.evaluation.aggregate import expiry
from wend.runtime.frozen import frozen
from wend.runtime.state import Sent
from wend.runtime.tick.suppressing import in_force
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import FOREVER, Instant


@frozen
class Passed:
    """The send may go."""


@frozen
class Dropped:
    """The send does not go; the path goes on."""

    reason: str
    detail: str


@frozen
class Held:
    """The send and its path wait: at the earliest until then."""

    reason: str
    until: Instant


Answer = Passed | Dropped | Held
PASSED = Passed()


def ask_all(work: Work, stay: Stay, op: plan.Send, address: str | None, key: str = "") -> Answer:
    """All gates in their order.

    Args:
        key: the message's idempotency key, where `Facts.refused` names some.
    """
    if stay.audience is not True:
        return Dropped("audience", "the contact is not known to be in the audience")
    if stay.leaving:
        return Dropped("exit", "`exit when` is true")
    if address is None:
        return Dropped("no address", f"the contact has no address for {op.channel}")
    refused = suppressed(work, stay, op.channel, address) or consent(work, stay, op.channel)
    refused = refused or over_quota(work, stay, op.channel, key)
    if refused is not None:
        return refused
    full = over_limit(work, stay, op.channel)
    if isinstance(full, Dropped):
        return full
    return _later(full, closed_window(work, stay, op.channel))


def hold(work: Work, stay: Stay, channel: str) -> Passed | Held:
    """What keeps a send waiting: a limit with `else wait`, a closed window. The later release counts."""
    return _later(over_limit(work, stay, channel), closed_window(work, stay, channel))


def _later(full: Dropped | Held | None, closed: Held | None) -> Passed | Held:
    held = [answer for answer in (full, closed) if isinstance(answer, Held)]
    return max(held, key=lambda answer: answer.until) if held else PASSED


def suppressed(work: Work, stay: Stay, channel: str, address: str) -> Dropped | None:
    """An address that bounced or complained gets nothing; one that unsubscribed nothing but transactional mail."""
    for entry in in_force(work.suppressed | work.facts.suppressed, channel, address.casefold()):
        if entry.reason != "unsubscribed":
            return Dropped("suppressed", f"the address has {entry.reason}")
        if not stay.journey.transactional and entry.topic in (None, stay.journey.topic):
            return Dropped("suppressed", "the address has unsubscribed")
    return None


def consent(work: Work, stay: Stay, channel: str) -> Dropped | None:
    """Consent as the settings ask for it. Unknown refuses."""
    if refusing(work, stay, channel) is None:
        return None
    return Dropped("consent", f"the contact has not consented to {channel}")


def refusing(work: Work, stay: Stay, channel: str) -> ConsentRule | None:
    """The first rule of consent that is not true: of those for the journey's topic where there are any, else of those
    for the channel."""
    if stay.journey.transactional:
        return None
    for rule in work.rules.program.settings.consents_for(channel, stay.journey.topic):
        if work.env(stay).evaluate(rule.condition).value is not True:
            return rule
    return None


def over_quota(work: Work, stay: Stay, channel: str, key: str) -> Dropped | None:
    """Whether the quota of a channel has no room, as the tick began or for this very message."""
    if stay.journey.transactional or (channel not in work.facts.full and key not in work.facts.refused):
        return None
    return Dropped("quota", f"the quota of {channel} is used up")


def over_limit(work: Work, stay: Stay, channel: str) -> Dropped | Held | None:
    """Whether a frequency cap is reached. The header's counts this journey, the settings' all of them."""
    if stay.journey.transactional:
        return None
    own, general = stay.journey.limits, work.rules.program.settings.limits
    if not own and not general:
        return None
    held: Held | None = None
    scopes = [(limit, stay.journey.name) for limit in own] + [(limit, "") for limit in general]
    for limit, only in scopes:
        release = limit_release(limit, channel, only, work.sends, stay.zone, work.now)
        if release is None:
            continue
        if not limit.else_wait:
            return Dropped("limit", f"the limit of {limit.count} {channel} is reached")
        if held is None or release > held.until:
            held = Held("limit", release)
    return held


def limit_release(
    limit: Limit, channel: str, journey: str, sends: Iterable[Sent], zone: Zone, now: Instant
) -> Instant | None:
    """When a limit lets a further send through; None where it does now.

    In days, a send counts while its local date > today - N; otherwise while now < its time + D.

    Args:
        journey: whose sends count; empty for all.
    """
    if limit.channel != channel:
        return None
    if limit.count < 1:
        return FOREVER
    times = [
        sent.at
        for sent in sends
        if sent.channel == channel and not sent.transactional and (not journey or sent.journey == journey)
    ]
    if len(times) < limit.count or (left := expiry(limit.per, zone)) is None:
        return None
    ends = [end for at in times if (end := left(at)) > now]
    return sorted(ends)[len(ends) - limit.count] if len(ends) >= limit.count else None


def closed_window(work: Work, stay: Stay, channel: str) -> Held | None:
    """Whether a window is closed: the journey's own, and unless the journey is transactional the settings'."""
    own, general = stay.journey.windows, work.rules.program.settings.windows
    if not own and not general:
        return None
    latest: Held | None = None
    for windows in (own,) if stay.journey.transactional else (own, general):
        special = [w for w in windows if w.channel == channel]
        opening = next_opening(special or [w for w in windows if w.channel is None], stay.zone, work.now)
        if opening is not None and (latest is None or opening > latest.until):
            latest = Held("window", opening)
    return latest


def next_opening(windows: list[SendWindow], zone: Zone, now: Instant) -> Instant | None:
    """When the first of these windows opens; None where one is open now or there is none."""
    if not windows:
        return None
    opens = FOREVER
    for window in windows:
        date = zone.date(now) - 2 * ONE_DAY
        for _ in range(11):
            start, end = window_on(window, zone, date)
            if start <= now < end:
                return None
            if start > now and start < end:
                opens = min(opens, start)
            date += ONE_DAY
    return opens


def window_on(window: SendWindow, zone: Zone, date: dt.date) -> tuple[Instant, Instant]:
    """When the window that opens on a date opens and closes (the next day where it crosses midnight)."""
    start = zone.at(date, window.start)
    if window.days and date.weekday() not in window.days:
        return start, start
    return start, zone.at(date if window.end > window.start else date + ONE_DAY, window.end)
