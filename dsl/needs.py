"""What a condition needs: the messages without which it is never true."""

from collections.abc import Iterator

from wend.dsl import core
from wend.dsl.core import children


def needed_labels(condition: core.Expr) -> Iterator[core.LabelRef]:
    """The messages without which a condition is never true."""
    match condition:
        case core.And(operands=operands):
            for operand in operands:
                yield from needed_labels(operand)
        case core.LabelRef():
            yield condition
        case core.Compare(left=left, right=right):
            yield from _strict(left)
            yield from _strict(right)
        case core.IsKnown(operand=operand, negated=False):
            yield from _strict(operand)
        case _:
            return


def _strict(expr: core.Node) -> Iterator[core.LabelRef]:
    """The messages without which a value is unknown."""
    match expr:
        case core.LabelRef(attr=attr) if attr is not core.LabelAttr.SENT:
            yield expr
        case core.Apply() | core.Arithmetic() | core.Negate():
            for child in children(expr):
                yield from _strict(child)
        case _:
            return
