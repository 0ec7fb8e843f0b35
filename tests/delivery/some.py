"""Messages to deliver."""

from datetime import UTC, datetime
from typing import Any

from wend.runtime.delivery.messages import Message

NOW = datetime(2026, 5, 10, 9, 0, tzinfo=UTC)


def message(key: str = "k1", **changes: Any) -> Message:
    """A message with everything an e-mail has; `changes` replace its fields."""
    fields: dict[str, Any] = {
        "key": key,
        "channel": "email",
        "contact": f"contact {key}",
        "address": f"{key}@post.example",
        "sender": "Ana's Shop <ana@shop.example>",
        "subject": "We miss you",
        "text": "Come back\n",
        "html": "<p>Come back</p>",
        "template": "winback-1",
        "journey": "win_back",
        "at": NOW,
    }
    return Message(**(fields | changes))
