"""What is let go of a contact's messages: nothing that a limit, a label or an event can still ask for."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.laws.corpus import EXAMPLES, corpus
from tests.laws.harness import DUE, Manner, drive, every_minute, same
from tests.laws.laws import due_of, staged
from tests.laws.scripts import change, event, play, sent
from wend.runtime.state import State
from wend.runtime.tick import remembering, step
from wend.runtime.tick.work import Work

DAYS = 24


@contextmanager
def forgetful(moved: dt.timedelta | None = None) -> Iterator[list[int]]:
    """Messages are let go as soon as may be; how many, at each step that let some go."""
    gone: list[int] = []

    def remembered(work: Work, state: State) -> State:
        kept = original(work, state)
        if len(kept.sends) < len(state.sends):
            gone.append(len(state.sends) - len(kept.sends))
        return kept

    original = remembering.remembered
    with pytest.MonkeyPatch.context() as to:
        to.setattr(remembering, "KEPT", dt.timedelta(0))
        to.setattr(remembering, "_MOVED", remembering._MOVED if moved is None else moved)
        to.setattr(step, "remembered", remembered)
        yield gone


def test_what_is_let_go_changes_no_effect() -> None:
    let_go = 0
    for each in corpus(max(EXAMPLES, 320)):
        expected = due_of(each)
        with forgetful(moved=dt.timedelta(0)) as gone:
            found = drive(staged(each), DUE)
            assert found.acts == expected.acts
            if gone:
                let_go += 1
                same(found, drive(staged(each), Manner(reload=True)))
                ticks = every_minute(staged(each).history.start, staged(each).history.end)
                same(found, drive(staged(each), Manner(extra=tuple(ticks[::60]))))
    assert let_go >= 10


def test_a_label_means_its_message_however_long_ago() -> None:
    script = """
        journey j
            on visit as cause per cause.page
                send email "hello" as first
                wait 15 days
                if first.opened
                    send email "again"
    """
    visits = [event(f"05-{day} 13:00", "visit", page=page) for day, page in ((14, "a"), (20, "b"), (25, "c"))]
    key = play(script, visits[0]).sends[0].identity.key
    opened = event("05-26 13:00", "message_opened", message=f"<{key}@shop.example>")
    with forgetful() as gone:
        assert sent(play(script, *visits, opened, hours=40 * DAYS))[3:] == ["05-29 13:00 again"]
    assert gone == [1, 1]  # of the first and of the second, once their paths are over


def test_the_latest_of_a_kind_is_meant_however_long_ago() -> None:
    script = """
        journey j
            reenter always
            exit on cancel
            on visit
                send email "hello"
            on message_opened as opening where opening.journey = "j"
                send email "again"
    """
    news = (event("05-14 13:00", "visit"), event("05-14 14:00", "cancel"), event("05-25 13:00", "visit", page="b"))
    opened = event("06-01 13:00", "message_opened", template="hello")
    with forgetful() as gone:
        assert sent(play(script, *news, opened, hours=20 * DAYS))[-1] == "06-01 13:00 again"
    assert gone == [1]


def test_the_longest_limit_keeps_its_messages() -> None:
    script = """
        settings
            limit 3 email per 1 month
        journey j
            limit 9 email per 7 days
            on visit
                send email "hello"
        journey k
            on cancel
                send sms "bye"
    """
    visits = [event(f"05-{day} 13:00", "visit") for day in (15, 16, 17, 27)]
    done = event("05-26 13:00", "cancel")  # a step that changes the state, and so may let messages go
    later = [event(f"06-{day} 13:00", "visit") for day in (14, 15, 16)]
    with forgetful():
        messages = sent(play(script, *visits, done, *later, start="2024-05-14 12:00", hours=40 * DAYS))
    hellos = [f"{day} 13:00 hello" for day in ("05-15", "05-16", "05-17", "06-15", "06-16")]
    assert messages == [*hellos[:3], "05-26 13:00 bye", *hellos[3:]]


def test_a_limit_counts_for_who_moves() -> None:
    script = """
        journey j
            timezone contact
            limit 1 email per 4 days
            on visit
                send email "hello"
    """
    visits = [event(f"05-{day} 09:00", "visit") for day in (15, 18, 19)]
    moves = change("05-18 08:00", timezone="Pacific/Pago_Pago")
    with forgetful():
        messages = sent(play(script, *visits, moves, hours=9 * DAYS, timezone="Pacific/Kiritimati"))
    assert messages == ["05-15 09:00 hello", "05-19 09:00 hello"]
