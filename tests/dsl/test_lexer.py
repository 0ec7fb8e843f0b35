import datetime as dt

import pytest

from wend.dsl import ast
from wend.dsl.lexer import lex
from wend.dsl.parser import parse, parse_expression
from wend.dsl.source import Source


def lines(text: str) -> list[str]:
    """The logical lines: depth, then the tokens."""
    lexed = lex(Source("x", text))
    assert lexed.diagnostics == ()
    return [" ".join([str(line.indent), *(token.text for token in line.tokens)]) for line in lexed.lines]


def value(text: str) -> object:
    expr, diagnostics = parse_expression(Source("x", text))
    assert diagnostics == ()
    return expr


def test_line_ends_and_a_mark_at_the_beginning_make_no_difference() -> None:
    plain = parse(Source("x", "when a\n    exit\nwhen b exit\n"))
    for text in (
        "\ufeffwhen a\r\n    exit\r\nwhen b exit",
        "when a\r    exit\rwhen b exit\r",
        "\n\nwhen a\n\n    exit  \n \nwhen b exit",
    ):
        result = parse(Source("x", text))
        assert result.ok
        assert result.file == plain.file


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_right_whatever_ends_the_lines(end: str) -> None:
    script = Source("x", end.join(["\ufeffwhen a exit", "when b $ exit", ""]))
    [diagnostic] = parse(script).diagnostics
    assert diagnostic.place == "x:2:8"
    assert script.line(2) == "when b $ exit"


def test_lines_are_joined_inside_brackets_and_by_a_deeper_and() -> None:
    assert lines("when (a or\nb\n) exit") == ["0 when ( a or b ) exit"]
    assert lines("when a\n  and b\n\n  # why\n  or c\n    exit\n") == ["0 when a and b or c", "4 exit"]
    assert lines("a\nand b") == ["0 a", "0 and b"]
    assert lines("a\n  `and` b") == ["0 a", "2 `and` b"]


def test_tabs_alone_are_indentation() -> None:
    assert lines("a\n\tb\n\t\tc") == ["0 a", "4 b", "8 c"]


def test_comments_are_kept_with_their_places() -> None:
    source = Source("x", 'when a exit # one\n# two\nwhen b = "# no" exit#three')
    found = [(comment.text, comment.own_line, source.line_col(comment.span.start)) for comment in lex(source).comments]
    assert found == [("# one", False, (1, 13)), ("# two", True, (2, 1)), ("#three", False, (3, 21))]


@pytest.mark.parametrize("text", ["", " ", "\n", "\t\n \n", "# only this", "\ufeff", "\r\n\r\n"])
def test_a_text_without_words_is_an_empty_file(text: str) -> None:
    result = parse(Source("x", text))
    assert result.ok
    assert result.file == ast.File(items=())


def test_literals() -> None:
    assert value("10_000") == ast.Number(value=10_000)
    assert value("2.50") == ast.Number(value=2.5)
    assert value("12.5%") == ast.Percent(value=12.5)
    assert value("3   days") == ast.Duration(amount=3, unit=ast.Unit.DAY)
    assert value("1 months") == ast.Duration(amount=1, unit=ast.Unit.MONTH)
    assert value("1.5 hour") == ast.Duration(amount=1.5, unit=ast.Unit.HOUR)
    assert value("2028-02-29") == ast.Date(value=dt.date(2028, 2, 29))
    assert value("2027-03-01 9:30pm") == ast.DateTime(date=dt.date(2027, 3, 1), time=dt.time(21, 30))


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("12am", 0, 0),
        ("12:30am", 0, 30),
        ("1am", 1, 0),
        ("12pm", 12, 0),
        ("11:59pm", 23, 59),
        ("0:00", 0, 0),
        ("09:05", 9, 5),
    ],
)
def test_times_of_day(text: str, hour: int, minute: int) -> None:
    assert value(text) == ast.Clock(value=dt.time(hour, minute))


@pytest.mark.parametrize("text", ["24:00", "13pm", "0am", "12:60", "9:5", "9 am", "9AM", "1:00:00", "99:99"])
def test_times_that_are_none(text: str) -> None:
    _, diagnostics = parse_expression(Source("x", text))
    assert [d.code for d in diagnostics] == ["W105"]


@pytest.mark.parametrize(
    "text", ["2027-02-29", "2027-13-01", "2027-00-10", "0000-01-01", "9999-12-32", "2027-3-1", "1.3.2027", "31/12/2027"]
)
def test_dates_that_are_none(text: str) -> None:
    _, diagnostics = parse_expression(Source("x", text))
    assert [d.code for d in diagnostics] == ["W104"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"a \"b\" \\ \n \t \{"', 'a "b" \\ \n \t {'),
        ('"{{ name | default: "you" }}, hello"', '{{ name | default: "you" }}, hello'),
        ('"a {{ b"', "a {{ b"),
        ('"}} {"', "}} {"),
        ('"# { % \u00a0 \u201c"', "# { % \u00a0 \u201c"),
        ('""', ""),
    ],
)
def test_texts(text: str, expected: str) -> None:
    assert value(text) == ast.Text(value=expected)


def test_names_between_backticks() -> None:
    assert value("`Creation date`.`and`") == ast.Path(parts=(ast.Name(text="Creation date"), ast.Name(text="and")))
    assert value("prénom") == ast.Path(parts=(ast.Name(text="prénom"),))


def test_two_equals_signs_are_one() -> None:
    assert value("a == 1") == value("a = 1")
