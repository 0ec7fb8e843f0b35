"""The same step under a virtual clock: what a program would do to a population, without a store and without sending."""

from collections.abc import Callable, Iterable, Mapping

from attrs import frozen

from wend.dsl.diagnostics import WendError
from wend.runtime.calendar import Zone, zone
from wend.runtime.contact import Event
from wend.runtime.conversions import Conversions
from wend.runtime.delivery.rendering import template_name
from wend.runtime.effects import Facts, Send, Step
from wend.runtime.engine.stepping import Counting, Counts, StepFunction
from wend.runtime.play.world import World
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord, EventRecord
from wend.runtime.tick.step import step as standard_step
from wend.runtime.values import Instant


@frozen
class MessageCount:
    """So many messages of a template in a month, `1997-05`, local in the project's zone."""

    journey: str
    channel: str
    template: str
    month: str
    count: int


@frozen
class SimulationResult:
    """What a simulation did.

    Args:
        contacts: how many there were.
        events: how many happened before the end; `later` happened afterwards, and were left out.
        ticks: at how many minutes something was due.
        steps: how often a contact was stepped.
        counts: messages by channel and template, what was skipped and why, and what else happened.
        messages: by journey, channel, template and month, in that order.
    """

    contacts: int
    events: int
    later: int
    ticks: int
    steps: int
    counts: Counts
    messages: tuple[MessageCount, ...]

    @property
    def effects(self) -> Mapping[str, Mapping[str, int]]:
        """Messages by channel and template."""
        return self.counts.effects

    @property
    def skipped(self) -> Mapping[str, int]:
        """Messages that were not sent, by reason."""
        return self.counts.skipped

    @property
    def goals(self) -> Mapping[str, Conversions]:
        """Runs and conversions of each journey that has a goal."""
        return self.counts.goals

    def by_month(self) -> dict[str, dict[str, int]]:
        """Messages by journey and month."""
        table: dict[str, dict[str, int]] = {}
        for each in self.messages:
            months = table.setdefault(each.journey, {})
            months[each.month] = months.get(each.month, 0) + each.count
        return table


def simulate(
    rules: Rules,
    contacts: Iterable[ContactRecord],
    events: Iterable[EventRecord],
    start: Instant,
    end: Instant,
    *,
    facts: Facts | None = None,
    on_message: Callable[[Send], None] | None = None,
    on_step: Callable[[str, Instant, Step], None] | None = None,
    progress: Callable[[Instant, int], None] | None = None,
    react: Callable[[Send], Iterable[Event]] | None = None,
    step: StepFunction = standard_step,
) -> SimulationResult:
    """Run a program over a population from `start` until `end`.

    Args:
        contacts: all of them are imported at the start, when every journey goes live.
        events: in any order. Those before the start are imported history; the others arrive when they happen.
        start: the first instant, UTC; the first tick is at its minute or the next.
        end: the instant, UTC, at which it is over: nothing happens at it.
        facts: the project's zone and fields with addresses; UTC and the usual fields if None.
        on_message: given each message as it is decided, in the order of time; it could be rendered and kept.
        on_step: given the contact's id, the time and the outcome of every step.
        progress: given the time of each tick and how many contacts have been stepped before it.
        react: given each message, says what happens to the contact because of it, at a later minute.
        step: the pure core.

    Raises:
        WendError: the same contact twice, an event for nobody, a value that is none, or an end before the start.
    """
    if not isinstance(rules, Rules):
        raise WendError("a simulation goes by the rules of a program", "give `program.rules`")
    if end < start:
        raise WendError(
            f"the simulation ends at {end:%Y-%m-%d %H:%M} UTC, before it begins", "give the later time last"
        )
    world = World(rules, facts or Facts(), start, end, step)
    counted = _Counted(rules, zone(world.facts.zone))
    world.settle(contacts, start)
    happened, later = world.plan(events, start)
    for now in world.ticks():
        if progress is not None:
            progress(now, counted.counting.steps)
        counted.ticks += 1
        for resident, outcome in world.tick(now):
            counted.add(outcome, now)
            if on_step is not None:
                on_step(resident.contact.id, now, outcome)
            for effect in outcome.effects if on_message is not None or react is not None else ():
                if isinstance(effect, Send):
                    if on_message is not None:
                        on_message(effect)
                    for event in react(effect) if react is not None else ():
                        happened += _arrives(world, resident.contact.id, event)
    return counted.result(len(world.residents), happened, later)


def _arrives(world: World, contact: str, event: Event) -> bool:
    """Whether an event that follows from a message comes before the end; then it will arrive."""
    if event.time >= world.end:
        return False
    world.arrive(contact, event)
    return True


class _Counted:
    """What is counted while a world goes on. Months are those of the zone."""

    def __init__(self, rules: Rules, local: Zone) -> None:
        self.zone, self.counting, self.ticks = local, Counting(rules), 0
        self.messages: dict[tuple[str, str, str, str], int] = {}
        self.at: Instant | None = None
        self.month = ""

    def add(self, outcome: Step, now: Instant) -> None:
        """Count a step."""
        self.counting.add(outcome)
        for effect in outcome.effects:
            if isinstance(effect, Send):
                if now is not self.at:
                    self.at, self.month = now, f"{self.zone.local(now):%Y-%m}"
                key = (effect.identity.journey, effect.channel, template_name(effect), self.month)
                self.messages[key] = self.messages.get(key, 0) + 1

    def result(self, contacts: int, events: int, later: int) -> SimulationResult:
        """What has been counted."""
        return SimulationResult(
            contacts=contacts,
            events=events,
            later=later,
            ticks=self.ticks,
            steps=self.counting.steps,
            counts=self.counting.counts(),
            messages=tuple(MessageCount(*key, count) for key, count in sorted(self.messages.items())),
        )
