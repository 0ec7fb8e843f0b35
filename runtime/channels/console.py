"""Messages as short blocks of text on a stream: to look at, and for channels that have no provider yet."""

from collections.abc import Iterable, Iterator
from typing import TextIO

from wend.runtime.channels.protocol import ChannelDown, Outcome, Promise, Status
from wend.runtime.delivery.messages import Message, to_plain

_RULE = "-" * 72 + "\n"


class ConsoleChannel:
    """Prints each message; control characters in it never reach the terminal.

    Args:
        stream: where to print, such as standard output.
    """

    name = "console"
    promise = Promise.AT_LEAST_ONCE

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        """Print and flush them one by one."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        for message in messages:
            block = _RULE + to_plain(message)
            try:
                # A terminal that is not UTF-8 shows `?` rather than stopping the delivery.
                self._stream.write(block.encode(encoding, "replace").decode(encoding))
                self._stream.flush()
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "it is closed"
                raise ChannelDown(f"nothing can be printed: {reason.lower()}") from None
            yield Outcome(message.key, Status.DELIVERED)
