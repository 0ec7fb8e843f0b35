"""What a data file holds once it is read: contacts and events, with values of the language."""

import datetime as dt
from collections.abc import Mapping

from attrs import field

from wend.runtime.frozen import frozen
from wend.runtime.values import Value


@frozen
class ContactRecord:
    """One contact of a file.

    `id` is the text of the file, exactly as written; `place` is `file:line`, empty where it comes from no file.
    """

    id: str
    fields: Mapping[str, Value]
    place: str = field(default="", eq=False)


@frozen
class EventRecord:
    """One event of a file: what (`name`) happened to whom (`contact`, an id) and when (`at`, in UTC).

    `id` is the file's own id of the event, or one derived from its content; `place` is `file:line`, or empty.
    """

    contact: str
    name: str
    at: dt.datetime
    id: str
    payload: Mapping[str, Value] = field(factory=dict)
    place: str = field(default="", eq=False)
