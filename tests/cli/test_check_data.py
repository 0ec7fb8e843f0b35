"""`wend check --data`: conditions that are unknown for every contact there is."""

import json
from pathlib import Path

import pytest

from tests.cli.support import wend

TOML = """[contacts]
file = "contacts.csv"
id = "id"

[[events]]
file = "events.csv"
contact = "id"
at = "at"
name = "purchase"
"""
SCHEMA = """contact
    email     text
    plan      text?
    visited   date?
    away      number? = days_since(visited)

event purchase
    amount number

"""
ROWS = ("1,ana@mail.example,,", "2,ben@mail.example,free,")
EVENTS = "id,at,amount\n1,2020-01-01T10:00:00,10\n"


def told(
    folder: Path, rule: str, rows: tuple[str, ...] = ROWS, events: str = EVENTS, *more: str
) -> list[dict[str, str]]:
    """What `wend check --data` says of a rule and some contacts."""
    (folder / "journeys").mkdir()
    (folder / "wend.toml").write_text(TOML)
    (folder / "contacts.csv").write_text("\n".join(["id,email,plan,visited", *rows]) + "\n")
    (folder / "events.csv").write_text(events)
    (folder / "journeys" / "j.journey").write_text(SCHEMA + rule + "\n")
    done = wend("check", "--data", "--format", "json", folder)
    assert done.code == 0, done.err
    return [each for each in json.loads(done.out) if each["code"] == "W507"]


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ('when days_since(visited) >= 30 add tag "x"', "`visited`"),
        ('when away >= 30 add tag "x"', "`away`"),
        ('when 3 days after visited add tag "x"', "`visited`"),
        (
            'journey j\n    audience contacts where visited > 2026-01-01\n    when plan = "free"\n        add tag "x"',
            "`visited`",
        ),
        ('when sum(purchase.amount) > 3 and days_since(visited) > 3 add tag "x"', None),
        ('when plan = "free" and days_since(visited) > 3 add tag "x"', "`visited`"),
        ('when plan = "free" or days_since(visited) > 3 add tag "x"', None),
        ('when plan = "free" add tag "x"', None),
        ('when visited is unknown add tag "x"', None),
        ('when (visited otherwise today) = today add tag "x"', None),
        ('when days_since(last(purchase.at)) > 3 add tag "x"', None),
        ('when last(purchase.at where amount > 20) > 2026-01-01 add tag "x"', "`last(purchase.at where amount > 20)`"),
    ],
)
def test_what_no_contact_decides_is_told(rule: str, named: str | None, tmp_path: Path) -> None:
    found = told(tmp_path, rule)
    said = "is unknown for every one of the 2 contacts of the data, and so this is never true or false"
    assert [each["message"] for each in found] == ([] if named is None else [f"{named} {said}"])


def test_one_contact_is_enough_to_decide(tmp_path: Path) -> None:
    rows = (*ROWS, "3,cem@mail.example,,2026-01-01")
    assert told(tmp_path, 'when days_since(visited) >= 30 add tag "x"', rows) == []


def test_contacts_can_lack_different_fields(tmp_path: Path) -> None:
    rows = ("1,ana@mail.example,,2026-01-01", "2,ben@mail.example,free,")
    (found,) = told(
        tmp_path, 'when "{plan}" = "free" and days_since(visited) > 3 add tag "x"'.replace('"{plan}"', "plan"), rows
    )
    assert found["message"] == "this is unknown for every one of the 2 contacts of the data, for more than one reason"


def test_without_the_option_the_data_are_not_read(tmp_path: Path) -> None:
    told(tmp_path, 'when days_since(visited) >= 30 add tag "x"')
    (tmp_path / "contacts.csv").unlink()
    assert "0 warnings" in wend("check", tmp_path).out
    assert wend("check", "--data", tmp_path).code == 1


def test_a_script_without_data_says_so(tmp_path: Path) -> None:
    (tmp_path / "one.journey").write_text('when plan = "free" add tag "x"\n')
    done = wend("check", "--data", tmp_path / "one.journey")
    assert done.code == 1
    assert "there are no contacts to check with" in done.err
