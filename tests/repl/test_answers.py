"""What the prompt answers, asked without a terminal: values for programs, bad input, files."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.support import wend
from tests.house.documents import copy_examples
from tests.repl.support import run
from wend.repl.answer import Answer
from wend.repl.answering import answer, inputs
from wend.repl.commands import COMMANDS
from wend.repl.commands.clock import _gathered
from wend.repl.happened import Happened
from wend.repl.opening import open_session
from wend.repl.session import Session
from wend.runtime.contact import Contact, Event, Inbox
from wend.runtime.effects import Facts, Step
from wend.runtime.rules import Rules
from wend.runtime.state import State
from wend.runtime.values import Instant

SCRIPT = """
contact
    email   text?
    plan    "free" | "paid"
    visits  number

event purchase
    amount number

settings
    timezone "Europe/Paris"
    consent email when email is known

journey hello
    reenter always
    exit when plan = "paid"

    on purchase as bought
        send email "thanks" as thanks
        wait 2 days
        send email "again"

    when visits >= 3
        send email "three"
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    path = tmp_path / "shop.journey"
    path.write_text(SCRIPT, encoding="utf-8")
    made, first = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    assert not first.failed
    return made


def ask(session: Session, *lines: str) -> Answer:
    """The answer to the last of some lines; none of them may be refused."""
    answers = [answer(session, line) for line in lines]
    assert [each.lines for each in answers if each.failed] == []
    return answers[-1]


def test_values_are_told_for_programs_too(session: Session) -> None:
    assert ask(session, ':contact eve plan="free" visits=2', "visits >= 2 and hour(now) < 10").data == {
        "value": "true",
        "type": "boolean",
        "until": "2026-05-10T08:00:00+00:00",
        "contact": "eve",
    }


def test_what_a_tick_did_is_told_in_the_order_in_which_it_did(session: Session) -> None:
    steps = 'set visits = 7\n        send email "first"\n        add tag "met"\n        send email "second"'
    ask(session, f"journey order\n    on purchase\n        {steps}")
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=1', ":tick", ":event purchase amount=3")
    went = [line.split("order: ")[1] for line in ask(session, ":tick").lines if "order: " in line]
    assert went == ["set visits = 7", 'email "first"', 'add tag "met"', 'email "second"']


def test_an_event_without_a_field_that_every_one_has_is_refused_with_what_to_add(session: Session) -> None:
    ask(session, 'event order\n    `unit price` number\n    ways list of "web" | "shop"\n    note text?', ":tick")
    refused = answer(session, ":event order")
    assert refused.lines[0] == "error[W246]: every `order` has `unit price` and `ways`, and this one has not"
    assert refused.lines[-1].startswith('  help: add ``unit price` = 30, ways = ["web"]`, say, or declare')
    half = answer(session, ':event order ways = ["web"]')
    assert half.lines[0] == "error[W246]: every `order` has `unit price`, and this one has not"
    assert session.told == []
    ask(session, ':event order `unit price` = 30, ways = ["web"]', ":event contact_created")
    assert len(session.told) == 2


def test_an_expression_looks_into_the_run_of_a_journey(session: Session) -> None:
    alone = answer(session, "thanks.sent")
    assert (alone.failed, alone.lines[-1]) == (True, "  help: `:in hello` looks into its runs")
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=1', ":tick", ":event purchase amount=3")
    told = ask(session, ":in hello").lines
    assert told[0] == "expressions look into `hello`: entry, thanks"
    assert told[1].startswith("eve is in run 1 since ")
    before = ask(session, "thanks.sent")
    assert before.data["value"] == "false"
    ask(session, ":tick", ":tick")
    after = ask(session, "thanks.sent")
    assert after.data["value"] == "true"
    assert after.data["until"] == "2026-05-12T07:01:00+00:00"  # when the path goes on: not before, without new data
    assert ask(session, "in journey hello").data["until"] == "2026-05-12T07:01:00+00:00"
    assert before.data["until"] == "2026-05-10T07:01:00+00:00"  # the event has come, and the next tick takes it in
    assert ask(session, ":count thanks.sent").data["true"] == 1
    assert ask(session, ':contact bob plan="free"', "thanks.sent").data["value"] == "false"


def test_what_is_looked_into_goes_with_its_journey(session: Session) -> None:
    assert answer(session, ":in helo").lines == ("error: there is no journey `helo`", "  help: write `:in hello`")
    ask(session, ":in hello", "entry", ":in")
    assert answer(session, "entry").failed
    ask(session, ":in hello", 'when visits > 3 send email "more"', "entry")
    assert answer(session, ":in when visits > 3").failed
    session.inside = "gone"
    session.begin()
    assert session.inside is None


TESTED = """
journey forked
    transactional
    on purchase
        split ways
            variant left 100%
                send email "left"
test "left" for forked
    given email = "e@mail.example"
    force ways = left
    at 2026-05-10 event purchase with amount = 3
    at 2026-05-10 expect email "left"
test "any" for forked
    given email = "e@mail.example"
    at 2026-05-10 event purchase with amount = 3
    expect 1 email in total
"""


def test_a_journey_that_is_typed_leaves_out_the_tests_that_do_not_fit_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.journey"
    path.write_text(SCRIPT + TESTED, encoding="utf-8")
    session, _ = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    told = ask(session, 'journey forked\n    transactional\n    on purchase\n        send email "plain"')
    note = 'note: the test "left" does not fit this and is left out: the journey has no split `ways`'
    assert told.lines == ("forked, hello", f"{note} ({path}:34:11)")
    assert rows(told, "tests_left_out", "test") == ["left"]
    assert [each.name for each in session.program.tests] == ["any"]
    assert ask(session, "segment some = visits > 1").data["tests_left_out"] == []
    wrong = answer(session, 'journey forked\n    transactional\n    on purchas\n        send email "plain"')
    assert wrong.lines[0] == "error[W202]: there is no event `purchas`"
    mine = answer(session, 'test "mine" for forked\n    force ways = left\n    at 2026-05-10 expect nothing')
    assert mine.lines[0] == "error[W201]: the journey has no split `ways`"
    ask(session, ":reload")
    assert [each.name for each in session.program.tests] == ["left", "any"]


def test_what_a_quota_refuses_is_told(tmp_path: Path) -> None:
    path = tmp_path / "shop.journey"
    path.write_text(SCRIPT.replace("settings\n", "settings\n    quota 1 email per month\n"), encoding="utf-8")
    session, _ = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    people = [f':contact {id} plan="free" email="{id}@mail.example" visits=1' for id in ("ana", "ben")]
    ask(session, *people, ":tick", ":at 2026-07-01 9am")
    ask(session, ":contact ana", ":event purchase amount=3", ":contact ben", ":event purchase amount=3")
    coming = {id: ask(session, f":contact {id}", ":whynot thanks").lines for id in ("ana", "ben")}
    refused = "  `thanks` is dropped: the quota of email is used up"
    assert sorted(lines[1] == refused for lines in coming.values()) == [False, True]  # one has room, as both are due
    (loser,) = (id for id, lines in coming.items() if lines[1] == refused)
    assert coming[loser][2] == "    that ends by itself on 2026-08-01 00:00 Europe/Paris"
    ask(session, ":tick", f":contact {loser}")
    for asked in (":why thanks", ":why", ":why on purchase"):
        assert any('email "thanks" is not sent (quota): the quota' in line for line in ask(session, asked).lines), asked
    ask(
        session,
        ":advance 1 hour",
        ':contact eve plan="free" email="eve@mail.example" visits=1',
        ":event purchase amount=3",
    )
    assert ask(session, ":whynot thanks").lines[1] == refused  # full before the tick begins


@pytest.mark.parametrize(
    ("typed", "message", "help"),
    [
        (":", "a command has a name behind the colon", "`:help` lists the commands"),
        (":undo", "there is no command `:undo`", "write `:back`"),
        (":count", "`:count` is about an expression", "write one behind it: `:count 1 < 2`, say"),
        (":contact plan=", "`plan` is given no value", "write one behind `=`, or `unknown`"),
        (
            ":contact nobody",
            "there is no contact `nobody`",
            '`:contact nobody email = "…"` makes one, `:contacts` lists them',
        ),
        (":event", "name one event", "write `:event purchase amount = 30`, say"),
        (":event purchase 30", "one event at a time, got `purchase 30`", "write `:event purchase amount = 30`, say"),
        ("hello", "`hello` is a journey, not a value", "`:why hello` and `:whynot hello` tell of it"),
        ("three", "`three` is a message, not a value", "`:why three` and `:whynot three` tell of it"),
        ('send email "x"', "a step belongs to a rule", 'write one before it: `when … send email "x"`'),
    ],
)
def test_what_is_meant_is_met_with_what_to_write(session: Session, typed: str, message: str, help: str) -> None:
    told = answer(session, typed)
    assert told.lines == (f"error: {message}", f"  help: {help}")


def test_an_event_may_have_its_values_behind_with(session: Session) -> None:
    ask(session, ":event purchase with amount = 3")
    assert answer(session, ":event purchase with 3").failed
    assert [each.what.payload for each in session.told if isinstance(each.what, Event)] == [{"amount": 3}]


def test_the_same_for_many_is_told_once_where_it_came_first() -> None:
    at = dt.datetime(2026, 5, 10, tzinfo=dt.UTC)
    lines = [Happened(at, who, "", what) for who in "abcd" for what in ("begins", *(["ends"] if who < "c" else []))]
    assert list(_gathered([*lines, Happened(at, "e", "", "other")])) == [
        (at, "4 contacts  ", "begins"),
        (at, "a  ", "ends"),
        (at, "b  ", "ends"),
        (at, "e  ", "other"),
    ]


def test_what_happened_is_told_for_programs_too(session: Session) -> None:
    told = ask(session, ':contact eve plan="free" email="e@mail.example" visits=1', ":tick", ":event purchase amount=3")
    assert told.data == {"contact": "eve", "event": "purchase", "at": "2026-05-10T07:00:00+00:00"}
    went = ask(session, ":advance 3 days")
    assert went.data["ticks"] == 4
    assert rows(went, "happened", "what") == [
        'hello: email "thanks"',
        'hello: email "again"',
    ]
    assert kinds(session, ":why on purchase") == ["fired", "passed", "sent", "finished"]


def test_of_a_message_is_told_all_that_became_of_it_and_of_no_other(session: Session) -> None:
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=1', ":tick", ":event purchase amount=3")
    ask(session, ":advance 3 days")
    assert [line.split("  (")[0] for line in ask(session, ":why thanks").lines] == [
        "2026-05-10 09:01  hello: fires: purchase at 2026-05-10 09:00 with amount = 3",
        '2026-05-10 09:01  hello: email "thanks" is sent',
    ]
    assert kinds(session, ":why again") == ["fired", "sent"]
    ask(session, ":contact email=unknown", ":event purchase amount=4", ":advance 3 days")
    assert kinds(session, ":why again") == ["fired", "sent", "fired", "dropped"]
    assert (
        ask(session, ":why again")
        .lines[-1]
        .startswith('2026-05-15 09:00  hello: email "again" is not sent (no address)')
    )


def kinds(session: Session, line: str) -> list[object]:
    """The kinds of the reasons that a line is answered with."""
    return rows(ask(session, line), "reasons", "kind")


def rows(told: Answer, name: str, part: str) -> list[object]:
    """A part of each of the rows that an answer has under a name."""
    found = told.data[name]
    assert isinstance(found, list | tuple)
    return [each[part] for each in found]


def test_of_a_message_that_never_came_up_is_told_so(session: Session) -> None:
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=1', ":event purchase amount=3", ":tick")
    assert answer(session, ":why again").failed
    assert answer(session, ":why again").lines == (
        "error: `again` never came up for `eve`",
        "  help: `:whynot again` says what keeps it",
    )


def test_a_message_that_a_quota_refused_is_not_told_as_sent(tmp_path: Path) -> None:
    path = tmp_path / "shop.journey"
    path.write_text(SCRIPT.replace("settings\n", "settings\n    quota 1 email per day\n"), encoding="utf-8")
    session, _ = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    ask(session, ':contact ann plan="free" email="ann@mail.example" visits=3', ":tick")
    last = []
    for id in session.ids:
        ask(session, f":contact {id}")
        came = answer(session, ":why three")
        last += [] if came.failed else [came.lines[-1].split("  ")[1]]
    words = 'hello: email "three" is'
    assert last.count(f"{words} sent") == 1
    assert f"{words} not sent (quota): the quota of email is used up" in last


def test_a_tick_that_is_undone_and_made_again_does_the_same(session: Session) -> None:
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=3')
    first = ask(session, ":tick")
    ask(session, ":back")
    assert ask(session, ":tick").lines == first.lines
    session.set_clock(session.now - dt.timedelta(days=1))
    assert session.history == []


def test_undoing_every_tick_of_a_time_leads_back_to_its_beginning(session: Session) -> None:
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=3')
    before = [(each.contact, each.state, each.wake) for each in session.world.residents]
    went = ask(session, ":advance 30 days").data["ticks"]
    assert isinstance(went, int)
    for _ in range(went):
        ask(session, ":back")
    assert [(each.contact, each.state, each.wake) for each in session.world.residents] == before
    assert session.past == {}
    assert answer(session, ":back").failed


def test_a_tick_that_is_interrupted_is_not_made_at_all(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=3')
    before = list(session.world.residents)
    standard, stepped = session.world.step, list[str]()

    def interrupted(rules: Rules, contact: Contact, state: State, inbox: Inbox, now: Instant, facts: Facts, /) -> Step:
        if len(stepped) == 3:
            raise KeyboardInterrupt
        stepped.append(contact.id)
        return standard(rules, contact, state, inbox, now, facts)

    monkeypatch.setattr(session.world, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        answer(session, ":tick")
    assert session.world.residents == before
    assert session.history == []
    monkeypatch.setattr(session.world, "step", standard)
    assert ask(session, ":tick").data["ticks"] == 1


def test_no_second_tick_at_one_minute(session: Session) -> None:
    ask(session, ":tick", ":event purchase amount=1")
    assert ask(session, ":tick").data["now"] == "2026-05-10T07:01:00+00:00"


def test_what_is_typed_takes_the_place_of_its_namesake(session: Session) -> None:
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=1', ":tick")
    ask(session, 'journey hello\n    when visits >= 1\n        send email "one"')
    assert [journey.name for journey in session.program.journeys] == ["hello"]
    assert 'hello: email "one"' in rows(ask(session, ":tick"), "happened", "what")


def test_reloading_keeps_contacts_and_clock_and_brings_back_the_file(session: Session) -> None:
    path = session.scripts.files[0]
    ask(session, ':contact eve plan="free" visits=2', ":tick", 'journey hello\n    on purchase\n        send sms "x"')
    path.write_text(SCRIPT.replace("visits >= 3", "visits >= 2"), encoding="utf-8")
    now = session.now
    ask(session, ":reload")
    assert session.now == now
    assert session.current == "eve"
    answers = ask(session, ":whynot three").data["answers"]
    assert answers[0]["rule"] == "when visits >= 2"  # type: ignore[index]
    path.write_text("journey broken\n    when then\n", encoding="utf-8")
    assert answer(session, ":reload").failed
    assert [journey.name for journey in session.program.journeys] == ["hello"]


def test_a_project_with_mistakes_waits_for_a_reload(tmp_path: Path) -> None:
    path = tmp_path / "shop.journey"
    path.write_text(SCRIPT.replace("visits >= 3", "visit >= 3"), encoding="utf-8")
    session, first = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    assert first.failed
    assert "help: write `visits`" in first.lines[-1]
    assert ask(session, "1 + 1").data["value"] == "2"
    path.write_text(SCRIPT, encoding="utf-8")
    assert ask(session, ":reload").data["journeys"] == ["hello"]
    assert len(session.ids) == 12


def test_a_saved_test_stands_in_the_script_and_passes(session: Session) -> None:
    path = session.scripts.files[0]
    ask(session, ':contact eve plan="free" email="e@mail.example" visits=1', ":tick", ":event purchase amount=3")
    assert ask(session, ":advance 3 days", ':save test "two mails"').data["passed"] is True
    assert path.read_text(encoding="utf-8").startswith(SCRIPT)
    assert "passed  two mails" in wend("test", path).out


SPLITS = """
contact
    email text?
    plan  "free" | "paid"

event purchase

settings
    consent email when email is known

journey hello
    reenter always

    on purchase
        split subject
            variant short 40%
                send email "short"
            variant `long` 40%
                send email "long"
        split turn each time
            variant odd 50%
                send email "odd"
            variant even 30%
                send email "even"
"""


@pytest.mark.parametrize(
    ("id", "purchases", "forced"),
    [
        ("m3", 1, ["force subject = short", "force turn = odd"]),
        ("m1", 1, ["force subject = long", "force turn = even"]),
        ("m1", 5, ["force subject = long", "force turn = even", "at 2026-05-14 force turn = odd"]),
        (
            "m2",
            5,
            [
                "force subject = short",
                "force turn = odd",
                "at 2026-05-11 force turn = nothing",
                "at 2026-05-12 force turn = even",
                "at 2026-05-14 force turn = odd",
            ],
        ),
        ("m6", 0, []),
    ],
)
def test_a_saved_test_forces_the_variants_that_the_contact_had(
    tmp_path: Path, id: str, purchases: int, forced: list[str]
) -> None:
    path = tmp_path / "shop.journey"
    path.write_text(SPLITS, encoding="utf-8")
    session, _ = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    ask(session, f':contact {id} plan="free" email="e@mail.example"', ":tick")
    for _ in range(purchases):
        ask(session, ":event purchase", ":advance 1 day")
    saved = ask(session, f':save test "{id}" to {tmp_path / "saved.journey"}')
    assert [line.strip() for line in saved.lines if " force " in line] == forced
    assert saved.data["passed"] is True


def test_a_saved_test_forces_the_variants_of_one_day_too(tmp_path: Path) -> None:
    path = tmp_path / "shop.journey"
    path.write_text(SPLITS, encoding="utf-8")
    session, _ = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    ask(session, ':contact m9 plan="free" email="e@mail.example"', ":tick")
    for _ in range(2):
        ask(session, ":event purchase", ":advance 5 hours")
    saved = ask(session, f':save test "twice" to {tmp_path / "saved.journey"}')
    assert "    at 2026-05-10 09:02 force turn = even" in saved.lines
    assert saved.data["passed"] is True


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("exit", "write `:quit`"),
        ("quit", "write `:quit`"),
        ("help", "write `:help`"),
        (" ? ", "write `:help`"),
        ("why", "write `:why`"),
        ("advance 3 days", "write `:advance 3 days`"),
        ("whynot three", "write `:whynot three`"),
        ('count plan = "free"', 'write `:count plan = "free"`'),
    ],
)
def test_a_command_without_its_colon_is_met_with_it(session: Session, text: str, advice: str) -> None:
    told = answer(session, text)
    assert told.failed
    assert told.lines[0].endswith("asks for nothing: a command begins with a colon")
    assert told.lines[-1].strip() == f"help: {advice}"


@pytest.mark.parametrize("text", ["count(purchase) = 0", "state is known", "state", 'help = "yes"', "`why`"])
def test_a_field_or_function_that_is_called_like_a_command_is_asked_for(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shop.journey"
    path.write_text("contact\n    state text\n    help text\n    why text\n\nevent purchase\n", encoding="utf-8")
    session, _ = open_session(path, None, (), dt.datetime(2026, 5, 10, 9))
    assert not answer(session, text).failed


def test_no_tags_and_no_lists_are_shown_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "shop.journey"
    path.write_text("contact\n    tags  list of text\n    lists list of text\n    plan  text?\n", encoding="utf-8")
    people = tmp_path / "people.csv"
    people.write_text("id,tags,lists,plan\nm1,,,\n", encoding="utf-8")
    session, _ = open_session(path, people, (), dt.datetime(2026, 5, 10, 9))
    fields = {"tags": "[]", "lists": "[]", "plan": "unknown"}
    assert ask(session, ":contact m1").data["fields"] == fields


def test_the_id_of_a_contact_cannot_be_set(session: Session) -> None:
    before = session.ids
    for line in (':contact id="zz"', ':contact new plan="free" id="zz"'):
        told = answer(session, line)
        assert "`id` is what the contact is known by and cannot be set" in told.lines[0]
    assert session.ids == before


def test_a_thousand_contacts_are_counted(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    rows = "".join(f"c{number},{number % 7}\n" for number in range(1000))
    people.write_text("id,visits\n" + rows, encoding="utf-8")
    session, _ = open_session(None, people, (), dt.datetime(2026, 5, 10, 9))
    assert ask(session, ":count visits >= 3").data["true"] == sum(number % 7 >= 3 for number in range(1000))
    shown = ask(session, ":who visits >= 3")
    assert shown.lines[-1] == "… and 551 more"


def test_records_for_programs(tmp_path: Path) -> None:
    copy_examples(tmp_path)
    lines = ["country", ":nonsense", ":tick"]
    done = run("wend repl examples/winback --at 2026-05-10 --format json", lines, tmp_path)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["input"], each["failed"]) for each in records] == [
        ("country", False),
        (":nonsense", True),
        (":tick", False),
    ]
    assert records[0]["value"] == '"FR"'


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("wend repl nowhere", "there is no such file or folder"),
        ("wend repl --contacts nowhere.csv", "nowhere.csv"),
        ("wend repl --at noon", "is no time"),
    ],
)
def test_what_cannot_be_opened_is_refused(command: str, said: str, tmp_path: Path) -> None:
    done = run(command, [], tmp_path)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


PIECES = st.sampled_from(
    [
        *(f":{name}" for name in COMMANDS),
        *("eve", "hello", "thanks", "2", "3 days", "-1 day", "visits", "plan", "=", '"free"', "purchase", "amount=3"),
        *("visits=4", "plan=", "(", ")", "[", "count(", "purchase.", "first.sent", "test", '"', "`", "now", "9am"),
        *(
            "2026-05-10",
            "2026-05-10T09:00",
            "9000 years",
            "unknown",
            "when",
            "journey x",
            "\n    ",
            "\n",
            "and",
            "é",
            "\t",
        ),
        *("any(purchase in last 3 days)", "where", "entry", "#", ":", "to", "for", "\x00"),
    ]
)
NOT_HERE = (":save", ":load")
"""They touch files, and have their own tests."""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.lists(PIECES, min_size=1, max_size=6).map(" ".join) | st.text(max_size=30), max_size=8))
def test_nothing_that_is_typed_ends_the_session(session: Session, lines: list[str]) -> None:
    for line in lines:
        if not line.lstrip().startswith(NOT_HERE):
            assert isinstance(answer(session, line), Answer)
    assert isinstance(answer(session, "visits"), Answer)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 + 1\n2\n", ["1 + 1", "2"]),
        ("count(\n    purchase\n)\n", ["count(\n    purchase\n)"]),
        ("journey x\n    on a\n\n        exit\n1\n", ["journey x\n    on a\n\n        exit", "1"]),
        ("when a\n    exit\n\n\n:tick\n", ["when a\n    exit", ":tick"]),
        ("when a\nalso on b\n    exit\n1\n", ["when a\nalso on b\n    exit", "1"]),
        (":advance 3 days\n", [":advance 3 days"]),
        ("\n\n", []),
        ("when a then\n    x\n", ["when a then", "    x"]),
    ],
)
def test_lines_of_a_file_are_what_would_be_typed(text: str, found: list[str]) -> None:
    assert list(inputs(text.splitlines(keepends=True))) == found


def test_why_does_not_say_that_true_is_true(tmp_path: Path) -> None:
    copy_examples(tmp_path)
    session, _ = open_session(tmp_path / "examples" / "orders", None, (), dt.datetime(2026, 6, 10, 9))
    answer(session, ":tick")
    told = answer(session, ":why")
    assert any("the run begins: the audience holds" in line for line in told.lines)
    assert not any("true is true" in line for line in told.lines)
