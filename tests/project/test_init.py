from pathlib import Path

import pytest

from tests.cli.support import wend
from wend.dsl.checker import check
from wend.dsl.diagnostics import render
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.project.config import ProjectError
from wend.project.init import init_project
from wend.project.project import load_project
from wend.runtime.templates import TemplateScope, load_templates
from wend.stdlib import signatures


def test_the_project_that_init_writes_can_be_loaded_with_its_data(tmp_path: Path) -> None:
    written = init_project(tmp_path / "new" / "shop")
    assert [p.relative_to(tmp_path / "new" / "shop").as_posix() for p in written] == [
        "README.md",
        "data/contacts.csv",
        "data/events.csv",
        "journeys/winback.journey",
        "templates/winback-1.html",
        "templates/winback-2.html",
        "templates/winback-3.html",
        "wend.toml",
    ]
    project = load_project(tmp_path / "new" / "shop")
    assert [p.name for p in project.scripts()] == ["winback.journey"]
    assert project.contacts is not None
    contacts = project.contacts.load(project.zone, {"email": "text", "name": "text?", "consent_email": "boolean"})
    assert len(contacts) == 12
    types = {"purchase": {"amount": "number", "channel": '"web" | "shop"'}}
    (events,) = [s.load(project.zone, types, {c.id for c in contacts}) for s in project.events]
    assert len(events) == 16


def test_an_empty_folder_is_taken_and_a_full_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert init_project(tmp_path / "empty")
    with pytest.raises(ProjectError) as caught:
        init_project(tmp_path / "empty")
    assert caught.value.message == "there is something in the folder already"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(ProjectError):
        init_project(tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]
    with pytest.raises(ProjectError, match="there is a file of that name"):
        init_project(tmp_path / "full" / "mine.txt")


def test_its_script_and_templates_have_no_fault(tmp_path: Path) -> None:
    init_project(tmp_path)
    project = load_project(tmp_path)
    (script,) = project.scripts()
    source = Source(script.name, script.read_text(encoding="utf-8"))
    parsed = parse(source)
    assert parsed.ok
    checked = check([(source, parsed.file)], signatures())
    assert [render(d) for d in checked.diagnostics] == []
    assert project.templates_dir is not None
    templates = load_templates(project.templates_dir)
    scope = TemplateScope(contact_fields=frozenset({"email", "name", "consent_email", "last_purchase"}))
    for number in (1, 2, 3):
        assert list(templates.check(f"winback-{number}", scope)) == []


def test_its_tests_pass_and_see_all_that_its_journey_does(tmp_path: Path) -> None:
    init_project(tmp_path)
    done = wend("test", tmp_path, "--coverage", "--fail-under", "100")
    assert done.code == 0, done.out
    assert "3 tests passed, 0 failed" in done.out
