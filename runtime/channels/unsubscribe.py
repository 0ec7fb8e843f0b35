"""How a reader leaves a list from within the mail program: List-Unsubscribe (RFC 2369), with one click (RFC 8058)."""

import re
from collections.abc import Callable
from urllib.parse import quote

from attrs import evolve, field, frozen

from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.runtime.delivery.messages import Message, parse_mailbox

LIST_UNSUBSCRIBE, ONE_CLICK = "List-Unsubscribe", ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")

_MOST = 500  # what is put in makes it longer, and a line of a mail has 998 signs at most
_HELP = "write it like `https://shop.example/unsubscribe?message={message}`"
_PLACE = re.compile(r"\{([^{}]*)\}")
_URL = re.compile(r"[!#-;=?-\[\]_a-z~{}]+", re.IGNORECASE)

_VALUES: dict[str, Callable[[Message], str]] = {
    "message": lambda message: message.key,
    "contact": lambda message: message.contact,
    "address": lambda message: parse_mailbox(message.address).address,
    "topic": lambda message: message.topic or "",
}
_WHO = ("message", "contact", "address")


def _check_url(_: object, __: object, url: str | None) -> None:
    if url is None:
        return
    if not _URL.fullmatch(url) or len(url) > _MOST:
        raise WendError(f"`{url[:80]}` is no URL of at most {_MOST} letters, digits and signs", _HELP)
    if not re.match(r"https://[A-Za-z0-9]", url):
        raise WendError(f"`{url}` cannot be asked with one click: it does not begin with `https://`", _HELP)
    for name in _PLACE.findall(url):
        if name not in _VALUES:
            near = nearest(name, _VALUES)
            choices = ", ".join(f"`{{{each}}}`" for each in _VALUES)
            raise WendError(
                f"there is no `{{{name}}}`", f"did you mean `{{{near}}}`?" if near else f"there are {choices}"
            )
    if "{" in _PLACE.sub("", url) or "}" in _PLACE.sub("", url):
        raise WendError(f"a bracket in `{url}` has no partner", _HELP)
    if not any(f"{{{name}}}" in url for name in _WHO):
        raise WendError("the URL does not say who unsubscribes", "put `{message}`, `{contact}` or `{address}` into it")


def _check_email(_: object, __: object, address: str | None) -> None:
    if address is not None and parse_mailbox(address).name:
        raise WendError(f"`{address}` is more than an address", f"write `{parse_mailbox(address).address}`")


@frozen
class Unsubscribe:
    """Where the mails of a channel say that one can unsubscribe; transactional ones do not say it.

    Args:
        url: is asked by a POST when the reader has clicked once. `{message}`, `{contact}`, `{address}` and `{topic}` in
            it stand for those of the mail; `{message}` is its key, by which an event `message_unsubscribed` names it.
        email: where a mail program writes to; the subject holds the key.

    Raises:
        WendError: the URL does not begin with `https://`, or does not tell who unsubscribes; the address is none.
    """

    url: str | None = field(default=None, validator=_check_url)
    email: str | None = field(default=None, validator=_check_email)

    def put_into(self, message: Message) -> Message:
        """The message with the headers that say so, if it is no transactional one."""
        if message.transactional or (self.url is None and self.email is None):
            return message
        ways = []
        if self.url is not None:
            url = _PLACE.sub(lambda place: quote(_VALUES[place[1]](message), safe=""), self.url)
            ways.append(f"<{url}>")
        if self.email is not None:
            ways.append(f"<mailto:{quote(self.email, safe='@')}?subject=unsubscribe%20{message.key}>")
        headers = [(LIST_UNSUBSCRIBE, ", ".join(ways)), *([ONE_CLICK] if self.url is not None else ())]
        return evolve(message, headers=(*message.headers, *headers))


NO_UNSUBSCRIBE = Unsubscribe()
