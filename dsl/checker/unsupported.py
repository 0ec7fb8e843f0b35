"""What the language has and this version does not carry out: the one table of it."""

from collections.abc import Mapping
from types import MappingProxyType

from wend.dsl import ast
from wend.dsl.builtins import EventShape
from wend.dsl.checker.context import NOT_YET, Context
from wend.dsl.checker.env import Env, LocalName
from wend.dsl.checker.report import Reports, place_of
from wend.dsl.source import Source

NOT_CARRIED_OUT: Mapping[type[ast.Node], str] = MappingProxyType(
    {
        ast.CallWebhook: "`call webhook`",
    }
)


def refuse(file: ast.File, source: Source, reports: Reports) -> None:
    """Report everything in a file that is not carried out."""
    for node in ast.descendants(file):
        words = NOT_CARRIED_OUT.get(type(node))
        if words is not None:
            message = f"not carried out yet: {words}"
            reports.error(NOT_YET, message, place_of(source, node), "leave it out for now")


def step(node: ast.CallWebhook, env: Env, ctx: Context) -> Env:
    """Check the names in a step that is not carried out; gives the names after it."""
    match node:
        case ast.CallWebhook(options=options):
            for pair in options.values:
                ctx.check(pair.value, env)
            if options.label is not None:
                answer = LocalName((EventShape(options.label.text, open=True),), env.place(options.label))
                return env.with_local(options.label.text, answer)
        case _:
            pass
    return env
