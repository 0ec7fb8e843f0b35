"""What is allowed and seldom meant."""

from itertools import pairwise

from wend.dsl import ast, core
from wend.dsl.builtins import CREATED, EVERYBODY
from wend.dsl.checker.context import Context
from wend.dsl.checker.env import Env, Typed
from wend.dsl.checker.operators import may_be_unknown
from wend.dsl.checker.words import counted_unit
from wend.dsl.formatter import format_node
from wend.dsl.needs import needed_labels
from wend.dsl.types import Kind


def warn(code: str, message: str, node: ast.Node, env: Env, ctx: Context, help: str) -> None:
    """Report a warning at a node."""
    ctx.reports.warning(code, message, env.place(node), help)


# ---- expressions -----------------------------------------------------------------------------------------------------


def comparison(node: ast.Compare, made: Typed, env: Env, ctx: Context) -> None:
    """`!=` where a side may be unknown; `=` on a count of days."""
    if node.op is ast.CompareOp.NE and may_be_unknown(made.type):
        side = next((s for s in (node.left, node.right) if isinstance(s, ast.Path)), None)
        name = side.text if side is not None else None
        help = f"write `{name} is known and …`, or `{name} is unknown or …`" if name else "ask with `is known`"
        warn("W401", "`!=` is neither true nor false where the value is unknown", node, env, ctx, help)
    if isinstance(made.expr, core.Compare):
        _one_day(node, made.expr, env, ctx)


def _one_day(node: ast.Compare, made: core.Compare, env: Env, ctx: Context) -> None:
    """`days_since(x) = 30`, `days_since(x) in [30, 60]`, `today = trial_ends`."""
    unit = counted_unit(made.left)
    if node.op is ast.CompareOp.EQ:
        turned = unit is None
        unit = unit or counted_unit(made.right)
        count, number = (node.right, node.left) if turned else (node.left, node.right)
        if unit is not None:
            counted = made.right if turned else made.left
            until = isinstance(counted, core.Apply) and counted.function.endswith("_until")
            message = f"`=` on a number of {unit} is true for one of them only, and is missed when that one is"
            help = f"write `{format_node(count)} {'<=' if until else '>='} {format_node(number)}`"
            warn("W404", message, node, env, ctx, help)
        elif core.Today() in (made.left, made.right) and any(map(_of_contact, (made.left, made.right))):
            message = "`=` with `today` is true on one day only, and is missed when that one is"
            help = "write `>=` or `<=`, or a rule for the date such as `when 1 day before trial_ends`"
            warn("W404", message, node, env, ctx, help)
    elif node.op is ast.CompareOp.IN and unit is not None and isinstance(made.right, core.ListOf):
        message = f"`in` on a number of {unit} is true for these only, and is missed when they are"
        warn("W404", message, node, env, ctx, "write a rule for each of them, with `>=`")


def _of_contact(value: core.Expr) -> bool:
    return any(isinstance(node, core.Field | core.Derived | core.Aggregate) for node in core.nodes(value))


def negated_unknown(node: ast.Not, env: Env, ctx: Context) -> None:
    """`not` on a condition that may be unknown."""
    message = "`not` is neither true nor false where the condition is unknown"
    warn("W402", message, node, env, ctx, "ask with `is known`, or give a value with `otherwise`")


def otherwise(node: ast.Otherwise, left: Typed, env: Env, ctx: Context) -> None:
    """`a otherwise 0 + 1`; `otherwise` after a value that is always known."""
    text = env.source.text[node.left.span.end : node.right.span.start + 1]
    if isinstance(node.right, ast.Arithmetic) and "(" not in text:
        message = "`otherwise` takes all of the sum on its right"
        warn("W405", message, node, env, ctx, "put brackets round the part that is meant")
    if not left.type.optional and left.type.kind is not Kind.ANY:
        warn("W406", "this value is never unknown", node.left, env, ctx, "leave the `otherwise` out")


def branch_unknown(node: ast.Branch, made: Typed, env: Env, ctx: Context) -> None:
    """`if` with a condition that may be unknown: then neither branch is taken."""
    if may_be_unknown(made.type):
        message = "no branch is taken where this condition is unknown"
        warn("W403", message, node.condition, env, ctx, "ask with `is known`, or give a value with `otherwise`")


def twin(head: ast.Head, env: Env, ctx: Context) -> None:
    """An entry point that says what another of the journey says: they are told apart by their order alone."""
    message = "another trigger of the journey says the same, and only their order tells which is which"
    help = "put all the steps under one of them, or say one in other words: moving them would mix up who had which"
    warn("W430", message, head, env, ctx, help)


# ---- bodies ----------------------------------------------------------------------------------------------------------


def unreachable(body: tuple[ast.Step, ...], env: Env, ctx: Context) -> None:
    """Steps behind a `stop` or an `exit`."""
    for step, following in pairwise(body):
        if isinstance(step, ast.Stop | ast.Exit):
            word = "stop" if isinstance(step, ast.Stop) else "exit"
            warn("W407", f"nothing after `{word}` is reached", following, env, ctx, "remove what follows")
            return


def lost_else(node: ast.If, env: Env, ctx: Context) -> None:
    """A wait with a bound at the end of a branch, and behind it the `else` of the `if`."""
    bodies = [branch.body for branch in node.branches]
    if not node.otherwise:
        return
    last = bodies[-1][-1]
    if isinstance(last, ast.WaitUpToUntil | ast.WaitUpToFor) and not last.otherwise:
        message = "the `else` below belongs to the `if`, and not to this wait"
        help = "indent the `else` as deep as the wait, or give the wait an `else` of its own"
        warn("W417", message, last, env, ctx, help)


def weekday_field(node: ast.WaitUntilDay, env: Env, ctx: Context) -> None:
    """`wait until monday`, where a field has that name too."""
    name = str(node.day)
    if node.clock is None and (name in ctx.names.fields or name in ctx.names.definitions):
        message = f"`{name}` is the weekday here, and also a name of your own"
        warn("W413", message, node, env, ctx, f"write `` `{name}` `` for your own, or `{name} at 9am` for the day")


def never_active(node: ast.OnceOn, active: ast.Active | None, env: Env, ctx: Context) -> None:
    """`once on` a day at which the journey is not active."""
    if active is None:
        return
    early = active.start is not None and node.date.value < active.start.value
    late = active.until is not None and node.date.value >= active.until.value
    if early or late:
        day = (active.start if early else active.until) or node.date
        message = f"this day is {'before' if early else 'not before'} {day.value}, and the journey is not active"
        warn("W414", message, node, env, ctx, "change the day, or the line `active`")


def bare_waits(trigger: ast.Trigger, newest_only: bool, env: Env, ctx: Context) -> None:
    """A body with waits under a bare `on`: a further event is ignored while a path is under way."""
    if newest_only or not any(isinstance(n, _WAITS) for step in trigger.body for n in ast.descendants(step)):
        return
    for head in trigger.heads:
        if isinstance(head, ast.On) and head.key is None and head.event.text != CREATED:
            message = f"a further `{head.event.text}` is ignored while a path is under way"
            help = "give the paths a key: `per …`, or write `newest path only`"
            warn("W411", message, head, env, ctx, help)


_WAITS = (
    ast.WaitFor,
    ast.WaitUntil,
    ast.WaitUntilDay,
    ast.WaitUntilOffset,
    ast.WaitUpToUntil,
    ast.WaitUpToFor,
)


def unknown_length(node: ast.Expr, env: Env, ctx: Context) -> None:
    """A length to wait for that may be unknown."""
    message = "this length may be unknown, and the wait is not over while it is"
    warn("W431", message, node, env, ctx, "write `(… otherwise 3 days)`, say, or ask with `is known` before")


def goal_from_import(lines: list[ast.Header], triggers: list[ast.Trigger], env: Env, ctx: Context) -> None:
    """`goal … within` in a journey in which everybody is from the beginning, long before anything is done."""
    for line in lines:
        match line:
            case ast.ExitWhen() | ast.Active(start=ast.Date()):
                return
            case ast.Audience() if line.where is not None or line.segment.text != EVERYBODY:
                return
    heads = [head for trigger in triggers for head in trigger.heads]
    if any(isinstance(head, _AT_ENTRY) or _is_creation(head) for head in heads):
        return
    for line in lines:
        if isinstance(line, ast.Goal) and line.within is not None:
            message = "this time counts from the import of a contact, as everybody is in the journey from then on"
            help = "give the journey an `audience` that holds from when on the goal is to count"
            warn("W432", message, line, env, ctx, help)


_AT_ENTRY = (ast.OnEntry, ast.OnceAtLaunch)


def _is_creation(head: ast.Head) -> bool:
    return isinstance(head, ast.On) and head.event.text == CREATED


def never_sent(trigger: ast.Trigger, conditions: list[core.Expr], env: Env, ctx: Context) -> None:
    """A `when` that needs a message which only its own body sends."""
    if len(conditions) != len(trigger.heads) or len(trigger.heads) != 1:
        return
    own = {
        node.options.label.text
        for step in trigger.body
        for node in ast.descendants(step)
        if isinstance(node, ast.Send) and node.options.label is not None
    }
    for ref in needed_labels(conditions[0]):
        if ref.label in own and ref.place is not None:
            message = f"the message `{ref.label}` is sent only after this condition holds"
            ctx.reports.warning("W408", message, ref.place, "ask for a message of another trigger")
            return
