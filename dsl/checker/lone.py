"""An expression that stands by itself, outside any script: for a host that asks one question."""

from wend.dsl import core
from wend.dsl.checker.env import Env
from wend.dsl.checker.expressions import Expressions
from wend.dsl.checker.names import collect
from wend.dsl.checker.report import Reports
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.parser import parse_expression
from wend.dsl.signatures import Signatures
from wend.dsl.source import Source


def check_expression(source: Source, functions: Signatures) -> tuple[core.Expr | None, tuple[Diagnostic, ...]]:
    """Read and check an expression without declarations: any name may be a field or an event.

    Args:
        functions: the functions that it can call.

    Returns:
        the checked expression, None where there is an error, and everything that was found.
    """
    node, found = parse_expression(source)
    if node is None:
        return None, found
    reports = Reports()
    ctx = Expressions(collect((), functions, None, reports), functions, reports)
    made = ctx.check(node, Env(source=source, words="an expression by itself"))
    return (None if reports.failed else made.expr), tuple(reports.items)
