"""What is known where a condition has come out true or false."""

from wend.dsl import core

Known = frozenset[core.Expr]
_NOTHING: Known = frozenset()


def when_true(condition: core.Expr) -> Known:
    """The expressions that are known where a condition holds."""
    match condition:
        case core.IsKnown(operand=operand, negated=False):
            return _with_parts(operand)
        case core.LabelRef(attr=core.LabelAttr.SENT):
            return when_sent(condition)
        case core.And(operands=operands):
            return _NOTHING.union(*(when_true(o) for o in operands))
        case core.Not(operand=operand):
            return when_false(operand)
        case core.Compare(left=left, right=right):
            return _with_parts(left) | _with_parts(right)
        case _:
            return _NOTHING


def when_sent(sent: core.LabelRef) -> frozenset[core.Expr]:
    """What is known of a message that was sent."""
    attrs = (core.LabelAttr.SENT_AT, core.LabelAttr.OPENED, core.LabelAttr.CLICKED, core.LabelAttr.BOUNCED)
    return frozenset(core.LabelRef(label=sent.label, attr=attr, scope=sent.scope) for attr in attrs)


def when_false(condition: core.Expr) -> Known:
    """The expressions that are known where a condition is false; unknown is another thing."""
    match condition:
        case core.IsKnown(operand=operand, negated=True):
            return _with_parts(operand)
        case core.Or(operands=operands):
            return _NOTHING.union(*(when_false(o) for o in operands))
        case core.Not(operand=operand):
            return when_true(operand)
        case core.Compare(left=left, right=right):
            return _with_parts(left) | _with_parts(right)
        case _:
            return _NOTHING


def when_passed(condition: core.Expr) -> Known:
    """The expressions that are known behind an `if` whose body ends the path: where it was false or unknown."""
    match condition:
        case core.IsKnown():
            return when_false(condition)
        case core.Or(operands=operands) if all(isinstance(o, core.IsKnown) for o in operands):
            return when_false(condition)
        case _:
            return _NOTHING


def _with_parts(expr: core.Expr) -> Known:
    """A value that is known, and those without which it would not be."""
    match expr:
        case core.Const():
            return _NOTHING
        case core.Arithmetic(left=left, right=right):
            return _with_parts(left) | _with_parts(right) | {expr}
        case core.Negate(operand=operand):
            return _with_parts(operand) | {expr}
        case core.Apply(args=args):
            return _NOTHING.union({expr}, *(_with_parts(a) for a in args))
        case _:
            return frozenset({expr})
