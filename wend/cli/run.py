"""`wend run PROJECT`: load what is new, tick, deliver, and sleep until something is due."""

import datetime as dt
import os
import signal
import sys
import threading
from pathlib import Path
from time import monotonic
from types import FrameType

import click

from wend.cli.dates import instant, time
from wend.cli.output import format_option, print_error, print_json_line
from wend.cli.show import goal_lines, goals_json, problem_json, show_error, show_problem, show_warnings
from wend.data.population import with_data_names
from wend.dsl.diagnostics import WendError
from wend.dsl.words import count_of
from wend.live.reloading import Change, Watch
from wend.live.service import Round, Service, next_time, open_service
from wend.project.project import load_project
from wend.project.workspace import open_workspace
from wend.runtime.engine.activation import Activation, Answer, told
from wend.runtime.sources import SourceError
from wend.runtime.values import Instant

POLL = 60.0
"""Seconds after which data files are looked at again when nothing is due before."""

SETTLED = 1.0
"""Seconds for which scripts and templates have to stand still before they are made live."""

ASKED = 0.5
"""Seconds after which it is looked whether another process has asked for something."""

UNDELIVERED = 3


@click.command(name="run")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="One round, then end.")
@click.option("--at", type=time, metavar="TIME", help="What time it is, as 2026-01-31T10:00; with --once.")
@click.option("--keep", multiple=True, metavar="TRIGGER", help="A changed trigger, or `all`: who had it has had it.")
@click.option("--reset", multiple=True, metavar="TRIGGER", help="A changed trigger, or `all`: everybody is new to it.")
@click.option("--reload", is_flag=True, help="Make scripts and templates that change meanwhile live, too.")
@format_option(help="How to print each round: as JSON on a line of its own.")
@click.option("--quiet", "-q", is_flag=True, help="Print only what went wrong.")
def command(
    path: Path,
    once: bool,
    at: dt.datetime | None,
    keep: tuple[str, ...],
    reset: tuple[str, ...],
    reload: bool,
    form: str,
    quiet: bool,
) -> int:
    """Run a project: load what is new, tick, deliver. Without --once, go on and sleep until something is due.

    Where triggers have changed that contacts remember, --keep and --reset say what becomes of that, by line or text;
    at a terminal it is asked. Without an answer nothing is changed: exit code 1, and the version before stays live.

    Scripts and templates that change while it goes on are live when it is started again; with --reload they are at the
    next round, if they are without errors and no changed trigger needs an answer but `--keep all` or `--reset all`.

    Stops cleanly on a signal. Exit code 3 where messages could not be delivered: they stay in the outbox, and the
    next run tries again.
    """
    if at is not None and not once:
        raise click.UsageError("--at goes with --once: time does not stand still")
    watch = Watch(load_project(path))  # before the files are read: what changes from then on is seen
    workspace = with_data_names(open_workspace(path))
    workspace.sound()
    show_warnings(workspace.diagnostics, str(path), quiet)
    fixed = None if at is None else instant(at, workspace.project.zone)
    stop = _stop_on_signals()

    def clock() -> Instant:
        return fixed if fixed is not None else dt.datetime.now(dt.UTC)

    answers = _answers(keep, reset)
    with open_service(workspace, os.environ, quiet or form == "json") as service:
        service.answers.update(answers)
        if form == "text" and interactive():
            _ask(service, clock())
        service.engine.store.outbox.hasten(clock())
        undelivered = 0
        while not stop.is_set():
            change = Change.NONE if once else watch.look()
            if change is Change.DONE:
                _renew(service, path, clock(), reload, form, quiet)
            try:
                done = service.round(clock(), clock, stop.is_set)
            except SourceError as error:
                if once or not service.active:
                    raise
                show_error(error)  # what is due goes out all the same, and the data is read again in a while
                if form == "json":
                    print_error(error)
                done = service.round(clock(), clock, stop.is_set, load=False)
            undelivered = done.delivery.undelivered + sum(done.unrendered.values())
            _show_round(service, done, clock(), form, quiet, always=once)
            if once:
                break
            _sleep(
                service,
                stop,
                min(next_time(service, clock(), POLL), POLL if change is not Change.UNDER_WAY else SETTLED),
            )
        if stop.is_set() and not quiet and form == "text":
            click.echo("stopped; everything is kept", err=True)
    return UNDELIVERED if undelivered else 0


def _renew(service: Service, path: Path, now: Instant, reload: bool, form: str, quiet: bool) -> None:
    """Scripts or templates have changed: make them live, or say why the version before goes on."""
    if not reload:
        if not quiet:
            click.echo("scripts or templates have changed: they are live when `wend run` is started again", err=True)
        return
    try:
        activation = service.renew(with_data_names(open_workspace(path)), now)
    except WendError as error:
        show_error(error)
        click.echo("the version before stays live", err=True)
        if form == "json":
            print_error(error)
        return
    show_warnings(service.workspace.diagnostics, str(path), quiet)
    if form == "json":
        print_json_line({"activation": _activation_json(activation)})
    elif not quiet:
        _show_activation(service, activation, form)


def _sleep(service: Service, stop: threading.Event, seconds: float) -> None:
    """Wait until something is due, somebody asks for something, or it is to stop."""
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0 and not stop.wait(min(left, ASKED)) and not service.asked:
        pass


def _answers(keep: tuple[str, ...], reset: tuple[str, ...]) -> dict[str, Answer]:
    """What was said of changed triggers."""
    if both := set(keep) & set(reset):
        raise click.UsageError(f"`{min(both)}` is both to be kept and to be reset")
    return dict.fromkeys(keep, Answer.KEEP) | dict.fromkeys(reset, Answer.RESET)


def interactive() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask(service: Service, now: Instant) -> None:
    """Ask a person about each changed trigger of which contacts remember something."""
    for change in service.unanswered(now):
        click.echo(told(change), err=True)
        question = "keep (who had the old one has had the new one), or reset (everybody is new to it)?"
        chosen = click.prompt(question, type=click.Choice([each.value for each in Answer]), err=True)
        service.answers[change.name] = Answer(chosen)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    if hasattr(signal, "SIGPIPE"):  # a server that hangs up in the middle must not end us: its channel tells of it
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    return stop


def _show_activation(service: Service, active: Activation, form: str) -> None:
    if form == "json" or not active.changed:
        return
    news = f"live: {', '.join(active.launched)}" if active.launched else "a new version is live"
    click.echo(news + (f"; {count_of(active.contacts, 'contact')} looked at anew" if active.contacts else ""))
    for change in active.replaced:
        done = "is reset" if change.answer is Answer.RESET else "is kept"
        click.echo(
            f"{change.journey}: `{change.trigger}`: what {count_of(change.contacts, 'contact')} remembered {done}"
        )
    for journey, trigger in active.added:
        click.echo(f"{journey}: `{trigger}` is new, and replaces no other: it is new to everybody", err=True)
    for journey, trigger in active.gone:
        click.echo(f"{journey}: `{trigger}` is gone, and nothing replaces it", err=True)
    people = service.engine.store.totals().contacts
    for quota in service.engine.rules.program.settings.quotas:
        if people > quota.count:
            click.echo(
                f"the quota of {quota.count:,} {quota.channel} per {quota.unit} is less than the "
                f"{count_of(people, 'contact')}: what is beyond is not sent, and not made up for later",
                err=True,
            )
    if active.retired:
        click.echo(f"archived: {', '.join(active.retired)}; who is under way finishes")


def _show_round(service: Service, done: Round, now: Instant, form: str, quiet: bool, always: bool) -> None:
    if done.activation is not None and not quiet:
        _show_activation(service, done.activation, form)
    for problem in done.delivery.problems:
        show_problem(problem)
    if always or (done.tick is not None and done.tick.unrendered):
        for reason, count in done.unrendered.items():
            click.echo(f"{count_of(count, 'message')} set aside: {reason}", err=True)
    if form == "json":
        print_json_line(as_json(service, done, now))
        return
    lines = list(_lines(service, done, now))
    if not quiet and (lines or always):
        for line in lines or ["nothing was due"]:
            click.echo(line)
    if always and not quiet:
        if goals := service.engine.conversions():
            click.echo("\n".join(["goals, in all", *goal_lines(goals)]))
        if paused := service.engine.store.paused():
            click.echo(f"paused: {', '.join(paused)}")
        click.echo(_outlook(service))


def _activation_json(active: Activation) -> dict[str, object]:
    return {
        "version": active.version,
        "changed": active.changed,
        "launched": list(active.launched),
        "retired": list(active.retired),
        "contacts": active.contacts,
        "replaced": [
            {"journey": each.journey, "trigger": each.trigger, "contacts": each.contacts, "answer": each.answer}
            for each in active.replaced
        ],
        "added": [{"journey": journey, "trigger": trigger} for journey, trigger in active.added],
        "gone": [{"journey": journey, "trigger": trigger} for journey, trigger in active.gone],
    }


def _lines(service: Service, done: Round, now: Instant) -> list[str]:
    lines = [f"asked for: {each.as_text()}" for each in done.requested]
    zone = service.workspace.project.zone
    taken = done.contacts
    if taken.new or taken.changed:
        lines.append(f"contacts: {taken.new:,} new, {taken.changed:,} changed")
    if done.events.new:
        lines.append(f"events: {done.events.new:,} new")
    for number, what in ((done.events.unknown, "for nobody"), (done.events.future, "in the future")):
        if number:
            lines.append(f"events: {number:,} left out, {what}")
    tick = done.tick
    if tick is not None:
        sent = [f"{channel} {template} {n:,}" for channel, some in tick.effects.items() for template, n in some.items()]
        skipped = [f"{reason} {n:,}" for reason, n in tick.skipped.items()]
        lines.append(
            f"{zone.local(tick.at):%Y-%m-%d %H:%M}: {count_of(tick.steps, 'contact')} stepped"
            + (f"; to send: {', '.join(sent)}" if sent else "")
            + (f"; not sent: {', '.join(skipped)}" if skipped else "")
        )
        converted = {
            name: each.converted + each.held_out_converted
            for name, each in tick.counts.goals.items()
            if each.converted or each.held_out_converted
        }
        if converted:
            lines.append("goals reached: " + ", ".join(f"{name} {number:,}" for name, number in converted.items()))
        if tick.unrendered:
            messages = count_of(tick.unrendered, "message")
            lines.append(f"{messages} set aside, because a template failed: once it is mended, the next run sends them")
        if tick.late.total_seconds() >= 3600:
            lines.append(f"the latest of them was {_span(tick.late)} late")
    delivery = done.delivery
    if delivery.delivered or delivery.undelivered:
        rest = delivery.undelivered
        lines.append(f"delivered: {delivery.delivered:,}" + (f"; not delivered: {rest:,}" if rest else ""))
    return lines


def _span(length: dt.timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    return count_of(hours // 24, "day") if hours >= 48 else count_of(hours, "hour")


def _outlook(service: Service) -> str:
    wake = service.engine.next_wake()
    if wake is None:
        return "nothing will happen without news"
    return f"next: {service.workspace.project.zone.local(wake):%Y-%m-%d %H:%M}"


def as_json(service: Service, done: Round, now: Instant) -> dict[str, object]:
    """A round for other programs; times are UTC."""
    tick, wake = done.tick, service.engine.next_wake()
    return {
        "at": now.isoformat(),
        "activation": None if done.activation is None else _activation_json(done.activation),
        "contacts": {"new": done.contacts.new, "changed": done.contacts.changed},
        "events": {
            "new": done.events.new,
            "duplicates": done.events.duplicates,
            "unknown": done.events.unknown,
            "future": done.events.future,
        },
        "tick": None
        if tick is None
        else {
            "at": tick.at.isoformat(),
            "steps": tick.steps,
            "effects": {channel: dict(some) for channel, some in tick.effects.items()},
            "skipped": dict(tick.skipped),
            "goals": goals_json(tick.counts.goals),
            "unrendered": tick.unrendered,
            "late_seconds": tick.late.total_seconds(),
        },
        "goals": goals_json(service.engine.conversions()),
        "paused": {journey: since.isoformat() for journey, since in service.engine.store.paused().items()},
        "requested": [each.as_json() for each in done.requested],
        "delivered": done.delivery.delivered,
        "undelivered": done.delivery.undelivered,
        "set_aside": dict(done.unrendered),
        "problems": [problem_json(each) for each in done.delivery.problems],
        "next": None if wake is None else wake.isoformat(),
    }
