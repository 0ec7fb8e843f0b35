"""What is too large or too deep once it is written out is said to be, in time."""

import time

import pytest

from wend.dsl import ast
from wend.dsl.checker import check
from wend.dsl.checker.context import LARGEST
from wend.dsl.checker.env import Env, Typed
from wend.dsl.checker.expressions import Expressions
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.stdlib import signatures

MANY = 3_000
CONTACT = "contact\n    email text\n    score number\n\n"
SEND = ' send email "a"\n'


def chain(kind: str, head: str, step: str, count: int) -> str:
    """Definitions that each use the one before."""
    lines = [f"{kind} f0{head}", *(f"{kind} f{i}{step.format(i - 1)}" for i in range(1, count))]
    return "\n".join(lines) + "\n"


SCRIPTS = {
    "defines": CONTACT + chain("define", " = score", " = f{0} + 1", MANY) + f"when f{MANY - 1} > 1{SEND}",
    "calls": CONTACT + chain("define", "(x) = x", "(x) = f{0}(x) + 1", MANY) + f"when f{MANY - 1}(score) > 1{SEND}",
    "segments": CONTACT + chain("segment", " = score > 1", " = f{0}", MANY) + f"when f{MANY - 1}{SEND}",
    "a circle of segments": "".join(f"segment s{i} = s{(i + 1) % MANY}\n" for i in range(MANY)) + f"when s0{SEND}",
    "calls in calls": "define f(x) = " + "not " * 100 + "x\n" + f"when {'f(' * 50}a{')' * 50}{SEND}",
    "nots in defines": "".join(f"define f{i} = {'not ' * 100}f{i - 1}\n" for i in range(1, 9))
    + f"define f0 = a\nwhen f8{SEND}",
    "doubling": CONTACT + chain("define", "(x) = x", "(x) = f{0}(x) + f{0}(x)", 40) + f"when f39(score) > 1{SEND}",
    "what is done twice": CONTACT
    + chain("define", "(x) = x", "(x) = f{0}(f{0}(x))", 40)
    + f"when f39(score) > 1{SEND}",
    "doubling names": CONTACT + chain("define", " = score", " = f{0} + f{0}", 40) + f"when f39 > 1{SEND}",
    "doubling fields": "contact\n    email text\n    d0 number\n"
    + "".join(f"    d{i} number? = d{i - 1} + d{i - 1}\n" for i in range(1, 40))
    + f"\nwhen d39 > 1{SEND}",
    "a chain of fields": "contact\n    email text\n    d0 number\n"
    + "".join(f"    d{i} number? = d{i - 1} + 1\n" for i in range(1, MANY))
    + f"\nwhen d{MANY - 1} > 1{SEND}",
    "a circle of fields": "contact\n    email text\n"
    + "".join(f"    d{i} number? = d{(i + 1) % MANY}\n" for i in range(MANY))
    + f"\nwhen d0 > 1{SEND}",
}


RULES = CONTACT + "settings\n    consent email when score > 0\n\n"
BRANCH = "    else if score > 3\n        exit\n"
AT_ONCE = {
    "a condition": CONTACT + f"when {' and '.join(['score > 1'] * 5_000)}{SEND}",
    "a list": CONTACT + f"when score in [{', '.join(map(str, range(10_000)))}]{SEND}",
    "branches": CONTACT + "when score > 1\n    if score > 2\n        exit\n" + BRANCH * 1_000,
}


@pytest.mark.parametrize("script", AT_ONCE.values(), ids=AT_ONCE)
def test_what_is_too_much_as_it_is_written_is_said_to_be(script: str) -> None:
    source = Source("a.journey", script)
    parsed = parse(source)
    assert parsed.ok
    start = time.process_time()
    result = check([(source, parsed.file)], signatures())
    assert [(d.code, d.message.split(":")[0]) for d in result.diagnostics if d.code == "W209"] == [
        ("W209", "this is too large")
    ]
    assert time.process_time() - start < 10


@pytest.mark.parametrize("text", ["journey one\n", "x", " "], ids=["items", "a name", "blanks"])
def test_a_text_that_is_too_long_is_not_read(text: str) -> None:
    start = time.process_time()
    [found] = parse(Source("a.journey", text * (10_000_000 // len(text)))).diagnostics
    assert found.code == "W101"
    assert found.message == "the script goes on beyond 2_000_000 characters, and so much is not read"
    assert time.process_time() - start < 5


JOURNEY = "journey j{0}\n    reenter always\n"
MUCH = {
    "journeys": RULES + "".join(JOURNEY.format(i) + f'    when score = {i} add tag "t"\n' for i in range(1_000)),
    "journeys that send": RULES
    + "".join(
        JOURNEY.format(i) + f"    audience contacts where score = {i}\n    when score = {i}{SEND}" for i in range(300)
    ),
    "journeys that lead to one another": "event e\n    n number\n\n"
    + "".join(JOURNEY.format(i) + f"    on e where n = {i}\n        emit e with n = {i + 1}\n" for i in range(400)),
    "tests": RULES
    + f"journey one\n    reenter always\n    when score > 1{SEND}"
    + "".join(f'test "t{i}" for one\n    at 2026-01-01 expect nothing\n' for i in range(1_000)),
}


@pytest.mark.parametrize("script", MUCH.values(), ids=MUCH)
def test_what_there_is_much_of_is_checked_in_time(script: str) -> None:
    source = Source("a.journey", script)
    parsed = parse(source)
    assert parsed.ok
    start = time.process_time()
    assert check([(source, parsed.file)], signatures()).program is not None
    assert time.process_time() - start < 30


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_what_is_too_much_when_it_is_written_out_is_said_to_be(script: str) -> None:
    source = Source("a.journey", script)
    parsed = parse(source)
    assert parsed.ok
    start = time.process_time()
    result = check([(source, parsed.file)], signatures())
    assert result.program is None
    assert "W209" in {d.code for d in result.diagnostics}
    assert time.process_time() - start < 20


@pytest.mark.parametrize("name", [name for name in SCRIPTS if "doubling" in name or "twice" in name])
def test_what_doubles_is_refused_before_it_is_written_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked, check_one = 0, Expressions._check

    def counting(self: Expressions, node: ast.Expr, env: Env) -> Typed:
        nonlocal checked
        checked += 1
        return check_one(self, node, env)

    monkeypatch.setattr(Expressions, "_check", counting)
    source = Source("a.journey", SCRIPTS[name])
    assert check([(source, parse(source).file)], signatures()).program is None
    assert checked < 12 * LARGEST  # forty that double, written out, would be a million million


HALF = CONTACT + "segment half = " + " or ".join(f"score = {i}" for i in range(500)) + "\n"


def test_an_expression_is_too_large_when_its_segments_are_written_out() -> None:
    source = Source("a.journey", HALF + f"when half and half{SEND}when half and (half or half){SEND}")
    [found] = [d for d in check([(source, parse(source).file)], signatures()).diagnostics if d.code == "W209"]
    assert found.message == "this is too large when every define in it is written out: more than 4_000 values"
    assert source.text[found.span.start : found.span.end] == "half and (half or half)"


def test_a_program_is_too_large_when_its_segments_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wend.dsl.checker.expressions.MOST", 20_000)
    rules = [f'when half and score > {i} send email "a{i}"\n' for i in range(20)]
    source = Source("a.journey", HALF + "".join(rules[:10]))
    assert check([(source, parse(source).file)], signatures()).program is not None
    source = Source("a.journey", HALF + "".join(rules))
    [found] = [d for d in check([(source, parse(source).file)], signatures()).diagnostics if d.code == "W209"]
    assert found.message == "the program is too large when every define is written out: it has more than 20_000 values"
    assert found.place.startswith("a.journey:18:")  # the thirteenth rule: a segment and thirteen of them are too much


def test_a_chain_that_a_person_could_write_is_fine() -> None:
    script = CONTACT + chain("define", " = score", " = f{0} + 1", 50) + f"when f49 > 1{SEND}"
    source = Source("a.journey", script)
    assert check([(source, parse(source).file)], signatures()).program is not None
