"""What stands at the top level of a file."""

from attrs import frozen

from wend.dsl.ast.base import Name, Node
from wend.dsl.ast.expr import Expr, Text
from wend.dsl.ast.header import Header, Setting
from wend.dsl.ast.trial import TestBlock
from wend.dsl.ast.trigger import Trigger


@frozen(kw_only=True)
class NamedType(Node):
    """`text`, `number`, `boolean`, `date`, `datetime`, `duration`."""

    name: Name


@frozen(kw_only=True)
class EnumType(Node):
    """`"web" | "shop"`."""

    values: tuple[Text, ...]


@frozen(kw_only=True)
class ListType(Node):
    """`list of text`."""

    item: NamedType | EnumType


@frozen(kw_only=True)
class TypeExpr(Node):
    """A type, with `optional` one whose value may be unknown: `text?`."""

    base: NamedType | EnumType | ListType
    optional: bool = False


@frozen(kw_only=True)
class Field(Node):
    """`last_purchase date? = last(purchase.at)`: a field; with `value` a derived one."""

    name: Name
    type: TypeExpr
    value: Expr | None = None


@frozen(kw_only=True)
class ContactDecl(Node):
    """`contact` and its fields."""

    fields: tuple[Field, ...]


@frozen(kw_only=True)
class EventDecl(Node):
    """`event purchase` and its fields."""

    name: Name
    fields: tuple[Field, ...] = ()


@frozen(kw_only=True)
class Define(Node):
    """`define lapsed(n) = days_since(last_purchase) >= n`; `params` is None where there are no brackets."""

    name: Name
    value: Expr
    params: tuple[Name, ...] | None = None


@frozen(kw_only=True)
class Segment(Node):
    """`segment customers = any(purchase)`."""

    name: Name
    condition: Expr


@frozen(kw_only=True)
class Settings(Node):
    """`settings` and its lines."""

    lines: tuple[Setting, ...]


@frozen(kw_only=True)
class Journey(Node):
    """`journey win_back "Win back lapsed customers"`, its header lines and its triggers, in the order written."""

    name: Name
    items: tuple[Header | Trigger, ...]
    title: Text | None = None


@frozen(kw_only=True)
class Use(Node):
    """`use "shared.journey"`: a file beside this one whose declarations are part of the program."""

    file: Text


Item = ContactDecl | EventDecl | Settings | Define | Segment | Journey | Trigger | TestBlock | Use


@frozen(kw_only=True)
class File(Node):
    """A whole script, its items in the order written."""

    items: tuple[Item, ...]
