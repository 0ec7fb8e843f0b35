"""Why something happened, and why something did not."""

from collections.abc import Sequence, Set

from wend.dsl.diagnostics import WendError
from wend.dsl.literals import quote
from wend.repl.answer import Answer, say
from wend.repl.commands.command import Command, Wants
from wend.repl.happened import WORDS, named
from wend.repl.line import Line
from wend.repl.session import Session, Tick
from wend.runtime.effects import TraceEntry
from wend.runtime.play.world import World
from wend.runtime.telling.named import Meant, meant, send_of
from wend.runtime.telling.spell import spell_time
from wend.runtime.telling.tell import answer_as_json, clauses_as_json, place_as_json, tell, tell_clause, time_as_json
from wend.runtime.telling.why import Reason, why
from wend.runtime.telling.whynot import WhyNot, why_not

QUIET = frozenset({"finished", "waiting", "passed", "decided", "ignored"})
"""What explains itself, or explains nothing, unless a rule is named."""
SAID = {
    **WORDS,
    "fired": "fires",
    "sent": "is sent",
    "held": "is held",
    "dropped": "is not sent",
    "waiting": "waits",
    "passed": "goes on",
    "decided": "decides",
}
"""What became of the rule, or of the message that is named before it."""


def why_so(session: Session, line: Line) -> Answer:
    """Why the last tick did what it did for the contact; of a rule, the last tick that did something for it; of a
    message, all that became of it so far."""
    id = session.contact_id()
    wanted = meant(session.program, line.rest) if line.rest else ()
    templates = {(each.journey, each.template) for each in wanted if each.template is not None}
    reasons = _of_messages(session, id, templates) if templates else _latest(session, id, line.rest, wanted)
    if reasons:
        lines = [text for each in reasons for text in _told(session, each)]
        at = max(each.entry.at for each in reasons)
        return say(*lines, at=time_as_json(at), contact=id, reasons=[_as_json(each) for each in reasons])
    if templates:
        raise WendError(f"`{line.rest}` never came up for `{id}`", f"`:whynot {line.rest}` says what keeps it")
    if wanted:
        raise WendError(f"nothing has happened to `{id}` by that", f"`:whynot {line.rest}` says what keeps it")
    raise WendError(f"nothing has happened to `{id}` yet", "`:advance 30 days`, say; `:whynot` says what keeps it")


def _latest(session: Session, id: str, words: str, wanted: Sequence[Meant]) -> list[Reason]:
    """What the last tick did that did something for what is wanted, after what began it."""
    journeys = {each.name for each in session.program.journeys if each.name == words}
    for place in reversed(range(len(session.history))):
        tick = session.history[place]
        reasons = [reason for reason in _reasons(session, tick, id) if _fits(reason, wanted, journeys)]
        if reasons:
            return [*_firings(session, place, id, reasons), *reasons]
    return []


BECAME = frozenset({"sent", "held", "dropped"})
"""What may become of a message."""


def _template(entry: TraceEntry, tick: Tick) -> str | None:
    """The message that a line of a trace is about; a path may go by an earlier version of the scripts."""
    rules = tick.before.rules
    found = (send_of(entry, program) for program in (rules.program, *rules.archive.values()))
    return next((op.template for op in found if op is not None), None)


def _of_messages(session: Session, id: str, templates: Set[tuple[str, str | None]]) -> list[Reason]:
    """All that became of some messages over the ticks so far, each after what began its path.

    Args:
        templates: the messages, each with its journey.
    """
    begun: dict[tuple[str, str | None], tuple[Tick, TraceEntry]] = {}
    picked: list[tuple[Tick, TraceEntry]] = []
    for tick in session.history:
        for entry in (each for stepped, outcome in tick.stepped if stepped == id for each in outcome.trace):
            key = entry.journey, entry.trigger
            if entry.kind == "fired":
                begun[key] = tick, entry
            if entry.kind in BECAME and (entry.journey, _template(entry, tick)) in templates:
                picked += [begun.pop(key)] if key in begun else []
                picked.append((tick, entry))
    asked = {tick.at: _reasons(session, tick, id) for tick in {each.at: each for each, _ in picked}.values()}
    bare = (Reason(entry, entry.detail or "", (), session.zone) for _, entry in picked)
    return [
        next((each for each in asked[tick.at] if each.entry == entry), alone)
        for (tick, entry), alone in zip(picked, bare, strict=True)
    ]


def _firings(session: Session, place: int, id: str, reasons: Sequence[Reason]) -> list[Reason]:
    """What began the paths that went on at a tick, where that was at an earlier one."""
    begun = {(each.entry.journey, each.entry.trigger) for each in reasons if each.entry.kind == "fired"}
    open = {(each.entry.journey, each.entry.trigger) for each in reasons if each.entry.trigger is not None} - begun
    found: list[Reason] = []
    for tick in reversed(session.history[:place]):
        if not open:
            break
        for each in _reasons(session, tick, id):
            key = each.entry.journey, each.entry.trigger
            if each.entry.kind == "fired" and key in open:
                open.discard(key)
                found.insert(0, each)
    return found


def _reasons(session: Session, tick: Tick, id: str) -> Sequence[Reason]:
    """What a tick did for a contact, asked again of the world before it."""
    if not any(id == stepped and outcome.trace for stepped, outcome in tick.stepped):
        return ()
    world = World(tick.before.rules, tick.before.facts, tick.at)
    world.restore(tick.before)
    one = world.view(id, tick.at)
    facts = world.with_quotas(one, tick.facts)
    reasons, _ = why(tick.before.rules, one.contact, one.state, one.inbox, tick.at, facts)
    return reasons


def _fits(reason: Reason, wanted: Sequence[Meant], journeys: set[str]) -> bool:
    entry = reason.entry
    if not wanted or entry.journey in journeys:
        return entry.kind not in QUIET and (not wanted or entry.journey in journeys)
    return (entry.journey, entry.trigger) in {(each.journey, each.trigger) for each in wanted}


def _told(session: Session, reason: Reason) -> list[str]:
    entry = reason.entry
    what = SAID.get(entry.kind, entry.kind)
    op = send_of(entry, session.program)
    subject = "" if entry.step is None or entry.kind == "fired" else f"`{entry.step}` "
    if op is not None:
        subject = f"{op.channel} {quote(op.template)} "
    why_words = f" ({entry.reason})" if entry.reason and entry.kind != "fired" else ""
    because = f": {reason.because}" if reason.because and entry.kind not in ("sent", "waiting") else ""
    place = entry.place
    where = "" if place is None else f"  ({place.source.name}:{place.source.line_col(place.span.start)[0]})"
    at, name = spell_time(entry.at, session.zone), named(session.program, entry.journey)
    lines = [f"{at}  {name}: {subject}{what}{why_words}{because}{where}"]
    for clause in (each for each in reason.clauses if each.text not in ("true", "false")):  # it says so itself
        lines += [f"  {line}" for line in tell_clause(clause, reason.zone, remedies=False)]
    return lines


def _as_json(reason: Reason) -> dict[str, object]:
    entry = reason.entry
    return {
        "at": time_as_json(entry.at),
        "kind": entry.kind,
        "journey": entry.journey,
        "trigger": entry.trigger,
        "step": entry.step,
        "reason": entry.reason,
        "because": reason.because,
        "clauses": clauses_as_json(reason.clauses, reason.zone),
        **place_as_json(entry.place),
    }


def why_not_so(session: Session, line: Line) -> Answer:
    """What keeps a rule, or a message, from coming for the contact; without a name, all rules."""
    id = session.contact_id()
    answers: list[WhyNot] = []
    one = session.resident(id)
    facts = session.world.outlook(id, session.soonest)
    past = tuple(session.past.get(id, ()))
    for each in meant(session.program, line.rest):
        answers += why_not(
            session.world.rules,
            one.contact,
            one.state,
            session.now,
            facts,
            each.journey,
            each.trigger,
            each.template,
            past,
            one.inbox,
        )
    lines = [line for answer in answers for line in tell(answer)]
    return say(*lines, contact=id, answers=[answer_as_json(each) for each in answers])


COMMANDS = (
    Command("why", ":why [RULE]", "why the last tick did what it did, or why a rule fired", why_so, Wants.RULE),
    Command("whynot", ":whynot [RULE]", "what keeps a rule or a message from coming", why_not_so, Wants.RULE),
)
