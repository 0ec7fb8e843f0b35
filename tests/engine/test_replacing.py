"""Triggers that say something else in the next version: which replaces which, and what contacts remember."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.engine.support import at, bought, person, rules
from wend.dsl.diagnostics import WendError
from wend.runtime.engine.activation import Answer, UnansweredError
from wend.runtime.engine.engine import Engine
from wend.runtime.engine.replacing import difference
from wend.runtime.rules import Rules
from wend.runtime.store.memory import MemoryStore
from wend.runtime.store.protocol import Store
from wend.runtime.store.sqlite import open_sqlite
from wend.runtime.templates import PlaceholderTemplates

KEEP, RESET = {"all": Answer.KEEP}, {"all": Answer.RESET}


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Both kinds of store."""
    found: Store = MemoryStore() if request.param == "memory" else open_sqlite(tmp_path / "wend.db")
    yield found
    found.close()


def journey(*triggers: str, header: str = "reenter never") -> str:
    """A script of one journey."""
    body = "".join(f"    {line}\n" for trigger in triggers for line in trigger.split("\n"))
    return f"journey j\n    transactional\n    {header}\n{body}"


FIRST = journey('when points >= 100\n    send email "hello"')
SECOND = journey('when points >= 50\n    send email "hello"')


class Life:
    """One version after the other over a store."""

    def __init__(self, store: Store, chunk: int = 500) -> None:
        self.store, self.chunk = store, chunk
        self.older: dict[str, Rules] = {}

    def engine(self, script: str) -> Engine:
        """The engine of a version, with those before it."""
        made = rules(script, self.older)
        self.older[made.program.version] = made
        return Engine(made, self.store, PlaceholderTemplates(), chunk=self.chunk)

    def go(self, script: str, day: float, answers: Mapping[str, Answer] | None = None) -> int:
        """Make a version live, and tick: how many messages there are."""
        engine = self.engine(script)
        engine.activate({"j.journey": script}, at(day), answers or {})
        report = engine.tick(at(day))
        assert report.repeated == 0
        return sum(n for some in report.effects.values() for n in some.values())


def begun(store: Store, chunk: int = 500) -> Life:
    """The first version has fired for c1 and c2 of three contacts; the second would hold for all of them."""
    life = Life(store, chunk)
    first = life.engine(FIRST)
    first.activate({"j.journey": FIRST}, at(0))
    first.ingest_contacts([person(n, points=p) for n, p in ((1, 120), (2, 200), (3, 60))], at(0), imported=True)
    assert first.tick(at(0)).effects == {"email": {"hello": 2}}
    return life


def test_without_an_answer_activation_is_refused_with_counts_and_nothing_changes(store: Store) -> None:
    life = begun(store)
    before = store.live_mark(), store.states(9), store.next_wake(), store.totals(), len(store.versions())
    with pytest.raises(UnansweredError) as raised:
        life.go(SECOND, 1)
    (change,) = raised.value.changes
    assert (change.trigger, change.replaces) == ("when points >= 50", "when points >= 100")
    assert (change.contacts, change.fired, change.latched, change.at_once) == (2, 2, 2, 3)
    assert change.place == "test.journey:4"
    assert "reset, it would fire for 3 at once" in raised.value.message
    assert "--keep all" in (raised.value.help or "")
    assert (store.live_mark(), store.states(9), store.next_wake(), store.totals(), len(store.versions())) == before


def test_kept_it_fires_for_whom_the_old_one_had_not(store: Store) -> None:
    life = begun(store)
    assert life.go(SECOND, 1, KEEP) == 1
    assert life.go(SECOND, 2) == 0


def check_the_way_back_with_a_reset(store: Store | None = None) -> None:
    """There and back with a reset each: everybody is mailed each time, and no identity comes twice."""
    store = MemoryStore() if store is None else store
    life = begun(store)
    assert life.go(SECOND, 1, RESET) == 3
    assert life.go(FIRST, 2, RESET) == 2
    assert store.totals().waiting == 7


def check_the_way_back_after_keeping(store: Store | None = None) -> None:
    """What went over is not under the old text any more: who has it there has it once."""
    store = MemoryStore() if store is None else store
    life = begun(store)
    assert life.go(SECOND, 1, KEEP) == 1
    assert {
        name for _, state in store.states(9) for name, head in state.journeys["j"].heads.items() if head.latched
    } == {"when points >= 50"}
    assert life.go(SECOND, 1.5) == 0


def test_reset_it_fires_for_everybody_and_no_identity_comes_twice_on_the_way_back(store: Store) -> None:
    check_the_way_back_with_a_reset(store)


def test_kept_it_is_not_under_the_old_text_any_more(store: Store) -> None:
    check_the_way_back_after_keeping(store)


def test_back_at_an_earlier_text_nothing_stale_is_found(store: Store) -> None:
    life = begun(store)
    life.go(SECOND, 1, KEEP)
    assert life.go(FIRST, 2, KEEP) == 0
    other = journey('on purchase\n    send email "thanks"')
    assert life.go(other, 3) == 0
    active = life.engine(FIRST).activate({"j.journey": FIRST}, at(4))
    (back,) = active.replaced  # c3 had it from the second version
    assert (back.trigger, back.replaces, back.contacts) == ("when points >= 100", None, 3)
    assert life.go(FIRST, 4) == 0
    assert life.go(other, 5) == 0
    assert life.go(FIRST, 6, RESET) == 2


@pytest.mark.parametrize("name", ["4", "test.journey:4", "when points >= 50", "all"])
def test_an_answer_names_the_trigger_by_line_or_text(name: str) -> None:
    assert begun(MemoryStore()).go(SECOND, 1, {name: Answer.KEEP}) == 1


def test_an_answer_for_one_comes_before_that_for_all_and_one_for_none_is_refused() -> None:
    life = begun(MemoryStore())
    with pytest.raises(WendError, match="there is no trigger `when points >= 51`"):
        life.go(SECOND, 1, {"when points >= 51": Answer.KEEP})
    assert life.go(SECOND, 1, {"all": Answer.KEEP, "4": Answer.RESET}) == 3


def test_what_nobody_remembers_is_not_asked_about() -> None:
    life = Life(MemoryStore())
    life.go(FIRST, 0)
    engine = life.engine(SECOND)
    assert engine.unanswered({"j.journey": SECOND}, at(1)) == ()
    active = engine.activate({"j.journey": SECOND}, at(1))
    assert (active.replaced, active.added, active.gone) == ((), (), ())


def test_keys_go_over_or_are_dropped(store: Store) -> None:
    life = Life(store)
    old = journey('on purchase once per order where amount > 1\n    send email "thanks"')
    new = journey('on purchase once per order where amount > 2\n    send email "thanks"')
    first = life.engine(old)
    first.activate({"j.journey": old}, at(0))
    first.ingest_contacts([person(1)], at(0), imported=True)
    first.tick(at(0))
    first.ingest_events([bought(1, 0.5, order="a", amount=9)], at(0.5))
    assert first.tick(at(0.5)).effects == {"email": {"thanks": 1}}
    with pytest.raises(UnansweredError) as raised:
        life.go(new, 1)
    assert raised.value.changes[0].keys == 1
    engine = life.engine(new)
    engine.activate({"j.journey": new}, at(1), KEEP)
    engine.ingest_events([bought(1, 1.5, order="a", amount=9)], at(1.5))
    assert engine.tick(at(1.5)).effects == {}
    again = life.engine(old)
    again.activate({"j.journey": old}, at(2), RESET)
    again.ingest_events([bought(1, 2.5, order="a", amount=9)], at(2.5))
    assert again.tick(at(2.5)).effects == {"email": {"thanks": 1}}


class _CrashError(Exception):
    """The process dies."""


def _dying_at(fatal: int) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Wraps methods that write: after the write of that number the process dies."""
    writes = itertools.count(1)

    def wrap(method: Callable[..., object]) -> Callable[..., object]:
        def writing(*args: object, **more: object) -> object:
            done = method(*args, **more)
            if next(writes) == fatal:
                raise _CrashError
            return done

        return writing

    return wrap


@pytest.mark.parametrize("answers", [KEEP, RESET])
def test_a_crash_in_the_middle_leaves_all_or_nothing(
    store: Store, answers: Mapping[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A law: at whichever write it fails, the store is as it was, and doing it again comes to the same."""
    life = begun(store)
    monkeypatch.setattr("wend.runtime.engine.activation._CHUNK", 1)
    engine = life.engine(SECOND)
    before = store.live_mark(), store.states(9), store.next_wake()
    failures = 0
    for fatal in itertools.count(1):
        with monkeypatch.context() as patch:
            dies = _dying_at(fatal)
            for name in ("activate", "set_states", "wake_all"):
                patch.setattr(store, name, dies(getattr(store, name)))
            try:
                engine.activate({"j.journey": SECOND}, at(1), answers)
            except _CrashError:
                failures += 1
                assert (store.live_mark(), store.states(9), store.next_wake()) == before
            else:
                break
    assert failures >= 4
    assert engine.tick(at(1)).effects == {"email": {"hello": 1 if answers is KEEP else 3}}


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        (  # by what they do, although both texts are like each other
            ['when points >= 100\n    send email "a"', 'when points >= 200\n    send email "b"'],
            ['when points >= 90\n    send email "a"', 'when points >= 190\n    send email "b"'],
            [("when points >= 100", "when points >= 90"), ("when points >= 200", "when points >= 190")],
        ),
        (  # two that fit equally well: nobody can tell
            ['when points >= 100\n    send email "a"', 'when points >= 101\n    send email "a"'],
            ['when points >= 102\n    send email "a"'],
            [(None, "when points >= 102")],
        ),
        (  # nothing in common
            ['when points >= 100\n    send email "a"'],
            ['when email = "x@y.example" and vip\n    add tag "b"'],
            [(None, 'when email = "x@y.example" and vip')],
        ),
        (  # an entry point more: the trigger is known by the other one
            ['when points >= 100\n    send email "a"'],
            ['when points >= 100\nalso when vip\n    send email "b"'],
            [("when points >= 100", "when points >= 100 also when vip")],
        ),
        (['on visit\n    send email "a"'], ['on purchase\n    send email "a"'], []),
    ],
)
def test_which_trigger_replaces_which(old: list[str], new: list[str], pairs: list[tuple[str | None, str]]) -> None:
    found = difference(rules(journey(*old)).program, rules(journey(*new)).program)
    assert [(each.old, each.new) for each in found.replacements] == pairs


@pytest.mark.parametrize(("answers", "sent"), [(KEEP, {}), (RESET, {"email": {"check": 1}})])
def test_a_dated_trigger_keeps_its_dates_or_begins_with_what_is_to_come(
    store: Store, answers: Mapping[str, Answer], sent: Mapping[str, Mapping[str, int]]
) -> None:
    old = journey('when 1 day after bought_at\n    send email "check"')
    new = journey('when 3 days after bought_at\n    send email "check"')
    life = Life(store)
    first = life.engine(old)
    first.activate({"j.journey": old}, at(0))
    first.ingest_contacts([person(1, bought_at=at(0).date())], at(0), imported=True)
    first.tick(at(0))
    assert first.tick(at(1)).effects == {"email": {"check": 1}}
    with pytest.raises(UnansweredError):
        life.go(new, 2)
    life.go(new, 2, answers)
    assert life.engine(new).tick(at(3)).effects == sent
