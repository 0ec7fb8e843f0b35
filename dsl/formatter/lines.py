"""Logical lines to be written: what every part of the formatter builds."""

from collections.abc import Callable

from attrs import define, field

from wend.dsl import ast
from wend.dsl.formatter.phrases import Phrases, Spelling, clock_text

WIDTH = 100
STEP = 4


@define
class Out:
    """A logical line to be written.

    Args:
        indent: how many levels deep.
        parts: where it may be broken, each with the place in the source that it comes from; each after the first
            begins with `and` or `or`.
        start: where its first word stands in the source.
        item: it begins an item of the file.
    """

    indent: int
    parts: list[tuple[int, str]]
    start: int
    item: bool = False

    @property
    def text(self) -> str:
        """The line unbroken, without its indentation."""
        return " ".join(text for _, text in self.parts)


@define
class Lines:
    """Writes nodes as logical lines, names between backticks.

    Args:
        spelling: see `Phrases`.
        commented: whether a comment stands between two places of the source, so that they cannot share a line.
        else_before: where the `else` stands that belongs to the steps at some place; the tree does not say.
    """

    spelling: Spelling = lambda node: None
    commented: Callable[[int, int], bool] = lambda start, end: False
    else_before: Callable[[int], int] = lambda offset: offset
    out: list[Out] = field(factory=list)
    say: Phrases = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.say = Phrases(self.spelling)

    # ---- building lines ----

    def line(self, node: ast.Node, indent: int, *phrases: str) -> Out:
        """A line of plain words; empty phrases are left out."""
        out = Out(indent, [(node.span.start, " ".join(p for p in phrases if p))], node.span.start)
        self.out.append(out)
        return out

    def conditional(self, node: ast.Node, indent: int, before: str, condition: ast.Expr, *after: str) -> Out:
        """A line with a condition, which may be broken between its operands."""
        parts = self._operands(condition)
        parts[0] = node.span.start, f"{before} {parts[0][1]}"
        rest = " ".join(p for p in after if p)
        if rest:
            at, last = parts[-1]
            parts[-1] = at, f"{last} {rest}"
        out = Out(indent, parts, node.span.start)
        self.out.append(out)
        return out

    def _operands(self, condition: ast.Expr) -> list[tuple[int, str]]:
        word, operands = self.say.operands(condition)
        if not word:
            return [(condition.span.start, self.say.expr(condition))]
        level = 3 if word == "and" else 2
        texts = [(operand.span.start, self.say.expr(operand, level)) for operand in operands]
        return [texts[0], *((start, f"{word} {text}") for start, text in texts[1:])]

    def where(self, node: ast.Node, indent: int, before: str, where: ast.Expr | None) -> None:
        if where is None:
            self.line(node, indent, before)
        else:
            self.conditional(node, indent, f"{before} where", where)

    def at(self, clock: ast.Clock | None) -> str:
        """`at 9am`, or nothing."""
        return f"at {clock_text(clock.value)}" if clock else ""


def shown_width(text: str) -> int:
    """How wide a line will be once needless backticks are gone: an estimate that errs on the long side only for
    names that need theirs."""
    return len(text) - text.count("`")
