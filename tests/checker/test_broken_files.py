"""A file that cannot be read does not keep the others from being checked, and causes no reports about them."""

import random

import pytest

from tests.laws.corpus import corpus
from tests.laws.harness import scripts_of
from wend.dsl.diagnostics import Diagnostic, Severity
from wend.dsl.source import Source, Span
from wend.project.workspace import build

DECLARED = """contact
    email text
    last_purchase date?

event purchase
    amount number

define lapsed(n) = days_since(last_purchase) >= n

segment customers = any(purchase)
"""

JOURNEY = """journey win_back
    audience customers

    when lapsed(120)
        send email "one"
    on purchase
        stop journey other
"""

OTHER = """journey other
    reenter always

    on request
        send email "two"
"""


def told(*texts: str) -> list[tuple[str, str, str]]:
    """What is said, by file."""
    program, found = build([Source(f"{n}.journey", text) for n, text in enumerate(texts)], misuses=())
    errors = [each for each in found if each.severity is Severity.ERROR]
    assert (program is None) == bool(errors)
    return [(each.source.name, each.code, asked(each)) for each in errors]


def asked(each: Diagnostic) -> str:
    return each.source.text[each.span.start : each.span.end]


def test_the_program_is_sound() -> None:
    assert told(DECLARED, JOURNEY, OTHER) == []


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("contact\n", "contact:\n", "W108"),
        ("    email text", "    email text,", "W101"),
        ("event purchase", "event purchase {", "W108"),
        ("segment customers = any(purchase)", "segment customers = any(purchase", "W113"),
        ("segment customers = any(purchase)", "segment customers := any(purchase)", "W108"),
        ("define lapsed(n) =", "define lapsed(n) then", "W101"),
        ("define lapsed(n) =", "define =", "W101"),
        ("segment customers", "segmnt customers", "W122"),
        ("event purchase", "purchase", "W101"),
    ],
)
def test_what_a_broken_file_may_declare_is_not_asked_for(right: str, wrong: str, code: str) -> None:
    assert right in DECLARED
    found = told(DECLARED.replace(right, wrong, 1), JOURNEY, OTHER)
    assert found
    assert {name for name, _, _ in found} == {"0.journey"}, found


def test_mistakes_of_the_other_files_are_told() -> None:
    broken = OTHER.replace("always", "allways")
    wrong = JOURNEY.replace("lapsed(120)", "laps(120)").replace("stop journey other", 'set last_purchase = "x"')
    found = told(DECLARED, wrong, broken)
    assert [(name, code, text) for name, code, text in found if name != "2.journey"] == [
        ("1.journey", "W203", "laps"),
        ("1.journey", "W222", '"x"'),
    ]
    assert any(name == "2.journey" for name, _, _ in found)


def test_only_what_is_missing_is_excused() -> None:
    """A journey that cannot be read declares no field, and no other journey."""
    broken = OTHER.replace("always", "allways")
    wrong = JOURNEY.replace("lapsed(120)", "days_since(last_purchse) > 1").replace("journey other", "journey othr")
    codes = {(code, text) for name, code, text in told(DECLARED, wrong, broken) if name == "1.journey"}
    assert codes == {("W201", "last_purchse"), ("W205", "othr")}


def test_the_file_with_the_mistake_is_told_of_that_alone() -> None:
    """Whatever stands beside it may be part of what could not be read."""
    broken = "journey other\nreenter always\n" + 'when first.sent send email "x"\n'
    assert {name for name, _, _ in told(DECLARED, JOURNEY, broken)} == {"2.journey"}


def test_a_file_of_a_project_that_is_missing_may_declare_anything() -> None:
    source = Source("0.journey", 'use "shared.journey"\n')
    misuse = Diagnostic("W504", "there is no such file", source, source_span(source), None)
    _, found = build([source, Source("1.journey", JOURNEY)], misuses=(misuse,))
    assert [each.code for each in found] == ["W504"]


def source_span(source: Source) -> Span:
    return Span(0, len(source.text))


BREAKS = ("{", ":", "(", ")", '"', "§", "=>", "then", "\t", "  ", "\n", "&&", "`", "=", "1x", "2027-3-1")


def test_no_way_to_break_a_file_causes_reports_about_another() -> None:
    """Generated programs of several files, one of them broken at a random place in a random way."""
    broken = 0
    for number, play in enumerate(corpus(60)):
        scripts = list(scripts_of(play.program))
        chance = random.Random(number)
        for _ in range(6):
            at = chance.randrange(len(scripts))
            text = scripts[at]
            cut = chance.randrange(len(text))
            gone = min(chance.choice((0, 0, 1, 3, 12)), len(text[cut:].partition("\n")[0]))
            tried = [*scripts]
            tried[at] = text[:cut] + chance.choice(BREAKS) + text[cut + gone :]
            sources = [Source(f"{n}.journey", each) for n, each in enumerate(tried)]
            _, found = build(sources, misuses=())
            errors = [each for each in found if each.severity is Severity.ERROR]
            if not any(each.code.startswith("W1") for each in errors):
                continue
            broken += 1
            others = [each for each in errors if each.source.name != f"{at}.journey"]
            assert not others, (others[0].code, others[0].message, tried[at], text[:cut][-60:])
    assert broken > 100
