"""Functions of a host's own that scripts can call."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

import pytest

import wend

NOW = dt.datetime(2026, 5, 9, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@wend.function
def tier(points: float) -> Literal["gold", "silver"]:
    """The tier of a customer with so many points."""
    return "gold" if points >= 100 else "silver"


@wend.function(name="half")
def halve(whole: int) -> int | None:
    """Half of an even number."""
    return None if whole % 2 else whole // 2


@wend.function
def initials(names: list[str], at_most: int) -> list[str]:
    return [name[0] for name in names][:at_most]


@wend.function
def next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + 32 * DAY).replace(day=1)


def value(text: str, **contact: object) -> wend.Value:
    return wend.evaluate(text, contact, now=NOW, functions=[tier, halve, initials, next_month]).value


def test_a_function_is_called_in_python_as_before() -> None:
    assert (tier(100), halve(4), halve(5)) == ("gold", 2, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('tier(points) = "gold"', True),
        ("tier(unheard_of)", None),
        ("half(4)", 2),
        ("half(5)", None),
        ("half(4.0) + 1", 3),
        ('initials(["Ana", "Ben"], 1)', ("A",)),
        ("next_month(today)", dt.date(2026, 6, 1)),
        ("next_month(today) - 1 day", dt.date(2026, 5, 31)),
    ],
)
def test_scripts_call_it(text: str, found: object) -> None:
    assert value(text, points=120) == found


def test_a_value_holds_as_long_as_what_it_is_made_of() -> None:
    until = wend.evaluate("tier(days_since(d))", {"d": NOW.date()}, now=NOW, functions=[tier]).until
    assert NOW < until <= dt.datetime(2026, 5, 10, tzinfo=dt.UTC)
    assert wend.evaluate("tier(points)", {"points": 1}, now=NOW, functions=[tier]).until == wend.FOREVER


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('tier("ten")', "`tier` needs a number as its `points`"),
        ("tier(1, 2)", "`tier` takes 1 argument, not 2"),
        ('tier(1) = "bronze"', '`"bronze"` is none of the values'),
        ("teir(1)", "there is no function `teir`"),
    ],
)
def test_the_checker_knows_its_types(text: str, said: str) -> None:
    with pytest.raises(wend.ProgramError) as failure:
        value(text)
    assert said in failure.value.diagnostics[0].message


def test_only_the_programs_that_it_is_handed_to_know_it() -> None:
    script = 'when tier(points) = "gold" send email "thanks"'
    program = wend.compile(script, functions=[tier])
    assert [each.sends[0].template for each in program.match({"email": "a@shop.example", "points": 200}, now=NOW)] == [
        "thanks"
    ]
    with pytest.raises(wend.ProgramError):
        wend.compile(script)
    with pytest.raises(wend.ProgramError):
        wend.evaluate("tier(1)", now=NOW)


def test_an_engine_calls_it_for_older_versions_too(tmp_path: object) -> None:
    store = wend.MemoryStore()
    one = 'on request_made\n    wait 1 day\n    if tier(points) = "gold"\n        send email "one"\n'
    people = [{"id": "ana", "email": "a@shop.example", "points": 200}]
    first = wend.Engine(
        wend.compile(f"journey j\n    {one.replace(chr(10), chr(10) + '    ')}", functions=[tier]), store
    )
    first.ingest(people, [{"id": "1", "contact": "ana", "name": "request_made", "at": NOW}], now=NOW)
    first.tick(NOW)
    two = f"journey j\n    {one.replace('one', 'two').replace(chr(10), chr(10) + '    ')}"
    second = wend.Engine(wend.compile(two, functions=[tier]), store)
    assert second.tick(NOW + DAY).effects == {"email": {"one": 1}}  # the path finishes on the version it began on


def _raises(points: float) -> float:
    raise KeyError("nothing there")


def _wrong(points: float) -> float:
    return "many"  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def _nothing(points: float) -> float:
    return None  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def _infinite(points: float) -> float:
    return points / 1e-320


def _strange(points: float) -> Literal["a"]:
    return "b"  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize("call", [_raises, _wrong, _nothing, _infinite, _strange])
def test_what_fails_is_unknown(call: Callable[[float], object]) -> None:
    made = wend.function(name="f")(call)
    assert wend.evaluate("f(1) is unknown", now=NOW, functions=[made]).value is True


def _untyped(points):  # type: ignore[no-untyped-def]
    return points


def _no_result(points: float):  # type: ignore[no-untyped-def]
    return points


def _odd(points: dict[str, int]) -> float:
    return len(points)


def _maybe(points: float | None) -> float:
    return points or 0


def _default(points: float = 1) -> float:
    return points


def _many(*points: float) -> float:
    return sum(points)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (_untyped, "the parameter `points` of `f` has no annotation"),
        (_no_result, "the result of `f` has no annotation"),
        (_odd, "the parameter `points` of `f` is of a type that scripts do not have"),
        (_maybe, "the parameter `points` of `f` may be unknown"),
        (_default, "`f` must take a fixed number of arguments, and `points` is none such"),
        (_many, "`f` must take a fixed number of arguments, and `points` is none such"),
    ],
)
def test_a_function_that_scripts_cannot_call_is_refused(call: Callable[..., object], said: str) -> None:
    with pytest.raises(wend.WendError) as failure:
        wend.function(name="f")(call)
    assert failure.value.message == said


@pytest.mark.parametrize("name", ["count", "today", "Tier", "a b", ""])
def test_a_name_that_scripts_cannot_call_is_refused(name: str) -> None:
    with pytest.raises(wend.WendError, match="cannot be the name of a function"):
        wend.function(name=name)(tier.call) if name else wend.function(lambda x: x)


def test_two_functions_of_one_name_are_refused() -> None:
    made = wend.function(name="length")(tier.call)
    with pytest.raises(wend.WendError, match="there is a function `length` already"):
        wend.compile('when length(tags) > 1 add tag "x"', functions=[made])
    with pytest.raises(wend.WendError, match="there is a function `tier` already"):
        wend.evaluate("1", now=NOW, functions=[tier, tier])


def test_a_plain_function_is_refused() -> None:
    plain: Any = tier.call
    with pytest.raises(wend.WendError, match="`tier` is no function for scripts"):
        wend.evaluate("1", now=NOW, functions=[plain])
