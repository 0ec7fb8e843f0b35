"""The page of the functions, made from their declarations."""

from collections.abc import Iterable

from wend.dsl.signatures import Parameter, Signature
from wend.dsl.types import Kind, Type
from wend.stdlib import FAMILIES

_HEAD = """\
# The functions

Everything that a script can call, made from the declarations in `stdlib/` by `wend docs functions`. The names of the
arguments are those that messages use. Each example is run by the tests; it is Sunday, 10 May 2026, 9:00 UTC.

A function of something unknown is unknown. Days, weeks, months and years are those of the calendar in the zone of the
journey. What looks at events (`count`, `any`, `sum`, `average`, `min`, `max`, `first`, `last`) is no function: see
[Looking at events](language.md#looking-at-events). `define` makes functions of your own: see
[Names of your own](language.md#names-of-your-own). What a host adds stands in
[embedding.md](embedding.md#functions-of-your-own).
"""


def functions_page() -> str:
    """`docs/functions.md`: the families, each with a list of its functions, and a paragraph for each function."""
    families = {name: [each.signature for each in functions] for name, functions in FAMILIES.items()}
    contents = "\n".join(_contents(name, functions) for name, functions in families.items())
    chapters = "\n".join(_chapter(name, functions) for name, functions in families.items())
    return f"{_HEAD}\n| family | functions |\n|---|---|\n{contents}\n\n{chapters}"


def functions_data() -> list[dict[str, object]]:
    """Every function for other programs, in the order of the page."""
    return [
        {
            "name": each.signature.name,
            "family": family,
            "usage": each.signature.usage,
            "sentence": each.signature.sentence,
            "parameters": [
                {"name": parameter.name, "types": list(dict.fromkeys(str(one) for one in parameter.types))}
                for parameter in each.signature.parameters
            ],
            "variadic": each.signature.variadic,
            "result": str(each.signature.result),
            "example": each.signature.example,
            "gives": each.signature.gives,
        }
        for family, functions in FAMILIES.items()
        for each in functions
    ]


def _contents(family: str, functions: Iterable[Signature]) -> str:
    return f"| [{family}](#{family}) | {', '.join(f'`{each.name}`' for each in functions)} |"


def _chapter(family: str, functions: Iterable[Signature]) -> str:
    return f"## {family.capitalize()}\n\n" + "\n".join(_paragraph(each) for each in functions)


def _paragraph(function: Signature) -> str:
    takes = "; ".join(_argument(each) for each in function.parameters)
    more = " (any number of them)" if function.variadic else ""
    return (
        f"### `{function.usage}`\n\n{function.sentence}\n\n"
        f"Takes {takes}{more}. Gives {_result(function.result)}.\n\n"
        f"```values\n{function.example}  # {function.gives}\n```\n"
    )


def _argument(parameter: Parameter) -> str:
    kinds = dict.fromkeys(_kind(one) for one in parameter.types)
    return f"`{parameter.name}`: {' or '.join(kinds)}"


def _kind(one: Type) -> str:
    if one.kind is Kind.ANY:
        return "anything"
    if one.values:
        return "one of " + ", ".join(f'`"{value}"`' for value in one.values)
    if one.kind is Kind.LIST:
        of = "" if one.item is None or one.item.kind is Kind.ANY else f" of {one.item.kind}"
        return f"a list{of}"
    return f"a {one.kind}"


def _result(result: Type) -> str:
    if result.kind is Kind.ANY:
        return "what it was given"
    return _kind(result) + (", or unknown" if result.optional else "")
