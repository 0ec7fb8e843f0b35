"""Keywords: none is lost from the tree, and each can still be a name."""

import re
from pathlib import Path

import pytest

from wend.dsl import ast
from wend.dsl.completion import next_words
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.grammar.load import RESERVED, tables

KEYWORDS = sorted(tables().keywords)
PROGRAMS = sorted(Path(__file__).parents[1].joinpath("lang").glob("*.journey"))
WORD = re.compile(r"(?<![\w\"`.])[a-z]+(?![\w\"`.])")


def tree(text: str) -> ast.File | None:
    result = parse(Source("x", text), explain=False)
    return result.file if result.ok else None


def pieces() -> list[str]:
    """Small programs that together use every construct: each item of the scripts, journeys cut into their parts."""
    found: dict[str, None] = {}
    for path in PROGRAMS:
        if path.stem in ("mistakes", "forms"):
            continue
        text = re.sub(" *#.*", "", path.read_text(encoding="utf-8"))
        for item in parse(Source("x", text)).file.items:
            if isinstance(item, ast.Journey):
                for part in item.items:
                    lead = "journey j\n    "
                    if isinstance(part, ast.Trigger) and len(part.body) > 3:
                        found |= {
                            f"{lead}on signup\n        {text[step.span.start : step.span.end]}\n": None
                            for step in part.body
                        }
                    else:
                        found[f"{lead}{text[part.span.start : part.span.end]}\n"] = None
            elif isinstance(item, ast.Settings):
                found |= {f"settings\n    {text[s.span.start : s.span.end]}\n": None for s in item.lines}
            elif isinstance(item, ast.TestBlock):
                found |= {f'test "t" for j\n    {text[s.span.start : s.span.end]}\n': None for s in item.lines}
            else:
                found[text[item.span.start : item.span.end] + "\n"] = None
    return list(found)


PIECES = pieces()


def test_the_pieces_use_every_keyword() -> None:
    text = "".join(PIECES)
    used = {word for word in KEYWORDS if re.search(rf"\b{word}\b", text)}
    assert set(KEYWORDS) - used == set()


def test_no_keyword_can_be_swapped_or_dropped_unnoticed() -> None:
    """Two texts that differ in a keyword never have one tree: the tree would have lost the word."""
    lost = []
    tried = 0
    for text in PIECES:
        whole = tree(text)
        assert whole is not None, text
        for match in WORD.finditer(text):
            if match.group() not in KEYWORDS:
                continue
            # a word that is no keyword there is a name or a mistake: two stand for all of those
            for other in sorted({"", "track", "quota", *next_words(text[: match.start()])} - {match.group()}):
                tried += 1
                changed = text[: match.start()] + other + text[match.end() :]
                if tree(changed) == whole:
                    lost.append((match.group(), other, changed))
    assert lost == []
    assert tried > 5000


POSITIONS = {
    "condition": "when {K} = 1\n    exit\n",
    "condition before a step": 'when {K} send email "x"\n',
    "after not": "when not {K} exit\n",
    "after and": "when a and {K} exit\n",
    "on a continued line": "when a\n    and {K}\n    or {K}.x\n    exit\n",
    "argument": "when f({K}) exit\n",
    "function": "when {K}(a, b) > 1 exit\n",
    "where": "when any(x where {K}) exit\n",
    "set": "on e\n    set {K} = {K}\n",
    "field and type": "contact\n    {K} text\n    {K} list of text\n    b text?\n",
    "event": "event {K}\n    b text\n",
    "label": 'journey j\n    on e\n        send email "x" as {K}\n    when {K}.sent and not {K}.{K} exit\n',
    "part of a path": "when contact.{K} is known exit\n",
    "compared": "when {K} is unknown and {K} contains {K} and {K} otherwise {K} > 1 exit\n",
    "dated": "when 3 days after {K} at 9am\n    exit\n",
    "wait up to": "on e\n    wait up to {K} until {K}\n    else\n        exit\n",
    "wait for an event": "on e\n    wait up to 1 day for {K} where {K}\n",
    "if": "on e\n    if {K} exit\n    else if {K} exit\n    else exit\n",
    "split": "on e\n    split {K}\n        variant {K} 50%\n            exit\n",
    "journey": "journey {K}\n    audience {K} where {K}\n    exit when {K}\n    exit on {K}\n    goal on {K}\n"
    "    on e exit\n",
    "channel": 'on e\n    send {K} "x"\n',
    "limited channel": "journey a\n    limit 1 {K} per 3 days else wait\n    on e exit\n",
    "emit": "on e emit {K} with {K} = 1\n",
    "define": "define {K}({K}) = {K}\nsegment {K} = {K}\n",
    "since": "when any(x since {K}) exit\n",
    "aggregate": "when any({K} in last 3 days) exit\n",
    "change": "on change of {K} exit\n",
    "tag": "on e add tag {K}\n",
    "track": "journey a\n    track {K}, {K}\n    on e exit\n",
    "arithmetic": "when {K} - 3 days < {K} + 1 * -{K} exit\n",
    "list": "when x in [{K}, {K}] exit\n",
    "test": 'test "x" for {K}\n    given {K} = {K}, a = 1\n    force {K} = {K}\n    at 2027-01-01 9am set {K} = {K}\n',
}
# Where a keyword wins, and which: the parser reads it as a keyword, or the text is no program.
WINS = {
    "condition": {"in"},
    "condition before a step": {"in"},
    "after not": {"in"},
    "after and": {"in"},
    "on a continued line": {"in"},
    "argument": {"in"},
    "function": {"in"},
    "where": {"in"},
    "set": {"in"},
    "label": {"in"},
    "compared": {"in"},
    "wait up to": {"in"},
    "wait for an event": {"in"},
    "if": {"in"},
    "journey": {"in"},
    "define": {"in"},
    "tag": {"in"},
    "arithmetic": {"in"},
    "list": {"in"},
    "test": {"in", "event"},  # `given event purchase …`
    "aggregate": {"in"},
    "limited channel": {"day", "month", "week", "year"},  # `1 day` is a length of time
}


@pytest.mark.parametrize("position", sorted(POSITIONS))
def test_keywords_are_names_where_a_name_stands(position: str) -> None:
    text = POSITIONS[position]
    refused = {word for word in KEYWORDS if word not in RESERVED and tree(text.replace("{K}", word)) is None}
    assert refused == WINS.get(position, set())


@pytest.mark.parametrize("position", sorted(POSITIONS))
def test_between_backticks_every_word_is_a_name(position: str) -> None:
    text = POSITIONS[position]
    assert [word for word in KEYWORDS if tree(text.replace("{K}", f"`{word}`")) is None] == []
