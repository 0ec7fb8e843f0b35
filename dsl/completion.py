"""What could come next: for a prompt that goes on over several lines, and for completion."""

from attrs import frozen

from wend.dsl.lexer import lex
from wend.dsl.machine import Outline, prepared, terminal
from wend.dsl.parser import cut
from wend.dsl.signatures import Signature, Signatures
from wend.dsl.source import Source
from wend.dsl.tokens import Line


def wants_more(text: str) -> bool:
    """Whether what was typed so far is the beginning of something longer: an open bracket, or a block.

    A block that could end does want more, as long as its last line is indented or could have a body; a prompt ends
    it by an empty line. A text with mistakes wants nothing.
    """
    lexed = lex(Source("", text))
    if lexed.diagnostics:
        return all(d.code == "W113" and d.message.endswith("is never closed") for d in lexed.diagnostics)
    if not lexed.lines or text.endswith("\n\n"):
        return False
    items = cut(lexed.lines, 0)
    outline = _outline(items[-1])
    return outline is not None and (outline.takes("_INDENT") or outline.takes("_DEDENT"))


def wants_body(text: str) -> bool:
    """Whether the last line of a text needs deeper lines below it, as `on purchase` does."""
    items = cut(lex(Source("", text)).lines, 0)
    outline = _outline(items[-1]) if items else None
    return outline is not None and outline.takes("_INDENT") and not outline.takes("_DEDENT") and not outline.complete()


def next_words(text: str) -> tuple[str, ...]:
    """The keywords that could follow a text whose last line is unfinished, in the order of the alphabet."""
    return expected(text).words


@frozen
class Expected:
    """What could follow an unfinished text: keywords in the order of the alphabet, a name, a text between quotes."""

    words: tuple[str, ...] = ()
    name: bool = False
    text: bool = False


def expected(text: str, start: str = "item") -> Expected:
    """What could follow a text whose last line is unfinished.

    Args:
        text: up to where the next word would begin.
        start: what the text is a beginning of: `item`, or `only_expr` for an expression.
    """
    space = "" if not text or text[-1].isspace() else " "
    lexed = lex(Source("", f"{text}{space}x"))  # the word to come stands where `x` does
    if not lexed.lines or lexed.lines[-1].tokens[-1].end != len(text) + len(space) + 1:
        return Expected()  # inside a comment
    items = cut(lexed.lines, 0)
    last = items[-1][-1]
    last.tokens.pop()
    outline = _outline(items[-1], finish=False, start=start)
    if outline is None:
        return Expected()
    found = outline.expected()
    words = tuple(sorted(word for word, name in prepared().tables.keywords.items() if name in found))
    return Expected(words, "NAME" in found, "STRING" in found)


def next_functions(text: str, functions: Signatures, start: str = "item") -> tuple[Signature, ...]:
    """The functions whose names could follow a text whose last line is unfinished, in the order of the alphabet.

    What a function gives is in its `sentence`, and `usage` shows its arguments by name. Which types fit is not asked.
    """
    space = "" if not text or text[-1].isspace() else " "
    lexed = lex(Source("", f"{text}{space}x(1"))  # where a call could stand, this one can; behind `define`, it cannot
    if not lexed.lines or lexed.lines[-1].tokens[-1].end != len(text) + len(space) + 3:
        return ()  # inside a comment
    if _outline(cut(lexed.lines, 0)[-1], finish=False, start=start) is None:
        return ()
    return tuple(functions[name] for name in sorted(functions))


def _outline(lines: list[Line], finish: bool = True, start: str = "item") -> Outline | None:
    """The parser after the lines of an item, before its blocks are closed; None if they do not parse."""
    outline = Outline(start)
    levels = [0]
    for i, line in enumerate(lines):
        if line.indent > levels[-1]:
            levels.append(line.indent)
            if not outline.feed("_INDENT"):
                return None
        while line.indent < levels[-1]:
            levels.pop()
            if not outline.feed("_DEDENT"):
                return None
        for token in line.tokens:
            if not outline.feed(terminal(token, outline.row)):
                return None
        if (finish or i + 1 < len(lines)) and not outline.feed("_NEWLINE"):
            return None
    return outline
