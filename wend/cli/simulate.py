"""`wend simulate PATH`: the engine under a virtual clock, over contacts and events; nothing leaves the machine."""

import datetime as dt
from collections import Counter
from pathlib import Path

import click

from wend.cli.dates import day
from wend.cli.output import format_option, print_json
from wend.cli.show import goal_lines, goals_json, show_warnings
from wend.data.assumptions import read_assumptions
from wend.data.population import Population, open_with_data
from wend.dsl.diagnostics import WendError
from wend.dsl.words import count_of
from wend.playing import Period, play
from wend.project.senders import WithSender, senders
from wend.project.workspace import Workspace
from wend.report.collected import Collecting
from wend.report.page import Heading, library, page
from wend.runtime.channels import FolderChannel, Status
from wend.runtime.channels.unsubscribe import NO_UNSUBSCRIBE
from wend.runtime.delivery.messages import EMAIL, Message
from wend.runtime.delivery.rendering import message_of, zone_of
from wend.runtime.effects import Send
from wend.runtime.play.simulate import SimulationResult
from wend.runtime.rules import Rules
from wend.runtime.templates import TemplateError


@click.command(name="simulate")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts, in the place of the project's.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
@click.option("--from", "start", type=day, metavar="DATE", required=True, help="The first day, such as 2026-01-01.")
@click.option("--to", "end", type=day, metavar="DATE", required=True, help="The last day, included whole.")
@click.option("--timezone", help="The zone of the days, in the place of the project's.")
@click.option("--mail", type=click.Path(path_type=Path), help="Write each rendered message into this folder.")
@click.option("--assume", type=click.Path(path_type=Path), help="A file of reactions to assume (TOML).")
@click.option("--report", type=click.Path(path_type=Path), help="Write a page with charts into this file (HTML).")
@format_option()
@click.option("--quiet", "-q", is_flag=True, help="No progress, no remarks.")
def command(
    path: Path,
    contacts: Path | None,
    events: tuple[Path, ...],
    start: dt.date,
    end: dt.date,
    timezone: str | None,
    mail: Path | None,
    assume: Path | None,
    report: Path | None,
    form: str,
    quiet: bool,
) -> int:
    """Play a project or script over contacts and events, from one day to another, both included whole.

    Contacts are there from the start; events before it are their history.
    """
    if end < start:
        raise click.UsageError(f"the last day, {end}, is before the first, {start}")
    if report is not None:
        _ready(report)
    if mail is not None and mail.exists() and not mail.is_dir():
        raise WendError("mails go into a folder, and there is a file of this name", "name a folder", str(mail))
    workspace, population = open_with_data(path, contacts, events, timezone)
    if not quiet:
        _remarks(workspace, population, path, timezone)
    assumed = None if assume is None else read_assumptions(assume, workspace.sound(), workspace.project.zone)
    period, zone = Period(start, end), workspace.project.zone
    post = None if mail is None else _Post(mail, workspace, workspace.rules())
    collecting = None if report is None else Collecting(zone)
    result = play(
        workspace,
        population,
        period,
        on_message=None if post is None else post.take,
        on_step=None if collecting is None else collecting.take,
        react=None if assumed is None else assumed.to_message,
        explain=collecting is not None,
        quiet=quiet,
    )
    if post is not None:
        post.finish()
    if report is not None and collecting is not None:
        name = workspace.project.root.name if workspace.project.script is None else path.stem
        of = Heading(name, start, end, zone.name)
        report.write_text(page(workspace.sound(), collecting.collected(result.contacts), result, of), encoding="utf-8")
    if form == "json":
        print_json(as_json(result, start, end, post))
    else:
        click.echo(as_text(result, start, end, post), nl=False)
    return 1 if post is not None and post.failed else 0


def _ready(report: Path) -> None:
    """See that a report can be made before anything takes time. Raises WendError."""
    if report.is_dir():
        raise WendError("the report is one file, and there is a folder of this name", "name a file", str(report))
    if not report.parent.is_dir():
        raise WendError("there is no such folder for the report", "make it first", str(report.parent))
    library()


def _remarks(workspace: Workspace, population: Population, path: Path, timezone: str | None) -> None:
    """What a person should know before believing the numbers."""
    show_warnings(workspace.diagnostics, str(path), quiet=False)
    if workspace.placeholders:
        click.echo("there is no folder `templates`, so messages have placeholder content", err=True)
    named = timezone is not None or workspace.sound().settings.zone is not None
    if workspace.project.script is not None and not named:
        click.echo("days are those of UTC; --timezone names another zone", err=True)
    if population.made_up:
        click.echo("there is no file of contacts: they are those of the events, with made-up addresses", err=True)
    if population.tally.duplicates:
        click.echo(f"{count_of(population.tally.duplicates, 'event')} left out: its id was there before", err=True)
    if population.tally.unknown_contact:
        click.echo(f"{count_of(population.tally.unknown_contact, 'event')} left out: for nobody", err=True)


class _Post:
    """Writes messages into a folder, a few hundred at a time."""

    BATCH = 200

    def __init__(self, folder: Path, workspace: Workspace, rules: Rules) -> None:
        self.folder, self.workspace, self.rules = folder, workspace, rules
        project, mail = workspace.project, workspace.project.channels.get(EMAIL)
        unsubscribe = NO_UNSUBSCRIBE if mail is None else mail.unsubscribe
        self.channel = WithSender(FolderChannel(folder, False, project.zone.name, unsubscribe), senders(project))
        self.waiting: list[Message] = []
        self.written = 0
        self.there_before = 0 if not folder.is_dir() else sum(1 for _ in folder.iterdir())
        self.failed: Counter[str] = Counter()

    def take(self, send: Send) -> None:
        """Render a message and keep it for the next batch."""
        zone = zone_of(send, self.rules, self.workspace.project.zone.name)
        try:
            self.waiting.append(message_of(send, self.workspace.templates, zone))
        except TemplateError as error:
            self.failed[f"{error.place}: {error.message}" if error.place else error.message] += 1
        if len(self.waiting) >= self.BATCH:
            self.finish()

    def finish(self) -> None:
        """Write what waits."""
        batch, self.waiting = self.waiting, []
        for outcome in self.channel.deliver(batch):
            if outcome.status is Status.RETRY:
                raise WendError(f"messages cannot be written: {outcome.detail}", place=str(self.folder))
            if outcome.status is Status.DELIVERED:
                self.written += 1
            else:
                self.failed[outcome.detail] += 1


def as_json(result: SimulationResult, start: dt.date, end: dt.date, post: _Post | None) -> dict[str, object]:
    """The result for other programs."""
    mail = {} if post is None else {"written": post.written, "failed": dict(post.failed)}
    return {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "contacts": result.contacts,
        "events": result.events,
        "events_later": result.later,
        "ticks": result.ticks,
        "steps": result.steps,
        "effects": {channel: dict(templates) for channel, templates in result.effects.items()},
        "skipped": dict(result.skipped),
        "happened": dict(result.counts.happened),
        "goals": goals_json(result.goals),
        "messages": [
            {"journey": m.journey, "channel": m.channel, "template": m.template, "month": m.month, "count": m.count}
            for m in result.messages
        ],
        **({} if post is None else {"mail": mail}),
    }


def as_text(result: SimulationResult, start: dt.date, end: dt.date, post: _Post | None) -> str:
    """The result for a person: a table of messages by month for each journey, and what was skipped."""
    lines = [
        f"{start} to {end}: {count_of(result.contacts, 'contact')}, {count_of(result.events, 'event')}, "
        f"{count_of(result.ticks, 'tick')}, {count_of(result.steps, 'step')}"
    ]
    if result.later:
        lines.append(f"{count_of(result.later, 'event')} after the last day, left out")
    for journey in dict.fromkeys(m.journey for m in result.messages):
        lines += ["", journey, *_table(result, journey)]
    if not result.messages:
        lines += ["", "no messages"]
    if result.skipped:
        lines += ["", "not sent"]
        width = max(len(reason) for reason in result.skipped)
        lines += [f"  {reason:<{width}}  {count:>7,}" for reason, count in result.skipped.items()]
    if result.goals:
        lines += ["", "goals", *goal_lines(result.goals)]
    if post is not None:
        lines += ["", f"{count_of(post.written, 'message')} written to {post.folder}"]
        if post.there_before:
            verb = "is" if post.there_before == 1 else "are"
            lines.append(f"{count_of(post.there_before, 'file')} of before {verb} still there")
        lines += [f"{count_of(number, 'message')} not written: {reason}" for reason, number in post.failed.items()]
    return "\n".join(lines) + "\n"


def _table(result: SimulationResult, journey: str) -> list[str]:
    """Months down, templates across, sums at both ends."""
    mine = [m for m in result.messages if m.journey == journey]
    columns = list(dict.fromkeys((m.channel, m.template) for m in mine))
    counts = {(m.month, m.channel, m.template): m.count for m in mine}
    months = sorted({m.month for m in mine})
    heads = [f"{channel} {template}" for channel, template in columns]
    widths = [max(len(head), 7) for head in heads]
    many = len(columns) > 1
    lines = ["  month    " + "  ".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True)) + ("    total" * many)]
    for month in [*months, ""]:
        numbers = [sum(counts.get((m, *column), 0) for m in ([month] if month else months)) for column in columns]
        cells = "  ".join(f"{n:>{w},}" for n, w in zip(numbers, widths, strict=True))
        lines.append(f"  {month or 'total':<7}  {cells}" + (f"  {sum(numbers):>7,}" * many))
    return lines
