"""What `[channels.NAME]` says: settings, from which the host makes live channels."""

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from wend.dsl.diagnostics import WendError
from wend.project.config import ProjectError, Section
from wend.runtime.channels import Promise, Security
from wend.runtime.channels.unsubscribe import NO_UNSUBSCRIBE, Unsubscribe
from wend.runtime.delivery.messages import EMAIL, parse_mailbox
from wend.runtime.effects import DEFAULT_ADDRESSES

KINDS = ("folder", "console", "smtp", "webhook")
PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@frozen(kw_only=True)
class Settings:
    """What every channel has.

    Args:
        name: `email`, `sms`, as a script says it.
        address: the contact's field that holds the address.
        sender: who messages are from where neither step nor template says it, or None.
        place: where `wend.toml` says all this.
        tracks: what stands behind the channel follows openings and clicks where a message asks for it.
        unsubscribe: where e-mails say that one can unsubscribe.
    """

    name: str
    address: str
    sender: str | None = None
    place: str | None = None
    tracks: bool = False
    unsubscribe: Unsubscribe = NO_UNSUBSCRIBE

    def variable(self, name: str, environ: Mapping[str, str]) -> str:
        """An environment variable that the channel needs. Raises ProjectError where it is not set."""
        value = environ.get(name)
        if not value:
            message = f"the environment variable `{name}` is not set; the channel `{self.name}` needs it"
            raise ProjectError(message, f"set it first, such as by `export {name}=…`", self.place)
        return value


@frozen(kw_only=True)
class ConsoleSettings(Settings):
    """Messages are printed."""


@frozen(kw_only=True)
class FolderSettings(Settings):
    """Messages become files in a folder."""

    path: Path


@frozen(kw_only=True)
class SmtpSettings(Settings):
    """Messages go to a mail server.

    `user` is told as it is, or `user_env` names the environment variable that holds it; the password is only ever in
    the environment. `timeout` is in seconds. `promise` says what happens where the server's last answer is lost.
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    user_env: str | None = None
    password_env: str | None = None
    timeout: int = 30
    cafile: Path | None = None
    promise: Promise = Promise.AT_LEAST_ONCE

    def credentials(self, environ: Mapping[str, str]) -> tuple[str | None, str | None]:
        """User and password, or None where the server wants none.

        Args:
            environ: the environment variables.

        Raises:
            ProjectError: a variable is not set.
        """
        user = self.user
        if self.user_env is not None:
            user = self.variable(self.user_env, environ)
        return user, None if self.password_env is None else self.variable(self.password_env, environ)


@frozen(kw_only=True)
class WebhookSettings(Settings):
    """Messages are posted to a web service.

    `token_env` names the environment variable with what authorises us, or is None. `timeout` is in seconds.
    """

    url: str
    token_env: str | None = None
    timeout: int = 30
    cafile: Path | None = None

    def token(self, environ: Mapping[str, str]) -> str | None:
        """What authorises us, or None. Raises ProjectError where the variable is not set."""
        return None if self.token_env is None else self.variable(self.token_env, environ)


ChannelSettings = ConsoleSettings | FolderSettings | SmtpSettings | WebhookSettings


def read_channels(section: Section, root: Path) -> dict[str, ChannelSettings]:
    """The channels of a project. Raises `ProjectError`."""
    channels: dict[str, ChannelSettings] = {}
    for name in section.data:
        below = section.section(name)
        if below is not None:
            channels[name] = _channel(name, below, root)
    return channels


def read_webhooks(section: Section, root: Path) -> dict[str, WebhookSettings]:
    """The web services that a project's scripts call. Raises `ProjectError`."""
    webhooks: dict[str, WebhookSettings] = {}
    for name in section.data:
        below = section.section(name)
        if below is not None:
            below.only("url", "token_env", "timeout", "cafile")
            webhooks[name] = _webhook(name, below, root, "id", None)
    return webhooks


def _channel(name: str, section: Section, root: Path) -> ChannelSettings:
    section.need("kind", 'write `kind = "folder"`, `"console"`, `"smtp"` or `"webhook"`')
    kind = section.choice("kind", KINDS)
    common = ("kind", "address", "from")
    address = section.text("address") or _usual_address(name)
    if address is None:
        raise section.error(f"{section.title} needs `address`", None, "it names the contact's field with the address")
    sender, place = _sender(name, section), section.file.place(*section.steps)
    if kind == "console":
        section.only(*common)
        return ConsoleSettings(name=name, address=address, sender=sender, place=place)
    if kind == "folder":
        section.only(*common, "path", *_unsubscribe_keys(name))
        path, leave = root / section.need("path", 'write `path = "outbox"`'), _unsubscribe(section)
        return FolderSettings(name=name, address=address, sender=sender, place=place, path=path, unsubscribe=leave)
    if kind == "webhook":
        return _webhook(name, section, root, address, sender)
    return _smtp(name, section, root, address, sender)


def _sender(channel: str, section: Section) -> str | None:
    sender = section.text("from")
    if sender is not None and channel == EMAIL:
        try:
            parse_mailbox(sender)
        except WendError as error:
            raise section.error(error.message, "from", error.help) from None
    return sender


def _unsubscribe_keys(channel: str) -> tuple[str, ...]:
    return ("unsubscribe_url", "unsubscribe_email") if channel == EMAIL else ()


def _unsubscribe(section: Section) -> Unsubscribe:
    """Where mails say that one can unsubscribe."""
    told: dict[str, str | None] = {}
    for key in ("url", "email"):
        told[key] = section.text(f"unsubscribe_{key}")
        try:
            Unsubscribe(**{key: told[key]})
        except WendError as error:
            raise section.error(error.message, f"unsubscribe_{key}", error.help) from None
    return Unsubscribe(**told)


def _webhook(name: str, section: Section, root: Path, address: str, sender: str | None) -> WebhookSettings:
    section.only("kind", "address", "from", "url", "token_env", "timeout", "cafile", "tracks")
    cafile = section.text("cafile")
    return WebhookSettings(
        name=name,
        address=address,
        sender=sender,
        place=section.file.place(*section.steps),
        tracks=section.flag("tracks") or False,
        url=section.need("url", 'write `url = "https://sms.shop.example/send"`'),
        token_env=section.text("token_env"),
        timeout=section.number("timeout", 1, 3600) or 30,
        cafile=None if cafile is None else root / cafile,
    )


def _smtp(name: str, section: Section, root: Path, address: str, sender: str | None) -> SmtpSettings:
    section.only(
        *("kind", "address", "from", "host", "port", "security"),
        *("user", "user_env", "password_env", "timeout", "cafile", "promise", "tracks"),
        *_unsubscribe_keys(name),
    )
    if "user" in section and "user_env" in section:
        raise section.error("`user` and `user_env` cannot both be told", "user_env")
    has_user = "user" in section or "user_env" in section
    if has_user is not ("password_env" in section):
        raise section.error(
            "a user and a password go together", None, 'write `user_env = "…"` and `password_env = "…"`'
        )
    security = Security(section.choice("security", Security) or Security.STARTTLS)
    cafile = section.text("cafile")
    return SmtpSettings(
        name=name,
        address=address,
        sender=sender,
        place=section.file.place(*section.steps),
        tracks=section.flag("tracks") or False,
        unsubscribe=_unsubscribe(section),
        host=section.need("host", 'write `host = "mail.shop.example"`'),
        port=section.number("port", 1, 65_535) or PORTS[security],
        security=security,
        user=section.text("user"),
        user_env=section.text("user_env"),
        password_env=section.text("password_env"),
        timeout=section.number("timeout", 1, 3600) or 30,
        cafile=None if cafile is None else root / cafile,
        promise=Promise(section.choice("promise", Promise) or Promise.AT_LEAST_ONCE),
    )


def _usual_address(channel: str) -> str | None:
    return {**DEFAULT_ADDRESSES, "webhook": "id"}.get(channel)
