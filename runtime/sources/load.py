"""Whole loads: all the contacts, or all the events, of several files, checked against one another and the clock."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from wend.runtime.calendar import Zone, zone
from wend.runtime.sources.errors import Problems
from wend.runtime.sources.mapping import ContactMapping, EventMapping
from wend.runtime.sources.reader import Tally, Types, read_contacts, read_events
from wend.runtime.sources.records import ContactRecord, EventRecord


class Policy(StrEnum):
    """What to do with an event that cannot be: refuse the load, or leave the event out and count it."""

    ERROR = "error"
    SKIP = "skip"


def load_contacts(
    paths: Iterable[Path], mapping: ContactMapping, zone: Zone, types: Types | None = None
) -> list[ContactRecord]:
    """All contacts of the files, or none: see `read_contacts`. One contact in two files is an error."""
    seen: dict[str, str] = {}
    return [record for path in paths for record in read_contacts(path, mapping, zone, types, seen)]


def load_events(
    paths: Iterable[Path],
    mapping: EventMapping,
    zone: Zone,
    types: Mapping[str, Types] | None = None,
    tally: Tally | None = None,
) -> list[EventRecord]:
    """All events of the files, or none: see `read_events`. Of one id in two files the first wins."""
    tally = tally or Tally()
    events: dict[str, EventRecord] = {}
    for path in paths:
        for event in read_events(path, mapping, zone, types, tally):
            if events.setdefault(event.id, event) is not event:
                tally.duplicates += 1
                tally.events -= 1
    return list(events.values())


def check_events_known(
    events: Iterable[EventRecord],
    contacts: Collection[str],
    policy: Policy = Policy.ERROR,
    tally: Tally | None = None,
) -> Iterator[EventRecord]:
    """Hand on the events of known contacts.

    Args:
        events: in any order.
        contacts: the ids there are (a set or a dict).
        policy: refuse events for nobody, or leave them out.
        tally: counts those left out.

    Raises:
        BadRows: at the end, when there were events for nobody and the policy is to refuse them.
    """
    problems = Problems("events are for nobody")
    for event in events:
        if event.contact in contacts:
            if not problems.total:
                yield event
        elif policy is Policy.ERROR:
            message = f"the event `{event.name}` is for the contact `{event.contact}`, who is not among the contacts"
            help = 'to leave such events out, say `unknown_contact = "skip"` under `[[events]]` in `wend.toml`'
            problems.add(message, event.place, help)
        elif tally is not None:
            tally.unknown_contact += 1
    problems.settle()


def check_events_past(
    events: Iterable[EventRecord],
    now: dt.datetime,
    policy: Policy = Policy.ERROR,
    tally: Tally | None = None,
    shown_in: Zone | None = None,
) -> Iterator[EventRecord]:
    """Hand on the events that have happened by `now` (an instant in UTC).

    Arguments and errors as for `check_events_known`; `shown_in` is the zone in which messages show times, or UTC.
    """
    problems, local = Problems("events are in the future"), shown_in or zone("UTC")
    for event in events:
        if event.at <= now:
            if not problems.total:
                yield event
        elif policy is Policy.ERROR:
            message = (
                f"the event `{event.name}` of the contact `{event.contact}` is in the future: "
                f"{_show(event.at, local)}, and it is {_show(now, local)}"
            )
            help = 'to leave such events out, say `future = "skip"` under `[[events]]` in `wend.toml`'
            problems.add(message, event.place, help)
        elif tally is not None:
            tally.future += 1
    problems.settle()


def _show(time: dt.datetime, local: Zone) -> str:
    return f"{local.local(time):%Y-%m-%d %H:%M} {local.name}"
