"""Lengths that are multiplied and divided, and moments at the ends of the calendar."""

import datetime as dt

import pytest

import wend

NOW = dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC)
LAST = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
FIRST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


def value(expression: str, zone: str = "UTC", **fields: object) -> object:
    return wend.evaluate(expression, {"id": "ana", **fields}, now=NOW, zone=zone).value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2026-05-10 + 49 days / 49", dt.date(2026, 5, 11)),
        ("2026-05-10 + 100 days * 1.1", dt.date(2026, 8, 28)),
        ("2026-05-10 + 3 * 1 month / 3", dt.date(2026, 6, 10)),
        ("2026-05-10 + 7 months / 7", dt.date(2026, 6, 10)),
        ("2026-05-10 + 230 days * 10%", dt.date(2026, 6, 2)),
        ("49 days / 49 = 1 day", True),
        ("3.3 hours = 198 minutes", True),
        ("2026-05-10 + 1.5 days = 2026-05-11 12pm", True),
        ("2026-05-10 + 1 day / 3 = 2026-05-10 8am", True),
    ],
)
def test_a_part_or_a_multiple_of_whole_days_is_whole_days(expression: str, expected: object) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Pacific/Kiritimati", "America/New_York"])
def test_the_ends_of_the_calendar_are_moments_in_every_zone(zone: str) -> None:
    assert value("days_until(ends) > 1_000_000", zone, ends=LAST) is True
    assert value("year(ends)", zone, ends=LAST) == 9999
    assert value("ends + 1 day", zone, ends=LAST) is None
    assert value("ends - 1 month < ends", zone, ends=LAST) is True
    assert value("days_since(began) > 500_000", zone, began=FIRST) is True
    assert value("year(began)", zone, began=FIRST) == 1
    assert value("began + 1 month > began", zone, began=FIRST) is True
    assert value("began - 1 day", zone, began=FIRST) is None


@pytest.mark.parametrize("offset", [-5, 5])
def test_a_time_that_utc_cannot_show_is_refused_in_one_sentence(offset: int) -> None:
    zone = dt.timezone(dt.timedelta(hours=offset))
    beyond = (LAST if offset < 0 else FIRST).replace(tzinfo=zone)
    with pytest.raises(wend.WendError, match="beyond the calendar"):
        value("ends > now", ends=beyond)
    with pytest.raises(wend.WendError, match="beyond the calendar"):
        wend.evaluate("now is known", now=beyond)


def test_a_list_has_what_is_equal() -> None:
    day, moment = dt.date(2026, 5, 10), dt.datetime(2026, 5, 9, 22, tzinfo=dt.UTC)
    for expression in ("day = moment", "day in [moment]", "moment in [day]", "[day] contains moment"):
        assert value(expression, "Europe/Paris", day=day, moment=moment) is True
        assert value(expression, "UTC", day=day, moment=moment) is False
    assert value("contains([day], moment)", "Europe/Paris", day=day, moment=moment) is True
    assert value("moment not in [day]", "Europe/Paris", day=day, moment=moment) is False
    assert value("1 day in [24 hours]") is True
