import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wend.runtime.functions import FunctionError
from wend.runtime.values import Value
from wend.stdlib import EXAMPLE, FUNCTIONS
from wend.stdlib.declare import LONGEST


def call(name: str, *values: Value) -> object:
    return FUNCTIONS[name].implementation(EXAMPLE, *values)


@pytest.mark.parametrize(
    ("name", "values", "result"),
    [
        ("lower", ("ÉCOLE",), "école"),
        ("upper", ("straße",), "STRASSE"),
        ("capitalize", ("",), ""),
        ("capitalize", ("élodie",), "Élodie"),
        ("capitalize", ("de GAULLE",), "De GAULLE"),
        ("trim", ("\u00a0 a b\n",), "a b"),
        ("replace", ("aaa", "aa", "b"), "ba"),
        ("split", ("", ","), ("",)),
        ("split", ("a,,b", ","), ("a", "", "b")),
        ("join", ((), ", "), ""),
        ("round", (-2.5,), -3),
        ("round", (0.49999999999999994,), 0),
        ("round", (7,), 7),
        ("round", (4503599627370497.5,), 4503599627370498),
        ("floor", (-0.5,), -1),
        ("ceil", (-0.5,), 0),
        ("abs", (-2,), 2),
        ("least", (5,), 5),
        ("greatest", (1, 2.5), 2.5),
        ("least", (dt.date(2026, 2, 1), dt.date(2026, 1, 31)), dt.date(2026, 1, 31)),
        ("length", ("",), 0),
        ("length", ("né",), 2),
        ("length", ((),), 0),
        ("contains", ("web shop", "shop"), True),
        ("contains", ((1, "a"), "b"), False),
        ("contains", ((True,), 1), False),
        ("contains", ((None, "a"), "a"), True),
        ("is_email", ("ana@shop.example",), True),
        ("is_email", ("ana@shop",), False),
        ("is_email", ("Ana <ana@shop.example>",), False),
        ("is_email", ("ana @shop.example",), False),
        ("is_email", ("",), False),
        ("email_domain", ("jörg@MÜNCHEN.de",), "münchen.de"),
    ],
)
def test_what_a_function_gives(name: str, values: tuple[Value, ...], result: Value) -> None:
    found = call(name, *values)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("lower", (5,), "`lower` takes a text as its `text`, not a number"),
        ("lower", (("a",),), "`lower` takes a text as its `text`, not a list"),
        ("round", (True,), "`round` takes a number as its `number`, not a boolean"),
        ("least", (1, "2"), "`least` takes a number or a date or a datetime as its `value`, not a text"),
        ("greatest", (1, dt.date(2026, 1, 1)), "`greatest` compares values of one kind, not a date with a number"),
        ("days_since", ("2026-01-01",), "`days_since` takes a date or a datetime as its `date`, not a text"),
        ("hour", (dt.date(2026, 1, 1),), "`hour` takes a datetime as its `datetime`, not a date"),
        ("length", (3,), "`length` takes a text or a list as its `of`, not a number"),
        ("replace", ("a", "", "b"), "`replace` cannot look for an empty text"),
        ("split", ("a", ""), "`split` cannot split at an empty text"),
        ("join", (("a", 1), ","), "`join` takes a list of text, and there is a number in it"),
        ("join", (("a", None), ","), "`join` takes a list of text, and there is something unknown in it"),
        ("round", (float("inf"),), "the number is too large to be made whole"),
        ("contains", ("a1", 1), "only a text can be contained in a text"),
        ("contains", ((None,), "a"), "a part of the list is unknown"),
        ("email_domain", ("ana",), "`ana` is not an e-mail address"),
    ],
)
def test_what_it_cannot_answer_it_says(name: str, values: tuple[Value, ...], sentence: str) -> None:
    with pytest.raises(FunctionError) as caught:
        call(name, *values)
    assert str(caught.value) == sentence


def test_no_text_grows_without_end() -> None:
    long = "a" * LONGEST
    for name, values in (("replace", (long, "a", "aa")), ("join", ((long, "b"), ""))):
        with pytest.raises(FunctionError, match="more than 1_000_000 characters"):
            call(name, *values)


@given(st.floats(-1e9, 1e9))
def test_whole_numbers_beside_a_number(number: float) -> None:
    below, near, above = call("floor", number), call("round", number), call("ceil", number)
    assert isinstance(below, int)
    assert isinstance(near, int)
    assert isinstance(above, int)
    assert below <= number <= above <= below + 1
    assert near in (below, above)
    assert abs(near - number) <= 0.5
    assert call("round", -number) == -near


@given(st.lists(st.text(alphabet="ab", max_size=3), min_size=1), st.sampled_from(["-", ", "]))
def test_what_is_joined_can_be_split(texts: list[str], separator: str) -> None:
    joined = call("join", tuple(texts), separator)
    assert isinstance(joined, str)
    assert call("split", joined, separator) == tuple(texts)
