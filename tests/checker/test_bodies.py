"""Bodies as operations: where each of them leads."""

import datetime as dt

from tests.checker.support import body_of, program_of
from wend.dsl import core, plan
from wend.dsl.ast import Clock
from wend.dsl.period import Period


def shape(*lines: str) -> list[str]:
    """Operations with their targets, one word each."""
    words = []
    for op in body_of(*lines):
        name = type(op).__name__
        match op:
            case plan.Branch(on_false=no, on_unknown=unknown):
                words.append(f"{name} no={no} unknown={unknown}")
            case plan.Jump(target=target):
                words.append(f"{name} {target}")
            case plan.WaitUntilMoment() | plan.WaitCondition() | plan.WaitEvent():
                words.append(f"{name} else={op.otherwise}")
            case plan.Split(arms=arms, otherwise=otherwise):
                words.append(f"{name} {[(a.name, a.share, a.target) for a in arms]} else={otherwise}")
            case plan.RepeatTest(times=times, done=done):
                words.append(f"{name} {times} done={done}")
            case plan.RepeatNext(head=head):
                words.append(f"{name} head={head}")
            case plan.Mark(value=core.Const(value=str(value))):
                words.append(value)
            case _:
                words.append(name)
    return words


def test_an_unknown_condition_leaves_the_whole_if() -> None:
    assert shape(
        "if a",
        '    add tag "1"',
        "else if b",
        '    add tag "2"',
        "else",
        '    add tag "3"',
        'add tag "4"',
    ) == ["Branch no=3 unknown=7", "1", "Jump 7", "Branch no=6 unknown=7", "2", "Jump 7", "3", "4"]


def test_an_if_alone() -> None:
    assert shape("if a", '    add tag "1"', 'add tag "2"') == ["Branch no=2 unknown=2", "1", "2"]


def test_an_if_that_ends_the_body_leads_behind_it() -> None:
    assert shape("if a", "    if b", '        add tag "1"', "    else", '        add tag "2"') == [
        "Branch no=5 unknown=5",
        "Branch no=4 unknown=5",
        "1",
        "Jump 5",
        "2",
    ]


def test_waits_with_and_without_else() -> None:
    assert shape(
        "wait up to 3 days until a",
        "wait up to 3 days for purchase as p where p.amount > 3",
        "else",
        '    add tag "1"',
        '    add tag "2"',
        "wait until due",
        "else",
        "    stop",
        'add tag "3"',
    ) == [
        "WaitCondition else=None",
        "WaitEvent else=3",
        "Jump 5",
        "1",
        "2",
        "WaitUntilMoment else=7",
        "Jump 8",
        "Stop",
        "3",
    ]


def test_a_split_without_the_whole_goes_on() -> None:
    assert shape(
        "split s each time",
        "    variant a 10%",
        '        add tag "1"',
        "    variant b 20.5%",
        '        add tag "2"',
        'add tag "3"',
    ) == ["Split [('a', 10, 1), ('b', 20.5, 3)] else=5", "1", "Jump 5", "2", "Jump 5", "3"]


def test_a_repeat() -> None:
    assert shape("repeat up to 3 times every 2 days until a", '    add tag "1"', 'add tag "2"') == [
        "RepeatTest 3 done=3",
        "1",
        "RepeatNext head=0",
        "2",
    ]


def test_the_forms_of_wait() -> None:
    ops = body_of(
        "wait 3 days",
        "wait until monday at 9am",
        "wait until weekday",
        "wait until 9:30pm",
        "wait until 2027-03-01 at 9am",
        "wait until due at 9am",
        "else stop",
        "wait until due",
        "else stop",
        "wait until done",
        "wait until done and x > 3",
        "wait until 3 days before due at 9am",
        "else stop",
        "wait until last(visit.at) + 3 days",
        "else stop",
    )
    nine = dt.time(9)
    due = core.Field(name="due")
    waits = [op for op in ops if not isinstance(op, plan.Jump | plan.Stop)]
    three = core.Const(value=Period(days=3))
    assert waits[0] == plan.WaitFor(id="wait 3 days", length=three)
    assert waits[1] == plan.WaitUntilDay(id="wait until monday at 9am", days=frozenset({0}), clock=Clock(value=nine))
    assert waits[2] == plan.WaitUntilDay(id="wait until weekday", days=frozenset(range(5)))
    assert waits[3] == plan.WaitUntilClock(id="wait until 21:30", clock=core.Const(value=dt.time(21, 30)))
    assert isinstance(waits[4], plan.WaitUntilMoment)
    assert waits[4].moment == core.Const(value=dt.date(2027, 3, 1))
    assert isinstance(waits[5], plan.WaitUntilMoment)
    assert (waits[5].moment, waits[5].clock) == (due, Clock(value=nine))
    assert isinstance(waits[6], plan.WaitUntilMoment)
    assert isinstance(waits[7], plan.WaitCondition)
    assert waits[7].condition == core.Field(name="done")
    assert isinstance(waits[8], plan.WaitCondition)
    assert isinstance(waits[9], plan.WaitUntilMoment)
    assert waits[9].offset == core.Negate(operand=three)
    assert isinstance(waits[10], plan.WaitUntilMoment)


def test_sends_are_counted_by_channel_over_the_journey() -> None:
    journey = program_of(
        """
journey j
    on a
        send email "1"
        send sms "2"
        if x
            send email "3"
    on b send email "4"
when c send email "5"
"""
    ).journeys[0]
    sends = [op for t in journey.triggers for op in t.body if isinstance(op, plan.Send)]
    assert [(op.template, op.position, op.total) for op in sends] == [
        ("1", 1, 3),
        ("2", 1, 1),
        ("3", 2, 3),
        ("4", 3, 3),
    ]


def test_steps_are_named_by_label_or_by_what_they_say() -> None:
    ops = body_of(
        'send email "x" as first',
        'send email "x"',
        'add tag   "x"',
        'add tag "x"',
        "wait up to 3 days until first.sent",
        "else",
        '    add tag "x"',
        "if a = b",
        "    stop",
    )
    assert [op.id for op in ops] == [
        "first",
        'send email "x"',
        'add tag "x"',
        'add tag "x" #2',
        "wait up to 3 days until first.sent",
        "after wait up to 3 days until first.sent",
        'add tag "x" #3',
        "if a = b",
        "stop",
    ]


def test_a_step_that_says_what_a_label_is_called_gives_way() -> None:
    assert [op.id for op in body_of("if a", "    stop", 'send email "x" as stop')] == ["if a", "stop #2", "stop"]


def test_messages_that_share_a_label_have_ids_of_their_own() -> None:
    ops = body_of("if a", "    stop", '    send email "x" as stop', "else", '    send email "y" as stop')
    assert [(op.id, op.label) if isinstance(op, plan.Send) else op.id for op in ops] == [
        "if a",
        "stop #3",
        ("stop", "stop"),
        "after if a",
        ("stop #2", "stop"),
    ]
