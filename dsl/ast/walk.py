"""Walking the tree: the children of a node, and everything below it."""

from collections.abc import Iterator

import attrs

from wend.dsl.ast.base import Node


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in the order of its attributes."""
    for attribute in attrs.fields(type(node)):
        value = getattr(node, attribute.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def descendants(node: Node) -> Iterator[Node]:
    """The node itself and all below it, parents first."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(tuple(children(top))))
