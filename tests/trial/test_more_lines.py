"""What a test can say beside messages of a day: ranges, conditions, several contacts, tables."""

import pytest

from wend.dsl.checker import check
from wend.dsl.parser import parse
from wend.dsl.source import Source
from wend.runtime.play.trial import TestResult, run_test
from wend.runtime.rules import Rules
from wend.stdlib import FUNCTIONS, signatures

PROGRAM = """
contact
    email text
    plan  "free" | "paid"
    stage text?

event purchase
    amount number

settings
    timezone "Europe/Paris"
    consent email when email is known
    quota 3 email per month

journey welcome
    reenter never
    exit when plan = "paid"
    on purchase
        split subject
            variant short 50%
                send email "short"
            variant long 50%
                send email "long"
        wait 3 days
        set stage = "warm"
        add tag "onboarded"
        send email "later"
"""
START = """given email = "a@mail.example", plan = "free"
force subject = long
at 2026-05-10 9am event purchase with amount = 30
"""


def results(lines: str, program: str = PROGRAM) -> list[TestResult]:
    body = "".join(f"    {line}\n" for line in lines.strip("\n").splitlines())
    source = Source("a.journey", f'{program}\ntest "it" for welcome\n{body}')
    parsed = parse(source)
    assert not parsed.diagnostics, parsed.diagnostics
    checked = check([(source, parsed.file)], signatures())
    assert checked.program is not None, checked.diagnostics
    rules = Rules(checked.program, FUNCTIONS)
    return [run_test(rules, test) for test in checked.program.tests]


def failures(lines: str) -> list[str]:
    (result,) = results(START + lines)
    return [failure.actual for failure in result.failures]


def reported(lines: str) -> list[tuple[str, str]]:
    body = "".join(f"    {line}\n" for line in lines.strip("\n").splitlines())
    source = Source("a.journey", f'{PROGRAM}\ntest "it" for welcome\n{body}')
    parsed = parse(source)
    found = parsed.diagnostics or check([(source, parsed.file)], signatures()).diagnostics
    return [(each.code, source.text[each.span.start : each.span.end]) for each in found if each.code < "W4"]


# ---- ranges ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "actual"),
    [
        ("from 2026-05-11 until 2026-05-13 expect nothing", None),
        ("from 2026-05-11 until 2026-05-14 expect nothing", 'email "later"'),
        ("from 2026-05-10 expect nothing", 'email "long", email "later"'),
        ("until 2026-05-10 9am expect nothing", None),
        ("until 2026-05-10 9:01 expect nothing", 'email "long"'),
        # `until` is the first moment outside: on the 13th at nine the mail goes out
        ("from 2026-05-10 10am until 2026-05-13 9am expect nothing", None),
        ("from 2026-05-13 9am until 2026-05-13 9:01 expect nothing", 'email "later"'),
        ('from 2026-05-11 expect email "later"', None),
        ('from 2026-05-11 until 2026-05-12 expect email "later"', "nothing; it came at 2026-05-13 09:00"),
        ('from 2026-05-11 expect email "later" 2 times', 'email "later"; it came at 2026-05-13 09:00'),
        ('from 2026-05-11 expect email "long" 0 times', None),
        ('from 2026-05-10 expect email "long" 0 times', 'email "long", email "later"; it came at 2026-05-10 09:00'),
        ("from 2026-05-10 until 2026-05-13 expect 1 email", None),
        ("from 2026-05-10 expect 1 email", 'email "long", email "later"'),
        ("at 2026-05-13 expect 1 email", None),
        ("at 2026-05-13 expect 0 email", 'email "later"'),
        ("from 2026-05-10 expect 0 sms", None),
        ("from 2026-05-10 expect exit", "it did not"),
        ('from 2026-05-10 expect skip "quota"', "nothing"),
    ],
)
def test_what_is_expected_within_a_range(line: str, actual: str | None) -> None:
    assert failures(line + "\nat 2026-05-16 expect nothing") == ([] if actual is None else [actual])


def test_a_range_belongs_to_the_time_of_the_test() -> None:
    # it ends with the range, whose last day is outside: the mail of the 13th does not come
    (result,) = results(START + "until 2026-05-13 expect 1 email\nexpect 1 email in total")
    assert result.passed, result.failures
    (result,) = results(START + "until 2026-05-14 expect 2 email\nexpect 2 email in total")
    assert result.passed, result.failures
    (result,) = results("from 2026-05-01 expect stage is unknown\nat 2026-05-03 expect nothing")
    assert result.passed
    assert not result.timeline or result.timeline[0].at.day == 30  # midnight in Paris is the evening before in UTC


# ---- conditions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "actual"),
    [
        ('at 2026-05-13 expect stage = "warm"', None),
        ('at 2026-05-13 expect "onboarded" in tags and stage = "warm"', None),
        ('at 2026-05-12 expect stage = "warm"', "it is unknown"),
        ('at 2026-05-12 expect "onboarded" in tags', "it is false"),
        ("at 2026-05-13 8:59 expect stage is unknown", None),
        ("at 2026-05-13 9am expect stage is unknown", "it is false"),
        ("at 2026-05-12 expect in journey welcome", None),
        ("at 2026-05-14 expect in journey welcome", "it is false"),
        ("at 2026-05-12 expect days_since(last(purchase.at)) = 2", None),
        ("at 2026-05-12 expect days_since(last(purchase.at)) = 3", "it is false"),
        ('from 2026-05-13 9am expect stage = "warm"', None),
        ('from 2026-05-13 expect stage = "warm"', "it is unknown at 2026-05-13 00:00"),
        ("from 2026-05-10 10am until 2026-05-13 9am expect stage is unknown", None),
        ("from 2026-05-10 10am until 2026-05-13 9:01 expect stage is unknown", "it is false at 2026-05-13 09:00"),
        # no step comes between the 13th and the 16th: when the value changes is known from its bound
        ("from 2026-05-11 expect days_since(last(purchase.at)) < 5", "it is false at 2026-05-15 00:00"),
        ("from 2026-05-11 until 2026-05-15 expect days_since(last(purchase.at)) < 5", None),
        ("until 2026-05-10 9am expect count(purchase) = 0", None),
        ("until 2026-05-10 9:01 expect count(purchase) = 0", "it is false at 2026-05-10 09:00"),
    ],
)
def test_conditions_about_the_contact(line: str, actual: str | None) -> None:
    assert failures(line + "\nat 2026-05-16 expect nothing") == ([] if actual is None else [actual])


def test_a_condition_that_does_not_hold_is_taken_apart() -> None:
    (result,) = results(START + 'at 2026-05-12 expect count(purchase) = 1 and stage = "warm"')
    (failure,) = result.failures
    assert failure.expected == '`count(purchase) = 1 and stage = "warm"` to hold at 2026-05-12'
    assert [clause.text for clause in failure.clauses] == ['stage = "warm"']


def test_tags_and_lists_that_are_set_happen_as_events() -> None:
    program = (
        PROGRAM
        + """
journey marked
    transactional

    on tag_added where tag = "gold"
        send email "gold"

    on list_left
        send email "left"
"""
    )
    lines = """given email = "a@mail.example", lists = ["News", "Offers"], tags = ["old"]
at 2026-05-10 9am set tags = ["old", "gold"]
at 2026-05-10 expect email "gold"
at 2026-05-11 9am set tags = ["gold"]
at 2026-05-11 expect nothing
at 2026-05-12 9am set lists = ["Offers"]
at 2026-05-12 expect email "left"
at 2026-05-13 9am set tags = ["new"]
at 2026-05-13 9am set tags = ["new", "gold"]
at 2026-05-13 expect email "gold"
at 2026-05-14 expect count(tag_removed) = 2 and count(tag_added) = 3"""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    source = Source("a.journey", f'{program}\ntest "marks" for marked\n{body}')
    checked = check([(source, parse(source).file)], signatures())
    assert checked.program is not None, checked.diagnostics
    result = run_test(Rules(checked.program, FUNCTIONS), checked.program.tests[0])
    assert result.passed, result.failures


# ---- several contacts ------------------------------------------------------------------------------------------------

TWO = """
contact ana
    given email = "a@mail.example"
    force subject = short
    at 2026-05-10 expect email "short"
    expect 2 email in total
contact ben
    given email = "b@mail.example", plan = "paid"
    at 2026-05-12 set plan = "free"
    at 2026-05-10 expect nothing
    expect 0 email in total
given plan = "free"
force subject = long
at 2026-05-10 9am event purchase with amount = 30
from 2026-05-11 until 2026-05-13 expect nothing
advance 10 days
expect 2 email in total
"""


def test_what_is_said_outside_holds_for_each_contact_and_what_is_said_of_one_goes_before() -> None:
    (result,) = results(TWO)
    assert result.passed, result.failures
    assert {item.who for item in result.timeline} == {"ana", "ben"}


@pytest.mark.parametrize(
    ("old", "new", "who"),
    [
        ('    at 2026-05-10 expect email "short"', '    at 2026-05-10 expect email "long"', "ana"),
        ("    at 2026-05-10 expect nothing", "    at 2026-05-10 expect 1 email", "ben"),
        ("    expect 0 email in total", "    expect 1 email in total", "ben"),
        ("advance 10 days\nexpect 2 email", "advance 10 days\nexpect 4 email", None),
        ("from 2026-05-11 until 2026-05-13 expect nothing", "from 2026-05-10 expect nothing", "ana"),
    ],
)
def test_each_contact_can_fail(old: str, new: str, who: str | None) -> None:
    assert old in TWO
    (result,) = results(TWO.replace(old, new))
    assert [failure.who for failure in result.failures] == [who]


def test_contacts_of_a_test_share_a_quota() -> None:
    lines = "\n".join(f'contact c{n}\n    given email = "c{n}@mail.example"' for n in range(4))
    (result,) = results(
        lines + '\ngiven plan = "free"\nat 2026-05-10 9am event purchase with amount = 30\nexpect 3 email in total'
    )
    assert result.passed, result.failures
    assert sum(item.reason == "quota" for item in result.timeline) == 1


# ---- tables ----------------------------------------------------------------------------------------------------------

TABLE = """
with each
    plan    | template | mails | day              | amount
    "free"  | "long"   | 2     | 2026-05-13       | 30
    "paid"  | "long"   | 0     | 2026-05-13 9am   | 30
    unknown | "short"  | 2     | 2026-05-13 10am  | 20 + 3
given email = "a@mail.example", plan = each.plan
force subject = long
at 2026-05-10 9am event purchase with amount = each.amount
until each.day expect sum(purchase.amount) < 31
at 2026-05-10 expect email each.template each.mails times
advance 10 days
expect each.mails email in total
"""


def test_each_row_is_a_test_with_its_values() -> None:
    first, second, third = results(TABLE)
    assert first.test.name == 'it [1: plan = "free", template = "long", mails = 2, day = 2026-05-13, amount = 30]'
    assert [failure.expected for failure in first.failures] == ['email "long" 2 times at 2026-05-10']
    assert second.passed
    assert [failure.expected for failure in third.failures] == ['email "short" 2 times at 2026-05-10']
    assert third.failures[0].actual == 'email "long"'
    assert [each.test.row.source.text[each.test.row.span.start :][:6] for each in (first, second) if each.test.row] == [
        '"free"',
        '"paid"',
    ]


def test_a_row_with_a_time_says_a_time() -> None:
    table = "with each\n    day\n    2026-05-13\n    2026-05-13 9am\n    2026-05-13 10am\n"
    day, nine, ten = results(table + START + 'at each.day expect email "later"\nat 2026-05-14 expect nothing')
    assert day.passed
    assert nine.passed
    assert [failure.actual for failure in ten.failures] == ["nothing; it came at 2026-05-13 09:00"]
    with_time = table.splitlines()[:3]
    (at_nine,) = results("\n".join(with_time) + "\n" + START + 'at each.day 9am expect email "later"')
    assert at_nine.passed


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("at each.day expect nothing", ("W201", "each.day")),
        ("given stage = each.x\nat 2026-05-10 expect nothing", ("W201", "each.x")),
        ("with each\n    day\n    2026-05-10\nat each.dya expect nothing", ("W201", "each.dya")),
        ('with each\n    day\n    "x"\nat each.day expect nothing', ("W222", '"x"')),
        ("with each\n    day\n    2026-05-10 9am\nat each.day 9am expect nothing", ("W222", "2026-05-10 9am")),
        ("with each\n    n\n    1.5\nat 2026-05-10 expect each.n email", ("W222", "1.5")),
        ("with each\n    n\n    0 - 1\nat 2026-05-10 expect each.n email", ("W222", "0 - 1")),
        ("with each\n    t\n    3\nat 2026-05-10 expect email each.t", ("W222", "3")),
        ('with each\n    plan\n    "payd"\ngiven plan = each.plan\nat 2026-05-10 expect nothing', ("W213", '"payd"')),
        ("with each\n    plan\n    3\ngiven plan = each.plan\nat 2026-05-10 expect nothing", ("W222", "3")),
        ("with each\n    n\n    free\nat 2026-05-10 expect each.n email", ("W223", "free")),
        ("with each\n    n | n\n    1 | 2\nat 2026-05-10 expect each.n email", ("W207", "n")),
        ("with each\n    n | m\n    1\nat 2026-05-10 expect each.n email", ("W245", "1")),
        ("with each\n    n\n    1 | 2\nat 2026-05-10 expect each.n email", ("W245", "1 | 2")),
        ("contact ana\n    at 2026-05-10 expect nothing\n    advance 3 days", ("W238", "advance 3 days")),
        ("contact ana\n    given stage = \"a\"\ncontact ana\n    at 2026-05-10 expect nothing", ("W207", "ana")),
        ("given stage = email\nat 2026-05-10 expect nothing", ("W223", "email")),
        ("at 2026-05-10 event purchase with amount = count(purchase)", ("W223", "count(purchase)")),
        ("from 2026-05-10 until 2026-05-09 expect exit", ("W234", "from 2026-05-10 until 2026-05-09 expect exit")),
        ("from 2026-05-10 until 2026-05-10 expect exit", ("W234", "from 2026-05-10 until 2026-05-10 expect exit")),
        ('at 2026-05-10 expect tag "vip"', ("W201", "tag")),
        ('at 2026-05-10 expect stage "cold"', ("W201", "stage")),
        ("at 2026-05-10 expect 2 emails", ("W201", "emails")),
        ("at 2026-05-10 expect stage", ("W211", "stage")),
        ("at 2026-05-10 expect stge = 3", ("W201", "stge")),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_at_its_place(lines: str, expected: tuple[str, str]) -> None:
    assert expected in reported(lines)


def test_one_mistake_in_a_table_gives_one_report() -> None:
    for lines in (
        "with each\n    day day2\n    2026-05-10 | 3\nat each.day expect nothing",
        "with each\n    day\nat each.day expect nothing",
        "with each\n    day\n    2026-05-10",
        "at 2026-05-10 expect nothing\nwith each\n    day\n    2026-05-10",
        "for each\n    day\n    2026-05-10\nat each.day expect nothing",
        "with each\n    plan\n    3\n    4\ngiven plan = each.pln\nat 2026-05-10 expect nothing",
    ):
        assert len(reported(lines)) == 1, reported(lines)
