"""The independent count, held to cases that were worked out by hand, and the data that is generated."""

import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.histories import FIRST_DAY, LAST_DAY, Purchase, count_mails, generate, read, write


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("dates", "sent"),
    [
        # 1 January 1997 + 120 days = 1 May, + 240 = 29 August, + 360 = 27 December.
        ("1997-01-01", {"winback-1": 1, "winback-2": 1, "winback-3": 1}),
        # On the very day, at noon, the mail of that day has gone; the day before, there is none.
        ("1997-01-01 1997-05-01 1997-06-01 1998-05-26", {"winback-1": 2, "winback-2": 1}),
        ("1997-01-01 1997-04-30 1998-05-01", {"winback-1": 1, "winback-2": 1, "winback-3": 1}),
        # Twice on one day is one lapse.
        ("1997-01-01 1997-01-01", {"winback-1": 1, "winback-2": 1, "winback-3": 1}),
        # 2 March 1998 + 120 days is the last day of the period; a day later is too late.
        ("1998-03-02", {"winback-1": 1}),
        ("1998-03-03", {}),
        # A purchase ends the series wherever it stands, and begins it anew.
        ("1997-01-01 1997-08-28", {"winback-1": 2, "winback-2": 1}),
        ("1997-01-01 1997-08-29", {"winback-1": 2, "winback-2": 2}),
    ],
)
def test_the_count_of_one_customer(dates: str, sent: dict[str, int]) -> None:
    purchases = [Purchase("1", day(date), 10.0) for date in dates.split()]
    assert count_mails(purchases) == Counter(sent)
    assert count_mails(reversed(purchases)) == Counter(sent)


def test_customers_are_counted_each_for_themselves() -> None:
    purchases = [Purchase("1", day("1997-01-01"), 10.0), Purchase("2", day("1997-04-30"), 10.0)]
    assert count_mails(purchases) == Counter({"winback-1": 2, "winback-2": 2, "winback-3": 2})


def test_generated_histories_are_the_same_each_time_and_have_what_makes_counting_hard() -> None:
    purchases = list(generate(3000))
    assert purchases == list(generate(3000))
    assert purchases != list(generate(3000, seed=2))
    assert {p.date for p in purchases} >= {FIRST_DAY, LAST_DAY}
    assert 2.5 < len(purchases) / 3000 < 3.5
    by_customer: defaultdict[str, list[dt.date]] = defaultdict(list)
    for purchase in purchases:
        by_customer[purchase.contact].append(purchase.date)
    gaps = Counter((b - a).days for dates in by_customer.values() for a, b in pairwise(dates))
    for days in (0, 119, 120, 121, 239, 240, 241, 360):
        assert gaps[days] > 0, days
    assert min(count_mails(purchases).values()) > 1000


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    purchases = list(generate(50))
    contacts, events = write(purchases, tmp_path)
    assert list(read(events)) == purchases
    assert len(contacts.read_text(encoding="utf-8").splitlines()) == 51
