"""Opening a store in an SQLite file: one process at a time, durable, and no file of anybody else's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, inspect, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from wend.runtime.store import schema
from wend.runtime.store.errors import StoreError, StoreInUseError, explain, foreign, newer
from wend.runtime.store.requests import Requests
from wend.runtime.store.sql import SqlStore

_BUSY_SECONDS = 5


class SqliteStore(SqlStore):
    """A store in an SQLite file, with the lock that keeps other processes out."""

    def __init__(self, engine: Engine, path: Path, lock: FileLock, shard: int) -> None:
        super().__init__(engine, str(path), shard)
        self._lock = lock
        self._seen: object = None
        self.requests = Requests(self.connection)

    def touched(self) -> bool:
        """Whether another process has written into the file since this was last asked; True the first time."""
        seen = data_version(self.engine)
        new, self._seen = seen != self._seen, seen
        return new

    def close(self) -> None:
        """Close the file and let others have it."""
        super().close()
        self._lock.release()

    def __enter__(self) -> "SqliteStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_sqlite(path: Path | str, shard: int = 0) -> SqliteStore:
    """Open the store in a file, made where there is none.

    A file beside it with `.lock` at its end is locked while the store is open; the lock goes with the process, however
    that ends. Close the store, or use it as a context manager.

    Raises:
        StoreError: another process has it, it is no store of ours, of a newer version, or cannot be written.
    """
    path = Path(path)
    lock = _locked(path)
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            _prepare(connection, str(path))
    except DBAPIError as error:
        engine.dispose()
        lock.release()
        raise explain(error, str(path)) from error
    except BaseException:
        engine.dispose()
        lock.release()
        raise
    return SqliteStore(engine, path, lock, shard)


@contextmanager
def asking_sqlite(path: Path) -> Iterator[tuple[Requests, Requests]]:
    """The requests of a store on which another process runs, to write and to read: nothing else of it may be touched.

    Raises:
        StoreError: it is no store of ours or of another version.
    """
    reading = read_sqlite(path)
    writing = SqlStore(_engine(path), str(path))
    try:
        yield Requests(writing.connection), Requests(reading.connection)
    finally:
        writing.close()
        reading.close()


def data_version(engine: Engine) -> object:
    """A number that is another once another connection has written into the file."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA data_version")
        return cursor.fetchone()
    finally:
        connection.close()


def read_sqlite(path: Path, shard: int = 0) -> SqlStore:
    """Open the store in a file for reading only, also while another process runs on it. Nothing in it can change.

    Raises:
        StoreError: there is none, it is no store of ours or of another version, or cannot be read.
    """
    if not path.is_file():
        raise StoreError("there is no store yet", help="`wend run` makes it", place=str(path))
    engine = _engine(path, reading=True)
    try:
        with engine.connect() as connection, connection.begin():
            tables = set(inspect(connection).get_table_names())
            if not tables or not _is_ours(connection, tables):
                raise foreign(str(path))
            version = _version(connection)
            if not version.isdigit() or int(version) > schema.SCHEMA_VERSION:
                raise newer(str(path), version)
            if int(version) < schema.SCHEMA_VERSION:
                raise StoreError("the store is of an older version", "`wend run` brings it up to date", str(path))
    except DBAPIError as error:
        engine.dispose()
        raise explain(error, str(path)) from error
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine, str(path), shard)


def _version(connection: Connection) -> str:
    return connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == "schema")).scalar() or "?"


def _locked(path: Path) -> FileLock:
    if path.is_dir():
        raise StoreError("the store cannot be used: it is a folder", help="name a file", place=str(path))
    if not path.parent.is_dir():
        raise StoreError(f"there is no folder `{path.parent}` for the store", help="make it first", place=str(path))
    lock = FileLock(path.with_name(path.name + ".lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise StoreInUseError(
            f"another process is using the store `{path}`",
            help="stop it first; one process at a time can run on an SQLite store",
            place=str(path),
        ) from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise StoreError(f"the store cannot be locked: {reason}", place=str(path)) from error
    return lock


def _engine(path: Path, reading: bool = False) -> Engine:
    """An engine with one connection, whose transactions are SQLite's own and take the write lock at their beginning.

    Args:
        reading: it can only read, and takes no lock.
    """
    url = URL.create("sqlite", database=str(path))
    if reading:
        url = URL.create("sqlite", database=f"{path.absolute().as_uri()}?mode=ro", query={"uri": "true"})
    # A host may use it from several threads, one at a time: then the driver's own check is in the way.
    arguments = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver would begin and commit by rules of its own
        if not reading:
            connection.execute("PRAGMA synchronous = FULL")  # what is sent must be on the disk before it is sent

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _prepare(connection: Connection, name: str) -> None:
    """Find out whose file this is; make the tables in an empty one."""
    with connection.begin():
        tables = set(inspect(connection).get_table_names())
        if not tables:
            schema.metadata.create_all(connection)
            rows = [
                {"key": "product", "value": schema.PRODUCT},
                {"key": "schema", "value": str(schema.SCHEMA_VERSION)},
            ]
            connection.execute(schema.meta.insert(), rows)
        elif not _is_ours(connection, tables):
            raise foreign(name)
        else:
            version = _version(connection)
            if not version.isdigit() or int(version) > schema.SCHEMA_VERSION:
                raise newer(name, version)
            if int(version) < schema.SCHEMA_VERSION:
                _bring_up(connection)
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.cursor().execute("PRAGMA journal_mode = WAL")


def _bring_up(connection: Connection) -> None:
    """Give a store of an older version the tables that are new. What was there stays as it is."""
    counted = inspect(connection).has_table(schema.usage.name)
    schema.metadata.create_all(connection)
    if not counted:
        sent = schema.outbox.c
        past = select(sent.channel, sent.at, func.count()).group_by(sent.channel, sent.at)
        connection.execute(schema.usage.insert().from_select(["channel", "at", "messages"], past))
    here = schema.meta.c.key == "schema"
    connection.execute(schema.meta.update().where(here).values(value=str(schema.SCHEMA_VERSION)))


def _is_ours(connection: Connection, tables: set[str]) -> bool:
    if schema.meta.name not in tables:
        return False
    columns = {column["name"] for column in inspect(connection).get_columns(schema.meta.name)}
    if not {"key", "value"} <= columns:
        return False
    return (
        connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == "product")).scalar() == schema.PRODUCT
    )
