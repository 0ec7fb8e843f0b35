"""What can go wrong with a database, said to a person."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from wend.dsl.diagnostics import WendError


class StoreError(WendError):
    """A store that cannot be opened, read or written. What was committed before is safe."""


class StoreInUseError(StoreError):
    """Another process is using the store."""


_KEPT = "nothing of the last step was kept, and all before it is safe"

_SQLITE = {
    sqlite3.SQLITE_FULL: ("there is no space left to write it", f"make room and run again; {_KEPT}"),
    sqlite3.SQLITE_READONLY: ("it may not be written to", "check its permissions, and those of its folder"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "check its permissions, and those of its folder"),
    sqlite3.SQLITE_PERM: ("it may not be written to", "check its permissions, and those of its folder"),
    sqlite3.SQLITE_BUSY: ("another program is writing to it", "close that program and run again"),
    sqlite3.SQLITE_LOCKED: ("another program is writing to it", "close that program and run again"),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", "restore it from a backup"),
    sqlite3.SQLITE_NOTADB: ("it is not a database", "name another file as the store"),
    sqlite3.SQLITE_IOERR: ("the disk failed while it was read or written", f"check the disk; {_KEPT}"),
}


def explain(error: DBAPIError, name: str) -> StoreError:
    """A database's own error as one sentence about the store of that name."""
    original = error.orig
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _SQLITE:
        message, help = _SQLITE[code & 0xFF]
        return StoreError(f"the store cannot be used: {message}", help=help, place=name)
    text = " ".join(str(original or error).split()).rstrip(".")
    return StoreError(f"the store failed: {text[:1].lower()}{text[1:]}", place=name)


def newer(name: str, version: str) -> StoreError:
    """The store was made by a later version of the package."""
    return StoreError(
        f"the store has the version {version}, which this version of wend does not know",
        help="use the version of wend that made it, or a newer one",
        place=name,
    )


def foreign(name: str) -> StoreError:
    """A database with somebody else's tables in it."""
    return StoreError("the database belongs to another program", help="name another file as the store", place=name)
