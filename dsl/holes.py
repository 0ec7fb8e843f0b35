"""What the parts of a program that could not be read may declare.

A file with a mistake keeps its others from being run, not from being checked: their mistakes are told too, except where
what is missing may be what they ask for.
"""

import re
from collections.abc import Container, Iterable, Sequence

from attrs import field, frozen

from wend.dsl.diagnostics import Diagnostic, Severity
from wend.dsl.tokens import Line

_NAMING = ("journey", "segment", "define", "event")
_SILENT = frozenset({"settings", "test", "when", "on", "every", "once"})
"""Items that declare nothing which another file can name."""

_BEGINS = re.compile(r"^[ \t]*(contact|event|define|segment|journey)\b", re.MULTILINE)

_ASKED = {"W201": ("contact", "segment", "define"), "W202": ("event",), "W203": ("define",), "W204": ("segment",)}
_ASKED |= {"W205": ("journey",)}
"""The reports of names that are not there, and what could have declared them."""


@frozen
class Hole:
    """An item that could not be read: its first word where that begins an item, and the name that it declares.

    Without a word it may declare anything, without a name anything of its kind. `words` are all that stand in it.
    """

    word: str | None = None
    name: str | None = None
    words: frozenset[str] = frozenset()

    def may_declare(self, name: str, kinds: Container[str]) -> bool:
        """Whether this may be what a name asks for that is not there."""
        if name in self.words:
            return True
        return self.word is not None and self.word in kinds and self.name in (None, name)


@frozen
class Holes:
    """All of them."""

    items: tuple[Hole, ...] = field(factory=tuple)

    def excuse(self, diagnostic: Diagnostic) -> bool:
        """Whether a report may come only of what could not be read."""
        if diagnostic.severity is not Severity.ERROR:
            return True  # a warning asks for all of a program
        if any(hole.word is None for hole in self.items):
            return True  # it may be the rest of the item before it, whose fields and values are then not all there
        kinds = _ASKED.get(diagnostic.code)
        if kinds is None:
            return False
        span = diagnostic.span
        asked = diagnostic.source.text[span.start : span.end].strip("`")
        if diagnostic.code == "W201" and "channel" in diagnostic.message:
            return True  # any journey may send over it
        return any(hole.may_declare(asked, kinds) for hole in self.items)


def hole(lines: Sequence[Line], told: Iterable[Diagnostic]) -> Hole:
    """What an item may declare that could not be read. Where its first line has a mistake, its name may be another."""
    first, *rest = lines[0].tokens
    if first.type != "NAME" or first.quoted:
        return Hole()
    word = str(first.text)
    if word in _SILENT:
        return Hole(word)
    if word == "contact":
        return Hole(word)
    if word not in _NAMING:
        return Hole()
    named = rest[:1] and rest[0].type == "NAME"
    follows = rest[1].text if len(rest) > 1 else ""
    mistaken = lines[0].faulty or any(each.span.start <= lines[0].end for each in told)
    whole = named and not mistaken and (not follows or follows in ("=", "(") or rest[1].type == "STRING")
    return Hole(word, str(rest[0].text) if whole else None)


def swallowed(text: str) -> list[Hole]:
    """What the text of an item may declare beside its head: an open bracket may have taken in what follows."""
    words = frozenset(re.findall(r"\w+", text))
    behind = dict.fromkeys(_BEGINS.findall(text.partition("\n")[2]))
    return [Hole("", words=words), *(Hole(word) for word in behind)]


def told_beside(checked: Iterable[Diagnostic], broken: Iterable[str], holes: Holes) -> tuple[Diagnostic, ...]:
    """What is to be said of the files that could be read whole.

    Args:
        checked: what the checker found in what could be read.
        broken: the names of the files that could not.
    """
    names = frozenset(broken)
    return tuple(each for each in checked if each.source.name not in names and not holes.excuse(each))
