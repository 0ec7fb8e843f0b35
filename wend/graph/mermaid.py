"""A diagram as Mermaid text, which many documents and forges show as a picture."""

from collections.abc import Iterator

from wend.graph.diagram import Diagram, Edge, Node, Shape, shown

_FORMS = {
    Shape.TRIGGER: ('(["', '"])'),
    Shape.SEND: ('["', '"]'),
    Shape.STEP: ('["', '"]'),
    Shape.WAIT: ('("', '")'),
    Shape.CHOICE: ('{{"', '"}}'),
    Shape.END: ('(["', '"])'),
}
_CLASSES = """\
  classDef trigger fill:#dce8f7,stroke:#4c6a92
  classDef send fill:#dcf1e3,stroke:#3a8f5c
  classDef step fill:#f2f2f2,stroke:#8a8a8a
  classDef wait fill:#fdf3dc,stroke:#c08a2a
  classDef choice fill:#efe4f7,stroke:#7a5a9a
  classDef end fill:#ffffff,stroke:#8a8a8a"""


def mermaid(diagram: Diagram) -> str:
    """One flowchart with a part for each trigger."""
    return "\n".join(["flowchart TD", *_lines(diagram), _CLASSES.replace("classDef end", "classDef over")]) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    title = diagram.journey.title or diagram.journey.name
    yield f'  j["{_text(title, *diagram.notes)}"]'
    for chart in diagram.charts:
        for node in chart.nodes:
            yield f"  {_node(node)}"
        yield f"  j -.-> {chart.nodes[0].id}"
        for edge in chart.edges:
            yield f"  {_edge(edge)}"


def _node(node: Node) -> str:
    before, after = _FORMS[node.shape]
    name = "over" if node.shape is Shape.END else node.shape.value
    return f"{node.id}{before}{_text(node.text, *node.notes)}{after}:::{name}"


def _edge(edge: Edge) -> str:
    words = ": ".join(part for part in (shown(edge), "" if edge.count is None else f"{edge.count:,}") if part)
    return f'{edge.source} -->|"{_text(words)}"| {edge.target}' if words else f"{edge.source} --> {edge.target}"


def _text(*lines: str) -> str:
    """Lines as Mermaid writes them: its own signs, and those of HTML, stand as entities."""
    signs = {"&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "`": "#96;"}
    return "<br>".join("".join(signs.get(sign, sign) for sign in part) for line in lines for part in line.split("\n"))
