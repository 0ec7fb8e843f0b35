"""How triggers are written: entry points, what ends a path, steps."""

from typing import assert_never

from wend.dsl import ast
from wend.dsl.formatter.lines import WIDTH, Lines, shown_width
from wend.dsl.formatter.phrases import SUM
from wend.dsl.formatter.steps import is_plain, plain, steps


def write_trigger(lines: Lines, node: ast.Trigger, indent: int) -> None:
    """Entry points, stops and steps. At the margin a single plain step may stand on the line of its trigger."""
    first = len(lines.out)
    for i, head in enumerate(node.heads):
        write_head(lines, head, indent, "also " if i else "")
    lines.out[first].start = node.span.start
    if indent == 0 and len(node.heads) == 1 and not node.stops and len(node.body) == 1 and is_plain(node.body[0]):
        line = lines.out[-1]
        text = f"{line.text} {plain(lines.say, node.body[0])}"
        if shown_width(text) <= WIDTH and not lines.commented(node.span.start, node.span.end):
            line.parts = [(line.start, text)]
            return
    for stop in node.stops:
        write_stop(lines, stop, indent + 1)
    steps(lines, node.body, indent + 1)


def write_stop(lines: Lines, node: ast.StopOn | ast.StopWhen, indent: int) -> None:
    """`stop on EVENT`, `stop when CONDITION`."""
    if isinstance(node, ast.StopWhen):
        lines.conditional(node, indent, "stop when", node.condition)
    else:
        alias = f" as {lines.say.name(node.alias)}" if node.alias else ""
        lines.where(node, indent, f"stop on {lines.say.path(node.event)}{alias}", node.where)


def write_head(lines: Lines, node: ast.Head, indent: int, also: str = "") -> None:
    """An entry point of a trigger."""
    say = lines.say
    match node:
        case ast.When(condition=condition, lasting=lasting, repeatedly=again, at_most_every=most):
            lines.conditional(
                node,
                indent,
                f"{also}when",
                condition,
                f"for {say.expr(lasting, SUM)}" if lasting else "",
                "repeatedly" if again else "",
                f"at most every {say.duration(most)}" if most else "",
            )
        case ast.On(event=event, alias=alias, key=key, where=where):
            words = f"{also}on {say.path(event)}"
            words += f" as {say.name(alias)}" if alias else ""
            words += f" {key_text(lines, key)}" if key else ""
            lines.where(node, indent, words, where)
        case ast.Dated(offset=offset, clock=clock):
            lines.line(node, indent, f"{also}when", say.offset(offset), lines.at(clock))
        case ast.OnChange(field=changed, before=before, after=after):
            lines.line(
                node,
                indent,
                f"{also}on change of {say.path(changed)}",
                f"from {say.expr(before)}" if before else "",
                f"to {say.expr(after)}" if after else "",
            )
        case ast.OnRequest():
            lines.line(node, indent, f"{also}on request")
        case ast.OnEntry():
            lines.line(node, indent, f"{also}on entry")
        case ast.OnExit():
            lines.line(node, indent, f"{also}on exit")
        case ast.Every(schedule=schedule, clock=clock):
            lines.line(node, indent, f"{also}every", say.schedule(schedule), lines.at(clock))
        case ast.OnceOn(date=date, clock=clock):
            lines.line(node, indent, f"{also}once on", date.value.isoformat(), lines.at(clock))
        case ast.OnceAtLaunch():
            lines.line(node, indent, f"{also}once at launch")
        case _:
            assert_never(node)


def key_text(lines: Lines, key: ast.Key) -> str:
    """`once per order.id`."""
    return f"{key.kind} {lines.say.path(key.path)}"
