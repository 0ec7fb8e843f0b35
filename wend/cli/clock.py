"""The machine's clock, which commands read where no time is told."""

import datetime as dt


def now() -> dt.datetime:
    """The present time, UTC."""
    return dt.datetime.now(dt.UTC)
