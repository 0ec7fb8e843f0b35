"""Mutants of the order within a tick, of runs, of `when` and of `on`."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from attrs import evolve

from tests.laws.mutants import mutant, replaced
from wend.dsl.period import Period
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.engine import replacing
from wend.runtime.rules import Rules
from wend.runtime.state import Cause
from wend.runtime.tick import feedback, intake, perform, runs, step, walk, when
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import FOREVER

MICRO = dt.timedelta(microseconds=1)
LONG = Period(days=9999)

# ---- the order within a tick


@mutant("events are taken in the order of arrival")
def _by_arrival(to: pytest.MonkeyPatch) -> None:
    def arrived(contact: Any, state: Any, inbox: Any, now: Any) -> tuple[Event, ...]:
        known = original(contact, state, inbox, now)
        order = [event.id for event in (*state.emitted, *inbox.events)]
        return tuple(sorted(known, key=lambda event: order.index(event.id)))

    original = intake.new_events
    to.setattr(step, "new_events", arrived)


replaced("`exit on` ends what began after it", [runs], "began_before", lambda work, stay, run, event: True)


replaced(
    "what an event of the tick began is not ended by a later one of it",
    [runs],
    "began_before",
    lambda work, stay, run, event: run.began < work.now and run.began <= event.time,
)
replaced(
    "what was asked of the run that `exit on` ended holds for the next",
    [runs],
    "end_by",
    lambda work, stay, event: runs.end(work, stay, "exit on", event.depth),
)


@mutant("the event that ended a run may start something")
def _starts_too(to: pytest.MonkeyPatch) -> None:
    def happen(work: Work, stay: Stay, event: Event) -> None:
        run = stay.run
        original(work, stay, event)
        if run is not None and stay.run is None:
            original(work, stay, event)

    original = step._happen
    to.setattr(step, "_happen", happen)


@mutant("after `exit on` nothing of that tick begins a run")
def _spent(to: pytest.MonkeyPatch) -> None:
    def end(work: Work, stay: Stay, *more: Any) -> None:
        original(work, stay, *more)
        stay.spent = True

    original = runs.end
    to.setattr(runs, "end", end)


@mutant("emitted events arrive at the same tick")
def _at_once(to: pytest.MonkeyPatch) -> None:
    def at_once(rules: Any, contact: Any, state: Any, inbox: Any, now: Any, facts: Any) -> Any:
        done = original(rules, contact, state, inbox, now, facts)
        while done.state.emitted:
            more = original(rules, done.contact, done.state, Inbox(), now, facts)
            done = evolve(more, effects=(*done.effects, *more.effects), trace=(*done.trace, *more.trace))
        return done

    original = step.step
    to.setattr(step, "step", at_once)


@mutant("gates and conditions read the writes of the tick")
def _reads_writes(to: pytest.MonkeyPatch) -> None:
    def env(work: Work, stay: Stay) -> Any:
        return evolve(original(work, stay), contact=work.view, found={})

    original = Work.env
    to.setattr(Work, "env", env)


@mutant("a path sees the snapshot only")
def _snapshot_only(to: pytest.MonkeyPatch) -> None:
    original = Work.path_env
    to.setattr(Work, "path_env", lambda work, stay, path, snapshot: original(work, stay, path, snapshot=True))


@mutant("journeys are walked in the order of their names alone")
def _by_name(to: pytest.MonkeyPatch) -> None:
    def by_name(work: Work) -> None:
        work.stays = sorted(work.stays, key=lambda stay: stay.journey.name)
        original(work)

    original = walk.walk_all
    to.setattr(step, "walk_all", by_name)


# ---- runs


replaced("leaving the audience ends the run", [runs], "leave", lambda work, stay: runs.end(work, stay, "left", 0))
replaced("leaving the audience leaves paths alone", [runs], "leave", lambda work, stay: None)


@mutant("unknown counts as true")
def _unknown_true(to: pytest.MonkeyPatch) -> None:
    original = Work.ask
    to.setattr(Work, "ask", lambda work, expr, env: True if (v := original(work, expr, env)) is None else v)


@mutant("unknown counts as false")
def _unknown_false(to: pytest.MonkeyPatch) -> None:
    original = Work.ask
    to.setattr(Work, "ask", lambda work, expr, env: False if (v := original(work, expr, env)) is None else v)


@mutant("a run may begin at the tick at which the last one ended")
def _begins_at_once(to: pytest.MonkeyPatch) -> None:
    def end(work: Work, stay: Stay, reason: str, depth: int) -> None:
        original(work, stay, reason, depth)
        if runs.may_begin(work, stay):
            runs.begin(work, stay)

    original = runs.end
    to.setattr(runs, "end", end)


@mutant("`reenter after` counts from the beginning of the run")
def _after_beginning(to: pytest.MonkeyPatch) -> None:
    def end(work: Work, stay: Stay, reason: str, depth: int) -> None:
        began = stay.run.began if stay.run else None
        original(work, stay, reason, depth)
        stay.state = evolve(stay.state, ended_at=began)

    original = runs.end
    to.setattr(runs, "end", end)


replaced("`reenter never` is no obstacle", [runs], "_may_ever_begin", lambda stay: True)


@mutant("`on entry` fires at every entry of a day")
def _entry_always(to: pytest.MonkeyPatch) -> None:
    def entered(work: Work, stay: Stay, head: Any) -> Cause | None:
        stay.set_head(head.id, evolve(stay.head(head.id), fired_at=None))
        return original(work, stay, head)

    original = when.entered
    to.setattr(when, "entered", entered)


@mutant("`active until` is inclusive")
def _until_inclusive(to: pytest.MonkeyPatch) -> None:
    def is_open(work: Work, stay: Stay) -> bool:
        journey = stay.journey
        if journey.active_until is not None:
            stay.journey = evolve(journey, active_until=journey.active_until + dt.timedelta(days=1))
        answer = original(work, stay)
        stay.journey = journey
        return answer

    original = runs._is_open
    to.setattr(runs, "_is_open", is_open)


# ---- when


replaced("`when` is not latched", [when], "latch", lambda stay, head, now: None)
replaced(
    "a new run arms a latch that was not seen false",
    [when],
    "armed",
    lambda head, state, run: (
        not state.latched or state.latched_run != run.number or (state.seen_false and head.repeatedly)
    ),
)
replaced(
    "false arms a latch within its run",
    [when],
    "armed",
    lambda head, state, run: not state.latched or state.seen_false,
)
replaced("a latch is never armed again", [when], "armed", lambda head, state, run: not state.latched)


@mutant("unknown is seen as false by a latch")
def _unknown_arms(to: pytest.MonkeyPatch) -> None:
    original = when._seen
    to.setattr(
        when,
        "_seen",
        lambda work, state, head, true, false, run: original(work, state, head, true, not true, run),
    )


replaced("`when` may fire several times a day", [when], "spaced", lambda stay, trigger, head, state: None)


@mutant("a firing that is too soon is lost")
def _lost(to: pytest.MonkeyPatch) -> None:
    original = when.spaced
    to.setattr(when, "spaced", lambda *args: None if (release := original(*args)) is None else max(release, FOREVER))


@mutant("`when` fires once a day in each run")
def _day_of_run(to: pytest.MonkeyPatch) -> None:
    def spaced(stay: Stay, trigger: Any, head: Any, state: Any) -> Any:
        same = stay.run is not None and state.latched_run == stay.run.number
        return original(stay, trigger, head, state) if same else None

    original = when.spaced
    to.setattr(when, "spaced", spaced)


@mutant("`for D` goes on over unknown")
def _over_unknown(to: pytest.MonkeyPatch) -> None:
    original = when._seen
    to.setattr(
        when,
        "_seen",
        lambda work, state, head, true, false, run: (
            original(work, state, head, true, false, run) if true or false else state
        ),
    )


replaced("`for D` goes on over runs", [when], "forget_run", lambda stay: None)


@mutant("`for D` has no bound of its own")
def _no_end_of_spell(to: pytest.MonkeyPatch) -> None:
    def lasting(work: Work, *more: Any) -> Any:
        release = original(work, *more)
        return release if release is None or release <= work.now else FOREVER

    original = when.lasting
    to.setattr(when, "lasting", lasting)


@mutant("`backlog skip` is ignored")
def _no_backlog(to: pytest.MonkeyPatch) -> None:
    def observe(work: Work, stay: Stay, trigger: Any, head: Any) -> Cause | None:
        stay.first_seen = False
        return original(work, stay, trigger, head)

    original = when.observe
    to.setattr(when, "observe", observe)


@mutant("`backlog skip` is for every new contact")
def _backlog_for_all(to: pytest.MonkeyPatch) -> None:
    def observe(work: Work, stay: Stay, trigger: Any, head: Any) -> Cause | None:
        stay.first_seen = stay.journey.name not in work.before.journeys
        return original(work, stay, trigger, head)

    original = when.observe
    to.setattr(when, "observe", observe)


@mutant("a `when` that is ignored is latched")
def _latched_for_nothing(to: pytest.MonkeyPatch) -> None:
    def observe(work: Work, stay: Stay, trigger: Any, head: Any) -> Cause | None:
        cause = original(work, stay, trigger, head)
        if cause is not None:
            when.latch(stay, head, work.now)
        return cause

    original = when.observe
    to.setattr(when, "observe", observe)


class _Forgetful(set[tuple[str, str, str]]):
    def __contains__(self, item: object) -> bool:
        return False


@mutant("every entry point of a trigger fires by itself")
def _each_entry_point(to: pytest.MonkeyPatch) -> None:
    def made(work: Work) -> None:
        original(work)
        work.fired = _Forgetful()

    original = Work.__attrs_post_init__
    to.setattr(Work, "__attrs_post_init__", made)


class _Apart(set[tuple[str, str, str]]):
    def update(self, *others: Iterable[tuple[str, str, str]]) -> None:
        items = {item for other in others for item in other}
        super().update(items if len(items) == 1 else {item for item in items if item[2]})


@mutant("a condition fires beside an event of its tick")
def _beside_an_event(to: pytest.MonkeyPatch) -> None:
    def made(work: Work) -> None:
        original(work)
        work.fired = _Apart()

    original = Work.__attrs_post_init__
    to.setattr(Work, "__attrs_post_init__", made)


replaced("each entry point has a day of its own", [when], "last_firing", lambda stay, trigger, state: state.fired_at)


# ---- on


replaced("an event counts as often as it comes", [Contact], "knows", lambda contact, event_id: False)


@mutant("an event from the future keeps its time")
def _future(to: pytest.MonkeyPatch) -> None:
    def future(contact: Any, state: Any, inbox: Any, now: Any) -> tuple[Event, ...]:
        told = {event.id: event for event in (*state.emitted, *inbox.events)}
        return tuple(told[event.id] for event in original(contact, state, inbox, now))

    original = intake.new_events
    to.setattr(step, "new_events", future)


replaced("an event starts something however old it is", [step], "DEFAULT_LATE", LONG)


@mutant("an event that is too old does not exit")
def _late_is_nothing(to: pytest.MonkeyPatch) -> None:
    def happen(work: Work, stay: Stay, event: Event) -> None:
        if event.time + dt.timedelta(hours=24) >= work.now:
            original(work, stay, event)

    original = step._happen
    to.setattr(step, "_happen", happen)


@mutant("an imported event starts something")
def _imported(to: pytest.MonkeyPatch) -> None:
    original = step._happen
    to.setattr(step, "_happen", lambda work, stay, event: original(work, stay, evolve(event, imported=False)))


@mutant("a cycle of emitted events goes on")
def _no_depth(to: pytest.MonkeyPatch) -> None:
    to.setattr(feedback, "DEEPEST", 1000)
    to.setattr(perform, "DEEPEST", 1000)


replaced(
    "a condition that goes round is as from outside",
    [when],
    "depth_of",
    lambda work, stay, *read: 0,
)


@mutant("`exit when` is not asked for the run that would begin")
def _begins_to_end(to: pytest.MonkeyPatch) -> None:
    to.setattr(Rules, "ends_at_once", property(lambda rules: frozenset()))


@mutant("a trigger that is reset counts its firings from the beginning")
def _recounted(to: pytest.MonkeyPatch) -> None:
    def carried(replacement: Any, state: Any, keep: bool) -> Any:
        found = original(replacement, state, keep)
        heads = {id: evolve(head, firings=head.firings if keep else 0) for id, head in found.heads.items()}
        return evolve(found, heads=heads)

    original = replacing._carried
    to.setattr(replacing, "_carried", carried)


@mutant("a trigger that keeps leaves its memory under the old text too")
def _left_behind(to: pytest.MonkeyPatch) -> None:
    def carried(replacement: Any, state: Any, keep: bool) -> Any:
        found = original(replacement, state, keep)
        left = {each.old: state.heads[each.old] for each in replacement.heads if each.old in state.heads}
        return evolve(found, heads={**found.heads, **left})

    original = replacing._carried
    to.setattr(replacing, "_carried", carried)
