"""The pages that explain the codes: why something is reported, an example of it, and how it is right.

A page is `pages/CODE.md`: a paragraph or two, then a chapter `Bad` and a chapter `Good`, each with one or more fenced
files. After the kind of a fence stands the file's name where an example has several. Titles stand with the codes.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from textwrap import indent

from attrs import frozen

from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.reference.codes import CODES

LONE = "page.journey"
"""The name of an example that is a single script."""

SHAPE = re.compile(r"[Ww]\d{3}")
"""What a code looks like."""

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@frozen
class Explanation:
    """The page of a code.

    Args:
        why: a paragraph or more of plain Markdown.
        bad: the files of an example that is met with the code, by name; a single script is `page.journey`.
        good: the same as it is right.
    """

    code: str
    title: str
    why: str
    bad: Mapping[str, str]
    good: Mapping[str, str]


def explanation(code: str) -> Explanation:
    """The page of a code, in whatever case it is written. Raises WendError where there is no such code."""
    known = code.upper()
    if known not in CODES:
        near = nearest(known, CODES)
        raise WendError(f"there is no code `{code}`", f"did you mean `{near}`?" if near else "codes look like `W201`")
    page = (files("wend.reference") / "pages" / f"{known}.md").read_text(encoding="utf-8")
    why, _, examples = page.partition("\n## Bad\n")
    bad, _, good = examples.partition("\n## Good\n")
    return Explanation(known, CODES[known], why.strip(), _files(bad), _files(good))


def _files(text: str) -> dict[str, str]:
    return {name or LONE: inside for _, name, inside in _FENCE.findall(text)}


def as_text(page: Explanation) -> str:
    """A page for the terminal."""
    parts = [f"{page.code}: {page.title}", page.why]
    for words, example in (("reported", page.bad), ("right", page.good)):
        parts.append(f"{words}:")
        for name, text in example.items():
            parts += [] if len(example) == 1 else [f"  {name}"]
            parts.append(indent(text.rstrip("\n"), "    "))
    return "\n\n".join(parts) + "\n"


def as_data(page: Explanation) -> dict[str, object]:
    """A page for other programs."""
    return {
        "code": page.code,
        "title": page.title,
        "why": " ".join(page.why.split()),
        "bad": dict(page.bad),
        "good": dict(page.good),
    }


_HEAD = """\
# What Wend reports

Every report has a code. `wend explain CODE` prints its page; here are all of them, in order. Codes from W400 on are
warnings where they concern scripts: a program with warnings runs.

<!-- Written by `wend docs diagnostics` from `wend/reference/pages/`. -->
"""


def as_markdown() -> str:
    """All pages, as `docs/diagnostics.md` holds them."""
    parts = [_HEAD]
    for page in map(explanation, sorted(CODES)):
        parts.append(f"## {page.code}: {page.title}\n\n{page.why}\n")
        mark = f" bad {page.code}" if list(page.bad) == [LONE] else ""
        parts += _fences(page.bad, mark)
        parts.append("Right:\n")
        parts += _fences(page.good)
    return "\n".join(parts)


def _fences(example: Mapping[str, str], mark: str = "") -> list[str]:
    return [_fence(name, text, mark, alone=len(example) == 1) for name, text in example.items()]


def _fence(name: str, text: str, mark: str, alone: bool) -> str:
    lead = "" if alone else f"`{name}`:\n\n"
    return f"{lead}```{name.rpartition('.')[2]}{mark}\n{text}```\n"
