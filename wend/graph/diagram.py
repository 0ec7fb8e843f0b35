"""A journey as nodes and edges: its triggers, the steps of their bodies, and the ways between them."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from attrs import field, frozen

from wend.dsl import plan
from wend.dsl.program import Journey, Trigger
from wend.runtime.tick.walk import REST


class Shape(StrEnum):
    """What a node is."""

    TRIGGER = "trigger"
    SEND = "send"
    STEP = "step"
    WAIT = "wait"
    CHOICE = "choice"
    END = "end"


@frozen
class Node:
    """A box of the diagram.

    Args:
        id: a letter and numbers, unique in the diagram.
        text: what the script says there.
        notes: further lines, such as counts.
        line: where it stands in its file, from 1.
    """

    id: str
    shape: Shape
    text: str
    notes: tuple[str, ...] = ()
    line: int | None = None


@frozen
class Edge:
    """A way from a box to another. `way` is the answer that leads there; `count` how many paths went it, if known."""

    source: str
    target: str
    way: str = ""
    count: int | None = None


@frozen
class Flowchart:
    """The diagram of one trigger: `ops` tells for each node the step that it stands for."""

    trigger: Trigger
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    ops: Mapping[str, plan.Operation] = field(factory=dict)


@frozen
class Diagram:
    """A journey: what its head says in a few lines, and a flowchart for each trigger."""

    journey: Journey
    notes: tuple[str, ...]
    charts: tuple[Flowchart, ...]


def diagram_of(journey: Journey) -> Diagram:
    """The diagram of a journey, without counts."""
    charts = tuple(_chart(number, trigger) for number, trigger in enumerate(journey.triggers, start=1))
    return Diagram(journey, (), charts)


def ways(op: plan.Operation, pc: int) -> list[tuple[str, int]]:
    """Where paths go from an operation: the answer, as traces name it (empty: the plain way on), and the target."""
    match op:
        case plan.Branch(on_false=no, on_unknown=unknown):
            return [("true", pc + 1), ("false", no), ("unknown", unknown)]
        case plan.Split(arms=arms, otherwise=otherwise):
            rest = [] if sum(arm.share for arm in arms) >= 100 else [(REST, otherwise)]
            return [(arm.name, arm.target) for arm in arms] + rest
        case plan.RepeatTest(done=done):
            return [("round", pc + 1), ("done", done)]
        case plan.RepeatNext(head=head):
            return [("", head)]
        case plan.WaitCondition(otherwise=missed) | plan.WaitEvent(otherwise=missed):
            return [("", pc + 1)] if missed is None else [("", pc + 1), ("else", missed)]
        case plan.WaitUntilMoment(otherwise=missed):
            return [("", pc + 1)] if missed is None else [("", pc + 1), ("else", missed)]
        case plan.Jump(target=target):
            return [("", target)]
        case plan.Stop() | plan.Exit():
            return []
        case _:
            return [("", pc + 1)]


_WORDS = {"true": "yes", "false": "no", "unknown": "unknown", "round": "again", "done": "done", "else": "else"}


def _chart(number: int, trigger: Trigger) -> Flowchart:
    body, name = trigger.body, f"t{number}"
    ops = {pc: f"{name}s{pc}" for pc, op in enumerate(body) if not _between(op)}
    end = f"{name}end"
    head = Node(name, Shape.TRIGGER, "\nalso ".join(h.id for h in trigger.heads), (), _line(trigger))
    nodes = [head, *(Node(ops[pc], _shape(body[pc]), _text(body[pc]), (), _line(body[pc])) for pc in ops)]
    edges = [Edge(name, _target(body, ops, 0, end))]
    for pc in ops:
        edges += _edges(body, ops, pc, end)
    if any(edge.target == end for edge in edges):
        nodes.append(Node(end, Shape.END, "end of the path"))
    return Flowchart(trigger, tuple(nodes), tuple(edges), {ops[pc]: body[pc] for pc in ops})


def _edges(body: tuple[plan.Operation, ...], ops: Mapping[int, str], pc: int, end: str) -> Iterator[Edge]:
    """The edges of a step; where several answers lead to one place there is one edge for all."""
    merged: dict[str, list[str]] = {}
    for way, target in ways(body[pc], pc):
        merged.setdefault(_target(body, ops, target, end), []).append(way)
    for node, answers in merged.items():
        yield Edge(ops[pc], node, "|".join(answers))


def shown(edge: Edge) -> str:
    """The answer of an edge in words: `yes`, `no, unknown`, the name of a variant."""
    return ", ".join(_WORDS.get(way, way) for way in edge.way.split("|") if way)


def _target(body: tuple[plan.Operation, ...], ops: Mapping[int, str], pc: int, end: str) -> str:
    while pc < len(body):
        if pc in ops:
            return ops[pc]
        ((_, pc),) = ways(body[pc], pc)
    return end


def _between(op: plan.Operation) -> bool:
    """Whether it is no box of its own: a jump, or the end of a round that does not pause."""
    return isinstance(op, plan.Jump) or (isinstance(op, plan.RepeatNext) and op.every is None)


def _shape(op: plan.Operation) -> Shape:
    match op:
        case plan.Send() | plan.Notify():
            return Shape.SEND
        case plan.Branch() | plan.Split() | plan.RepeatTest():
            return Shape.CHOICE
        case plan.Stop() | plan.Exit():
            return Shape.END
        case _ if isinstance(op, plan.Wait):
            return Shape.WAIT
        case _:
            return Shape.STEP


def _text(op: plan.Operation) -> str:
    match op:
        case plan.Send(channel=channel, template=template, label=label):
            return f'send {channel} "{template}"' + (f" as {label}" if label else "")
        case plan.CallWebhook(webhook=webhook, label=label):
            return f'call webhook "{webhook}"' + (f" as {label}" if label else "")
        case plan.Notify(id=text):
            return text.partition(" subject ")[0]
        case plan.RepeatNext():
            return "pause, then again"
        case _:
            return op.id


def _line(item: plan.Operation | Trigger) -> int | None:
    place = item.place
    return None if place is None else place.source.line_col(place.span.start)[0]
