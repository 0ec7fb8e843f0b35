"""Switching a journey off and on by hand."""

from wend.dsl.diagnostics import WendError
from wend.dsl.nearest import nearest
from wend.runtime.engine import ingest
from wend.runtime.store.protocol import JournalEntry, Store
from wend.runtime.values import Instant


def switch(store: Store, journey: str, now: Instant, kind: str) -> bool:
    """Switch a journey off or on, and have everybody looked at anew; gives whether it was otherwise.

    Args:
        kind: `paused` or `resumed`.

    Raises:
        WendError: no journey of that name ever went live.
    """
    with store.transaction():
        live = store.live_since()
        if journey not in live:
            near = nearest(journey, live)
            help = f"did you mean `{near}`?" if near else f"there are {', '.join(sorted(live)) or 'none'}"
            raise WendError(f"there is no journey `{journey}` in the store", help=help)
        if (journey in store.paused()) is (kind == "paused"):
            return False
        store.set_paused(journey, now if kind == "paused" else None)
        store.write([JournalEntry("", now, kind, journey)])
        store.wake_all(ingest.arrival(store, now), launch=False)
    return True
