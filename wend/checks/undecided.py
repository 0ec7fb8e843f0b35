"""Conditions that no contact of the data decides: unknown for every one of them, so that a rule never does anything."""

from collections.abc import Iterable, Iterator, Sequence

from wend.dsl import core
from wend.dsl.analysis.report import said, warning
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.program import Dated, Journey, Program, When
from wend.runtime.evaluation.interpret import Env, evaluate

CODE = "W507"
HELP = "look whether the data has it, and under this name; what may be missing is asked for with `is known`"
_OF_A_RUN = (core.LabelRef, core.Entry, core.Local, core.InJourney)


def undecided(program: Program, contacts: Iterable[Env]) -> tuple[Diagnostic, ...]:
    """The audiences, exits, conditions and dates of rules that are unknown for every contact; none without contacts.

    What asks for messages, entries or other journeys is left out: there is none of it before anything has run.

    Args:
        contacts: what an expression sees of each contact, at one time.
    """
    envs = list(contacts)
    if not envs:
        return ()
    asked = [expr for journey in program.journeys for expr in _asked(journey) if not _needs_a_run(expr)]
    return tuple(each for expr in asked if _unknown_for_all(expr, envs) for each in _warning(expr, envs))


def _asked(journey: Journey) -> Iterator[core.Expr]:
    yield journey.audience
    if journey.exit_when is not None:
        yield journey.exit_when
    for trigger in journey.triggers:
        for head in trigger.heads:
            if isinstance(head, When):
                yield head.condition
            elif isinstance(head, Dated):
                yield head.anchor


def _needs_a_run(expr: core.Expr) -> bool:
    return any(isinstance(node, _OF_A_RUN) for node in core.nodes(expr))


def _unknown_for_all(expr: core.Expr, envs: Sequence[Env]) -> bool:
    return all(evaluate(expr, env).value is None for env in envs)


def _warning(expr: core.Expr, envs: Sequence[Env]) -> Iterator[Diagnostic]:
    blamed = next((value for value in _values(expr) if _unknown_for_all(value, envs)), None)
    place = (blamed.place if blamed is not None else None) or expr.place
    if place is None:
        return
    among = "the one contact" if len(envs) == 1 else f"every one of the {len(envs):,} contacts"
    if blamed is None:
        message = f"this is unknown for {among} of the data, for more than one reason"
    else:
        message = f"{_named(blamed)} is unknown for {among} of the data, and so this is never true or false"
    yield warning(CODE, message, place, HELP)


def _named(value: core.Expr) -> str:
    return f"`{value.name}`" if isinstance(value, core.Field | core.Derived) else said(value.place)


def _values(expr: core.Expr) -> Iterator[core.Expr]:
    """What an expression asks of a contact: its fields, and what is counted of its events."""
    if isinstance(expr, core.Field | core.Derived | core.Aggregate):
        yield expr
        return
    for child in core.children(expr):
        yield from _values(child)  # type: ignore[arg-type]  # without events there are expressions only
