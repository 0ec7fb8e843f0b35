"""Why not: each obstacle in words, and that what is said of its end comes true."""

import datetime as dt
import json

import pytest

from tests.explain.support import PARIS, Life, at
from wend.runtime.contact import Change
from wend.runtime.telling.tell import answer_as_json

LADDER = """
journey j
    audience contacts where any(purchase)
    exit when days_since(last_purchase) < 120
    reenter always

    when days_since(last_purchase) >= 120
        send email "one" as first

    when days_since(last_purchase) >= 240 and first.sent
        send email "two"
"""


def bought(script: str = LADDER, **fields: str | bool | None) -> Life:
    return Life(script, "2026-01-20", **fields).event("purchase", "2026-01-10", amount=30)


def test_what_is_outside_the_audience_is_told_what_would_bring_it_in() -> None:
    assert Life(LADDER, "2026-01-20").until("2026-01-21").told() == (
        "the contact is not in the audience\n"
        "  any(purchase) is false, until data changes\n"
        "    an event `purchase` would have to happen"
    )


def test_a_condition_is_told_with_its_values_and_when_it_will_be_another() -> None:
    life = bought().until("2026-05-12")
    assert life.told(number=1) == (
        "the condition is not true\n"
        "  days_since(last_purchase) >= 240 is false, until 2026-09-07 00:00 Europe/Paris\n"
        "    days_since(last_purchase) = 122, last_purchase = 2026-01-10\n"
        "    by itself it is true from 2026-09-07 00:00 Europe/Paris on\n"
        "  that ends by itself on 2026-09-07 00:00 Europe/Paris"
    )


def test_only_the_clauses_that_hinder_are_told_the_first_one_first() -> None:
    life = bought(consent_email=False).until("2026-05-12")
    clauses = life.why_not(number=1).obstacles[0].clauses
    assert [clause.text for clause in clauses] == ["days_since(last_purchase) >= 240", "first.sent"]
    assert clauses[1].remedy == "the message `first` would have to be sent"
    assert life.why_not(number=1).obstacles[0].until is None  # time alone does not make all of it true


def test_a_message_that_was_dropped_is_found_in_the_past() -> None:
    told = bought(consent_email=None).until("2026-05-12").told()
    assert told == (
        "it fired, and on 2026-05-10 00:00 the message was dropped: the contact has not consented to email\n"
        "  consent_email is unknown, until data changes\n"
        "    `consent_email` would have to be true\n"
        "  the message comes again only when the trigger fires anew"
    )


TRIAL = """
journey j
    reenter always
    exit on purchase
    on entry
        send email "pitch" as pitch
        wait 1 day
        send email "nudge"
        wait up to 30 days until pitch.opened
        send email "last"
"""
NO_ADDRESS = "it fired, and on 2026-01-21 00:00 the message was dropped: the contact has no address for email"


def on_trial(script: str = TRIAL) -> Life:
    """Who lost the address after the first message."""
    life = Life(script, "2026-01-20").until("2026-01-20 12:00")
    life.world.arrive("ana", Change("gone", at("2026-01-20 13:00"), {"email": None}))
    return life.until("2026-01-25")


def test_a_message_that_was_dropped_is_told_before_what_its_path_waits_for() -> None:
    assert on_trial().told(template="nudge").splitlines() == [
        NO_ADDRESS,
        "  the message comes again only when the trigger fires anew",
        "its path waits since 2026-01-21 00:00: `wait up to 30 days until pitch.opened`",
        "  pitch.opened is false, until data changes",
        "    the message `pitch` would have to be opened",
        "  that ends by itself on 2026-02-20 00:00 Europe/Paris",
    ]


@pytest.mark.parametrize("template", ["last", "pitch", None])
def test_the_drop_of_another_message_plays_no_part(template: str | None) -> None:
    assert [each.kind for each in on_trial().why_not(template=template).obstacles] == ["waiting"]


def test_a_dropped_message_is_told_before_how_its_path_ended() -> None:
    script = TRIAL.replace("    exit on purchase\n    on entry\n", "    on entry\n        stop on purchase\n")
    life = on_trial(script).event("purchase", "2026-01-26", amount=1).until("2026-01-27")
    assert life.told(template="nudge").startswith(NO_ADDRESS)
    for other in ("last", None):
        assert life.told(template=other) == "its path was stopped on 2026-01-26 00:00: stop on purchase"


def test_a_dropped_message_is_told_once_the_run_has_ended() -> None:
    script = TRIAL.replace("reenter always", "reenter never")
    life = on_trial(script).event("purchase", "2026-01-26", amount=1).until("2026-01-27")
    assert life.told(template="nudge").startswith(NO_ADDRESS)
    assert life.told(template="last") == "the run ended on 2026-01-26 00:00, and `reenter never`"


def test_a_drop_of_an_earlier_run_is_not_told() -> None:
    life = on_trial().event("purchase", "2026-01-26", amount=1).until("2026-01-26 00:05")
    assert [each.kind for each in life.why_not(template="nudge").obstacles] == ["waiting"]


def test_a_dropped_message_that_another_round_may_send_is_not_called_lost() -> None:
    script = """
journey j
    on entry
        repeat up to 3 times every 3 days
            send email "nudge"
"""
    life = Life(script, "2026-01-20", email=None).until("2026-01-21")
    dropped, waiting = life.why_not(template="nudge").obstacles
    assert (dropped.kind, dropped.remedy, waiting.kind) == ("no address", None, "waiting")


def test_a_dropped_message_of_an_event_is_told_once_the_path_is_over() -> None:
    script = 'journey j\n    on purchase\n        send email "thanks"\n'
    life = Life(script, "2026-01-20", email=None).event("purchase", "2026-01-20", amount=1).until("2026-01-25")
    assert [each.kind for each in life.why_not(template="thanks").obstacles] == ["no address", "event"]
    assert life.why_not(template="thanks").obstacles[0].sentence.startswith("it fired, and on 2026-01-20 00:00 the")


def test_a_drop_is_not_told_where_the_message_is_held_since() -> None:
    script = 'journey j\n    send between 8am and 8pm\n    on purchase\n        send email "thanks"\n'
    life = Life(script, "2026-01-20", email=None).event("purchase", "2026-01-20 09:00", amount=1)
    life.until("2026-01-20 12:00")
    assert life.why_not(template="thanks").obstacles[0].kind == "no address"
    life.world.arrive("ana", Change("back", at("2026-01-20 13:00"), {"email": "ana@mail.example"}))
    life.event("purchase", "2026-01-20 22:00", amount=2).until("2026-01-20 23:00")
    assert [each.kind for each in life.why_not(template="thanks").obstacles] == ["window"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("opened", "be opened"),
        ("clicked", "be clicked"),
        ("bounced", "bounce"),
    ],
)
@pytest.mark.parametrize("sent", [True, False])
def test_what_is_asked_of_a_message_has_to_happen_once_it_was_sent(asked: str, said: str, sent: bool) -> None:
    script = f"""
journey j
    on entry
        send email "pitch" as pitch
    when pitch.{asked}
        send email "next"
"""
    life = Life(script, "2026-01-20", consent_email=sent).until("2026-01-21")
    (clause,) = life.why_not(number=1).obstacles[0].clauses
    assert clause.remedy == f"the message `pitch` would have to {said if sent else 'be sent'}"


def test_what_did_happen_is_told_so() -> None:
    assert bought().until("2026-05-12").told() == "it was done on 2026-05-10 00:00: `one`"


def test_where_nothing_keeps_it_the_next_tick_is_told() -> None:
    life = bought().until("2026-05-09 23:59")
    life.now = at("2026-05-10")
    answer = life.why_not()
    assert answer.obstacles == ()
    assert [entry.kind for entry in answer.coming] == ["fired", "sent", "finished"]


ONE = 'journey j\n{header}    when plan = "free"\n        send email "one"\n'


@pytest.mark.parametrize(
    ("header", "kind", "until"),
    [
        ("active from 2026-03-01", "not active", "2026-03-01"),
        ("active until 2026-01-01", "not active", None),
        ("hold out 100%", "hold out", None),
        ("entry until 2026-01-15", "entry until", None),
        ("send between 8am and 8pm", "window", "2026-01-21 08:00"),
        ('audience contacts where country = "FR"', "audience", None),
    ],
)
def test_what_the_header_keeps_back(header: str, kind: str, until: str | None) -> None:
    life = Life(ONE.format(header=f"    {header}\n"), "2026-01-20 22:00").until("2026-01-20 23:00")
    found = life.why_not().obstacle
    assert found is not None
    assert (found.kind, found.until and f"{PARIS.local(found.until):%Y-%m-%d %H:%M}") == (
        kind,
        until if until is None or " " in until else f"{until} 00:00",
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": None}, "the contact has no address for email"),
        ({"consent_email": False}, "the contact has not consented to email"),
    ],
)
def test_gates_that_drop_are_foreseen_too(fields: dict[str, str | bool | None], said: str) -> None:
    life = Life(ONE.format(header=""), "2026-01-20", **fields)
    found = life.why_not().obstacle
    assert found is not None
    assert found.sentence == f'`send email "one"` is dropped: {said}'


def test_a_reached_limit_is_told_with_the_day_that_makes_room() -> None:
    script = ONE.format(header="    limit 1 email per 7 days\n") + '    when plan = "free"\n        send email "two"\n'
    life = Life(script, "2026-01-20")
    life.until("2026-01-20 12:00")
    found = life.why_not(number=1).obstacle
    assert found is not None
    assert (
        found.sentence == "it fired, and on 2026-01-20 00:00 the message was dropped: the limit of 1 email is reached"
    )
    life.past.clear()
    assert life.told(number=1).startswith("it fired on 2026-01-20 00:00, and fires once in a run")


def test_who_unsubscribed_is_told() -> None:
    life = Life(ONE.format(header=""), "2026-01-20")
    life.event("message_unsubscribed", "2026-01-20", channel="email").until("2026-01-21")
    assert life.told().startswith("it fired, and on 2026-01-20 00:00 the message was dropped: the address has unsub")


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("on purchase", "no event `purchase` has happened"),
        ("when 3 days after renews", "`renews` is unknown"),
        ("every year on renews", "`renews` is unknown, so it is never due"),
        ("every friday at 9am", "it is next due on 2026-01-23 09:00"),
        ("once on 2026-01-01", "it was due on 2026-01-01 00:00, once"),
        ("once at launch", "it fires when the journey goes live, for who is in its audience then"),
        ('on change of plan from "free" to "paid"', '`plan` is "free", as it was before'),
        ("on request", "no event `journey_requested` has happened"),
        ('when plan = "paid" for 3 days', "the condition is not true"),
    ],
)
def test_each_trigger_says_what_it_waits_for(trigger: str, said: str) -> None:
    life = Life(f'journey j\n    {trigger}\n        send email "one"\n', "2026-01-20").until("2026-01-21")
    assert life.told().splitlines()[0] == said


@pytest.mark.parametrize(
    ("script", "said", "until"),
    [
        (
            'when plan = "free" for 3 days\n        send email "x"',
            "the condition holds since 2026-01-20 00:00,",
            "01-23",
        ),
        (
            'when 9 days after 2026-01-20\n        send email "x"',
            "`2026-01-20` is 2026-01-20, so it is due on",
            "01-29",
        ),
        ('on entry\n        wait 5 days\n        send email "x"', "its path waits since 2026-01-20 00:00:", "01-25"),
        ('on entry\n        wait up to 5 days for purchase\n        send email "x"', "its path waits since", "01-25"),
        ('on entry\n        wait until country = "FR"\n        send email "x"', "its path waits since", None),
    ],
)
def test_what_time_will_bring_is_told(script: str, said: str, until: str | None) -> None:
    life = Life(f"journey j\n    {script}\n", "2026-01-20").until("2026-01-21")
    found = life.why_not().obstacle
    assert found is not None
    assert found.sentence.startswith(said)
    assert (found.until and f"{PARIS.local(found.until):%m-%d}") == until


def test_a_run_that_ended_for_good_is_told() -> None:
    script = 'journey j\n    reenter never\n    exit on purchase\n    on entry\n        send email "x"\n'
    life = Life(script, "2026-01-20").event("purchase", "2026-01-20 12:00", amount=1).until("2026-01-21")
    assert life.why_not().obstacle is not None
    assert life.told() == "it was done on 2026-01-20 00:00: `x`"
    life.past.clear()
    assert life.told() == "the run ended on 2026-01-20 12:00, and `reenter never`"


@pytest.mark.parametrize("day", range(0, 330, 11))
def test_what_is_said_of_an_end_comes_true(day: int) -> None:
    """At the moment that is named the obstacle is gone, and a minute before it is still there."""
    script = (
        LADDER
        + """
    every month on day 31
        send email "bill"

    when days_since(entry) >= 20 for 3 days
        send email "long"
"""
    )
    life = bought(script)
    moment = at("2026-01-20") + dt.timedelta(days=day, hours=7)
    life.until(f"{PARIS.local(moment)}")
    answers = [life.why_not(number=number) for number in range(4)]
    for number, answer in enumerate(answers):
        found = answer.obstacle
        if found is None or found.until is None:
            continue
        before, after = bought(script), bought(script)
        before.until(f"{PARIS.local(found.until - dt.timedelta(minutes=1))}")
        still = before.why_not(number=number).obstacle
        assert still is not None
        assert (still.kind, still.until) == (found.kind, found.until)
        after.until(f"{PARIS.local(found.until)}")
        gone = after.why_not(number=number).obstacle
        assert gone is None or (gone.kind, gone.until) != (found.kind, found.until)


def test_an_answer_can_be_written_for_programs() -> None:
    told = json.loads(json.dumps(answer_as_json(bought().until("2026-05-12").why_not(number=1))))
    assert (told["journey"], told["obstacles"][0]["kind"]) == ("j", "condition")
    (clause,) = told["obstacles"][0]["clauses"]
    assert clause["becomes"] == {"at": "2026-09-06T22:00:00+00:00", "value": "true"}
    assert clause["values"] == {"days_since(last_purchase)": "122", "last_purchase": "2026-01-10"}


def test_an_event_that_is_not_meant_is_told_with_its_values() -> None:
    life = Life('journey j\n    on purchase where amount > 20\n        send email "x"\n', "2026-05-01")
    told = life.event("purchase", "2026-05-02 09:00", amount=10).until("2026-05-02 10:00").told()
    assert told == "\n".join(
        [
            "the last event `purchase`, on 2026-05-02 09:00, is not one that is meant",
            "  amount > 20 is false, until data changes",
            "    amount = 10",
            "    only another event could make it true",
        ]
    )
