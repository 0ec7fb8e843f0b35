"""Our engine as the benchmarks see it. When the way into it changes, it changes here."""

import datetime as dt
from collections.abc import Callable, Sequence

from wend.dsl.checker import check
from wend.dsl.core import Expr
from wend.dsl.diagnostics import ProgramError, Severity
from wend.dsl.parser import parse
from wend.dsl.program import When
from wend.dsl.source import Source
from wend.runtime.calendar import Zone
from wend.runtime.contact import Contact, Event
from wend.runtime.evaluation.interpret import Env
from wend.runtime.rules import Rules
from wend.runtime.values import Value
from wend.stdlib import FUNCTIONS, signatures

__all__ = ["Contact", "compile_conditions", "make_contact"]

_ZONE = Zone("UTC")


def make_contact(
    id: str, fields: dict[str, Value], events: Sequence[tuple[str, dt.datetime, dict[str, Value]]] = ()
) -> Contact:
    """A contact as the engine holds it.

    Args:
        events: the name, the time in UTC and the fields of each, in order.
    """
    made = [Event(str(number), name, at, payload) for number, (name, at, payload) in enumerate(events)]
    names = {event.name for event in made}
    return Contact(id, fields, {name: tuple(event for event in made if event.name == name) for name in names})


def compile_conditions(texts: Sequence[str], schema: str, now: dt.datetime) -> Callable[[Contact], list[bool]]:
    """Conditions of one program, as a function that tells for a contact which of them hold.

    Args:
        schema: the declarations of the contact's fields and of events.
        now: the time at which they are evaluated, UTC; days are those of UTC.

    Raises:
        ProgramError: a condition or the schema is wrong.
    """
    rules = "".join(f'journey rule_{n:04}\n    when {text}\n        send email "m"\n' for n, text in enumerate(texts))
    source = Source("benchmark.journey", f"{schema}\n{rules}")
    parsed = parse(source)
    result = check([(source, parsed.file)], signatures())
    errors = [d for d in (*parsed.diagnostics, *result.diagnostics) if d.severity is Severity.ERROR]
    if result.program is None or errors:
        raise ProgramError(errors)
    conditions: list[Expr] = []
    for journey in sorted(result.program.journeys, key=lambda each: each.name):
        head = journey.triggers[0].heads[0]
        assert isinstance(head, When)
        conditions.append(head.condition)

    evaluate = Rules(result.program, FUNCTIONS).evaluate

    def matches(contact: Contact) -> list[bool]:
        env = Env(now, _ZONE, contact, FUNCTIONS, how=evaluate)
        return [evaluate(condition, env).value is True for condition in conditions]

    return matches
