"""The names of a program: fields, segments and defines in one space; events; journeys."""

from collections.abc import Sequence

from attrs import define, field, frozen

from wend.dsl import ast
from wend.dsl.builtins import BUILTIN_EVENTS, EVERYBODY, RESERVED, EventShape
from wend.dsl.checker.habits import NO_FIELDS
from wend.dsl.checker.report import Reports, place_of
from wend.dsl.checker.schema import ALWAYS, Declared, DeclaredField, declare
from wend.dsl.core import Hint, Place
from wend.dsl.nearest import nearest
from wend.dsl.signatures import Signatures
from wend.dsl.source import Source
from wend.dsl.types import ANY, Type


@frozen
class Definition:
    """A `define` or a `segment` and where it stands. `params` is None where it is used without brackets."""

    name: str
    value: ast.Expr
    source: Source
    place: Place
    params: tuple[str, ...] | None = None
    segment: bool = False

    @property
    def words(self) -> str:
        """What it is, with its article."""
        return "a segment" if self.segment else "a define"


@define
class Names:
    """Everything that can be named from anywhere in the program."""

    declared: Declared
    definitions: dict[str, Definition] = field(factory=dict)
    journeys: dict[str, Place] = field(factory=dict)
    data_fields: frozenset[str] | None = None
    written: set[str] = field(factory=set)
    on_request: set[str] = field(factory=set)
    stopped: set[str] = field(factory=set)

    @property
    def schemaless(self) -> bool:
        """Whether any name may be a field of the contact."""
        return self.declared.contact is None and self.data_fields is None

    def field_type(self, name: str) -> Type | None:
        """The type of a contact's field, or None where there is no such field."""
        declared = self.declared.contact
        if declared is not None and name in declared:
            return declared[name].type
        if name in ALWAYS:
            return ALWAYS[name]
        if declared is not None or name in RESERVED or (self.data_fields is None and name in NO_FIELDS):
            return None
        if self.data_fields is not None and name not in self.data_fields and name not in self.written:
            return None
        return ANY

    def derived(self, name: str) -> DeclaredField | None:
        """The declaration of a derived field, or None where the field is none."""
        found = (self.declared.contact or {}).get(name)
        return found if found is not None and found.value is not None else None

    @property
    def fields(self) -> set[str]:
        """The fields that are known by name."""
        if self.declared.contact is not None:
            return {*self.declared.contact, *ALWAYS}
        return {*(self.data_fields or ()), *self.written, *ALWAYS}

    @property
    def events_declared(self) -> bool:
        """Whether the script declares its events, so that others are mistakes."""
        return bool(self.declared.events)

    def shape(self, name: str) -> EventShape | None:
        """What is known of an event, or None where there is none of that name."""
        found = self.declared.events.get(name) or BUILTIN_EVENTS.get(name)
        if found is None and not self.events_declared:
            return EventShape(name, open=True)
        return found

    def nearest_event(self, name: str) -> str | None:
        """The event that the name was most probably meant to be; the declared ones come first."""
        return nearest(name, self.declared.events) or nearest(name, BUILTIN_EVENTS)


def collect(
    files: Sequence[tuple[Source, ast.File]],
    functions: Signatures,
    data_fields: frozenset[str] | None,
    reports: Reports,
) -> Names:
    """The names of all files; names that clash are reported at both places."""
    names = Names(declare(list(files), reports), data_fields=data_fields)
    for source, file in files:
        for item in file.items:
            match item:
                case ast.Define() | ast.Segment():
                    _define(item, source, names, functions, reports)
                case ast.Journey():
                    _journey(item, source, names, reports)
                case _:
                    pass
        for node in ast.descendants(file):
            match node:
                case ast.Set(target=target):
                    names.written.add(target.parts[-1].text)
                case ast.StopJourney(journey=stopped):
                    names.stopped.add(stopped.text)
                case ast.Journey() if any(isinstance(below, ast.OnRequest) for below in ast.descendants(node)):
                    names.on_request.add(node.name.text)
                case _:
                    pass
    return names


def _define(
    item: ast.Define | ast.Segment, source: Source, names: Names, functions: Signatures, reports: Reports
) -> None:
    name, place = item.name.text, place_of(source, item.name)
    if isinstance(item, ast.Segment):
        made = Definition(name, item.condition, source, place, segment=True)
    else:
        params = None if item.params is None else tuple(p.text for p in item.params)
        made = Definition(name, item.value, source, place, params)
        _params(item, source, reports)
    if name in RESERVED or (made.segment and name == EVERYBODY):
        reports.error("W208", f"`{name}` has a meaning of its own", place, "take another name")
        return
    if made.params is not None and (name in functions or name in ast.AGGREGATES):
        reports.error("W208", f"`{name}` is a function of the language", place, "take another name")
        return
    fields = names.declared.contact or {}
    if name in ALWAYS or name in fields:
        hints = [Hint(fields[name].place, "the field")] if name in fields else []
        message = f"`{name}` is already a field of the contact"
        reports.error("W207", message, place, "take another name", *hints)
        return
    if name in names.definitions:
        first = names.definitions[name]
        words = "segment" if first.segment and made.segment else "name"
        hint = Hint(first.place, "first declared here")
        reports.error("W207", f"the {words} `{name}` is declared twice", place, "take another name", hint)
        return
    names.definitions[name] = made


def _params(item: ast.Define, source: Source, reports: Reports) -> None:
    seen: set[str] = set()
    for param in item.params or ():
        if param.text in RESERVED:
            message = f"`{param.text}` has a meaning of its own"
            reports.error("W208", message, place_of(source, param), "give the parameter another name")
        if param.text in seen:
            message = f"the parameter `{param.text}` stands twice"
            reports.error("W207", message, place_of(source, param), "give each parameter its own name")
        seen.add(param.text)


def _journey(item: ast.Journey, source: Source, names: Names, reports: Reports) -> None:
    name, place = item.name.text, place_of(source, item.name)
    if name in names.journeys:
        hint = Hint(names.journeys[name], "first declared here")
        reports.error("W207", f"the journey `{name}` is declared twice", place, "give one another name", hint)
        return
    names.journeys[name] = place
