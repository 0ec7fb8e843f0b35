"""What all nodes of the tree share: a span that does not take part in equality."""

from attrs import field, frozen

from wend.dsl.source import NOWHERE, Span


@frozen(kw_only=True)
class Node:
    """A piece of a script. Two nodes are equal when they say the same, wherever they stand."""

    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Name(Node):
    """A name as written, without its backticks: `last_purchase`."""

    text: str
