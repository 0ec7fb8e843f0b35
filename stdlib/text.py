"""Functions of text."""

from collections.abc import Callable

from wend.dsl.signatures import Parameter
from wend.dsl.types import TEXT, list_of
from wend.runtime.functions import Function, FunctionError, Moment
from wend.runtime.values import Value
from wend.stdlib.declare import LONGEST, function, kind_of, with_article


def _replace(_: Moment, text: str, old: str, new: str) -> str:
    if not old:
        raise FunctionError("`replace` cannot look for an empty text")
    if len(text) + text.count(old) * (len(new) - len(old)) > LONGEST:
        raise FunctionError(f"`replace` would make a text of more than {LONGEST:_} characters")
    return text.replace(old, new)


def _split(_: Moment, text: str, separator: str) -> tuple[str, ...]:
    if not separator:
        raise FunctionError("`split` cannot split at an empty text")
    return tuple(text.split(separator))


def _join(_: Moment, items: tuple[Value, ...], separator: str) -> str:
    texts: list[str] = []
    for item in items:
        if not isinstance(item, str):
            what = "something unknown" if item is None else with_article(kind_of(item))
            raise FunctionError(f"`join` takes a list of text, and there is {what} in it")
        texts.append(item)
    if sum(map(len, texts)) + len(separator) * max(0, len(texts) - 1) > LONGEST:
        raise FunctionError(f"`join` would make a text of more than {LONGEST:_} characters")
    return separator.join(texts)


def _changed(name: str, sentence: str, example: str, gives: str, code: Callable[[str], str]) -> Function:
    return function(
        name,
        Parameter("text", TEXT),
        family="text",
        result=TEXT,
        sentence=sentence,
        example=example,
        gives=gives,
        code=lambda _, text: code(text),
    )


FUNCTIONS = (
    _changed("lower", "A text in small letters.", 'lower("Ana")', '"ana"', str.lower),
    _changed("upper", "A text in capital letters.", 'upper("Ana")', '"ANA"', str.upper),
    _changed(
        "capitalize",
        "A text with a capital first letter; the rest stays as it is.",
        'capitalize("ana McKay")',
        '"Ana McKay"',
        lambda text: text[:1].title() + text[1:],
    ),
    _changed("trim", "A text without the space around it.", 'trim("  Ana ")', '"Ana"', str.strip),
    function(
        "replace",
        Parameter("text", TEXT),
        Parameter("old", TEXT),
        Parameter("new", TEXT),
        family="text",
        result=TEXT,
        sentence="A text with another one put wherever a certain one stands in it.",
        example='replace("06 12 34", " ", "-")',
        gives='"06-12-34"',
        code=_replace,
    ),
    function(
        "split",
        Parameter("text", TEXT),
        Parameter("separator", TEXT),
        family="text",
        result=list_of(TEXT),
        sentence="The parts of a text between the places where a separator stands.",
        example='split("web,shop", ",")',
        gives='["web", "shop"]',
        code=_split,
    ),
    function(
        "join",
        Parameter("list", list_of(TEXT)),
        Parameter("separator", TEXT),
        family="text",
        result=TEXT,
        sentence="The texts of a list in one, with a separator between them.",
        example='join(["web", "shop"], ", ")',
        gives='"web, shop"',
        code=_join,
    ),
)
