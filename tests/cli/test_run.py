"""`wend run --once`: what it does, what it prints, and what another run finds later."""

import json
from pathlib import Path

from tests.cli.support import CONTACTS, DUE, EVENTS, SCRIPT, TOML, add, mails, project, wend


def run(root: Path, at: str, *more: str, code: int = 0) -> str:
    """One round at a time; gives what was printed."""
    done = wend("run", root, "--once", "--at", at, *more)
    assert done.code == code, done.err
    return done.out


def test_one_round_and_another_in_the_same_minute(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert run(root, DUE).splitlines() == [
        "live: thanks, win_back",
        "contacts: 5 new, 0 changed",
        "events: 5 new",
        "2026-05-01 09:00: 5 contacts stepped; to send: email miss-you 2; not sent: consent 1, no address 1",
        "delivered: 2",
        "next: 2026-05-01 09:01",
    ]
    assert run(root, DUE).splitlines() == ["nothing was due", "next: 2026-05-01 09:01"]
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you"]


def test_quiet_prints_nothing_where_all_is_well(tmp_path: Path) -> None:
    done = wend("run", project(tmp_path), "--once", "--at", DUE, "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_json_has_one_line_a_round_with_the_documented_keys(tmp_path: Path) -> None:
    found = json.loads(run(project(tmp_path), DUE, "--format", "json"))
    assert found["activation"].pop("version")
    assert found == {
        "at": "2026-05-01T09:00:00+00:00",
        "activation": {
            "changed": True,
            "launched": ["thanks", "win_back"],
            "retired": [],
            "contacts": 0,
            "replaced": [],
            "added": [],
            "gone": [],
        },
        "contacts": {"new": 5, "changed": 0},
        "events": {"new": 5, "duplicates": 0, "unknown": 0, "future": 0},
        "tick": {
            "at": "2026-05-01T09:00:00+00:00",
            "steps": 5,
            "effects": {"email": {"miss-you": 2}},
            "skipped": {"consent": 1, "no address": 1},
            "goals": {},
            "unrendered": 0,
            "late_seconds": 0.0,
        },
        "goals": {},
        "paused": {},
        "requested": [],
        "delivered": 2,
        "undelivered": 0,
        "set_aside": {},
        "problems": [],
        "next": "2026-05-01T09:01:00+00:00",
    }


def test_a_time_without_an_offset_is_the_projects(tmp_path: Path) -> None:
    for number, (zone, at) in enumerate((("Asia/Tokyo", "2026-05-01T09:00"), ("UTC", "2026-05-01T09:00+09:00"))):
        root = project(tmp_path / str(number), wend=TOML.replace("UTC", zone))
        assert json.loads(run(root, at, "--format", "json"))["at"] == "2026-05-01T00:00:00+00:00"


def test_only_the_new_events_of_a_file_that_grew_are_taken(tmp_path: Path) -> None:
    """What is there when a file is first loaded is history and starts no `on` trigger; what is added has happened."""
    root = project(tmp_path)
    run(root, DUE)
    add(root / "events.csv", "1,2026-05-01T12:00:00,15\n3,2026-05-01T12:00:00,35\n")
    assert "events: 2 new" in run(root, "2026-05-01T12:01")
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "1 thanks", "3 thanks"]
    again = run(root, "2026-05-01T12:02")
    assert "events" not in again
    run(root, "2026-05-11T12:00")  # the tenth day, on which 3 would have been written to
    assert len(mails(root / "outbox")) == 4


def test_a_file_that_is_written_anew_with_the_same_lines_brings_nothing(tmp_path: Path) -> None:
    root = project(tmp_path)
    run(root, DUE)
    lines = EVENTS.splitlines()
    (root / "events.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    report = json.loads(run(root, "2026-05-02", "--format", "json"))
    assert report["events"] == {"new": 0, "duplicates": 5, "unknown": 0, "future": 0}
    assert len(mails(root / "outbox")) == 2


def test_a_row_that_changes_is_taken_as_it_is_now(tmp_path: Path) -> None:
    root = project(tmp_path)
    run(root, "2026-05-10")
    changed = CONTACTS.replace("3,cem@mail.example", "3,new@mail.example") + "6,fay@mail.example,Fay,true\n"
    (root / "contacts.csv").write_text(changed, encoding="utf-8")
    assert "contacts: 1 new, 1 changed" in run(root, "2026-05-11T09:00")
    (mail,) = (root / "outbox").glob("*_3_miss-you_*")
    assert "To: <new@mail.example>" in mail.read_text(encoding="utf-8")


def test_a_contact_that_withdraws_its_consent_gets_nothing_more(tmp_path: Path) -> None:
    root = project(tmp_path)
    run(root, "2026-05-10")
    withdrawn = CONTACTS.replace("3,cem@mail.example,,true", "3,cem@mail.example,,false")
    (root / "contacts.csv").write_text(withdrawn, encoding="utf-8")
    assert "not sent: consent 1" in run(root, "2026-05-11T09:00")
    assert not list((root / "outbox").glob("*_3_*"))


WAITING = SCRIPT.replace(
    'send email "thanks" with order = order', 'wait 2 days\n        send email "thanks" with order = order'
)


def test_who_is_under_way_finishes_the_old_script_and_who_comes_takes_the_new(tmp_path: Path) -> None:
    root = project(tmp_path, shop=WAITING)
    run(root, DUE)
    add(root / "events.csv", "1,2026-05-01T12:00:00,15\n")
    run(root, "2026-05-01T12:01")
    changed = WAITING.replace("wait 2 days", "wait 5 days").replace('"thanks"', '"thank-you"')
    (root / "journeys/shop.journey").write_text(changed, encoding="utf-8")
    (root / "templates/thanks.html").rename(root / "templates/thank-you.html")
    add(root / "events.csv", "2,2026-05-01T12:30:00,25\n")
    assert "a new version is live; 5 contacts looked at anew" in run(root, "2026-05-01T12:31")
    run(root, "2026-05-03T12:01")
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "1 thanks"]
    run(root, "2026-05-06T12:31")
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "1 thanks", "2 thank-you"]


def test_a_changed_script_does_not_send_again_what_was_sent(tmp_path: Path) -> None:
    root = project(tmp_path)
    run(root, DUE)
    (root / "journeys/shop.journey").write_text(SCRIPT.replace("thanks with", "thanks  with") + "\n# noted\n")
    (root / "templates/miss-you.html").write_text("---\nsubject: Other words\n---\n<p>Come</p>\n", encoding="utf-8")
    run(root, "2026-05-02T09:00")
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you"]
    run(root, "2026-05-11T09:00")
    (mail,) = (root / "outbox").glob("*_3_miss-you_*")
    assert "Subject: Other words" in mail.read_text(encoding="utf-8")


def test_a_retired_journey_is_archived(tmp_path: Path) -> None:
    root = project(tmp_path, shop=WAITING)
    run(root, DUE)
    add(root / "events.csv", "1,2026-05-01T12:00:00,15\n")
    run(root, "2026-05-01T12:01")
    (root / "journeys/shop.journey").write_text(WAITING[: WAITING.index("journey thanks")], encoding="utf-8")
    assert "archived: thanks; who is under way finishes" in run(root, "2026-05-01T13:00")
    run(root, "2026-05-03T12:01")
    assert "1 thanks" in mails(root / "outbox")


def test_a_template_that_fails_for_one_contact_is_set_aside_and_sent_when_it_is_mended(tmp_path: Path) -> None:
    broken = "---\nsubject: We miss you\n---\n<p>{{ contact.name | upcase }}, come back</p>\n"
    root = project(tmp_path, miss_you=broken)
    run(root, DUE)
    # It must not go out with a hole in it.
    for at in ("2026-05-11T09:00", "2026-05-11T09:01"):
        done = wend("run", root, "--once", "--at", at)
        assert done.code == 3
        assert "1 message set aside: templates/miss-you.html:4: `contact.name` is unknown" in done.err
        assert mails(root / "outbox") == ["1 miss-you", "2 miss-you"]
    mended = broken.replace("{{ contact.name | upcase }}", "{{ contact.name | default: 'You' }}")
    (root / "templates/miss-you.html").write_text(mended, encoding="utf-8")
    run(root, "2026-05-11T09:05")
    (mail,) = (root / "outbox").glob("*_3_miss-you_*")
    assert "You, come back" in mail.read_text(encoding="utf-8")


def test_downtime_is_told(tmp_path: Path) -> None:
    root = project(tmp_path)
    run(root, DUE)
    run(root, "2026-05-01T09:01")
    assert "the latest of them was 5 days late" in run(root, "2026-05-16T10:00")


def test_events_that_may_be_left_out_are(tmp_path: Path) -> None:
    toml = TOML.replace('name = "purchase"', 'name = "purchase"\nunknown_contact = "skip"\nfuture = "skip"')
    root = project(tmp_path, wend=toml, events=EVENTS + "9,2026-01-01,1\n1,2026-05-03T10:00:00,10\n")
    first = run(root, DUE)
    assert "events: 1 left out, for nobody" in first
    assert "events: 1 left out, in the future" in first
    # Two days later it has happened, and the file is as it was.
    run(root, "2026-05-03T10:00")
    assert mails(root / "outbox")[-1] == "1 thanks"


def test_a_lone_script_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "one.journey").write_text('when any(purchase) send email "x"\n', encoding="utf-8")
    done = wend("run", tmp_path / "one.journey", "--once")
    assert (done.code, done.out) == (1, "")
    assert "a lone script can be simulated but not run" in done.err


def test_goals_are_told_of_the_round_and_in_all(tmp_path: Path) -> None:
    root = project(tmp_path, shop=SCRIPT.replace("    reenter always\n", "    reenter always\n    goal on purchase\n"))
    assert "goals, in all\n  win_back: 0 of 4 runs converted (0.0%)\n" in run(root, DUE)
    add(root / "events.csv", "1,2026-05-02T10:00:00,10\n")
    lines = run(root, "2026-05-02T12:00").splitlines()
    assert "goals reached: win_back 1" in lines
    assert "  win_back: 1 of 4 runs converted (25.0%)" in lines


def test_what_a_quota_keeps_back_is_told(tmp_path: Path) -> None:
    quota = SCRIPT.replace("settings\n", "settings\n    quota 1 email per month\n")
    root = project(tmp_path, contacts=CONTACTS, shop=quota)
    assert (
        "the quota of 1 email per month is less than the 5 contacts"
        in wend("run", root, "--once", "--at", "2026-04-01T09:00").err
    )
    done = wend("run", root, "--once", "--at", DUE)
    assert "to send: email miss-you 1; not sent: consent 1, no address 1, quota 1" in done.out
    assert "the quota" not in done.err
