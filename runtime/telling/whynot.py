"""Why something did not happen: the first thing that keeps a trigger from firing, or its message from going out.

    for answer in why_not(rules, contact, state, now, facts, "win_back", past=traces):
        answer.obstacle   # None: nothing keeps it, and `answer.coming` is what the next tick does

It is asked of a contact as it stands: the contact and the state that the last step gave, and any time not before that
step. Nothing is changed. It goes by the parts of the step itself (`step.begin`, `runs.survey`, `when.armed`, `gates`),
in their order, so it says what the engine will do; `tell.tell` writes an answer for a person.
"""

from collections.abc import Iterable, Sequence

from attrs import field, frozen

from wend.dsl import plan
from wend.dsl.core import Place
from wend.dsl.program import Journey, Trigger
from wend.runtime.calendar import Zone, next_minute
from wend.runtime.contact import EMPTY, Contact, Inbox
from wend.runtime.effects import Facts, TraceEntry
from wend.runtime.rules import Rules
from wend.runtime.state import State
from wend.runtime.telling.clauses import Clause, hindering
from wend.runtime.telling.obstacles import Obstacle, closed_gate, head_obstacle, no_run, path_obstacle
from wend.runtime.telling.spell import spell_time
from wend.runtime.tick import runs
from wend.runtime.tick.step import begin, step
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import Instant


@frozen
class WhyNot:
    """What keeps one trigger.

    Args:
        journey: the journey's name; `trigger` the id of the trigger; `rule` what its entry points say.
        obstacles: what keeps it, one for each entry point, or a single one for all; empty where nothing does. Where a
            message is missed that was dropped in the present run, that stands before them.
        coming: what the trigger does at the next tick (the trace of a step that is not kept).
        place: where the trigger stands.
    """

    journey: str
    trigger: str
    rule: str
    obstacles: tuple[Obstacle, ...]
    coming: tuple[TraceEntry, ...]
    zone: Zone = field(eq=False, repr=False)
    place: Place | None = field(default=None, eq=False, repr=False)

    @property
    def obstacle(self) -> Obstacle | None:
        """The first of them."""
        return self.obstacles[0] if self.obstacles else None


def why_not(
    rules: Rules,
    contact: Contact,
    state: State,
    now: Instant,
    facts: Facts,
    journey: str,
    trigger: str | None = None,
    template: str | None = None,
    past: Iterable[TraceEntry] = (),
    inbox: Inbox = EMPTY,
) -> tuple[WhyNot, ...]:
    """What keeps the triggers of a journey from doing what they say, for one contact.

    Args:
        contact, state: as the last step gave them.
        now: a whole minute, UTC, not before that step.
        facts: as for a step.
        journey: its name.
        trigger: the id of one trigger; None: all of them, in the order of the script.
        template: the message that is missed: what became of others plays no part.
        past: the trace of the contact's steps so far, if it is kept: what a trigger that fired already came to.
        inbox: what has arrived since the last step.

    Returns:
        an answer for each trigger; none where there is no such journey or trigger.
    """
    if any(kept.run and any(path.tick >= now for path in kept.run.paths) for kept in state.journeys.values()):
        now = next_minute(now)  # a tick at this minute is over, and there is never a second one
    work, _ = begin(rules, contact, state, inbox, now, facts, explain=True)
    stay = next((each for each in work.stays if each.journey.name == journey), None)
    if stay is None or stay.archived:
        return ()
    runs.survey(work, stay)
    told = tuple(past)
    outcome = step(rules, contact, state, inbox, now, facts, explain=True)
    return tuple(
        _answer(work, stay, each, template, told, outcome.trace)
        for each in stay.journey.triggers
        if trigger in (None, each.id)
    )


def _answer(
    work: Work,
    stay: Stay,
    trigger: Trigger,
    template: str | None,
    past: Sequence[TraceEntry],
    coming: Sequence[TraceEntry],
) -> WhyNot:
    mine = tuple(e for e in coming if e.journey == stay.journey.name and e.trigger == trigger.id)
    rule = " also ".join(head.id for head in trigger.heads)
    obstacles = _obstacles(work, stay, trigger, template, past, mine)
    return WhyNot(stay.journey.name, trigger.id, rule, obstacles, mine, stay.zone, trigger.place)


def _obstacles(
    work: Work,
    stay: Stay,
    trigger: Trigger,
    template: str | None,
    past: Sequence[TraceEntry],
    coming: Sequence[TraceEntry],
) -> tuple[Obstacle, ...]:
    messages = _messages(trigger, template)
    if any(e.kind == "sent" and e.step in messages for e in coming):
        return ()
    for entry in coming:
        if entry.kind in ("dropped", "held", "ignored") and (entry.step is None or entry.step in messages):
            found = _from_trace(work, stay, trigger, entry)
            if found is not None:
                return (found,)
    if any(e.kind == "fired" for e in coming):
        return ()
    common = _common(work, stay, trigger)
    missed = messages if template is not None else set[str]()
    if common is not None and stay.run is None:
        return (_came_to(work, stay, trigger, messages, past, template is not None) or common,)
    if common is not None:
        return (*_dropped_before(work, stay, trigger, missed, past), common)
    found_for_heads = [head_obstacle(work, stay, trigger, head) for head in trigger.heads]
    if None in found_for_heads:
        return ()
    if any(each is not None and each.kind in ("latched", "fired") for each in found_for_heads):
        came_to = _came_to(work, stay, trigger, messages, past, template is not None)
        if came_to is not None:
            return (came_to,)
    dropped = _dropped_before(work, stay, trigger, missed, past)
    return (*dropped, *(each for each in found_for_heads if each is not None))


def _messages(trigger: Trigger, template: str | None) -> set[str]:
    """The ids of the steps that are missed: the sends of a template, or all."""
    if template is None:
        return {op.id for op in trigger.body}
    return {op.id for op in trigger.body if isinstance(op, plan.Send) and op.template == template}


def _common(work: Work, stay: Stay, trigger: Trigger) -> Obstacle | None:
    """What keeps every entry point of a trigger: the journey, the run, the audience, a path under way."""
    journey, run = stay.journey, stay.run
    if stay.paused:
        remedy = f"`wend resume {journey.name}` switches it on again"
        return Obstacle("paused", "the journey is paused", remedy=remedy, place=journey.place)
    if not stay.open:
        return _inactive(stay, work.now)
    if stay.held_out:
        share = max(journey.hold_out, work.rules.program.settings.hold_out)
        sentence = f"the contact is in the hold-out of {share:g}%: nothing is done for it"
        return Obstacle("hold out", sentence, remedy="the hold-out is always the same contacts", place=journey.place)
    if run is None:
        return no_run(work, stay)
    path = next((each for each in run.paths if each.trigger == trigger.id and each.tick < work.now), None)
    if path is not None and not journey.newest_path_only:
        return path_obstacle(work, stay, path)
    if stay.audience is not True:
        env = work.env(stay)
        return Obstacle("audience", "the contact is not in the audience", hindering(journey.audience, env))
    return None


def _inactive(stay: Stay, now: Instant) -> Obstacle:
    journey: Journey = stay.journey
    opens = None if journey.active_from is None else stay.zone.day_start(journey.active_from)
    if opens is not None and opens > now:
        return Obstacle("not active", f"the journey is active from {journey.active_from}", until=opens)
    return Obstacle(
        "not active",
        f"the journey was active until {journey.active_until}",
        remedy="a later `active until` would have to be written",
        place=journey.place,
    )


def _from_trace(work: Work, stay: Stay, trigger: Trigger, entry: TraceEntry) -> Obstacle | None:
    """What the next tick runs into."""
    op = next((each for each in trigger.body if each.id == entry.step), None)
    if entry.kind == "ignored":
        return (
            None
            if entry.reason == "under way"
            else Obstacle(entry.reason or "ignored", _ignored(entry), place=entry.place)
        )
    if isinstance(op, plan.Send):
        return closed_gate(work, stay, op, entry)
    return Obstacle(entry.reason or entry.kind, entry.detail or f"it is {entry.kind}", place=entry.place)


IGNORED = {
    "late": "the event came later than `late up to` allows",
    "no key": "the key of the event is unknown",
    "key done": "it fires once for a key, and has done so",
    "fired already": "another entry point of the trigger fired at the same tick",
    "under way": "a path of the trigger is under way",
    "past": "the date was past when it was first seen, when the run began or when the journey went live",
    "depth": "it stands at the end of a chain of more than five doings of journeys",
}
"""Why a firing was ignored, by the reason in the trace."""


def _ignored(entry: TraceEntry) -> str:
    return IGNORED.get(entry.reason or "", "it was ignored")


def _came_to(
    work: Work, stay: Stay, trigger: Trigger, messages: set[str], past: Sequence[TraceEntry], named: bool
) -> Obstacle | None:
    """What the last firing came to, where the past is known.

    Args:
        named: one message is missed: what became of it goes before how the path ended.
    """
    mine = [e for e in past if e.journey == stay.journey.name and e.trigger == trigger.id]
    fired = next((e for e in reversed(mine) if e.kind == "fired"), None)
    since = [e for e in mine if fired is None or e.at >= fired.at]
    told = [e for e in since if e.kind == "stopped" or (e.kind in ("sent", "dropped") and e.step in messages)]
    if named:
        told.sort(key=lambda entry: entry.kind != "stopped")  # stable: the latest about the message is the last
    for entry in reversed(told):
        when = spell_time(entry.at, stay.zone)
        match entry.kind:
            case "sent":
                return Obstacle("sent", f"it was done on {when}: `{entry.detail}`", place=entry.place)
            case "dropped":
                return _dropped(work, stay, trigger, entry)
            case _:
                return Obstacle("stopped", f"its path was stopped on {when}: {entry.reason}", place=entry.place)
    if fired is not None and any(e.kind == "left" and e.at >= fired.at for e in past if e.journey == stay.journey.name):
        return Obstacle("left", "its path ended when the contact left the audience")
    return None


def _dropped(work: Work, stay: Stay, trigger: Trigger, entry: TraceEntry, again: bool = False) -> Obstacle:
    """A drop of the past, with what its gate goes by now.

    Args:
        again: a path is under way that may come to the message once more.
    """
    op = next((each for each in trigger.body if each.id == entry.step), None)
    gate = closed_gate(work, stay, op, entry) if isinstance(op, plan.Send) else None
    clauses: tuple[Clause, ...] = gate.clauses if gate is not None else ()
    when = spell_time(entry.at, stay.zone)
    sentence = f"it fired, and on {when} the message was dropped: {entry.detail or entry.reason}"
    remedy = None if again else "the message comes again only when the trigger fires anew"
    return Obstacle(entry.reason or "dropped", sentence, clauses, remedy=remedy, place=entry.place)


def _dropped_before(
    work: Work, stay: Stay, trigger: Trigger, messages: set[str], past: Sequence[TraceEntry]
) -> tuple[Obstacle, ...]:
    """The drop of a missed message in the present run, where that is the last that became of it."""
    if stay.run is None:
        return ()
    mine = [
        e
        for e in past
        if (e.journey, e.trigger) == (stay.journey.name, trigger.id) and e.at >= stay.run.began and e.step in messages
    ]
    last = next((e for e in reversed(mine) if e.kind in ("sent", "dropped", "held")), None)
    if last is None or last.kind != "dropped":
        return ()
    again = any(_ahead(trigger, path.pc, messages) for path in stay.run.paths if path.trigger == trigger.id)
    return (_dropped(work, stay, trigger, last, again),)


def _ahead(trigger: Trigger, pc: int, messages: set[str]) -> bool:
    """Whether a path that is at an operation may come to one of the messages: further down, or in another round."""
    heads = [op.head for op in trigger.body[pc:] if isinstance(op, plan.RepeatNext)]
    return any(op.id in messages for op in trigger.body[min([pc, *heads]) :])
