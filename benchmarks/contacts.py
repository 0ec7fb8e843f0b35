"""Generated contacts, with their purchases: the rows that all engines are given."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

#: The day on which all rules are evaluated; dates are numbers of days (proleptic ordinals), cheapest for everyone.
TODAY = dt.date(2026, 5, 10)

COUNTRIES = ("FR", "BE", "LU", "DE", "NL", "ES", "IT", "GB", "PT", "CH", "AT", "PL")
PLANS = ("free", "Free", "FREE", "basic", "Basic", "pro", "Pro", "PREMIUM")

Row = dict[str, Any]


def contacts(count: int, seed: int = 2026) -> Iterator[Row]:
    """So many contacts, the same for the same arguments. One in twenty has never bought anything."""
    chance = random.Random(seed)
    today = TODAY.toordinal()
    for number in range(count):
        bought = 0 if chance.random() < 0.05 else min(1 + int(chance.expovariate(1 / 7)), 80)
        days = sorted(today - chance.randrange(730) for _ in range(bought))
        yield {
            "id": str(number),
            "today": today,
            "last_purchase": days[-1] if days else None,
            "signup": today - chance.randrange(2000),
            "country": chance.choices(COUNTRIES, (22, 7, 2, 16, 8, 10, 10, 10, 5, 4, 3, 3))[0],
            "plan": chance.choices(PLANS, (25, 8, 2, 20, 10, 20, 10, 5))[0],
            "consent_email": chance.random() < 0.55,
            "vip": chance.random() < 0.10,
            "score": chance.randrange(401) / 4,
            "orders": chance.randrange(51),
            # Quarters, so that sums are exact whatever the order.
            "purchases": [{"day": day, "amount": chance.randrange(4, 241) / 4} for day in days],
        }
