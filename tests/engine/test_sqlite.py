"""What can be wrong with a database file."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.engine.support import SCRIPTS, at, bought, engine, person, pragma, run_until
from wend.runtime.store.errors import StoreError
from wend.runtime.store.schema import SCHEMA_VERSION
from wend.runtime.store.sqlite import SqliteStore, open_sqlite

HOLD = """
import sys
from pathlib import Path
from wend.runtime.store.sqlite import open_sqlite
store = open_sqlite(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has the store open."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        yield other
        other.kill()


def refused(path: Path) -> StoreError:
    with pytest.raises(StoreError) as caught:
        open_sqlite(path)
    assert caught.value.place == str(path)
    return caught.value


def test_a_second_process_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "wend.db"
    with held(path) as other:
        error = refused(path)
        assert error.message == f"another process is using the store `{path}`"
        assert error.help == "stop it first; one process at a time can run on an SQLite store"
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        open_sqlite(path).close()


def test_a_store_that_was_closed_can_be_opened_by_others(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "wend.db"):
        refused(tmp_path / "wend.db")
    with held(tmp_path / "wend.db"):
        pass


def test_a_store_that_could_not_be_opened_is_not_locked(tmp_path: Path) -> None:
    path = tmp_path / "wend.db"
    path.write_text("this is a letter to my aunt, and no database at all" * 100, encoding="utf-8")
    for _ in range(2):
        assert refused(path).message == "the store cannot be used: it is not a database"
    assert path.read_text(encoding="utf-8").startswith("this is a letter")


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    for number, table in enumerate(("meta (key, value)", "meta (a, b)", "songs (title)")):
        path = tmp_path / f"{number}.db"
        with sqlite3.connect(path) as connection:
            connection.execute(f"CREATE TABLE {table}")
        connection.close()
        before = path.read_bytes()
        assert refused(path).message == "the database belongs to another program"
        assert path.read_bytes() == before


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wend.db"
    open_sqlite(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(SCHEMA_VERSION + 1),))
    connection.close()
    error = refused(path)
    assert error.message == f"the store has the version {SCHEMA_VERSION + 1}, which this version of wend does not know"
    assert error.help


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wend.db"
    fill(path)
    with path.open("r+b") as file:
        file.seek(2048)
        file.write(b"\xff" * (path.stat().st_size - 2048))
    with pytest.raises(StoreError) as caught, open_sqlite(path) as store:
        engine(store).tick(at(9))
    assert caught.value.message == "the store cannot be used: it is damaged"


def test_where_no_file_can_be_is_told(tmp_path: Path) -> None:
    assert (
        refused(tmp_path / "nowhere" / "wend.db").message
        == f"there is no folder `{tmp_path / 'nowhere'}` for the store"
    )
    assert refused(tmp_path).message == "the store cannot be used: it is a folder"


def fill(path: Path) -> None:
    """A store in which something is due on the ninth day."""
    with open_sqlite(path) as store:
        running = engine(store)
        running.activate(SCRIPTS, at(0))
        running.ingest_contacts([person(n, note="x" * 300) for n in range(20)], at(0), imported=True)
        running.ingest_events([bought(n, 8) for n in range(20)], at(8))
        run_until(running, at(1))


def contents(store: SqliteStore) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    with store.connection() as connection:
        for table in ("contacts", "events", "outbox", "journal", "ticks"):
            rows += [(table, *row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()]
    return rows


def test_a_file_that_may_not_be_written_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    fill(tmp_path / "wend.db")
    with open_sqlite(tmp_path / "wend.db") as store:
        before = contents(store)
        pragma(store, "query_only = ON")
        with pytest.raises(StoreError) as caught:
            engine(store).tick(at(9))
        assert caught.value.message == "the store cannot be used: it may not be written to"
        pragma(store, "query_only = OFF")
        assert contents(store) == before
        assert engine(store).tick(at(9)).steps == 20


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    fill(tmp_path / "wend.db")
    with open_sqlite(tmp_path / "wend.db") as store:
        before = contents(store)
        with store.connection() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        pragma(store, f"max_page_count = {pages}")
        with pytest.raises(StoreError) as caught:
            engine(store).ingest_contacts([person(n, note="y" * 999) for n in range(20, 90)], at(9))
        assert caught.value.message == "the store cannot be used: there is no space left to write it"
        assert contents(store) == before
        pragma(store, "max_page_count = 99999")
        assert engine(store).ingest_contacts([person(n) for n in range(20, 90)], at(9)).new == 70
        assert engine(store).tick(at(9)).steps == 90


def test_another_program_that_writes_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wend.runtime.store.sqlite._BUSY_SECONDS", 0.1)
    fill(tmp_path / "wend.db")
    with open_sqlite(tmp_path / "wend.db") as store:
        other = sqlite3.connect(tmp_path / "wend.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            engine(store).tick(at(9))
        assert caught.value.message == "the store cannot be used: another program is writing to it"
        other.execute("ROLLBACK")
        other.close()
        assert engine(store).tick(at(9)).steps == 20


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "wend.db") as store, store.connection() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_part_that_failed_undoes_the_whole_also_where_that_is_overlooked(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "wend.db") as store:

        def careless() -> None:
            with store.transaction():
                store.mark_source("a", "1", at(0))
                try:
                    with store.transaction():
                        store.mark_source("b", "1", at(0))
                        raise KeyError
                except KeyError:
                    pass

        with pytest.raises(StoreError, match="nothing of it was kept"):
            careless()
        assert store.loaded_sources() == {}


def test_shards_of_one_database_do_not_see_each_other(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "wend.db", shard=1) as store:
        engine(store).ingest_contacts([person(1)], at(0))
    with open_sqlite(tmp_path / "wend.db", shard=2) as store:
        assert store.contact("c1") is None
        assert store.next_wake() is None
        assert engine(store).ingest_contacts([person(1)], at(0)).new == 1


def test_several_threads_may_use_a_store_one_at_a_time(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "wend.db") as store, ThreadPoolExecutor(1) as other:
        other.submit(store.mark_source, "a", "1", at(0)).result()
        assert store.loaded_sources() == {"a": "1"}


def test_a_store_of_an_older_version_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "wend.db"
    with open_sqlite(path) as store:
        running = engine(store)
        running.activate(SCRIPTS, at(0))
        running.ingest_contacts([person(1)], at(0))
        running.ingest_events([bought(1, 0)], at(0))
        run_until(running, at(4))
        before = store.used("email", at(0))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE goals")
        connection.execute("DROP TABLE usage")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        connection.commit()
    with open_sqlite(path) as store:
        assert store.conversions() == {}
        assert store.used("email", at(0)) == before > 0
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    assert version == str(SCHEMA_VERSION)
