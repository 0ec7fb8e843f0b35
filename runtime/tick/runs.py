"""Runs: a contact's stay in a journey, from the tick at which the audience holds to what ends it."""

import datetime as dt

from wend.dsl.ast import PauseWay, ReenterKind
from wend.dsl.program import EventMatch, OnEntry, StopWhen, Trigger
from wend.runtime.contact import Event
from wend.runtime.evaluation.interpret import Env
from wend.runtime.evolve import evolve
from wend.runtime.rules import head_of
from wend.runtime.state import Cause, CauseKind, Path, Phase, Run
from wend.runtime.tick import when
from wend.runtime.tick.feedback import depth_of
from wend.runtime.tick.work import Stay, Work

HELD_OUT = "hold out"
"""The reason that is noted with the entry and the conversion of a contact in the hold-out."""


def survey(work: Work, stay: Stay) -> None:
    """Audience and `exit when` on the snapshot: end the run, end the paths of who left, or begin a run."""
    journey = stay.journey
    stay.open = _is_open(work, stay)
    if work.facts.paused or stay.state.paused is not None:
        _pause(work, stay)
    if not stay.open and stay.journey.active_until is not None:
        _close(work, stay, stay.journey.active_until)
    run = stay.state.run
    if run is None and (not stay.open or not _may_ever_begin(stay)):
        return
    _look(work, stay)
    if run is not None:
        if stay.leaving and journey.exit_when is not None:
            end(work, stay, "exit when", depth_of(work, stay, journey.exit_when))
            stay.spent = True
        elif stay.audience is False and run.paths:
            leave(work, stay)
    elif may_begin(work, stay):
        begin(work, stay)
    if stay.state.anew and not stay.paused:
        stay.state = evolve(stay.state, anew=False)


def _look(work: Work, stay: Stay) -> None:
    """Whether the contact is in the audience, and whether `exit when` is true: of its run, or of one to begin now."""
    journey, env = stay.journey, work.env(stay)
    audience = work.ask(journey.audience, env)
    stay.audience = audience if isinstance(audience, bool) else None
    if stay.run is None and journey.name in work.rules.ends_at_once:
        env = evolve(env, run_entry=work.now)  # nothing has happened since: whom this would end does not begin
    stay.leaving = journey.exit_when is not None and work.ask(journey.exit_when, env) is True


def _pause(work: Work, stay: Stay) -> None:
    """Whether the journey is switched off by hand now, and whether it was when the contact was last looked at.

    While it is paused nobody enters and nothing fires; runs end by `exit when` and `exit on` all the same, and who
    leaves the audience loses its paths. `pause continue` lets the paths under way go on, `pause hold` lets them stand
    where they are, `pause restart` ends their runs, which begin anew when the journey is resumed.
    """
    since = stay.state.paused
    if stay.journey.name not in work.facts.paused:
        if since is not None:
            stay.resumed = since
            stay.state = evolve(stay.state, paused=None)
        return
    stay.paused = True
    if stay.journey.pause is not PauseWay.CONTINUE:
        stay.open = False
    if since is None:
        stay.state = evolve(stay.state, paused=work.now)
        if stay.journey.pause is PauseWay.RESTART:
            _cut_short(work, stay)


def _cut_short(work: Work, stay: Stay) -> None:
    """End a run with paths under way; what started them is armed again."""
    run = stay.run
    if run is None or not run.paths:
        return
    begun = {path.head for path in run.paths}
    end(work, stay, "pause", 0)
    heads = {id: evolve(head, latched=False) if id in begun else head for id, head in stay.state.heads.items()}
    stay.state = evolve(stay.state, heads=heads, anew=True)


def _close(work: Work, stay: Stay, until: dt.date) -> None:
    """When `active until` comes the paths under way end: nothing of them goes on any more."""
    run = stay.run
    if run is not None and run.paths and stay.zone.day_start(until) <= work.now:
        for path in run.paths:
            drop(work, stay, path, "stopped", "active until")


def _is_open(work: Work, stay: Stay) -> bool:
    """Whether the journey is active: from the first moment of `from` to before that of `until`, in its zone."""
    start, stop = stay.journey.active_from, stay.journey.active_until
    if start is None and stop is None:
        return True
    if start is not None and (opens := stay.zone.day_start(start)) > work.now:
        work.until(opens)
        return False
    if stop is None:
        return True
    closes = stay.zone.day_start(stop)
    if closes > work.now:
        work.until(closes)
        return True
    return False


def _may_ever_begin(stay: Stay) -> bool:
    again = stay.state.runs == 0 or stay.state.anew or stay.journey.reenter is not ReenterKind.NEVER
    return again and not stay.archived


def may_begin(work: Work, stay: Stay) -> bool:
    """Whether a run may begin now: audience true, `exit when` not true, active, and as `reenter` allows.

    Not before the tick after the one at which the last run ended.
    """
    if stay.audience is not True or stay.leaving or not stay.open or stay.paused:
        return False
    if stay.spent or not _may_ever_begin(stay):
        return False
    if not _takes_entries(work, stay):
        return False
    ended, after = stay.state.ended_at, stay.journey.reenter_after
    if stay.state.anew or ended is None or after is None or stay.journey.reenter is not ReenterKind.AFTER:
        return True
    release = stay.zone.add(ended, after)
    if release > work.now:
        work.until(release)
        return False
    return True


def _takes_entries(work: Work, stay: Stay) -> bool:
    """Whether `entry until` is still to come: its first moment, in the journey's zone, is the first too late."""
    if stay.journey.entry_until is None:
        return True
    closes = stay.zone.day_start(stay.journey.entry_until)
    if closes > work.now:
        work.until(closes)
        return True
    return False


def begin(work: Work, stay: Stay, event: Event | None = None) -> None:
    """A run begins, through an event if one is given; its `on entry` triggers are to fire."""
    stay.begun_by = event
    number, before = stay.state.runs + 1, stay.state.ended_began
    again = before is not None and stay.zone.date(before) == stay.zone.date(work.now)
    begun = stay.state.begun + 1 if again else 1
    stay.state = evolve(stay.state, run=Run(number, work.now), runs=number, begun=begun)
    work.stir()
    work.note(stay, "entered", reason=HELD_OUT if stay.held_out else None)
    if stay.held_out:
        return
    for _, head in stay.heads.states:
        if isinstance(head, OnEntry):
            stay.set_head(head.id, evolve(stay.head(head.id), true_since=work.now))


def end(work: Work, stay: Stay, reason: str, depth: int) -> None:
    """The run ends with all its paths. `depth` is that of what ended it."""
    when.forget_run(stay)
    _say_farewell(work, stay, depth)
    began = stay.state.run.began if stay.state.run is not None else None
    stay.state = evolve(stay.state, run=None, ended_at=work.now, ended_began=began)
    work.stir()
    work.note(stay, "exited", reason=reason)


def _say_farewell(work: Work, stay: Stay, depth: int) -> None:
    """`on exit` triggers fire."""
    run = stay.run
    if run is None or stay.archived or stay.held_out or not stay.open or stay.paused:
        return
    for trigger, head in stay.heads.ends:
        cause = Cause(CauseKind.EXIT, str(run.number), work.now, depth=depth)
        stay.farewell.append(new_path(work, trigger, head.id, cause))


def end_by(work: Work, stay: Stay, event: Event) -> None:
    """`exit on` ends the run. A later event of this tick may begin the next, of which nothing is known yet."""
    end(work, stay, "exit on", event.depth)
    if _may_ever_begin(stay):
        _look(work, stay)


def leave(work: Work, stay: Stay) -> None:
    """The contact is outside the audience: its paths end, the run goes on."""
    run = stay.run
    if run is not None:
        stay.set_run(evolve(run, paths=()))
        work.stir()
        work.note(stay, "left")


def start(
    work: Work, stay: Stay, trigger: Trigger, head: str, cause: Cause, key: str | None = None, alias: str | None = None
) -> None:
    """A trigger fires: a path stands ready to be walked at this tick, if none of its kind is under way."""
    path = new_path(work, trigger, head, cause, key, alias)
    if not _in_the_way(work, stay, trigger, path):
        stay.put(path, None)


def _in_the_way(work: Work, stay: Stay, trigger: Trigger, path: Path) -> bool:
    """Whether a firing finds a path of its kind under way, which `newest path only` lets it replace.

    Under way is what waits or is held as the trigger fires: what comes due later in the tick goes on too late.
    What goes on at this tick already, or began at it, is looked at when its turn to be walked has come.
    """
    paths = stay.run.paths if stay.run is not None else ()
    older = [p for p in paths if p.phase is not Phase.READY and same_line(p, path)]
    if any(p.tick == work.now and p.trigger == path.trigger for p in paths) and path.cause.event is None:
        return False  # it may have to give way to an event
    if older and key_done(stay, trigger, path):
        work.note(stay, "ignored", trigger=path.trigger, reason="key done")
        return True
    for old in older:
        if stops_now(work, stay, old):
            drop(work, stay, old, "stopped", "stop when")
        elif stay.journey.newest_path_only:
            drop(work, stay, old, "stopped", "a newer path")
        else:
            work.note(stay, "ignored", trigger=path.trigger, reason="under way")
            return True
    return False


def same_line(left: Path, right: Path) -> bool:
    """Whether of two paths one at most may be under way."""
    return left.trigger == right.trigger and left.key == right.key


def key_done(stay: Stay, trigger: Trigger, path: Path) -> bool:
    """Whether a path has a key for which there may be one path for ever, and there was."""
    return bool(getattr(head_of(trigger, path.head), "once", False)) and key_of(path) in stay.state.keys


def key_of(path: Path) -> tuple[str, str]:
    """A path's trigger and key."""
    return path.trigger, path.key or ""


def new_path(
    work: Work, trigger: Trigger, head: str, cause: Cause, key: str | None = None, alias: str | None = None
) -> Path:
    """A path at its beginning."""
    event = cause.event
    return Path(
        trigger=trigger.id,
        head=head,
        version=work.rules.program.version,
        cause=cause,
        tick=work.now,
        key=key,
        events={alias: event} if event is not None and alias is not None else {},
    )


def began_before(work: Work, stay: Stay, run: Run, event: Event) -> bool:
    """Whether a run began before an event: at an earlier tick that is not later, or through an earlier event."""
    if run.began < work.now and run.began <= event.time:
        return True
    if stay.begun_by is not None and stay.begun_by.key < event.key:
        return True
    return any(path.cause.order < event.key for path in run.paths if path.cause.event is not None)


def matches(work: Work, env: Env, match: EventMatch, event: Event) -> bool:
    """Whether an event is the one that is meant."""
    if match.event != event.name:
        return False
    return match.where is None or env.on(event).evaluate(match.where).value is True


def stop_paths(work: Work, stay: Stay, event: Event) -> None:
    """`stop on` ends the paths that began before the event."""
    run = stay.run
    for path in run.paths if run else ():
        found = work.trigger_of(stay, path)
        stops = [s for s in found[1].stops if isinstance(s, EventMatch)] if found else []
        if path.cause.order < event.key and any(
            matches(work, work.path_env(stay, path, snapshot=True), stop, event) for stop in stops
        ):
            drop(work, stay, path, "stopped", f"stop on {event.name}")


def stops_now(work: Work, stay: Stay, path: Path) -> bool:
    """Whether `stop when` of the path's trigger is true on the snapshot."""
    found = work.trigger_of(stay, path)
    conditions = [s.condition for s in found[1].stops if isinstance(s, StopWhen)] if found else []
    if not conditions:
        return False
    env = work.path_env(stay, path, snapshot=True)
    return any(work.ask(condition, env) is True for condition in conditions)


def drop(work: Work, stay: Stay, path: Path, kind: str, reason: str | None = None) -> None:
    """A path ends; its trigger is free again."""
    stay.drop(path)
    work.stir()
    work.note(stay, kind, trigger=path.trigger, reason=reason)
