"""Where two versions part for one contact: the first moment at which something else happens, and what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from attrs import define, evolve, field, frozen

from wend.data.population import Population
from wend.difference.messages import ContactDifference
from wend.dsl import plan
from wend.playing import Period, play
from wend.project.workspace import Workspace
from wend.runtime.contact import Contact
from wend.runtime.effects import Step, TraceEntry
from wend.runtime.state import State
from wend.runtime.telling.whynot import WhyNot, why_not
from wend.runtime.values import Instant


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


@define
class Course:
    """What a version does for one contact: its trace, decisions and waits included, and how it stood after a step."""

    trace: list[TraceEntry] = field(factory=list)
    stands: list[tuple[Instant, Contact, State]] = field(factory=list)


def courses(workspace: Workspace, population: Population, period: Period, contacts: Iterable[str]) -> dict[str, Course]:
    """What a version does for some contacts.

    Others play no part: contacts meet only in what addresses refuse and in a quota.
    """
    wanted = set(contacts)
    few = evolve(
        population,
        contacts=[record for record in population.contacts if record.id in wanted],
        events=[record for record in population.events if record.contact in wanted],
    )
    found = {name: Course() for name in wanted}

    def take(contact: str, now: Instant, outcome: Step) -> None:
        found[contact].trace += outcome.trace
        found[contact].stands.append((now, outcome.contact, outcome.state))

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


@frozen
class Missed:
    """Why one of the versions does not send a message that the other sends.

    Args:
        new: it is the new version that does not.
        at: when the other sends it.
        answers: for each trigger that sends such a message what keeps it; empty where no trigger does.
    """

    new: bool
    at: Instant
    channel: str
    template: str
    answers: tuple[WhyNot, ...]


def first_missed(each: ContactDifference) -> Missed | None:
    """The first message that one of the versions does not send at that time, not yet explained."""
    found = [(sent.at, True, sent.channel, sent.template) for sent in each.gone]
    found += [(sent.at, False, sent.channel, sent.template) for sent in each.added]
    found += [(min(m.before, m.after), m.before < m.after, m.channel, m.template) for m in each.moved]
    if not found:
        return None
    at, new, channel, template = min(found)
    return Missed(new, at, channel, template, ())


def explained(missed: Missed, workspace: Workspace, course: Course, period: Period) -> Missed:
    """The same with what keeps each trigger of the version that does not send it."""
    stands = [stand for stand in course.stands if stand[0] <= missed.at]
    if not stands:
        return missed
    _, contact, state = stands[-1]
    rules, past = workspace.rules(), [entry for entry in course.trace if entry.at <= missed.at]
    start = workspace.project.zone.day_start(period.first)
    facts = evolve(workspace.facts(), live_since={journey.name: start for journey in rules.program.journeys})
    answers = [
        answer
        for journey in rules.program.journeys
        for trigger in journey.triggers
        if any(_sends(op, missed) for op in trigger.body)
        for answer in why_not(rules, contact, state, missed.at, facts, journey.name, trigger.id, missed.template, past)
    ]
    return evolve(missed, answers=tuple(answers))


def _sends(op: plan.Operation, missed: Missed) -> bool:
    return isinstance(op, plan.Send) and (op.channel, op.template) == (missed.channel, missed.template)


def _by_time(trace: Sequence[TraceEntry]) -> Iterator[tuple[Instant, list[TraceEntry]]]:
    for at, entries in groupby(trace, lambda entry: entry.at):
        yield at, list(entries)


def _what(entry: TraceEntry) -> What:
    return entry.kind, entry.journey, entry.reason, entry.detail if entry.kind == "sent" else None


def _only(entries: Iterable[TraceEntry], rest: Counter[What]) -> Iterator[TraceEntry]:
    for entry in entries:
        if rest[_what(entry)] > 0:
            rest[_what(entry)] -= 1
            yield entry
