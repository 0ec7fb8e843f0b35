"""Two journeys that can send on one day are told once for a channel, however many pairs there are."""

from tests.checker.support import check_text
from wend.dsl.diagnostics import Diagnostic

HEAD = """
contact
    email text
    phone text
    score number
    plan  "free" | "paid"
settings
    consent email when score > 0
    consent sms when score > 0
"""


def told(*journeys: str, settings: str = "") -> list[Diagnostic]:
    result = check_text(HEAD + settings + "".join(journeys))
    return [each for each in result.diagnostics if each.code == "W426"]


def journey(name: str, condition: str, channel: str = "email") -> str:
    return f'journey {name}\n    backlog skip\n    when {condition}\n        send {channel} "{name}"\n'


TEN = [journey(f"j{number}", f"score > {number}") for number in range(10)]


def test_ten_journeys_are_one_warning_that_says_how_many_they_are() -> None:
    (one,) = told(*TEN)
    assert one.message == "`j0` and `j1`, two of 10 such journeys, can both send `email` to one contact on one day"


def test_who_meets_nobody_is_not_counted() -> None:
    alone = journey("alone", 'plan = "paid"').replace("backlog skip", 'audience contacts where plan = "paid"')
    free = [each.replace("backlog skip", 'audience contacts where plan = "free"') for each in TEN[:3]]
    (one,) = told(*(each for each in free), alone)
    assert "two of 3 such journeys" in one.message
    assert told(free[0], alone) == []


def test_each_channel_has_its_own() -> None:
    found = told(*TEN[:2], journey("s", "score > 5", "sms"), journey("t", "score > 6", "sms"))
    assert [each.message for each in found] == [
        "`j0` and `j1` can both send `email` to one contact on one day",
        "`s` and `t` can both send `sms` to one contact on one day",
    ]


def test_a_limit_over_all_journeys_is_all_that_is_asked_for() -> None:
    assert told(*TEN, settings="    limit 3 email per 7 days\n") == []
    assert told(*TEN, settings="    limit 3 sms per 7 days\n")
