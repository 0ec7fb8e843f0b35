"""The rows of the table on `resubscribe`: what it lifts, when, and for whom."""

import pytest

from tests.laws.harness import Manner
from tests.laws.scripts import event, noted, play, sent
from tests.strategies.histories import ADDRESSES, Arrival
from wend.runtime.effects import Resubscribed

SCRIPT = """
    journey j
        {header}
        on visit where page = "back"
            resubscribe email
            send email "again"
        on visit as cause per cause.at where page = "news"
            send email "hello"
"""


def visit(when: str, page: str = "news", who: str = "c1") -> Arrival:
    return event(when, "visit", page=page, who=who, id=f"{page} {when} {who}")


@pytest.mark.parametrize("reason", ["message_unsubscribed", "message_bounced", "message_complained"])
def test_only_an_unsubscription_is_lifted(reason: str) -> None:
    news = (event("05-14 13:00", reason, hard=True), visit("05-14 14:00", "back"), visit("05-14 15:00"))
    outcome = play(SCRIPT.format(header=""), *news)
    lifted = reason == "message_unsubscribed"
    assert sent(outcome) == (["05-14 15:00 hello"] if lifted else [])
    assert noted(outcome, "resubscribed") == (["05-14 14:00"] if lifted else [])


def test_gates_see_it_at_the_next_tick() -> None:
    news = (event("05-14 13:00", "message_unsubscribed"), visit("05-14 14:00", "back"), visit("05-14 14:01"))
    outcome = play(SCRIPT.format(header=""), *news)
    assert noted(outcome, "dropped") == ["05-14 14:00 suppressed"]
    assert sent(outcome) == ["05-14 14:01 hello"]


def test_it_is_for_the_address_whoever_has_it() -> None:
    gone, back = event("05-14 13:00", "message_unsubscribed"), visit("05-14 14:00", "back", who="c2")
    news = (gone, back, visit("05-14 13:30", who="c2"), visit("05-14 15:00"), visit("05-14 15:00", who="c2"))
    outcome = play(SCRIPT.format(header=""), *news, people=("c1", "c2"))
    assert sent(outcome) == ["05-14 15:00 hello"]
    assert sent(outcome, "c2") == ["05-14 15:00 hello"]


def test_it_is_for_its_channel() -> None:
    script = """
        journey j
            on visit
                resubscribe sms
                wait 1 hour
                send email "hello"
    """
    assert sent(play(script, event("05-14 13:00", "message_unsubscribed"), visit("05-14 14:00"))) == []


@pytest.mark.parametrize(
    ("header", "topic", "lifted"),
    [("", "", True), ("", "news", False), ('topic "news"', "news", True), ('topic "news"', "", False)],
)
def test_a_topic_is_lifted_by_itself(header: str, topic: str, lifted: bool) -> None:
    script = (
        SCRIPT.format(header=header)
        + """
    journey k
        topic "news"
        on visit where page = "k"
            send email "bye"
    """
    )
    gone = event("05-14 13:00", "message_unsubscribed", **({"topic": topic} if topic else {}))
    news = (gone, visit("05-14 14:00", "back"), visit("05-14 15:00", "k"))
    outcome = play(script, *news)
    assert ("05-14 15:00 bye" in sent(outcome)) is lifted
    # Where only the whole is lifted, what was unsubscribed from a topic besides stays so.
    if header == "" and topic == "":
        both = (event("05-14 13:10", "message_unsubscribed", topic="news"), *news)
        assert "05-14 15:00 bye" not in sent(play(script, *both))


def test_who_unsubscribes_again_is_unsubscribed() -> None:
    gone = [event(f"05-14 {hour}:00", "message_unsubscribed") for hour in (13, 15)]
    back = [visit(f"05-14 {hour}:00", "back") for hour in (14, 17)]
    asked = [visit(f"05-14 {hour}:30") for hour in (13, 14, 15, 16, 17)]
    script = SCRIPT.format(header="")
    outcome = play(script, *gone, *back, *asked)
    assert sent(outcome) == ["05-14 14:30 hello", "05-14 17:30 hello"]
    assert outcome == play(script, *gone, *back, *asked, manner=Manner(reload=True))


def test_who_unsubscribes_in_the_same_minute_has_the_last_word() -> None:
    gone = event("05-14 13:00", "message_unsubscribed")
    for second, lifted in ((event("05-14 14:00:40", "message_unsubscribed"), False), (visit("05-14 14:00:40"), True)):
        outcome = play(SCRIPT.format(header=""), gone, visit("05-14 14:00:20", "back"), second, visit("05-14 15:00"))
        assert ("05-14 15:00 hello" in sent(outcome)) is lifted
    earlier = event("05-14 14:00:10", "message_unsubscribed")
    outcome = play(SCRIPT.format(header=""), earlier, visit("05-14 14:00:20", "back"), visit("05-14 15:00"))
    assert sent(outcome) == ["05-14 15:00 hello"]


def test_an_effect_with_an_identity_that_names_what_it_lifts() -> None:
    news = (event("05-14 13:00", "message_unsubscribed"), visit("05-14 14:00", "back"))
    acts = play(SCRIPT.format(header=""), *news).acts["c1"]
    (effect,) = [act.effect for act in acts if isinstance(act.effect, Resubscribed)]
    assert (effect.identity.journey, effect.identity.step) == ("j", "resubscribe email")
    assert (effect.suppression.channel, effect.suppression.address) == ("email", ADDRESSES[0])
