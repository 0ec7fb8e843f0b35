import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.harness import source_of
from tests.strategies.programs import programs as generated
from tests.strategies.scenes import SCENES
from wend.data.samples import NAMES, sample
from wend.dsl.program import Program
from wend.dsl.source import Source
from wend.dsl.types import Kind
from wend.project.workspace import build
from wend.runtime.calendar import zone

NOW = dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC)
PARIS = zone("Europe/Paris")
DECLARED = """
contact
    email      text
    first_name text?
    plan       "free" | "paid"
    seats      number
    birth_date date
    joined     datetime
    active     boolean
    favourites list of text
    spent      number = sum(purchase.amount)

event purchase
    amount  number
    channel "web" | "shop"

when seats >= 500 and "gold" in tags send email "big"
"""
BARE = """
when days_since(last_purchase) >= 120 and plan in ["free", "paid"] and active
    send sms "hello"

on order where total > 300
    send email "thanks"
"""


def program(text: str) -> Program:
    made, found = build([Source("page.journey", text)])
    assert made is not None, found
    return made


def test_samples_follow_the_declarations() -> None:
    made = sample(program(DECLARED), NOW, PARIS)
    assert [each.id for each in made.contacts] == [name.lower() for name in NAMES[:12]]
    for contact in made.contacts:
        fields = contact.fields
        assert "spent" not in fields  # derived
        assert fields["email"] == f"{contact.id}@mail.example"
        assert fields["plan"] in ("free", "paid")
        assert isinstance(fields["seats"], int)
        assert isinstance(fields["active"], bool)
        assert isinstance(fields["favourites"], tuple)
        assert type(fields["birth_date"]) is dt.date
        assert fields["birth_date"].year < 2009
        assert isinstance(fields["joined"], dt.datetime)
        assert fields["joined"].tzinfo is not None
    assert {f"{contact.fields['plan']}" for contact in made.contacts} == {"free", "paid"}
    assert {contact.fields["first_name"] is None for contact in made.contacts} == {True, False}
    assert made.events
    assert all(event.at < NOW and event.payload["channel"] in ("web", "shop") for event in made.events)
    assert len({(event.contact, event.id) for event in made.events}) == len(made.events)


def test_conditions_differ_from_contact_to_contact() -> None:
    made = sample(program(DECLARED), NOW, PARIS, count=24)
    assert {contact.fields["seats"] >= 500 for contact in made.contacts} == {True, False}  # type: ignore[operator]
    assert {f"{contact.fields['tags']}" for contact in made.contacts} == {"()", "('gold',)"}


def test_what_is_not_declared_is_found_in_the_rules() -> None:
    made = sample(program(BARE), NOW, PARIS)
    (first, *_) = made.contacts
    assert set(first.fields) == {"last_purchase", "plan", "active", "phone", "email"}
    known = [
        contact.fields["last_purchase"] for contact in made.contacts if contact.fields["last_purchase"] is not None
    ]
    assert known
    assert {type(value) for value in known} == {dt.date}
    assert {f"{contact.fields['plan']}" for contact in made.contacts} <= {"free", "paid", "None"}
    totals = [event.payload["total"] for event in made.events]
    assert {total > 300 for total in totals} == {True, False}  # type: ignore[operator]


def test_samples_are_the_same_every_time_and_others_for_another_seed() -> None:
    first, again = (sample(program(DECLARED), NOW, PARIS) for _ in range(2))
    assert first == again
    assert sample(program(DECLARED), NOW, PARIS, seed=1) != first
    assert sample(program(DECLARED), NOW, PARIS, count=3).contacts == first.contacts[:3]


def test_a_program_that_asks_for_nothing_gets_nobody() -> None:
    assert sample(program(""), NOW, PARIS).contacts == ()


def test_there_can_be_more_contacts_than_names() -> None:
    made = sample(program(BARE), NOW, PARIS, count=60)
    assert len({each.id for each in made.contacts}) == 60


KINDS = {
    Kind.TEXT: str,
    Kind.NUMBER: int,
    Kind.BOOLEAN: bool,
    Kind.DATE: dt.date,
    Kind.DATETIME: dt.datetime,
    Kind.LIST: tuple,
}


@given(st.data())
def test_samples_fit_generated_programs(data: st.DataObject) -> None:
    scene = data.draw(st.sampled_from(SCENES))
    made = program(source_of(data.draw(generated(scene))))
    found = sample(made, scene.start, zone(scene.zone), count=4)
    assert found.contacts
    for contact in found.contacts:
        for name, kind in (made.schema.contact or {}).items():
            if name not in made.schema.derived:
                value = contact.fields[name]
                assert (value is None and kind.optional) or isinstance(value, KINDS[kind.kind])
