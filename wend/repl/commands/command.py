"""What a command of the prompt is."""

from collections.abc import Callable
from enum import StrEnum

from attrs import frozen

from wend.repl.answer import Answer
from wend.repl.line import Line
from wend.repl.session import Session


class Wants(StrEnum):
    """What a command is told, for completion."""

    NOTHING = "nothing"
    EXPRESSION = "expression"
    CONTACT = "contact"
    EVENT = "event"
    RULE = "rule"
    JOURNEY = "journey"
    FILE = "file"
    WORD = "word"


@frozen
class Command:
    """A command: how it is written, what it does in one sentence, and its code."""

    name: str
    usage: str
    sentence: str
    run: Callable[[Session, Line], Answer]
    wants: Wants = Wants.NOTHING
