"""Holding the most that a program can send against what it sends."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from tests.laws.harness import Outcome, Stage
from wend.dsl.bounds.firing import Cause, Kind
from wend.dsl.bounds.most import NOTIFY, ChannelMost, JourneyMost, most_in
from wend.dsl.bounds.stretch import DAY, Stretch
from wend.dsl.program import Journey, Program
from wend.runtime.calendar import zone
from wend.runtime.contact import Change
from wend.runtime.effects import Marked, Send, SetField


def days_of(made: Program, days: int, months: int = 0) -> "dict[str, Stretch]":
    """So many days in a row of the project's zone, as each journey sees them."""
    return {journey.name: _seen(journey, made, days, months) for journey in made.journeys}


def _seen(journey: Journey, made: Program, days: int, months: int) -> Stretch:
    seconds = days * DAY + 3600
    if not journey.contact_zone and journey.zone in (None, made.settings.zone):
        return Stretch(days, days, seconds, months)
    return Stretch(days + 2, days + 1, seconds)


def most(made: Program, channel: str, days: int, months: int = 0) -> ChannelMost:
    seen = days_of(made, days, months)
    return most_in(made, channel, lambda journey: seen[journey.name])


def causes(stage: Stage, outcome: Outcome, contact: str, cause: Cause) -> int:
    """How many of a cause a contact had in all the play."""
    if cause.kind is Kind.EVENT:
        return len(outcome.contacts[contact].events.get(cause.name, ()))
    news = [a.item for a in stage.history.arrivals if a.contact == contact]
    told = sum(isinstance(each, Change) and cause.name in each.fields for each in news)
    effects = [act.effect for act in outcome.acts[contact]]
    written = [e.name if isinstance(e, SetField) else e.field for e in effects if isinstance(e, SetField | Marked)]
    return told + written.count(cause.name)


def sent(outcome: Outcome, made: Program, contact: str, channel: str) -> Iterator[tuple[str, dt.date]]:
    """The journey and the day, in the project's zone, of each message to a contact."""
    local = zone(made.settings.zone or "UTC")
    for act in outcome.acts[contact]:
        effect = act.effect
        if not isinstance(effect, Send):
            continue
        if (NOTIFY if effect.template is None else effect.channel) == channel:
            yield effect.identity.journey, local.date(act.tick)


def heaps(dates: list[dt.date], days: int) -> int:
    """The most of these in so many days in a row."""
    return max((sum(start <= each < start + dt.timedelta(days) for each in dates) for start in dates), default=0)


def months_of(dates: list[dt.date]) -> int:
    """The most of these in one calendar month."""
    return max(Counter((each.year, each.month) for each in dates).values(), default=0)


__all__ = ["ChannelMost", "JourneyMost", "causes", "days_of", "heaps", "months_of", "most", "sent"]
