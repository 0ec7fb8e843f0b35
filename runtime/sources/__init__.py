"""Contacts and events from data files: CSV, NDJSON and Parquet.

`read_contacts` and `read_events` read one file as a stream; `load_contacts` and `load_events` read several, whole or
not at all; `check_events_known` and `check_events_past` hold events against the contacts and the clock.
"""

from wend.runtime.sources.errors import BadRows, SourceError
from wend.runtime.sources.load import Policy, check_events_known, check_events_past, load_contacts, load_events
from wend.runtime.sources.mapping import ContactMapping, EventMapping
from wend.runtime.sources.reader import Tally, read_contacts, read_events
from wend.runtime.sources.records import ContactRecord, EventRecord

__all__ = [
    "BadRows",
    "ContactMapping",
    "ContactRecord",
    "EventMapping",
    "EventRecord",
    "Policy",
    "SourceError",
    "Tally",
    "check_events_known",
    "check_events_past",
    "load_contacts",
    "load_events",
    "read_contacts",
    "read_events",
]
