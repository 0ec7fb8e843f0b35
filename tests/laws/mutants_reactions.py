"""Mutants of what is told of messages."""

from typing import Any

import pytest
from attrs import evolve

from tests.laws.mutants import interpreted, mutant
from wend.dsl import core
from wend.dsl.builtins import REACTIONS
from wend.runtime import intake, interpret, waits
from wend.runtime.interpret import Env
from wend.runtime.reactions import told
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


@mutant("what is told of a message has no depth")
def _shallow(to: pytest.MonkeyPatch) -> None:
    original = told
    to.setattr(intake, "told", lambda event, sends: evolve(original(event, sends), depth=event.depth))
