"""What could come next: for a prompt that goes on over several lines, and for completion."""

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


def next_words(text: str) -> tuple[str, ...]:
    """The keywords that could follow a text whose last line is unfinished, in the order of the alphabet."""
    space = "" if not text or text[-1].isspace() else " "
    lexed = lex(Source("", f"{text}{space}x"))  # the word to come stands where `x` does
    if not lexed.lines or lexed.lines[-1].tokens[-1].end != len(text) + len(space) + 1:
        return ()  # inside a comment
    items = cut(lexed.lines, 0)
    last = items[-1][-1]
    last.tokens.pop()
    outline = _outline(items[-1], finish=False)
    if outline is None:
        return ()
    expected = outline.expected()
    return tuple(sorted(word for word, name in prepared().tables.keywords.items() if name in expected))


def next_functions(text: str, functions: Signatures) -> tuple[Signature, ...]:
    """The functions whose names could follow a text whose last line is unfinished, in the order of the alphabet.

    What a function gives is in its `sentence`, and `usage` shows its arguments by name. Which types fit is not asked.
    """
    space = "" if not text or text[-1].isspace() else " "
    lexed = lex(Source("", f"{text}{space}x(1"))  # where a call could stand, this one can; behind `define`, it cannot
    if not lexed.lines or lexed.lines[-1].tokens[-1].end != len(text) + len(space) + 3:
        return ()  # inside a comment
    if _outline(cut(lexed.lines, 0)[-1], finish=False) is None:
        return ()
    return tuple(functions[name] for name in sorted(functions))


def _outline(lines: list[Line], finish: bool = True) -> Outline | None:
    """The parser after the lines of an item, before its blocks are closed; None if they do not parse."""
    outline = Outline("item")
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
