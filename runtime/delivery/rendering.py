"""From the decision to send to the message that is sent."""

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from wend.dsl.builtins import LISTS, TAGS
from wend.dsl.diagnostics import WendError
from wend.runtime.calendar import zone
from wend.runtime.delivery.messages import Message
from wend.runtime.effects import Send
from wend.runtime.rules import Rules
from wend.runtime.templates import TemplateSet, render_inline

NOTIFICATION = "notify"
"""What a message whose text stands in the script is counted under, in the place of a template's name."""


def template_name(send: Send) -> str:
    """The name a message is counted under."""
    return send.template or NOTIFICATION


def context_of(send: Send, shown_in: str) -> Mapping[str, object]:
    """What the template of a message may use. Tags and lists of a contact that has none are empty, not unknown.

    Args:
        shown_in: the IANA name of the zone in which every time is shown.
    """
    zone_info = ZoneInfo(shown_in)
    marks = {name: send.fields.get(name) or () for name in (TAGS, LISTS)}
    return {
        **{name: _local(value, zone_info) for name, value in send.values.items()},
        "contact": _local({**send.fields, **marks, "id": send.identity.contact}, zone_info),
        "series": {"position": send.position, "total": send.total},
        "now": send.at.astimezone(zone_info),
    }


def _local(value: object, shown_in: ZoneInfo) -> object:
    """The value with every instant in it as a clock on the wall there shows it."""
    match value:
        case dt.datetime():
            try:
                return value.astimezone(shown_in)
            except OverflowError:  # within hours of an end of the calendar
                return value
        case Mapping():
            return {name: _local(item, shown_in) for name, item in value.items()}
        case tuple() | list():
            return [_local(item, shown_in) for item in value]
        case _:
            return value


def message_of(send: Send, templates: TemplateSet, shown_in: str = "UTC") -> Message:
    """The rendered message of a `Send`. The script's own sender and subject come before the template's.

    Args:
        shown_in: the IANA name of the zone in which times are shown.

    Raises:
        TemplateError: there is no such template, or it cannot be rendered for this contact.
    """
    context = context_of(send, shown_in)
    if send.template is None:
        rendered = render_inline(send.subject, send.text or "", context)
        subject = rendered.subject
    else:
        rendered = templates.render(send.template, send.channel, context)
        subject = render_inline(send.subject, "", context).subject if send.subject is not None else rendered.subject
    return Message(
        key=send.identity.key,
        channel=send.channel,
        contact=send.identity.contact,
        address=send.address,
        sender=send.sender or rendered.sender,
        reply_to=send.reply_to,
        subject=subject,
        preview=rendered.preview,
        text=rendered.text,
        html=rendered.html,
        template=template_name(send),
        journey=send.identity.journey,
        track=send.track,
        transactional=send.transactional,
        topic=send.topic,
        at=send.at,
    )


def zone_of(send: Send, rules: Rules, default: str = "UTC") -> str:
    """The IANA name of the zone in which a journey sees the contact, for the times that a message shows.

    Args:
        default: the project's zone.
    """
    program = rules.archive.get(send.version, rules.program)
    journey = next((each for each in program.journeys if each.name == send.identity.journey), None)
    base = (journey and journey.zone) or program.settings.zone or default
    own = send.fields.get("timezone") if journey is not None and journey.contact_zone else None
    if isinstance(own, str):
        try:
            return zone(own).name
        except WendError:
            return base
    return base
