"""Another script is made live while contacts are under way: what goes on, what begins anew, what is not repeated."""

import datetime as dt
from textwrap import dedent

from tests.laws.harness import Manner, rules_of
from tests.laws.scripts import BASE, at, change, event, play, sent
from tests.strategies.histories import Arrival
from tests.strategies.scenes import SCHEMA
from wend.runtime.calendar import ceil_minute
from wend.runtime.contact import Change, Contact, Event, Inbox
from wend.runtime.effects import Facts
from wend.runtime.rules import Rules
from wend.runtime.state import NEW
from wend.runtime.tick.step import step

Lines = list[tuple[str, str | None]]


def version(script: str, *older: Rules) -> Rules:
    """The rules of a script, with older versions kept."""
    rules = rules_of(SCHEMA + dedent(script))
    return Rules(rules.program, rules.functions, {kept.program.version: kept.program for kept in older})


def lives(*parts: tuple[str, Rules], until: str, arrivals: tuple[Arrival, ...] = ()) -> Lines:
    """What was sent and what went wrong for a contact that lives under one version after the other, each from a time.

    A version that is made live wakes every contact.
    """
    contact, state, lines = Contact("c1"), NEW, Lines()
    waiting = sorted(arrivals, key=lambda each: each.at)
    inbox = Inbox((Change("first", at(parts[0][0]), BASE),))
    for number, (start, rules) in enumerate(parts):
        now = at(start)
        end = at(parts[number + 1][0]) if number + 1 < len(parts) else at(until)
        while now < end:
            items = [each.item for each in waiting if ceil_minute(each.at) <= now]
            waiting = waiting[len(items) :]
            events = tuple(item for item in items if isinstance(item, Event))
            changes = tuple(item for item in items if isinstance(item, Change))
            inbox = Inbox((*inbox.changes, *changes), (*inbox.events, *events))
            done = step(rules, contact, state, inbox, now, Facts())
            contact, state, inbox = done.contact, done.state, Inbox()
            lines += [
                (f"{now:%m-%d %H:%M}", line.detail or line.reason)
                for line in done.trace
                if line.kind in ("sent", "problem")
            ]
            now = ceil_minute(min([done.wake, end, *(each.at for each in waiting)]))
    return lines


WAITS = """
    journey j
        on visit
            wait 1 hour
            send email "old"
    journey gone
        reenter always
        exit when plan = "b"
        on visit
            wait 1 hour
            send email "gone"
"""
NEWER = """
    journey j
        on visit
            wait 1 hour
            send email "new"
"""


def test_a_path_finishes_on_the_version_it_began_on_and_so_does_one_of_a_journey_that_is_gone() -> None:
    old = version(WAITS)
    visits = (event("05-14 13:00", "visit"), event("05-14 15:00", "visit"))
    lines = lives(("05-14 12:00", old), ("05-14 13:30", version(NEWER, old)), until="05-14 20:00", arrivals=visits)
    assert lines == [("05-14 14:00", "old"), ("05-14 14:00", "gone"), ("05-14 16:00", "new")]


def test_a_journey_that_is_gone_still_ends_by_its_own_header() -> None:
    old = version(WAITS)
    news = (event("05-14 13:00", "visit"), change("05-14 13:40", plan="b"))
    lines = lives(("05-14 12:00", old), ("05-14 13:30", version(NEWER, old)), until="05-14 20:00", arrivals=news)
    assert lines == [("05-14 14:00", "old")]


def test_a_path_whose_version_is_not_kept_ends_and_that_is_said() -> None:
    visits = (event("05-14 13:00", "visit"), event("05-14 15:00", "visit"))
    lines = lives(
        ("05-14 12:00", version(WAITS)), ("05-14 13:30", version(NEWER)), until="05-14 20:00", arrivals=visits
    )
    # Its trigger is free again.
    assert lines == [("05-14 13:30", "its version is not kept"), ("05-14 16:00", "new")]


def test_a_schedule_that_was_changed_begins_with_what_is_to_come() -> None:
    old = version("""
        journey j
            every day at 9am
                send email "daily"
            once on 2024-05-15 at 9am
                send email "once"
    """)
    new = version(
        """
        journey j
            every day at 8am
                send email "daily"
            once on 2024-05-15 at 8am
                send email "once"
        """,
        old,
    )
    lines = lives(("05-14 12:00", old), ("05-15 15:00", new), until="05-16 12:00")
    assert lines == [("05-15 09:00", "daily"), ("05-15 09:00", "once"), ("05-16 08:00", "daily")]


def test_an_occurrence_missed_in_an_outage_was_looked_at_before() -> None:
    script = """
        journey j
            once on 2024-05-15 at 9am
                send email "once"
            every year on signup at 9am
                send email "yearly"
    """
    outage = Manner(outage=(at("05-15 08:55"), at("05-15 09:30")))
    outcome = play(script, signup=dt.date(2023, 5, 15), manner=outage)
    assert sent(outcome) == ["05-15 09:30 once", "05-15 09:30 yearly"]


def test_who_was_skipped_outside_the_audience_is_armed_by_the_first_run() -> None:
    script = """
        journey j
            audience contacts where consent_email
            backlog skip
            when plan = "a"
                send email "hello"
    """
    joins = change("05-14 14:00", consent_email=True)
    assert sent(play(script, joins, imported=True, consent_email=False)) == []
    away, back = change("05-14 13:00", plan="b"), change("05-14 15:00", plan="a")
    outcome = play(script, away, joins, back, imported=True, consent_email=False)
    assert sent(outcome) == ["05-14 15:00 hello"]
