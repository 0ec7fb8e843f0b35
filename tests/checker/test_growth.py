"""A script of twice the size is twice the work to check: calls are counted, since no clock tells that surely."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from wend.dsl.bounds.tell import table
from wend.dsl.checker import check
from wend.dsl.formatter import format_source
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.stdlib import signatures

HEAD = """\
contact
    email         text
    score         number
    consent_email boolean
    last_purchase date? = last(purchase.at)

event purchase
    amount number

event ping
    number number

settings
    consent email when consent_email
    limit 2 email per 7 days

"""


def many(part: str, count: int, around: str = "", end: str = "") -> str:
    """A script with a part so many times: `@` in it is its number, `^` the number before."""
    parts = (part.replace("@", str(n)).replace("^", str(n - 1)) for n in range(1, count + 1))
    return HEAD + around + "".join(parts) + end


JOURNEY = "journey j@\n    reenter always\n"
ONE = "journey one\n    reenter always\n"
SCRIPTS: dict[str, tuple[Callable[[int], str], int]] = {
    "journeys": (
        lambda n: many(
            JOURNEY.replace("@", "@\n    audience contacts where any(purchase)\n    exit when score < 3", 1)
            + '    when days_since(last_purchase) >= 12@\n        send email "a@"\n',
            n,
        ),
        30,
    ),
    "rungs of one journey": (
        lambda n: many('    when days_since(last_purchase) >= 1@\n        send email "a@"\n', n, ONE),
        100,
    ),
    "rungs of many journeys": (
        lambda n: many(
            JOURNEY + "".join(f'    when days_since(last_purchase) >= {i}\n        send email "a"\n' for i in range(9)),
            n,
        ),
        10,
    ),
    "messages that wait for one another": (
        lambda n: many(
            '    when m@.sent\n        send email "a" as m^\n',
            n,
            ONE,
            f'    on purchase\n        send email "a" as m{n}\n',
        ),
        100,
    ),
    "a long body": (
        lambda n: many('        wait 1 day\n        send email "a@"\n', n, f"{ONE}    on purchase\n"),
        120,
    ),
    "a long body of branches": (
        lambda n: many(
            '        wait 3 days\n        if score > @\n            send email "a@" as m@\n'
            '        else if m@.sent\n            add tag "t@"\n',
            n,
            f"{ONE}    on purchase\n",
        ),
        40,
    ),
    "segments": (
        lambda n: many('segment s@ = score > @ and any(purchase)\nwhen s@ send email "a@"\n', n),
        30,
    ),
    "tests": (
        lambda n: many(
            'test "t@" for one\n    given score = 2\n    at 2026-01-01 expect nothing\n',
            n,
            f'{ONE}    when score > 1\n        send email "a"\n',
        ),
        40,
    ),
}


def calls(work: Callable[[], object]) -> int:
    """How many functions are called."""
    count = 0

    def called(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def everything(text: str) -> None:
    """What `wend check --messages` and `wend fmt` do."""
    source = Source("a.journey", text)
    parsed = parse(source)
    made = check([(source, parsed.file)], signatures()).program
    assert made is not None
    table(made)
    format_source(source)


@pytest.mark.parametrize("name", SCRIPTS)
def test_twice_the_script_is_no_more_than_twice_the_work(name: str) -> None:
    script, size = SCRIPTS[name]
    everything(script(2))  # what is made once
    once, twice = (calls(partial(everything, script(count))) for count in (size, 2 * size))
    assert twice < 2.35 * once
