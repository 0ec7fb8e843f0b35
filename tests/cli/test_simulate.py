"""`wend simulate`: what it prints, in both forms, and from which files it can play."""

import gzip
import json
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

from tests.cli.support import CONTACTS, DUE, EVENTS, MISS_YOU, SCRIPT, TOML, Done, add, mails, project, wend

PERIOD = ("--from", "2026-01-01", "--to", "2026-05-31")
LINE = 'when days_since(last(purchase.at)) >= 120 send email "miss-you"\n'
BY_NAME = "contact,at,name,amount\n1,2026-01-01T10:00:00,purchase,10\n2,2026-01-31T20:00:00,purchase,20\n"


def result(done: Done) -> dict[str, object]:
    """What was printed as JSON."""
    assert done.code == 0, done.err
    found: dict[str, object] = json.loads(done.out)
    return found


def test_text_is_a_table_by_journey_and_month(tmp_path: Path) -> None:
    done = wend("simulate", project(tmp_path), *PERIOD)
    assert done.code == 0
    assert done.err == ""
    head, *rest = done.out.splitlines()
    assert head.startswith("2026-01-01 to 2026-05-31: 5 contacts, 5 events, ")
    assert rest == [
        "",
        "thanks",
        "  month    email thanks",
        "  2026-01             4",
        "  total               4",
        "",
        "win_back",
        "  month    email miss-you",
        "  2026-05               3",
        "  total                 3",
        "",
        "not sent",
        "  consent           1",
        "  no address        2",
    ]


def test_json_has_the_documented_keys(tmp_path: Path) -> None:
    found = result(wend("simulate", project(tmp_path), *PERIOD, "--format", "json"))
    steps, ticks = found.pop("steps"), found.pop("ticks")
    assert isinstance(steps, int)
    assert isinstance(ticks, int)
    assert steps >= ticks > 0
    assert found == {
        "from": "2026-01-01",
        "to": "2026-05-31",
        "contacts": 5,
        "events": 5,
        "events_later": 0,
        "effects": {"email": {"miss-you": 3, "thanks": 4}},
        "skipped": {"consent": 1, "no address": 2},
        "happened": {"entered": 10, "finished": 10, "fired": 10, "sent": 7},
        "goals": {},
        "messages": [
            {"journey": "thanks", "channel": "email", "template": "thanks", "month": "2026-01", "count": 4},
            {"journey": "win_back", "channel": "email", "template": "miss-you", "month": "2026-05", "count": 3},
        ],
    }


def test_the_last_day_is_included_whole_and_what_is_later_is_told(tmp_path: Path) -> None:
    root = project(tmp_path)
    for last, later, sent in (("2026-01-01", 1, 3), ("2026-01-11", 0, 4)):
        found = result(wend("simulate", root, "--from", "2026-01-01", "--to", last, "--format", "json"))
        assert (found["events_later"], found["effects"]) == (later, {"email": {"thanks": sent}})


def test_events_before_the_first_day_are_history(tmp_path: Path) -> None:
    period = ("--from", "2026-02-01", "--to", "2026-05-31")
    found = result(wend("simulate", project(tmp_path), *period, "--format", "json"))
    assert found["effects"] == {"email": {"miss-you": 3}}


def test_nothing_is_kept_and_nothing_leaves(tmp_path: Path) -> None:
    root = project(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    wend("simulate", root, *PERIOD)
    assert sorted(tmp_path.rglob("*")) == before


def test_mail_writes_each_message_once(tmp_path: Path) -> None:
    root, out = project(tmp_path / "p"), tmp_path / "out" / "mail"
    for _ in range(2):
        found = result(wend("simulate", root, *PERIOD, "--mail", out, "--format", "json"))
        assert found["mail"] == {"written": 7, "failed": {}}
        assert len(mails(out)) == 7
    mail = next(out.glob("*_1_miss-you_*.eml")).read_text(encoding="utf-8")
    assert "Subject: We miss you, Ana\n" in mail
    assert "text/plain" in mail
    assert "text/html" in mail


def test_a_project_with_other_files(tmp_path: Path) -> None:
    root, others = project(tmp_path / "p"), tmp_path / "others"
    others.mkdir()
    (others / "c.csv").write_text("\n".join(CONTACTS.splitlines()[:2]) + "\n", encoding="utf-8")
    (others / "e.csv").write_text("\n".join(EVENTS.splitlines()[:2]) + "\n", encoding="utf-8")
    files = ("--contacts", others / "c.csv", "--events", others / "e.csv")
    found = result(wend("simulate", root, *files, *PERIOD, "--format", "json"))
    assert (found["contacts"], found["events"]) == (1, 1)


def test_zipped_and_parquet_files_are_read_as_csv_is(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    expected = wend("simulate", root, *PERIOD)
    zipped = tmp_path / "events.csv.gz"
    zipped.write_bytes(gzip.compress(EVENTS.encode()))
    assert wend("simulate", root, "--events", zipped, *PERIOD) == expected
    for name in ("contacts", "events"):
        pyarrow.parquet.write_table(pyarrow.csv.read_csv(root / f"{name}.csv"), tmp_path / f"{name}.parquet")
    files = ("--contacts", tmp_path / "contacts.parquet", "--events", tmp_path / "events.parquet")
    assert wend("simulate", root, *files, *PERIOD) == expected


def test_a_lone_script_says_what_it_goes_by(tmp_path: Path) -> None:
    script, events = tmp_path / "one.journey", tmp_path / "events.csv"
    script.write_text(LINE, encoding="utf-8")
    events.write_text(BY_NAME, encoding="utf-8")
    out = tmp_path / "out"
    done = wend("simulate", script, "--events", events, *PERIOD, "--mail", out)
    assert done.code == 0
    for said in ("placeholder content", "days are those of UTC", "made-up addresses", "1 warning"):
        assert said in done.err
    assert mails(out) == ["1 miss-you", "2 miss-you"]
    quiet = wend("simulate", script, "--events", events, *PERIOD, "--quiet")
    assert (quiet.code, quiet.err) == (0, "")


@pytest.mark.parametrize(("zone", "days"), [(None, 31), ("Asia/Tokyo", 1), ("Europe/Paris", 31)])
def test_a_lone_script_in_another_zone(tmp_path: Path, zone: str | None, days: int) -> None:
    """20:00 UTC on 31 January is a purchase of 1 February in Tokyo, and mails come by days of that zone."""
    script, events = tmp_path / "one.journey", tmp_path / "events.csv"
    script.write_text(LINE, encoding="utf-8")
    events.write_text(BY_NAME.replace("20:00:00", "20:00:00Z"), encoding="utf-8")
    named = () if zone is None else ("--timezone", zone)
    period = ("--from", "2026-05-31", "--to", "2026-05-31")
    found = result(wend("simulate", script, "--events", events, *named, *period, "--format", "json"))
    # 31 January + 120 days is 31 May, and 1 February + 120 days is 1 June. The backlog is 1 in any zone.
    assert found["effects"] == {"email": {"miss-you": 2 if days == 31 else 1}}
    assert "days are those of UTC" not in wend("simulate", script, "--events", events, *period, *named).err or not zone


def test_a_lone_script_with_templates_beside_it_uses_them(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "one.journey").write_text(LINE, encoding="utf-8")
    files = ("--contacts", tmp_path / "contacts.csv", "--events", tmp_path / "named.csv")
    (tmp_path / "named.csv").write_text(BY_NAME, encoding="utf-8")
    done = wend("simulate", tmp_path / "one.journey", *files, *PERIOD, "--mail", tmp_path / "out")
    assert done.code == 0
    assert "placeholder" not in done.err
    assert "We miss you, Ana" in next((tmp_path / "out").glob("*_1_*")).read_text(encoding="utf-8")


def test_nothing_to_play_over(tmp_path: Path) -> None:
    (tmp_path / "one.journey").write_text(LINE, encoding="utf-8")
    done = wend("simulate", tmp_path / "one.journey", *PERIOD)
    assert (done.code, done.out) == (1, "")
    assert "there are no contacts to play it over" in done.err


def test_a_name_that_the_data_does_not_have(tmp_path: Path) -> None:
    script = f'settings\n    from "ana@shop.example"\n    consent email when consent_emial\n\n{LINE}'
    root = project(tmp_path, shop=script)
    done = wend("simulate", root, *PERIOD)
    assert (done.code, done.out) == (1, "")
    assert "there is no field or name `consent_emial`" in done.err
    assert "write `consent_email`" in done.err


def test_a_name_in_a_template_that_the_data_does_not_have(tmp_path: Path) -> None:
    script = 'settings\n    from "ana@shop.example"\n\nwhen any(purchase) send email "miss-you"\n'
    root = project(tmp_path, shop=script, miss_you=MISS_YOU.replace("contact.name }}", "contact.nmae }}"))
    for done in (wend("simulate", root, *PERIOD), wend("run", root, "--once", "--at", DUE)):
        assert (done.code, done.out) == (1, "")
        assert "`contact` has no field `nmae`" in done.err
    assert not (root / "wend.db").exists()


def test_a_message_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    contacts = CONTACTS.replace("ana@mail.example", "not an address")
    done = wend("simulate", project(tmp_path / "p", contacts=contacts), *PERIOD, "--mail", tmp_path / "out")
    assert done.code == 1
    assert "5 messages written" in done.out
    assert "2 messages not written: " in done.out
    assert "not an address" in done.out


def test_events_left_out_are_told(tmp_path: Path) -> None:
    toml = TOML.replace('name = "purchase"', 'name = "purchase"\nunknown_contact = "skip"')
    root = project(tmp_path, wend=toml, events=EVENTS + "9,2026-01-01,1\n1,2026-01-01T10:00:00,10\n")
    done = wend("simulate", root, *PERIOD)
    assert done.code == 0
    assert "1 event left out: for nobody" in done.err


def test_goals_are_counted_with_the_hold_out_apart(tmp_path: Path) -> None:
    goal = SCRIPT.replace(
        "    reenter always\n", "    reenter always\n    goal on purchase within 30 days\n    hold out 30%\n"
    )
    root = project(tmp_path, shop=goal)
    add(root / "events.csv", "".join(f"{number},2026-05-10T10:00:00,10\n" for number in (1, 2, 3, 4)))
    days = ("--from", "2026-05-01", "--to", "2026-05-31")
    goals = json.loads(wend("simulate", root, *days, "--format", "json").out)["goals"]
    assert goals == {"win_back": {"runs": 3, "converted": 3, "held_out_runs": 1, "held_out_converted": 0}}
    text = wend("simulate", root, *days).out
    assert "\ngoals\n  win_back: 3 of 3 runs converted (100.0%); hold-out: 0 of 1 (0.0%)\n" in text
