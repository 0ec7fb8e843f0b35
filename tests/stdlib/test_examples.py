"""The examples of the declarations, written into a script, checked and carried out."""

import pytest

from wend.dsl import core
from wend.dsl.checker import check
from wend.dsl.diagnostics import Severity, render
from wend.dsl.parser import parse
from wend.dsl.program import When
from wend.dsl.source import Source
from wend.runtime.contact import Contact
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.values import Value
from wend.stdlib import EXAMPLE, FUNCTIONS, signatures


def condition(text: str) -> core.Expr:
    source = Source("example.journey", f'when {text} send email "x"\n')
    parsed = parse(source)
    assert not parsed.diagnostics, render(parsed.diagnostics[0])
    result = check([(source, parsed.file)], signatures())
    errors = [render(d) for d in result.diagnostics if d.severity is Severity.ERROR]
    assert result.program is not None, errors
    head = result.program.journeys[0].triggers[0].heads[0]
    assert isinstance(head, When)
    return head.condition


def value(expr: core.Expr) -> Value:
    return evaluate(expr, Env(EXAMPLE.now, EXAMPLE.zone, Contact("1"), FUNCTIONS)).value


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_example_gives_what_it_says(name: str) -> None:
    signature = FUNCTIONS[name].signature
    both = condition(f"{signature.example} = {signature.gives}")
    assert isinstance(both, core.Compare)
    found, said = value(both.left), value(both.right)
    assert found == said
    assert type(found) is type(said)
    assert value(both) is True


@pytest.mark.parametrize(
    ("call", "gives"),
    [
        ("days_since(now)", "0"),
        ("hours_since(today)", "9"),
        ("weekday(now)", '"sunday"'),
        ("weekday(today)", '"sunday"'),
        ('end_of(now, "year")', "2026-12-31"),
        ("hour(now)", "9"),
        ("least(2026-03-01, today)", "2026-03-01"),
        ("greatest(2026-03-01 9am, now)", "2026-05-10 9am"),
        ('length("shop")', "4"),
    ],
)
def test_calls_with_now_and_with_other_kinds(call: str, gives: str) -> None:
    assert value(condition(f"{call} = {gives}")) is True
