"""One contact under a virtual clock, whom one may ask why not."""

import datetime as dt

from wend.dsl.diagnostics import Severity, render
from wend.dsl.source import Source
from wend.project.workspace import build
from wend.runtime.calendar import zone
from wend.runtime.contact import Event
from wend.runtime.effects import Facts, TraceEntry
from wend.runtime.play.world import World
from wend.runtime.rules import Rules
from wend.runtime.sources import ContactRecord
from wend.runtime.telling.tell import tell
from wend.runtime.telling.whynot import WhyNot, why_not
from wend.runtime.values import Instant, Value
from wend.stdlib import FUNCTIONS

PARIS = zone("Europe/Paris")
DECLARATIONS = """
contact
    email          text?
    plan           "free" | "paid"
    country        text?
    renews         date?
    consent_email  boolean?
    last_purchase  date? = last(purchase.at)

event purchase
    amount number

settings
    timezone "Europe/Paris"
    consent email when consent_email
"""


def at(text: str) -> Instant:
    """A moment in Paris, `2026-05-10` or `2026-05-10 09:00`."""
    moment = dt.datetime.fromisoformat(text)
    return PARIS.at(moment.date(), moment.time())


def rules_of(script: str) -> Rules:
    program, found = build([Source("page.journey", DECLARATIONS + script)])
    assert program is not None, [render(d) for d in found if d.severity is Severity.ERROR]
    return Rules(program, FUNCTIONS)


class Life:
    """One contact, from a day on."""

    def __init__(self, script: str, start: str, **fields: Value) -> None:
        self.world = World(rules_of(script), Facts(zone="Europe/Paris"), at(start))
        told = {"email": "ana@mail.example", "plan": "free", "consent_email": True, **fields}
        self.world.settle([ContactRecord("ana", told)], at(start))
        self.past: list[TraceEntry] = []
        self.now = at(start)
        self.number = 0

    def event(self, name: str, when: str, **payload: Value) -> "Life":
        """What happens; before the start, or rather before the next tick, it is taken in with that."""
        self.number += 1
        imported = at(when) < self.now
        self.world.arrive("ana", Event(f"e{self.number}", name, at(when), payload, imported=imported))
        return self

    def until(self, when: str) -> "Life":
        """Live until that moment, its own tick included."""
        while (due := self.world.due()) is not None and due <= at(when):
            for _, outcome in self.world.tick(due):
                self.past += outcome.trace
        self.now = at(when)
        return self

    def why_not(self, journey: str = "j", number: int = 0, template: str | None = None) -> WhyNot:
        """What keeps a trigger, by its number from 0."""
        one = self.world.resident("ana")
        facts = self.world.facts_for(one)
        return why_not(
            self.world.rules, one.contact, one.state, self.now, facts, journey, None, template, tuple(self.past)
        )[number]

    def told(self, journey: str = "j", number: int = 0, template: str | None = None) -> str:
        """The answer as a person reads it, without its first line."""
        return "\n".join(line.removeprefix("  ") for line in tell(self.why_not(journey, number, template))[1:])
