"""Wend inside another program, through the names of `import wend` alone."""

import datetime as dt
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import wend
from tests.house.repository import ROOT

NOW = dt.datetime(2026, 5, 9, 9, tzinfo=dt.UTC)
BOUGHT = dt.date(2026, 1, 10)
RULE = 'when days_since(last_purchase) >= 120 send email "we-miss-you"'
DAY = dt.timedelta(days=1)


def lapsed(*names: str) -> list[wend.ContactRecord]:
    return [wend.ContactRecord(name, {"email": f"{name}@shop.example", "last_purchase": BOUGHT}) for name in names]


# ---- importing -------------------------------------------------------------------------------------------------------


def test_every_public_name_is_there_and_listed() -> None:
    assert {name for name in wend.__all__ if getattr(wend, name, None) is None} == set()
    assert set(wend.__all__) <= set(dir(wend))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="compyle"):
        wend.compyle  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


IMPORTING = """
import datetime, gc, locale, logging, os, pathlib, signal, sys, threading, warnings

def configured(name, logger):
    # SQLAlchemy, loaded by `open_sqlite`, gives its own logger a level.
    return isinstance(logger, logging.Logger) and name != "sqlalchemy" and (logger.handlers or logger.level)

def process():
    import asyncio, random
    return {
        "signals": [signal.getsignal(number) for number in sorted(signal.valid_signals())],
        "warnings": list(warnings.filters),
        "loggers": sorted(name for name, each in logging.root.manager.loggerDict.items() if configured(name, each)),
        "root": (logging.root.level, list(logging.root.handlers), logging.raiseExceptions),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "hooks": (sys.excepthook, sys.displayhook, threading.excepthook, sys.getrecursionlimit(), list(sys.meta_path)),
        "random": random.getstate(),
        "threads": threading.active_count(),
        "locale": locale.setlocale(locale.LC_ALL),
        "folder": os.getcwd(),
        "collector": (gc.isenabled(), gc.get_threshold()),
        "policy": asyncio.get_event_loop_policy().__class__,
        "files": sorted(os.listdir(".")),
    }

before = process()
loaded = set(sys.modules)
import wend
assert not [name for name in sys.modules if name.startswith("wend.")], "something else was loaded"
assert set(sys.modules) - loaded == {"wend"}, set(sys.modules) - loaded
assert process() == before
HEAVY = {"sqlalchemy", "click", "rich", "pyarrow", "prompt_toolkit"}
program = wend.compile('when days_since(d) >= 1 send email "x"')
program.match({"email": "a@shop.example"}, now=datetime.datetime.now(datetime.UTC))
assert not HEAVY & set(sys.modules), HEAVY & set(sys.modules)
for name in wend.__all__:
    getattr(wend, name)
after = process()
assert after == before, [(key, before[key], after[key]) for key in before if before[key] != after[key]]
assert "wend.cli" not in sys.modules and not {"click", "rich"} & set(sys.modules)
"""


def test_importing_is_light_and_touches_nothing_of_the_process(tmp_path: Path) -> None:
    here = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", IMPORTING]
    run = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""


def test_a_running_engine_logs_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    with wend.open_sqlite(tmp_path / "store.db") as store:
        engine = wend.Engine(wend.compile(RULE), store, {"email": wend.FolderChannel(tmp_path / "mail")})
        engine.ingest(lapsed("ana"), now=NOW)
        engine.tick(NOW + DAY)
        engine.deliver(NOW + DAY)
    assert [each for each in caplog.records if each.name.startswith("wend")] == []


# ---- compile ---------------------------------------------------------------------------------------------------------


def test_a_script_is_compiled() -> None:
    won_back = f"journey winback\n    backlog include\n    {RULE}\n"
    program = wend.compile(won_back + '\nwhen plan = "free" send email "upgrade"\n')
    rule, journey = program.journeys
    assert (rule, journey) == ('when plan = "free"', "winback")
    assert [each.code for each in program.diagnostics] == ["W409"]


def test_all_that_is_wrong_is_raised_together() -> None:
    with pytest.raises(wend.ProgramError) as failure:
        wend.compile('when days_since(last_purchase >= 120 send email "a"\n\nwait 3\n')
    errors = [each for each in failure.value.diagnostics if each.severity is wend.Severity.ERROR]
    assert len(errors) == 2
    assert errors[0].place.startswith("script.journey:1:")
    assert isinstance(failure.value, wend.WendError)
    assert failure.value.message == "the script has 2 errors"
    assert all(each.message in str(failure.value) for each in errors)  # a traceback shows them


def test_fields_that_the_data_does_not_have_are_errors() -> None:
    assert wend.compile(RULE, fields=["email", "last_purchase"]).journeys
    with pytest.raises(wend.ProgramError) as failure:
        wend.compile(RULE, fields=["email", "last_purchases"])
    assert [(each.code, each.help) for each in failure.value.diagnostics if each.code == "W201"] == [
        ("W201", "write `last_purchases`")
    ]


def test_a_project_and_a_script_in_a_file() -> None:
    example = ROOT / "examples" / "winback"
    project = wend.compile(example)
    assert (project.journeys, project.zone, project.diagnostics) == (("win_back",), "Europe/Paris", ())
    assert wend.compile(example / "journeys" / "winback.journey").version == project.version


def test_the_name_of_a_file_is_not_taken_for_a_script() -> None:
    with pytest.raises(wend.WendError, match="is the name of a file"):
        wend.compile("examples/winback.journey")


def test_templates_are_checked() -> None:
    good = {"we-miss-you.html": "---\nfrom: s@shop.example\nsubject: Hello {{ contact.email }}\n---\n<p>Hello</p>\n"}
    assert wend.compile(RULE, templates=good).journeys
    with pytest.raises(wend.ProgramError) as failure:
        wend.compile(RULE, templates={"we-miss-you.html": "---\nsubject: Hello\n---\n{{ first.name }}\n"})
    assert "W501" in {each.code for each in failure.value.diagnostics}
    with pytest.raises(wend.ProgramError):
        wend.compile(RULE, templates={})


# ---- evaluate --------------------------------------------------------------------------------------------------------


def test_a_value_and_until_when_it_holds() -> None:
    value, until = wend.evaluate("days_since(last_purchase) >= 120", {"last_purchase": BOUGHT}, now=NOW)
    assert (value, until) == (False, dt.datetime(2026, 5, 10, tzinfo=dt.UTC))
    assert wend.evaluate("days_since(last_purchase) >= 120", {"last_purchase": BOUGHT}, now=until) == (
        True,
        wend.FOREVER,
    )


def test_days_begin_in_the_zone() -> None:
    _, until = wend.evaluate("days_since(d) >= 120", {"d": BOUGHT}, now=NOW, zone="Asia/Tokyo")
    assert until == dt.datetime(2026, 5, 9, 15, tzinfo=dt.UTC)


def test_missing_is_unknown() -> None:
    assert wend.evaluate("days_since(last_purchase) >= 120", now=NOW).value is None
    assert wend.evaluate('tags contains "a"', {"tags": ["a", "b"]}, now=NOW).value is True


def test_events_count() -> None:
    bought = [
        wend.Event(str(n), "purchase", NOW - n * DAY, {"amount": amount}) for n, amount in enumerate((10, 20, 30), 1)
    ]
    assert wend.evaluate("sum(purchase.amount in last 2 days)", now=NOW, events=bought) == (
        10,
        dt.datetime(2026, 5, 10, tzinfo=dt.UTC),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [("days_since(", "W1"), ("days_sinze(d)", "W203"), ("entry", "W223"), ("a.sent", "W223")]
    + [(f'email matches "{pattern}"', "W217") for pattern in ("(", "(?=a)", "a{1001}")],
)
def test_a_mistake_in_an_expression(text: str, code: str) -> None:
    with pytest.raises(wend.ProgramError) as failure:
        wend.evaluate(text, now=NOW)
    assert failure.value.diagnostics[0].code.startswith(code)


def test_a_time_needs_a_zone() -> None:
    with pytest.raises(wend.WendError, match="has no time zone"):
        wend.evaluate("1", now=dt.datetime(2026, 5, 9))
    with pytest.raises(wend.WendError, match="no time zone `Europe/Pari`"):
        wend.evaluate("1", now=NOW, zone="Europe/Pari")


# ---- the engine ------------------------------------------------------------------------------------------------------


def test_an_engine_decides_and_delivers(tmp_path: Path) -> None:
    engine = wend.Engine(wend.compile(RULE), wend.MemoryStore(), {"email": wend.FolderChannel(tmp_path)})
    taken = engine.ingest(lapsed("ana", "ben"), now=NOW)
    assert taken.contacts.new == 2
    assert engine.tick(NOW).effects == {}
    engine.tick(NOW + dt.timedelta(minutes=1))
    assert engine.next_wake() == dt.datetime(2026, 5, 10, tzinfo=dt.UTC)
    engine.ingest([wend.ContactRecord("ben", {"last_purchase": NOW.date()})], now=NOW)
    later = NOW + DAY
    assert engine.tick(later).effects == {"email": {"we-miss-you": 1}}
    assert engine.deliver(later).delivered == 1
    assert engine.deliver(later + DAY).delivered == 0
    assert ["ana@shop.example" in each.read_text() for each in tmp_path.glob("*.eml")] == [True]


def test_events_start_journeys_and_each_counts_once() -> None:
    program = wend.compile('on order_placed as order once per order.number\n    send email "thanks"\n')
    engine = wend.Engine(program, wend.MemoryStore())
    order = wend.EventRecord("ana", "order_placed", NOW, "o-1", {"number": "A-17"})
    engine.ingest(lapsed("ana"), [order], now=NOW)
    assert engine.tick(NOW).effects == {"email": {"thanks": 1}}
    events = engine.ingest(events=[order], now=NOW).events
    assert (events.new, events.duplicates) == (0, 1)


def test_nothing_is_taken_in_where_a_record_is_wrong() -> None:
    engine = wend.Engine(wend.compile(RULE), wend.MemoryStore())
    with pytest.raises(wend.WendError, match="who is not among the contacts"):
        engine.ingest(lapsed("ana"), [wend.EventRecord("zoe", "purchase", NOW, "1")], now=NOW)
    assert engine.ingest(lapsed("ana"), now=NOW).contacts.new == 1


def test_a_preview_changes_nothing() -> None:
    engine = wend.Engine(wend.compile(RULE), wend.MemoryStore())
    engine.ingest(lapsed("ana"), now=NOW + DAY, imported=True)
    _, first = engine.preview(NOW + DAY)
    _, again = engine.preview(NOW + DAY)
    assert first.effects == again.effects == {"email": {"we-miss-you": 1}}
    assert engine.tick(NOW + DAY).effects == first.effects


def test_one_minute_has_one_tick() -> None:
    engine = wend.Engine(wend.compile(RULE), wend.MemoryStore())
    engine.tick(NOW)
    with pytest.raises(wend.WendError, match="there was a tick at"):
        engine.tick(NOW)


def test_two_engines_in_one_process_do_not_meet(tmp_path: Path) -> None:
    other = RULE.replace("we-miss-you", "other")
    with wend.open_sqlite(tmp_path / "one.db") as one, wend.open_sqlite(tmp_path / "two.db") as two:
        stores: list[wend.Store] = [wend.MemoryStore(), wend.MemoryStore(), one, two]
        engines = [
            wend.Engine(wend.compile(rule), store, zone=zone)
            for store, rule, zone in zip(stores, [RULE, other] * 2, ["UTC", "Asia/Tokyo"] * 2, strict=True)
        ]
        for number, engine in enumerate(engines):
            engine.ingest(lapsed(f"contact-{number}"), now=NOW)
        sent = [engine.tick(NOW + dt.timedelta(hours=7)) for engine in engines]
    assert [each.steps for each in sent] == [1, 1, 1, 1]
    # At 16:00 UTC it is the 119th day, and in Tokyo the next.
    assert [each.effects for each in sent] == [{}, {"email": {"other": 1}}] * 2


def test_a_store_in_a_file_is_gone_on_with(tmp_path: Path) -> None:
    program = wend.compile(RULE)
    with wend.open_sqlite(tmp_path / "store.db") as store:
        engine = wend.Engine(program, store)
        engine.ingest(lapsed("ana"), now=NOW)
        engine.tick(NOW + DAY)
    with wend.open_sqlite(tmp_path / "store.db") as store:
        engine = wend.Engine(program, store)
        assert engine.tick(NOW + 2 * DAY).effects == {}
        assert sum(store.outbox.waiting(NOW + 2 * DAY).values()) == 1


# ---- threads ---------------------------------------------------------------------------------------------------------


def test_compiling_and_evaluating_from_many_threads() -> None:
    def ask(number: int) -> tuple[object, tuple[str, ...]]:
        program = wend.compile(f'journey j{number}\n    when days_since(d) >= {number} send email "m"\n')
        value = wend.evaluate(f"days_since(d) >= {number}", {"d": NOW.date() - 20 * DAY}, now=NOW).value
        return value, program.journeys

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers == [(number <= 20, (f"j{number}",)) for number in range(40)]


def test_one_program_is_stepped_by_many_threads() -> None:
    program = wend.compile(RULE)

    def effects(number: int) -> int:
        contact = wend.Contact(str(number), {"email": "a@shop.example", "last_purchase": NOW.date() - number * DAY})
        return len(wend.step(program.rules, contact, wend.NEW, wend.Inbox(), NOW, wend.Facts()).effects)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(effects, range(240))) == 120


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_one_engine_is_called_by_many_threads(tmp_path: Path, kind: str) -> None:
    store = wend.MemoryStore() if kind == "memory" else wend.open_sqlite(tmp_path / "store.db")
    engine = wend.Engine(wend.compile(RULE), store, {"email": wend.FolderChannel(tmp_path / "mail")})
    later = NOW + DAY

    def put(number: int) -> int:
        return engine.ingest(lapsed(f"c{number % 20}"), now=later).contacts.new

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(put, range(40))) == 20
        assert engine.tick(later).effects == {"email": {"we-miss-you": 20}}
        assert sum(report.delivered for report in pool.map(lambda _: engine.deliver(later), range(8))) == 20
    if isinstance(store, wend.MemoryStore):
        return
    store.close()


# ---- a whole simulation ----------------------------------------------------------------------------------------------


def test_a_simulation() -> None:
    result = wend.simulate(wend.compile(RULE).rules, lapsed("ana", "ben"), [], NOW, NOW + 3 * DAY)
    assert result.effects == {"email": {"we-miss-you": 2}}
