"""A rendered message, as the outbox keeps it, and the one place that turns it into an e-mail.

Nothing a contact's data holds can become a header of its own: addresses that are not plain addresses are refused,
control characters in names and subjects become spaces, and the header lines are folded here rather than by the
standard library, whose refolding drops the quotes round long names in several of the Pythons we run on.
The same message always gives the same bytes.
"""

import re
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from attrs import Attribute, field, frozen
from cattrs.preconf.json import make_converter
from email_validator import EmailNotValidError, validate_email

from wend.dsl.diagnostics import WendError

EMAIL = "email"
"""The name of the channel whose messages are e-mails; all others carry plain text."""

TRACK_HEADER = "X-Wend-Track"
"""The header of an e-mail that is to be tracked, for whoever passes it on: `opens`, `clicks`, or both."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADER_NAME = re.compile(r"[!-9;-~]{1,70}")
_RESERVED = re.compile(
    r"bcc|cc|content-.*|date|from|message-id|mime-version|received|reply-to|resent-.*|return-path|sender|subject|to",
    re.IGNORECASE,
)
# C0 and C1 controls, and the two separators that Unicode counts as line breaks.
_BREAKS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# What a reader would decode although we never encoded it.
_ENCODED_WORD = re.compile(r"=\?(?=[^?\s]+\?[bBqQ]\?)")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 _'&!-]*")
_LOCAL_DOMAIN = re.compile(r"[@.](?:internal|invalid|local|localhost|test)\Z", re.IGNORECASE)
_LINE, _LONGEST = 76, 900


class AddressError(WendError):
    """An address that no mail can be sent to."""


def _key_is_safe(_: object, __: "Attribute[str]", value: str) -> None:
    if not _KEY.fullmatch(value):
        raise ValueError("a message's key has 1 to 64 letters, digits, `-` or `_`")


def _is_instant(_: object, __: "Attribute[datetime]", value: datetime) -> None:
    if value.utcoffset() != timedelta(0):
        raise ValueError("a message's time must be in UTC")


@frozen(kw_only=True)
class Message:
    """One message to one contact, rendered, addressed, and ready for its channel.

    Args:
        key: the idempotency key: up to 64 letters, digits, `-` and `_`; the same effect always has the same key.
        channel: the channel's name in the script, such as `email`.
        contact: the contact's id.
        address: where it goes: an e-mail address (with or without a name), a telephone number, a device.
        sender: `Ana <ana@shop.example>`, or None where the channel needs none.
        reply_to: as `sender`, or None.
        subject: one line; empty where the channel has none.
        preview: the line that mail programs show beside the subject.
        text: the plain text.
        html: the HTML part, or None.
        template: the template's name, for the record.
        journey: the journey's name, for the record.
        at: when it was decided, in UTC.
        track: what the channel is asked to tell of it: `opens`, `clicks`.
        transactional: it is about a contract, so nobody unsubscribes from it.
        topic: that of its journey, or None.
        headers: further e-mail headers as (name, value).

    Raises:
        ValueError: the key or the time is not as above.
    """

    key: str = field(validator=_key_is_safe)
    channel: str
    contact: str
    address: str
    sender: str | None = None
    reply_to: str | None = None
    subject: str = ""
    preview: str = ""
    text: str = ""
    html: str | None = None
    template: str = ""
    journey: str = ""
    at: datetime = field(validator=_is_instant)
    track: tuple[str, ...] = ()
    transactional: bool = False
    topic: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


_JSON = make_converter()


def to_json(message: Message) -> str:
    """The message as one line of JSON, for the outbox."""
    return _JSON.dumps(message, ensure_ascii=True)


def from_json(text: str) -> Message:
    """The message that `to_json` wrote."""
    return _JSON.loads(text, Message)


@frozen
class Mailbox:
    """An address with the name in front of it: `Ana <ana@shop.example>`; the name may be empty."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands behind the last `@`."""
        return self.address.rpartition("@")[2]


def parse_mailbox(text: str) -> Mailbox:
    """Read `ana@shop.example` or `Ana <ana@shop.example>`.

    The address is checked by its form alone; no name server is asked. A domain outside ASCII is turned into its
    ASCII form. Control characters in the name become spaces.

    Raises:
        AddressError: there is no usable address in it.
    """
    name, address = "", text.strip(" \t")
    if address.endswith(">") and "<" in address:
        name, _, address = address[:-1].rpartition("<")
        name = name.strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Mailbox(name=one_line(name), address=_checked(address, text))


def address_problem(text: str) -> str | None:
    """What is wrong with an e-mail address, as one sentence, or None if it can be written to."""
    try:
        parse_mailbox(text)
    except AddressError as error:
        return error.message
    return None


def _checked(address: str, shown: str) -> str:
    if not shown.strip():
        raise AddressError("the e-mail address is empty")
    if not address:
        raise AddressError(f"`{one_line(shown)}` has no address")
    # The library refuses the names that never leave a network; mail inside one, and tests, use them all the same.
    suffix = ".example" if _LOCAL_DOMAIN.search(address) else ""
    try:
        found = validate_email(
            address + suffix,
            allow_smtputf8=False,
            allow_quoted_local=True,
            strict=True,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        raise AddressError(f"`{one_line(address)[:80]}` is not an e-mail address", help=_plain(str(error))) from None
    if found.ascii_email is None:
        raise AddressError(f"`{one_line(address)[:80]}` has letters outside ASCII before the `@`")
    if len(found.ascii_email.rpartition("@")[0]) > 64:  # the library counts without the quotes
        raise AddressError(f"`{one_line(address)[:80]}` is too long before the `@`")
    return found.ascii_email.removesuffix(suffix)


def _plain(sentence: str) -> str:
    sentence = one_line(sentence).rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def one_line(text: str) -> str:
    """The text as it may stand in a header: no line breaks or control characters, no forged encodings."""
    text = _BREAKS.sub(" ", _SURROGATES.sub("\ufffd", text)).strip()
    return _ENCODED_WORD.sub("= ?", text)


def body_text(text: str) -> str:
    """The text as it may stand in a body: line breaks as `\\n`, no other control characters but tabs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text))


class _Wire(EmailPolicy):
    """Header lines as we fold them: every name or text that is not plain is an RFC 2047 encoded word."""

    def fold(self, name: str, value: Any) -> str:
        addresses = getattr(value, "addresses", None)
        if addresses is not None:
            folded = _fold_addresses(name, addresses)
        elif name.lower().startswith("list-"):  # nothing in it may be encoded; a break is allowed between its parts
            folded = f"{name}: " + str(value).replace(", ", ",\n ")
        elif name.lower().startswith(("content-", "mime-", "message-id", "date")):
            return str(super().fold(name, value))
        else:
            folded = f"{name}: {_fold_text(name, str(value))}"
        return folded.replace("\n", self.linesep) + self.linesep

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


_WIRE = _Wire(linesep=SMTP.linesep, max_line_length=_LINE, cte_type="7bit")


def _fold_text(name: str, text: str) -> str:
    plain = text.isascii() and all(len(word) < _LINE - 20 for word in text.split())
    charset = "us-ascii" if plain else "utf-8"
    return Header(one_line(text), charset, maxlinelen=_LINE, header_name=name).encode(linesep="\n")


def _fold_addresses(name: str, addresses: tuple[Address, ...]) -> str:
    line = f"{name}:"
    for position, address in enumerate(addresses):
        shown = one_line(address.display_name)
        if shown and _PLAIN_NAME.fullmatch(shown) and len(shown) < _LINE - 20:
            line += f' "{shown}"'
        elif shown:
            line += " " + Header(shown, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep="\n")
        spec = f"<{address.addr_spec}>" + ("," if position < len(addresses) - 1 else "")
        last = len(line) - (line.rfind("\n") + 1)
        line += ("\n " if last + len(spec) > _LINE else " ") + spec
    return line


def to_email(message: Message) -> EmailMessage:
    """The message as an e-mail: text and HTML alternatives, Message-ID from the key, Date from the decision.

    `as_bytes()` of what is returned has the line ends of the wire and is the same for the same message.

    Raises:
        AddressError: one of its addresses is not one.
        WendError: it has no sender, or one of its further headers is not allowed.
    """
    if not message.sender:
        raise WendError(
            f"the message `{one_line(message.template)}` has no sender",
            help="write `from: Name <name@domain>` at the top of the template, or set one for the project",
        )
    sender = parse_mailbox(message.sender)
    email = EmailMessage(policy=_WIRE)
    email["From"] = _address(sender)
    email["To"] = _address(parse_mailbox(message.address))
    if message.reply_to:
        email["Reply-To"] = _address(parse_mailbox(message.reply_to))
    email["Subject"] = one_line(message.subject)
    email["Date"] = format_datetime(message.at)
    email["Message-ID"] = f"<{message.key}@{sender.domain}>"
    if message.track:
        email[TRACK_HEADER] = ", ".join(message.track)
    for name, value in message.headers:
        if not _HEADER_NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            raise WendError(f"a message may not set the header `{one_line(name)}`")
        if name.lower().startswith("list-") and not (value.isascii() and len(value) <= _LONGEST):
            raise WendError(f"the header `{name}` is longer than a mail can hold, or not plain")
        email[name] = one_line(value)
    email.set_content(body_text(message.text), charset="utf-8", cte="quoted-printable")
    if message.html is not None:
        email.add_alternative(body_text(message.html), subtype="html", charset="utf-8", cte="quoted-printable")
        # `=_` cannot occur in quoted-printable text, so no part can hold the boundary.
        email.set_boundary("=_" + sha256(message.key.encode()).hexdigest()[:32])
    return email


def _address(mailbox: Mailbox) -> Address:
    return Address(display_name=mailbox.name, addr_spec=mailbox.address)


def to_plain(message: Message) -> str:
    """The message as a short readable block: what goes where, its subject, its text; safe to print on a terminal."""
    lines = [f"{message.channel} to {one_line(message.address)}"]
    if message.sender:
        lines.append(f"from: {one_line(message.sender)}")
    if message.subject:
        lines.append(f"subject: {one_line(message.subject)}")
    if message.track:
        lines.append(f"track: {', '.join(message.track)}")
    if message.preview:
        lines.append(f"preview: {one_line(message.preview)}")
    when = message.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines += [f"at: {when}", f"journey: {one_line(message.journey)}, template: {one_line(message.template)}", ""]
    return "\n".join(lines) + "\n" + body_text(message.text).rstrip() + "\n"
