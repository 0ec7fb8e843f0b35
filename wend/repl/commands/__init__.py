"""The commands of the prompt, one file a family."""

from collections.abc import Mapping
from types import MappingProxyType

from wend.repl.commands import clock, files, people, reasons, values
from wend.repl.commands.command import Command, Wants
from wend.repl.commands.helping import help_with

__all__ = ["COMMANDS", "Command", "Wants"]

_ALL = (*values.COMMANDS, *people.COMMANDS, *clock.COMMANDS, *reasons.COMMANDS, *files.COMMANDS)

#: Every command by its name, in the order of `:help`.
COMMANDS: Mapping[str, Command] = MappingProxyType({each.name: each for each in (*_ALL, help_with(_ALL))})
