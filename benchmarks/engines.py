"""The engines that are timed: each reads the same rules in its own syntax, over the contacts as it holds them."""

import datetime as dt
import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks import own
from benchmarks.contacts import TODAY, Row
from benchmarks.rules import Bare, Cel, Rule, RuleEngine, Syntax, Wend, Zen, fields

Population = list[Any]
Selection = list[list[int]]
"""For each rule, the places of the contacts that it selects."""

SCHEMA = """\
contact
    last_purchase     date?
    signup            date
    country           text
    plan              text
    consent_email     boolean
    vip               boolean
    score             number
    orders            number

event purchase
    amount            number
"""


class Engine(ABC):
    """An engine: how it holds contacts (not timed), and how it evaluates rules over them (timed)."""

    name: str
    needs: str | None = None

    @property
    def available(self) -> bool:
        """Whether its package is installed."""
        try:
            importlib.import_module(self.needs or "sys")
        except ImportError:
            return False
        return True

    def load(self, rows: Iterable[Row]) -> Population:
        """The contacts as the engine wants them."""
        return list(rows)

    @abstractmethod
    def matchers(self, rules: Sequence[Rule]) -> list[Callable[[Any], Any]]:
        """For each rule, what tells whether a contact fulfils it."""

    def select(self, rules: Sequence[Rule], population: Population) -> Callable[[], Selection]:
        """What is timed: which contacts each rule selects."""
        matchers = self.matchers(rules)
        return lambda: [[place for place, c in enumerate(population) if matches(c)] for matches in matchers]


class Lambda(Engine):
    """What a person would write by hand: a lambda for each rule, over dicts."""

    name = "lambda"

    def matchers(self, rules: Sequence[Rule]) -> list[Callable[[Any], Any]]:
        """Python, compiled by Python."""
        return [eval(f"lambda c: {Syntax().write(rule)}", {"today": TODAY.toordinal()}) for rule in rules]


class Ours(Engine):
    """The evaluator of this project."""

    name = "wend"

    def load(self, rows: Iterable[Row]) -> Population:
        """Contacts with dates, and their purchases as events at noon."""
        return [self._contact(row) for row in rows]

    @staticmethod
    def _contact(row: Row) -> own.Contact:
        values = {name: row[name] for name in ("country", "plan", "consent_email", "vip", "score", "orders")}
        last = row["last_purchase"]
        values["last_purchase"] = None if last is None else dt.date.fromordinal(last)
        values["signup"] = dt.date.fromordinal(row["signup"])
        noon = dt.time(12, tzinfo=dt.UTC)
        events = [
            ("purchase", dt.datetime.combine(dt.date.fromordinal(p["day"]), noon), {"amount": p["amount"]})
            for p in row["purchases"]
        ]
        return own.make_contact(row["id"], values, events)

    def matchers(self, rules: Sequence[Rule]) -> list[Callable[[Any], Any]]:
        """All rules are one program."""
        raise NotImplementedError("they are asked together")

    def select(self, rules: Sequence[Rule], population: Population) -> Callable[[], Selection]:
        """One look at a contact answers for all rules."""
        now = dt.datetime.combine(TODAY, dt.time(23, tzinfo=dt.UTC))
        matches = own.compile_conditions([Wend().write(rule) for rule in rules], SCHEMA, now)

        def run() -> Selection:
            selected: Selection = [[] for _ in rules]
            for place, contact in enumerate(population):
                for number, holds in enumerate(matches(contact)):
                    if holds:
                        selected[number].append(place)
            return selected

        return run


class Peer(Engine):
    """An engine from elsewhere: it is given a dict with only the fields that the rule reads, its cheapest call."""

    syntax: Syntax = Bare()

    @abstractmethod
    def compile(self, text: str) -> Callable[[Row], Any]:
        """What evaluates a rule, given the fields."""

    def matchers(self, rules: Sequence[Rule]) -> list[Callable[[Any], Any]]:
        """Each rule by itself."""
        return [self._matcher(rule) for rule in rules]

    def _matcher(self, rule: Rule) -> Callable[[Any], Any]:
        evaluate, names = self.compile(self.syntax.write(rule)), ("today", *sorted(fields(rule)))
        return lambda c: evaluate({name: c[name] for name in names})


def float_sum(numbers: Iterable[float]) -> float:
    """CEL knows whole numbers and doubles apart, and the sum of nothing would be a whole one."""
    return float(sum(numbers))


class CelEngine(Peer):
    """CEL in Rust: the package `common-expression-language`."""

    name, needs, syntax = "common-expression-language", "cel", Cel()

    def compile(self, text: str) -> Callable[[Row], Any]:
        """A program, with a context that is used again: cheaper than a new one."""
        cel = importlib.import_module("cel")
        execute = cel.compile(text).execute
        context = cel.Context({}, {"lower": str.lower, "total": float_sum})

        def evaluate(row: Row) -> Any:
            context.update(row)
            return execute(context)

        return evaluate


class ZenEngine(Peer):
    """Zen in Rust: the package `zen-engine`."""

    name, needs, syntax = "zen-engine", "zen", Zen()

    def compile(self, text: str) -> Callable[[Row], Any]:
        """A compiled expression."""
        compiled: Callable[[Row], Any] = importlib.import_module("zen").compile_expression(text).evaluate
        return compiled


class RuleEngineEngine(Peer):
    """The package `rule-engine`, in Python."""

    name, needs, syntax = "rule-engine", "rule_engine", RuleEngine()

    def compile(self, text: str) -> Callable[[Row], Any]:
        """A rule."""
        matches: Callable[[Row], Any] = importlib.import_module("rule_engine").Rule(text).matches
        return matches


ENGINES: tuple[Engine, ...] = (Lambda(), Ours(), CelEngine(), ZenEngine(), RuleEngineEngine())
