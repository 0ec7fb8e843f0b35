"""`wend simulate --assume`: reactions, drawn from a seed, to the messages of a simulation."""

import json
from pathlib import Path

import pytest

from tests.cli.support import Done, wend

SCRIPT = """\
contact
    email text?
    joined date

event purchase
    amount number
    channel "web" | "shop"

settings
    consent email when true

journey hello
    when days_since(joined) >= 1
        send email "offer" as offer
        wait up to 5 days until offer.clicked
        else
            send email "reminder"

    on purchase
        send email "thanks"
"""
ASSUME = """\
seed = 7

[[reaction]]
template = "off*"
event = "message_opened"
percent = 40
after = "1 hour to 2 days"

[[reaction]]
to = "message_opened"
event = "message_clicked"
percent = 50
after = "5 minutes"

[[reaction]]
to = "message_clicked"
event = "purchase"
percent = 100
after = "10 minutes to 3 days"
with = { amount = [20, 30, 50], channel = "web" }
"""
PEOPLE = 1000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A script, contacts, and what is assumed of them."""
    (tmp_path / "hello.journey").write_text(SCRIPT)
    rows = [f"c{n:04},c{n}@x.example,2026-01-01" for n in range(PEOPLE)]
    (tmp_path / "people.csv").write_text("\n".join(["id,email,joined", *rows]) + "\n")
    (tmp_path / "assume.toml").write_text(ASSUME)
    return tmp_path


def played(folder: Path, *more: object) -> Done:
    period = ("--from", "2026-01-01", "--to", "2026-01-31", "--timezone", "UTC", "--format", "json", "-q")
    return wend("simulate", folder / "hello.journey", "--contacts", folder / "people.csv", *period, *more)


def mails(folder: Path, text: str = ASSUME) -> dict[str, int]:
    (folder / "assume.toml").write_text(text)
    done = played(folder, "--assume", folder / "assume.toml")
    assert done.code == 0, done.err
    found: dict[str, int] = json.loads(done.out)["effects"]["email"]
    return found


def test_follow_ups_go_to_those_who_are_assumed_not_to_click(folder: Path) -> None:
    found = mails(folder)
    assert found["offer"] == PEOPLE
    assert found["offer"] == found["reminder"] + found["thanks"]
    assert 150 <= found["thanks"] <= 250  # 20 % of 1,000, more than three standard deviations wide


def test_without_assumptions_nobody_reacts(folder: Path) -> None:
    done = played(folder)
    assert json.loads(done.out)["effects"]["email"] == {"offer": PEOPLE, "reminder": PEOPLE}


def test_the_same_seed_draws_the_same_and_another_seed_others(folder: Path) -> None:
    first, again, other = mails(folder), mails(folder), mails(folder, ASSUME.replace("seed = 7", "seed = 8"))
    assert first == again
    assert first != other


def test_a_higher_share_takes_in_those_of_the_lower_one(folder: Path) -> None:
    low = mails(folder)["thanks"]
    all_open = mails(folder, ASSUME.replace("percent = 40", "percent = 100"))["thanks"]
    assert low < all_open
    assert mails(folder, ASSUME.replace("percent = 50", "percent = 100").replace("percent = 40", "percent = 100")) == {
        "offer": PEOPLE,
        "thanks": PEOPLE,
    }


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ('event = "message_opened"', 'event = "message_openend"', "there is no event `message_openend`", 5),
        ("percent = 40", "percent = 140", "`percent` must be a number from 0 to 100", 6),
        ("percent = 40\n", "", "`percent` must be a number from 0 to 100", 3),
        ('template = "off*"', 'template = "ofer"', "no journey sends `ofer`", 4),
        ('to = "message_clicked"', 'to = "message_bounced"', "nothing here makes the event `message_bounced`", 16),
        ('after = "5 minutes"', 'after = "soon"', "`after` cannot be `soon`", 13),
        ('after = "1 hour to 2 days"', 'after = "2 days to 1 hour"', "the shorter time first", 7),
        ("amount = [20, 30, 50]", 'amount = ["a lot"]', "`amount` must be", 20),
        ("amount = [20, 30, 50], ", "", "`purchase` needs `amount`", None),
        ("amount =", "sum = 1, amount =", "`purchase` has no field `sum`", None),
        ("seed = 7", "sead = 7", "has no setting `sead`", 1),
        ("seed = 7", "seed = ", "the file is no TOML", 1),
        ('template = "off*"', 'to = "purchase"', "`message_opened` leads to itself", 5),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder: Path, old: str, new: str, message: str, line: int | None) -> None:
    assert old in ASSUME
    (folder / "assume.toml").write_text(ASSUME.replace(old, new, 1))
    done = played(folder, "--assume", folder / "assume.toml")
    assert done.code == 1
    assert set(json.loads(done.out)) == {"error"}
    assert message in done.err
    if line is not None:
        assert f"assume.toml:{line}\n" in done.err


def test_a_missing_file_is_told(folder: Path) -> None:
    done = played(folder, "--assume", folder / "none.toml")
    assert done.code == 1
    assert "none.toml" in done.err
