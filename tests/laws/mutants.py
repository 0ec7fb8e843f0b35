"""Where the mutants of the engine are kept: each is a rejected reading of the table, as a patch.

They stand in `mutants_runs.py`, `mutants_paths.py` and `mutants_gates.py`; `test_mutants.py` says which test catches
which.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from wend.runtime.evaluation import interpret
from wend.runtime.rules import Rules

Patch = Callable[[pytest.MonkeyPatch], None]
MUTANTS: dict[str, Patch] = {}


def mutant(name: str) -> Callable[[Patch], Patch]:
    """Keep a patch under the reading that it makes of the engine."""

    def keep(patch: Patch) -> Patch:
        assert name not in MUTANTS
        MUTANTS[name] = patch
        return patch

    return keep


def replaced(name: str, where: Iterable[Any], attribute: str, new: Any) -> None:
    """A mutant that puts something else in the place of a function, wherever it has been imported to."""

    def patch(to: pytest.MonkeyPatch) -> None:
        for module in where:
            to.setattr(module, attribute, new)

    mutant(name)(patch)


def interpreted(to: pytest.MonkeyPatch) -> None:
    """Let the engine go by the interpreter, which is what is patched: the prepared form is another."""
    to.setattr(Rules, "evaluate", property(lambda rules: interpret.evaluate))
