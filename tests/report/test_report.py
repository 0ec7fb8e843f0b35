"""`wend simulate --report`: the page holds what the simulation counted, and stands by itself."""

import builtins
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from tests.cli.support import wend

SCRIPT = """\
contact
    email text?
    plan "free" | "trial"
    active boolean
    agrees boolean
    tags list of text

settings
    timezone "Europe/Paris"
    consent email when agrees
    limit 1 email per 1 day

journey onboarding "Welcome </script><b>them</b>"
    reenter never

    when plan = "trial"
        send email "welcome"
        send email "second"
        wait 2 days
        if active
            add tag "onboarded"
        else
            send email "reminder"
            exit
"""
CONTACTS = """\
id,email,plan,active,agrees,tags
a,a@x.example,trial,true,true,
b,b@x.example,trial,false,true,
c,c@x.example,trial,false,false,
d,d@x.example,free,false,true,
e,e@x.example,free,false,true,
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of three trials and two who never begin."""
    tmp_path = tmp_path_factory.mktemp("report")
    (tmp_path / "on.journey").write_text(SCRIPT)
    (tmp_path / "people.csv").write_text(CONTACTS)
    report = tmp_path / "report.html"
    period = ("--from", "2026-01-01", "--to", "2026-01-31", "--report", report)
    done = wend("simulate", tmp_path / "on.journey", "--contacts", tmp_path / "people.csv", *period)
    assert done.code == 0, done.err
    return report.read_text(encoding="utf-8")


def charts(page: str) -> dict[str, dict[str, Any]]:
    found = re.search(r"^const charts = (.*);$", page, re.MULTILINE)
    assert found is not None
    charts: dict[str, dict[str, Any]] = json.loads(found[1])
    return charts


def test_each_chart_has_its_place_and_can_be_drawn(page: str) -> None:
    drawn = charts(page)
    assert list(drawn) == ["per-day", "per-contact", "hours", "funnel-0"]
    for name, spec in drawn.items():
        assert f'id="{name}"' in page
        assert vl_convert.vegalite_to_svg({**spec, "width": 400}).startswith("<svg")


def test_the_page_asks_nothing_of_a_network(page: str) -> None:
    before_scripts = page.partition("<script>")[0]
    assert not re.search(r"(?:src|href|url)\s*[=(]", before_scripts)
    assert page.count("<script>") == page.count("</script>") == 2


def test_names_of_the_script_are_only_text(page: str) -> None:
    assert "<b>them" not in page
    assert "Welcome </script><b>them</b>" in unescape(page)


def test_messages_are_counted_by_day_hour_and_contact(page: str) -> None:
    drawn = charts(page)
    assert drawn["per-day"]["data"]["values"] == [
        {"day": "2026-01-01", "journey": "onboarding", "messages": 2},
        {"day": "2026-01-03", "journey": "onboarding", "messages": 1},
    ]
    assert drawn["per-contact"]["data"]["values"] == [
        {"messages": "0", "contacts": 3},
        {"messages": "1", "contacts": 1},
        {"messages": "2", "contacts": 1},
    ]
    busy = [(r["weekday"], r["hour"], r["messages"]) for r in drawn["hours"]["data"]["values"] if r["messages"]]
    assert busy == [("Thu", 0, 2), ("Sat", 0, 1)]


def test_the_funnel_goes_through_the_journey(page: str) -> None:
    rows = charts(page)["funnel-0"]["data"]["values"]
    assert [(r["full"], r["what"], r["reason"], r["count"]) for r in rows] == [
        ("runs", "entered", "", 5),
        ('when plan = "trial"', "fired", "", 3),
        ('send email "welcome"', "sent", "", 2),
        ('send email "welcome"', "not sent", "consent", 1),
        ('send email "second"', "sent", "", 0),
        ('send email "second"', "not sent", "consent", 1),
        ('send email "second"', "not sent", "limit", 2),
        ("wait 2 days", "done", "", 3),
        ("if active", "done", "", 3),
        ('add tag "onboarded"', "done", "", 1),
        ('send email "reminder"', "sent", "", 1),
        ('send email "reminder"', "not sent", "consent", 1),
        ("run ended: exit", "left", "exit", 2),
    ]


def test_what_was_not_sent_names_contacts(page: str) -> None:
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page.partition("What was not sent")[2].partition("<script>")[0])
    rows = [tuple(unescape(re.sub("<[^>]*>", "", cell)) for cell in cells[i : i + 5]) for i in range(0, len(cells), 5)]
    assert rows == [
        ("limit", "onboarding", 'send email "second"', "2", "a (2026-01-01 00:00), b (2026-01-01 00:00)"),
        ("consent", "onboarding", 'send email "reminder"', "1", "c (2026-01-03 00:00)"),
        ("consent", "onboarding", 'send email "second"', "1", "c (2026-01-01 00:00)"),
        ("consent", "onboarding", 'send email "welcome"', "1", "c (2026-01-01 00:00)"),
    ]


def test_a_report_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "on.journey").write_text(SCRIPT)
    period = ("--from", "2026-01-01", "--to", "2026-01-31")
    done = wend("simulate", tmp_path / "on.journey", *period, "--report", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "there is a folder of this name" in done.err
    done = wend("simulate", tmp_path / "on.journey", *period, "--report", tmp_path / "no" / "r.html")
    assert done.code == 1
    assert "there is no such folder for the report" in done.err


def test_without_the_library_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **more: Any) -> Any:
        if name == "vl_convert":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    period = ("--from", "2026-01-01", "--to", "2026-01-31", "--report", tmp_path / "r.html")
    done = wend("simulate", tmp_path / "on.journey", *period)
    assert done.code == 1
    assert "pip install 'wend[report]'" in done.err


def test_months_stand_beside_their_quota_and_goals_beside_their_journey(tmp_path: Path) -> None:
    script = SCRIPT.replace("    consent email", "    quota 4 email per month\n    consent email")
    (tmp_path / "on.journey").write_text(
        "event purchase\n    amount number?\n\n" + script.replace("    reenter", "    goal on purchase\n    reenter")
    )
    (tmp_path / "people.csv").write_text(CONTACTS)
    (tmp_path / "events.csv").write_text("contact,at,name,amount\nb,2026-01-02T10:00:00Z,purchase,5\n")
    report = tmp_path / "report.html"
    data = ("--contacts", tmp_path / "people.csv", "--events", tmp_path / "events.csv", "--report", report)
    done = wend("simulate", tmp_path / "on.journey", "--from", "2026-01-01", "--to", "2026-01-31", *data)
    assert done.code == 0, done.err
    page = report.read_text(encoding="utf-8")
    assert '<td>2026-01</td><td>email</td><td class="n">3</td><td class="n">4</td><td class="n">75%</td>' in page
    assert "The goal was reached in 1 of 5 runs (20.0%)." in page
