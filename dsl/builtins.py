"""The built-in events: what a script may react to without declaring it, and the names that nobody may declare."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from wend.dsl.types import BOOLEAN, DATETIME, NUMBER, TEXT, Type

AT = "at"
"""Every event has its time under this name."""

RESERVED = frozenset({"contact", "now", "today", "entry", "unknown"})
"""Names with a meaning of their own everywhere in expressions: no field, alias or parameter may take them."""

CREATED = "contact_created"
"""The event with which a contact comes into being; once for each."""

EMAIL = "email"
"""The channel of mails, over which notifications go too."""

CHANNELS = (EMAIL, "sms", "push", "web", "ads")
"""The channels that there are everywhere; a host adds its own by name."""

EVERYBODY = "contacts"
"""`audience contacts` names everybody, so no segment may."""

TAGS, LISTS, ID = "tags", "lists", "id"
"""The fields that every contact has: two lists of texts, and what it is known by."""

REQUESTED, STOPPED = "journey_requested", "journey_stopped"
"""What `start journey` and `stop journey` emit, and what a host sends for the same; `journey` names which."""

TEMPLATE_NAMES = frozenset({"contact", "series", "now"})
"""What every template has: no value given along with a message may hide it."""


@frozen
class EventShape:
    """What is known of an event's payload. `open`: it may have fields beside these."""

    name: str
    fields: Mapping[str, Type] = MappingProxyType({})
    open: bool = False

    def field(self, name: str) -> Type | None:
        """The type of a field known by its name, `at` among them."""
        return DATETIME if name == AT else self.fields.get(name)


MESSAGE = "message"
"""The field of a channel's event with the idempotency key of the message that it is about."""

REACTIONS: Mapping[str, str] = MappingProxyType(
    {"opened": "message_opened", "clicked": "message_clicked", "bounced": "message_bounced"}
)
"""What a message's label can be asked, and the event that tells it."""

ANSWERED = "webhook_answered"
"""The event with the answer to the call of a webhook, or that there is none after the last attempt."""

CALL, WEBHOOK, STATUS, FAILED = "call", "webhook", "status", "failed"
"""Its own fields: the idempotency key of the call, the name in the script, the HTTP status, and whether it failed."""

ANSWER_FIELDS: Mapping[str, Type] = MappingProxyType({STATUS: NUMBER.maybe(), FAILED: BOOLEAN.maybe()})
"""What can be asked of every answer beside its own fields."""

_MESSAGE = {
    "channel": TEXT,
    "template": TEXT,
    "journey": TEXT,
    "label": TEXT.maybe(),
    "topic": TEXT.maybe(),
    MESSAGE: TEXT.maybe(),
    "address": TEXT.maybe(),
}


def _message(name: str, **more: Type) -> EventShape:
    return EventShape(name, MappingProxyType({**_MESSAGE, **more}))


BUILTIN_EVENTS: Mapping[str, EventShape] = MappingProxyType(
    {
        shape.name: shape
        for shape in (
            EventShape(CREATED, open=True),
            EventShape("form_submitted", MappingProxyType({"form": TEXT}), open=True),
            EventShape("tag_added", MappingProxyType({"tag": TEXT})),
            EventShape("tag_removed", MappingProxyType({"tag": TEXT})),
            EventShape("list_joined", MappingProxyType({"list": TEXT})),
            EventShape("list_left", MappingProxyType({"list": TEXT})),
            EventShape(REQUESTED, MappingProxyType({"journey": TEXT})),
            EventShape(STOPPED, MappingProxyType({"journey": TEXT})),
            _message("message_sent"),
            _message("message_delivered"),
            _message("message_opened"),
            _message("message_clicked", url=TEXT.maybe()),
            _message("message_bounced", hard=BOOLEAN, reason=TEXT.maybe()),
            _message("message_complained"),
            _message("message_unsubscribed"),
            EventShape(
                ANSWERED, MappingProxyType({WEBHOOK: TEXT.maybe(), CALL: TEXT.maybe(), **ANSWER_FIELDS}), open=True
            ),
        )
    }
)

MESSAGE_EVENTS = frozenset(name for name in BUILTIN_EVENTS if name.startswith("message_"))
"""What channels tell of messages."""
