"""A workspace played over a population from one local day to another: what every command that simulates does."""

import datetime as dt
from collections.abc import Callable, Iterable

from attrs import frozen

from wend.collector import collecting_seldom
from wend.data.population import Population
from wend.progress import progress
from wend.project.workspace import Workspace
from wend.runtime.contact import Event
from wend.runtime.effects import Send, Step
from wend.runtime.play.simulate import SimulationResult, simulate
from wend.runtime.telling.why import explained
from wend.runtime.tick.step import step
from wend.runtime.values import Instant


@frozen
class Period:
    """Local days of a project's zone, the first and the last included whole."""

    first: dt.date
    last: dt.date


@collecting_seldom()
def play(
    workspace: Workspace,
    population: Population,
    period: Period,
    *,
    on_message: Callable[[Send], None] | None = None,
    on_step: Callable[[str, Instant, Step], None] | None = None,
    react: Callable[[Send], Iterable[Event]] | None = None,
    explain: bool = False,
    quiet: bool = True,
    label: str = "simulating",
) -> SimulationResult:
    """Simulate a project over contacts and events.

    Args:
        on_message, on_step, react: as `wend.runtime.play.simulate` has them.
        explain: traces tell of every decision and wait too.
        quiet: no progress on standard error.
        label: what the progress calls it.

    Raises:
        ProgramError: the program has errors.
        WendError: something in the data is wrong.
    """
    zone = workspace.project.zone
    with progress(label, (period.last - period.first).days + 1, quiet=quiet) as advance:
        done = 0

        def shown(now: Instant, steps: int) -> None:
            nonlocal done
            today = zone.date(now)
            if (passed := (today - period.first).days) > done:
                advance(passed - done, f"{label} {today}")
                done = passed

        return simulate(
            workspace.rules(),
            population.contacts,
            population.events,
            zone.day_start(period.first),
            zone.day_start(period.last + dt.timedelta(days=1)),
            facts=workspace.facts(),
            on_message=on_message,
            on_step=on_step,
            progress=shown,
            react=react,
            step=explained if explain else step,
        )
