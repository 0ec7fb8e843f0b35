"""Quotas that what is sent can use up: by one contact alone, or by the contacts that there are."""

import math
from collections.abc import Iterator, Mapping

from wend.dsl import program
from wend.dsl.analysis.report import warning
from wend.dsl.bounds.most import ChannelMost, JourneyMost, most_of
from wend.dsl.bounds.tell import causes_text, number_text
from wend.dsl.core import Hint
from wend.dsl.diagnostics import Diagnostic

CODE = "W427"
Groups = Mapping[frozenset[str], int]
"""How many contacts can get messages of just these journeys."""


def alone(made: program.Program) -> Iterator[Diagnostic]:
    """Quotas that one contact alone can use up."""
    for quota in made.settings.quotas:
        most = most_of(made, quota.channel, quota.unit)
        if not _refuses(most) or most.counted() <= quota.count:
            continue
        gets = f"up to {number_text(most.counted())} {quota.channel} a {quota.unit}"
        if most.counted() == math.inf:
            gets = f"any number of {quota.channel}"
        message = f"one contact alone can use up the quota of {quota.count:_}: it can get {gets}"
        yield from _warning(quota, most, message, _help(quota, 0))


def together(made: program.Program, quota: program.Quota, groups: Groups) -> Iterator[Diagnostic]:
    """A quota that the contacts of the data can use up, of whom none can alone.

    Args:
        groups: how many contacts can get messages of which journeys.
    """
    most = most_of(made, quota.channel, quota.unit)
    every = [(most.counted(names), number) for names, number in groups.items()]
    total = sum(count * number for count, number in every if count)
    contacts = sum(number for count, number in every if count)
    if not _refuses(most) or most.counted() > quota.count or total <= quota.count:
        return
    largest = max(count for count, _ in every)
    who = "1 contact" if contacts == 1 else f"the {contacts:_} contacts of the data"
    message = (
        f"the quota of {quota.count:_} can run out: {who} can get up to {number_text(largest)} {quota.channel} "
        f"a {quota.unit} each, {number_text(total)} in all"
    )
    yield from _warning(quota, most, message, _help(quota, quota.count // contacts))


def _refuses(most: ChannelMost) -> bool:
    """Whether anything is sent that a quota refuses."""
    return any(not each.journey.transactional for each in most.journeys)


def _help(quota: program.Quota, left: int) -> str:
    such = f"`limit 2 {quota.channel} per 7 days` under `settings`"
    lower = f"limit what one contact gets, such as {such}, or raise the quota"
    length = {"day": "1 day", "week": "7 days", "month": "31 days", "year": "366 days"}[quota.unit]
    if 1 <= left < 100:
        lower = f"write `limit {left} {quota.channel} per {length}` under `settings`, or raise the quota"
    return f"{lower}; `priority` says who goes first, and this is the most that can be, not what will be"


def _warning(quota: program.Quota, most: ChannelMost, message: str, help: str) -> Iterator[Diagnostic]:
    if quota.place is not None:
        parts = sorted((*most.journeys, *most.internal), key=lambda each: -each.most.known)
        hints = [hint for each in parts if (hint := _share(each, quota)) is not None]
        yield warning(CODE, message, quota.place, help, *hints[:5])


def _share(each: JourneyMost, quota: program.Quota) -> Hint | None:
    """What a journey adds to it."""
    place = each.journey.place
    if place is None:
        return None
    internal = "internal mail" if each.most.known == 1 else "internal mails"
    what = internal if each.channel != quota.channel else quota.channel
    parts = [f"up to {number_text(each.most.known)} {what} for each contact"] if each.most.known else []
    if each.most.known < each.most.cap and (more := causes_text(each.most)):
        parts.append(f"{'besides, ' if parts else ''}{more}")
    return Hint(place, "; ".join(parts)) if parts else None
