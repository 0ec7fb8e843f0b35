"""Trees of expressions."""

from typing import Any

from wend.dsl import ast
from wend.dsl.build import base
from wend.dsl.build.base import Action, Builder
from wend.dsl.source import Span
from wend.dsl.tokens import Token


def _literal(make: Any) -> Action:
    return lambda b, span, c: make(c[0])


def _number(b: Builder, span: Span, c: list[Any]) -> ast.Number:
    return ast.Number(value=c[0].value, span=span)


def _boolean(value: bool) -> Action:
    return lambda b, span, c: ast.Boolean(value=value, span=span)


def _datetime(b: Builder, span: Span, c: list[Any]) -> ast.DateTime:
    return ast.DateTime(date=c[0].value, time=c[1].value, span=span)


def _or(b: Builder, span: Span, c: list[Any]) -> ast.Or:
    return ast.Or(operands=tuple(c), span=span)


def _and(b: Builder, span: Span, c: list[Any]) -> ast.And:
    return ast.And(operands=tuple(c), span=span)


def _not(b: Builder, span: Span, c: list[Any]) -> ast.Not:
    return ast.Not(operand=c[0], span=span)


def _compare(b: Builder, span: Span, c: list[Any]) -> ast.Compare:
    return ast.Compare(op=ast.CompareOp(c[1].text), left=c[0], right=c[2], span=span)


def _compare_by(op: ast.CompareOp) -> Action:
    return lambda b, span, c: ast.Compare(op=op, left=c[0], right=c[1], span=span)


def _known(negated: bool) -> Action:
    return lambda b, span, c: ast.IsKnown(operand=c[0], negated=negated, span=span)


def _in_journey(b: Builder, span: Span, c: list[Any]) -> ast.InJourney:
    return ast.InJourney(journey=base.name(c[0]), span=span)


def _otherwise(b: Builder, span: Span, c: list[Any]) -> ast.Otherwise:
    return ast.Otherwise(left=c[0], right=c[1], span=span)


def _arithmetic(b: Builder, span: Span, c: list[Any]) -> ast.Arithmetic:
    return ast.Arithmetic(op=ast.Arith(c[1].text), left=c[0], right=c[2], span=span)


def _sign(b: Builder, span: Span, c: list[Any]) -> ast.Expr:
    if c[0].text == "-":
        return ast.Negate(operand=c[1], span=span)
    operand: ast.Expr = c[1]
    return operand


def _list(b: Builder, span: Span, c: list[Any]) -> ast.ListLiteral:
    return ast.ListLiteral(items=tuple(item for item in c if item is not None), span=span)


def _path(b: Builder, span: Span, c: list[Any]) -> ast.Path:
    return ast.Path(parts=tuple([base.name(token) for token in c]), span=span)


class _Arg:
    """An argument of a call, with what only an aggregate can have."""

    __slots__ = ("value", "where", "window")

    def __init__(self, value: ast.Expr, window: ast.InLast | ast.Since | None, where: ast.Expr | None) -> None:
        self.value = value
        self.window = window
        self.where = where


def _arg_plain(b: Builder, span: Span, c: list[Any]) -> _Arg:
    return _Arg(c[0], None, c[1])


def _arg_in_last(b: Builder, span: Span, c: list[Any]) -> _Arg:
    return _Arg(c[0], ast.InLast(length=b.length(c[1]), span=_after(b, c[0], c[1])), c[2])


def _arg_since(b: Builder, span: Span, c: list[Any]) -> _Arg:
    return _Arg(c[0], ast.Since(start=c[1], span=_after(b, c[0], c[1])), c[2])


def _after(b: Builder, before: ast.Node, last: ast.Node) -> Span:
    """The span of a window: from its first word, behind the event, to the end of its length."""
    start, text = before.span.end, b.source.text
    while start < last.span.start and not text[start].isalpha():
        start += 1
    return Span(start, last.span.end)


def _call(b: Builder, span: Span, c: list[Any]) -> ast.Call | ast.Aggregate:
    function: Token = c[0]
    args: list[_Arg] = [arg for arg in c[1:] if arg is not None]
    special = [arg for arg in args if arg.window is not None or arg.where is not None]
    known = str(function.value)
    if known in ast.AGGREGATES and len(args) == 1 and (special or isinstance(args[0].value, ast.Path)):
        arg = args[0]
        if isinstance(arg.value, ast.Path):
            return ast.Aggregate(
                function=base.name(function), source=arg.value, window=arg.window, where=arg.where, span=span
            )
        example = "purchase" if known in ("count", "any") else "purchase.amount"
        b.report(
            "W118",
            f"`{known}` with a window or a `where` goes over the name of an event",
            arg.value.span,
            f"write an event first, as in `{known}({example} in last 30 days)`",
        )
    elif special:
        extra = special[0].window or special[0].where
        assert extra is not None
        if known in ast.AGGREGATES:
            b.report("W118", f"`{known}` over events takes one argument", span, "write each aggregate by itself")
        else:
            names = ", ".join(f"`{n}`" for n in sorted(ast.AGGREGATES))
            b.report(
                "W118",
                f"`{known}` takes no window and no `where`",
                extra.span,
                f"only aggregates over events do: {names}",
            )
    return ast.Call(name=base.name(function), args=tuple(arg.value for arg in args), span=span)


def _only(b: Builder, span: Span, c: list[Any]) -> Any:
    return c[0]


_OPS = {
    "equal": ast.CompareOp.EQ,
    "in_": ast.CompareOp.IN,
    "not_in": ast.CompareOp.NOT_IN,
    "contains": ast.CompareOp.CONTAINS,
    "starts_with": ast.CompareOp.STARTS,
    "ends_with": ast.CompareOp.ENDS,
    "matches": ast.CompareOp.MATCHES,
}

EXPR: dict[str, Action] = {
    "number": _number,
    "text": _literal(base.text),
    "date": _literal(base.date),
    "datetime": _datetime,
    "clock": _literal(base.clock),
    "duration": _literal(base.duration),
    "percent": _literal(base.percent),
    "true": _boolean(True),
    "false": _boolean(False),
    "list": _list,
    "path": _path,
    "call": _call,
    "arg_plain": _arg_plain,
    "arg_in_last": _arg_in_last,
    "arg_since": _arg_since,
    "sign": _sign,
    "arithmetic": _arithmetic,
    "otherwise": _otherwise,
    "compare": _compare,
    **{rule: _compare_by(op) for rule, op in _OPS.items()},
    "is_known": _known(False),
    "is_unknown": _known(True),
    "in_journey": _in_journey,
    "not_": _not,
    "and_": _and,
    "or_": _or,
    "only_expr": _only,
}
