"""A contact for whom conditions hold: the `given` lines of a test, made from the values that an analysis has left.

What comes out is a proposal. Whoever shows it runs it first: conditions that were not understood may fail for it.
"""

import datetime as dt
import math
from collections.abc import Iterable

from attrs import define, field

from wend.dsl import core, program
from wend.dsl.analysis.ranges import NOT_TRUE, TRUE, Case, Ranges, Truth, Wanted
from wend.dsl.analysis.terms import days
from wend.dsl.analysis.values import Values
from wend.dsl.ast import CompareOp
from wend.dsl.builtins import ID
from wend.dsl.formatter import format_source
from wend.dsl.source import Source
from wend.dsl.types import Kind, Type

DAY = dt.date(2027, 1, 4)
"""A Monday, on which things happen in the tests that are proposed."""


@define
class Person:
    """The fields and events of a contact, as they are written; nothing where it could not be made."""

    fields: dict[str, str] = field(factory=dict)
    events: list[tuple[str, dt.date, dict[str, str]]] = field(factory=list)

    def lines(self) -> list[str]:
        """The lines of a test."""
        pairs = [f"{name_text(name)} = {value}" for name, value in self.fields.items()]
        made = [f"given {', '.join(pairs)}"] if pairs else []
        for event, at, payload in self.events:
            values = ", ".join(f"{name_text(name)} = {value}" for name, value in payload.items())
            made.append(f"given event {name_text(event)} at {at}" + (f" with {values}" if values else ""))
        return made


def begins(made: program.Program, journey: program.Journey, channel: str) -> list[Wanted]:
    """What has to hold for a contact to get a message of a journey: audience, no exit, consent."""
    wanted: list[Wanted] = [(journey.audience, TRUE)]
    if journey.exit_when is not None:
        wanted.append((journey.exit_when, NOT_TRUE))
    if not journey.transactional:
        wanted += [(rule.condition, TRUE) for rule in made.settings.consents_for(channel, journey.topic)]
    return wanted


def person(
    wanted: Iterable[Wanted], made: program.Program, ranges: Ranges, on: dt.date = DAY, far: bool = False
) -> Person | None:
    """A contact for whom these conditions come out so on a day; `far`: for long already. None where none is found."""
    for case in ranges.cases(wanted):
        found = Person({"email": '"ana@mail.example"', "phone": '"+33600000000"'})
        declared = made.schema.contact
        if declared is not None:
            found.fields = {name: text for name, text in found.fields.items() if name in declared}
        if _fill(found, case, made, ranges, on, far):
            return found
    return None


def _fill(found: Person, case: Case, made: program.Program, ranges: Ranges, on: dt.date, far: bool) -> bool:
    """Give the contact what every term of a case asks for; False where that is not seen."""
    counted: list[tuple[core.Aggregate, Values]] = []
    for term, values in case.items():
        if values.unknown or not values.known:
            continue  # it may be unknown, and is left so
        match term:
            case core.Field(name=name):
                text = literal(values, (made.schema.contact or {}).get(name))
                if text is None and _told(values):
                    return False
                if name != ID and text is not None:
                    found.fields[name] = text
            case core.Apply(function="days_since", args=(core.Field(name=name),)):
                found.fields[name] = _ago(values, on, far).isoformat()
            case core.Apply(function="days_since", args=(core.Aggregate(event=event, fold=core.Fold.LAST),)):
                found.events.append((event, _ago(values, on, far), {}))
            case core.Aggregate():
                counted.append((term, values))
            case core.Compare(op=CompareOp.CONTAINS, left=core.Field(name=name), right=core.Const(value=str() as item)):
                if True in (values.among or ()):
                    found.fields[name] = f"[{quoted(item)}]"
            case core.LabelRef() | core.InJourney():
                if values.among != frozenset({False}):
                    return False
            case _:
                return False
    return all(_events(found, term, values, ranges, on) for term, values in counted)


def _told(values: Values) -> bool:
    """Whether anything is asked of a known value beside being known."""
    return values.among is not None or math.isfinite(values.low) or math.isfinite(values.high)


def _ago(values: Values, on: dt.date, far: bool) -> dt.date:
    number = values.sample()
    least = int(number) if isinstance(number, int | float) and not isinstance(number, bool) else 1
    if far and values.high == math.inf:
        least += 400
    return on - dt.timedelta(days=least)


def _events(found: Person, term: core.Aggregate, values: Values, ranges: Ranges, on: dt.date) -> bool:
    """Add the events that a count or a sum asks for."""
    if term.fold is core.Fold.COUNT:
        wanted = int(values.low)
    else:
        wanted = 1 if term.fold is not core.Fold.SUM or values.low > 0 else 0
    payload: dict[str, str] = {}
    if term.where is not None:
        cases = ranges.cases([(term.where, frozenset({Truth.TRUE}))])
        for item, allowed in (cases[0] if cases else {}).items():
            text = literal(allowed, None)
            if isinstance(item, core.Item) and len(item.path) == 1 and text is not None:
                payload[item.path[0]] = text
    if term.fold is not core.Fold.COUNT and term.path is not None and len(term.path) == 1:
        text = literal(values, None)
        if text is not None:
            payload[term.path[0]] = text
    there = [index for index, (event, _, _) in enumerate(found.events) if event == term.event]
    for index in there[: max(wanted, 0)]:
        found.events[index][2].update(payload)
    length = days(term.window)
    if term.window is not None and length is None:
        return False
    for number in range(len(there), wanted):
        back = min(number + 1, (length or 400) - 1)
        found.events.append((term.event, on - dt.timedelta(days=back), dict(payload)))
    return True


def literal(values: Values, kind: Type | None) -> str | None:
    """One of the values, as it is written in a script; None where none is seen."""
    value = values.sample()
    if kind is not None and not _told(values):
        return {
            Kind.TEXT: '"text"',
            Kind.NUMBER: "1",
            Kind.BOOLEAN: "true",
            Kind.DATE: DAY.isoformat(),
            Kind.DATETIME: DAY.isoformat(),
        }.get(kind.kind)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return None
    if kind is not None and kind.kind in (Kind.DATE, Kind.DATETIME):
        return dt.date.fromordinal(max(1, int(value))).isoformat()
    return str(int(value)) if value == int(value) else str(value)


def test_text(name: str, journey: program.Journey, lines: Iterable[str]) -> str | None:
    """A `test` block; None for a rule without a name, which no test can be for."""
    if is_rule(journey):
        return None
    head = f"test {quoted(name)} for {name_text(journey.name)}"
    text = "\n".join([head, *(f"    {line}" for line in lines)]) + "\n"
    return format_source(Source("witness", text)).rstrip("\n")


def name_text(name: str) -> str:
    """A name between backticks: the formatter takes away those that it does not need."""
    return f"`{name}`"


def quoted(text: str) -> str:
    """A text as it is written in a script."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def is_rule(journey: program.Journey) -> bool:
    """Whether a journey is a trigger that stands alone at the margin."""
    return journey.lone
