"""The cases as texts: what a file must be, and that a case can fail."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance import playing
from tests.conformance.cases import Case, CaseError
from tests.conformance.reading import read_text
from wend.runtime.values import Value

HERE = Path(__file__).parent

GOOD = """\
case: a visit is answered
zone: Europe/Paris
from: 2024-05-14 12:00
until: 2024-05-15 12:00
why:
    It is answered at once.
script:
    journey visits
        on visit as it
            send email "hello"
            set page = it.page
            notify "ana@shop.example" subject "A visit"
contacts:
    ben[1..2]  email = "{id}@shop.example", tags = ["a", "b"]  # two of them
    cleo
story:
    2024-05-14 13:00  ben1 event visit with page = "x", size = 2.5
    2024-05-14 14:00  cleo event visit
expect:
    2024-05-14 13:00  ben1 email "hello" to "ben1@shop.example" in visits
    2024-05-14 13:00  ben1 set page = "x"
    2024-05-14 13:00  ben1 notice to "ana@shop.example" subject "A visit"
    2024-05-14 14:00  cleo skip no address
    2024-05-14 14:00  cleo set page = unknown
    2024-05-14 14:00  cleo notice
    never exit
"""


def case(old: str = "", new: str = "") -> Case:
    assert not old or old in GOOD
    return read_text(GOOD.replace(old, new, 1) if old else GOOD, "good.case")


def report(of: Case) -> str:
    return playing.differences(of, playing.live(of))


def test_a_good_case_is_met() -> None:
    good = case()
    assert report(good) == ""
    assert [contact.who for contact in good.contacts] == ["ben1", "ben2", "cleo"]
    fields: dict[str, Value] = {"email": "ben2@shop.example", "tags": ("a", "b")}
    assert good.contacts[1].fields == fields


def test_the_example_of_the_readme_is_a_case() -> None:
    _, _, rest = (HERE / "README.md").read_text(encoding="utf-8").partition("```\n")
    example, _, _ = rest.partition("```")
    assert report(read_text(example, "README.md")) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("13:00  ben1 notice", "13:01  ben1 notice"),
        ('ben1 email "hello"', 'ben2 email "hello"'),
        ('ben1 email "hello"', 'ben1 email "bye"'),
        ('ben1 email "hello"', 'ben1 sms "hello"'),
        ('to "ben1@shop.example"', 'to "ben@shop.example"'),
        ("in visits", "in others"),
        ('set page = "x"', 'set page = "y"'),
        ('set page = "x"', 'set side = "x"'),
        ("skip no address", "skip consent"),
        ('subject "A visit"\n    2024', 'subject "Two"\n    2024'),
        ("    2024-05-14 14:00  cleo notice\n", ""),
        ("    2024-05-14 14:00  cleo skip no address\n", ""),
        ("never exit", "never enter"),
        ("never exit", "2024-05-14 14:00  cleo exit"),
    ],
)
def test_a_case_can_fail(old: str, new: str) -> None:
    assert report(case(old, new))


def test_what_hangs_on_a_hash_can_be_left_open() -> None:
    lines = [line for line in GOOD.splitlines() if " set page" not in line or "2024" not in line]
    free = "\n".join(lines).replace("never exit", "any set")
    assert report(read_text(free, "free.case")) == ""
    assert report(read_text(free.replace("any set", "any add"), "free.case"))


def test_so_many_of_several_contacts() -> None:
    lines = [line for line in GOOD.splitlines() if "ben1 set" not in line]
    some = "\n".join(lines) + '\n    2024-05-14 13:00  1 of ben[1..2] set page = "x"\n'
    assert report(read_text(some, "some.case")) == ""
    assert "expected 1, came 0" in report(read_text(some.replace('set page = "x"', 'set page = "y"'), "some.case"))
    both = some.replace("ben1 event visit", "ben[1..2] event visit")
    assert "expected 1, came 2" in report(read_text(both, "some.case"))


def test_the_order_of_effects_of_one_contact_counts() -> None:
    lines = [line for line in GOOD.splitlines() if "ben1 email" in line or "ben1 set" in line]
    swapped = GOOD.replace("\n".join(lines), "\n".join(reversed(lines)))
    assert swapped != GOOD
    assert report(read_text(swapped, "swapped.case"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("case: a visit is answered\n", "", "`case` is missing"),
        ("    It is answered at once.\n", "", "`why` is missing"),
        ("until: 2024-05-15 12:00\n", "", "`until` is missing"),
        ("from: 2024-05-14 12:00", "from: 2024-05-14 13:30", "the story begins at the start"),
        ("until: 2024-05-15 12:00", "until: 2024-05-14 11:00", "ends before it begins"),
        ("story:", "stories:", "good.case:16: there is no section `stories`"),
        ("story:", "why: again\nstory:", "`why` is there twice"),
        ("13:00  ben1 event", "15:00  ben1 event", "in the order of time"),
        ("ben1 event visit", "bob event visit", "there is no contact `bob`"),
        ("cleo skip", "bob skip", "there is no contact `bob`"),
        ("ben1 event visit", "ben1 visits", "expected `event`"),
        ("size = 2.5", "size 2.5", "expected `=` after `size`"),
        ("size = 2.5", "page = 2.5", "`page` is given twice"),
        ("size = 2.5", "size = large", "expected a value, got `large`"),
        ("    cleo\n", "    cleo\n    cleo\n", "good.case:16: the contact `cleo` is there twice"),
        ("never exit", "never say", "`never` is followed by"),
        (
            "cleo notice",
            "cleo notice\n    2024-05-14 14:00  2 of ben1 notice",
            "expected a number and several contacts",
        ),
        ("never exit", "any message", "`any` is followed by"),
        ("never exit", "nothing", "`nothing` is expected, and something"),
        ("cleo notice", "cleo notice too", "`too` does not belong here"),
        ("2024-05-14 14:00  cleo notice", "2024-05-16 14:00  cleo notice", "not between `from` and `until`"),
        ("from: 2024-05-14 12:00", "from: 2024-03-31 02:30", "the clocks go forward"),
        ("until: 2024-05-15 12:00", "until: 2024-10-27 02:30", "comes twice"),
        ("until: 2024-05-15 12:00", "until: 2024-05-15", "is a date without a time"),
        ("13:00  ben1 event", "13:00  activate two\n    2024-05-14 13:00  ben1 event", "there is no script `two`"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(old: str, new: str, words: str) -> None:
    with pytest.raises(CaseError, match=r"^good\.case") as raised:
        case(old, new)
    assert words in str(raised.value)


def test_a_case_that_expects_nothing_has_to_say_so() -> None:
    head, _, _ = GOOD.partition("expect:\n")
    silent = head.replace("    2024-05-14 13:00  ben1 event", "#").replace("    2024-05-14 14:00  cleo event", "#")
    with pytest.raises(CaseError, match="nothing is expected; write `nothing` if that is meant"):
        read_text(silent + "expect:\n    never exit\n", "silent.case")
    assert report(read_text(silent + "expect:\n    nothing\n", "silent.case")) == ""
    assert report(read_text(head + "expect:\n    nothing\n", "silent.case"))


def test_a_script_can_be_refused() -> None:
    script = "script:\n    journey j\n        on visit\n            wait 3\n"
    text = f"case: c\nwhy: w\n{script}expect:\n    refused in line {{}}\n"
    refused = read_text(text.format(3), "refused.case")
    assert playing.refusals(refused.scripts[""]) == refused.refused == (3,)
    assert read_text(text.format(2), "refused.case").refused != (3,)


def test_every_minute_is_looked_at_where_that_is_little() -> None:
    assert len(playing.further(case())) > 480
    short = case("until: 2024-05-15 12:00", "until: 2024-05-14 18:00")
    assert len(playing.further(short)) == 6 * 60


def rows() -> dict[str, str]:
    """The rows of the table of meanings by their folders, from README.md."""
    _, _, table = (HERE / "README.md").read_text(encoding="utf-8").partition("## The folders")
    return {folder: row for row, folder in re.findall(r"^\| (.+) \| `([a-z-]+)` \|$", table, re.MULTILINE)}


def test_every_row_of_the_table_has_cases_and_every_case_a_row() -> None:
    assert len(rows()) == 24
    folders = Counter(path.parent.name for path in HERE.glob("*/*.case"))
    assert folders.keys() == rows().keys()
    assert min(folders.values()) >= 5
    assert folders.total() >= 200


def test_the_odd_ones_are_there() -> None:
    _, _, table = (HERE / "README.md").read_text(encoding="utf-8").partition("## The odd ones")
    named = re.findall(r"`([a-z0-9-]+/[a-z0-9-]+)`", table)
    assert len(named) >= 20
    assert [name for name in named if not (HERE / f"{name}.case").is_file()] == []
