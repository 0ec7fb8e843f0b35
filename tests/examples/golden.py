"""What an example does, line by line, and the file that says what it should do.

A line of `expected.txt` is a local time of the project's zone, a contact, a journey and what happened; where the
journey goes by the contact's own clock, that time follows in brackets. What stands behind `  # ` says why, and lines
that begin with `#` are for the reader; the second line of the file names the period.
"""

import datetime as dt
import functools
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from tests.house.repository import ROOT
from wend.data.population import open_with_data
from wend.dsl.diagnostics import WendError
from wend.dsl.program import Program
from wend.runtime.calendar import Zone, zone
from wend.runtime.effects import DEFAULT_ADDRESSES, Facts, Marked, Send, SetField, Step
from wend.runtime.play.simulate import simulate
from wend.runtime.tick.step import step as explain
from wend.runtime.values import Instant

EXAMPLES = ROOT / "examples"
NAMES = ("launch", "lease", "newsletter", "orders", "winback")

_TOLD = {"entered", "exited", "left", "dropped", "held", "ignored", "stopped", "problem"}


@frozen
class Golden:
    """An `expected.txt`: its head, the period, and the lines with their remarks."""

    head: tuple[str, ...]
    start: dt.date
    end: dt.date
    lines: tuple[str, ...]
    remarks: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, name: str) -> "Golden":
        """That of an example."""
        text = (EXAMPLES / name / "expected.txt").read_text(encoding="utf-8").splitlines()
        head = tuple(line for line in text if line.startswith("#"))
        words = head[1].removeprefix("# ").split()
        rows = [line.partition("  # ") for line in text if line and not line.startswith("#")]
        return cls(
            head=head,
            start=dt.date.fromisoformat(words[0]),
            end=dt.date.fromisoformat(words[2]),
            lines=tuple(line.rstrip() for line, _, _ in rows),
            remarks=tuple((line.rstrip(), remark) for line, _, remark in rows if remark),
        )


def happened(name: str, golden: Golden) -> list[str]:
    """The lines of an example in the golden file's period, both days included whole."""
    workspace, people = open_with_data(EXAMPLES / name)
    home = workspace.project.zone
    program = workspace.sound()
    addresses = {**DEFAULT_ADDRESSES, **{n: c.address for n, c in workspace.project.channels.items()}}
    lines: list[str] = []

    def watch(contact: str, now: Instant, step: Step) -> None:
        own = own_zone(step.contact.fields.get("timezone"), home)
        for journey, what in told(step):
            clock = f" ({own.local(now):%a %H:%M})" if by_own_clock(program, journey) else ""
            lines.append(f"{home.local(now):%Y-%m-%d %H:%M}{clock}  {contact}  {journey}  {what}")

    simulate(
        workspace.rules(),
        people.contacts,
        people.events,
        home.day_start(golden.start),
        home.day_start(golden.end + dt.timedelta(days=1)),
        facts=Facts(zone=home.name, addresses=addresses),
        on_step=watch,
        step=functools.partial(explain, explain=True),
    )
    return lines


def told(step: Step) -> Iterator[tuple[str, str]]:
    """The journey and the words for each thing that happened in a step."""
    sends = iter([effect for effect in step.effects if isinstance(effect, Send)])
    for entry in step.trace:
        if entry.kind == "sent":
            send = next(sends)
            what = "notice" if send.template is None else f"{send.channel} {send.template}"
            yield entry.journey, f"sent {what} to {send.address}"
        elif entry.kind in _TOLD:
            yield entry.journey, entry.kind + (f" ({entry.reason})" if entry.reason else "")
    for effect in step.effects:
        if isinstance(effect, SetField):
            yield effect.identity.journey, f"set {effect.name} = {effect.value}"
        elif isinstance(effect, Marked):
            verb = "removed from" if effect.removed else "added to"
            yield effect.identity.journey, f"{verb} {effect.field}: {effect.value}"


def by_own_clock(program: Program, journey: str) -> bool:
    """Whether the journey goes by the contact's own clock."""
    return any(j.name == journey and j.contact_zone for j in program.journeys)


def own_zone(name: object, home: Zone) -> Zone:
    """The contact's zone, or the project's where it has none that there is."""
    try:
        return zone(name) if isinstance(name, str) else home
    except WendError:
        return home


def path(name: str) -> Path:
    """Where an example says what it should do."""
    return EXAMPLES / name / "expected.txt"
