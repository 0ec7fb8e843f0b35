"""Small scripts on a stage of one contact: for the rows of the table that can be said in a few lines."""

import datetime as dt
from collections.abc import Mapping
from textwrap import dedent

from attrs import evolve

from tests.laws.harness import DUE, Manner, Outcome, Stage, drive, rules_of
from tests.strategies.histories import ADDRESSES, Arrival, History, Newcomer, Pause
from tests.strategies.scenes import SCHEMA
from wend.runtime.contact import Change, Event
from wend.runtime.effects import Facts, Send
from wend.runtime.values import UTC, Instant, Value

BASE: Mapping[str, Value] = {"email": ADDRESSES[0], "phone": "+331234", "plan": "a", "consent_email": True}
START = "2024-05-14 12:00"


def at(text: str) -> Instant:
    """An instant in UTC; without a year in 2024."""
    return dt.datetime.fromisoformat(text if len(text.split("-")) == 3 else f"2024-{text}").replace(tzinfo=UTC)


def event(when: str, name: str, *, id: str = "", happened: str = "", who: str = "c1", **payload: Value) -> Arrival:
    """An event that arrives at a time; it happened then, or earlier."""
    return Arrival(who, at(when), Event(id or f"{name} {when}", name, at(happened or when), payload))


def change(when: str, *, who: str = "c1", **fields: Value) -> Arrival:
    """New data."""
    return Arrival(who, at(when), Change(f"change {when}", at(when), fields))


def play(
    script: str,
    *arrivals: Arrival,
    start: str = START,
    hours: int = 72,
    manner: Manner = DUE,
    imported: bool = False,
    past: tuple[Arrival, ...] = (),
    people: tuple[str, ...] = ("c1",),
    facts: Facts | None = None,
    paused: tuple[str, str] | None = None,
    **fields: Value,
) -> Outcome:
    """A script played for a contact (or more) from the start on.

    Args:
        paused: from when until when the journey `j` is switched off by hand.
        past: events that come with the contact when it is first seen.
        fields: the contact's data, besides or instead of `BASE`.
    """
    began = at(start)
    events = tuple(a.item for a in past if isinstance(a.item, Event))
    own: dict[str, Value] = {key: value for key, value in {**BASE, **fields}.items() if value is not None}
    newcomers = tuple(Newcomer(id, began, own, events, imported) for id in people)
    ordered = tuple(sorted(arrivals, key=lambda a: a.at))
    history = History(newcomers, ordered, began, began + dt.timedelta(hours=hours))
    stage = Stage(rules_of(SCHEMA + dedent(script)), history)
    if paused is not None:
        stage = evolve(stage, pauses=(Pause("j", at(paused[0]), at(paused[1])),))
    return drive(stage if facts is None else evolve(stage, facts=facts), manner)


def sent(outcome: Outcome, who: str = "c1") -> list[str]:
    """The messages of a contact, in UTC: `05-14 12:00 hello`."""
    return [
        f"{act.tick:%m-%d %H:%M} {act.effect.template}" for act in outcome.acts[who] if isinstance(act.effect, Send)
    ]


def noted(outcome: Outcome, kind: str, who: str = "c1") -> list[str]:
    """When something of a kind was traced: `05-14 12:00`, with the reason where there is one."""
    return [
        f"{entry.at:%m-%d %H:%M}" + (f" {entry.reason}" if entry.reason else "")
        for entry in outcome.traces[who]
        if entry.kind == kind
    ]
