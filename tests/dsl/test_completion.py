import pytest

from wend.dsl.completion import next_words, wants_more


@pytest.mark.parametrize(
    "text",
    [
        "when (a or",
        "when vip",
        "when vip\n",
        "journey x",
        "journey x\n    on signup",
        "when vip\n    exit",
        "when vip\n    if a\n        exit",
        "contact\n    name text",
    ],
)
def test_a_text_that_goes_on(text: str) -> None:
    assert wants_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "when vip exit",
        "segment x = 1",
        "when vip\n    exit\n\n",
        "when )",
        "whn x",
        'when "a',
        "define x = =",
    ],
)
def test_a_text_that_does_not(text: str) -> None:
    assert not wants_more(text)


def test_words_that_could_come_next() -> None:
    assert next_words("journey x\n    reenter ") == ("after", "always", "never")
    assert next_words("when vip\n    wait up ") == ("to",)
    assert {"send", "exit", "for", "and"} <= set(next_words("when vip "))
    assert "journey" in next_words("")
    assert "journey" in next_words("when vip exit\n")
    assert next_words("when ) ") == ()


def test_nothing_follows_inside_a_comment() -> None:
    assert next_words("when vip # ") == ()
    assert next_words("# a") == ()
