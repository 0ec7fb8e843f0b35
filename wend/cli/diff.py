"""`wend diff OLD NEW`: who would get more, less, other, earlier or later messages from a new version."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from attrs import evolve, frozen

from wend.cli.dates import day
from wend.cli.output import format_option, print_json
from wend.data.population import Population, load_population, open_with_data
from wend.difference.cause import Course, Missed, Parting, courses, explained, first_missed, parting
from wend.difference.messages import Change, ContactDifference, Difference, MessageLog, Sent, compare
from wend.dsl.core import Place
from wend.dsl.words import count_of
from wend.playing import Period, play
from wend.project.workspace import Workspace, open_workspace, with_fields
from wend.runtime.calendar import Zone
from wend.runtime.effects import TraceEntry
from wend.runtime.telling.tell import answer_as_json, tell

WORDS = {
    Change.MORE: "more messages",
    Change.LESS: "fewer messages",
    Change.OTHER: "others in their place",
    Change.EARLIER: "a message earlier",
    Change.LATER: "a message later",
}


@click.command(name="diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts, in the place of the new one's.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
@click.option("--from", "start", type=day, metavar="DATE", required=True, help="The first day, such as 2026-01-01.")
@click.option("--to", "end", type=day, metavar="DATE", required=True, help="The last day, included whole.")
@click.option("--timezone", help="The zone of the days, in the place of the projects'.")
@click.option(
    "--examples", type=click.IntRange(0, 100), default=3, show_default=True, help="Contacts to name for each."
)
@format_option()
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def command(
    old: Path,
    new: Path,
    contacts: Path | None,
    events: tuple[Path, ...],
    start: dt.date,
    end: dt.date,
    timezone: str | None,
    examples: int,
    form: str,
    quiet: bool,
) -> int:
    """Play two versions of a project or script over the same contacts and events, and compare the messages.

    The data are those of NEW unless files are named. Days are those of its zone.
    """
    if end < start:
        raise click.UsageError(f"the last day, {end}, is before the first, {start}")
    after, population = open_with_data(new, contacts, events, timezone)
    before, earlier = _old(old, after, contacts, events, population)
    period = Period(start, end)
    difference = compare(
        _messages(before, earlier, period, "old", quiet), _messages(after, population, period, "new", quiet)
    )
    named = _named(difference, examples)
    ids = [each.contact for each in named]
    was, now = courses(before, earlier, period, ids), courses(after, population, period, ids)
    examples_of = [
        Example(
            each,
            parting(was[each.contact].trace, now[each.contact].trace),
            _why(each, (before, was[each.contact]), (after, now[each.contact]), period),
        )
        for each in named
    ]
    if form == "json":
        print_json(as_json(difference, examples_of, period))
    else:
        click.echo(as_text(difference, examples_of, after.project.zone, len(population.contacts)), nl=False)
    return 0


@frozen
class Example:
    """A contact for whom something is otherwise: where the versions part, and why a message is not sent by one."""

    difference: ContactDifference
    part: Parting | None
    missed: Missed | None


def _why(
    each: ContactDifference, old: tuple[Workspace, Course], new: tuple[Workspace, Course], period: Period
) -> Missed | None:
    missed = first_missed(each)
    return None if missed is None else explained(missed, *(new if missed.new else old), period)


def _old(
    path: Path, new: Workspace, contacts: Path | None, events: tuple[Path, ...], population: Population
) -> tuple[Workspace, Population]:
    """The old version and the same data as it reads them."""
    workspace = open_workspace(path)
    workspace = evolve(workspace, project=evolve(workspace.project, zone=new.project.zone, zone_told=True))
    program = workspace.sound()
    read = load_population(new.project, program, contacts, events)
    if program.schema.contact is None and not read.made_up:
        workspace = with_fields(workspace, population.fields())
        workspace.sound()
    return workspace, read


def _messages(
    workspace: Workspace, population: Population, period: Period, label: str, quiet: bool
) -> Mapping[str, list[Sent]]:
    log = MessageLog()
    play(workspace, population, period, on_step=log.take, quiet=quiet, label=label)
    return log.messages


def _named(difference: Difference, examples: int) -> list[ContactDifference]:
    """A few contacts for each change, those whose first difference comes first."""
    found: dict[str, ContactDifference] = {}
    for change in Change:
        for each in sorted(difference.having(change), key=lambda each: (each.first, each.contact))[:examples]:
            found[each.contact] = each
    return sorted(found.values(), key=lambda each: (each.first, each.contact))


def as_text(
    difference: Difference,
    examples: Iterable[Example],
    zone: Zone,
    contacts: int,
) -> str:
    """The difference for a person."""
    same = contacts - len(difference.contacts)
    lines = [
        f"{count_of(difference.before, 'message')} before, {difference.after:,} after",
        "",
        *_counted("nothing else", same),
    ]
    for change in Change:
        lines += _counted(WORDS[change], len(difference.having(change)))
    changed = [kind for kind in difference.kinds if kind.gone or kind.added or kind.earlier or kind.later]
    if changed:
        width = max(len(f"{kind.channel} {kind.template}") for kind in changed)
        heads = ("before", "after", "gone", "new", "earlier", "later")
        lines += ["", " " * (width + 2) + "".join(f"{head:>10}" for head in heads)]
        for kind in changed:
            numbers = (kind.before, kind.after, kind.gone, kind.added, kind.earlier, kind.later)
            lines.append(f"  {kind.channel + ' ' + kind.template:<{width}}" + "".join(f"{n:>10,}" for n in numbers))
    for example in examples:
        each = example.difference
        lines += ["", f"{each.contact}: {', '.join(WORDS[c] for c in Change if c in each.changes)}"]
        lines += _told(each, zone)
        lines += _parted(example.part, zone)
        lines += _missed(example.missed, zone)
    return "\n".join(lines) + "\n"


def _counted(words: str, count: int) -> list[str]:
    return [f"  {count:>9,} {'contact' if count == 1 else 'contacts'}: {words}"]


def _told(each: ContactDifference, zone: Zone) -> list[str]:
    lines = [(sent.at, f"- {sent.channel} {sent.template}", sent.at) for sent in each.gone]
    lines += [(sent.at, f"+ {sent.channel} {sent.template}", sent.at) for sent in each.added]
    moved = [
        (m.before, f"~ {m.channel} {m.template}, {'earlier' if m.after < m.before else 'later'}:", m.after)
        for m in each.moved
    ]
    out = [f"  {_time(at, zone)}  {text}" for _, text, at in sorted(lines)]
    return out + [f"  {_time(at, zone)}  {text} {_time(to, zone)}" for at, text, to in sorted(moved)]


def _parted(found: Parting | None, zone: Zone) -> list[str]:
    """What each version does at the moment at which they part."""
    if found is None:
        return ["  both do the same for this contact alone: others share its address, or a quota"]
    lines = [f"  they part at {_time(found.at, zone)}"]
    for name, entries in (("old", found.old), ("new", found.new)):
        told = [_entry(entry) for entry in entries] or ["nothing"]
        lines += [f"    {name if number == 0 else '   '}  {text}" for number, text in enumerate(told)]
    return lines


def _missed(missed: Missed | None, zone: Zone) -> list[str]:
    """Why the version that does not send a message does not."""
    if missed is None:
        return []
    side = "new" if missed.new else "old"
    head = f"  why the {side} version does not send {missed.channel} {missed.template} at {_time(missed.at, zone)}"
    told = [line for answer in missed.answers for line in tell(answer)] or ["nothing in it sends such a message"]
    return [head, *(f"    {line}" for line in told)]


def _entry(entry: TraceEntry) -> str:
    words = " ".join(word for word in (entry.kind, entry.reason and f"({entry.reason})", entry.detail) if word)
    said = entry.step or entry.trigger
    where = "" if entry.place is None else f"  {_line(entry.place)}"
    return f"{entry.journey}: {words}" + (f", `{said}`" if said else "") + where


def _line(place: Place) -> str:
    return f"{Path(place.source.name).name}:{place.source.line_col(place.span.start)[0]}"


def _time(at: dt.datetime, zone: Zone) -> str:
    return f"{zone.local(at):%Y-%m-%d %H:%M}"


def as_json(difference: Difference, examples: Iterable[Example], period: Period) -> dict[str, object]:
    """The difference for other programs; times are UTC."""
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "messages": {"old": difference.before, "new": difference.after},
        "contacts": {change.value: len(difference.having(change)) for change in Change},
        "kinds": [
            {
                "channel": kind.channel,
                "template": kind.template,
                "old": kind.before,
                "new": kind.after,
                "gone": kind.gone,
                "added": kind.added,
                "earlier": kind.earlier,
                "later": kind.later,
            }
            for kind in difference.kinds
        ],
        "examples": [_example(example) for example in examples],
    }


def _example(example: Example) -> dict[str, object]:
    each, found, missed = example.difference, example.part, example.missed

    def sent(some: Iterable[Sent]) -> list[dict[str, str]]:
        return [{"at": one.at.isoformat(), "channel": one.channel, "template": one.template} for one in some]

    def entries(some: Iterable[TraceEntry]) -> list[str]:
        return [_entry(entry) for entry in some]

    return {
        "contact": each.contact,
        "changes": [change.value for change in Change if change in each.changes],
        "gone": sent(each.gone),
        "added": sent(each.added),
        "moved": [
            {
                "channel": m.channel,
                "template": m.template,
                "old": m.before.isoformat(),
                "new": m.after.isoformat(),
            }
            for m in each.moved
        ],
        "part": None
        if found is None
        else {"at": found.at.isoformat(), "old": entries(found.old), "new": entries(found.new)},
        "missed": None
        if missed is None
        else {
            "by": "new" if missed.new else "old",
            "at": missed.at.isoformat(),
            "channel": missed.channel,
            "template": missed.template,
            "why": [answer_as_json(answer) for answer in missed.answers],
        },
    }
