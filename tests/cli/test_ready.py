"""`wend ready`: each point of the checklist, in order, worth a look, and open."""

import json
import socket
from pathlib import Path

import pytest

from tests.cli.support import CONTACTS, DUE, SCRIPT, TOML, add, project, wend

TESTED = (
    SCRIPT
    + """
test "three months" for win_back
    given email = "ana@mail.example", consent_email = true
    given event purchase at 2026-01-10 with amount = 30
    at 2026-05-10 expect email "miss-you"
    at 2026-05-20 event purchase with amount = 30
    at 2026-05-20 expect exit
    at 2026-05-20 expect nothing

test "thanks" for thanks
    given email = "ana@mail.example"
    at 2026-05-10 event purchase with amount = 30
    at 2026-05-10 expect email "thanks"
"""
)


def ready(root: Path, at: str = DUE) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and how each point stands, in the form for programs."""
    done = wend("ready", root, "--at", at, "--format", "json")
    told = json.loads(done.out)
    assert told["ready"] is (done.code == 0)
    assert (done.code == 1) is any(point["state"] == "open" for point in told["points"])
    return done.code, {point["about"]: (point["state"], point["found"]) for point in told["points"]}


def test_a_project_that_can_go_live_is_told_what_goes_out_at_once(tmp_path: Path) -> None:
    root = project(tmp_path, shop=TESTED)
    before = sorted(path.name for path in root.iterdir())
    done = wend("ready", root, "--at", DUE)
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "ok    scripts        2 journeys, no errors, 0 warnings",
        "ok    tests          2 passed; they see 100.0% of the outcomes",
        f"ok    channel email  folder {root}/outbox",
        "ok    data           5 contacts, 5 of them new; 5 new events",
        "look  start          at the start to send: email miss-you 2; not sent: consent 1, no address 1",
        "                     a simulation over the weeks to come shows what follows: `wend simulate`",
        "ready; 1 point deserves a look",
    ]
    # nothing is kept: no store is made, and the first round still has everything before it
    assert [path.name for path in root.iterdir() if path.name.startswith("wend.db")] == []
    assert {path.name for path in root.iterdir()} - set(before) <= {"outbox"}
    assert "email miss-you 2" in wend("run", root, "--once", "--at", DUE).out


def test_after_the_start_it_is_about_the_next_tick(tmp_path: Path) -> None:
    root = project(tmp_path, shop=TESTED)
    wend("run", root, "--once", "--at", DUE)
    kept = (root / "wend.db").read_bytes()
    add(root / "events.csv", "1,2026-05-01T09:30:00,10\n")
    code, points = ready(root, "2026-05-01T10:00")
    assert code == 0
    assert points["data"] == ("ok", "5 contacts, 0 of them new; 1 new event")
    assert points["start"] == ("look", "at the next tick to send: email thanks 1")
    assert (root / "wend.db").read_bytes() == kept


@pytest.mark.parametrize(
    ("changes", "about", "state", "found"),
    [
        ({"shop": TESTED.replace("days_since(last(purchase.at)) >=", "day_since(1) >=")}, "scripts", "open", "1 error"),
        ({"shop": "# nothing yet\n"}, "scripts", "open", "there is no journey"),
        ({"shop": SCRIPT}, "tests", "look", "there are none"),
        ({"shop": TESTED.replace('at 2026-05-10 expect email "miss-you"', "at 2026-05-10 expect nothing")},
         "tests", "open", "1 of 2 tests failed: `three months`"),
        ({"shop": TESTED.partition('test "thanks"')[0]}, "tests", "look", "1 passed; they see 62.5% of the outcomes"),
        ({"wend": TOML + 'kind2 = "x"\n'}, "", "", ""),
        ({"contacts": CONTACTS.splitlines()[0] + "\n", "events": "id,at,amount\n"}, "data", "open",
         "there are no contacts"),
        ({"contacts": CONTACTS + "6,x@mail.example,Fay,perhaps\n"}, "data", "open", "`perhaps`"),
        ({"miss_you": "---\nsubject: We miss you, {{ contact.name }}\n---\nx\n",
          "contacts": CONTACTS.replace("Ben", "")}, "templates", "open", "1 message cannot be rendered"),
        ({"shop": TESTED.replace("settings\n", "settings\n    quota 1 email per month\n")}, "quota", "look",
         "room for 1 of 1 email this month"),
        ({"shop": TESTED.replace("settings\n", "settings\n    quota 100 email per month\n")}, "quota", "ok",
         "room for 100 of 100 email this month; 98 are left after the first tick"),
        ({"shop": SCRIPT.replace("journey thanks\n", "journey thanks\n    active from 2026-06-01\n")},
         "journey thanks", "ok", "it begins on 2026-06-01"),
    ],
)  # fmt: skip
def test_each_point(tmp_path: Path, changes: dict[str, str], about: str, state: str, found: str) -> None:
    root = project(tmp_path, **{"shop": TESTED, **changes})
    if not about:
        refused = wend("ready", root, "--at", DUE)
        assert refused.code == 1
        assert "wend.toml" in refused.err
        return
    _, points = ready(root)
    assert points[about][0] == state, points
    assert found in points[about][1]


def test_a_paused_journey_and_one_whose_time_is_over(tmp_path: Path) -> None:
    root = project(tmp_path, shop=TESTED)
    wend("run", root, "--once", "--at", DUE)
    wend("pause", "win_back", root, "--at", "2026-05-01T09:01")
    _, points = ready(root, "2026-05-01T10:00")
    assert points["journey win_back"] == ("look", "it is paused by hand")
    text = (root / "journeys/shop.journey").read_text(encoding="utf-8")
    over = text.replace("journey thanks\n", "journey thanks\n    active until 2026-05-01\n")
    (root / "journeys/shop.journey").write_text(over, encoding="utf-8")
    _, points = ready(root, "2026-05-02T10:00")
    assert points["journey thanks"] == ("look", "its time ended on 2026-05-01")


def test_a_changed_trigger_is_asked_about(tmp_path: Path) -> None:
    root = project(tmp_path, shop=TESTED)
    wend("run", root, "--once", "--at", DUE)
    path = root / "journeys/shop.journey"
    path.write_text(path.read_text(encoding="utf-8").replace(">= 120", ">= 130"), encoding="utf-8")
    code, points = ready(root, "2026-05-20T09:00")
    assert code == 1
    state, found = points["triggers"]
    assert state == "open"
    assert "replaces `when days_since(last(purchase.at)) >= 120`: 4 contacts remember it" in found


def test_a_mail_server_is_asked_whether_it_answers(tmp_path: Path) -> None:
    smtp = TOML.replace(
        'kind = "folder"\npath = "outbox"', 'kind = "smtp"\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"'
    )
    code, points = ready(project(tmp_path, shop=TESTED, wend=smtp))
    assert code == 1
    assert points["channel email"] == ("open", "smtp 127.0.0.1:1 cannot be reached: connection refused")
    assert points["start"][0] == "look"
    assert points["unsubscribe"][0] == "look"
    leave = smtp.replace('kind = "smtp"', 'kind = "smtp"\nunsubscribe_email = "leave@shop.example"')
    (tmp_path / "told").mkdir()
    assert "unsubscribe" not in ready(project(tmp_path / "told", shop=TESTED, wend=leave))[1]


def test_a_web_service_that_does_not_answer_is_open(tmp_path: Path) -> None:
    script = TESTED.replace("        send email", '        call webhook "score"\n        send email', 1)
    hooks = '\n[webhooks.score]\nurl = "http://127.0.0.1:1/score"\n'
    sms = TOML.replace('kind = "folder"\npath = "outbox"', 'kind = "webhook"\nurl = "http://127.0.0.1:1/mail"')
    code, points = ready(project(tmp_path, shop=script, wend=sms + hooks))
    assert code == 1
    for about in ("channel email", "webhook score"):
        assert points[about] == ("open", "127.0.0.1:1 cannot be reached: connection refused")


def test_a_web_service_that_can_be_reached_is_asked_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/mail"
        web = TOML.replace('kind = "folder"\npath = "outbox"', f'kind = "webhook"\nurl = "{url}"')
        _, points = ready(project(tmp_path, shop=TESTED, wend=web))
        assert points["channel email"][0] == "ok"
        connection, _ = server.accept()
        with connection:
            assert connection.recv(100) == b""


def test_an_event_whose_name_is_misspelt_in_the_data(tmp_path: Path) -> None:
    toml = TOML.replace('name = "purchase"', 'name_column = "what"')
    events = "id,at,what,amount\n1,2026-01-01T10:00:00,purchase,10\n2,2026-01-01T11:00:00,purchsae,20\n"
    _, points = ready(project(tmp_path, shop=TESTED, wend=toml, events=events))
    assert points["events"] == ("look", "no script declares `purchsae`, of which the data has 1 event")
    _, points = ready(project(tmp_path / "other", shop=TESTED, wend=toml, events=events.replace("purchsae", "visit")))
    assert "events" not in points


def test_a_lone_script_cannot_go_live(tmp_path: Path) -> None:
    (tmp_path / "a.journey").write_text(TESTED, encoding="utf-8")
    done = wend("ready", tmp_path / "a.journey")
    assert done.code == 1
    assert "open  project" in done.out
