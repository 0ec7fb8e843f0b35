import re

import pytest

from wend.dsl.types import Kind
from wend.stdlib import FAMILIES, FUNCTIONS, signatures

NAMED = {
    "days_since",
    "days_until",
    "hours_since",
    "hours_until",
    "weeks_since",
    "weeks_until",
    "months_since",
    "months_until",
    "years_since",
    "years_until",
    "start_of",
    "end_of",
    "weekday",
    "day",
    "month",
    "year",
    "hour",
    "age",
    "next_anniversary",
    "lower",
    "upper",
    "trim",
    "length",
    "replace",
    "split",
    "join",
    "capitalize",
    "round",
    "floor",
    "ceil",
    "abs",
    "least",
    "greatest",
    "contains",
    "email_domain",
    "is_email",
}


def test_the_library_has_every_function_of_the_design() -> None:
    assert set(FUNCTIONS) >= NAMED


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_declaration_is_whole(name: str) -> None:
    signature = FUNCTIONS[name].signature
    assert signature.name == name
    assert FUNCTIONS[name] in FAMILIES[signature.family]
    assert re.fullmatch(r"[A-Z].*\.", signature.sentence)
    assert signature.example.startswith(f"{name}(")
    assert signature.gives
    assert len({parameter.name for parameter in signature.parameters}) == len(signature.parameters) > 0
    for parameter in signature.parameters:
        assert not any(one.optional for one in parameter.types)
        if parameter.alternatives:
            assert parameter.type.kind is Kind.ANY


def test_signatures_are_those_of_the_functions() -> None:
    assert signatures() == {name: function.signature for name, function in FUNCTIONS.items()}
