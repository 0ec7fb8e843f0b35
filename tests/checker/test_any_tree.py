"""Whatever a script says, the checker answers with reports or a program, and never fails."""

from hypothesis import given, settings

from tests.strategies import trees
from wend.dsl import ast, plan, program
from wend.dsl.checker import CheckResult, check
from wend.dsl.checker.codes import CHECKS
from wend.dsl.diagnostics import Severity, render
from wend.dsl.formatter import format_node
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.stdlib import signatures

FUNCTIONS = signatures()


def checked(file: ast.File) -> CheckResult:
    source = Source("a.journey", format_node(file))
    return check([(source, parse(source).file)], FUNCTIONS)


def sound(found: program.Program) -> None:
    """What the runtime takes for granted."""
    for journey in found.journeys:
        assert len({t.id for t in journey.triggers}) == len(journey.triggers)
        for trigger in journey.triggers:
            assert trigger.heads
            assert len({op.id for op in trigger.body}) == len(trigger.body)
            for op in trigger.body:
                assert op.place is not None
                for name in ("target", "otherwise", "on_false", "on_unknown", "done", "head"):
                    target = getattr(op, name, None)
                    assert target is None or 0 <= target <= len(trigger.body)
                if isinstance(op, plan.Split):
                    assert all(0 <= arm.target <= len(trigger.body) for arm in op.arms)


@settings(max_examples=80)
@given(trees.files)
def test_any_script_is_answered(file: ast.File) -> None:
    result = checked(file)
    errors = [d for d in result.diagnostics if d.severity is Severity.ERROR]
    assert (result.program is None) == bool(errors)
    for d in result.diagnostics:
        assert d.code in CHECKS
        assert render(d)
        assert d.span.start < d.span.end
    if result.program is not None:
        sound(result.program)


@settings(max_examples=20)
@given(trees.files)
def test_checking_twice_says_the_same(file: ast.File) -> None:
    assert checked(file) == checked(file)
