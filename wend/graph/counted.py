"""Counts for a diagram: how many paths went each way, from what a simulation or the journal of a store tells."""

from attrs import evolve

from wend.dsl import plan
from wend.graph.diagram import Diagram, Edge, Flowchart, Node
from wend.runtime.telling.flow import Flow


def with_counts(diagram: Diagram, flow: Flow) -> Diagram:
    """The diagram with how many paths began, what became of messages, and how many went each way."""
    name = diagram.journey.name
    entered = flow.reasons(name, "entered")
    notes = [f"{sum(entered.values()):,} runs" + _held_out(entered)]
    notes += [f"{count:,} ended by {reason or 'exit'}" for reason, count in flow.reasons(name, "exited").items()]
    return evolve(diagram, notes=tuple(notes), charts=tuple(_chart(name, chart, flow) for chart in diagram.charts))


def _held_out(entered: dict[str, int]) -> str:
    held = entered.get("hold out", 0)
    return f", {held:,} of them held out" if held else ""


def _chart(journey: str, chart: Flowchart, flow: Flow) -> Flowchart:
    """Counts go from the trigger on through the steps: what a step tells of itself is certain, else all go on."""
    fired = flow.total(journey, "fired", trigger=chart.trigger.id)
    arrived: dict[str, int] = {}
    edges: list[Edge] = []
    for edge in chart.edges:
        if edge.source not in chart.ops:
            count = fired
        else:
            count = _went(journey, chart, edge, flow, arrived.get(edge.source, 0))
        arrived[edge.target] = arrived.get(edge.target, 0) + count
        if count or edge.way != "unknown":  # most conditions can never be unknown
            edges.append(evolve(edge, count=count))
    nodes = [_node(journey, chart, node, flow) for node in chart.nodes]
    return evolve(chart, nodes=tuple(nodes), edges=tuple(edges))


def _went(journey: str, chart: Flowchart, edge: Edge, flow: Flow, arrived: int) -> int:
    op, trigger = chart.ops[edge.source], chart.trigger.id
    match op:
        case plan.Branch() | plan.Split() | plan.RepeatTest():
            decided = flow.reasons(journey, "decided", trigger=trigger, step=op.id)
            return sum(decided.get(way, 0) for way in edge.way.split("|"))
        case plan.Send() | plan.Notify() | plan.CallWebhook():
            at = flow.at(journey, trigger, op.id)
            return at.get("sent", 0) + at.get("called", 0) + at.get("dropped", 0)
        case plan.Set() | plan.Mark() | plan.Emit():
            return arrived
        case _:
            passed = flow.reasons(journey, "passed", trigger=trigger, step=op.id)
            return sum(passed.get(way, 0) for way in edge.way.split("|"))


def _node(journey: str, chart: Flowchart, node: Node, flow: Flow) -> Node:
    op = chart.ops.get(node.id)
    if not isinstance(op, plan.Send | plan.Notify):
        return node
    notes = [f"{flow.at(journey, chart.trigger.id, op.id).get('sent', 0):,} sent"]
    for kind, words in (("dropped", "not sent"), ("held", "held")):
        for reason, count in flow.reasons(journey, kind, trigger=chart.trigger.id, step=op.id).items():
            notes.append(f"{count:,} {words}: {reason}" if reason else f"{count:,} {words}")
    return evolve(node, notes=tuple(notes))
