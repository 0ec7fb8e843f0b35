"""A diagram drawn by Graphviz."""

import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

from wend.dsl.diagnostics import WendError
from wend.graph.diagram import Diagram, Edge, Flowchart, Node, Shape, shown

_FONT = "Helvetica,Arial,sans-serif"
_STYLES: dict[Shape, dict[str, str]] = {
    Shape.TRIGGER: {"shape": "box", "style": "rounded,filled,bold", "fillcolor": "#dce8f7", "color": "#4c6a92"},
    Shape.SEND: {"shape": "box", "style": "filled", "fillcolor": "#dcf1e3", "color": "#3a8f5c"},
    Shape.STEP: {"shape": "box", "style": "filled", "fillcolor": "#f2f2f2", "color": "#8a8a8a"},
    Shape.WAIT: {"shape": "box", "style": "rounded,filled", "fillcolor": "#fdf3dc", "color": "#c08a2a"},
    Shape.CHOICE: {"shape": "hexagon", "style": "filled", "fillcolor": "#efe4f7", "color": "#7a5a9a"},
    Shape.END: {"shape": "box", "style": "rounded,filled", "fillcolor": "#ffffff", "color": "#8a8a8a"},
}
_WIDTH = 38
"""Signs in a line of a box."""


def svg(diagram: Diagram) -> str:
    """The diagram as one SVG picture.

    Raises:
        WendError: the library that draws it is not installed.
    """
    try:
        import pygraphviz  # type: ignore[import-untyped]
    except ImportError:
        help = "install it with `pip install 'wend[report]'`, or write Mermaid with `--format mermaid`"
        raise WendError("the drawing of a diagram needs a library that is not installed", help) from None
    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(fontname=_FONT, fontsize="16", labelloc="t", labeljust="l", nodesep="0.35", ranksep="0.45")
    graph.graph_attr["label"] = _lines(diagram.journey.title or diagram.journey.name, *diagram.notes, width=80)
    graph.node_attr.update(fontname=_FONT, fontsize="12", margin="0.16,0.09")
    graph.edge_attr.update(fontname=_FONT, fontsize="11", color="#667080", arrowsize="0.7")
    for chart in diagram.charts:
        _draw(graph, chart)
    with _quiet():
        drawn = graph.draw(format="svg", prog="dot")
    assert drawn is not None  # it is only where a file was named
    return str(drawn, "utf-8")


def _draw(graph: object, chart: Flowchart) -> None:
    for node in chart.nodes:
        graph.add_node(node.id, label=_label(node), tooltip=node.text, **_STYLES[node.shape])  # type: ignore[attr-defined]
    for number, edge in enumerate(chart.edges):
        key = f"{edge.source}-{number}"
        graph.add_edge(edge.source, edge.target, key=key, label=_way(edge), **_width(edge))  # type: ignore[attr-defined]


def _label(node: Node) -> str:
    return _lines(node.text, *node.notes)


def _way(edge: Edge) -> str:
    parts = (shown(edge), "" if edge.count is None else f"{edge.count:,}")
    return " " + ": ".join(part for part in parts if part)


def _width(edge: Edge) -> dict[str, str]:
    """A way that nobody went is drawn thin and grey."""
    return {"style": "dashed", "fontcolor": "#8a8a8a"} if edge.count == 0 else {}


def _lines(*texts: str, width: int = _WIDTH) -> str:
    """Texts as lines of a box, the long ones broken."""
    lines = [line for text in texts for part in text.split("\n") for line in textwrap.wrap(part, width) or [""]]
    return "\\n".join(line.replace("\\", "\\\\") for line in lines)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps remarks of font libraries, which are written past Python, from the terminal."""
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
