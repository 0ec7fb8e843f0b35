"""Wend: journeys written as text, checked, simulated and run by one engine.

    program = wend.compile('when days_since(last_purchase) >= 120 send email "we-miss-you"')
    engine = wend.Engine(program, wend.MemoryStore(), {"email": wend.FolderChannel(Path("outbox"))})

The names below are the public interface; a name is loaded when it is first used, so that importing `wend` costs
nothing. Importing configures no logging, installs no handler and touches no state of the process.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wend.dsl.diagnostics import Diagnostic, ProgramError, Severity, WendError, render
    from wend.host.compiling import Evaluation, Match, Program, compile, evaluate
    from wend.host.engine import Engine, Taken
    from wend.host.functions import HostFunction, function
    from wend.host.sources import Batch, Source
    from wend.runtime.channels import (
        Channel,
        ChannelDown,
        ConsoleChannel,
        FolderChannel,
        Outcome,
        Promise,
        SmtpChannel,
        Status,
    )
    from wend.runtime.channels.unsubscribe import Unsubscribe
    from wend.runtime.contact import Change, Contact, Event, Inbox
    from wend.runtime.conversions import Conversions
    from wend.runtime.delivery.delivery import DeliveryReport
    from wend.runtime.delivery.messages import Message
    from wend.runtime.effects import Facts, Send, Step
    from wend.runtime.engine.activation import Activation, Answer, ChangedTrigger, UnansweredError
    from wend.runtime.engine.engine import TickReport
    from wend.runtime.play.simulate import SimulationResult, simulate
    from wend.runtime.sources import ContactRecord, EventRecord, Policy
    from wend.runtime.state import NEW, State
    from wend.runtime.store.memory import MemoryStore
    from wend.runtime.store.protocol import Store
    from wend.runtime.store.sqlite import open_sqlite
    from wend.runtime.tick.step import step
    from wend.runtime.values import FOREVER, Value

    __version__: str

__all__ = [
    "FOREVER",
    "NEW",
    "Activation",
    "Answer",
    "Batch",
    "Change",
    "ChangedTrigger",
    "Channel",
    "ChannelDown",
    "ConsoleChannel",
    "Contact",
    "ContactRecord",
    "Conversions",
    "DeliveryReport",
    "Diagnostic",
    "Engine",
    "Evaluation",
    "Event",
    "EventRecord",
    "Facts",
    "FolderChannel",
    "HostFunction",
    "Inbox",
    "Match",
    "MemoryStore",
    "Message",
    "Outcome",
    "Policy",
    "Program",
    "ProgramError",
    "Promise",
    "Send",
    "Severity",
    "SimulationResult",
    "SmtpChannel",
    "Source",
    "State",
    "Status",
    "Step",
    "Store",
    "Taken",
    "TickReport",
    "UnansweredError",
    "Unsubscribe",
    "Value",
    "WendError",
    "__version__",
    "compile",
    "evaluate",
    "function",
    "open_sqlite",
    "render",
    "simulate",
    "step",
]

_HOMES = {
    "wend.host.compiling": "Evaluation Match Program compile evaluate",
    "wend.dsl.diagnostics": "Diagnostic ProgramError Severity WendError render",
    "wend.host.engine": "Engine Taken",
    "wend.host.functions": "HostFunction function",
    "wend.host.sources": "Batch Source",
    "wend.runtime.engine.activation": "Activation Answer ChangedTrigger UnansweredError",
    "wend.runtime.channels.unsubscribe": "Unsubscribe",
    "wend.runtime.channels": "Channel ChannelDown ConsoleChannel FolderChannel Outcome Promise SmtpChannel Status",
    "wend.runtime.contact": "Change Contact Event Inbox",
    "wend.runtime.conversions": "Conversions",
    "wend.runtime.delivery.delivery": "DeliveryReport",
    "wend.runtime.effects": "Facts Send Step",
    "wend.runtime.engine.engine": "TickReport",
    "wend.runtime.delivery.messages": "Message",
    "wend.runtime.play.simulate": "SimulationResult simulate",
    "wend.runtime.sources": "ContactRecord EventRecord Policy",
    "wend.runtime.state": "NEW State",
    "wend.runtime.tick.step": "step",
    "wend.runtime.store.memory": "MemoryStore",
    "wend.runtime.store.protocol": "Store",
    "wend.runtime.store.sqlite": "open_sqlite",
    "wend.runtime.values": "FOREVER Value",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

if not TYPE_CHECKING:  # type checkers see the imports above, and refuse names that are not there

    def __getattr__(name):
        """A public name, loaded from where it lives."""
        if name == "__version__":
            from importlib.metadata import version

            value = version("wend")
        elif name in _HOME_OF:
            value = getattr(import_module(_HOME_OF[name]), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__():
        """The public names, and what else is there."""
        return sorted({*globals(), *__all__})
