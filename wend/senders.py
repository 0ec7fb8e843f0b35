"""Who a message is from where neither the script nor its template says it: what the project's channel says."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from wend.dsl import plan
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.program import Program
from wend.dsl.source import NOWHERE, Source
from wend.project import Project
from wend.runtime.channels import Channel, Outcome, Promise
from wend.runtime.messages import EMAIL, Message
from wend.runtime.templates import PlaceholderTemplates, Templates

CODE = "W502"
HELP = 'write `from "Name <name@domain>"` under `settings`, or `from:` at the top of the template'


@frozen
class WithSender:
    """A channel that puts a sender into messages that have none.

    Args:
        senders: by the channel's name in the script.
    """

    inner: Channel
    senders: Mapping[str, str]

    @property
    def name(self) -> str:
        """That of the channel."""
        return self.inner.name

    @property
    def promise(self) -> Promise:
        """That of the channel."""
        return self.inner.promise

    def deliver(self, messages: Iterable[Message]) -> Iterator[Outcome]:
        """Deliver them, each taken when the channel takes it."""
        return self.inner.deliver(
            message if message.sender else evolve(message, sender=self.senders.get(message.channel))
            for message in messages
        )


def senders(project: Project) -> dict[str, str]:
    """Who messages are from where nothing else says it, by channel. A lone script gets a placeholder for e-mail."""
    if project.script is not None:
        return {EMAIL: PlaceholderTemplates.sender}
    return {name: settings.sender for name, settings in project.channels.items() if settings.sender is not None}


def check_senders(program: Program, templates: Templates, project: Project) -> tuple[Diagnostic, ...]:
    """The e-mails that nobody would be the sender of: no server takes them."""
    if EMAIL in senders(project) or program.settings.sender is not None:
        return ()
    found = []
    for journey in program.journeys:
        for trigger in journey.triggers:
            for op in trigger.body:
                if journey.sender is None and _lacks_sender(op, templates):
                    place = getattr(op, "place", None) or Place(Source(journey.name, ""), NOWHERE)
                    message = "nothing says who this mail is from"
                    found.append(Diagnostic(CODE, message, place.source, place.span, HELP))
    return tuple(found)


def _lacks_sender(op: plan.Operation, templates: Templates) -> bool:
    match op:
        case plan.Notify():
            return op.sender is None
        case plan.Send():
            return op.channel == EMAIL and op.sender is None and not templates.has_sender(op.template, op.channel)
        case _:
            return False
