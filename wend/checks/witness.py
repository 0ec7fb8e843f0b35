"""Tests that show what a warning says: run before anybody sees them, and left out where they do not show it."""

from collections.abc import Callable, Iterable, Sequence

from attrs import evolve

from wend.dsl.diagnostics import Diagnostic
from wend.dsl.program import Program
from wend.dsl.source import Source
from wend.runtime.effects import Facts
from wend.runtime.functions import Functions
from wend.runtime.play.trial import run_test
from wend.runtime.rules import Rules

Build = Callable[[Iterable[Source]], Program | None]


def witnessed(
    found: Sequence[Diagnostic], sources: Sequence[Source], build: Build, functions: Functions, facts: Facts
) -> tuple[Diagnostic, ...]:
    """The reports, with those of their tests that pass.

    Args:
        sources: the scripts that the reports are about.
        build: makes a program of sources, None where it has errors.
        facts: the project's zone and addresses.
    """
    proposed = [each.witness for each in found if each.witness is not None]
    if not proposed:
        return tuple(found)
    together = _pass(dict.fromkeys(proposed), sources, build, functions, facts)
    if together is None:  # one of them cannot be read: each by itself
        together = {text for text in proposed if _pass([text], sources, build, functions, facts) == {text}}
    return tuple(each if each.witness in together else evolve(each, witness=None) for each in found)


def _pass(
    texts: Iterable[str], sources: Sequence[Source], build: Build, functions: Functions, facts: Facts
) -> set[str] | None:
    """Those of the texts of which every test passes; None where they cannot be read."""
    added = [Source(f"witness {number}", text + "\n") for number, text in enumerate(texts)]
    program = build([*sources, *added])
    if program is None:
        return None
    rules = Rules(program, functions)
    failed = {
        test.place.source.name
        for test in program.tests
        if test.place.source in added and not run_test(rules, test, facts).passed
    }
    return {source.text.removesuffix("\n") for source in added if source.name not in failed}
