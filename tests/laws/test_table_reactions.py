"""The rows of the table on what is told of messages: labels' reactions and variants, each said by a small script."""

import datetime as dt

import pytest

from tests.laws.harness import Outcome
from tests.laws.scripts import change, event, noted, play, sent
from tests.strategies.histories import Arrival
from wend.runtime.contact import Event

OPENED = """
    journey j
        on visit as cause per cause.page
            send email "hello" as first
            wait 1 hour
            if first.opened
                send email "again"
            else
                send email "bye"
"""


def keys(outcome: Outcome) -> list[str]:
    """The idempotency keys of the messages, in order."""
    return [send.identity.key for send in outcome.sends]


def test_a_message_is_not_opened_until_an_event_says_so() -> None:
    visit = event("05-14 13:00", "visit", page="a")
    assert sent(play(OPENED, visit)) == ["05-14 13:00 hello", "05-14 14:00 bye"]
    opened = event("05-14 13:20", "message_opened", template="hello")
    assert sent(play(OPENED, visit, opened)) == ["05-14 13:00 hello", "05-14 14:00 again"]


@pytest.mark.parametrize("form", ["{key}", "<{key}@shop.example>"])
def test_an_event_names_its_message_by_the_key(form: str) -> None:
    visits = (event("05-14 13:00", "visit", page="a"), event("05-14 13:30", "visit", page="b"))
    first, second, *_ = keys(play(OPENED, *visits))
    for named, expected in ((first, ["again", "bye"]), (second, ["bye", "again"])):
        opened = event("05-14 13:40", "message_opened", message=form.format(key=named))
        outcome = sent(play(OPENED, *visits, opened))
        assert [text.split()[-1] for text in outcome[2:]] == expected


def test_where_a_template_is_told_its_latest_message_is_meant() -> None:
    visits = (event("05-14 13:00", "visit", page="a"), event("05-14 13:30", "visit", page="b"))
    for when, expected in (("05-14 13:10", ["again", "bye"]), ("05-14 13:40", ["bye", "again"])):
        opened = event("05-14 13:45", "message_opened", happened=when, template="hello")
        assert [text.split()[-1] for text in sent(play(OPENED, *visits, opened))[2:]] == expected


@pytest.mark.parametrize(
    "payload",
    [
        {"template": "other"},
        {"template": "hello", "channel": "sms"},
        {"template": "hello", "journey": "k"},
        {"label": "second"},
        {"message": "0" * 32},
        {"channel": "email"},
        {},
    ],
)
def test_an_event_that_names_no_message_of_the_contact_is_about_none(payload: dict[str, str]) -> None:
    visit, opened = event("05-14 13:00", "visit", page="a"), event("05-14 13:20", "message_opened", **payload)
    assert sent(play(OPENED, visit, opened))[1:] == ["05-14 14:00 bye"]


def test_what_is_told_before_the_message_was_sent_is_not_about_it() -> None:
    early = event("05-14 12:30", "message_opened", template="hello")
    assert sent(play(OPENED, early, event("05-14 13:00", "visit", page="a")))[1:] == ["05-14 14:00 bye"]


def test_the_event_has_what_the_message_is_known_by() -> None:
    script = """
        settings
            reply to "desk@shop.example"
        journey j
            topic "news"
            on visit
                send sms "hello" as first
        journey k
            on message_clicked as click where journey = "j" and channel = "sms" and topic = "news" and label = "first"
                send email "again"
    """
    news = (event("05-14 13:00", "visit"), event("05-14 13:20", "message_clicked", template="hello"))
    assert sent(play(script, *news)) == ["05-14 13:00 hello", "05-14 13:20 again"]


def test_a_message_that_was_not_sent_is_neither_opened_nor_not() -> None:
    script = """
        settings
            consent email when consent_email
        journey j
            on visit
                send email "hello" as first
                if first.opened is unknown and first.clicked is unknown and first.bounced is unknown
                    send sms "bye"
                if not first.opened
                    send sms "again"
    """
    opened = event("05-14 13:00", "message_opened", template="hello")
    assert sent(play(script, opened, event("05-14 13:00", "visit"), consent_email=False)) == ["05-14 13:00 bye"]


def test_in_a_when_the_latest_message_of_the_run_counts() -> None:
    script = """
        journey j
            on visit as cause per cause.page
                send email "hello" as first
            when first.clicked repeatedly at most every 1 minute
                send email "again"
    """
    visits = (event("05-14 13:00", "visit", page="a"), event("05-14 14:00", "visit", page="b"))
    clicks = [event(when, "message_clicked", template="hello") for when in ("05-14 13:30", "05-14 14:30")]
    assert sent(play(script, *visits, *clicks))[1:] == ["05-14 13:30 again", "05-14 14:00 hello", "05-14 14:30 again"]
    # What is told of an older message is no news of the latest.
    late = event("05-14 14:20", "message_clicked", happened="05-14 13:30", template="hello")
    assert sent(play(script, *visits, late)) == ["05-14 13:00 hello", "05-14 14:00 hello"]


def test_in_a_body_the_paths_own_message_counts() -> None:
    visits = (event("05-14 13:00", "visit", page="a"), event("05-14 13:30", "visit", page="b"))
    late = event("05-14 13:50", "message_opened", happened="05-14 13:10", template="hello")
    assert sent(play(OPENED, *visits, late))[2:] == ["05-14 14:00 again", "05-14 14:30 bye"]


ON = """
    journey j
        on visit as cause per cause.page
            send email "hello" as first
        on first.clicked as click where url != "https://shop.example/out"
            send email "again"
"""


def test_on_a_click_of_the_latest_message_of_that_name() -> None:
    visits = (event("05-14 13:00", "visit", page="a"), event("05-14 14:00", "visit", page="b"))
    link = {"template": "hello", "url": "https://shop.example"}
    assert sent(play(ON, *visits, event("05-14 14:30", "message_clicked", **link)))[2:] == ["05-14 14:30 again"]
    late = event("05-14 14:30", "message_clicked", happened="05-14 13:30", **link)
    assert sent(play(ON, *visits, late))[2:] == []
    out = event("05-14 14:30", "message_clicked", template="hello", url="https://shop.example/out")
    assert sent(play(ON, *visits, out))[2:] == []
    assert sent(play(ON, *visits, event("05-14 14:30", "message_opened", template="hello")))[2:] == []


def test_another_message_of_the_same_template_has_another_name() -> None:
    script = """
        journey j
            on visit
                send email "hello" as first
                wait 1 hour
                send email "hello" as second
            on first.bounced
                set plan = "c"
            on second.bounced
                set plan = "b"
    """
    visit = event("05-14 13:00", "visit")
    for when, plan in (("05-14 13:30", "c"), ("05-14 14:30", "b")):
        bounce = event(when, "message_bounced", template="hello", hard=False)
        assert play(script, visit, bounce).contacts["c1"].fields["plan"] == plan


def test_a_wait_for_a_click_of_the_paths_own_message() -> None:
    script = """
        journey j
            on visit as cause per cause.page
                send email "hello" as first
                wait up to 2 hours for first.clicked as click
                else
                    send email "bye"
                    stop
                send email "again" with link = click.url
    """
    visits = (event("05-14 13:00", "visit", page="a"), event("05-14 13:30", "visit", page="b"))
    click = event("05-14 14:00", "message_clicked", template="hello", url="https://shop.example")
    outcome = play(script, *visits, click)
    assert sent(outcome)[2:] == ["05-14 14:00 again", "05-14 15:00 bye"]
    assert [send.values["link"] for send in outcome.sends if send.template == "again"] == ["https://shop.example"]


@pytest.mark.parametrize("wait", ["until first.opened", "for first.clicked"])
def test_a_wait_on_a_message_that_was_not_sent_skips_the_wait_and_its_else(wait: str) -> None:
    script = f"""
        settings
            consent email when consent_email
        journey j
            on visit
                send email "hello" as first
                wait up to 1 day {wait}
                else
                    send sms "bye"
                send sms "again"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit, consent_email=False)) == ["05-14 13:00 again"]
    assert sent(play(script, visit)) == ["05-14 13:00 hello", "05-15 13:00 bye", "05-15 13:00 again"]


def test_in_a_round_a_wait_is_for_the_message_of_this_round() -> None:
    script = """
        settings
            consent email when consent_email
        journey j
            on visit
                repeat up to 2 times every 1 hour
                    send email "hello" as first
                    wait up to 1 hour until first.opened
                    else
                        send sms "bye"
    """
    visit = event("05-14 13:00", "visit")
    every = ["05-14 13:00 hello", "05-14 14:00 bye", "05-14 15:00 hello", "05-14 16:00 bye"]
    assert sent(play(script, visit)) == every
    assert sent(play(script, visit, change("05-14 14:30", consent_email=False))) == every[:2]


def test_a_path_is_stopped_by_a_click_of_its_own_message() -> None:
    script = """
        journey j
            on visit as cause per cause.page
                stop on first.clicked
                send email "hello" as first
                wait 2 hours
                send email "again"
    """
    visits = (event("05-14 13:00", "visit", page="a"), event("05-14 13:30", "visit", page="b"))
    click = event("05-14 13:45", "message_clicked", template="hello")
    assert sent(play(script, *visits, click))[2:] == ["05-14 15:00 again"]


def test_a_reaction_ends_a_run() -> None:
    script = """
        journey j
            exit on first.clicked
            reenter never
            on visit
                send email "hello" as first
                wait 2 hours
                send email "again"
    """
    visit, click = event("05-14 13:00", "visit"), event("05-14 13:45", "message_clicked", template="hello")
    assert sent(play(script, visit, click)) == ["05-14 13:00 hello"]
    other = event("05-14 13:45", "message_clicked", template="other")
    assert sent(play(script, visit, other)) == ["05-14 13:00 hello", "05-14 15:00 again"]


def test_a_message_and_a_split_tell_the_variant_that_was_taken() -> None:
    script = """
        journey j
            on visit
                split subject each time
                    variant short 50%
                        send email "hello" as first
                    variant long 50%
                        send email "bye" as first
                if first.variant = "short" and subject.variant = "short"
                    send email "again"
            when subject.variant = "long"
                send sms "told"
    """
    visits = [event(f"05-14 13:{minute}", "visit", id=f"v{minute}") for minute in range(10, 22)]
    found = {}
    for visit in visits:
        texts = [text.split()[-1] for text in sent(play(script, visit, hours=4))]
        found[texts[0]] = texts[1:]
    assert found == {"hello": ["again"], "bye": ["told"]}


def test_a_contact_beyond_all_shares_has_no_variant() -> None:
    script = """
        journey j
            on visit
                split subject
                    variant short 0%
                        send email "hello" as first
                if subject.variant is unknown and first.variant is unknown
                    send email "again"
    """
    assert sent(play(script, event("05-14 13:00", "visit"))) == ["05-14 13:00 again"]


# ---- feedback: what is told of a message is as deep as the message


CIRCLE = """
    journey j
        on visit
        also on {event}
            send email "hello" as first
"""
MOST = 6
"""How many messages a circle sends: one for what came from outside, and five for what was told of messages."""


def fed_back(name: str, after: dt.timedelta, payload: dict[str, str], rounds: int = 12) -> int:
    """How many messages there are where each is followed, so much later, by an event that starts the next."""
    news, count = [event("05-14 13:00", "visit")], 0
    while count < rounds:
        sends = play(CIRCLE.format(event=name), *news, hours=24 * 30).sends
        if len(sends) == count:
            break
        count, when = len(sends), sends[-1].at + after
        told = {key: value or sends[-1].identity.key for key, value in payload.items()}
        news.append(Arrival("c1", when, Event(f"told {count}", name, when, told)))
    return count


@pytest.mark.parametrize("payload", [{"message": ""}, {"template": "hello"}, {"channel": "email"}, {}])
def test_what_is_told_of_a_message_is_as_deep_as_the_message(payload: dict[str, str]) -> None:
    assert fed_back("message_sent", dt.timedelta(minutes=1), payload) == MOST
    assert fed_back("message_clicked", dt.timedelta(hours=3), payload) == MOST


def test_what_is_told_a_day_later_counts_as_from_outside() -> None:
    assert fed_back("message_clicked", dt.timedelta(hours=25), {"message": ""}) == 12


def test_an_event_that_is_too_deep_is_reported_and_still_counts() -> None:
    script = """
        journey j
            on visit
            also on first.opened
                send email "hello" as first
            when count(message_opened) >= 6
                send sms "bye"
    """
    news = [event("05-14 13:00", "visit")]
    news += [event(f"05-14 13:0{minute}", "message_opened", template="hello") for minute in range(1, 8)]
    outcome = play(script, *news)
    assert sent(outcome).count("05-14 13:06 bye") == 1
    assert len(sent(outcome)) == MOST + 1
    assert noted(outcome, "dropped") == ["05-14 13:06 depth", "05-14 13:07 depth"]
