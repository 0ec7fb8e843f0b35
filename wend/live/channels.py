"""The channels and web services of a project that runs: that those are there which scripts use, and making them."""

import sys
from collections.abc import Mapping
from typing import assert_never

from wend.checks.channels import called_webhooks
from wend.dsl import plan
from wend.dsl.diagnostics import WendError
from wend.dsl.program import Program
from wend.project.channels import ChannelSettings, ConsoleSettings, FolderSettings, SmtpSettings, WebhookSettings
from wend.project.project import Project
from wend.project.senders import WithSender, senders
from wend.project.workspace import Workspace
from wend.runtime.channels import CallChannel, Channel, ConsoleChannel, FolderChannel, SmtpChannel, WebhookChannel
from wend.runtime.delivery.calls import channel_of


def require_channels(workspace: Workspace, program: Program) -> None:
    """See that the project has what its scripts send over and call.

    Raises:
        WendError: it is a lone script; a channel, a webhook or the folder of templates is missing.
    """
    project = workspace.project
    if project.script is not None:
        raise WendError(
            "a lone script can be simulated but not run: it has no channels and no store",
            help="`wend init DIR` writes a project; put the script into its folder `journeys`",
            place=str(project.script),
        )
    if workspace.placeholders and any(isinstance(op, plan.Send) for op in program.operations):
        raise WendError("there is no folder `templates`", "put the templates of the messages there", str(project.root))
    _check_webhooks(project, program)
    for name in program.channels:
        if name not in project.channels:
            raise WendError(
                f"the scripts send over `{name}`, which no channel delivers",
                help=f'say how in a section `[channels.{name}]`, such as `kind = "folder"` and `path = "outbox"`',
                place=str(project.root / "wend.toml"),
            )


def _check_webhooks(project: Project, program: Program) -> None:
    for webhook in called_webhooks(program):
        if webhook not in project.webhooks:
            raise WendError(
                f"the scripts call the webhook `{webhook}`, which the project does not have",
                help=f"say where it is in a section `[webhooks.{webhook}]`, with `url`",
                place=str(project.root / "wend.toml"),
            )


def live_channels(project: Project, environ: Mapping[str, str]) -> dict[str, Channel]:
    """All channels of a project by their names, its web services among them. Raises WendError where one cannot be had.

    Args:
        environ: the environment variables, for user names and passwords.
    """
    named = senders(project)
    channels: dict[str, Channel] = {
        name: WithSender(_live_channel(each, environ, project.zone.name), named)
        for name, each in project.channels.items()
    }
    for webhook, settings in project.webhooks.items():
        token = settings.token(environ)
        made = CallChannel(settings.url, token, timeout=settings.timeout, cafile=settings.cafile)
        channels[channel_of(webhook)] = made
    return channels


def _live_channel(settings: ChannelSettings, environ: Mapping[str, str], local: str) -> Channel:
    """The channel that these settings describe. Raises WendError where it cannot be had.

    Args:
        local: the IANA name of the zone of the times in names of files.
    """
    match settings:
        case ConsoleSettings():
            return ConsoleChannel(sys.stdout)
        case FolderSettings():
            return FolderChannel(settings.path, zone=local, unsubscribe=settings.unsubscribe)
        case SmtpSettings():
            user, password = settings.credentials(environ)
            return SmtpChannel(
                settings.host,
                settings.port,
                settings.security,
                user,
                password,
                timeout=settings.timeout,
                cafile=settings.cafile,
                promise=settings.promise,
                unsubscribe=settings.unsubscribe,
            )
        case WebhookSettings():
            token = settings.token(environ)
            return WebhookChannel(settings.url, token, timeout=settings.timeout, cafile=settings.cafile)
        case _:
            assert_never(settings)
