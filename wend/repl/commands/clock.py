"""Time: the clock, ticks, and going on until something has happened."""

import datetime as dt
from collections.abc import Iterable, Iterator

from wend.dsl.diagnostics import WendError
from wend.dsl.period import Period
from wend.repl.answer import Answer, say
from wend.repl.commands.command import Command, Wants
from wend.repl.happened import Happened, happened
from wend.repl.line import Line
from wend.repl.session import Session, Tick, minute
from wend.runtime.calendar import ONE_MINUTE
from wend.runtime.evaluation.interpret import evaluate
from wend.runtime.telling.spell import spell_time
from wend.runtime.telling.tell import time_as_json
from wend.runtime.values import Instant
from wend.stdlib.declare import kind_of, with_article

MOST_TICKS = 20_000
MOST_LINES = 40
"""How many lines of what happened are shown."""
MANY = 4
"""So many contacts to whom the same happens share a line."""


def at(session: Session, line: Line) -> Answer:
    """Say what time it is, or set the clock."""
    if not line.rest:
        return say(_it_is(session), now=time_as_json(session.now))
    undone = session.set_clock(moment(session, line))
    lines = [_it_is(session)]
    if undone:
        lines.append("1 tick undone" if undone == 1 else f"{undone} ticks undone")
    return say(*lines, now=time_as_json(session.now), undone=undone)


def moment(session: Session, line: Line) -> Instant:
    """The moment that an argument names, in the zone of the session."""
    try:
        told = dt.datetime.fromisoformat(line.rest)
    except ValueError:
        pass
    else:
        return minute(session.zone.at(told.date(), told.time()) if told.tzinfo is None else told)
    made = session.expression(line.expression())
    value = evaluate(made.expr, session.env() if session.current else session.nobody()).value
    match value:
        case dt.datetime():
            return minute(value)
        case dt.date():
            return session.zone.day_start(value)
        case dt.time():
            return session.zone.at(session.zone.date(session.now), value)
        case _:
            found = "unknown" if value is None else with_article(kind_of(value))
            raise WendError(f"a time is expected, this is {found}", "write `:at 2026-05-10 9am`, say")


def tick(session: Session, line: Line) -> Answer:
    """One tick now. Where nothing is due now, when it will be."""
    line.nothing(":tick")
    due = session.due()
    if due is None:
        return say("nothing will happen without news", ticks=0, happened=[])
    if due > session.now + ONE_MINUTE:
        at = f"{spell_time(due, session.zone)} {session.zone.name}"
        return say(f"nothing is due before {at}", "`:advance` goes there", ticks=0, happened=[], due=time_as_json(due))
    return _told(session, [session.tick(due)])


def advance(session: Session, line: Line) -> Answer:
    """Go on for so long, or to the next tick, with a tick whenever something is due."""
    if not line.rest:
        due = session.due()
        if due is None:
            return say("nothing will happen without news", ticks=0, happened=[])
        return _told(session, [session.tick(due)])
    made = session.expression(line.expression())
    length = evaluate(made.expr, session.nobody()).value
    if not isinstance(length, Period):
        found = "unknown" if length is None else with_article(kind_of(length))
        raise WendError(f"a duration is expected, this is {found}", "write `:advance 120 days`, say")
    until = session.zone.add(session.now, length)
    if until <= session.now:
        raise WendError("time goes on, not back", "`:back` undoes a tick, and `:at` sets the clock")
    return _told(session, session.advance(until, MOST_TICKS))


def _told(session: Session, ticks: Iterable[Tick]) -> Answer:
    """What the ticks did, and what time it is afterwards."""
    made: list[Tick] = []
    lines: list[Happened] = []
    for each in ticks:
        made.append(each)
        for id, outcome in each.stepped:
            lines += happened(id, each.at, outcome, session.program, session.zone)
    several = len(session.ids) > 1
    shown = [f"{spell_time(at, session.zone)}  {who if several else ''}{what}" for at, who, what in _gathered(lines)]
    if len(shown) > MOST_LINES:
        shown = [*shown[:MOST_LINES], f"… and {len(shown) - MOST_LINES:,} lines more"]
    if not shown:
        shown = ["nothing happened"]
    shown.append(_it_is(session))
    told = [
        {"at": time_as_json(each.at), "contact": each.contact, "journey": each.journey, "what": each.what}
        for each in lines
    ]
    return say(*shown, ticks=len(made), happened=told, now=time_as_json(session.now))


def _gathered(lines: list[Happened]) -> Iterator[tuple[Instant, str, str]]:
    """What happened, in order; the same thing for many contacts at one tick is told once, where it came first."""
    groups: dict[tuple[Instant, str], list[str]] = {}
    for each in lines:
        groups.setdefault((each.at, each.what), []).append(each.contact)
    told: set[tuple[Instant, str]] = set()
    for each in lines:
        key = each.at, each.what
        contacts = groups[key]
        if len(contacts) < MANY:
            yield each.at, f"{each.contact}  ", each.what
        elif key not in told:
            told.add(key)
            yield each.at, f"{len(contacts):,} contacts  ", each.what


def back(session: Session, line: Line) -> Answer:
    """Undo the last tick."""
    line.nothing(":back")
    undone = session.back()
    at = spell_time(undone.at, session.zone)
    return say(f"the tick of {at} is undone", _it_is(session), undone=time_as_json(undone.at))


def _it_is(session: Session) -> str:
    return f"it is {session.zone.local(session.now):%A} {spell_time(session.now, session.zone)} {session.zone.name}"


COMMANDS = (
    Command("at", ":at [TIME]", "what time it is, or set the clock: no tick is made", at, Wants.EXPRESSION),
    Command("tick", ":tick", "one tick, now", tick),
    Command(
        "advance",
        ":advance [DURATION]",
        "go on, with a tick whenever something is due; without a duration to the next one",
        advance,
        Wants.EXPRESSION,
    ),
    Command("back", ":back", "undo the last tick, and what was told since", back),
)
