"""The rules that are timed, written once, and how each engine writes them.

Days are whole local days, in UTC. A contact without a purchase fulfils no condition on the date of its last one.
"""

import random
from collections.abc import Sequence
from typing import assert_never

from attrs import frozen

from benchmarks.contacts import COUNTRIES


@frozen
class DaysSince:
    """`days_since(field) op days`."""

    field: str
    op: str
    days: int


@frozen
class OneOf:
    """A text field is one of some values."""

    field: str
    values: tuple[str, ...]


@frozen
class Lower:
    """A text field in small letters, compared with a text: `=` or `!=`."""

    field: str
    op: str
    text: str


@frozen
class Flag:
    """A boolean field is true."""

    field: str


@frozen
class Number:
    """A number field, compared with a number."""

    field: str
    op: str
    number: float


@frozen
class History:
    """How many purchases in the last days, or their sum, compared with a number."""

    fold: str
    days: int
    op: str
    number: int


@frozen
class All:
    """All parts hold."""

    parts: tuple["Rule", ...]


@frozen
class Some:
    """Any part holds."""

    parts: tuple["Rule", ...]


Rule = DaysSince | OneOf | Lower | Flag | Number | History | All | Some

COMPOUND = All(
    (
        DaysSince("last_purchase", ">=", 120),
        OneOf("country", ("FR", "BE", "LU")),
        Lower("plan", "!=", "free"),
        Some((Flag("consent_email"), Flag("vip"))),
    )
)

HISTORY = All((History("count", 365, ">=", 2), History("sum", 90, "<", 50)))


def many(count: int = 25, seed: int = 5) -> list[Rule]:
    """Rules that differ in fields and numbers; ten of them share their first conditions."""
    chance = random.Random(seed)
    shared = COMPOUND.parts[:3]
    found: list[Rule] = [
        All((*shared, Some((Flag("consent_email"), Number("score", ">", 5 * k))), Number("orders", ">=", 2 + 3 * k)))
        for k in range(10)
    ]
    while len(found) < count:
        parts: list[Rule] = [
            DaysSince(
                chance.choice(("last_purchase", "signup")), chance.choice((">=", "<")), chance.randrange(20, 380)
            ),
            OneOf("country", tuple(chance.sample(COUNTRIES, chance.randrange(2, 5)))),
            Lower("plan", chance.choice(("!=", "=")), chance.choice(("free", "basic", "pro"))),
            Some((Flag(chance.choice(("consent_email", "vip"))), Number("score", ">", chance.randrange(10, 90)))),
            Number("orders", chance.choice((">=", "<")), chance.randrange(1, 45)),
        ]
        chance.shuffle(parts)
        found.append(All(tuple(parts)))
    return found


WORKS: dict[str, list[Rule]] = {
    "a compound rule": [COMPOUND],
    "25 rules": many(),
    "count and sum over the history": [HISTORY],
}


def fields(rule: Rule) -> frozenset[str]:
    """The fields of a contact that a rule reads."""
    match rule:
        case All() | Some():
            return frozenset().union(*map(fields, rule.parts))
        case History():
            return frozenset({"purchases"})
        case _:
            return frozenset({rule.field})


class Syntax:
    """Writes a rule in Python, over a dict `c` and the number of today, `today`; the other engines differ in parts."""

    conjunction, disjunction, equal = " and ", " or ", "=="

    def write(self, rule: Rule) -> str:
        """The rule as the engine reads it."""
        match rule:
            case DaysSince():
                return self.days_since(rule)
            case OneOf():
                return f"{self.name(rule.field)} in {self.texts(rule.values)}"
            case Lower():
                op = self.equal if rule.op == "=" else rule.op
                return f'{self.lower(self.name(rule.field))} {op} "{rule.text}"'
            case Flag():
                return self.name(rule.field)
            case Number():
                return f"{self.name(rule.field)} {rule.op} {self.number(rule)}"
            case History():
                return self.history(rule)
            case All():
                return f"({self.conjunction.join(map(self.write, rule.parts))})"
            case Some():
                return f"({self.disjunction.join(map(self.write, rule.parts))})"
            case _:
                assert_never(rule)

    def name(self, field: str) -> str:
        """A field of the contact."""
        return f'c["{field}"]'

    def known(self, field: str) -> str:
        """That a field has a value."""
        return f"{self.name(field)} is not None"

    def texts(self, values: Sequence[str]) -> str:
        """A list of texts."""
        return "(" + "".join(f'"{value}", ' for value in values) + ")"

    def lower(self, text: str) -> str:
        """A text in small letters."""
        return f"{text}.lower()"

    def number(self, rule: Number) -> str:
        """The number that a field is compared with."""
        return str(rule.number)

    def days_since(self, rule: DaysSince) -> str:
        """Days since a date; unknown where there is none."""
        found = f"today - {self.name(rule.field)} {rule.op} {rule.days}"
        return f"({self.known(rule.field)}{self.conjunction}{found})" if rule.field == "last_purchase" else found

    def history(self, rule: History) -> str:
        """A condition on the purchases of a contact."""
        what = "1" if rule.fold == "count" else 'p["amount"]'
        return (
            f'sum({what} for p in {self.name("purchases")} if p["day"] > today - {rule.days}) {rule.op} {rule.number}'
        )


class Wend(Syntax):
    """Our own."""

    equal = "="

    def name(self, field: str) -> str:
        """A field by its name."""
        return field

    def texts(self, values: Sequence[str]) -> str:
        """A list."""
        return "[" + ", ".join(f'"{value}"' for value in values) + "]"

    def lower(self, text: str) -> str:
        """The function of the library."""
        return f"lower({text})"

    def days_since(self, rule: DaysSince) -> str:
        """The function of the library; unknown is not true."""
        return f"days_since({rule.field}) {rule.op} {rule.days}"

    def history(self, rule: History) -> str:
        """An aggregate with a window."""
        what = "purchase" if rule.fold == "count" else "purchase.amount"
        return f"{rule.fold}({what} in last {rule.days} days) {rule.op} {rule.number}"


class Bare(Syntax):
    """What the peers have in common: fields by their names, lists in square brackets, `!= null`."""

    def name(self, field: str) -> str:
        """A field by its name."""
        return field

    def known(self, field: str) -> str:
        """Against null."""
        return f"{field} != null"

    def texts(self, values: Sequence[str]) -> str:
        """A list."""
        return "[" + ", ".join(f'"{value}"' for value in values) + "]"


class Cel(Bare):
    """The Common Expression Language, with `lower` and `total` given to it."""

    conjunction, disjunction = " && ", " || "

    def lower(self, text: str) -> str:
        """A function that is given to it."""
        return f"lower({text})"

    def number(self, rule: Number) -> str:
        """A double where the field is one."""
        return str(float(rule.number)) if rule.field == "score" else str(rule.number)

    def history(self, rule: History) -> str:
        """Macros over the list."""
        found = f"purchases.filter(p, p.day > today - {rule.days})"
        if rule.fold == "count":
            return f"size({found}) {rule.op} {rule.number}"
        return f"total({found}.map(p, p.amount)) {rule.op} {float(rule.number)}"


class Zen(Bare):
    """The expression language of GoRules' Zen engine."""

    def lower(self, text: str) -> str:
        """A function of its own."""
        return f"lower({text})"

    def history(self, rule: History) -> str:
        """Closures over the list."""
        found = f"#.day > today - {rule.days}"
        if rule.fold == "count":
            return f"count(purchases, {found}) {rule.op} {rule.number}"
        return f"sum(map(filter(purchases, {found}), #.amount)) {rule.op} {rule.number}"


class RuleEngine(Bare):
    """The `rule-engine` package."""

    def lower(self, text: str) -> str:
        """An attribute of texts."""
        return f"{text}.as_lower"

    def history(self, rule: History) -> str:
        """Comprehensions over the list."""
        what = "p" if rule.fold == "count" else 'p["amount"]'
        found = f'[{what} for p in purchases if p["day"] > today - {rule.days}]'
        return f"{f'{found}.length' if rule.fold == 'count' else f'$sum({found})'} {rule.op} {rule.number}"
