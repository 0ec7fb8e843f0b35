"""The types of expressions."""

from enum import StrEnum

from attrs import evolve, frozen


class Kind(StrEnum):
    """The kinds of value that a script knows; `ANY` is what no schema tells."""

    ANY = "any"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CLOCK = "time of day"
    DURATION = "duration"
    LIST = "list"
    RECORD = "record"


@frozen
class Type:
    """A kind, with the values of an enumeration, the item of a list, and whether the value may be unknown."""

    kind: Kind
    optional: bool = False
    values: tuple[str, ...] = ()
    item: "Type | None" = None

    def maybe(self, optional: bool = True) -> "Type":
        """The same type, as one that may (or cannot) be unknown."""
        return evolve(self, optional=optional)

    def __str__(self) -> str:
        name = " | ".join(f'"{v}"' for v in self.values) if self.values else str(self.kind)
        if self.kind is Kind.LIST and self.item is not None:
            name = f"list of {self.item}"
        return name + ("?" if self.optional else "")


ANY = Type(Kind.ANY, optional=True)
TEXT = Type(Kind.TEXT)
NUMBER = Type(Kind.NUMBER)
BOOLEAN = Type(Kind.BOOLEAN)
DATE = Type(Kind.DATE)
DATETIME = Type(Kind.DATETIME)
CLOCK = Type(Kind.CLOCK)
DURATION = Type(Kind.DURATION)
RECORD = Type(Kind.RECORD)


def list_of(item: Type, optional: bool = False) -> Type:
    """The type of lists of `item`."""
    return Type(Kind.LIST, optional, item=item)
