"""`when C`: the latch of a condition.

It fires at the first tick of a run at which C holds and is latched then. It is armed again by a new run (or with
`repeatedly`), and only if C was seen false since it fired. At most once a day, unless `at most every` says otherwise.
"""

from wend.dsl.ast import ReenterKind
from wend.dsl.program import OnEntry, Trigger, When
from wend.runtime.evolve import evolve
from wend.runtime.state import Cause, CauseKind, HeadState, Run
from wend.runtime.tick.feedback import depth_of, too_deep
from wend.runtime.tick.work import FRESH, Stay, Work
from wend.runtime.values import Instant

DAY = 86_400


def observe(work: Work, stay: Stay, trigger: Trigger, head: When) -> Cause | None:
    """Look at the condition on the snapshot: remember what was seen, and the cause of a path if one is to begin."""
    state, run = stay.state.heads.get(head.id, FRESH), stay.state.run
    if not worth_asking(stay, head, state):
        return None
    value = work.ask(head.condition, work.env(stay))
    seen = state
    if state.latched or head.lasting is not None:
        seen = _seen(work, state, head, value is True, value is False, run)
    if state.newcomer:
        seen = evolve(seen, newcomer=False)
    if value is True and stay.journey.backlog_skip and (in_backlog(stay) or state.newcomer):
        seen = evolve(seen, latched=True, seen_false=False, latched_run=run.number if run else 0)
    if seen is not state and seen != state:
        stay.set_head(head.id, seen)
    if run is None or value is not True or not armed(head, seen, run):
        return None
    for release in (lasting(work, stay, head, seen), spaced(stay, trigger, head, seen)):
        if release is not None and release > work.now:
            work.until(release)
            return None
    if not stay.may_start:
        return None
    depth = depth_of(work, stay, head.condition) if _several_a_day(head) else 0
    if too_deep(work, stay, trigger.id, depth):
        stay.set_head(head.id, evolve(seen, latched=True, seen_false=False, latched_run=run.number))
        return None
    return Cause(CauseKind.WHEN, str(seen.firings + 1), work.now, depth=depth)


def _several_a_day(head: When) -> bool:
    """Whether it may fire more than once a day: then it could go round with what its body, or another, does."""
    return head.at_most_every is not None and head.at_most_every.approximate_seconds < DAY


def in_backlog(stay: Stay) -> bool:
    """Whether what holds may have held for long: the contact is first seen, or the journey has just been resumed."""
    return stay.first_seen or stay.resumed is not None


def worth_asking(stay: Stay, head: When, state: HeadState) -> bool:
    """Whether the condition can matter: while armed in a run; once latched, until it is seen false."""
    if state.latched and not state.seen_false:
        # Latched outside any run, by `backlog skip`: the first run is a new one.
        return head.repeatedly or stay.journey.reenter is not ReenterKind.NEVER or state.latched_run == 0
    if stay.journey.backlog_skip and (in_backlog(stay) or state.newcomer):
        return True
    return stay.run is not None and armed(head, state, stay.run)


def armed(head: When, state: HeadState, run: Run) -> bool:
    """Whether it may fire in this run."""
    if not state.latched:
        return True
    return state.seen_false and (head.repeatedly or state.latched_run != run.number)


def _seen(work: Work, state: HeadState, head: When, true: bool, false: bool, run: Run | None) -> HeadState:
    if state.latched and false and not state.seen_false:
        state = evolve(state, seen_false=True)
    if head.lasting is not None:
        since = (state.true_since or work.now) if true and run is not None else None
        if since != state.true_since:
            state = evolve(state, true_since=since)
    return state


def lasting(work: Work, stay: Stay, head: When, state: HeadState) -> Instant | None:
    """When the condition will have held for as long as `for D` asks; None where nothing is asked."""
    if head.lasting is None or state.true_since is None:
        return None
    return stay.zone.add(state.true_since, head.lasting)


def spaced(stay: Stay, trigger: Trigger, head: When, state: HeadState) -> Instant | None:
    """When it may fire again after the trigger's last firing: the next local day, or after `at most every`."""
    last = last_firing(stay, trigger, state)
    if last is None:
        return None
    return stay.zone.next_day(last) if head.at_most_every is None else stay.zone.add(last, head.at_most_every)


def last_firing(stay: Stay, trigger: Trigger, state: HeadState) -> Instant | None:
    """When the trigger of a `when` fired last, through whichever of its entry points."""
    if len(trigger.heads) == 1:
        return state.fired_at
    fired = [at for head in trigger.heads if (at := stay.head(head.id).fired_at) is not None]
    return max(fired, default=None)


def entered(work: Work, stay: Stay, head: OnEntry) -> Cause | None:
    """The beginning of a run: at most once a day, across runs. One that comes sooner fires when the day is over."""
    state, run = stay.head(head.id), stay.run
    if run is None or state.true_since is None:
        return None
    if state.fired_at is not None and (release := stay.zone.next_day(state.fired_at)) > work.now:
        work.until(release)
        return None
    if not stay.may_start:
        return None
    stay.set_head(head.id, evolve(state, true_since=None, fired_at=work.now))
    return Cause(CauseKind.ENTRY, str(run.number), work.now)


def latch(stay: Stay, head: When, now: Instant) -> None:
    """The path has begun: latched until armed again."""
    run = stay.run
    state = stay.head(head.id)
    stay.set_head(
        head.id,
        evolve(
            state,
            firings=state.firings + 1,
            fired_at=now,
            latched=True,
            seen_false=False,
            latched_run=run.number if run else 0,
        ),
    )


def count(stay: Stay, head: str, now: Instant) -> None:
    """Another entry point of a trigger that has a `when` too has fired: that day is counted from it."""
    stay.set_head(head, evolve(stay.head(head), fired_at=now))


def forget_run(stay: Stay) -> None:
    """A run has ended: how long a condition has held, and what a value was, is looked at anew in the next."""
    for name, state in stay.state.heads.items():
        if state.true_since is not None or state.watched:
            stay.set_head(name, evolve(state, true_since=None, watched=False, value=None))
