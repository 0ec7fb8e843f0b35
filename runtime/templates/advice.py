"""What to write instead of Liquid that cannot be read."""

import re
from collections.abc import Callable, Iterable

from liquid.exceptions import LiquidError, TemplateNotFoundError

from wend.dsl.nearest import nearest

_VALUE = "write a value there: a name such as `contact.name`, or a text between quotes"
_COMPARED = "compare with `==`, `!=`, `<`, `>` or `contains`, and join conditions with `and` or `or`"
_SIGNS = {
    "{": "write two braces: `{{ contact.name }}`",
    "'": "a text ends with the quote that it begins with",
    '"': "a text ends with the quote that it begins with",
    "\u201c": 'write straight quotes: `"…"`',
    "\u201d": 'write straight quotes: `"…"`',
    "\u2018": 'write straight quotes: `"…"`',
    "\u2019": 'write straight quotes: `"…"`',
    "&": "write `and`",
    "?": "there is no `… ? … : …`: write `{% if … %}…{% else %}…{% endif %}`",
    "+": "write it as a filter: `{{ contact.visits | plus: 1 }}`",
    "-": "write it as a filter: `{{ contact.visits | minus: 1 }}`",
    "*": "write it as a filter: `{{ contact.visits | times: 2 }}`",
    "/": "write it as a filter: `{{ contact.visits | divided_by: 2 }}`",
    "%": "write it as a filter, as in `{{ contact.visits | modulo: 2 }}`, and tags as `{% … %}`",
}
_TAGS = {
    "elseif": "write `{% elsif … %}`",
    "elif": "write `{% elsif … %}`",
    "set": "write `{% assign name = … %}`",
    "fi": "write `{% endif %}`",
    "end": "write `{% endif %}`, `{% endfor %}` or what else it ends",
    "raw": "write `{% endraw %}` where it ends",
    "foreach": "write `{% for item in … %}`",
}
_WITHIN = {"else": "if", "elsif": "if", "when": "case"}
_INNER = frozenset({"content", "output", "illegal", "#"})
"""What python-liquid keeps among the tags, and nobody writes."""
_BLOCKS = ("if", "for", "unless", "case", "capture", "comment", "raw", "tablerow")
_BETWEEN = 'write it between quotes, as `{% render "footer" %}`'


def _sign(found: re.Match[str], tags: Iterable[str]) -> str:
    return _SIGNS.get(found[1], "take it away, or put it into a text between quotes")


def _tag(found: re.Match[str], tags: Iterable[str]) -> str:
    name = found[1]
    if name in _TAGS:
        return _TAGS[name]
    if name in _WITHIN:
        return f"it belongs between `{{% {_WITHIN[name]} … %}}` and `{{% end{_WITHIN[name]} %}}`"
    if name.startswith("end") and name[3:] in tags:
        return f"what is opened last is closed first: nothing that `{name}` could close is open here"
    near = nearest(
        name, [*(each for each in tags if each not in _INNER), *(f"end{each}" for each in _BLOCKS), *_WITHIN]
    )
    return f"write `{near}`" if near else "take it away: there is no such tag, or it is not allowed here"


Advice = str | Callable[[re.Match[str], Iterable[str]], str]
_ADVICE: tuple[tuple[re.Pattern[str], Advice], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), advice)
    for pattern, advice in (
        (
            r"expected '?(?:\}\}|%\})'?, found",
            "close it with the two signs that match: `{{ … }}`, `{% … %}`",
        ),
        (r"^expected tag '?(\w+)'?,? ", lambda found, tags: f"write `{{% {found[1]} %}}` where it ends"),
        (r"unexpected tag 'end of expression'", "below it stands `{% when … %}`, and `{% endcase %}` where it ends"),
        (r"unexpected tag '(.*)'", _tag),
        (r"missing tag name or closing", "write the tag whole: `{% if contact.email %}`, say"),
        (r"missing expression", "write behind the tag's name what it is about: `{% if contact.email %}`, say"),
        (r"comment tag was never closed", "write `{% endcomment %}` where it ends"),
        (r"expected in, found", "write `{% for item in contact.tags %}`, say"),
        (r"expected '=', found", "write `{% assign name = … %}`"),
        (r"found '='$", "compare with `==`"),
        (r"found dpipe", "before a filter stands one `|`"),
        (r"found '?\.\.'?", "write one point"),
        (r"found (?:a )?string", 'what a filter is given follows a colon: `{{ contact.name | default: "friend" }}`'),
        (r"end of expression, found (?:a )?word", _COMPARED),
        (r"expected (?:a )?word, found", "name a filter behind `|`, or take that away"),
        (r"parentheses", "write it without brackets, with an `if` within the `if` where that is needed"),
        (r"not operator", "write `{% unless … %}`"),
        (r"expected an identifier", _BETWEEN),
        (r"primitive expression", _VALUE),
        (r"unknown operator", _COMPARED),
        (r"unexpected '(.)'", _sign),
        (r"unexpected \"(.)\"", _sign),
    )
)


def advise(error: LiquidError, tags: Iterable[str]) -> str | None:
    """What to write instead, where that is known.

    Args:
        tags: the names of the tags that there are.
    """
    if isinstance(error, TemplateNotFoundError):
        return "put a file of this name into the folder of templates, or take the tag away"
    text = str(error.message or "").strip()
    for pattern, advice in _ADVICE:
        found = pattern.search(text)
        if found is not None:
            return advice if isinstance(advice, str) else advice(found, tags)
    return None
