"""`wend explain CONTACT`: the same story from a simulation and from the store of a live run; and `wend count`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import wend

SCRIPT = """\
contact
    email text?
    joined date
    agrees boolean
    tags list of text

event purchase
    amount number

settings
    timezone "Europe/Paris"
    from "Shop <shop@shop.example>"
    consent email when agrees
    send between 8am and 8pm

journey hello
    when days_since(joined) >= 3
        send email "three"
        add tag "greeted"

    on purchase as order
        if order.amount > 50
            send email "thanks"

    when days_since(joined) >= 30
        send email "month"
"""
TOML = """\
[contacts]
file = "people.csv"
id = "id"

[[events]]
file = "purchases.csv"
contact = "contact"
at = "at"
name = "purchase"
id = "order"

[store]
sqlite = "wend.db"

[channels.email]
kind = "folder"
path = "mail"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with two contacts, one of whom agrees."""
    (tmp_path / "journeys").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "wend.toml").write_text(TOML)
    (tmp_path / "journeys" / "hello.journey").write_text(SCRIPT)
    for name in ("three", "thanks", "month"):
        (tmp_path / "templates" / f"{name}.html").write_text("---\nsubject: Hello\n---\n<p>Hello</p>\n")
    (tmp_path / "people.csv").write_text(
        "id,email,joined,agrees,tags\nana,ana@x.example,2026-01-01,true,\nbob,bob@x.example,2026-01-02,false,\n"
    )
    (tmp_path / "purchases.csv").write_text(
        "contact,at,order,amount\nana,2026-01-05T10:00:00,1,80\nana,2026-01-06T10:00:00,2,20\n"
    )
    return tmp_path


def told(*arguments: object) -> dict[str, Any]:
    done = wend("explain", *arguments, "--format", "json")
    assert done.code == 0, done.err
    story: dict[str, Any] = json.loads(done.out)
    return story


def test_the_story_of_a_simulation(shop: Path) -> None:
    done = wend("explain", "ana", "--project", shop, "--from", "2026-01-01", "--at", "2026-01-10T12:00")
    assert done.code == 0, done.err
    story = done.out.partition("\n\nwhat keeps each rule now\n")
    assert story[0] == (
        "ana on 2026-01-10 12:00 Europe/Paris\n"
        "\n"
        "2026-01-01 00:00  hello: the run begins  (hello.journey:16)\n"
        "                    the audience holds\n"
        "2026-01-04 00:00  hello: fires: when days_since(joined) >= 3  (hello.journey:17)\n"
        "                    days_since(joined) = 3; joined = 2026-01-01\n"
        '2026-01-04 00:00  hello: held (window): email "three"  (hello.journey:18)\n'
        '2026-01-04 08:00  hello: sent: email "three"  (hello.journey:18)\n'
        '2026-01-04 08:00  hello: done: add tag "greeted"  (hello.journey:19)\n'
        "2026-01-04 08:00  hello: a path is finished: when days_since(joined) >= 3  (hello.journey:17)\n"
        "2026-01-04 08:00  event tag_added\n"
        '                    tag = "greeted"\n'
        "2026-01-05 10:00  event purchase\n"
        '                    amount = 80, order = "1"\n'
        "2026-01-05 10:00  hello: fires: on purchase as order  (hello.journey:21)\n"
        '                    purchase at 2026-01-05 10:00 with amount = 80, order = "1"\n'
        "2026-01-05 10:00  hello: decided (true): if order.amount > 50  (hello.journey:22)\n"
        '2026-01-05 10:00  hello: sent: email "thanks"  (hello.journey:23)\n'
        "2026-01-05 10:00  hello: a path is finished: on purchase as order  (hello.journey:21)\n"
        "2026-01-06 10:00  event purchase\n"
        '                    amount = 20, order = "2"\n'
        "2026-01-06 10:00  hello: fires: on purchase as order  (hello.journey:21)\n"
        '                    purchase at 2026-01-06 10:00 with amount = 20, order = "2"\n'
        "2026-01-06 10:00  hello: decided (false): if order.amount > 50  (hello.journey:22)\n"
        "2026-01-06 10:00  hello: a path is finished: on purchase as order  (hello.journey:21)"
    )
    assert "days_since(joined) >= 30 is false, until 2026-01-31 00:00 Europe/Paris" in story[2]


def test_what_was_not_sent_says_why(shop: Path) -> None:
    story = told("bob", "hello", "--project", shop, "--from", "2026-01-01", "--at", "2026-01-10T12:00")
    (dropped,) = [moment for moment in story["moments"] if moment["kind"] == "dropped"]
    assert (dropped["what"], dropped["line"]) == ('not sent (consent): email "three"', 18)
    assert "agrees = false" in dropped["values"]


def test_a_live_run_leaves_the_journal_that_its_simulation_has(shop: Path) -> None:
    moments = ("2026-01-01T00:00", "2026-01-04T00:00", "2026-01-04T08:00", "2026-01-05T10:00", "2026-01-06T10:00")
    purchases = (shop / "purchases.csv").read_text().splitlines(keepends=True)
    for number, at in enumerate(moments):
        (shop / "purchases.csv").write_text("".join(purchases[: 1 + max(0, number - 2)]))
        done = wend("run", shop, "--once", "--at", at, "-q")
        assert done.code == 0, done.err
    live = told("ana", "--project", shop, "--at", "2026-01-06T10:00")
    alike = told("ana", "--project", shop, "--from", "2026-01-01", "--at", "2026-01-06T10:00")
    assert live["moments"] == alike["moments"]
    assert live["waiting"] == alike["waiting"]
    assert told("ana", "--project", shop, "--at", "2026-01-05T12:00")["waiting"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("anna", "--from", "2026-01-01", "--at", "2026-01-10"), 1, "did you mean `ana`?"),
        (("ana", "helo", "--from", "2026-01-01", "--at", "2026-01-10"), 1, "did you mean `hello`?"),
        (("ana", "--from", "2026-01-10", "--at", "2026-01-01"), 1, "the story ends before it begins"),
        (("ana",), 1, "there is no store yet"),
        (("ana", "--contacts", "x.csv"), 2, "belong to a simulation"),
        (("W999",), 1, "W999"),
    ],
)
def test_what_cannot_be_told_is_refused(shop: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = wend("explain", *arguments, "--project", shop)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_a_folder_in_the_place_of_a_journey_is_met_with_the_option(shop: Path) -> None:
    done = wend("explain", "ana", shop)
    assert done.code == 1
    assert done.err == (
        f"error: the name of a journey is expected, and `{shop}` is a file or folder\n"
        f"  help: write `--project {shop}`\n"
    )


def test_nobody_in_the_store_has_that_id(shop: Path) -> None:
    assert wend("run", shop, "--once", "--at", "2026-01-10T00:00", "-q").code == 0
    done = wend("explain", "zoe", "--project", shop)
    assert done.code == 1
    assert "there is no contact `zoe` in the store" in done.err


def test_count_says_how_many_and_when_the_next_come(shop: Path) -> None:
    done = wend("count", "days_since(joined) >= 3", shop, "--at", "2026-01-04T12:00")
    assert (done.code, done.out) == (
        0,
        "1 of 2 on 2026-01-04 12:00 Europe/Paris\nthe next, if nothing new happens:\n  2026-01-05        1  bob\n",
    )
    done = wend("count", "any(purchase) and agrees", shop, "--at", "2026-01-08", "--format", "json")
    assert json.loads(done.out) == {"at": "2026-01-07T23:00:00+00:00", "true": 1, "false": 1, "unknown": 0, "next": []}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("joind > today", "there is no field or name `joind`"),
        ("days_since(joined)", "a condition is expected"),
        ("joined >", "error[W"),
    ],
)
def test_what_cannot_be_counted_is_refused(shop: Path, condition: str, words: str) -> None:
    done = wend("count", condition, shop)
    assert (done.code, done.out) == (1, "")
    assert words in done.err


def test_counting_needs_contacts(tmp_path: Path) -> None:
    (tmp_path / "one.journey").write_text("contact\n    email text?\n")
    done = wend("count", "email is known", tmp_path / "one.journey")
    assert done.code == 1
    assert "there are no contacts to count" in done.err
