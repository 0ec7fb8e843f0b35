"""A project that goes on running: rounds of one service, by a clock of the test's own."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.support import EVENTS, TOML, add, mails, project
from wend.dsl.diagnostics import WendError
from wend.live.service import Round, Service, next_time, open_service
from wend.project.workspace import open_workspace


def at(text: str) -> dt.datetime:
    """An instant in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@contextmanager
def service(root: Path) -> Iterator[Service]:
    """The service of a project."""
    with open_service(open_workspace(root), {}) as found:
        yield found


def play(found: Service, time: str) -> Round:
    """One round."""
    now = at(time)
    return found.round(now, lambda: now)


def test_a_file_that_grows_is_read_again_and_one_that_does_not_is_not(tmp_path: Path) -> None:
    root = project(tmp_path)
    with service(root) as found:
        first = play(found, "2026-05-01T09:00")
        assert (first.contacts.new, first.events.new) == (5, 5)
        second = play(found, "2026-05-01T09:01")
        assert (second.activation, second.events.new, second.events.duplicates) == (None, 0, 0)
        add(root / "events.csv", "1,2026-05-01T09:01:30,15\n")
        third = play(found, "2026-05-01T09:02")
        assert (third.events.new, third.events.duplicates) == (1, 5)
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "1 thanks"]


def test_an_event_of_this_very_minute_is_taken_at_the_next(tmp_path: Path) -> None:
    root = project(tmp_path)
    with service(root) as found:
        play(found, "2026-05-01T09:00")
        add(root / "events.csv", "1,2026-05-01T09:01:30,15\n")
        assert play(found, "2026-05-01T09:01:40").events.new == 1
        assert next_time(found, at("2026-05-01T09:01:40"), 60) == 20
        assert len(mails(root / "outbox")) == 2
        play(found, "2026-05-01T09:02")
    assert mails(root / "outbox")[-1] == "1 thanks"


def test_an_event_that_was_in_the_future_is_taken_when_it_has_happened(tmp_path: Path) -> None:
    toml = TOML.replace('name = "purchase"', 'name = "purchase"\nfuture = "skip"')
    root = project(tmp_path, wend=toml, events=EVENTS + "1,2026-05-01T09:05:00,15\n")
    with service(root) as found:
        assert play(found, "2026-05-01T09:00").events.future == 1
        assert play(found, "2026-05-01T09:04").events.future == 1
        last = play(found, "2026-05-01T09:05")
        assert (last.events.future, last.events.new) == (0, 1)
        assert play(found, "2026-05-01T09:06").events.duplicates == 0
    assert mails(root / "outbox")[-1] == "1 thanks"


def test_data_that_is_refused_leaves_all_as_it_was(tmp_path: Path) -> None:
    root = project(tmp_path, events=EVENTS + "9,2026-01-01,1\n")
    with service(root) as found:
        with pytest.raises(WendError, match="for the contact `9`"):
            play(found, "2026-05-01T09:00")
        assert not found.engine.store.loaded_sources()
        assert found.engine.store.live_mark() is None
        (root / "events.csv").write_text(EVENTS, encoding="utf-8")
        assert play(found, "2026-05-01T09:00").delivery.delivered == 2


def test_it_sleeps_until_something_is_due_or_the_files_are_looked_at_again(tmp_path: Path) -> None:
    root = project(tmp_path)
    with service(root) as found:
        play(found, "2026-05-01T09:00")
        play(found, "2026-05-01T09:01")
        assert next_time(found, at("2026-05-10T23:59:30"), 60) == 30  # the tenth day is due at midnight
        assert next_time(found, at("2026-05-03T12:00"), 60) == 60
        assert next_time(found, at("2026-05-12T12:00"), 60) == 0


def test_a_clock_that_goes_back_steps_nobody(tmp_path: Path) -> None:
    root = project(tmp_path)
    with service(root) as found:
        play(found, "2026-05-01T09:00")
        before = play(found, "2026-04-30T09:00")
        assert before.tick is None
        assert next_time(found, at("2026-04-30T09:00"), 60) == 60
        assert play(found, "2026-05-11T00:00").tick is not None
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you", "3 miss-you"]


def test_a_round_that_is_told_to_stop_goes_on_at_the_next(tmp_path: Path) -> None:
    root = project(tmp_path)
    with service(root) as found:
        now = at("2026-05-01T09:00")
        stopped = found.round(now, lambda: now, lambda: True)
        assert (stopped.contacts.new, stopped.tick, stopped.delivery.delivered) == (5, None, 0)
        assert play(found, "2026-05-01T09:00").delivery.delivered == 2


def test_what_is_kept_in_memory_is_run_too(tmp_path: Path) -> None:
    root = project(tmp_path, wend=TOML.replace('sqlite = "wend.db"', "memory = true"))
    with service(root) as found:
        assert play(found, "2026-05-01T09:00").delivery.delivered == 2
        assert play(found, "2026-05-11T09:00").delivery.delivered == 1
    assert not (root / "wend.db").exists()
