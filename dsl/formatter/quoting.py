"""Taking away the backticks that a name does not need.

Whether a word is read as a name depends on where it stands. The written lines are therefore read once more, with
the parser's own states: where no keyword of that spelling could come, the name can do without its backticks.
"""

import re
from bisect import bisect_left, bisect_right

from wend.dsl.formatter.lines import Out
from wend.dsl.lexer import lex
from wend.dsl.machine import Outline, prepared
from wend.dsl.source import Source
from wend.dsl.tokens import Line
from wend.grammar.load import RESERVED

_PLAIN = re.compile(r"[^\W\d]\w*")
_UNIT = re.compile(r"(?:second|minute|hour|day|week|month|year)s?")


def unquote(lines: list[Out], start: str = "item", context: tuple[str, ...] = ()) -> None:
    """Rewrite the parts of the lines, with backticks only where a name needs them.

    Args:
        lines: logical lines with every name between backticks.
        start: the start symbol that the lines belong to.
        context: the terminals that stand before them.
    """
    texts: list[str] = []
    places: list[list[tuple[int, int]]] = []
    at = 0
    for line in lines:
        at += 4 * line.indent
        texts.append(" " * 4 * line.indent + line.text + "\n")
        ranges: list[tuple[int, int]] = []
        for _, part in line.parts:
            ranges.append((at, at + len(part)))
            at += len(part) + 1
        places.append(ranges)
    text = "".join(texts)
    drop = _needless(text, [line.item for line in lines], start, context)
    for line, ranges in zip(lines, places, strict=True):
        parts = [(origin, _without(text, drop, *span)) for (origin, _), span in zip(line.parts, ranges, strict=True)]
        line.parts = parts


def _without(text: str, drop: list[int], start: int, end: int) -> str:
    """A stretch of the text without the characters at some places."""
    out: list[str] = []
    for place in drop[bisect_left(drop, start) : bisect_right(drop, end - 1)]:
        out.append(text[start:place])
        start = place + 1
    out.append(text[start:end])
    return "".join(out)


def _needless(text: str, items: list[bool], start: str, context: tuple[str, ...]) -> list[int]:
    """The offsets of all backticks that can go."""
    drop: list[int] = []
    for group in _items(lex(Source("", text)).lines, items):
        outline: Outline | None = None
        if _has_keyword(group):
            outline = Outline(start)
            outline.feed_all(context)
        context = ()
        if not _plain_names(group, outline, drop):
            break
    return drop


def _items(lines: tuple[Line, ...], items: list[bool]) -> list[list[Line]]:
    """The lines of each item."""
    groups: list[list[Line]] = []
    for number, line in enumerate(lines):
        if not groups or (number < len(items) and items[number]):
            groups.append([])
        groups[-1].append(line)
    return groups


def _has_keyword(lines: list[Line]) -> bool:
    """Whether a name is spelled as a keyword; only then it matters where it stands."""
    keywords = prepared().tables.keywords
    return any(token.quoted and str(token.value) in keywords for line in lines for token in line.tokens)


def _plain_names(lines: list[Line], outline: Outline | None, drop: list[int]) -> bool:
    """Add the offsets of the backticks of an item that can go; False where its text is not that of an item."""
    levels = [0]
    for line in lines:
        if outline is not None:
            _indent(outline, line.indent, levels)
        before = ""
        for token in line.tokens:
            type = token.type
            if token.quoted:
                if _can_be_plain(str(token.value), outline) and not (
                    before == "NUMBER" and _UNIT.fullmatch(str(token.value))
                ):
                    drop += (token.start, token.end - 1)
            elif type == "NAME":
                type = prepared().tables.keywords.get(token.text, type)
            if outline is not None and not outline.feed(type):
                return False
            before = type
        if outline is not None:
            outline.feed("_NEWLINE")
    return True


def _indent(outline: Outline, indent: int, levels: list[int]) -> None:
    """Feed the beginnings and ends of blocks before a line."""
    if indent > levels[-1]:
        levels.append(indent)
        outline.feed("_INDENT")
    while indent < levels[-1]:
        levels.pop()
        outline.feed("_DEDENT")


def _can_be_plain(name: str, outline: Outline | None) -> bool:
    """Whether a name is read as one without backticks where the outline stands; without one it is no keyword."""
    if name in RESERVED or not _PLAIN.fullmatch(name):
        return False
    keyword = prepared().tables.keywords.get(name)
    return keyword is None or (outline is not None and keyword not in outline.row)
