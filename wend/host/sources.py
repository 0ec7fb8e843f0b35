"""Where a host's contacts and events come from: anything that can say what is new since it was last asked."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from attrs import frozen

from wend.runtime.sources import ContactRecord, EventRecord


@frozen
class Batch:
    """What a source has to tell.

    Args:
        contacts, events: as `Engine.ingest` takes them.
        cursor: a text by which the source knows, at the next reading, what was told already: a time, a number, a
            token. None: nothing is remembered, and everything is told again.
    """

    contacts: Iterable[ContactRecord | Mapping[str, object]] = ()
    events: Iterable[EventRecord | Mapping[str, object]] = ()
    cursor: str | None = None


class Source(Protocol):
    """A source of contacts and events, read by `Engine.pull`."""

    @property
    def name(self) -> str:
        """By this name the store remembers the cursor; no two sources of an engine have one name."""
        ...

    def read(self, cursor: str | None) -> Batch:
        """What is new.

        What it gives and its cursor are kept together or not at all, so nothing is lost and nothing counts twice.
        What it says again changes nothing: a contact that is the same, an event whose id is known.

        Args:
            cursor: that of the last reading that was kept; None at the first, which counts as an import.
        """
        ...
