"""Mutants of what is told of messages, and of what lifts an unsubscription."""

from typing import Any

import pytest
from attrs import evolve

from tests.laws.mutants import interpreted, mutant, replaced
from wend.dsl import core
from wend.dsl.builtins import ANSWERED, REACTIONS
from wend.runtime.evaluation import interpret
from wend.runtime.evaluation.interpret import Env
from wend.runtime.state import Suppression
from wend.runtime.tick import intake, perform, remembering, step, suppressing, waits
from wend.runtime.tick.reactions import told
from wend.runtime.values import FALSE, Bounded


@mutant("what is told of any message counts for a label")
def _any_message(to: pytest.MonkeyPatch) -> None:
    def of_any(event: Any, sends: Any) -> Any:
        made = original(event, sends)
        last = next((sent for sent in reversed(sends) if sent.label), None)
        return made if last is None else evolve(made, payload={**made.payload, "message": last.key})

    original = told
    to.setattr(intake, "told", of_any)


@mutant("a message that was not sent is not opened")
def _not_opened(to: pytest.MonkeyPatch) -> None:
    def of_label(expr: core.LabelRef, env: Env) -> Bounded:
        found = original(expr, env)
        return FALSE if expr.attr in REACTIONS and found.value is None else found

    interpreted(to)
    original = interpret.of_label
    to.setattr(interpret, "of_label", of_label)


@mutant("a wait on a message that was not sent is made")
def _awaited(to: pytest.MonkeyPatch) -> None:
    to.setattr(waits, "_nothing_sent", lambda op, path: False)


replaced(
    "a message of a round before counts for a wait",
    [waits],
    "_nothing_sent",
    lambda op, path: bool(op.awaited) and not op.awaited & path.labels.keys(),
)


@mutant("what is told of a message has no depth")
def _shallow(to: pytest.MonkeyPatch) -> None:
    original = told
    to.setattr(intake, "told", lambda event, sends: evolve(original(event, sends), depth=event.depth))


@mutant("`resubscribe` lifts a bounce and a complaint")
def _lifts_all(to: pytest.MonkeyPatch) -> None:
    to.setattr(suppressing, "_lifted", lambda entry, known: suppressing._turn(entry, known) >= entry.turn)
    to.setattr(
        perform, "lifting", lambda known, channel, address, topic: Suppression(channel, address, "resubscribed", topic)
    )


@mutant("`resubscribe` lifts what was unsubscribed from every topic")
def _lifts_topics(to: pytest.MonkeyPatch) -> None:
    to.setattr(suppressing, "_same", lambda left, right: (left.channel, left.address) == (right.channel, right.address))


@mutant("`resubscribe` is for ever")
def _once_and_for_all(to: pytest.MonkeyPatch) -> None:
    to.setattr(intake, "numbered", lambda entry, known: entry)


@mutant("`resubscribe` lifts what was unsubscribed after its cause")
def _last_word(to: pytest.MonkeyPatch) -> None:
    def suppressions(*args: Any) -> Any:
        made = original(*args)
        return [each for each in made if each.suppression not in args[2]]

    original = intake.suppressions
    to.setattr(step, "suppressions", suppressions)


@mutant("the answer to a call has no depth")
def _shallow_answer(to: pytest.MonkeyPatch) -> None:
    original = told

    def of_answer(event: Any, sends: Any) -> Any:
        made = original(event, sends)
        return evolve(made, depth=event.depth) if event.name == ANSWERED else made

    to.setattr(intake, "told", of_answer)


# ---- what is let go of messages


replaced("a message that a label means is let go", [remembering], "_labelled", lambda state: ())
replaced("the latest message of a kind is let go", [remembering], "_kind", lambda sent: "any")


@mutant("a limit is no reason to keep messages")
def _no_limit(to: pytest.MonkeyPatch) -> None:
    to.setattr(remembering, "_at_most", lambda length: remembering.KEPT)
