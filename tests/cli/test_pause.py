"""`wend pause` and `wend resume`: what they print, what they keep, and what `wend run` makes of it."""

from pathlib import Path

from tests.cli.support import DUE, add, mails, project, wend
from wend.runtime.store.sqlite import open_sqlite


def run(root: Path, at: str) -> str:
    """One round at a time; gives what was printed."""
    done = wend("run", root, "--once", "--at", at)
    assert done.code == 0, done.err
    return done.out


def test_a_paused_journey_sends_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    root = project(tmp_path)
    run(root, "2026-04-01T09:00")
    assert wend("pause", "win_back", root, "--at", "2026-04-02T09:00").out == "win_back is paused\n"
    assert wend("pause", "win_back", root, "--at", "2026-04-02T10:00").out == "win_back is paused already\n"
    assert run(root, DUE).splitlines()[-2:] == ["paused: win_back", "nothing will happen without news"]
    assert not (root / "outbox").exists() or mails(root / "outbox") == []
    assert wend("resume", "win_back", root, "--at", "2026-05-02T09:00").out == "win_back goes on\n"
    assert wend("resume", "win_back", root, "--at", "2026-05-02T09:00").out == "win_back is not paused\n"
    assert "paused" not in run(root, "2026-05-02T09:00")
    assert mails(root / "outbox") == ["1 miss-you", "2 miss-you"]
    with open_sqlite(root / "wend.db") as store:
        switched = [(entry.kind, entry.journey) for entry in store.journal() if not entry.contact]
    assert switched == [("paused", "win_back"), ("resumed", "win_back")]


def test_an_event_of_a_paused_journey_starts_nothing(tmp_path: Path) -> None:
    root = project(tmp_path)
    run(root, "2026-04-01T09:00")
    wend("pause", "thanks", root, "--at", "2026-04-02T09:00")
    add(root / "events.csv", "1,2026-04-03T10:00:00,10\n")
    run(root, "2026-04-03T12:00")
    wend("resume", "thanks", root, "--at", "2026-04-04T09:00")
    run(root, "2026-04-04T09:00")
    assert not (root / "outbox").exists() or mails(root / "outbox") == []


def test_what_cannot_be_switched(tmp_path: Path) -> None:
    root = project(tmp_path)
    unborn = wend("pause", "win_back", root)
    assert (unborn.code, unborn.err.splitlines()[0]) == (
        1,
        "error: nothing runs here yet, so there is nothing to switch",
    )
    run(root, "2026-04-01T09:00")
    misspelt = wend("pause", "winback", root)
    assert misspelt.code == 1
    assert misspelt.err == ("error: there is no journey `winback` in the store\n  help: did you mean `win_back`?\n")
    with open_sqlite(root / "wend.db"):
        elsewhen = wend("pause", "win_back", root, "--at", "2026-04-02T09:00")
    assert elsewhen.code == 1
    assert "another process is using the store" in elsewhen.err
    assert "help: leave `--at` out: the `wend run` that is running does it now" in elsewhen.err
