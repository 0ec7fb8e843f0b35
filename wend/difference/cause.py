"""Where two versions part for one contact: the first moment at which something else happens, and what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from attrs import evolve, frozen

from wend.playing import Period, play
from wend.population import Population
from wend.runtime.effects import Step, TraceEntry
from wend.runtime.values import Instant
from wend.workspace import Workspace


@frozen
class Parting:
    """The first moment at which two versions do not do the same for a contact.

    Args:
        old, new: what only that version does then.
    """

    at: Instant
    old: tuple[TraceEntry, ...]
    new: tuple[TraceEntry, ...]


What = tuple[str, str, str | None, str | None]
Traces = Mapping[str, Sequence[TraceEntry]]


def traces(workspace: Workspace, population: Population, period: Period, contacts: Iterable[str]) -> Traces:
    """What a version does for some contacts, with every decision and wait.

    Others play no part: contacts meet only in what addresses refuse and in a quota.
    """
    wanted = set(contacts)
    few = evolve(
        population,
        contacts=[record for record in population.contacts if record.id in wanted],
        events=[record for record in population.events if record.contact in wanted],
    )
    found: dict[str, list[TraceEntry]] = {name: [] for name in wanted}

    def take(contact: str, now: Instant, outcome: Step) -> None:
        found[contact] += outcome.trace

    play(workspace, few, period, on_step=take, explain=True)
    return found


def parting(old: Sequence[TraceEntry], new: Sequence[TraceEntry]) -> Parting | None:
    """Where two traces of a contact part; None where they tell the same. Places and the wording of triggers do not
    count, so that a rule may be moved and rewritten."""
    before, after = dict(_by_time(old)), dict(_by_time(new))
    for at in sorted(before.keys() | after.keys()):
        was, now = before.get(at, []), after.get(at, [])
        left, right = Counter(map(_what, was)), Counter(map(_what, now))
        if left != right:
            return Parting(at, tuple(_only(was, left - right)), tuple(_only(now, right - left)))
    return None


def _by_time(trace: Sequence[TraceEntry]) -> Iterator[tuple[Instant, list[TraceEntry]]]:
    for at, entries in groupby(trace, lambda entry: entry.at):
        yield at, list(entries)


def _what(entry: TraceEntry) -> What:
    return entry.kind, entry.journey, entry.reason, entry.detail


def _only(entries: Iterable[TraceEntry], rest: Counter[What]) -> Iterator[TraceEntry]:
    for entry in entries:
        if rest[_what(entry)] > 0:
            rest[_what(entry)] -= 1
            yield entry
