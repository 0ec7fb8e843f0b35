"""Expressions: their value, type and until when it holds; for one contact, counted over all, or inside of a journey."""

from wend.dsl.diagnostics import WendError
from wend.dsl.literals import spell_name
from wend.dsl.nearest import nearest
from wend.dsl.source import Source
from wend.dsl.types import Kind
from wend.repl.answer import Answer, say, table
from wend.repl.commands.command import Command, Wants
from wend.repl.line import Line
from wend.repl.session import Session
from wend.runtime.evaluation.interpret import evaluate
from wend.runtime.telling.clauses import reads, values_of
from wend.runtime.telling.spell import spell, spell_time, spell_until
from wend.runtime.telling.tell import time_as_json
from wend.runtime.values import FOREVER, Instant, Value
from wend.stdlib.declare import with_article

FIRST = 20
"""How many contacts `:who` shows."""


def value(session: Session, source: Source) -> Answer:
    """The value of an expression for the contact one looks at, its type, and until when it holds."""
    made = session.expression(source)
    env = session.env() if session.current else session.nobody()
    found, until, _ = evaluate(made.expr, env)
    if session.current:
        until = session.until(made.expr, until, session.current)
    shown, when = spell(found, env.zone), spell_until(until, env.zone)
    if until >= FOREVER and not reads(made.expr):
        when = "for ever"
    return say(
        f"{shown} ({made.type}), {when}",
        value=shown,
        type=str(made.type),
        until=time_as_json(until),
        contact=session.current or None,
    )


def type_of(session: Session, line: Line) -> Answer:
    """The type of an expression."""
    made = session.expression(line.expression())
    return say(str(made.type), type=str(made.type))


def count(session: Session, line: Line) -> Answer:
    """How many contacts a condition holds for, and when the next of them changes."""
    made = session.expression(line.expression())
    if made.type.kind not in (Kind.BOOLEAN, Kind.ANY):
        words = with_article(made.type.kind)
        raise WendError(f"a condition is expected, this is {words}", "compare it, or write `:who` to see its values")
    counts: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    soonest: tuple[Instant, str] | None = None
    for id, env in session.envs():
        found, until, _ = evaluate(made.expr, env)
        until = session.until(made.expr, until, id)
        counts[found if isinstance(found, bool) else None] += 1
        if until < FOREVER and (soonest is None or until < soonest[0]):
            soonest = until, id
    total = sum(counts.values())
    unknown = f" ({counts[None]:,} unknown)" if counts[None] else ""
    lines = [f"{counts[True]:,} of {total:,}{unknown}"]
    if soonest is not None:
        at = f"{spell_time(soonest[0], session.zone)} {session.zone.name}"
        lines.append(f"without new data the same until {at}, when it may change for `{soonest[1]}`")
    data = {"true": counts[True], "false": counts[False], "unknown": counts[None], "contacts": total}
    return say(*lines, **data, until=None if soonest is None else time_as_json(soonest[0]))


def who(session: Session, line: Line) -> Answer:
    """The contacts for whom a condition holds, or what an expression is for each; the first twenty."""
    made = session.expression(line.expression())
    condition = made.type.kind is Kind.BOOLEAN
    rows: list[tuple[str, dict[str, Value]]] = []
    matching = 0
    for id, env in session.envs():
        found = evaluate(made.expr, env).value
        if condition and found is not True:
            continue
        matching += 1
        if len(rows) < FIRST:
            parts = dict(values_of(made.expr, env))
            rows.append((id, parts if condition else {"value": found, **parts}))
    heads = list(dict.fromkeys(name for _, parts in rows for name in parts))
    shown = [[id, *(spell(parts.get(name), session.zone) for name in heads)] for id, parts in rows]
    lines = table(["contact", *heads], shown) if rows else ["nobody"]
    if matching > len(rows):
        lines.append(f"… and {matching - len(rows):,} more")
    found_rows = [{"contact": row[0], **dict(zip(heads, row[1:], strict=True))} for row in shown]
    return say(*lines, matching=matching, contacts=found_rows)


def into(session: Session, line: Line) -> Answer:
    """Look into the runs of a journey, so that expressions know its labels; without a name, into none."""
    if not line.rest:
        session.inside = None
        return say("expressions look into no journey", journey=None)
    name = line.rest.strip().strip("`")
    journeys = {each.name: each for each in session.program.journeys if not each.lone}
    if name not in journeys:
        near = nearest(name, journeys)
        listed = f"there are {', '.join(journeys)}" if journeys else "a rule at the margin has no name; write a journey"
        raise WendError(f"there is no journey `{name}`", f"write `:in {near}`" if near else listed)
    session.inside = name
    names = ["entry", *sorted(session.prompt.labels(name))]
    lines = [f"expressions look into `{name}`: {', '.join(spell_name(each) for each in names)}"]
    if session.current:
        kept = session.resident().state.journeys.get(name)
        run = None if kept is None else kept.run
        at = (
            "is in no run of it"
            if run is None
            else f"is in run {run.number} since {spell_time(run.began, session.zone)}"
        )
        lines.append(f"{session.current} {at}")
    return say(*lines, journey=name, names=names)


COMMANDS = (
    Command("count", ":count EXPR", "how many contacts a condition holds for", count, Wants.EXPRESSION),
    Command("who", ":who EXPR", "the first twenty of them, with the fields that matter", who, Wants.EXPRESSION),
    Command(
        "in", ":in [JOURNEY]", "let expressions look into the runs of a journey: `first.sent`", into, Wants.JOURNEY
    ),
    Command("type", ":type EXPR", "the type of an expression", type_of, Wants.EXPRESSION),
)
