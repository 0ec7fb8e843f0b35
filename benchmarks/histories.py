"""Purchase histories: generated ones, files of them, and how many win-back mails they must lead to.

Nothing here knows of the engine: the count is a plain loop over the rows, so that tests can hold the engine to it.
"""

import csv
import datetime as dt
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FIRST_DAY = dt.date(1997, 1, 1)
LAST_DAY = dt.date(1998, 6, 30)

#: The days without a purchase after which each mail is due.
LADDER = {"winback-1": 120, "winback-2": 240, "winback-3": 360}

SCRIPT = """\
contact
    email             text?
    last_purchase     date? = last(purchase.at)

event purchase
    amount            number

settings
    consent email when email is known

segment customers = any(purchase)

journey win_back "Win back lapsed customers"
    audience customers
    exit when days_since(last_purchase) < 120
    reenter always
    backlog include
    limit 1 email per 30 days else wait

    when days_since(last_purchase) >= 120
        send email "winback-1" as first

    when days_since(last_purchase) >= 240 and first.sent
        send email "winback-2" as second

    when days_since(last_purchase) >= 360
        and days_since(second.sent_at) >= 30
        send email "winback-3"
"""


class Purchase(NamedTuple):
    """One row: who, on which local date, for how much."""

    contact: str
    date: dt.date
    amount: float


def generate(customers: int = 23_570, seed: int = 1997) -> Iterator[Purchase]:
    """Histories of customers who all come for the first time in the first twelve weeks and buy until mid 1998.

    The same for the same arguments. A customer is of one of three habits (once, now and then, often); some buy twice
    on one day. For every thousand customers there are about three thousand purchases.
    """
    chance = random.Random(seed)
    last = (LAST_DAY - FIRST_DAY).days
    for number in range(1, customers + 1):
        contact = f"{number:05}"
        day = chance.randrange(84)
        gap = chance.choices((None, 150.0, 45.0), (59, 34, 7))[0]
        while day <= last:
            yield Purchase(contact, FIRST_DAY + dt.timedelta(days=day), chance.randrange(500, 20_000, 25) / 100)
            if gap is None:
                break
            day += 0 if chance.random() < 0.04 else 1 + int(chance.expovariate(1 / gap))


def read(path: Path) -> Iterator[Purchase]:
    """The rows of a file with the columns `contact_id`, `at` (a date) and `amount`, gzipped or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield Purchase(row["contact_id"], dt.date.fromisoformat(row["at"][:10]), float(row["amount"]))


def count_mails(purchases: Iterable[Purchase], last: dt.date = LAST_DAY) -> Counter[str]:
    """How many of each mail are due until a date, included, with all purchases within the period, each at noon.

    A mail is due at the first moment of the day that is so many days after a purchase, provided no other purchase
    came before it: one on that very day comes at noon, when the mail has gone. A later mail needs the one before to
    have been sent, which the same rule sees to, since all begin with the same purchase.
    """
    dates: defaultdict[str, list[dt.date]] = defaultdict(list)
    for purchase in purchases:
        dates[purchase.contact].append(purchase.date)
    sent: Counter[str] = Counter()
    for bought in dates.values():
        bought.sort()
        for index, date in enumerate(bought):
            following = bought[index + 1] if index + 1 < len(bought) else None
            for mail, days in LADDER.items():
                due = date + dt.timedelta(days=days)
                if due > last or (following is not None and following < due):
                    break
                sent[mail] += 1
    return sent


def write(purchases: Iterable[Purchase], folder: Path) -> tuple[Path, Path]:
    """A contacts file and an events file in a folder, each purchase at noon UTC, with an id of its own."""
    contacts, events = folder / "contacts.csv", folder / "events.csv"
    seen: dict[str, None] = {}
    with events.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("event_id", "contact_id", "at", "type", "amount"))
        for number, purchase in enumerate(purchases, start=1):
            seen.setdefault(purchase.contact)
            at = f"{purchase.date.isoformat()}T12:00:00Z"
            rows.writerow((number, purchase.contact, at, "purchase", purchase.amount))
    with contacts.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("contact_id", "email"))
        rows.writerows((contact, f"c{contact}@shop.example") for contact in seen)
    return contacts, events


def main() -> None:
    """Print as JSON how many mails a file of purchases leads to: a whole process to set beside the simulator's."""
    print(json.dumps(count_mails(read(Path(sys.argv[1])))))


if __name__ == "__main__":
    main()
