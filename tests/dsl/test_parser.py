import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import trees
from wend.dsl import ast
from wend.dsl.diagnostics import render
from wend.dsl.formatter import FormatError, format_node, format_source
from wend.dsl.parser import parse, parse_expression
from wend.dsl.source import Source
from wend.grammar.load import tables


def expr(text: str) -> ast.Expr:
    value, diagnostics = parse_expression(Source("x", text))
    assert value is not None, [render(d) for d in diagnostics]
    return value


def name(text: str) -> ast.Path:
    return ast.Path(parts=(ast.Name(text=text),))


a, b, c = name("a"), name("b"), name("c")

# ---- what binds how ----


@pytest.mark.parametrize(
    ("text", "bracketed"),
    [
        ("a or b and c", "a or (b and c)"),
        ("not a and b", "(not a) and b"),
        ("not a = b", "not (a = b)"),
        ("a = b otherwise c", "a = (b otherwise c)"),
        ("a otherwise b + c", "a otherwise (b + c)"),
        ("a otherwise b otherwise c", "(a otherwise b) otherwise c"),
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b / c", "(a / b) / c"),
        ("-a * b", "(-a) * b"),
        ("a - -b", "a - (-b)"),
        ("+a", "a"),
        ("a not in b", "a not in (b)"),
    ],
)
def test_how_operators_bind(text: str, bracketed: str) -> None:
    assert expr(text) == expr(bracketed)


def test_conditions_are_flat_and_brackets_are_kept() -> None:
    assert expr("a and b and c") == ast.And(operands=(a, b, c))
    assert expr("a or b or c") == ast.Or(operands=(a, b, c))
    assert expr("(a and b) and c") == ast.And(operands=(ast.And(operands=(a, b)), c))


def test_aggregates_and_calls() -> None:
    assert expr("count(a)") == ast.Aggregate(function=ast.Name(text="count"), source=a)
    assert expr("max(a, b)") == ast.Call(name=ast.Name(text="max"), args=(a, b))
    assert isinstance(expr("min([1, 2])"), ast.Call)
    assert isinstance(expr("days_since(a)"), ast.Call)
    window = ast.InLast(length=ast.Duration(amount=3, unit=ast.Unit.DAY))
    assert expr("sum(a in last 3 days where b)") == ast.Aggregate(
        function=ast.Name(text="sum"), source=a, window=window, where=b
    )
    assert expr("any(a since entry)") == ast.Aggregate(
        function=ast.Name(text="any"), source=a, window=ast.Since(start=name("entry"))
    )
    assert expr("any(a in `last`)") == ast.Call(
        name=ast.Name(text="any"), args=(ast.Compare(op=ast.CompareOp.IN, left=a, right=name("last")),)
    )


# ---- any text ----


@settings(max_examples=300)
@given(st.text(max_size=80))
def test_any_text_gives_a_result(text: str) -> None:
    check(text)


WORDS = [
    *sorted(tables().keywords),
    *tables().symbols,
    "x",
    "3",
    "3 days",
    '"t"',
    "2027-03-01",
    "9am",
    "10%",
    "<",
    "+",
    "$",
]
lines = st.builds(
    lambda depth, words: "    " * depth + " ".join(words),
    st.integers(0, 3),
    st.lists(st.sampled_from(WORDS), max_size=6),
)


@settings(max_examples=300)
@given(st.lists(lines, max_size=8).map("\n".join))
def test_any_row_of_words_gives_a_result(text: str) -> None:
    check(text)


@settings(max_examples=30)
@given(trees.files.map(format_node), st.data())
def test_a_program_with_a_piece_cut_out_gives_a_result(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    check(text[:start] + text[end:])


def check(text: str) -> None:
    source = Source("x", text)
    result = parse(source)
    for diagnostic in result.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.help
        assert "\n" in render(diagnostic)
    assert parse(source, explain=False).ok == result.ok
    value, diagnostics = parse_expression(source)
    assert (value is None) == bool(diagnostics)
    if result.ok:
        assert parse(Source("y", format_source(source))).file == result.file
    else:
        with pytest.raises(FormatError):
            format_source(source)


# ---- depth and length ----


@pytest.mark.parametrize(
    "text",
    [
        "not " * 100_000 + "a",
        "-" * 100_000 + "a",
        " + ".join(["a"] * 20_000),
        " otherwise ".join(["a"] * 20_000),
        "f(" * 50_000 + "a" + ")" * 50_000,
        "[" * 50_000 + "]" * 50_000,
    ],
    ids=["not", "minus", "sum", "otherwise", "calls", "lists"],
)
def test_what_is_nested_too_deeply_is_said_to_be(text: str) -> None:
    value, diagnostics = parse_expression(Source("x", text))
    assert value is None
    assert [d.code for d in diagnostics] == ["W115"]


def test_blocks_nested_too_deeply() -> None:
    text = "on e\n" + "".join("  " * (i + 1) + "if a\n" for i in range(400)) + "  " * 401 + "exit\n"
    assert [d.code for d in parse(Source("x", text)).diagnostics] == ["W115"]


def test_the_deepest_tree_can_be_compared_hashed_shown_and_written() -> None:
    text = "not " * 118 + "a"
    value = expr(text)
    assert value == expr(text)
    assert hash(value) == hash(expr(text))
    assert repr(value)
    assert format_node(value) == text


def test_a_very_long_condition_is_flat() -> None:
    value = expr(" and ".join(["a"] * 100_000))
    assert isinstance(value, ast.And)
    assert len(value.operands) == 100_000
    assert format_node(ast.And(operands=value.operands[:1000])) == " and ".join(["a"] * 1000)


def test_brackets_alone_may_be_deep() -> None:
    assert expr("(" * 10_000 + "a" + ")" * 10_000) == a


@pytest.mark.parametrize(
    "unit", ["'", "`", '"{{', "\u00ab", "(", ")", "{", "\\", "1_", "1 ", "\u00a0", "if a\n", "    sned x\n", "a and\n"]
)
def test_odd_texts_take_linear_time(unit: str) -> None:
    def seconds(count: int) -> float:
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            parse(Source("x", "when a\n    exit\n" + unit * count))
            best = min(best, time.process_time() - start)
        return best

    assert seconds(1200) < 24 * max(seconds(150), 0.002)


# ---- several mistakes ----


def test_lines_beside_a_mistake_are_read() -> None:
    script = "segment a = 1\nsegment b = = 2\nsegment c = 3\n"
    result = parse(Source("x", script))
    assert [item.name.text for item in result.file.items if isinstance(item, ast.Segment)] == ["a", "c"]
    assert [d.place for d in result.diagnostics] == ["x:2:13"]


def test_a_mistake_in_every_line_is_reported_once() -> None:
    script = "journey j\n    on e\n" + "        sned email\n" * 200
    result = parse(Source("x", script))
    assert [d.place for d in result.diagnostics] == [f"x:{line}:9" for line in range(3, 203)]
