"""Ids of events that have none of their own.

An id is a hash of the contact, the name, the time and the other cells of the row as written, with the number of the
row among those that say just the same. So the same file gives the same ids again, also after lines were added at its
end, columns were moved or an empty column was added, and two lines that say the same are two events. Two files that
hold the same line mean the same event.
"""

import json
from collections.abc import Sequence
from hashlib import blake2b

_SEP = "\x1f"


class EventIds:
    """The ids given in one file.

    Args:
        columns: the columns beside contact, name, time and id.
        cells: they hold texts only.
    """

    def __init__(self, columns: Sequence[str], *, cells: bool) -> None:
        self._columns = sorted(columns)
        self._cells = cells
        self._given: set[str] = set()
        self._once: set[bytes] = set()
        self._more: dict[bytes, int] = {}

    def given(self, own: str) -> str | None:
        """The id that the file gives, or None when an event with it came before."""
        if own in self._given:
            return None
        self._given.add(own)
        return own

    def derived(self, contact: str, name: str, at: object, row: dict[str, object]) -> str:
        """The id derived from the content of a row, 32 hexadecimal digits."""
        content = self._cell_text(contact, name, at, row) if self._cells else _record_text(contact, name, at, row)
        first = blake2b(content, digest_size=16)
        key = first.digest()
        if key not in self._once:
            self._once.add(key)
            return key.hex()
        again = self._more[key] = self._more.get(key, 0) + 1
        first.update(f"{_SEP}{again}".encode())
        return first.hexdigest()

    def _cell_text(self, contact: str, name: str, at: object, row: dict[str, object]) -> bytes:
        parts = [contact, name, str(at)]
        for column in self._columns:
            if value := row[column]:
                parts += (column, str(value))
        text = _SEP.join(parts)
        if text.count(_SEP) != len(parts) - 1:
            # A cell holds the separator itself: only a form with escapes cannot be mistaken for another row.
            return b"j" + json.dumps(parts).encode()
        return b"c" + text.encode()


def _record_text(contact: str, name: str, at: object, row: dict[str, object]) -> bytes:
    cells = {k: v for k, v in row.items() if v is not None}
    return b"j" + json.dumps([contact, name, str(at), cells], sort_keys=True, default=str).encode()
