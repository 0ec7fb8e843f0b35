"""`wend count EXPR`: how many contacts a condition holds for now, and when the next ones will."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click
from attrs import field, frozen

from wend.cli.clock import now
from wend.cli.dates import time
from wend.cli.output import format_option, print_json
from wend.dsl.diagnostics import WendError
from wend.dsl.source import Source
from wend.dsl.types import Kind
from wend.repl.opening import open_session
from wend.repl.session import Session
from wend.runtime.calendar import Zone
from wend.runtime.evaluation.interpret import evaluate
from wend.runtime.telling.clauses import becomes_at
from wend.stdlib.declare import with_article

NAMED = 3
"""How many contacts of a day are named."""


@click.command(name="count")
@click.argument("condition", metavar="EXPR")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--contacts", type=click.Path(path_type=Path), help="A file of contacts, in the place of the project's.")
@click.option("--events", multiple=True, type=click.Path(path_type=Path), help="A file of events; may be repeated.")
@click.option("--at", type=time, metavar="TIME", help="At this time; now, if not told.")
@click.option(
    "--next", "days", type=click.IntRange(0, 1000), default=5, show_default=True, help="How many days to show."
)
@format_option()
def command(
    condition: str,
    path: Path,
    contacts: Path | None,
    events: tuple[Path, ...],
    at: dt.datetime | None,
    days: int,
    form: str,
) -> int:
    """Count the contacts of a project (the folder here, if none is named) for whom EXPR is true.

    Then the next days on which it becomes true for others without anything new happening to them.
    """
    session, answer = open_session(path, contacts, events, now() if at is None else at)
    if answer.error is not None:
        raise answer.error
    if session.sampled:
        help = "name files with --contacts and --events"
        raise WendError("there are no contacts to count", help, str(path))
    found = count(session, condition, days)
    if form == "json":
        print_json(_as_json(found))
    else:
        click.echo(_as_text(found, session.zone))
    return 0


@frozen
class Counted:
    """How many there are.

    Args:
        true, false, unknown: for how many contacts the condition is so at `at`.
        coming: the next local days on which it becomes true, and for whom, in the order of their ids.
    """

    at: dt.datetime
    true: int
    false: int
    unknown: int
    coming: Sequence[tuple[dt.date, Sequence[str]]] = field(default=())


def count(session: Session, condition: str, days: int = 5) -> Counted:
    """Count those for whom a condition holds, and find the next days on which it will for others.

    Raises:
        ProgramError: there is a mistake in the condition.
        WendError: it is no condition.
    """
    made = session.expression(Source("condition", condition))
    if made.type.kind not in (Kind.BOOLEAN, Kind.ANY):
        raise WendError(f"a condition is expected, this is {with_article(made.type.kind)}", "compare it with a value")
    counts: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    coming: dict[dt.date, list[str]] = {}
    for id, env in session.envs():
        value = evaluate(made.expr, env).value
        counts[value if isinstance(value, bool) else None] += 1
        if value is not True and days and (at := becomes_at(made.expr, env, True)) is not None:
            coming.setdefault(session.zone.date(at), []).append(id)
    first = sorted(coming.items())[:days]
    return Counted(session.now, counts[True], counts[False], counts[None], [(day, sorted(ids)) for day, ids in first])


def _as_text(found: Counted, zone: Zone) -> str:
    total = found.true + found.false + found.unknown
    unknown = f" ({found.unknown:,} unknown)" if found.unknown else ""
    lines = [f"{found.true:,} of {total:,}{unknown} on {zone.local(found.at):%Y-%m-%d %H:%M} {zone.name}"]
    if found.coming:
        lines.append("the next, if nothing new happens:")
    for day, ids in found.coming:
        more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
        lines.append(f"  {day}  {len(ids):>7,}  {', '.join(ids[:NAMED])}{more}")
    return "\n".join(lines)


def _as_json(found: Counted) -> dict[str, object]:
    return {
        "at": found.at.isoformat(),
        "true": found.true,
        "false": found.false,
        "unknown": found.unknown,
        "next": [{"day": day.isoformat(), "contacts": list(ids)} for day, ids in found.coming],
    }
