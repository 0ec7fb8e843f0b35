"""Carrying out what is typed: a command, something of a script, or an expression. Errors are answers too."""

from collections.abc import Container, Iterable, Iterator

from attrs import evolve

from wend.dsl import plan
from wend.dsl.completion import wants_more
from wend.dsl.diagnostics import Diagnostic, ProgramError, WendError
from wend.dsl.lexer import lex
from wend.dsl.nearest import nearest
from wend.dsl.parser import GOES_ON, parse, parse_expression
from wend.dsl.source import Source
from wend.repl.answer import Answer, refuse
from wend.repl.commands import COMMANDS, values
from wend.repl.commands.files import told_scripts
from wend.repl.line import PROMPT, Line, read_line
from wend.repl.session import Session

ITEMS = frozenset(
    {
        *("contact", "event", "settings", "define", "segment", "journey", "test"),
        *("when", "on", "every", "once", "also"),
    }
)
"""Words that begin an item of a script."""
ARGUMENTS = frozenset({"NAME", "NUMBER", "STRING", "SPAN", "DATE", "CLOCK"})
"""What stands behind a command's name, and in no expression behind a name."""
JOINING = frozenset({"and", "or", "is", "in", "not", "contains", "starts", "ends", "matches", "otherwise"})
"""Words that join a name with what follows it in an expression."""
STEPS = frozenset(
    {"send", "notify", "set", "add", "remove", "emit", "wait", "stop", "if", "split", "repeat", "call", "start"}
)
"""Words that begin a step, and no expression."""
ELSEWHERE = {
    "undo": "back",
    "run": "advance",
    "next": "advance",
    "go": "advance",
    "step": "tick",
    "time": "at",
    "clock": "at",
    "now": "at",
    "list": "contacts",
    "ls": "contacts",
    "find": "who",
    "explain": "why",
    "open": "load",
    "set": "contact",
}
"""Commands of other prompts, and what does the same here."""
LEAVING = frozenset({"quit", "exit", "q"})


def answer(session: Session, text: str) -> Answer:
    """Carry out what was typed. Never raises for what is typed: an error is told in the answer."""
    if not text.strip() or (not lex(Source(PROMPT, text)).lines and not text.lstrip().startswith(":")):
        return Answer()
    try:
        return _answer(session, text)
    except WendError as error:
        return refuse(error)
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        return refuse(WendError(reason, place=str(error.filename) if error.filename else None))
    except RecursionError:
        return refuse(WendError("this is nested too deeply", "write it in parts, with `define`"))


def _answer(session: Session, text: str) -> Answer:
    if text.lstrip().startswith(":"):
        line = read_line(text)
        if line.name in LEAVING:
            return Answer(leave=True)
        command = COMMANDS.get(line.name)
        if command is None:
            if not line.name:
                raise WendError("a command has a name behind the colon", "`:help` lists the commands")
            near = ELSEWHERE.get(line.name) or nearest(line.name, COMMANDS)
            advice = f"write `:{near}`" if near else "`:help` lists the commands"
            raise WendError(f"there is no command `:{line.name}`", advice)
        try:
            return command.run(session, line)
        except ProgramError as error:
            raise ProgramError(_in_line(each, line) for each in error.diagnostics) from None
    if is_item(text, session.program.schema.contact or ()):
        return told_scripts(session, session.follow(session.scripts.with_typed(text.rstrip() + "\n")))
    meant = _command_meant(text)
    if meant and meant not in session.prompt.named:
        advice = {"?": "write `:help`", **dict.fromkeys(LEAVING, "write `:quit`")}.get(
            meant, f"write `:{text.strip()}`"
        )
        raise WendError(f"`{meant}` asks for nothing: a command begins with a colon", advice)
    _no_value(session, text.strip())
    return values.value(session, Source(PROMPT, text.strip("\n")))


def _no_value(session: Session, text: str) -> None:
    """Raise WendError for what is something of the program, but no value: a journey, a message, a step."""
    name = text.strip("`")
    if name in session.prompt.named:
        return
    journeys = {each.name for each in session.program.journeys}
    templates = {op.template for op in session.program.operations if isinstance(op, plan.Send)}
    if name in journeys or name in templates:
        kind = "journey" if name in journeys else "message"
        raise WendError(f"`{name}` is a {kind}, not a value", f"`:why {name}` and `:whynot {name}` tell of it")
    first = text.split()[0]
    if first in STEPS and first not in session.prompt.named and parse_expression(Source(PROMPT, text))[0] is None:
        raise WendError("a step belongs to a rule", f"write one before it: `when … {text.splitlines()[0]}`")


def _command_meant(text: str) -> str | None:
    """The name of a command that stands without its colon: alone, or before what no expression has behind a name."""
    if text.strip() == "?":
        return "?"
    tokens = [token for each in lex(Source(PROMPT, text)).lines for token in each.tokens]
    if not tokens or tokens[0].type != "NAME" or tokens[0].quoted:
        return None
    name = tokens[0].text
    if len(tokens) == 1:
        return name if name in COMMANDS or name in LEAVING else None
    joined = tokens[1].type not in ARGUMENTS or (tokens[1].text in JOINING and not tokens[1].quoted)
    return name if name in COMMANDS and name not in JOINING and not joined else None


def _in_line(found: Diagnostic, line: Line) -> Diagnostic:
    """A report about the argument of a command, shown with the whole line: its places are those of the line."""
    return evolve(found, source=line.source) if found.source.name == PROMPT else found


def is_item(text: str, fields: Container[str]) -> bool:
    """Whether what was typed is a piece of a script rather than an expression.

    Args:
        fields: the declared fields: a word that begins an item may name one of them.
    """
    lines = lex(Source(PROMPT, text)).lines
    if not lines or lines[0].tokens[0].quoted or lines[0].tokens[0].text not in ITEMS:
        return False
    if len(lines) == len(lines[0].tokens) == 1:
        return lines[0].tokens[0].text not in fields
    if not parse(Source(PROMPT, text), explain=False).diagnostics:
        return True
    return parse_expression(Source(PROMPT, text))[0] is None


def inputs(lines: Iterable[str]) -> Iterator[str]:
    """Lines of a file as what would be typed: a line goes on in the next ones as long as the parser wants more.

    A block ends where a line stands at the margin again; empty lines within it belong to it.
    """
    held: list[str] = []
    for raw in lines:
        line = raw.rstrip("\r\n")
        if held and not _goes_on(held, line):
            yield _joined(held)
            held = []
        if held or line.strip():
            held.append(line)
        if held and not more(_joined(held)):
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def more(text: str) -> bool:
    """Whether what was typed so far wants to go on."""
    return not text.lstrip().startswith(":") and wants_more(text.rstrip() + "\n")


def _goes_on(held: list[str], line: str) -> bool:
    if not line.strip() or line[0] in " \t" or line.split()[0] in GOES_ON:
        return True
    return _open_bracket(_joined(held))


def _open_bracket(text: str) -> bool:
    return any(each.code == "W113" for each in lex(Source("", text)).diagnostics)


def _joined(held: list[str]) -> str:
    return "\n".join(held).rstrip()
