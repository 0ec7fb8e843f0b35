"""What the engine and the simulator do alike around a step: its facts, and counting what came of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from attrs import evolve, field, frozen

from wend.runtime.contact import Contact, Inbox
from wend.runtime.effects import Facts, Send, Step
from wend.runtime.rendering import template_name
from wend.runtime.rules import Rules
from wend.runtime.state import State, Suppression
from wend.runtime.values import Instant


class StepFunction(Protocol):
    """The pure core: `wend.runtime.step.step`, or a test's own."""

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
    """

    effects: Mapping[str, "Counter[str]"] = field(factory=dict)
    skipped: "Counter[str]" = field(factory=Counter)
    happened: "Counter[str]" = field(factory=Counter)

    @property
    def messages(self) -> int:
        """How many messages there were, over all channels."""
        return sum(counter.total() for counter in self.effects.values())


class Counting:
    """Counts steps as they come."""

    def __init__(self) -> None:
        self.steps = 0
        self._effects: dict[str, Counter[str]] = {}
        self._skipped: Counter[str] = Counter()
        self._happened: Counter[str] = Counter()

    def add(self, outcome: Step) -> None:
        """Count a step."""
        self.steps += 1
        if not outcome.effects and not outcome.trace:
            return
        for effect in outcome.effects:
            if isinstance(effect, Send):
                self._effects.setdefault(effect.channel, Counter())[template_name(effect)] += 1
        for entry in outcome.trace:
            if entry.kind == "dropped":
                self._skipped[entry.reason or "dropped"] += 1
            else:
                self._happened[entry.kind] += 1

    def counts(self) -> Counts:
        """What was counted, in the order of names."""
        effects = {channel: _sorted(counter) for channel, counter in sorted(self._effects.items())}
        return Counts(effects, _sorted(self._skipped), _sorted(self._happened))


def _sorted(counter: "Counter[str]") -> "Counter[str]":
    return Counter(dict(sorted(counter.items())))
