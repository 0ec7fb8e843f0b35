"""Contacts: who is there, what they have, and what happens to them."""

from wend.dsl import plan
from wend.dsl.checker.complete import some_value
from wend.dsl.diagnostics import WendError
from wend.dsl.literals import spell_name
from wend.dsl.program import Journey
from wend.repl.answer import Answer, say, table
from wend.repl.commands.command import Command, Wants
from wend.repl.happened import named
from wend.repl.line import Line, name_node
from wend.repl.session import Session
from wend.runtime.contact import Event
from wend.runtime.evaluation.interpret import evaluate
from wend.runtime.state import HeadState, JourneyState, Path, Phase
from wend.runtime.telling.spell import spell, spell_time
from wend.runtime.tick.waits import end
from wend.runtime.tick.work import Work
from wend.runtime.values import FOREVER, Value

FIRST = 20
MOST_COLUMNS = 6
MOST_EVENTS = 12


def contact(session: Session, line: Line) -> Answer:
    """Look at a contact, change its fields, make one; without anything, show the one that is looked at."""
    head, pairs = line.pairs()
    if len(head) > 1:
        raise WendError(f"one contact at a time, got `{line.rest}`", 'write `:contact ana`, or `country = "FR"`')
    name = head[0][0] if head else ""
    if not pairs:
        session.current = session.contact_id(name)
        return _shown(session)
    values = session.prompt.fields(line.source, pairs)
    env = session.env() if session.current else session.nobody()
    fields: dict[str, Value] = {key: evaluate(expr, env).value for key, expr in values}
    if name and name not in session.world.numbers:
        session.add(name, fields)
    else:
        id = session.contact_id(name)
        session.set(id, fields)
        session.current = id
    return _shown(session)


def _shown(session: Session) -> Answer:
    found, _ = session.looked_at()
    zone = session.zone
    fields = {name: spell(found.value(name), zone) for name in found.fields}
    derived = session.program.schema.derived
    env = session.env()
    fields |= {name: spell(evaluate(value, env).value, zone) for name, value in derived.items()}
    width = max((len(spell_name(name)) for name in fields), default=0)
    lines = [found.id, *(f"  {spell_name(name):<{width}}  {value}" for name, value in fields.items())]
    events = sorted((event for past in found.events.values() for event in past), key=lambda event: event.key)
    if len(events) > MOST_EVENTS:
        lines.append(f"  … {len(events) - MOST_EVENTS} earlier events")
    for event in events[-MOST_EVENTS:]:
        lines.append(f"  {spell_time(event.time, zone)}  {_event(event, session)}")
    told = [{"at": event.time.isoformat(), "event": event.name} for event in events]
    return say(*lines, contact=found.id, fields=fields, events=told)


def _event(event: Event, session: Session) -> str:
    values = ", ".join(f"{name} = {spell(value, session.zone)}" for name, value in event.payload.items())
    return event.name + (f" with {values}" if values else "")


def contacts(session: Session, line: Line) -> Answer:
    """The contacts, the first twenty."""
    line.nothing(":contacts")
    ids = session.ids
    looked = [session.looked_at(id)[0] for id in ids[:FIRST]]
    names = list(dict.fromkeys(name for each in looked for name in each.fields))[:MOST_COLUMNS]
    rows = [
        [("* " if each.id == session.current else "  ") + each.id]
        + ["" if each.value(name) is None else spell(each.value(name), session.zone) for name in names]
        for each in looked
    ]
    lines = table(["  contact", *names], rows, 24) if rows else ["there is nobody"]
    if len(ids) > FIRST:
        lines.append(f"… and {len(ids) - FIRST:,} more")
    if session.sampled and rows:
        lines.append("they are made up; `--contacts FILE` brings your own")
    return say(*lines, contacts=ids, current=session.current or None, sampled=session.sampled)


def event(session: Session, line: Line) -> Answer:
    """Something happens now to the contact that is looked at; the next tick takes it in."""
    head, pairs = line.pairs()
    if len(head) == 2 and head[1][0] == "with" and pairs:
        head = head[:1]  # as a script says it
    if len(head) != 1:
        declared = list(session.program.schema.events)
        name = head[0][0] if head and head[0][0] in declared else next(iter(declared), "purchase")
        help = f"write `:event {spell_name(name)} {_some_values(session, name)}".rstrip() + "`, say"
        raise WendError("name one event" if not head else f"one event at a time, got `{line.rest}`", help)
    name, span = head[0]
    id = session.contact_id()
    values = session.prompt.event(line.source, name_node(name, span), pairs)
    env = session.env()
    payload = {key: evaluate(expr, env).value for key, expr in values}
    made = Event(f"typed {len(session.told) + 1}", name, session.now, payload)
    session.tell(id, made)
    at = spell_time(session.now, session.zone)
    return say(f"{at}  {id}  {_event(made, session)}", contact=id, event=name, at=session.now.isoformat())


def _some_values(session: Session, event: str) -> str:
    """`amount = 30, channel = "web"`: values for the fields of an event."""
    fields = session.program.schema.events.get(event, {})
    return ", ".join(f"{spell_name(name)} = {some_value(kind)}" for name, kind in fields.items())


def state(session: Session, line: Line) -> Answer:
    """What the engine keeps of the contact: runs, paths under way, what was sent."""
    id = session.contact_id(line.rest)
    found, bench = session.resident(id).state, session.bench(id)
    lines: list[str] = []
    data: dict[str, object] = {}
    for journey in session.program.journeys:
        kept = found.journeys.get(journey.name)
        lines += _journey(session, bench, journey, kept)
        run = None if kept is None else kept.run
        data[journey.name] = {
            "runs": 0 if kept is None else kept.runs,
            "in_run": run is not None,
            "paths": [] if run is None else [path.trigger for path in run.paths],
        }
    for sent in found.sends[-10:]:
        lines.append(f"  {spell_time(sent.at, session.zone)}  {sent.channel} of {named(session.program, sent.journey)}")
    for refusal in sorted(found.suppressed, key=str):
        lines.append(f"  {refusal.address} has {refusal.reason} ({refusal.channel})")
    if not found.known:
        lines.append("  not looked at yet: `:tick` does so")
    return say(id, *lines, contact=id, journeys=data)


def _journey(session: Session, bench: Work, journey: Journey, kept: JourneyState | None) -> list[str]:
    zone, name = session.zone, named(session.program, journey.name)
    if kept is None:
        return []
    if kept.run is None:
        ended = "" if kept.ended_at is None else f", the last one ended on {spell_time(kept.ended_at, zone)}"
        return [f"  {name}: in no run{ended}"]
    lines = [f"  {name}: run {kept.run.number} since {spell_time(kept.run.began, zone)}"]
    lines += [f"    {_path(session, bench, journey, path)}" for path in kept.run.paths]
    for trigger in journey.triggers:
        for head in trigger.heads:
            lines += [f"    {line}" for line in _head(session, head.id, kept.heads.get(head.id))]
    return lines


def _head(session: Session, id: str, kept: HeadState | None) -> list[str]:
    if kept is None or (kept.fired_at is None and kept.true_since is None):
        return []
    if kept.fired_at is not None:
        armed = "" if not kept.latched else ", latched" + (", seen false since" if kept.seen_false else "")
        return [f"{id}: fired on {spell_time(kept.fired_at, session.zone)}{armed}"]
    assert kept.true_since is not None
    return [f"{id}: since {spell_time(kept.true_since, session.zone)}"]


def _path(session: Session, bench: Work, journey: Journey, path: Path) -> str:
    trigger = session.world.rules.trigger(path.version, journey.name, path.trigger)
    body = () if trigger is None else trigger[1].body
    op = body[path.pc] if path.pc < len(body) else None
    where = "its end" if op is None else op.id.removeprefix("next ")
    doing = {Phase.WAITING: "waits at", Phase.HELD: "is held at"}.get(path.phase, "stands at")
    at = None
    if path.phase is Phase.WAITING and isinstance(op, plan.Wait):
        stay = next(each for each in bench.stays if each.journey.name == journey.name)
        at = end(op, path, bench.path_env(stay, path, snapshot=True))
    due = "" if at is None or at == FOREVER else f" until {spell_time(at, session.zone)}"
    return f"path of {path.trigger} {doing} `{where}`{due}"


COMMANDS = (
    Command(
        "contact",
        ":contact [ID] [FIELD=VALUE …]",
        "look at a contact, change its fields, or make one",
        contact,
        Wants.CONTACT,
    ),
    Command("contacts", ":contacts", "who is there", contacts),
    Command("event", ":event NAME [FIELD=VALUE …]", "something happens to the contact, now", event, Wants.EVENT),
    Command("state", ":state [ID]", "runs, paths under way, and what was sent", state, Wants.CONTACT),
)
