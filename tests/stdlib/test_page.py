"""`docs/functions.md` is what the declarations say."""

from tests.cli.support import wend
from tests.house.repository import ROOT
from wend.dsl.completion import next_functions
from wend.reference.functions import functions_page
from wend.stdlib import FUNCTIONS, signatures

PAGE = ROOT / "docs" / "functions.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == functions_page(), "run `wend docs functions > docs/functions.md`"


def test_the_command_prints_it() -> None:
    assert wend("docs", "functions").out == functions_page()


def test_every_function_is_told_with_its_arguments() -> None:
    page = functions_page()
    for name, each in signatures().items():
        assert f"### `{each.usage}`\n\n{each.sentence}\n" in page
        for parameter in each.parameters:
            assert f"`{parameter.name}`: " in page, name
    assert "### `replace(text, old, new)`" in page
    assert "### `least(value, ...)`" in page
    assert (
        'Takes `date`: a date or a datetime; `unit`: one of `"day"`, `"week"`, `"month"`, `"year"`. Gives a date.'
        in page
    )
    assert "Gives a text, or unknown." in page


def test_completion_knows_functions_with_their_sentences() -> None:
    found = {each.name: each.sentence for each in next_functions("when ", signatures())}
    assert list(found) == sorted(FUNCTIONS)
    assert found["days_since"] == "The days from a date to today; negative for a date that is to come."
    for text in (
        "journey x\n    audience contacts where ",
        "when a = 1 and ",
        "when length(",
        "when vip set x = ",
        "segment x =",
    ):
        assert next_functions(text, signatures()), text
    for text in (
        "",
        "when vip ",
        "journey ",
        "define ",
        "when ) ",
        "when vip # ",
        "journey x\n    reenter ",
        "segment ",
    ):
        assert next_functions(text, signatures()) == (), text
