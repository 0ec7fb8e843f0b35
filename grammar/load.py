"""From `wend.lark` to the tables of an LALR(1) parser.

Lark reads the grammar and computes the tables; they are kept as plain numbers, so that they can be read back
from the user's cache (a JSON file, never executable) without importing Lark: 10 ms instead of half a second.
The cache is a convenience only: whatever goes wrong with it, the tables are computed.
"""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from attrs import frozen

FORMAT = 3
STARTS = ("item", "only_expr")
RESERVED = frozenset({"and", "or", "not", "true", "false"})


@frozen
class Rule:
    """A rule of the grammar as the parser's loop needs it.

    Args:
        name: the alias, or the rule's own name; what the tree builder goes by.
        origin: the nonterminal that it makes.
        size: how many symbols it takes from the stack.
        take: the children to keep: a position, `-1 - position` for one whose own children are spliced in,
            None for an optional part that is absent.
        splice: its children are spliced into the rule above.
        collapse: a single child stands for the whole.
    """

    name: str
    origin: str
    size: int
    take: tuple[int | None, ...]
    splice: bool
    collapse: bool


@frozen
class Tables:
    """An LALR(1) parser as data.

    Args:
        states: for each state what a terminal or nonterminal does: a state to go to, or `-1 - rule`.
        rules: what reductions make.
        starts: the first state for each start symbol.
        accepts: the state that ends the parse for each start symbol.
        keywords: the terminal of each soft keyword and reserved word.
        symbols: the terminal of each punctuation mark.
    """

    states: tuple[dict[str, int], ...]
    rules: tuple[Rule, ...]
    starts: dict[str, int]
    accepts: dict[str, int]
    keywords: dict[str, str]
    symbols: dict[str, str]


def grammar_text() -> str:
    """The grammar as text."""
    return files("wend.grammar").joinpath("wend.lark").read_text(encoding="utf-8")


@cache
def tables() -> Tables:
    """The tables of the grammar: from the user's cache if they are there, else computed and put there."""
    text = grammar_text()
    path = _cache_path(text)
    if path is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return _from_json(json.loads(path.read_bytes()))
    made = build_tables(text)
    if path is not None:
        with suppress(OSError, ValueError):
            _save(path, json.dumps(_to_json(made), separators=(",", ":")).encode())
    return made


def build_tables(text: str, strict: bool = False) -> Tables:
    """Have Lark compute the tables of a grammar.

    Args:
        text: the grammar.
        strict: refuse a grammar that has any conflict.

    Raises:
        lark.exceptions.GrammarError: if the grammar is none, or has conflicts.
    """
    lark = _lark(text, strict)
    table = lark.parser.parser._parse_table  # Lark offers no public way to its tables
    numbers = {state: i for i, state in enumerate(table.states)}
    rule_list = list(lark.rules)
    rule_numbers = {id(rule): i for i, rule in enumerate(rule_list)}
    by_value = {rule: i for i, rule in enumerate(rule_list)}
    states = []
    for actions in table.states.values():
        row = {}
        for symbol, (action, arg) in actions.items():
            if str(action) == "Shift":
                row[symbol] = numbers[arg]
            else:
                row[symbol] = -1 - rule_numbers.get(id(arg), by_value[arg])
        states.append(row)
    literals = {t.pattern.value: t.name for t in lark.terminals if t.pattern.type == "str"}
    return Tables(
        states=tuple(states),
        rules=tuple(_rule(rule) for rule in rule_list),
        starts={name: numbers[state] for name, state in table.start_states.items()},
        accepts={name: numbers[state] for name, state in table.end_states.items()},
        keywords={word: name for word, name in literals.items() if word.isalpha()},
        symbols={word: name for word, name in literals.items() if not word.isalpha()},
    )


def _lark(text: str, strict: bool) -> Any:
    from lark import Lark
    from lark.lexer import Lexer

    class NoLexer(Lexer):
        """Tokens come from our own lexer; Lark is asked for its tables only."""

        __future_interface__ = 2

        def __init__(self, conf: object) -> None:
            pass

        def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
            return iter(())

    return Lark(
        text, parser="lalr", lexer=NoLexer, maybe_placeholders=True, start=list(STARTS), strict=strict, regex=False
    )


def _rule(rule: Any) -> Rule:
    """A rule of Lark's, with its children chosen as Lark would choose them."""
    options = rule.options
    gaps = [0] * (len(rule.expansion) + 1)
    if options.empty_indices:
        gaps = [len(ones) for ones in "".join(str(int(e)) for e in options.empty_indices).split("0")]
    take: list[int | None] = []
    for i, symbol in enumerate(rule.expansion):
        take += [None] * gaps[i]
        if symbol.is_term and symbol.filter_out and not options.keep_all_tokens:
            continue
        take.append(-1 - i if not symbol.is_term and symbol.name.startswith("_") else i)
    take += [None] * gaps[-1]
    return Rule(
        name=str(rule.alias or rule.origin.name),
        origin=str(rule.origin.name),
        size=len(rule.expansion),
        take=tuple(take),
        splice=rule.origin.name.startswith("_"),
        collapse=bool(options.expand1 and not rule.alias),
    )


def _to_json(tables: Tables) -> dict[str, Any]:
    rules = [[r.name, r.origin, r.size, r.take, r.splice, r.collapse] for r in tables.rules]
    return {
        "states": tables.states,
        "rules": rules,
        "starts": tables.starts,
        "accepts": tables.accepts,
        "keywords": tables.keywords,
        "symbols": tables.symbols,
    }


def _from_json(data: dict[str, Any]) -> Tables:
    return Tables(
        states=tuple(data["states"]),
        rules=tuple(Rule(n, o, size, tuple(take), s, c) for n, o, size, take, s, c in data["rules"]),
        starts=data["starts"],
        accepts=data["accepts"],
        keywords=data["keywords"],
        symbols=data["symbols"],
    )


def _cache_path(text: str) -> Path | None:
    """Where the tables of this grammar are kept, or None where the user has no place for such things."""
    try:
        if base := os.environ.get("XDG_CACHE_HOME"):
            folder = Path(base)
        elif sys.platform == "win32":
            folder = Path(os.environ["LOCALAPPDATA"])
        elif sys.platform == "darwin":
            folder = Path.home() / "Library" / "Caches"
        else:
            folder = Path.home() / ".cache"
    except (KeyError, RuntimeError):
        return None
    digest = hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()[:16]
    return folder / "wend" / f"grammar-{digest}.json" if folder.is_absolute() else None


def _save(path: Path, data: bytes) -> None:
    """Write the file in one move, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
