import datetime as dt
from pathlib import Path

import pytest
from pygments.token import Comment, Keyword, Name, Number, String

from tests.repl.test_answers import SCRIPT
from wend.repl.completing import complete
from wend.repl.highlighting import WendLexer
from wend.repl.opening import open_session
from wend.repl.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    path = tmp_path / "shop.journey"
    path.write_text(SCRIPT + "\nsegment often = visits > 3\n", encoding="utf-8")
    return open_session(path, None, (), dt.datetime(2026, 5, 10, 9))[0]


@pytest.mark.parametrize(
    ("typed", "some", "none"),
    [
        ("", {"journey", "when", "visits", "often", "days_since(", "count("}, {"reenter", "purchase"}),
        ("vis", {"visits"}, {"plan"}),
        ("visits ", {"is", "and", "in"}, {"journey", "days_since("}),
        ("plan = ", {'"free"', '"paid"'}, {"visits"}),
        ('plan in ["fr', {'"free"'}, {'"paid"'}),
        ("count(", {"purchase", "tag_added"}, {"visits"}),
        ("sum(purchase.", {"amount", "at"}, {"visits"}),
        ("journey x\n    reenter ", {"never", "always", "after"}, {"visits"}),
        ("journey x\n    on ", {"purchase", "entry"}, {"visits"}),
        ("journey x\n    on purchase\n        send ", {"email", "sms"}, {"visits"}),
        ("journey x\n    audience ", {"contacts", "often"}, set()),
        ("when visits # ", set(), {"visits", "and"}),
        (":ad", {"advance"}, {"tick"}),
        (":count ", {"visits", "often", "not"}, {"journey"}),
        (":contact ", {"ana", "zoe", "plan"} - {"zoe"}, {"tick"}),
        (":event pur", {"purchase"}, {"visits"}),
        (":event purchase am", {"amount"}, {"visits"}),
        (":whynot th", {"thanks", "three"}, {"again"}),
        (":help days", {"days_since", "days_until"}, {"age"}),
    ],
)
def test_what_could_be_typed_next(session: Session, typed: str, some: set[str], none: set[str]) -> None:
    found = {each.text for each in complete(session, typed)}
    assert some <= found, found
    assert not none & found


def test_a_function_is_offered_with_what_it_gives(session: Session) -> None:
    (found,) = (each for each in complete(session, "visits > days_s") if each.text == "days_since(")
    assert (found.replaces, found.about) == (6, "The days from a date to today; negative for a date that is to come.")


def test_words_are_keywords_where_the_parser_takes_them_for_some() -> None:
    text = 'when email = "a" and age(born) >= 3\n    send email "x"  # so\n'
    kinds = {(value, kind) for _, kind, value in WendLexer().get_tokens_unprocessed(text)}
    assert {("when", Keyword), ("and", Keyword), ("send", Keyword), ("email", Name)} <= kinds
    assert {('"x"', String), ("3", Number), ("# so", Comment), ("age", Name.Function), ("born", Name)} <= kinds


@pytest.mark.parametrize(
    "text", ["", "when", ":count a = 1", "é ` (", "a\n  b\n c", "\t:x", 'when "', "journey x\n    on y"]
)
def test_every_character_is_coloured_once(text: str) -> None:
    pieces = list(WendLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in pieces) == text
    assert [at for at, _, _ in pieces] == [sum(len(v) for _, _, v in pieces[:n]) for n in range(len(pieces))]
