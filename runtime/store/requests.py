"""What other processes ask of the one that runs on a store: rows that it takes up, each carried out once.

Whoever asks only adds a row, which takes a moment; whoever holds the store carries it out, and keeps what came of it in
the same transaction. So a request outlasts both processes, and is never carried out twice.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from attrs import frozen
from sqlalchemy import Connection, delete, insert, select, update

from wend.runtime.store.schema import requests, to_micros
from wend.runtime.values import Instant

Answer = Mapping[str, object]
"""What came of a request, as JSON has it."""


@frozen
class Request:
    """What is asked: `paused` or `resumed`, of a journey."""

    id: int
    kind: str
    journey: str


class Requests:
    """The requests of a store.

    Args:
        connection: gives a connection within a transaction.
    """

    def __init__(self, connection: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._connection = connection

    def ask(self, kind: str, journey: str, now: Instant) -> int:
        """Ask for something; gives the number of the request."""
        with self._connection() as connection:
            made = connection.execute(insert(requests).values(kind=kind, journey=journey, at=to_micros(now)))
            assert made.inserted_primary_key is not None
            return int(made.inserted_primary_key[0])

    def waiting(self) -> list[Request]:
        """What is still to be carried out, in the order in which it was asked."""
        wanted = select(requests).where(requests.c.answer.is_(None)).order_by(requests.c.seq)
        with self._connection() as connection:
            return [Request(row.seq, row.kind, row.journey) for row in connection.execute(wanted)]

    def settle(self, id: int, answer: Answer) -> None:
        """It was carried out, or could not be."""
        with self._connection() as connection:
            connection.execute(update(requests).where(requests.c.seq == id).values(answer=json.dumps(answer)))

    def answer(self, id: int) -> Answer | None:
        """What came of a request; None while it waits."""
        with self._connection() as connection:
            found = connection.execute(select(requests.c.answer).where(requests.c.seq == id)).scalar()
        return None if found is None else json.loads(found)

    def forget(self, id: int) -> None:
        """Whoever asked knows what came of it."""
        with self._connection() as connection:
            connection.execute(delete(requests).where(requests.c.seq == id))
