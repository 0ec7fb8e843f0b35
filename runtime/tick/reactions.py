"""Which message a channel's event is about: opened, clicked, bounced and the like; and which call an answer is for.

An event names the message by its idempotency key in the field `message`, as it is or as the Message-ID of the mail.
Without one, the contact's latest message is meant, no later than the event, that has the `template` or `label` which
the event tells (and its `channel` and `journey`, where it tells them).
"""

from collections.abc import Sequence

from wend.dsl.builtins import ANSWERED, CALL, FAILED, MESSAGE, MESSAGE_EVENTS, WEBHOOK
from wend.runtime.contact import Event
from wend.runtime.delivery.calls import webhook_of
from wend.runtime.evolve import evolve
from wend.runtime.state import Sent
from wend.runtime.tick.feedback import REMEMBERED

_TELLING = ("template", "label")
_FIELDS = ("channel", "template", "journey", "label", "topic", "address")


def told(event: Event, sends: Sequence[Sent]) -> Event:
    """The event with what the message that it is about is known by, and as deep as that message.

    One that names no message of ours is as deep as the deepest of the last day's: it may be about any of them.

    Args:
        sends: the messages to this contact, in the order in which they were sent.
    """
    if event.name == ANSWERED:
        return _answered(event, sends)
    if event.name not in MESSAGE_EVENTS:
        return event
    sends = [sent for sent in sends if webhook_of(sent.channel) is None]
    sent = _about(event, sends)
    recent = [each for each in (sends if sent is None else (sent,)) if each.at <= event.time < each.at + REMEMBERED]
    depth = max([event.depth, *(each.depth for each in recent)])
    if sent is None:
        return event if depth == event.depth else evolve(event, depth=depth)
    known = {name: getattr(sent, name) or None for name in _FIELDS}
    missing = {name: value for name, value in known.items() if value and event.payload.get(name) is None}
    return evolve(event, payload={**event.payload, **missing, MESSAGE: sent.key}, depth=depth)


def _answered(event: Event, sends: Sequence[Sent]) -> Event:
    """The answer to a call: the one that it names, or the latest of the webhook that it names."""
    key, webhook = event.payload.get(CALL), event.payload.get(WEBHOOK)
    calls = [sent for sent in sends if webhook_of(sent.channel) is not None]
    if isinstance(key, str) and key:
        found = [sent for sent in calls if sent.key == key]
    else:
        found = [sent for sent in calls if webhook_of(sent.channel) == webhook and sent.at <= event.time]
    recent = [each.depth for each in found[-1:] or calls if each.at <= event.time < each.at + REMEMBERED]
    depth = max([event.depth, *recent])
    if not found:
        return evolve(event, depth=depth)
    told = {CALL: found[-1].key, WEBHOOK: webhook_of(found[-1].channel), FAILED: event.payload.get(FAILED) is True}
    return evolve(event, payload={**event.payload, **told}, depth=depth)


def _about(event: Event, sends: Sequence[Sent]) -> Sent | None:
    named = event.payload.get(MESSAGE)
    if isinstance(named, str) and named:
        key = key_of(named)
        return next((sent for sent in reversed(sends) if sent.key == key), None)
    wanted = {name: value for name in _FIELDS if (value := event.payload.get(name)) is not None and name != "address"}
    if not wanted.keys() & set(_TELLING):
        return None
    fitting = (sent for sent in reversed(sends) if sent.at <= event.time and sent.key)
    return next((sent for sent in fitting if all(getattr(sent, n) == value for n, value in wanted.items())), None)


def key_of(named: str) -> str:
    """The idempotency key in a Message-ID such as `<KEY@shop.example>`, or the key itself."""
    return named.strip().removeprefix("<").removesuffix(">").partition("@")[0]
