"""Which triggers somebody means: by the journey, a message, a label, a number, or a piece of what the rule says;
and which message a line of a trace is about."""

from attrs import frozen

from wend.dsl import plan
from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.dsl.program import Journey, Program, Trigger
from wend.runtime.effects import TraceEntry


@frozen
class Meant:
    """A trigger, and the message that is meant where one was named."""

    journey: str
    trigger: str
    template: str | None = None


def meant(program: Program, words: str) -> tuple[Meant, ...]:
    """The triggers that some words name, in the order of the program.

    `win_back` is all of that journey, `win_back 2` its second trigger; `winback-1` or `first` the one that sends this
    message or has this label; anything else a piece of what the trigger says.

    Raises:
        WendError: there is none.
    """
    words = words.strip().strip('"')
    all_of_them = [(journey, trigger) for journey in program.journeys for trigger in journey.triggers]
    found = tuple(
        Meant(journey.name, trigger.id, template)
        for (journey, trigger) in all_of_them
        for template in _of(journey, trigger, words)
    )
    if found:
        return found
    if not all_of_them:
        raise WendError("there is no rule yet", "type one, or `:load` a script")
    known = {journey.name for journey in program.journeys} | {op.template for op in _sends(program)}
    near = nearest(words, known)
    advice = f"write `{near}`" if near else f"there are {', '.join(sorted(known)[:8])}"
    raise WendError(f"no journey, message or rule is called `{words}`", advice)


def _of(journey: Journey, trigger: Trigger, words: str) -> list[str | None]:
    """The messages that are meant of a trigger; `[None]` for the trigger itself, nothing where it is not meant."""
    name, _, number = words.rpartition(" ")
    if words in ("", journey.name):
        return [None]
    if name == journey.name and number.isdigit():
        return [None] if journey.triggers.index(trigger) == int(number) - 1 else []
    sends = [op for op in trigger.body if isinstance(op, plan.Send) and words in (op.template, op.label)]
    if sends:
        return list(dict.fromkeys(op.template for op in sends))
    if len(words) > 2 and any(words in head.id for head in trigger.heads):
        return [None]
    return []


def _sends(program: Program) -> list[plan.Send]:
    return [
        op
        for journey in program.journeys
        for trigger in journey.triggers
        for op in trigger.body
        if isinstance(op, plan.Send)
    ]


def send_of(entry: TraceEntry, program: Program) -> plan.Send | None:
    """The message that a line of a trace is about."""
    for journey in program.journeys:
        for trigger in journey.triggers if journey.name == entry.journey else ():
            for op in trigger.body if trigger.id == entry.trigger else ():
                if op.id == entry.step and isinstance(op, plan.Send):
                    return op
    return None
