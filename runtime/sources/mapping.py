"""Which column of a file is what: told by the project, or found by its usual name."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from wend.dsl.nearest import nearest
from wend.runtime.sources.errors import SourceError, listing
from wend.runtime.sources.written import PLAIN, Written


@frozen
class ContactMapping:
    """How a contacts file is read.

    Args:
        id: the column that holds a contact's id; None: found by its usual name.
        rename: new names of columns, such as `{"CustMail": "email"}`.
        delimiter: what separates the columns of a CSV file; None: found in its first line.
        written: how numbers and dates are written in a CSV file.
    """

    id: str | None = None
    rename: Mapping[str, str] = field(factory=dict)
    delimiter: str | None = None
    written: Written = PLAIN


@frozen
class EventMapping:
    """How an events file is read.

    Args:
        contact: the column that holds the contact's id; None: found by its usual name, as all that follow.
        at: the column that says when.
        name: the name of all events of the file, in place of a column.
        name_column: the column that says what happened.
        id: the column that holds the event's own id; without one an id is derived from the content.
        rename: new names of columns.
        delimiter: what separates the columns of a CSV file; None: found in its first line.
        written: how numbers and dates are written in a CSV file.
    """

    contact: str | None = None
    at: str | None = None
    name: str | None = None
    name_column: str | None = None
    id: str | None = None
    rename: Mapping[str, str] = field(factory=dict)
    delimiter: str | None = None
    written: Written = PLAIN


CONTACT_NAMES = ("contact_id", "contact", "customer_id", "customer", "user_id", "id", "email")
ID_NAMES = ("id", "contact_id", "customer_id", "contact", "customer", "user_id", "email")
AT_NAMES = ("at", "time", "timestamp", "date", "datetime", "created_at", "occurred_at")
NAME_NAMES = ("event_name", "event", "event_type", "type", "name")  # `name` last: it may be the customer's


@frozen
class ContactColumns:
    """The columns of a contacts file by role, named as in the file, and what the others are called."""

    id: str
    fields: Mapping[str, str]


@frozen
class EventColumns:
    """The columns of an events file by role, named as in the file, and what the others are called."""

    contact: str
    at: str
    name: str | None
    id: str | None
    fields: Mapping[str, str]


def contact_columns(
    mapping: ContactMapping, columns: Sequence[str], place: str, declared: Iterable[str] = ()
) -> ContactColumns:
    """Find the columns of a contacts file.

    The id is not a field as well, unless a field of that name is declared or it is a mail address.

    Args:
        mapping: what the project says.
        columns: the names in the file.
        place: of the names, for messages.
        declared: the declared fields.

    Raises:
        SourceError: a column is not there, or none can be the id.
    """
    finder = _Finder(columns, mapping.rename, place)
    id_column = finder.find("id", mapping.id, ID_NAMES)
    if id_column is None:
        raise finder.missing("says whose row it is", 'name it in `wend.toml`: `id = "…"` under `[contacts]`')
    fields = {c: n for c, n in finder.fields.items() if c != id_column or n in set(declared) or "mail" in n.lower()}
    return ContactColumns(id_column, fields)


def event_columns(
    mapping: EventMapping, columns: Sequence[str], place: str, declared: Iterable[str] = ()
) -> EventColumns:
    """Find the columns of an events file; arguments and errors as for `contact_columns`.

    The event's own id stays in its payload, since scripts speak of `order.id`.
    """
    finder = _Finder(columns, mapping.rename, place)
    contact = finder.find("contact", mapping.contact, CONTACT_NAMES)
    if contact is None:
        raise finder.missing("says whose event it is", 'name it in `wend.toml`: `contact = "…"` under `[[events]]`')
    at = finder.find("at", mapping.at, AT_NAMES)
    if at is None:
        raise finder.missing("says when it happened", 'name it in `wend.toml`: `at = "…"` under `[[events]]`')
    name = None
    if mapping.name is None:
        name = finder.find("name_column", mapping.name_column, NAME_NAMES, taken={contact, at})
        if name is None:
            advice = 'under `[[events]]` in `wend.toml`, say `name_column = "…"`, or `name = "purchase"` for all rows'
            raise finder.missing("says what happened", advice)
    own = finder.find("id", mapping.id, ("event_id", "id"), taken={contact})
    roles = {contact, at, name} - {own}
    keep = set(declared)
    return EventColumns(contact, at, name, own, {c: n for c, n in finder.fields.items() if c not in roles or n in keep})


class _Finder:
    """Looks columns up by the name that the project tells, or by usual names whatever their capitals."""

    def __init__(self, columns: Sequence[str], rename: Mapping[str, str], place: str) -> None:
        self.columns = tuple(c for c in columns if c)
        self.place = place
        for old in rename:
            if old not in self.columns:
                raise self.absent("rename", old)
        self.fields = {c: rename.get(c, c) for c in self.columns}
        if len(set(self.fields.values())) < len(self.fields):
            twice = next(n for n in self.fields.values() if list(self.fields.values()).count(n) > 1)
            raise SourceError(f"two columns are called `{twice}`", "rename one of them", place)

    def find(self, role: str, told: str | None, usual: tuple[str, ...], taken: Iterable[str | None] = ()) -> str | None:
        if told is not None:
            if told in self.columns:
                return told
            for column, name in self.fields.items():
                if name == told:
                    return column
            raise self.absent(role, told)
        free = {_fold(n): c for c, n in reversed(self.fields.items()) if c not in set(taken)}
        return next((free[u] for u in usual if u in free), None)

    def absent(self, role: str, told: str) -> SourceError:
        near = nearest(told, self.columns)
        advice = f"did you mean `{near}`?" if near else f"say in `wend.toml` which of them it is, as `{role}`"
        return SourceError(
            f"there is no column `{told}`, which `{role}` names; there are {listing(self.columns)}", advice, self.place
        )

    def missing(self, role: str, advice: str) -> SourceError:
        return SourceError(f"no column {role}; there are {listing(self.columns)}", advice, self.place)


def _fold(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
