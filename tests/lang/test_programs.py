"""The scripts beside this file: each is read and written back; a comment `# W…` on a line names its mistake."""

import re
from pathlib import Path

import pytest

from wend.dsl import ast
from wend.dsl.diagnostics import render
from wend.dsl.formatter import format_node, format_source
from wend.dsl.parser import parse
from wend.dsl.source import Source

HERE = Path(__file__).parent
SCRIPTS = sorted(HERE.glob("*.journey"))
GOOD = [path for path in SCRIPTS if path.stem != "mistakes"]


def source(path: Path) -> Source:
    return Source(path.name, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_mistakes_are_found_where_they_are_and_nowhere_else(path: Path) -> None:
    script = source(path)
    expected = {
        number: match[1]
        for number, line in enumerate(script.text.splitlines(), 1)
        if (match := re.search(r"# (W\d+)$", line))
    }
    found = parse(script).diagnostics
    assert {script.line_col(d.span.start)[0]: d.code for d in found} == expected, "\n".join(map(render, found))
    assert len(found) == len(expected)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_script_is_written_back(path: Path) -> None:
    script = source(path)
    tree = parse(script).file
    text = format_source(script)
    assert parse(Source("formatted", text)).file == tree
    assert format_source(Source("formatted", text)) == text
    assert re.findall("#.*", text) == re.findall("#.*", script.text)
    assert parse(Source("written", format_node(tree))).file == tree


def test_the_scripts_hold_every_kind_of_node() -> None:
    kinds = {type(node) for path in GOOD for node in ast.descendants(parse(source(path)).file)}
    every = {kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.Node)}
    assert {kind.__name__ for kind in every - kinds} == {"Node"}


def test_every_span_covers_the_text_of_its_node() -> None:
    for path in GOOD:
        script = source(path)
        for node in ast.descendants(parse(script).file):
            text = script.text[node.span.start : node.span.end]
            if not isinstance(node, ast.File) and node != ast.NO_OPTIONS:
                assert text, (path.name, node)
                assert text == text.strip(), (path.name, node)
            for child in ast.children(node):
                if child.span.end:
                    assert node.span.start <= child.span.start <= child.span.end <= node.span.end, (path.name, child)
            if isinstance(node, ast.Name):
                assert text in (node.text, f"`{node.text}`")
