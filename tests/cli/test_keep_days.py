"""`[store] keep_days`: what `wend run` lets go of, and that nothing is done otherwise because of it."""

from pathlib import Path

from tests.cli.support import DUE, TOML, mails, project, wend
from wend.runtime.store.protocol import Status
from wend.runtime.store.sqlite import open_sqlite

WITH = TOML.replace("[store]\n", "[store]\nkeep_days = 60\n")


def left(root: Path) -> tuple[int, int]:
    """How many lines of the journal and how many delivered messages are there."""
    with open_sqlite(root / "wend.db") as store:
        return len(store.journal()), len(store.outbox.entries(Status.DELIVERED))


def test_a_round_lets_go_of_what_is_older(tmp_path: Path) -> None:
    kept, pruned = project(tmp_path / "kept"), project(tmp_path / "pruned", wend=WITH)
    for root in (kept, pruned):
        for at in ("2026-04-01T09:00", DUE, "2026-05-01T09:01"):
            assert wend("run", root, "--once", "--at", at).code == 0
    assert left(kept) == left(pruned)
    assert left(kept)[1] == 2
    for root in (kept, pruned):
        for at in ("2026-05-20T09:00", "2026-06-05T09:00", "2026-09-01T09:00", "2026-09-02T09:00"):
            assert wend("run", root, "--once", "--at", at).code == 0
    assert mails(kept / "outbox") == mails(pruned / "outbox")
    assert left(pruned)[0] < left(kept)[0]
    assert (left(pruned)[1], left(kept)[1]) == (0, 3)
    told = wend("explain", "1", "win_back", "--project", pruned, "--at", "2026-09-02T09:00")
    assert told.code == 0
