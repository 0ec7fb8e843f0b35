"""What the engine and the simulator do alike around a step: its facts, and counting what came of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from attrs import evolve, field, frozen

from wend.runtime.contact import Contact, Inbox
from wend.runtime.conversions import Conversions
from wend.runtime.delivery.rendering import template_name
from wend.runtime.effects import Facts, Send, Step
from wend.runtime.rules import Rules
from wend.runtime.state import State, Suppression
from wend.runtime.tick.runs import HELD_OUT
from wend.runtime.values import Instant


class StepFunction(Protocol):
    """The pure core: `wend.runtime.tick.step.step`, or a test's own."""

    def __call__(
        self, rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /
    ) -> Step:
        """What happens to one contact at one tick."""
        ...


Suppressions = Callable[[Iterable[str]], Iterable[Suppression]]
"""Gives what holds for some addresses, as it was known before the tick."""


def folded(address: str) -> str:
    """An address as suppressions know it."""
    return address.strip().casefold()


def addresses_of(contact: Contact, inbox: Inbox, fields: Iterable[str]) -> set[str]:
    """The addresses a contact has, or has once its inbox is taken in, in the form in which suppressions know them.

    Args:
        fields: the names of the fields that hold addresses.
    """
    found = set()
    for name in fields:
        values = [contact.id if name == "id" else contact.fields.get(name)]
        values += [change.fields.get(name) for change in inbox.changes]
        found |= {folded(value) for value in values if isinstance(value, str)}
    return found


def step_once(
    step: StepFunction,
    rules: Rules,
    contact: Contact,
    state: State,
    inbox: Inbox,
    now: Instant,
    facts: Facts,
    looked_up: set[str],
    suppressions: Suppressions,
) -> Step:
    """Step a contact with what holds for every address that it is written to.

    A script can send to an address that is none of the contact's own fields; which one is known only afterwards. A
    step is pure, so it is simply done again where such an address turns out to be suppressed.

    Args:
        facts: with what holds for the addresses `looked_up`.
    """
    while True:
        outcome = step(rules, contact, state, inbox, now, facts)
        others = {folded(effect.address) for effect in outcome.effects if isinstance(effect, Send)} - looked_up
        if not others:
            return outcome
        found = frozenset(suppressions(others)) - facts.suppressed
        if not found:
            return outcome
        looked_up = looked_up | others
        facts = evolve(facts, suppressed=facts.suppressed | found)


@frozen
class Counts:
    """What came of some steps.

    Args:
        effects: messages by channel and template.
        skipped: messages that were not sent, by reason.
        happened: other lines of the trace by their kind: entered, exited, fired, held, problem and so on.
        goals: by the name of each journey that has a goal.
    """

    effects: Mapping[str, "Counter[str]"] = field(factory=dict)
    skipped: "Counter[str]" = field(factory=Counter)
    happened: "Counter[str]" = field(factory=Counter)
    goals: Mapping[str, Conversions] = field(factory=dict)

    @property
    def messages(self) -> int:
        """How many messages there were, over all channels."""
        return sum(counter.total() for counter in self.effects.values())


class Counting:
    """Counts steps of a program as they come."""

    def __init__(self, rules: Rules) -> None:
        self.steps = 0
        self._goals = {journey.name: Counter[str]() for journey in rules.program.journeys if journey.goals}
        self._effects: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._skipped: Counter[str] = Counter()
        self._happened: Counter[str] = Counter()

    @property
    def has_goals(self) -> bool:
        """Whether a journey of the program has a goal."""
        return bool(self._goals)

    def add(self, outcome: Step) -> None:
        """Count a step."""
        self.steps += 1
        if not outcome.effects and not outcome.trace:
            return
        for effect in outcome.effects:
            if isinstance(effect, Send):
                self._effects[effect.channel][template_name(effect)] += 1
        for entry in outcome.trace:
            if entry.kind == "dropped":
                self._skipped[entry.reason or "dropped"] += 1
            else:
                self._happened[entry.kind] += 1
                if entry.kind in _OF_GOALS and entry.journey in self._goals:
                    self._goals[entry.journey][f"{entry.kind} {entry.reason or ''}"] += 1

    def counts(self) -> Counts:
        """What was counted, in the order of names."""
        effects = {channel: _sorted(counter) for channel, counter in sorted(self._effects.items())}
        goals = {journey: _conversions(counter) for journey, counter in sorted(self._goals.items())}
        return Counts(effects, _sorted(self._skipped), _sorted(self._happened), goals)


_OF_GOALS = frozenset({"entered", "converted"})


def _conversions(counted: "Counter[str]") -> Conversions:
    names = ("entered ", "converted ", f"entered {HELD_OUT}", f"converted {HELD_OUT}")
    return Conversions(*[counted[name] for name in names])


def _sorted(counter: "Counter[str]") -> "Counter[str]":
    return Counter(dict(sorted(counter.items())))
