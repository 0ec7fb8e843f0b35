"""What README and documentation show is parsed, checked, evaluated and run: see `documents.py`."""

import contextlib
import datetime as dt
import io
import re
from itertools import pairwise
from pathlib import Path

import pytest

import wend
from tests.house.documents import (
    KINDS,
    PAGES,
    Block,
    Command,
    agrees,
    blocks,
    commands,
    copy_examples,
    execute,
    lines,
    page_blocks,
)
from tests.house.repository import ROOT
from tests.repl.support import run, typed
from wend.dsl.builtins import BUILTIN_EVENTS
from wend.dsl.diagnostics import Severity, render
from wend.dsl.formatter import format_source
from wend.dsl.source import Source
from wend.project.project import load_project
from wend.project.workspace import build, open_workspace
from wend.runtime.calendar import zone
from wend.runtime.sources import ContactMapping, EventMapping, load_contacts, load_events
from wend.runtime.templates import Templates, TemplateScope
from wend.stdlib import FUNCTIONS

ALL = [block for page in PAGES for block in page_blocks(page)]
LANGUAGE = Path("docs/language.md")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
NAME = "page.journey"
EXAMPLES_NOW = dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC)


def of(kind: str) -> list[Block]:
    return [block for block in ALL if block.kind == kind]


def found_in(text: str) -> list[wend.Diagnostic]:
    return list(build([Source(NAME, text)])[1])


def errors_in(text: str) -> list[wend.Diagnostic]:
    return [each for each in found_in(text) if each.severity is Severity.ERROR]


# ---- scripts ---------------------------------------------------------------------------------------------------------


def test_readme_and_reference_show_the_language() -> None:
    pages = {block.page for block in of("journey")}
    assert {"README.md", LANGUAGE.as_posix()} <= pages


@pytest.mark.parametrize("block", ALL, ids=str)
def test_a_block_is_of_a_kind_that_is_carried_out(block: Block) -> None:
    assert block.kind in KINDS
    if block.kind == "journey":
        assert re.fullmatch(r"journey( bad W\d{3}| in [\w-]+\.journey)?", block.words)


def shown(words: str) -> list[Block]:
    """The scripts whose words begin so, without those of the pages of codes, which tests/explanations looks at."""
    return [each for each in of("journey") if each.words.startswith(words) and each.page != "docs/diagnostics.md"]


@pytest.mark.parametrize("block", [each for each in shown("journey") if each.words == "journey"], ids=str)
def test_scripts_are_right_and_in_order(block: Block) -> None:
    assert [render(each) for each in errors_in(block.text)] == []
    assert format_source(Source(NAME, block.text)) == block.text


@pytest.mark.parametrize("block", shown("journey in "), ids=str)
def test_scripts_in_files_are_right_and_in_order(block: Block, tmp_path: Path) -> None:
    for each in shown("journey in "):
        if each.page == block.page:
            (tmp_path / each.words.split()[-1]).write_text(each.text, encoding="utf-8")
    found = open_workspace(tmp_path / block.words.split()[-1]).errors
    assert [render(each) for each in found] == []
    assert format_source(Source(NAME, block.text)) == block.text


@pytest.mark.parametrize("block", shown("journey bad "), ids=str)
def test_bad_scripts_are_refused_for_what_they_show(block: Block) -> None:
    assert {each.code for each in errors_in(block.text)} == {block.words.split()[-1]}


@pytest.mark.parametrize("block", of("report"), ids=str)
def test_reports_are_what_is_said(block: Block) -> None:
    before = next(first for first, second in pairwise(ALL) if second is block)
    assert before.words.startswith("journey bad")
    said = "\n\n".join(render(each) for each in errors_in(before.text))
    assert agrees(lines(block.text), lines(said)), said


# ---- the reference says all of it ------------------------------------------------------------------------------------


def chapter(title: str) -> str:
    """The text of a chapter of the reference."""
    text = (ROOT / LANGUAGE).read_text(encoding="utf-8")
    return re.split(r"^## ", text.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def test_the_reference_shows_every_function() -> None:
    text = chapter("Functions")
    assert {name for name in FUNCTIONS if f"{name}(" not in text} == set()


def test_the_reference_names_the_shadowed_words() -> None:
    text = (ROOT / "tests" / "dsl" / "shadows.txt").read_text(encoding="utf-8")
    shadowed = {word for line in text.splitlines() if line and line[0] != " " for word in line.split()}
    table = chapter("Names that mean something already").split("| where | these names |")[1].split("```")[0]
    named = {word for row in table.splitlines() if "|" in row for word in re.findall("`([a-z]+)`", row.split("|")[2])}
    assert named == shadowed


def test_the_reference_names_every_built_in_event() -> None:
    text = (ROOT / LANGUAGE).read_text(encoding="utf-8")
    assert {name for name in BUILTIN_EVENTS if f"`{name}`" not in text} == set()


# ---- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in PAGES if any(b.page == page.as_posix() for b in of("values"))])
def test_expressions_have_the_values_shown(page: Path, tmp_path: Path) -> None:
    fields, events = _sample(page, tmp_path)
    for block in (each for each in of("values") if each.page == page.as_posix()):
        for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
            expression, mark, shown = line.partition("  # ")
            assert mark, f"{page}:{number}: no value is shown"
            found, _ = wend.evaluate(expression, fields, now=EXAMPLES_NOW, events=events)
            expected, _ = wend.evaluate(shown, fields, now=EXAMPLES_NOW, events=events)
            assert found == expected, f"{page}:{number}: {expression} is {found}"
            assert type(found) is type(expected) or {type(found), type(expected)} == {int, float}, f"{page}:{number}"


def _sample(page: Path, folder: Path) -> tuple[dict[str, object], list[wend.Event]]:
    """The contact of a page, and its events."""
    texts = {block.words: block.text for block in of("csv") if block.page == page.as_posix()}
    people, happened = folder / "contacts.csv", folder / "events.csv"
    people.write_text(texts.get("csv contacts", "id\nana\n"), encoding="utf-8")
    happened.write_text(texts.get("csv events", "contact,at,name\n"), encoding="utf-8")
    utc = zone("UTC")
    (contact,) = load_contacts([people], ContactMapping(), utc)
    events = load_events([happened], EventMapping(), utc)
    made = [wend.Event(each.id, each.name, each.at, each.payload) for each in events]
    return {"id": contact.id, **contact.fields}, made


# ---- projects, templates, programs, commands -------------------------------------------------------------------------


@pytest.mark.parametrize("block", of("toml"), ids=str)
def test_settings_are_those_of_a_project(block: Block, tmp_path: Path) -> None:
    (tmp_path / "wend.toml").write_text(block.text, encoding="utf-8")
    assert load_project(tmp_path).zone


@pytest.mark.parametrize("block", [*of("html"), *of("txt")], ids=str)
def test_templates_are_right(block: Block) -> None:
    templates = Templates.from_sources({f"page.{block.kind}": block.text})
    scope = TemplateScope(roots=frozenset({"contact", "series", "now", "event", "order", "items"}))
    assert templates.check("page", scope, "email" if block.kind == "html" else "sms") == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_programs_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = [block for block in of("python") if block.page == page.as_posix()]
    if not programs:
        return
    copy_examples(tmp_path)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "page"}
    for block in programs:
        code = compile("\n" * block.line + block.text, str(page), "exec")
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, namespace)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_do_what_is_shown(page: Path, tmp_path: Path) -> None:
    shown = [block for block in ALL if block.page == page.as_posix() and block.kind in ("console", "file")]
    if shown:
        copy_examples(tmp_path)
    for block in shown:
        if block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
            continue
        for command in commands(block):
            check_command(command, tmp_path)


def check_command(command: Command, folder: Path) -> None:
    """A command does what is shown below it."""
    done = execute(command.line, folder)
    printed = lines(done.stdout) + lines(done.stderr)
    what = f"{command.block}: {command.line}\n" + "\n".join(printed)
    assert "Traceback" not in done.stderr, what
    assert done.returncode == command.code, what
    assert not command.shown or agrees(list(command.shown), printed), what


@pytest.mark.parametrize("block", of("repl"), ids=str)
def test_sessions_answer_as_shown(block: Block, tmp_path: Path) -> None:
    copy_examples(tmp_path)
    done = run(f"wend {block.words}", typed(block.text), tmp_path)
    printed = lines(done.stdout) + lines(done.stderr)
    assert agrees(lines(block.text), printed), "\n".join(printed)


def test_the_readme_shows_what_make_demo_runs_and_prints() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    demo = re.search(r"^DEMO = \$\(BIN\)/(.*)$", makefile, re.MULTILINE)
    assert demo is not None
    shown = [command for block in of("console") if block.page == "README.md" for command in commands(block)]
    assert [command.line for command in shown if command.shown][:1] == [demo[1]]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    here = (ROOT / page).parent
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for found in LINK.findall(text):
        if found.startswith(("http", "mailto:")):
            continue
        path, _, anchor = found.partition("#")
        target = here / path if path else ROOT / page
        assert target.exists(), f"{page}: {found}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page}: {found}"


def anchors(text: str) -> set[str]:
    """The names by which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# ---- the machinery ---------------------------------------------------------------------------------------------------


def test_blocks_and_commands_are_found() -> None:
    text = "a\n```journey bad W101\nwhen\n```\n```console\n$ wend fmt x\nok\n\n$ wend check x\nno\n[exit 1]\n```\n"
    bad, console = blocks("p.md", text)
    (file,) = blocks("p.md", "```html file a/b.html\n<p>\n```\n")
    assert (file.kind, file.file, bad.file) == ("file", "a/b.html", None)
    assert (bad.line, bad.words, bad.text) == (2, "journey bad W101", "when\n")
    assert commands(console) == [
        Command(console, "wend fmt x", ("ok",)),
        Command(console, "wend check x", ("no",), 1),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["a"], False),
        (["a", "…", "d"], ["a", "b", "c", "d"], True),
        (["…"], [], True),
        (["a", "…", "d"], ["a", "b", "c"], False),
        (["took … s"], ["took 12 s"], True),
        (["took … s"], ["took 12 h"], False),
        (["a.b"], ["axb"], False),
    ],
)
def test_output_is_compared_with_what_is_shown(shown: list[str], printed: list[str], same: bool) -> None:
    assert agrees(shown, printed) is same
