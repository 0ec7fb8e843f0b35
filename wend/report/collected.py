"""What a report tells of a simulation, counted step by step; only counts and a few examples are kept."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from attrs import field, frozen

from wend.runtime.calendar import Zone
from wend.runtime.effects import Send, Step, TraceEntry
from wend.runtime.telling.flow import Flow, FlowCounting
from wend.runtime.values import Instant

EXAMPLES = 5
"""How many contacts are named for each reason."""


@frozen
class Skip:
    """Messages that a step did not send, or not yet, for one reason.

    Args:
        held: they were held, and may have gone out later.
        examples: the first few: which contact, and the local time.
    """

    journey: str
    trigger: str
    step: str
    reason: str
    held: bool
    count: int
    examples: tuple[tuple[str, dt.datetime], ...]


@frozen
class Collected:
    """What happened in a simulation, in the project's zone.

    Args:
        daily: messages by local day and journey.
        hourly: messages by weekday (Monday is 0) and hour.
        monthly: messages by month, `2027-03`, and channel.
        per_contact: how many contacts got so many messages, 0 included.
        flow: what happened at each place of each journey.
        skips: what was not sent, or held, and why; the most frequent first.
    """

    daily: Mapping[tuple[dt.date, str], int] = field(factory=dict)
    hourly: Mapping[tuple[int, int], int] = field(factory=dict)
    monthly: Mapping[tuple[str, str], int] = field(factory=dict)
    per_contact: Mapping[int, int] = field(factory=dict)
    flow: Flow = field(factory=Flow)
    skips: tuple[Skip, ...] = ()

    @property
    def messages(self) -> int:
        """How many messages there were."""
        return sum(self.daily.values())

    def busiest(self, days: int = 10) -> list[tuple[dt.date, int]]:
        """The days with the most messages, the fullest first."""
        by_day: Counter[dt.date] = Counter()
        for (day, _), count in self.daily.items():
            by_day[day] += count
        return sorted(by_day.items(), key=lambda item: (-item[1], item[0]))[:days]


class Collecting:
    """Takes the steps of a simulation as they come; `take` fits `simulate(on_step=...)`."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._flow = FlowCounting()
        self._daily: Counter[tuple[dt.date, str]] = Counter()
        self._hourly: Counter[tuple[int, int]] = Counter()
        self._monthly: Counter[tuple[str, str]] = Counter()
        self._contacts: Counter[str] = Counter()
        self._skips: dict[tuple[str, str, str, str, bool], list[tuple[str, dt.datetime]]] = {}
        self._skipped: Counter[tuple[str, str, str, str, bool]] = Counter()

    def take(self, contact: str, now: Instant, outcome: Step) -> None:
        """Count the step of a contact."""
        if not outcome.trace and not outcome.effects:
            return
        local = self._zone.local(now)
        for effect in outcome.effects:
            if isinstance(effect, Send):
                self._daily[(local.date(), effect.identity.journey)] += 1
                self._hourly[(local.weekday(), local.hour)] += 1
                self._monthly[(f"{local:%Y-%m}", effect.channel)] += 1
                self._contacts[contact] += 1
        self._flow.add(outcome)
        for entry in outcome.trace:
            if entry.kind in ("dropped", "held"):
                self._skip(contact, local, entry)

    def _skip(self, contact: str, local: dt.datetime, entry: TraceEntry) -> None:
        key = (entry.journey, entry.trigger or "", entry.step or "", entry.reason or "", entry.kind == "held")
        self._skipped[key] += 1
        examples = self._skips.setdefault(key, [])
        if len(examples) < EXAMPLES and all(name != contact for name, _ in examples):
            examples.append((contact, local.replace(tzinfo=None)))

    def collected(self, contacts: int) -> Collected:
        """What was counted, of so many contacts."""
        per_contact = Counter(self._contacts.values())
        if silent := contacts - len(self._contacts):
            per_contact[0] = silent
        skips = [Skip(*key, count, tuple(self._skips[key])) for key, count in self._skipped.items()]
        return Collected(
            daily=dict(sorted(self._daily.items())),
            hourly=dict(sorted(self._hourly.items())),
            monthly=dict(sorted(self._monthly.items())),
            per_contact=dict(sorted(per_contact.items())),
            flow=self._flow.flow(),
            skips=tuple(sorted(skips, key=lambda s: (-s.count, s.journey, s.trigger, s.step, s.reason))),
        )
