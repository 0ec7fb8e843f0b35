"""`wend graph`: the boxes and ways of a journey, with counts that add up."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.support import wend
from tests.laws.harness import rules_of, scripts_of
from tests.strategies.programs import programs
from tests.strategies.scenes import SCENES
from wend.dsl import ast
from wend.graph.diagram import Shape, diagram_of
from wend.graph.mermaid import mermaid

SCRIPT = """\
contact
    email text?
    active boolean?
    agrees boolean
    tags list of text

event visit
    page text

settings
    timezone "Europe/Paris"
    consent email when agrees

journey onboarding "A \\"first\\" <week>"
    reenter never

    when agrees is known
        send email "welcome" as hello
        split half
            variant a 50%
                wait 1 day
            variant b 30%
                wait up to 2 days for visit
                else
                    add tag "quiet"
        repeat up to 2 times every 1 day until active
            send email "again"
        if active
            set tags = tags
        else
            exit

    on visit
        send email "thanks"
"""
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/wend.toml"))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script with 300 contacts beside it, a third without consent, a third active, a third of unknown activity."""
    agrees, active = ("true", "true", "false"), ("true", "false", "")
    rows = [f"c{n},c{n}@x.example,{active[n // 3 % 3]},{agrees[n % 3]}," for n in range(300)]
    (tmp_path / "people.csv").write_text("\n".join(["id,email,active,agrees,tags", *rows]) + "\n")
    visits = [f"c{n},2026-01-02T12:00:00Z,visit,home" for n in range(0, 300, 4)]
    (tmp_path / "visits.csv").write_text("\n".join(["contact,at,name,page", *visits]) + "\n")
    path = tmp_path / "on.journey"
    path.write_text(SCRIPT.replace("set tags = tags", 'add tag "active"'))
    return path


def counted(script: Path, *more: object) -> dict[str, Any]:
    folder = script.parent
    data = ("--contacts", folder / "people.csv", "--events", folder / "visits.csv", "-q")
    period = ("--from", "2026-01-01", "--to", "2026-02-28")
    done = wend("graph", script, *data, *period, "--format", "json", *more)
    assert done.code == 0, done.err
    found: dict[str, Any]
    (found,) = json.loads(done.out)
    return found


def test_as_many_leave_a_box_as_came_to_it(script: Path) -> None:
    found = counted(script)
    assert found["notes"][0] == "300 runs"
    for chart in found["triggers"]:
        came, left = Counter[str](), Counter[str]()
        for edge in chart["edges"]:
            came[edge["to"]] += edge["count"]
            left[edge["from"]] += edge["count"]
        kinds = {node["id"]: node["kind"] for node in chart["nodes"]}
        for box in came:
            if kinds[box] != "end":
                assert came[box] == left[box], box
        assert left[chart["nodes"][0]["id"]] > 0


def test_counts_are_those_of_the_contacts(script: Path) -> None:
    chart, visits = counted(script)["triggers"]
    texts = {node["id"]: node["text"] for node in chart["nodes"]}
    ways = {(texts[e["from"]], e["way"]): e["count"] for e in chart["edges"]}
    assert ways["when agrees is known", ""] == 300
    active = sum(number // 3 % 3 == 0 for number in range(300))
    assert ways["if active", "yes"] == active
    assert ways["if active", "no"] + ways["if active", "unknown"] == 300 - active
    half = {way: count for (text, way), count in ways.items() if text == "split half"}
    assert sum(half.values()) == 300
    assert set(half) == {"a", "b", "rest"}
    assert min(half.values()) > 30
    welcome = next(node for node in chart["nodes"] if node["text"] == 'send email "welcome" as hello')
    assert welcome["notes"] == ["200 sent", "100 not sent: consent"]
    assert visits["edges"][0]["count"] == 75


def test_mermaid_quotes_what_would_be_its_own_signs(script: Path) -> None:
    done = wend("graph", script)
    assert done.code == 0, done.err
    assert done.out.startswith('flowchart TD\n  j["A #quot;first#quot; #lt;week#gt;"]\n')
    assert '-->|"yes"|' in done.out


def test_the_drawing_is_sound_xml_with_every_box(script: Path) -> None:
    out = script.parent / "on.svg"
    done = wend("graph", script, "--format", "svg", "--out", out)
    assert (done.code, done.out) == (0, f"wrote {out}\n"), done.err
    texts = [text for node in ElementTree.parse(out).iter() if (text := (node.text or "").strip())]
    for wanted in ('A "first" <week>', 'send email "welcome" as hello', "split half", "exit", "end of the path"):
        assert wanted in texts


def test_counts_of_a_store(tmp_path: Path) -> None:
    assert wend("init", tmp_path / "shop").code == 0
    assert wend("graph", tmp_path / "shop", "--store").code == 1
    at = ("--once", "--at", "2026-05-10T09:00")
    done = wend("run", tmp_path / "shop", *at, "-q")
    assert done.code == 0, done.err
    done = wend("graph", tmp_path / "shop", "--store", "--format", "json", "--journey", "win_back")
    assert done.code == 0, done.err
    (found,) = json.loads(done.out)
    fired = sum(chart["edges"][0]["count"] for chart in found["triggers"])
    sent = sum(int(note.split()[0]) for c in found["triggers"] for n in c["nodes"] for note in n["notes"][:1])
    assert fired >= sent > 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--journey", "onbording"), 1, "did you mean `onboarding`?"),
        (("--from", "2026-01-01"), 2, "counts come from --store, or from a simulation"),
        (("--contacts", "x.csv"), 2, "belong to a simulation"),
        (("--store",), 1, "the project keeps no store"),
        (("--format", "svg", "--out", "/nowhere/at/all.svg"), 1, "no such file"),
    ],
)
def test_what_cannot_be_drawn_is_told(script: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = wend("graph", script, *arguments)
    assert done.code == code
    assert words in done.err


@pytest.mark.parametrize("project", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_drawn_into_a_folder(project: Path, tmp_path: Path) -> None:
    done = wend("graph", project.parent, "--format", "svg", "--out", tmp_path / "pictures")
    assert done.code == 0, done.err
    for picture in (tmp_path / "pictures").iterdir():
        ElementTree.parse(picture)


@given(st.sampled_from(SCENES).flatmap(programs))
def test_every_way_leads_from_box_to_box(file: ast.File) -> None:
    for journey in rules_of(*scripts_of(file)).program.journeys:
        diagram = diagram_of(journey)
        for chart in diagram.charts:
            boxes = {node.id: node.shape for node in chart.nodes}
            assert len(boxes) == len(chart.nodes)
            assert {edge.source for edge in chart.edges} | {edge.target for edge in chart.edges} <= boxes.keys()
            for edge in chart.edges:
                assert boxes[edge.source] is not Shape.END
        assert mermaid(diagram).count("\n") >= len(diagram.charts)
