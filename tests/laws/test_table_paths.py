"""The rows of the table on paths, waits, dated triggers, schedules and labels: each said by a small script."""

import pytest

from tests.laws.harness import Manner
from tests.laws.scripts import at, change, event, noted, play, sent

# ---- paths


def test_a_trigger_has_one_path_under_way_and_ignores_a_further_firing() -> None:
    script = """
        journey j
            on visit
                wait 1 hour
                send email "hello"
    """
    twice = (event("05-14 13:00", "visit"), event("05-14 13:30", "visit"))
    assert sent(play(script, *twice)) == ["05-14 14:00 hello"]
    newest = script.replace("journey j", "journey j\n            newest path only")
    assert sent(play(newest, *twice)) == ["05-14 14:30 hello"]


def test_a_path_is_under_way_as_the_trigger_fires() -> None:
    """Events come before waits that are over and held messages that may go: in their minute these are under way."""
    script = """
        journey j
            send between 2pm and 3pm
            on visit
                send email "hello"
                wait 10 minutes
                send email "again"
    """
    visits = (event("05-14 13:00", "visit"), event("05-14 14:00", "visit"), event("05-14 14:10", "visit"))
    assert sent(play(script, *visits)) == ["05-14 14:00 hello", "05-14 14:10 again"]
    newest = script.replace("journey j", "journey j\n            newest path only")
    assert sent(play(newest, *visits)) == ["05-14 14:00 hello", "05-14 14:10 hello", "05-14 14:20 again"]


def test_a_key_has_a_path_of_its_own() -> None:
    script = """
        journey j
            on visit as cause per cause.page
                wait 1 hour
                send email "hello"
    """
    visits = (
        event("05-14 13:00", "visit", page="a"),
        event("05-14 13:10", "visit", page="b"),
        event("05-14 13:20", "visit", page="a"),
        event("05-14 15:00", "visit", page="a"),
    )
    assert sent(play(script, *visits)) == ["05-14 14:00 hello", "05-14 14:10 hello", "05-14 16:00 hello"]
    once = script.replace("per cause", "once per cause")
    assert sent(play(once, *visits)) == ["05-14 14:00 hello", "05-14 14:10 hello"]


def test_once_per_key_is_for_ever_across_runs() -> None:
    script = """
        journey j
            reenter always
            exit on cancel
            on visit as cause once per cause.page
                send email "hello"
    """
    news = (
        event("05-14 13:00", "visit", page="a"),
        event("05-14 14:00", "cancel"),
        event("05-14 15:00", "visit", page="a"),
    )
    assert sent(play(script, *news)) == ["05-14 13:00 hello"]


def test_when_stays_armed_while_a_path_of_its_trigger_is_under_way() -> None:
    script = """
        journey j
            on visit
            also when plan = "b"
                wait 2 hours
                send email "hello"
    """
    news = (event("05-14 23:00", "visit"), change("05-15 00:00", plan="b"))
    assert sent(play(script, *news)) == ["05-15 01:00 hello", "05-15 03:00 hello"]
    gone = change("05-15 00:30", plan="c")
    assert sent(play(script, *news, gone)) == ["05-15 01:00 hello"]


def test_stop_on_and_stop_when_end_the_path() -> None:
    script = """
        journey j
            on visit as cause
                stop on purchase as bought where bought.channel = cause.page
                stop when plan = "c"
                wait 2 hours
                send email "hello"
    """
    visit = event("05-14 13:00", "visit", page="web")
    other = event("05-14 14:00", "purchase", amount=10, channel="shop")
    same = event("05-14 14:00", "purchase", amount=10, channel="web")
    assert sent(play(script, visit, other)) == ["05-14 15:00 hello"]
    assert sent(play(script, visit, same)) == []
    assert sent(play(script, visit, change("05-14 14:00", plan="c"))) == []


# ---- waits


def test_a_wait_counts_from_the_tick_that_reached_it() -> None:
    script = """
        journey j
            on visit
                wait 1 hour
                send email "hello"
                wait 1 hour
                send email "again"
    """
    late = event("05-14 13:00", "visit", happened="05-14 10:30")
    assert sent(play(script, late)) == ["05-14 14:00 hello", "05-14 15:00 again"]
    outage = Manner(outage=(at("05-14 13:30"), at("05-14 16:00")))
    assert sent(play(script, late, manner=outage)) == ["05-14 16:00 hello", "05-14 17:00 again"]


def test_a_wait_of_unknown_length_is_not_over_before_that_is_known() -> None:
    script = """
        define gap = score * 1 hour
        journey j
            on visit
                {wait}
                    send email "hello"
                send email "again"
    """
    visit, known, other = (
        event("05-14 13:00", "visit"),
        change("05-14 14:00", score=2),
        change("05-14 14:30", score=9),
    )
    waited = script.replace("{wait}", "wait gap").replace('    send email "hello"', 'send email "hello"')
    assert sent(play(waited, visit, score=None)) == []
    assert sent(play(waited, visit, known, other, score=None)) == ["05-14 15:00 hello", "05-14 15:00 again"]
    rounds = script.replace("{wait}", "repeat up to 3 times every gap")
    assert sent(play(rounds, visit, score=None)) == ["05-14 13:00 hello"]
    for limited in ('wait up to gap until plan = "b"', "wait up to gap for purchase"):
        late = script.replace("{wait}", f"{limited}\n                else")
        assert sent(play(late, visit, score=None)) == []
        assert sent(play(late, visit, known, score=None)) == ["05-14 15:00 hello", "05-14 15:00 again"]


def test_a_condition_comes_before_the_deadline() -> None:
    script = """
        journey j
            on visit
                wait up to 1 hour until plan = "b"
                else
                    send email "bye"
                    stop
                send email "hello"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit)) == ["05-14 14:00 bye"]
    assert sent(play(script, visit, change("05-14 14:00", plan="b"))) == ["05-14 14:00 hello"]
    assert sent(play(script, visit, change("05-14 14:01", plan="b"))) == ["05-14 14:00 bye"]
    assert sent(play(script, visit, plan="b")) == ["05-14 13:00 hello"]  # true already: passes


def test_an_awaited_event_counts_by_its_own_time_within_the_wait() -> None:
    script = """
        journey j
            on visit
                wait up to 1 hour for purchase as bought where amount >= 10
                else
                    send email "bye"
                    stop
                send email "hello"
    """
    visit = event("05-14 13:00", "visit")

    def bought(when: str, happened: str = "", amount: int = 10) -> list[str]:
        return sent(play(script, visit, event(when, "purchase", happened=happened, amount=amount, channel="web")))

    assert bought("05-14 13:30") == ["05-14 13:30 hello"]
    assert bought("05-14 13:30", amount=5) == ["05-14 14:00 bye"]
    assert bought("05-14 13:30", happened="05-14 12:50") == ["05-14 14:00 bye"]  # it happened before the wait
    assert bought("05-14 14:00") == ["05-14 14:00 hello"]
    assert bought("05-14 14:01", happened="05-14 13:30") == ["05-14 14:00 bye"]  # told too late
    outage = Manner(outage=(at("05-14 13:30"), at("05-14 16:00")))
    late = event("05-14 15:00", "purchase", happened="05-14 13:50", amount=10, channel="web")
    after = event("05-14 15:00", "purchase", happened="05-14 14:10", amount=10, channel="web")
    assert sent(play(script, visit, late, manner=outage)) == ["05-14 16:00 hello"]
    assert sent(play(script, visit, after, manner=outage)) == ["05-14 16:00 bye"]


@pytest.mark.parametrize(
    ("due", "messages"),
    [
        (at("05-14 15:30"), ["05-14 15:30 hello"]),
        (at("05-14 13:00"), ["05-14 13:00 hello"]),
        (at("05-14 12:59"), ["05-14 13:00 bye"]),
        (None, ["05-14 13:00 bye"]),
    ],
)
def test_a_date_that_is_past_or_unknown_goes_to_else(due: object, messages: list[str]) -> None:
    script = """
        journey j
            on visit
                wait until due
                else
                    send email "bye"
                    stop
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "visit"), due=due)) == messages  # type: ignore[arg-type]


def test_a_wait_for_a_weekday_passes_at_that_very_moment() -> None:
    script = """
        journey j
            on visit
                wait until wednesday at 9am
                send email "hello"
    """
    # 15 May 2024 is a Wednesday.
    assert sent(play(script, event("05-15 09:00", "visit"))) == ["05-15 09:00 hello"]
    assert sent(play(script, event("05-15 08:59", "visit"))) == ["05-15 09:00 hello"]
    assert sent(play(script, event("05-15 09:01", "visit"), hours=240)) == ["05-22 09:00 hello"]


def test_a_wait_for_a_time_of_day() -> None:
    script = """
        journey j
            on visit
                wait until 9am
                send email "hello"
    """
    assert sent(play(script, event("05-15 09:00", "visit"))) == ["05-15 09:00 hello"]
    assert sent(play(script, event("05-15 09:01", "visit"))) == ["05-16 09:00 hello"]


def test_who_moves_waits_for_the_clock_of_where_they_are() -> None:
    script = """
        journey j
            timezone contact
            on visit
                wait until thursday at 9am
                send email "hello"
    """
    visit, tokyo, los_angeles = event("05-15 01:00", "visit"), "Asia/Tokyo", "America/Los_Angeles"
    assert sent(play(script, visit, timezone=tokyo)) == ["05-16 00:00 hello"]
    west = change("05-15 12:00", timezone=los_angeles)
    assert sent(play(script, visit, west, timezone=tokyo)) == ["05-16 16:00 hello"]
    east = change("05-15 12:00", timezone=tokyo)
    assert sent(play(script, visit, east, timezone=los_angeles)) == ["05-16 00:00 hello"]
    noon = change("05-16 03:00", timezone=tokyo)
    assert sent(play(script, visit, noon, timezone=los_angeles)) == ["05-16 03:00 hello"]


def test_repeat_tests_until_first_and_pauses_after_each_round() -> None:
    script = """
        journey j
            on visit
                repeat up to 2 times every 1 hour until plan = "b"
                    send email "hello"
                send email "bye"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit)) == ["05-14 13:00 hello", "05-14 14:00 hello", "05-14 15:00 bye"]
    assert sent(play(script, visit, plan="b")) == ["05-14 13:00 bye"]
    assert sent(play(script, visit, change("05-14 13:30", plan="b"))) == ["05-14 13:00 hello", "05-14 14:00 bye"]


# ---- dated triggers and schedules


DATED = """
    journey j
        when 2 hours after due
            send email "hello"
"""


def test_a_dated_trigger_fires_once_for_a_value() -> None:
    assert sent(play(DATED, due=at("05-14 12:00"))) == ["05-14 14:00 hello"]
    moved = change("05-14 13:00", due=at("05-14 15:00"))
    assert sent(play(DATED, moved, due=at("05-14 12:00"))) == ["05-14 17:00 hello"]
    later = change("05-14 16:00", due=at("05-14 15:30"))
    assert sent(play(DATED, later, due=at("05-14 12:00"))) == ["05-14 14:00 hello", "05-14 17:30 hello"]
    back = (change("05-14 16:00", due=at("05-16 15:30")), change("05-14 17:00", due=at("05-14 12:00")))
    assert sent(play(DATED, *back, due=at("05-14 12:00"))) == ["05-14 14:00 hello"]


def test_a_value_that_was_due_before_it_was_seen_does_not_fire() -> None:
    assert sent(play(DATED, due=at("05-14 09:00"))) == []
    assert sent(play(DATED, change("05-14 15:00", due=at("05-14 12:00")))) == []
    assert sent(play(DATED, change("05-14 15:00", due=at("05-14 13:00")))) == ["05-14 15:00 hello"]


def test_a_value_that_was_due_before_the_run_began_does_not_fire() -> None:
    script = """
        journey j
            audience contacts where plan = "a"
            when 2 hours after due
                send email "hello"
    """
    entered = change("05-14 15:00", plan="a")
    assert sent(play(script, entered, due=at("05-14 12:00"), plan="b")) == []
    assert sent(play(script, entered, due=at("05-14 14:00"), plan="b")) == ["05-14 16:00 hello"]


def test_late_up_to_bounds_a_dated_trigger() -> None:
    outage = Manner(outage=(at("05-14 13:00"), at("05-14 18:00")))
    assert sent(play(DATED, due=at("05-14 12:00"), manner=outage)) == ["05-14 18:00 hello"]
    bounded = DATED.replace("journey j", "journey j\n        late up to 3 hours")
    assert sent(play(bounded, due=at("05-14 12:00"), manner=outage)) == []
    assert sent(play(bounded, due=at("05-14 13:00"), manner=outage)) == ["05-14 18:00 hello"]


@pytest.mark.parametrize(
    ("rule", "fields", "messages"),
    [
        # A datetime keeps its local time over a change of the clocks; a date means its first moment.
        ("1 day after due", {"due": at("2024-03-30 08:00")}, ["03-31 07:00 hello"]),
        ("24 hours after due", {"due": at("2024-03-30 08:00")}, ["03-31 08:00 hello"]),
        ("1 day after signup", {"signup": at("2024-03-30 00:00").date()}, ["03-30 23:00 hello"]),
        ("2 days after signup", {"signup": at("2024-03-30 00:00").date()}, ["03-31 22:00 hello"]),
        ("1 day after signup at 9am", {"signup": at("2024-03-30 00:00").date()}, ["03-31 07:00 hello"]),
        ("1 day after signup at 2:30", {"signup": at("2024-03-30 00:00").date()}, ["03-31 01:30 hello"]),
        ("1 day before signup at 9am", {"signup": at("2024-04-01 00:00").date()}, ["03-31 07:00 hello"]),
        ("1 month after signup", {"signup": at("2024-02-29 00:00").date()}, []),
    ],
)
def test_when_a_dated_trigger_is_due_in_paris(rule: str, fields: dict[str, object], messages: list[str]) -> None:
    script = f"""
        journey j
            timezone "Europe/Paris"
            when {rule}
                send email "hello"
    """
    assert sent(play(script, start="2024-03-30 06:00", **fields)) == messages  # type: ignore[arg-type]


def test_months_from_a_date_are_clamped() -> None:
    script = """
        journey j
            when 1 month after signup
                send email "hello"
            when 2 months after signup
                send email "again"
    """
    outcome = play(script, start="2023-01-31 12:00", hours=70 * 24, signup=at("2023-01-31 00:00").date())
    assert sent(outcome) == ["02-28 00:00 hello", "03-31 00:00 again"]


def test_a_schedule_fires_once_for_an_occurrence_from_the_entry_on() -> None:
    script = """
        journey j
            every day at 9am
                send email "hello"
    """
    assert sent(play(script)) == ["05-15 09:00 hello", "05-16 09:00 hello", "05-17 09:00 hello"]
    assert sent(play(script, start="2024-05-14 09:00", hours=1)) == ["05-14 09:00 hello"]
    again = script.replace("journey j", "journey j\n            exit on cancel\n            reenter after 2 hours")
    between = play(again, event("05-15 08:30", "cancel"), hours=48)
    assert noted(between, "entered") == ["05-14 12:00", "05-15 10:30"]
    assert sent(between) == ["05-16 09:00 hello"]


def test_after_an_outage_only_the_latest_occurrence_of_the_last_day_fires() -> None:
    script = """
        journey j
            every day at 9am
                send email "hello"
            once on 2024-05-15 at 9am
                send email "again"
    """
    outage = Manner(outage=(at("05-14 13:00"), at("05-17 08:00")))
    assert sent(play(script, hours=68, manner=outage)) == ["05-17 08:00 hello"]
    short = Manner(outage=(at("05-14 13:00"), at("05-15 20:00")))
    assert sent(play(script, hours=40, manner=short)) == ["05-15 20:00 hello", "05-15 20:00 again"]
    weekly = """
        journey j
            every wednesday at 9am
                send email "hello"
    """
    assert sent(play(weekly, hours=68, manner=outage)) == []


def test_a_month_without_the_day_has_its_last_one() -> None:
    script = """
        journey j
            every month on day 31 at 9am
                send email "hello"
    """
    outcome = play(script, start="2023-01-31 10:00", hours=24 * 90)
    assert sent(outcome) == ["02-28 09:00 hello", "03-31 09:00 hello", "04-30 09:00 hello"]


# ---- since entry, labels, own writes


def test_in_a_body_entry_is_the_cause_of_the_path_and_exclusive() -> None:
    script = """
        journey j
            on visit
                wait 1 hour
                if any(visit since entry)
                    send email "hello"
                else
                    send email "bye"
            when count(visit since entry) >= 2
                send sms "again"
    """
    alone = event("05-14 13:00", "visit")
    more = event("05-14 15:00", "visit")
    outcome = sent(play(script, alone, more))
    assert outcome == ["05-14 14:00 bye", "05-14 15:00 again", "05-14 16:00 bye"]
    within = event("05-14 13:30", "visit")
    assert sent(play(script, alone, within)) == ["05-14 13:30 again", "05-14 14:00 hello"]


def test_a_label_is_the_own_send_in_a_body_and_the_latest_of_the_run_elsewhere() -> None:
    script = """
        journey j
            on visit as cause
                if cause.page = "a"
                    send email "hello" as first
                else if first.sent
                    send email "bye"
                else
                    send email "again"
            when first.sent
                send sms "seen"
    """
    news = (event("05-14 13:00", "visit", page="a"), event("05-14 14:00", "visit", page="b"))
    assert sent(play(script, *news)) == ["05-14 13:00 hello", "05-14 13:01 seen", "05-14 14:00 again"]


def test_a_label_outside_a_body_is_forgotten_with_its_run() -> None:
    script = """
        journey j
            reenter always
            exit on cancel
            on visit
                send email "hello" as first
            on purchase
                send email "again"
            when first.sent repeatedly at most every 1 minute
                send sms "seen"
    """
    news = (event("05-14 13:00", "visit"), event("05-14 14:00", "cancel"), event("05-14 15:00", "visit"))
    assert sent(play(script, *news)) == [
        "05-14 13:00 hello",
        "05-14 13:01 seen",
        "05-14 15:00 hello",
        "05-14 15:01 seen",
    ]


def test_a_path_sees_its_own_writes_and_those_of_paths_before_it() -> None:
    script = """
        journey j
            on visit
                set plan = "b"
                if plan = "b"
                    send email "hello"
            on visit
                if plan = "b"
                    send email "again"
            when plan = "b"
                send sms "seen"
    """
    outcome = play(script, event("05-14 13:00", "visit"))
    assert sent(outcome) == ["05-14 13:00 hello", "05-14 13:00 again", "05-14 13:01 seen"]


def test_journeys_are_walked_by_priority_then_name() -> None:
    script = """
        settings
            limit 1 email per 1 day
        journey a
            on visit
                send email "hello"
        journey b
            {}
            on visit
                send email "again"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script.format("backlog include"), visit)) == ["05-14 13:00 hello"]
    assert sent(play(script.format("priority 1"), visit)) == ["05-14 13:00 again"]


def test_each_time_splits_by_the_occurrence_and_otherwise_always_the_same() -> None:
    script = """
        journey j
            every day at 9am
                split coin{}
                    variant left 50%
                        send email "hello"
                    variant right 50%
                        send email "bye"
    """
    always = {line.split()[-1] for line in sent(play(script.format(""), hours=24 * 20))}
    assert len(always) == 1
    each_time = {line.split()[-1] for line in sent(play(script.format(" each time"), hours=24 * 20))}
    assert len(each_time) == 2
    people = tuple(f"c{i}" for i in range(40))
    outcome = play(script.format(""), people=people, hours=24)
    variants = [sent(outcome, who)[0].split()[-1] for who in people]
    assert 8 <= variants.count("hello") <= 32


def test_the_identity_of_a_step_stays_when_steps_are_put_around_it() -> None:
    script = """
        journey j
            on visit
                {}
                send email "hello"
    """
    visit = event("05-14 13:00", "visit")
    plain, more = (play(script.format(step), visit) for step in ("", 'send sms "first"'))
    hello = [[s.identity for s in outcome.sends if s.template == "hello"] for outcome in (plain, more)]
    assert hello[0] == hello[1]


def test_two_entry_points_and_two_rounds_have_identities_of_their_own() -> None:
    script = """
        journey j
            reenter always
            exit on cancel
            on visit
                repeat up to 2 times every 1 hour
                    send email "hello"
                    send email "again"
    """
    visits = (event(when, "visit") for when in ("05-14 13:00", "05-14 21:00", "05-15 03:00"))
    outcome = play(script, *visits, event("05-14 20:00", "cancel"))
    assert len(outcome.sends) == 12
    assert len(set(outcome.identities)) == 12
    assert noted(outcome, "entered") == ["05-14 12:00", "05-14 20:01"]
