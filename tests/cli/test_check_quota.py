"""`wend check --messages`, and quotas that the contacts of the data can use up."""

import json
from pathlib import Path

import pytest

from tests.cli.support import wend
from tests.cli.test_check_data import TOML

SCRIPT = """contact
    email         text?
    consent_email boolean

settings
    consent email when consent_email
    quota {quota} email per month

journey tips
    every monday at 9am
        send email "tips"

journey orders
    transactional

    on order_placed
        send email "order"
"""


def project(folder: Path, quota: int, contacts: tuple[str, ...], script: str = SCRIPT) -> None:
    (folder / "journeys").mkdir()
    (folder / "wend.toml").write_text(TOML)
    (folder / "contacts.csv").write_text("\n".join(["id,email,consent_email", *contacts]) + "\n")
    (folder / "events.csv").write_text("id,at,amount\n1,2020-01-01T10:00:00,10\n")
    (folder / "journeys" / "j.journey").write_text(script.replace("{quota}", str(quota)))


TEN = tuple(f"{n},p{n}@mail.example,true" for n in range(10))


def quotas(folder: Path, *options: str) -> list[dict[str, str]]:
    done = wend("check", *options, "--format", "json", folder)
    assert done.code == 0, done.err
    return [each for each in json.loads(done.out) if each["code"] == "W427"]


def test_the_contacts_of_the_data_are_counted(tmp_path: Path) -> None:
    project(tmp_path, 49, TEN)
    assert quotas(tmp_path) == []
    (found,) = quotas(tmp_path, "--data")
    who = "the 10 contacts of the data can get up to 5 email a month each, 50 in all"
    assert found["message"] == f"the quota of 49 can run out: {who}"
    assert found["help"].startswith("write `limit 4 email per 31 days` under `settings`, or raise the quota")
    assert [each["text"] for each in found["labels"]] == [  # type: ignore[index]
        "up to 5 email for each contact",
        "1 for each `order_placed`",
    ]


def test_what_the_help_says_is_enough(tmp_path: Path) -> None:
    project(tmp_path, 49, TEN, SCRIPT.replace("    quota", "    limit 4 email per 31 days\n    quota"))
    assert quotas(tmp_path, "--data") == []


def test_a_quota_that_suffices_is_not_told(tmp_path: Path) -> None:
    project(tmp_path, 50, TEN)
    assert quotas(tmp_path, "--data") == []


def test_who_has_not_agreed_or_has_no_address_is_not_counted(tmp_path: Path) -> None:
    project(tmp_path, 49, (*TEN[:9], "9,p9@mail.example,false", "10,,true"))
    assert quotas(tmp_path, "--data") == []


def test_one_contact_alone_is_told_without_data_and_once(tmp_path: Path) -> None:
    project(tmp_path, 4, TEN)
    (found,) = quotas(tmp_path)
    assert found["message"] == "one contact alone can use up the quota of 4: it can get up to 5 email a month"
    assert quotas(tmp_path, "--data") == [found]


def test_a_quota_that_refuses_nothing_is_not_told(tmp_path: Path) -> None:
    script = SCRIPT.replace("journey tips\n", "journey tips\n    transactional\n\n")
    project(tmp_path, 4, TEN, script)
    assert quotas(tmp_path, "--data") == []


def test_the_table_of_messages(tmp_path: Path) -> None:
    project(tmp_path, 500, TEN)
    done = wend("check", "--messages", tmp_path)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "2 journeys, no errors, 0 warnings"
    assert [" ".join(line.split()) for line in lines[2:6]] == [
        "at most for one contact per day per month per run",
        "orders email 1 for each `order_placed` 1 for each `order_placed`",
        "tips email 1 5",
        "all journeys email 1 and for events 5 and for events",
    ]
    assert lines[6] == "quota 500 email per month: enough for 100 contacts that get the most"


def test_the_numbers_for_programs(tmp_path: Path) -> None:
    project(tmp_path, 500, TEN)
    told = json.loads(wend("check", "--messages", "--format", "json", tmp_path).out)
    assert told["reports"] == []
    assert told["messages"]["channels"] == [{"channel": "email", "per_day": None, "per_month": None}]
    orders, tips = told["messages"]["journeys"]
    each = [{"kind": "event", "name": "order_placed", "more": 1}]
    assert orders["per_month"] == {"at_most": None, "without_each": 0, "each": each}
    assert tips["per_month"] == {"at_most": 5, "without_each": 5, "each": []}
    assert tips["per_run"] is None


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_the_table_does_not_go_with_reports_alone(form: str, tmp_path: Path) -> None:
    project(tmp_path, 500, TEN)
    done = wend("check", "--messages", "--format", form, tmp_path)
    assert done.code == 2
    assert "leave one out" in done.err


def test_scripts_without_a_journey(tmp_path: Path) -> None:
    project(tmp_path, 1, TEN, "contact\n    email text?\n    consent_email boolean\n")
    done = wend("check", tmp_path)
    assert done.code == 0
    assert "warning[W508]: the script has no journey, so nothing is ever done" in done.err
    assert done.out == "0 journeys, no errors, 1 warning\n"


@pytest.mark.parametrize(("text", "told"), [("", True), ("# nothing\n", True), ("event a\n", False)])
def test_a_lone_script_of_declarations_may_be_one_that_others_use(text: str, told: bool, tmp_path: Path) -> None:
    script = tmp_path / "s.journey"
    script.write_text(text)
    assert ("W508" in wend("check", script).err) == told
