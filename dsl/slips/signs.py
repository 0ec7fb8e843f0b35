"""Slips with signs: those of other languages, and values that are missing beside them."""

from wend.dsl.slips.base import BLOCK_STEPS, OPERATORS, STEPS, Report, Slip
from wend.dsl.source import Span

_SIGNS = {
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "!": "write `not`",
    "=>": "write `>=`",
    "=<": "write `<=`",
    "<=>": "write `=`",
    "<>": "write `!=`",
    "===": "write `=`",
    ":=": "write `=`",
    "\u2264": "write `<=`",
    "\u2265": "write `>=`",
    "\u2260": "write `!=`",
    "\u00d7": "write `*`",
    "\u2212": "write `-`",
    "\u2013": "write `-`",
    "//": "a comment begins with `#`",
    ";": "put each step on a line of its own",
    "{": "take it away and indent the lines that belong together",
    "}": "take it away: a block ends where its indentation ends",
    "%": "write a percentage without a space: `10%`",
    "->": "take it away",
    "$": "take it away: a name stands by itself",
    "@": "a name stands by itself, an address between quotes",
}
_BODY_WORDS = frozenset({"WHEN", "ON", "EVERY", "ONCE", "IF", "ELSE", "VARIANT", "REPEAT", "JOURNEY", "WAIT"})


def wrong_sign(slip: Slip) -> Report | None:
    """A sign that another language has."""
    token = slip.token
    if token is None or token.type != "WRONG":
        return None
    sign = token.text
    if sign == ":" and slip.outline.takes("EQUAL") and not slip.outline.takes("_NEWLINE") and not slip.wants_value():
        return "W108", "`:` has no meaning here", token.span, "write `=`"
    if sign == ":":
        ends = slip.next is None
        advice = "take it away: the body is known by its indentation" if ends else "take it away"
        if ends and slip.types and slip.types[0] not in _BODY_WORDS:
            advice = "take it away"
        return "W108", "`:` has no meaning here", token.span, advice
    follows = None if slip.next is None else slip.next.type if slip.next.type == "STRING" else slip.type_of(slip.next)
    if (sign == "=>" and (follows is None or follows in STEPS)) or (sign == ";" and follows is None):
        return "W108", f"`{sign}` has no meaning here", token.span, "take it away"
    if sign == "=>" and follows == "STRING":
        return "W108", "`=>` has no meaning here", token.span, "write `=`"
    if sign == ";" and _in_brackets(slip):
        return "W108", "`;` has no meaning here", token.span, "write `,` between what stands in brackets"
    advice = _SIGNS.get(sign, "take it away, or put it into a text or a name between backticks")
    return "W108", f"`{sign}` has no meaning here", token.span, advice


def _in_brackets(slip: Slip) -> bool:
    before = [token.type for token in slip.line.tokens[: slip.at]]
    return before.count("LPAR") + before.count("LSQB") > before.count("RPAR") + before.count("RSQB")


def thousands(slip: Slip) -> Report | None:
    """`1,000`, and the decimal comma: `1,5`."""
    token, last, following = slip.token, slip.last, slip.next
    if token is None or last is None or following is None or token.text not in (",", "."):
        return None
    if slip.last_type != "NUMBER" or following.type not in ("NUMBER", "SPAN") or following.start != token.end:
        return None
    span = Span(last.start, following.end)
    whole, rest = last.text.replace(".", "") if token.text == "," else last.text, following.text
    digits = rest.partition(" ")[0]
    mark = "_" if len(digits) == 3 and "." not in last.text else "."
    return "W106", f"`{token.text}` cannot stand in a number", span, f"write `{whole}{mark}{rest}`"


def missing_value(slip: Slip) -> Report | None:
    """An operator, a keyword or the end of the line where a value has to be."""
    if not slip.wants_value():
        return None
    token, last = slip.token, slip.last
    if token is None:
        if last is None:
            return None
        return (
            "W121",
            f"a value is missing after `{last.text}`",
            last.span,
            "write the value, such as a name or a number",
        )
    if slip.type_of(token) not in OPERATORS | STEPS | BLOCK_STEPS and token.type not in ("RPAR", "RSQB", "COMMA"):
        return None
    return (
        "W121",
        f"a value is missing before `{token.text}`",
        token.span,
        "write the value, such as a name or a number",
    )
