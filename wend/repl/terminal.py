"""The prompt in a terminal: history, several lines, colours, completion. All that knows a terminal is here."""

import os
from collections.abc import Iterable
from pathlib import Path

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import completion_is_selected
from prompt_toolkit.formatted_text import AnyFormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.styles import Style

from wend.dsl.completion import wants_body
from wend.repl.answer import Answer
from wend.repl.answering import answer, more
from wend.repl.completing import complete
from wend.repl.highlighting import WendLexer
from wend.repl.session import Session
from wend.runtime.telling.spell import spell_time

STYLE = Style.from_dict(
    {
        "pygments.keyword": "ansiblue bold",
        "pygments.keyword.namespace": "ansimagenta",
        "pygments.literal.string": "ansigreen",
        "pygments.literal.number": "ansicyan",
        "pygments.comment": "ansibrightblack italic",
        "pygments.name.function": "ansiyellow",
        "bar": "noreverse ansibrightblack",
    }
)
INDENT = "    "


def converse(session: Session, first: Answer) -> None:
    """Answer what is typed until it is over."""
    click.echo("wend: `:help` lists the commands, Ctrl-D ends")
    _show(first)
    prompt: PromptSession[str] = PromptSession(
        message="> ",
        history=_history(),
        multiline=True,
        prompt_continuation=_continuation,
        lexer=PygmentsLexer(WendLexer),
        completer=_Completer(session),
        complete_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
        key_bindings=_keys(),
        style=STYLE,
        bottom_toolbar=lambda: [("class:bar", _bar(session))],
    )
    while True:
        try:
            text = prompt.prompt()
        except KeyboardInterrupt:
            continue  # what was typed is dropped
        except EOFError:
            return
        try:
            given = answer(session, text)
        except KeyboardInterrupt:
            click.echo("interrupted")
            continue
        _show(given)
        if given.leave:
            return


def _show(given: Answer) -> None:
    for line in given.lines:
        click.echo(click.style(line, fg="red") if given.failed else line)


def _bar(session: Session) -> str:
    who = session.current or "no contact"
    inside = f"   in {session.inside}" if session.inside else ""
    return f" {spell_time(session.now, session.zone)} {session.zone.name}   {who} of {len(session.ids):,}{inside} "


def _continuation(width: int, line_number: int, wraps: int) -> AnyFormattedText:
    return " " * width if wraps else ". ".ljust(width)


def _history() -> History:
    """What was typed before, kept in the user's own folder for such things; in memory where there is none."""
    base = os.environ.get("XDG_STATE_HOME")
    folder = Path(base) if base else Path.home() / ".local" / "state"
    try:
        (folder / "wend").mkdir(parents=True, exist_ok=True)
        path = folder / "wend" / "repl_history"
        path.touch()
        return FileHistory(str(path))
    except OSError:
        return InMemoryHistory()


class _Completer(Completer):
    """Hands on what `completing` finds."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What could stand at the cursor."""
        for found in complete(self.session, document.text_before_cursor):
            yield Completion(found.text, -found.replaces, display_meta=found.about)


def _keys() -> KeyBindings:
    """Enter ends what is complete, and begins a new line where the parser wants more."""
    keys = KeyBindings()

    @keys.add("enter", filter=~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        enter(event.current_buffer)

    @keys.add("enter", filter=completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    return keys


def enter(buffer: Buffer) -> None:
    """What the Enter key does: the end of the input, or a new line as deep as the one before (deeper where a body
    begins)."""
    text, behind = buffer.document.text_before_cursor, buffer.document.text_after_cursor
    ends = not text.rpartition("\n")[2].strip()
    if behind.strip() or (more(text) and not ends):
        buffer.insert_text("\n" + _depth(text))
    else:
        buffer.validate_and_handle()


def _depth(text: str) -> str:
    """How far a next line is indented."""
    last = text.rpartition("\n")[2]
    lead = last[: len(last) - len(last.lstrip())]
    return lead + INDENT if wants_body(text) else lead
