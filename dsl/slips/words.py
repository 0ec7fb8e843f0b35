"""Slips with words: misspelt keywords, filler words, units, names that are keywords."""

from wend.dsl.machine import Outline
from wend.dsl.nearest import nearest
from wend.dsl.slips.base import BLOCK_STEPS, DAYS, OPERATORS, STEPS, Report, Slip, feed, keyword_words
from wend.grammar.load import RESERVED

_FILLERS = frozenset({"the", "then", "an", "do", "please", "has", "their", "his", "her"})
_ELSE_IF = frozenset({"elseif", "elsif", "elif"})


def else_if(slip: Slip) -> Report | None:
    """`elif`."""
    token = slip.token
    if token is None or token.text not in _ELSE_IF:
        return None
    return "W122", f"`{token.text}` is not known", token.span, "write `else if`"


def filler(slip: Slip) -> Report | None:
    """`when a then exit`, `when the email is known`."""
    token, last = slip.token, slip.last
    if token is not None and token.type == "NAME" and token.text in _FILLERS and not _better(slip, token.text):
        help = "take it away"
        if (
            token.text == "then"
            and slip.next is not None
            and slip.types
            and slip.types[0] in STEPS | BLOCK_STEPS - {"IF"}
        ):
            help = "take it away, and write what follows on a line of its own"
        return "W101", f"`{token.text}` is one word too many", token.span, help
    if last is None or last.quoted or slip.last_type != "NAME" or last.text not in _FILLERS:
        return None
    without = slip.at_token(slip.at - 1)
    if token is not None and feed(without, token):
        return "W101", f"`{last.text}` is one word too many", last.span, "take it away"
    return None


def _better(slip: Slip, word: str) -> bool:
    """Whether the filler is rather a keyword mistyped, as `an` for `and`."""
    return word == "an" and "and" in keyword_words(slip.outline)


def weekday(slip: Slip) -> Report | None:
    """`wait until monday = true`."""
    token, last = slip.token, slip.last
    if token is None or last is None or slip.last_type not in DAYS or slip.type_of(token) not in OPERATORS:
        return None
    return (
        "W101",
        f"`{last.text}` is the day of the week here",
        last.span,
        f"to mean a field of that name write it between backticks: `` `{last.text}` ``",
    )


def reserved(slip: Slip) -> Report | None:
    """`or` where a name has to be."""
    token = slip.token
    if token is None or token.quoted or token.text not in RESERVED or token.type != "NAME":
        return None
    expected = slip.outline.expected()
    if "NAME" not in expected or "NUMBER" in expected:
        return None
    return (
        "W101",
        f"`{token.text}` is reserved and cannot be a name",
        token.span,
        f"to use it as a name write it between backticks: `` `{token.text}` ``",
    )


def step_as_value(slip: Slip) -> Report | None:
    """`when x > send email "y"`: the step's word was read as a name."""
    token, last = slip.token, slip.last
    if token is None or last is None or last.quoted or slip.last_type != "NAME":
        return None
    spelled = slip.type_of(last)
    if spelled not in STEPS | BLOCK_STEPS | {"WHEN", "WHERE", "UNTIL"}:
        return None
    before = slip.at_token(slip.at - 1)
    if "NUMBER" not in before.expected():
        return None
    return (
        "W121",
        f"a value is missing before `{last.text}`",
        last.span,
        f"write the value; to mean a field of that name write `` `{last.text}` ``",
    )


def misspelt(slip: Slip) -> Report | None:
    """A word that is nearly a keyword which could stand there: this one, or the one before, taken for a name."""
    for position in (slip.at, slip.at - 1):
        if not 0 <= position < len(slip.line.tokens):
            continue
        token = slip.line.tokens[position]
        if token.type != "NAME" or token.quoted or (position < slip.at and slip.types[position] != "NAME"):
            continue
        outline = slip.outline if position == slip.at else slip.at_token(position)
        found = _meant(slip, position, token.text, outline)
        if found is not None:
            if found == token.text.lower():
                return "W122", f"`{token.text}` is written in small letters", token.span, f"write `{found}`"
            return "W122", f"`{token.text}` is not known here", token.span, f"did you mean `{found}`?"
    return None


def _meant(slip: Slip, position: int, word: str, outline: Outline) -> str | None:
    """The nearest keyword after which the line would go on."""
    words = keyword_words(outline)
    fitting: list[str] = []
    for candidate, name in words.items():
        trial = outline.copy()
        trial.feed(name)
        rest = slip.line.tokens[position + 1 : slip.at + 2]
        if all(feed(trial, token) for token in rest):
            fitting.append(candidate)
    found = nearest(word, fitting)
    if found is None and position == slip.at:
        found = nearest(word, words)
    return found
