"""The table of a test: what each row puts in the places that name a column."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from wend.dsl import ast
from wend.dsl.checker.env import Env
from wend.dsl.checker.expressions import Expressions
from wend.dsl.core import Hint, Place
from wend.dsl.nearest import nearest
from wend.dsl.words import count_of

EACH = "each"


@frozen
class Row:
    """A row of a table, or what stands for it where a test has none.

    Args:
        number: counted from 1; 0 where there is no table.
        cells: by the names of the columns.
        place: where the row stands.
    """

    env: Env
    ctx: Expressions
    number: int = 0
    cells: Mapping[str, ast.Expr] = {}
    place: Place | None = None

    @property
    def told(self) -> str:
        """The row for the name of its test: `2: plan = "free", mails = 1`."""
        text = self.env.source.text
        cells = [f"{name} = {text[cell.span.start : cell.span.end]}" for name, cell in self.cells.items()]
        return f"{self.number}: {', '.join(cells)}"

    def text(self, node: ast.Text | ast.Column, words: str) -> ast.Text | None:
        """A text. None, with a report, where the column has none."""
        return node if isinstance(node, ast.Text) else self._cell(node, ast.Text, f"{words}, a text")

    def count(self, node: int | ast.Column) -> int | None:
        """How many. None, with a report, where the column has no whole number."""
        if isinstance(node, int):
            return node
        cell = self._cell(node, ast.Number, "a whole number")
        if cell is None:
            return None
        if isinstance(cell.value, int) and cell.value >= 0:
            return cell.value
        self._wrong(node, cell, "a whole number")
        return None

    def moment(self, node: ast.Moment) -> tuple[dt.date, dt.time | None] | None:
        """A date, and a time where one is told. None, with a report, where the column has none."""
        if isinstance(node.date, dt.date):
            return node.date, node.time
        words = "a date" if node.time is not None else "a date, with a time or without"
        cell = self._cell(node.date, ast.Date if node.time is not None else ast.Date | ast.DateTime, words)
        match cell:
            case ast.Date(value=date):
                return date, node.time
            case ast.DateTime(date=date, time=time):
                return date, time
            case _:
                return None

    def expr(self, node: ast.Expr) -> ast.Expr:
        """An expression with the cells in the places of their columns; one that is not there is reported."""
        made = ast.replaced(node, self._in_place)
        assert isinstance(made, ast.Expr)
        return made

    def pairs(self, pairs: tuple[ast.Pair, ...]) -> tuple[ast.Pair, ...]:
        """Named values with the cells in the places of their columns."""
        return tuple(evolve(pair, value=self.expr(pair.value)) for pair in pairs)

    def _in_place(self, node: ast.Node) -> ast.Node | None:
        if not isinstance(node, ast.Path) or node.parts[0].text != EACH or len(node.parts) != 2:
            return None
        cell = self._named(node.parts[1], node)
        return ast.Path(parts=(ast.Name(text="unknown"),), span=node.span) if cell is None else cell

    def _cell(self, node: ast.Column, kind: Any, words: str) -> Any:
        cell = self._named(node.name, node)
        if cell is None or isinstance(cell, kind):
            return cell
        self._wrong(node, cell, words)
        return None

    def _wrong(self, node: ast.Column, cell: ast.Expr, words: str) -> None:
        hint = Hint(self.env.place(node), "stands here")
        message = f"`each.{node.name.text}` is to be {words}, and this is none"
        self.ctx.reports.error("W222", message, self.env.place(cell), f"write {words}", hint)

    def _named(self, name: ast.Name, node: ast.Node) -> ast.Expr | None:
        cell = self.cells.get(name.text)
        if cell is not None:
            return cell
        if not self.cells:
            help = "write the table first in the test: `with each`, and below it the columns and the rows"
            self.ctx.error("W201", "this test has no table", node, self.env, help)
            return None
        near = nearest(name.text, self.cells)
        help = f"write `each.{near}`" if near else f"its columns are {', '.join(self.cells)}"
        self.ctx.error("W201", f"the table has no column `{name.text}`", node, self.env, help)
        return None


def rows(node: ast.Examples | None, env: Env, ctx: Expressions) -> Iterator[Row]:
    """Each row that can be read; without a table one that has no columns."""
    if node is None:
        yield Row(env, ctx)
        return
    names = [column.text for column in node.columns]
    for number, column in enumerate(node.columns):
        if column.text in names[:number]:
            hint = Hint(env.place(node.columns[names.index(column.text)]), "first here")
            message, help = f"the column `{column.text}` stands twice", "give it a name of its own"
            ctx.reports.error("W207", message, env.place(column), help, hint)
    for number, row in enumerate(node.rows, 1):
        if len(row.cells) != len(names):
            message = (
                f"this row has {count_of(len(row.cells), 'value')}, and the table {count_of(len(names), 'column')}"
            )
            help = f"write a value for each of {' | '.join(names)}; `unknown` where there is none"
            ctx.error("W245", message, row, env, help)
            continue
        sound = [_constant(cell, env, ctx) for cell in row.cells]
        if all(sound):
            yield Row(env, ctx, number, dict(zip(names, row.cells, strict=True)), env.place(row))


def _constant(cell: ast.Expr, env: Env, ctx: Expressions) -> bool:
    """Whether a cell says a value by itself; what names something else is reported."""
    for node in ast.descendants(cell):
        if isinstance(node, ast.Path) and node.text != "unknown":
            help = f'write it out: a text is `"{node.text}"`' if len(node.parts) == 1 else "write it out"
            ctx.error("W223", f"`{node.text}` is no value", node, env, help)
            return False
    return True
