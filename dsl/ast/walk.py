"""Walking the tree: the children of a node, and everything below it."""

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from wend.dsl.ast.base import Node


def children(node: Node) -> list[Node]:
    """The nodes directly below a node, in the order of its attributes."""
    found: list[Node] = []
    for name in _parts(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [item for item in value if isinstance(item, Node)]
    return found


_PARTS: dict[type, tuple[str, ...]] = {}


def _parts(kind: type[Node]) -> tuple[str, ...]:
    """The attributes of a class of nodes that can hold nodes."""
    found = _PARTS.get(kind)
    if found is None:
        found = _PARTS[kind] = tuple(each.name for each in attrs.fields(kind) if each.name != "span")
    return found


def descendants(node: Node) -> Iterator[Node]:
    """The node itself and all below it, parents first."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def replaced(node: Node, by: Callable[[Node], Node | None]) -> Node:
    """The node with itself, or some of what is below it, replaced, each by what fits in its place.

    Args:
        by: what is put there instead of a node, or None for what stays.
    """
    found = by(node)
    if found is not None:
        return found
    changed: dict[str, Any] = {}
    for attribute in attrs.fields(type(node)):
        value = getattr(node, attribute.name)
        if isinstance(value, Node):
            changed[attribute.name] = replaced(value, by)
        elif isinstance(value, tuple):
            changed[attribute.name] = tuple(replaced(each, by) if isinstance(each, Node) else each for each in value)
    return attrs.evolve(node, **changed)
