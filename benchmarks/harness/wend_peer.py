"""Our engine in the fuller harness, which times many more engines over a million contacts.

From this folder, with wend installed in the harness's environment:

    python .../peers/bench.py --own wend_peer --only own,py-lambda

The harness's days are elapsed ones, of 86,400 seconds, so they are written as hours and seconds.
"""

import datetime as dt
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

# The harness's own, beside its `bench.py`.
import data
import peers
import rules

from benchmarks import own

NOW = dt.datetime.fromtimestamp(data.NOW, dt.UTC)
FIELDS = ("country", "plan", "consent_email", "vip", "score", "orders")
SCHEMA = """\
contact
    last_purchase     datetime?
    signup            datetime
    country           text
    plan              text
    consent_email     boolean
    vip               boolean
    score             number
    orders            number

event purchase
    amount            number
"""
# The harness counts an event that is exactly so old as inside, a window does not.
HISTORY = (
    f"count(purchase in last {365 * data.DAY + 1} seconds) >= 2"
    f" and sum(purchase.amount in last {90 * data.DAY + 1} seconds) < 50"
)


class Dsl(rules.Py):
    """The harness's rules in our syntax."""

    def ds(self, name, op, days):
        """Elapsed days; unknown is not true."""
        return f"hours_since({name}) {op} {days * 24}"

    def in_(self, name, values):
        """A list."""
        return f"{name} in [{', '.join(map(self.lit, values))}]"

    def lower(self, name, op, text):
        """The function of the library."""
        return f'lower({name}) {"=" if op == "==" else op} "{text}"'

    def lit(self, value):
        """A text or a number."""
        return f'"{value}"' if isinstance(value, str) else str(value)


def at(seconds):
    """A time of the harness as a datetime."""
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)


def contact(row):
    """A contact of the harness as the engine holds it."""
    events = [("purchase", at(p["ts"]), {"amount": p["amount"]}) for p in row.get("purchases", ())]
    fields = {name: row[name] for name in FIELDS if name in row}
    fields |= {name: at(row[name]) for name in ("last_purchase", "signup") if name in row}
    return own.make_contact(str(row["id"]), fields, events)


@peers.peer
class Own(peers.RowPeer):
    """Contact by contact."""

    name = "own (per contact)"
    sizes = {"W1": 20_000, "W2": 20_000, "W3": 10_000, "W5": 2_000, "W4": 1000}  # noqa: RUF012

    def compile_one(self, ir, w1=False):
        """A rule over rows: for the check of compiled rules, where contacts are not loaded beforehand."""
        matches = own.compile_conditions([Dsl().emit(ir)], SCHEMA, NOW)
        return lambda row: matches(contact(row))[0]

    def prepare(self, work, D):
        """Loading into the engine's own form is not timed."""
        loaded = [contact(row) for row in D.contacts]
        if work == "W5":
            every = own.compile_conditions([Dsl().emit(rule) for rule in D.rules], SCHEMA, NOW)

            def run():
                selected = [[] for _ in D.rules]
                for place, one in enumerate(loaded):
                    for number, holds in enumerate(every(one)):
                        if holds:
                            selected[number].append(place)
                return selected

            return run
        matches = own.compile_conditions([HISTORY if work == "W3" else Dsl().emit(D.rule)], SCHEMA, NOW)
        return lambda: [place for place, one in enumerate(loaded) if matches(one)[0]]
