"""The rows of the table on goals, quotas and pauses: each said by a small script."""

from tests.laws.scripts import event, noted, play, sent

# ---- goals

SERIES = """
    journey j
        {header}
        on visit
            send email "hello"
            wait 1 hour
            {last}
"""


def reached(*arrivals: object, header: str, last: str = 'send email "again"', **more: object) -> list[str]:
    """When runs convert."""
    script = SERIES.format(header=header, last=last)
    return noted(play(script, *arrivals, **more), "converted")  # type: ignore[arg-type]


def bought(when: str, **more: object) -> object:
    return event(when, "purchase", channel="web", **{"amount": 10, **more})  # type: ignore[arg-type]


def test_a_run_converts_once() -> None:
    goal = "goal on purchase\n        goal on cancel"
    purchases = (bought("05-14 13:00"), event("05-14 13:30", "cancel"), bought("05-14 14:00"))
    assert reached(*purchases, header=goal) == ["05-14 13:00"]


def test_each_run_may_convert() -> None:
    goal = "goal on purchase\n        exit on cancel\n        reenter always"
    news = (
        bought("05-14 13:00"),
        event("05-14 14:00", "cancel"),
        bought("05-14 15:00"),
        bought("05-14 16:00"),
    )
    assert reached(*news, header=goal) == ["05-14 13:00", "05-14 15:00"]


def test_a_goal_is_reached_after_the_entry_by_the_own_time_of_the_event() -> None:
    assert reached(bought("05-14 12:00"), header="goal on purchase") == []
    assert reached(bought("05-14 13:00", happened="05-14 11:59"), header="goal on purchase") == []
    assert reached(bought("05-14 13:00", happened="05-14 12:00"), header="goal on purchase") == ["05-14 13:00"]
    assert reached(header="goal on purchase", past=(bought("05-14 11:00"),)) == []


def test_within_counts_from_the_entry_by_the_own_time_of_the_event() -> None:
    goal = "goal on purchase within 2 hours"
    assert reached(bought("05-14 14:00"), header=goal) == ["05-14 14:00"]
    assert reached(bought("05-14 14:00:01"), header=goal) == []
    assert reached(bought("05-14 15:00", happened="05-14 14:00"), header=goal) == ["05-14 15:00"]
    days = 'timezone "Europe/Paris"\n        goal on purchase within 1 day'  # the clocks go forward in the night
    spring = {"start": "2024-03-30 12:00"}
    assert reached(bought("03-31 11:00"), header=days, **spring) == ["03-31 11:00"]
    assert reached(bought("03-31 11:01"), header=days, **spring) == []


def test_where_looks_at_the_event_and_the_contact() -> None:
    goal = 'goal on purchase where amount > 20 and plan = "a"'
    news = (bought("05-14 13:00"), bought("05-14 14:00", amount=30))
    assert reached(*news, header=goal) == ["05-14 14:00"]
    assert reached(*news, header=goal, plan="b") == []


def test_the_event_that_ends_a_run_converts_it() -> None:
    goal = "goal on purchase\n        reenter never\n        "
    assert reached(bought("05-14 13:00"), header=goal + "exit on purchase") == ["05-14 13:00"]
    assert reached(bought("05-14 13:00"), header=goal + "exit when any(purchase)") == ["05-14 13:00"]


def test_a_run_that_has_ended_converts_too_until_the_next_begins() -> None:
    news = (event("05-14 13:00", "visit"), bought("05-14 16:00"))
    assert reached(*news, header="reenter never\n        goal on purchase", last="exit") == ["05-14 16:00"]
    assert reached(*news, header="reenter never\n        goal on purchase within 3 hours", last="exit") == []
    again = "reenter after 1 hour\n        goal on purchase"
    assert reached(*news, bought("05-14 17:00"), header=again, last="exit") == ["05-14 16:00"]


def test_who_is_held_out_converts_and_is_told_apart() -> None:
    header = "hold out 100%\n        goal on purchase"
    outcome = play(SERIES.format(header=header, last="stop"), event("05-14 13:00", "visit"), bought("05-14 14:00"))  # type: ignore[arg-type]
    assert sent(outcome) == []
    assert noted(outcome, "entered") == ["05-14 12:00 hold out"]
    assert noted(outcome, "converted") == ["05-14 14:00 hold out"]
