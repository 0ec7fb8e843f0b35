"""What is declared: the contact's fields, the events, and the types written for them."""

from attrs import define, field, frozen

from wend.dsl import ast
from wend.dsl.builtins import AT, BUILTIN_EVENTS, ID, LISTS, RESERVED, TAGS, EventShape
from wend.dsl.checker.habits import TYPES
from wend.dsl.checker.report import Reports, place_of
from wend.dsl.core import Hint, Place
from wend.dsl.nearest import nearest
from wend.dsl.source import Source
from wend.dsl.types import ANY, BOOLEAN, DATE, DATETIME, DURATION, NUMBER, TEXT, Kind, Type, list_of

NAMED_TYPES = {
    "text": TEXT,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "date": DATE,
    "datetime": DATETIME,
    "duration": DURATION,
}

ALWAYS = {TAGS: list_of(TEXT), LISTS: list_of(TEXT), ID: TEXT}


@frozen
class DeclaredField:
    """A declared field of the contact; `value` is what a derived one is."""

    name: str
    type: Type
    place: Place
    value: ast.Expr | None = None


@define
class Declared:
    """All that the files declare of contacts and events. `contact` is None where no file declares it."""

    contact: dict[str, DeclaredField] | None = None
    events: dict[str, EventShape] = field(factory=dict)
    event_places: dict[str, Place] = field(factory=dict)


def type_of(node: ast.TypeExpr, source: Source, reports: Reports) -> Type:
    """The type that is written, or ANY where it is none."""
    match node.base:
        case ast.ListType(item=item):
            found = list_of(_item(item, source, reports))
        case base:
            found = _item(base, source, reports)
    return found.maybe(node.optional) if found.kind is not Kind.ANY else found


def _item(node: ast.NamedType | ast.EnumType, source: Source, reports: Reports) -> Type:
    if isinstance(node, ast.EnumType):
        return _enumeration(node, source, reports)
    found = NAMED_TYPES.get(node.name.text)
    if found is None:
        near = TYPES.get(node.name.text.lower()) or nearest(node.name.text, NAMED_TYPES)
        help = f"write `{near}`" if near else "the types are text, number, boolean, date, datetime, duration, list of …"
        reports.error("W219", f"`{node.name.text}` is not a type", place_of(source, node), help)
        return ANY
    return found


def _enumeration(node: ast.EnumType, source: Source, reports: Reports) -> Type:
    values = tuple(dict.fromkeys(value.value for value in node.values))
    if len(values) < len(node.values):
        twice = next(v for i, v in enumerate(node.values) if v.value in {o.value for o in node.values[:i]})
        reports.error(
            "W207",
            f"the value `{twice.value}` stands twice in this type",
            place_of(source, twice),
            "name each value once",
        )
    return Type(Kind.TEXT, values=values)


def declare(files: list[tuple[Source, ast.File]], reports: Reports) -> Declared:
    """Collect the declarations of all files."""
    declared = Declared()
    for source, file in files:
        for item in file.items:
            match item:
                case ast.ContactDecl():
                    _contact(item, source, declared, reports)
                case ast.EventDecl():
                    _event(item, source, declared, reports)
                case _:
                    pass
    return declared


def _contact(node: ast.ContactDecl, source: Source, declared: Declared, reports: Reports) -> None:
    if declared.contact is None:
        declared.contact = {}
    fields = declared.contact
    for field_node in node.fields:
        name, place = field_node.name.text, place_of(source, field_node.name)
        found = type_of(field_node.type, source, reports)
        if name in RESERVED:
            reports.error("W208", f"`{name}` has a meaning of its own", place, "give the field another name")
            continue
        if name in fields:
            hint = Hint(fields[name].place, "first declared here")
            reports.error("W207", f"the field `{name}` is declared twice", place, "remove one of the two", hint)
            continue
        if name in ALWAYS and (found.kind is not ALWAYS[name].kind or field_node.value is not None):
            words, help = ("a text", "text") if name == ID else ("a list of texts", "list of text")
            reports.error("W208", f"`{name}` is always {words}", place, f"write `{help}`, or take another name")
            continue
        fields[name] = DeclaredField(name, found, place, field_node.value)


def _event(node: ast.EventDecl, source: Source, declared: Declared, reports: Reports) -> None:
    name, place = node.name.text, place_of(source, node.name)
    if name in BUILTIN_EVENTS:
        reports.error("W208", f"`{name}` is a built-in event", place, "use it without declaring it")
        return
    if name in declared.events:
        hint = Hint(declared.event_places[name], "first declared here")
        reports.error("W207", f"the event `{name}` is declared twice", place, "remove one of the two", hint)
        return
    fields: dict[str, Type] = {}
    for field_node in node.fields:
        field_name, field_place = field_node.name.text, place_of(source, field_node.name)
        found = type_of(field_node.type, source, reports)
        if field_name == AT or field_name in RESERVED:
            why = "is the time of every event" if field_name == AT else "has a meaning of its own"
            reports.error("W208", f"`{field_name}` {why}", field_place, "give the field another name")
        elif field_name in fields:
            reports.error("W207", f"the field `{field_name}` is declared twice", field_place, "remove one of the two")
        elif field_node.value is not None:
            reports.error(
                "W219",
                f"the field `{field_name}` of an event cannot be derived",
                place_of(source, field_node.value),
                "derive a field of the contact, or write the expression where it is needed",
            )
        else:
            fields[field_name] = found
    declared.events[name] = EventShape(name, fields)
    declared.event_places[name] = place
