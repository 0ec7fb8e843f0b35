"""Where messages go: the console, a folder, a mail server, a web service; a host adds its own by the protocol."""

from wend.runtime.channels.console import ConsoleChannel
from wend.runtime.channels.folder import FolderChannel
from wend.runtime.channels.protocol import Channel, ChannelDown, Outcome, Promise, Status
from wend.runtime.channels.smtp import Security, SmtpChannel
from wend.runtime.channels.webhook import CallChannel, WebhookChannel

__all__ = [
    "CallChannel",
    "Channel",
    "ChannelDown",
    "ConsoleChannel",
    "FolderChannel",
    "Outcome",
    "Promise",
    "Security",
    "SmtpChannel",
    "Status",
    "WebhookChannel",
]
