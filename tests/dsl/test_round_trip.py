from hypothesis import given, settings

from tests.strategies import trees
from wend.dsl import ast
from wend.dsl.diagnostics import render
from wend.dsl.formatter import format_node, format_source
from wend.dsl.parser import parse, parse_expression
from wend.dsl.source import Source


def read(text: str) -> ast.File:
    result = parse(Source("x.journey", text))
    assert result.ok, text + "\n" + "\n".join(render(d) for d in result.diagnostics)
    return result.file


@settings(max_examples=120)
@given(trees.files)
def test_a_written_tree_is_read_back_as_it_was(file: ast.File) -> None:
    text = format_node(file)
    assert read(text) == file
    assert format_node(read(text)) == text


@settings(max_examples=80)
@given(trees.files)
def test_formatting_what_is_formatted_changes_nothing(file: ast.File) -> None:
    text = format_source(Source("x.journey", format_node(file)))
    assert read(text) == file
    assert format_source(Source("x.journey", text)) == text


@settings(max_examples=300)
@given(trees.exprs)
def test_an_expression_by_itself_is_read_back_as_it_was(expr: ast.Expr) -> None:
    text = format_node(expr)
    value, diagnostics = parse_expression(Source("x", text))
    assert (value, diagnostics) == (expr, ()), text
