"""Help: the commands, and the functions as they are declared."""

from collections.abc import Sequence

from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.dsl.signatures import Signature
from wend.repl.answer import Answer, say
from wend.repl.commands.command import Command, Wants
from wend.repl.line import Line
from wend.repl.session import Session
from wend.stdlib import FAMILIES, FUNCTIONS

OTHERS = (
    ("EXPRESSION", "its value for the contact, its type, and until when it holds"),
    ("RULE, JOURNEY, SEGMENT and so on", "something of a script takes effect at once"),
)
QUIT = (":quit", "end; so does Ctrl-D")


def help_with(commands: Sequence[Command]) -> Command:
    """The command `:help` about these commands."""

    def run(session: Session, line: Line) -> Answer:
        topic = line.rest.strip().removeprefix(":").removesuffix("()")
        if not topic:
            return _everything((*commands, made))
        if topic == "functions":
            return _families()
        function = FUNCTIONS.get(topic)
        if function is not None:
            return say(*describe(function.signature), function=topic)
        for command in (*commands, made):
            if command.name == topic.split()[0]:
                return say(command.usage, f"  {command.sentence}", command=command.name)
        near = nearest(topic, [*FUNCTIONS, *(command.name for command in commands)])
        advice = f"did you mean `{near}`?" if near else "`:help` lists the commands, `:help functions` the functions"
        raise WendError(f"there is no help about `{topic}`", advice)

    made = Command("help", ":help [COMMAND | FUNCTION | functions]", "this list, or help about one", run, Wants.WORD)
    return made


def _everything(commands: Sequence[Command]) -> Answer:
    rows = [*OTHERS, *((command.usage, command.sentence) for command in commands), QUIT]
    width = max(len(usage) for usage, _ in rows if len(usage) < 44)
    lines = [f"{usage:<{width}}  {sentence}" for usage, sentence in rows]
    return say(*lines, commands=[command.name for command in commands])


def _families() -> Answer:
    lines = []
    for family, functions in FAMILIES.items():
        lines.append(f"{family:<8} " + ", ".join(function.signature.name for function in functions))
    lines.append("`:help NAME` describes one")
    return say(*lines, functions=list(FUNCTIONS))


def describe(signature: Signature) -> list[str]:
    """A function in three lines, as it is declared: how it is called, what it gives, an example."""
    return [call_of(signature), f"  {signature.sentence}", f"  {signature.example}  # {signature.gives}"]


def call_of(signature: Signature) -> str:
    """`days_since(date date | datetime) number`: how a function is called."""
    takes = [f"{each.name} {' | '.join(str(one) for one in each.types)}" for each in signature.parameters]
    more = ", …" if signature.variadic else ""
    return f"{signature.name}({', '.join(takes)}{more}) {signature.result}"
