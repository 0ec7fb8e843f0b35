"""Who a message is from where neither the script nor its template says it: what the project's channel says."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from wend.dsl import core, plan
from wend.dsl.core import Place
from wend.dsl.diagnostics import Diagnostic, WendError
from wend.dsl.program import Program
from wend.dsl.source import NOWHERE, Source
from wend.project.project import Project
from wend.runtime.channels import Channel, Outcome, Promise
from wend.runtime.delivery.messages import EMAIL, Message, parse_mailbox
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
        return Promise(self.inner.promise)  # a host may write it as a text

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


def check_senders(program: Program, templates: Templates, known: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """What no mail server would take: an e-mail from nobody, or with an address of the script's own that is none.

    Args:
        known: who messages are from where neither script nor template says it, by channel.
    """
    found: dict[tuple[str, int, str], Diagnostic] = {}
    fallback = program.settings.sender or known.get(EMAIL)
    for journey in program.journeys:
        common = [text for text in (journey.sender or fallback, journey.reply_to or program.settings.reply_to) if text]
        for op in (op for op in journey.operations if _is_email(op)):
            assert isinstance(op, plan.Send | plan.Notify)
            place = op.place or Place(Source(journey.name, ""), NOWHERE)
            if not (journey.sender or fallback or op.sender or _template_says(op, templates)):
                message = "nothing says who this mail is from"
                found[place.source.name, place.span.start, message] = Diagnostic(
                    CODE, message, place.source, place.span, HELP
                )
            for text in [*common, *_own_addresses(op)]:
                wrong = _wrong(text)
                if wrong is not None:  # said once, for the first step that it stops
                    told = Diagnostic(CODE, wrong.message, place.source, place.span, wrong.help)
                    found.setdefault(("", 0, wrong.message), told)
    return tuple(found.values())


def _is_email(op: plan.Operation) -> bool:
    return isinstance(op, plan.Notify) or (isinstance(op, plan.Send) and op.channel == EMAIL)


def _template_says(op: plan.Send | plan.Notify, templates: Templates) -> bool:
    return isinstance(op, plan.Send) and templates.has_sender(op.template, op.channel)


def _own_addresses(op: plan.Send | plan.Notify) -> Iterator[str]:
    """The addresses that stand in the step itself."""
    for expr in (op.sender, op.to if isinstance(op, plan.Send) else op.address):
        if isinstance(expr, core.Const) and isinstance(expr.value, str):
            yield expr.value


def _wrong(address: str) -> WendError | None:
    try:
        parse_mailbox(address)
    except WendError as error:
        return error
    return None
