import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from benchmarks import __main__ as command
from benchmarks import measure
from benchmarks.contacts import TODAY, Row, contacts
from benchmarks.engines import ENGINES, Engine
from benchmarks.rules import WORKS, All, DaysSince, Flag, History, Lower, Number, OneOf, Rule, Some
from tests.house.repository import ROOT

ROWS = list(contacts(400))


def compare(left: float, op: str, right: float) -> bool:
    return {">=": left >= right, "<": left < right, ">": left > right}[op]


def fulfils(rule: Rule, row: Row) -> bool:
    """What a rule means, said plainly."""
    match rule:
        case DaysSince():
            date = row[rule.field]
            return date is not None and compare(TODAY.toordinal() - date, rule.op, rule.days)
        case OneOf():
            return row[rule.field] in rule.values
        case Lower():
            return (row[rule.field].lower() == rule.text) is (rule.op == "=")
        case Flag():
            return bool(row[rule.field])
        case Number():
            return compare(row[rule.field], rule.op, rule.number)
        case History():
            inside = [p for p in row["purchases"] if TODAY.toordinal() - p["day"] < rule.days]
            return compare(
                len(inside) if rule.fold == "count" else sum(p["amount"] for p in inside), rule.op, rule.number
            )
        case All():
            return all(fulfils(part, row) for part in rule.parts)
        case Some():
            return any(fulfils(part, row) for part in rule.parts)


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_every_engine_selects_what_the_rules_mean(engine: Engine, work: str) -> None:
    if not engine.available:
        pytest.skip(f"{engine.name} is not installed: pip install -e '.[bench]'")
    rules = WORKS[work]
    expected = [[place for place, row in enumerate(ROWS) if fulfils(rule, row)] for rule in rules]
    assert sum(map(len, expected)) > 10
    assert engine.select(rules, engine.load(ROWS))() == expected


def test_contacts_are_the_same_each_time_and_have_what_the_rules_ask_about() -> None:
    assert list(contacts(400)) == ROWS
    assert any(row["last_purchase"] is None for row in ROWS)
    assert any(TODAY.toordinal() - p["day"] in (0, 365) for row in ROWS for p in row["purchases"])


def test_a_measurement_tells_when_the_same_contacts_were_not_selected(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ENGINES[1]
    found = measure.compare(ours, "a compound rule", 200, 1)
    assert found["same"]
    assert found["ratio"] > 0
    assert found["ns"] > 0
    monkeypatch.setattr(type(ours), "select", lambda self, rules, population: lambda: [[1]])
    assert not measure.compare(ours, "a compound rule", 200, 1)["same"]


def test_the_memory_of_what_is_loaded_is_seen() -> None:
    assert measure.in_process("lambda", "memory", 4000, 1)["mb"] > 2


@pytest.mark.parametrize(("same", "status"), [(True, 0), (False, 1)])
def test_the_status_tells_whether_results_agree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], same: bool, status: int
) -> None:
    found = {"same": same, "selected": 3, "ns": 1000.0, "ratio": 2.0, "mb": 1.0}
    monkeypatch.setattr(command, "in_process", lambda *_: found)
    assert command.main(["--only", "rules"]) == status
    assert ("NO" in capsys.readouterr().out) is not same


def test_the_simulation_is_measured_as_a_process_and_counts_alike(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "simulation", "--share", "0.004"]) == 0
    assert "the same counts" in capsys.readouterr().out


HARNESS = ROOT.parent / "shared" / "measure" / "peers"


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not HARNESS.exists(), reason="the fuller harness is not here (../shared/measure/peers)")
def test_our_slot_in_the_fuller_harness_selects_what_its_reference_selects(monkeypatch: pytest.MonkeyPatch) -> None:
    countries = ["FR", "BE", "LU", "DE", "NL", "ES", "IT", "GB", "PT", "CH", "AT", "PL"]
    data = SimpleNamespace(DAY=86_400, NOW=1_750_000_000, COUNTRIES=countries)
    monkeypatch.setitem(sys.modules, "data", data)
    rules = load("rules", HARNESS / "rules.py")
    monkeypatch.setitem(sys.modules, "rules", rules)
    monkeypatch.setitem(sys.modules, "peers", SimpleNamespace(peer=lambda cls: cls, RowPeer=object))
    path = list(sys.path)
    slot = load("wend_peer", ROOT / "benchmarks" / "harness" / "wend_peer.py")
    monkeypatch.setattr(sys, "path", path)
    chance = random.Random(7)

    def ago(days: float) -> int:
        return int(data.NOW - days * data.DAY)

    rows = [
        {
            "id": number,
            "last_purchase": chance.choice((None, ago(120), ago(120) + 1, ago(chance.random() * 400))),
            "signup": ago(chance.random() * 2000),
            "country": chance.choice(countries[:4]),
            "plan": chance.choice(("free", "Free", "basic", "pro", "PREMIUM")),
            "consent_email": chance.random() < 0.6,
            "vip": chance.random() < 0.2,
            "score": chance.randrange(401) / 4,
            "orders": chance.randrange(51),
            "purchases": [
                {"ts": ago(days), "amount": chance.randrange(4, 100) / 4}
                for days in sorted((365, 90, chance.random() * 700)[: chance.randrange(4)], reverse=True)
            ],
        }
        for number in range(300)
    ]

    def asked(work: str, rule: object = None, several: object = None) -> object:
        return slot.Own().prepare(work, SimpleNamespace(contacts=rows, rule=rule, rules=several))()

    expected = [[row["id"] for row in rows if rules.ref(rule, row)] for rule in (rules.W2, *rules.ruleset())]
    assert asked("W2", rules.W2) == expected[0] != []
    assert asked("W5", several=rules.ruleset()) == expected[1:]
    assert asked("W3") == [row["id"] for row in rows if rules.ref_w3(row)] != []
    compiled = slot.Own().compile_one(rules.W2)
    assert [row["id"] for row in rows if compiled(row)] == expected[0]
