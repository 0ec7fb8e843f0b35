"""What a channel is: something that takes rendered messages one by one and says what became of each."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from wend.dsl.diagnostics import WendError
from wend.runtime.delivery.messages import Message


class Promise(StrEnum):
    """What a channel does where it cannot know whether a message arrived: a crash, a lost answer.

    AT_MOST_ONCE: it is set aside and shown to a person. AT_LEAST_ONCE: it is sent again with the same key, by which
    the receiving side can tell that it is the same (the Message-ID of an e-mail, the file's name in a folder).
    """

    AT_MOST_ONCE = "at most once"
    AT_LEAST_ONCE = "at least once"


class Status(StrEnum):
    """What became of one message."""

    DELIVERED = "delivered"
    RETRY = "retry"
    """It did not arrive, and may another time."""
    REFUSED = "refused"
    """It did not arrive, and never will as it is."""
    UNKNOWN = "unknown"
    """It was handed over, and no answer came back."""


def _status(given: object) -> Status:
    if isinstance(given, str) and given in tuple(Status):  # a host may write it as a text
        return Status(given)
    raise WendError(f"`{given}` is no status of a message", "such are " + ", ".join(f"`{each}`" for each in Status))


@frozen
class Outcome:
    """What became of the message with this key, and why, in one sentence (empty where it was delivered).

    `answer` is what a web service that was called has answered: `status`, and the fields of its answer.
    """

    key: str
    status: Status = field(converter=_status)
    detail: str = ""
    answer: Mapping[str, object] = field(factory=dict)


class ChannelDown(WendError):
    """The channel as a whole cannot deliver now: a server that does not answer, a disk that is full.

    The messages that were not yet taken wait; the one that was taken and has no outcome counts as not sent.
    """


class Channel(Protocol):
    """A way to deliver messages."""

    @property
    def name(self) -> str:
        """How it is called in reports: `smtp mail.shop.example:587`."""
        ...

    @property
    def promise(self) -> Promise:
        """What it does where it cannot know."""
        ...

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        """Deliver messages in their order, with one outcome for each as soon as it is known.

        Taking a message from `messages` records that it is being sent: take one only when nothing else is missing (a
        connection stands), and yield its outcome before the next is taken. What is wrong with a message is an outcome.

        Raises:
            ChannelDown: nothing more can be delivered now.
        """
        ...
