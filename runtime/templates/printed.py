"""What a template prints without asking first whether it is there."""

from collections.abc import Iterator

from attrs import define, field, frozen
from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.case_tag import CaseNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression

Names = tuple[str, ...]


@frozen
class Printed:
    """A name that is printed, and so must be known: its parts (`contact`, `phone`), its file, its line from 1."""

    names: Names
    path: str
    line: int

    @property
    def shown(self) -> str:
        """As it stands in a template: `contact.phone`."""
        root, *below = self.names
        return root + "".join(f".{name}" if name.isidentifier() else f"['{name}']" for name in below)


def printed(parsed: BoundTemplate) -> Iterator[tuple[Names, str, int]]:
    """The names, each with the template it stands in and its place in that text.

    A name behind `default` is left out, and one within an `if`, `unless` or `case` that asks for it, in any branch.
    """
    walk = _Walk(RenderContext(parsed))
    for node in parsed.nodes:
        yield from walk.node(node, parsed.name, frozenset(), frozenset())


@define
class _Walk:
    context: RenderContext
    assigned: set[str] = field(factory=set)
    entered: set[tuple[str, frozenset[Names], frozenset[str]]] = field(factory=set)

    def node(
        self, node: Node, where: str, asked: frozenset[Names], hidden: frozenset[str]
    ) -> Iterator[tuple[Names, str, int]]:
        """What a node and all in it print; `asked` are the names asked for around it, `hidden` those a tag gives."""
        for path in _uses(node):
            names = _names(path)
            if names[0] not in hidden | self.assigned and names not in asked:
                yield names, where, path.token.start_index
        self.assigned.update(str(name) for name in node.template_scope())
        asked |= _conditions(node)
        hidden |= {str(name) for name in node.block_scope()}
        partial = node.partial_scope()
        if partial is not None:
            hidden |= {str(name) for name in partial.in_scope}
            name = partial.name
            where = name if isinstance(name, str) else str(name.evaluate(self.context))
            if (where, asked, hidden) in self.entered:
                return  # an include of itself among them
            self.entered.add((where, asked, hidden))
        try:
            children = list(node.children(self.context, include_partials=True))
        except LiquidError:
            return  # told where the template is checked
        for child in children:
            yield from self.node(child, where, asked, hidden)


def _uses(node: Node) -> Iterator[Path]:
    """The names that fail where they are unknown."""
    if isinstance(node, IfNode | UnlessNode | CaseNode):
        return
    for expression in node.expressions():
        match expression:
            case FilteredExpression(left=left, filters=filters):
                bare = not filters and not isinstance(node, AssignNode)
                if isinstance(left, Path) and (bare or (filters and filters[0].name != "default")):
                    yield left
                for each in filters or ():
                    if each.name != "default":
                        yield from (child for child in each.children() if isinstance(child, Path))
            case LoopExpression(iterable=Path() as path):
                yield path
            case _:
                pass


def _conditions(node: Node) -> frozenset[Names]:
    if not isinstance(node, IfNode | UnlessNode | CaseNode):
        return frozenset()
    conditions = list(node.expressions())
    if not isinstance(node, CaseNode):
        conditions += [each.expression for each in node.alternatives]
    return frozenset(_names(path) for condition in conditions for path in _paths(condition))


def _paths(expression: Expression) -> Iterator[Path]:
    if isinstance(expression, Path):
        yield expression
    for child in expression.children():
        yield from _paths(child)


def _names(path: Path) -> Names:
    """The first two parts of a name: what is below them is not declared."""
    return tuple(str(part) for part in path.path[:2])
