"""`goal on EVENT`: which runs convert. Nothing is done for it: a conversion is noted, and counted once a run."""

from wend.dsl.period import Period
from wend.runtime.contact import Event
from wend.runtime.evolve import evolve
from wend.runtime.tick import runs
from wend.runtime.tick.work import Stay, Work
from wend.runtime.values import Instant


def count(work: Work, stay: Stay, event: Event) -> None:
    """Note a conversion of the contact's latest run, if the event is a goal that is reached after the run's entry.

    The run may have ended meanwhile: one that is held out lasts longer than one in which steps are done, and the two
    are to be compared.
    """
    state = stay.state
    if not state.runs or state.converted == state.runs:
        return
    began = _entry(work, stay, event)
    if began is None:
        return
    env = work.env(stay)
    for goal in stay.journey.goals:
        if _in_time(stay, began, goal.within, event) and runs.matches(work, env, goal.match, event):
            stay.state = evolve(stay.state, converted=state.runs)
            reason = runs.HELD_OUT if stay.held_out else None
            work.note(stay, "converted", reason=reason, detail=event.name, place=goal.match.place)
            return


def _entry(work: Work, stay: Stay, event: Event) -> Instant | None:
    """When the latest run began; None where the event happened before that."""
    run = stay.run
    if run is not None:
        began: Instant | None = run.began if run.began < work.now else None
    else:
        began = stay.state.ended_began
    return began if began is not None and began <= event.time else None


def _in_time(stay: Stay, began: Instant, within: Period | None, event: Event) -> bool:
    return within is None or event.time <= stay.zone.add(began, within)
