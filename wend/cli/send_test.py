"""`wend send-test TEMPLATE|JOURNEY [PROJECT] --to ADDRESS`: messages to oneself, as they would arrive."""

import datetime as dt
import os
from pathlib import Path

import click

from wend.cli.clock import now
from wend.cli.dates import instant, time
from wend.cli.output import format_option, print_json
from wend.cli.show import problem_json, show_problem
from wend.dsl.diagnostics import WendError
from wend.dsl.words import count_of
from wend.live.service import open_service
from wend.live.trying import Tried, try_out
from wend.project.workspace import open_workspace
from wend.runtime.delivery.messages import one_line

UNDELIVERED = 3


@click.command(name="send-test")
@click.argument("what", metavar="JOURNEY|TEMPLATE")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--to", "address", required=True, metavar="ADDRESS", help="Where to: an e-mail address, a number.")
@click.option("--contact", metavar="ID", help="Rendered for this contact; for a made-up one, if not told.")
@click.option("--channel", metavar="NAME", help="Only the messages over this channel.")
@click.option("--at", type=time, metavar="TIME", help="What time it is, as 2026-01-31T10:00.")
@format_option()
def command(
    what: str, path: Path, address: str, contact: str | None, channel: str | None, at: dt.datetime | None, form: str
) -> int:
    """Send the messages of a journey, or of one template, to an address of your own.

    They go over the project's real channels, with `[Test]` before their subject. They ask no consent and no limit,
    count in quotas as every message does, and never go to an address that is suppressed.

    Exit code 3 where one could not be delivered: it stays in the outbox, and the next `wend send-test` or `wend run`
    tries again, under the same Message-ID.
    """
    workspace = open_workspace(path)
    project = workspace.project
    if project.script is None and project.store.sqlite is None:
        help = 'name a file under `[store]` in `wend.toml`, such as `sqlite = "wend.db"`'
        raise WendError("the project keeps no store, in which a test is counted", help, str(project.root))
    moment = now() if at is None else instant(at, project.zone)
    with open_service(workspace, os.environ) as service:
        tried = try_out(service, what, address, contact, channel, moment)
    if form == "json":
        print_json(as_json(tried))
    else:
        for problem in tried.delivery.problems:
            show_problem(problem)
        click.echo("\n".join(as_lines(tried)))
    return UNDELIVERED if tried.delivery.undelivered else 0


def as_lines(tried: Tried) -> list[str]:
    """What was sent, for a person."""
    lines = []
    for each in tried.proofs:
        message = each.message
        again = " (it was in the outbox already)" if each.taken_up else ""
        shown = one_line(message.subject or message.text)
        lines.append(f"{message.channel} {message.template} to {message.address}: {shown}{again}")
    person = tried.proofs[0].message.contact
    lines.append(f"rendered for {'a made-up contact' if tried.made_up else f'the contact {person}'}")
    report = tried.delivery
    lines.append(
        f"delivered: {report.delivered:,}" + (f"; not delivered: {report.undelivered:,}" if report.undelivered else "")
    )
    used = {each.message.channel for each in tried.proofs}
    return lines + [
        f"the quota has room for {count_of(max(free, 0), f'more {channel}', f'more {channel}')}"
        for channel, free in tried.room.items()
        if channel in used
    ]


def as_json(tried: Tried) -> dict[str, object]:
    """What was sent, for other programs; times are UTC."""
    return {
        "messages": [
            {
                "journey": each.message.journey,
                "channel": each.message.channel,
                "template": each.message.template,
                "to": each.message.address,
                "subject": each.message.subject,
                "contact": each.message.contact,
                "key": each.message.key,
                "at": each.message.at.isoformat(),
                "taken_up": each.taken_up,
            }
            for each in tried.proofs
        ],
        "made_up": tried.made_up,
        "delivered": tried.delivery.delivered,
        "undelivered": tried.delivery.undelivered,
        "problems": [problem_json(each) for each in tried.delivery.problems],
        "quota_left": dict(tried.room),
    }
