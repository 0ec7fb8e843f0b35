"""The single obstacles: what keeps a run from beginning, an entry point from firing, a path from going on."""

from attrs import field, frozen

from wend.dsl import plan
from wend.dsl.ast import ReenterKind
from wend.dsl.core import Expr, Place
from wend.dsl.program import (
    AnyHead,
    Dated,
    Every,
    On,
    OnceAtLaunch,
    OnceOn,
    OnChange,
    OnEntry,
    OnExit,
    Trigger,
    When,
)
from wend.runtime import quota
from wend.runtime.contact import Event
from wend.runtime.effects import TraceEntry
from wend.runtime.evaluation.interpret import Env
from wend.runtime.state import HeadState, Path, Phase
from wend.runtime.telling.clauses import Clause, becomes_at, hindering, leaves_at, supporting, values_of
from wend.runtime.telling.spell import spell, spell_expr, spell_period, spell_time
from wend.runtime.tick import gates, schedule, when
from wend.runtime.tick.schedule import DEFAULT_LATE
from wend.runtime.tick.waits import Pending, look
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import FOREVER, Instant


@frozen
class Obstacle:
    """What keeps something from happening.

    Args:
        kind: a stable word or two: not active, paused, hold out, audience, exit, reenter, entry until, condition,
            lasting, latched, spaced, event, date, schedule, change, waiting, and the reasons of the trace: consent,
            limit, …
        sentence: what it is.
        clauses: the parts of the condition that is not as it would have to be, the first one first.
        until: when it goes away without new data, UTC; None: it takes `remedy`, or new data.
        remedy: what would have to change, where the clauses do not say it.
        place: where it stands in a script.
    """

    kind: str
    sentence: str
    clauses: tuple[Clause, ...] = ()
    until: Instant | None = None
    remedy: str | None = None
    place: Place | None = field(default=None, eq=False, repr=False)


def unmet(kind: str, sentence: str, condition: Expr, env: Env) -> Obstacle:
    """A condition that would have to be true."""
    return Obstacle(kind, sentence, hindering(condition, env), becomes_at(condition, env, True), place=condition.place)


def no_run(work: Work, stay: Stay) -> Obstacle:
    """Why the contact is in no run of the journey."""
    journey, state, env = stay.journey, stay.state, work.env(stay)
    if journey.exit_when is not None and stay.leaving:
        return Obstacle(
            "exit",
            "`exit when` is true",
            supporting(journey.exit_when, env),
            leaves_at(journey.exit_when, env, True),
            place=journey.exit_when.place,
        )
    if state.runs and journey.reenter is ReenterKind.NEVER:
        ended = "" if state.ended_at is None else f" on {spell_time(state.ended_at, stay.zone)}"
        return Obstacle("reenter", f"the run ended{ended}, and `reenter never`", place=journey.place)
    if stay.audience is not True:
        return unmet("audience", "the contact is not in the audience", journey.audience, env)
    if journey.entry_until is not None and stay.zone.day_start(journey.entry_until) <= work.now:
        return Obstacle("entry until", f"no run begins since {journey.entry_until}", place=journey.place)
    if state.ended_at is not None and journey.reenter_after is not None:
        release = stay.zone.add(state.ended_at, journey.reenter_after)
        sentence = f"the last run ended on {spell_time(state.ended_at, stay.zone)}, and the next one may begin later"
        return Obstacle("reenter", sentence, until=release, place=journey.place)
    return Obstacle("no run", "the last run has just ended; the next begins at the next tick", place=journey.place)


# ---- paths under way -------------------------------------------------------------------------------------------------


def path_obstacle(work: Work, stay: Stay, path: Path) -> Obstacle:
    """What a path under way waits for."""
    found = work.trigger_of(stay, path)
    op = None if found is None or path.pc >= len(found[1].body) else found[1].body[path.pc]
    since = "" if path.since is None else f" since {spell_time(path.since, stay.zone)}"
    if path.phase is Phase.HELD and isinstance(op, plan.Send):
        answer = gates.hold(work, stay, op.channel)
        if isinstance(answer, gates.Held):
            sentence = f"`{op.id}` is held{since}: {_held(work, stay, op, answer)}"
            return Obstacle(answer.reason, sentence, until=answer.until, place=op.place)
    if isinstance(op, plan.Wait):
        env = work.path_env(stay, path, snapshot=True)
        ahead = look(op, path, path.pc, env)
        clauses = hindering(op.condition, env) if isinstance(op, plan.WaitCondition) else ()
        until = path.due
        if isinstance(ahead, Pending) and ahead.until < FOREVER:
            until = ahead.until if until is None else min(until, ahead.until)
        remedy = f"an event `{op.event}` would end the wait" if isinstance(op, plan.WaitEvent) else None
        words = op.id.removeprefix("next ")
        return Obstacle("waiting", f"its path waits{since}: `{words}`", clauses, until, remedy, op.place)
    return Obstacle("under way", "its path is under way, and goes on at the next tick")


# ---- messages --------------------------------------------------------------------------------------------------------


def closed_gate(work: Work, stay: Stay, op: plan.Send, entry: TraceEntry) -> Obstacle:
    """Why a message is dropped or held, as a trace says, with what its gate goes by now."""
    reason, env = entry.reason or entry.kind, work.env(stay)
    if entry.kind == "held":
        answer = gates.hold(work, stay, op.channel)
        if isinstance(answer, gates.Held):
            sentence = f"`{op.id}` is held: {_held(work, stay, op, answer)}"
            return Obstacle(answer.reason, sentence, until=answer.until, place=op.place)
    sentence = f"`{op.id}` is dropped: {entry.detail or reason}"
    clauses: tuple[Clause, ...] = ()
    until: Instant | None = None
    match reason:
        case "audience":
            clauses = hindering(stay.journey.audience, env)
        case "exit" if stay.journey.exit_when is not None:
            clauses = supporting(stay.journey.exit_when, env)
        case "consent":
            rule = gates.refusing(work, stay, op.channel)
            clauses = () if rule is None else hindering(rule.condition, env)
        case "limit":
            until = _limit_release(work, stay, op.channel)
        case "quota":
            until = quota.release(work.rules.program, work.facts.zone, op.channel, work.now)
        case _:
            pass
    remedy = _ADVICE.get(reason)
    return Obstacle(reason, sentence, clauses, until, remedy, op.place)


_ADVICE = {
    "no address": "the contact needs an address for this channel",
    "suppressed": "only the person can take that back",
}


def _limit_release(work: Work, stay: Stay, channel: str) -> Instant | None:
    scopes = [(limit, stay.journey.name) for limit in stay.journey.limits]
    scopes += [(limit, "") for limit in work.rules.program.settings.limits]
    found = [gates.limit_release(limit, channel, only, work.sends, stay.zone, work.now) for limit, only in scopes]
    return max((at for at in found if at is not None), default=None)


def _held(work: Work, stay: Stay, op: plan.Send, answer: gates.Held) -> str:
    if answer.reason == "window":
        return "the window for messages is closed"
    for limit in (*stay.journey.limits, *work.rules.program.settings.limits):
        if limit.channel == op.channel and limit.else_wait:
            return f"the limit of {limit.count} {op.channel} per {spell_period(limit.per)} is reached"
    return f"the {answer.reason} is reached"


# ---- entry points ----------------------------------------------------------------------------------------------------


def head_obstacle(work: Work, stay: Stay, trigger: Trigger, head: AnyHead) -> Obstacle | None:
    """Why an entry point does not fire in the present run; None where it does at the next tick."""
    match head:
        case When():
            return _when(work, stay, trigger, head)
        case On():
            return _on(work, stay, head)
        case Dated():
            return _dated(work, stay, head)
        case Every() | OnceOn():
            return _recurring(work, stay, head)
        case OnChange():
            return _change(work, stay, head)
        case OnEntry():
            return _entry(stay, head)
        case OnExit():
            return Obstacle("event", "the run has not ended", place=head.place)
        case OnceAtLaunch():
            sentence = "it fires when the journey goes live, for who is in its audience then"
            return Obstacle("schedule", sentence, place=head.place)


def _when(work: Work, stay: Stay, trigger: Trigger, head: When) -> Obstacle | None:
    state, run, env = stay.head(head.id), stay.run, work.env(stay)
    if run is not None and not when.armed(head, state, run):
        return _latched(stay, head, state)
    if env.evaluate(head.condition).value is not True:
        return unmet("condition", "the condition is not true", head.condition, env)
    if head.lasting is not None:
        release = when.lasting(work, stay, head, state) or stay.zone.add(work.now, head.lasting)
        if release > work.now:
            since = "" if state.true_since is None else f" since {spell_time(state.true_since, stay.zone)}"
            sentence = f"the condition holds{since}, and has to for {spell_period(head.lasting)}"
            return Obstacle("lasting", sentence, supporting(head.condition, env), release, place=head.place)
    spaced = when.spaced(stay, trigger, head, state)
    if spaced is not None and spaced > work.now:
        most = "once a day" if head.at_most_every is None else f"every {spell_period(head.at_most_every)}"
        last = when.last_firing(stay, trigger, state)
        at = "" if last is None else f" on {spell_time(last, stay.zone)}"
        return Obstacle("spaced", f"it fired{at}, and may at most {most}", until=spaced, place=head.place)
    return None


def _latched(stay: Stay, head: When, state: HeadState) -> Obstacle:
    if state.fired_at is None:
        sentence = "`backlog skip`: the condition held when the contact was first seen"
    else:
        sentence = f"it fired on {spell_time(state.fired_at, stay.zone)}, and fires once in a run"
    if head.repeatedly:
        sentence = sentence.removesuffix(", and fires once in a run")
        remedy = "it fires again when the condition has been false and is true again"
    elif state.seen_false:
        remedy = "it may fire again in the next run"
    else:
        remedy = "it may fire again in a later run, once the condition has been false"
    return Obstacle("latched", sentence, remedy=remedy, place=head.place)


def _on(work: Work, stay: Stay, head: On) -> Obstacle:
    name, env = head.match.event, work.env(stay)
    happened: tuple[Event, ...] = work.contact.events.get(name, ())
    if not happened:
        return Obstacle("event", f"no event `{name}` has happened", remedy=f"it waits for one{_where(head)}")
    last = happened[-1]
    at = spell_time(last.time, stay.zone)
    if head.match.where is not None and env.on(last).evaluate(head.match.where).value is not True:
        clauses = hindering(head.match.where, env.on(last))
        return Obstacle(
            "event", f"the last event `{name}`, on {at}, is not one that is meant", clauses, place=head.place
        )
    if last.imported:
        sentence = f"the last event `{name}`, on {at}, was imported, and history starts nothing"
    elif stay.run is not None and last.time < stay.run.began:
        sentence = f"the last event `{name}`, on {at}, was before the run began"
    elif stay.zone.add(last.time, stay.journey.late or work.rules.program.settings.late or DEFAULT_LATE) < work.now:
        sentence = f"the last event `{name}` was on {at}, and each counts once"
    else:
        return Obstacle(
            "fired", f"the last event `{name}`, on {at}, was looked at, and each counts once", place=head.place
        )
    return Obstacle("event", sentence, remedy=f"it waits for a further one{_where(head)}", place=head.place)


def _where(head: On) -> str:
    return "" if head.match.where is None else f" where `{spell_expr(head.match.where)}`"


def _dated(work: Work, stay: Stay, head: Dated) -> Obstacle | None:
    env, state = work.env(stay), stay.head(head.id)
    anchor, length = env.evaluate(head.anchor).value, env.evaluate(head.length).value
    text = spell_expr(head.anchor)
    due = schedule.due_moment(anchor, length, head, stay.zone)
    if due is None:
        unknown = next((name for name, value in values_of(head.anchor, env) if value is None), text)
        return Obstacle("date", f"`{text}` is unknown", remedy=f"`{unknown}` would have to be known", place=head.place)
    shown, at = spell(anchor, stay.zone), spell_time(due, stay.zone)
    if due > work.now:
        return Obstacle("date", f"`{text}` is {shown}, so it is due on {at}", until=due, place=head.place)
    value = anchor.isoformat() if hasattr(anchor, "isoformat") else ""  # type: ignore[union-attr]
    if value in state.done:
        sentence = f"`{text}` is {shown}, it was due on {at}, and is due once for a date"
        return Obstacle("fired", sentence, remedy=f"another `{text}` would be due again", place=head.place)
    return None


def _recurring(work: Work, stay: Stay, head: Every | OnceOn) -> Obstacle | None:
    past, coming = schedule.occurrences(work, stay, head)
    if coming is not None:
        at = stay.zone.at(coming.date(), coming.time())
        return Obstacle("schedule", f"it is next due on {spell_time(at, stay.zone)}", until=at, place=head.place)
    if past is not None:
        at = stay.zone.at(past.date(), past.time())
        return Obstacle("fired", f"it was due on {spell_time(at, stay.zone)}, once", place=head.place)
    unknown = None if not isinstance(head, Every) or head.anchor is None else spell_expr(head.anchor)
    sentence = "it is never due" if unknown is None else f"`{unknown}` is unknown, so it is never due"
    return Obstacle("schedule", sentence, place=head.place)


def _change(work: Work, stay: Stay, head: OnChange) -> Obstacle:
    env, state, text = work.env(stay), stay.head(head.id), spell_expr(head.field)
    value = spell(env.evaluate(head.field).value, stay.zone)
    if not state.watched:
        return Obstacle("change", f"`{text}` is {value}, and is looked at from now on", place=head.place)
    told = [
        f"{word} {spell_expr(side)}" for word, side in (("from", head.before), ("to", head.after)) if side is not None
    ]
    remedy = f"`{text}` would have to change" + "".join(f" {each}" for each in told)
    return Obstacle("change", f"`{text}` is {value}, as it was before", remedy=remedy, place=head.place)


def _entry(stay: Stay, head: OnEntry) -> Obstacle | None:
    state = stay.head(head.id)
    if state.true_since is None:
        at = "" if state.fired_at is None else f" on {spell_time(state.fired_at, stay.zone)}"
        return Obstacle("fired", f"it fired{at}, when the run began", place=head.place)
    if state.fired_at is not None:
        return Obstacle("spaced", "it fires at most once a day", until=stay.zone.next_day(state.fired_at))
    return None
