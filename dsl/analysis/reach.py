"""What no path comes to: steps behind the end of every path, messages that nothing can have sent yet."""

from collections.abc import Iterable, Iterator

from wend.dsl import core, plan, program
from wend.dsl.analysis.dead import targets
from wend.dsl.analysis.ranges import FALSE, UNKNOWN, Ranges
from wend.dsl.analysis.report import warning
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.needs import needed_labels


def unreached(made: program.Program, ranges: Ranges) -> Iterator[Diagnostic]:
    """Steps that are never reached, and messages that cannot have been sent."""
    for journey in made.journeys:
        for trigger in journey.triggers:
            yield from _steps(trigger.body, ranges)
            yield from _labels(trigger)
        yield from _waiting_for_each_other(journey)


# ---- steps -----------------------------------------------------------------------------------------------------------


def _steps(body: tuple[plan.Operation, ...], ranges: Ranges) -> Iterator[Diagnostic]:
    reached = reachable(body, [0], ranges)
    for index, op in enumerate(body):
        if index in reached or isinstance(op, plan.Jump | plan.RepeatNext) or op.place is None:
            continue
        before = body[index - 1] if index else None
        if isinstance(before, plan.Stop | plan.Exit) and _column(before) == _column(op):
            return  # told already, where the steps are read
        if not any(i not in reached and _is_step(body[i]) for i in range(index)):
            yield warning("W407", "every path has ended before this step", op.place, "remove what is not reached")
        return


def _is_step(op: plan.Operation) -> bool:
    return not isinstance(op, plan.Jump | plan.RepeatNext)


def _column(op: plan.Operation) -> int | None:
    return None if op.place is None else op.place.source.line_col(op.place.span.start)[1]


def reachable(body: tuple[plan.Operation, ...], starts: Iterable[int], ranges: Ranges) -> frozenset[int]:
    """The operations that a path can come to from these."""
    found: set[int] = set()
    todo = list(starts)
    while todo:
        index = todo.pop()
        if index in found or index >= len(body):
            continue
        found.add(index)
        todo += _next(body[index], index, ranges)
    return frozenset(found)


def _next(op: plan.Operation, index: int, ranges: Ranges) -> Iterator[int]:
    if not isinstance(op, plan.Branch):
        yield from targets(op, index)
        return
    yield index + 1
    if ranges.possible((op.condition, FALSE)):
        yield op.on_false
    if ranges.possible((op.condition, UNKNOWN)):
        yield op.on_unknown


# ---- messages --------------------------------------------------------------------------------------------------------


def _labels(trigger: program.Trigger) -> Iterator[Diagnostic]:
    """In a body a label is this path's own message: one that it sends later, or never, is not there yet."""
    body = trigger.body
    asked = [(i, ref) for i, op in enumerate(body) for ref in _references(op) if ref.scope is core.Scope.PATH]
    if not asked:
        return
    labels = {label: number for number, label in enumerate(sorted(_sends(trigger)))}
    before = _sent_before(body, labels)
    for index, ref in asked:
        if ref.place is not None and not (ref.label in labels and before[index] >> labels[ref.label] & 1):
            if ref.attr is core.LabelAttr.ANSWER:
                message = f"the webhook of `{ref.label}` is not called before this in this body"
                yield warning("W408", message, ref.place, "ask for its answer behind its `call webhook`")
            elif ref.label in labels:
                message = f"the message `{ref.label}` is sent only after this"
                yield warning("W408", message, ref.place, "ask for it behind its `send`")
            else:
                message = f"the message `{ref.label}` is sent by another rule, and a path knows only its own messages"
                yield warning("W408", message, ref.place, "ask for it in a `when`, or send it in this body")


def _sent_before(body: tuple[plan.Operation, ...], labels: dict[str, int]) -> list[int]:
    """For each operation the labels, as bits of a number, of what may have been sent on a way to it."""
    before = [0] * (len(body) + 1)
    again = True
    while again:
        again = False
        for index, op in enumerate(body):
            after = before[index]
            if isinstance(op, plan.Send | plan.CallWebhook) and op.label is not None:
                after |= 1 << labels[op.label]
            for target in targets(op, index):
                again = again or (target <= index and after | before[target] != before[target])
                before[target] |= after
    return before


def _references(op: plan.Operation) -> Iterator[core.LabelRef]:
    for name in core.parts(type(op)):
        for expr in _expressions(getattr(op, name)):
            yield from (node for node in core.nodes(expr) if isinstance(node, core.LabelRef))


def _expressions(value: object) -> Iterator[core.Expr]:
    if isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, core.Node):
        yield value  # type: ignore[misc]  # what an operation holds is an expression


def _waiting_for_each_other(journey: program.Journey) -> Iterator[Diagnostic]:
    """Rules of which each needs a message of another, in a circle, so that none is the first."""
    sendable, firing = _sendable(journey.triggers)
    for trigger in (trigger for number, trigger in enumerate(journey.triggers) if number not in firing):
        own = _sends(trigger)
        for head in trigger.heads:
            missing = [ref for ref in _needed(head) if ref.label not in sendable]
            if not missing or (missing[0].label in own and len(trigger.heads) == 1):
                continue  # a rule that waits for its own message is told where the rule is read
            ref = missing[0]
            if ref.place is not None:
                what = "webhook" if ref.attr is core.LabelAttr.ANSWER else "message"
                done = "called" if ref.attr is core.LabelAttr.ANSWER else "sent"
                message = f"the {what} `{ref.label}` cannot have been {done}: the rules wait for one another"
                yield warning("W408", message, ref.place, "let one of the rules begin without the other")


def _sendable(triggers: tuple[program.Trigger, ...]) -> tuple[set[str], set[int]]:
    """The labels that can be sent, as what they wait for can be sent; and which triggers can fire so."""
    missing = [[{ref.label for ref in _needed(head)} for head in trigger.heads] for trigger in triggers]
    waiting: dict[str, list[tuple[int, set[str]]]] = {}
    for number, heads in enumerate(missing):
        for labels in heads:
            for label in labels:
                waiting.setdefault(label, []).append((number, labels))
    ready = [number for number, heads in enumerate(missing) if any(not labels for labels in heads)]
    sendable: set[str] = set()
    firing: set[int] = set()
    while ready:
        number = ready.pop()
        firing.add(number)
        for label in _sends(triggers[number]) - sendable:
            sendable.add(label)
            for other, labels in waiting.get(label, ()):
                labels.discard(label)
                if not labels and other not in firing:
                    ready.append(other)
    return sendable, firing


def _needed(head: program.AnyHead) -> list[core.LabelRef]:
    return list(needed_labels(head.condition)) if isinstance(head, program.When) else []


def _sends(trigger: program.Trigger) -> set[str]:
    return {op.label for op in trigger.body if isinstance(op, plan.Send | plan.CallWebhook) and op.label is not None}
