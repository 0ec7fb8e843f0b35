"""What is too large or too deep once it is written out is said to be, in time."""

import time

import pytest

from wend.dsl.checker import check
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


def test_a_chain_that_a_person_could_write_is_fine() -> None:
    script = CONTACT + chain("define", " = score", " = f{0} + 1", 50) + f"when f49 > 1{SEND}"
    source = Source("a.journey", script)
    assert check([(source, parse(source).file)], signatures()).program is not None
