"""Calls of web services: what is posted, and what the answer becomes.

A call stands in the outbox like a message, on a channel of its own (`webhook score`), whose text is what is posted. The
answer is an event of the contact, which is taken in before the call counts as delivered: killed in between, the call
is made again with the same key, and of the answers the first counts.
"""

import json
import math
from collections.abc import Mapping

from wend.dsl.builtins import ANSWERED, AT, CALL, FAILED, STATUS, WEBHOOK
from wend.dsl.diagnostics import WendError
from wend.dsl.period import Period
from wend.runtime.codec import as_values
from wend.runtime.delivery.messages import Message
from wend.runtime.effects import Called
from wend.runtime.sources import EventRecord
from wend.runtime.telling.spell import spell_period
from wend.runtime.values import Instant, Value

_BEFORE = "webhook "  # with a space, so that no channel of a script is called so
_DEEPEST = 20
_MOST_DIGITS = 300  # of a whole number: with any other, it can still be reckoned with
_OWN = (AT, CALL, WEBHOOK, STATUS, FAILED)


def channel_of(webhook: str) -> str:
    """The channel of the outbox on which the calls of a webhook stand."""
    return _BEFORE + webhook


def webhook_of(channel: str) -> str | None:
    """The webhook whose calls stand on a channel; None for a channel of messages."""
    return channel.removeprefix(_BEFORE) if channel.startswith(_BEFORE) else None


def message_of_call(called: Called) -> Message:
    """What the outbox keeps of a call; its text is what is posted."""
    name = called.identity
    body = {
        CALL: name.key,
        WEBHOOK: called.webhook,
        "contact": name.contact,
        "journey": name.journey,
        "at": called.at.isoformat(),
        "with": {key: _plain(value) for key, value in called.values.items()},
    }
    return Message(
        key=name.key,
        channel=channel_of(called.webhook),
        contact=name.contact,
        address=called.webhook,
        text=json.dumps(body, ensure_ascii=True, separators=(",", ":")),
        template=called.webhook,
        journey=name.journey,
        at=called.at,
    )


def _plain(value: Value) -> object:
    """A value as JSON has it: dates and times as ISO 8601, unknown as null."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case tuple():
            return [_plain(item) for item in value]
        case Period():
            return spell_period(value)
        case _:
            return value.isoformat()


def answer_event(message: Message, answer: Mapping[str, object] | None, now: Instant) -> EventRecord | None:
    """The event that tells of the answer to a call; None where the message is no call.

    An answer with a field that no script can hold, from a channel of a host, is one of a call that has failed.

    Args:
        answer: its status and fields; None where the call has failed for good.
        now: when it came, UTC.
    """
    webhook = webhook_of(message.channel)
    if webhook is None:
        return None
    told: dict[str, Value] = {CALL: message.key, WEBHOOK: webhook, FAILED: answer is None}
    try:
        payload = {**as_values(answer or {}), **told}
    except WendError:
        payload = {**told, FAILED: True}
    return EventRecord(message.contact, ANSWERED, now, f"answer:{message.key}", payload)


def fields_of(content: bytes) -> Mapping[str, Value]:
    """The fields of an answer: those of a JSON object, without our own names; none where it is something else."""
    try:
        data = json.loads(content, parse_constant=_unknown, parse_int=_whole, parse_float=_decimal)
        if not isinstance(data, dict) or _too_deep(data, _DEEPEST):
            return {}
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    return as_values({key: value for key, value in data.items() if key not in _OWN})


def _unknown(text: str) -> None:
    """`NaN` and `Infinity`: no numbers of the language."""


def _whole(text: str) -> int | None:
    return int(text) if len(text) <= _MOST_DIGITS else None


def _decimal(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _too_deep(value: object, left: int) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not left or any(_too_deep(item, left - 1) for item in items)
