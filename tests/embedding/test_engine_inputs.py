"""What a host hands in wrongly is told in one sentence, and nothing of it is kept."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import wend

NOW = dt.datetime(2026, 5, 9, 9, tzinfo=dt.UTC)
SCHEMA = """\
contact
    email text
    seats number?
    plan "free" | "team"?
    trial_ends date?
    seen datetime?
    favourites list of text?
    total number = sum(purchase.amount)

event purchase
    amount number
    channel "web" | "shop"?

event visit
"""
RULE = 'when seats > 2 send email "big"\n'
ANA: dict[Any, object] = {"id": "ana", "email": "ana@shop.example"}


def engine(script: str = RULE, **more: Any) -> wend.Engine:
    return wend.Engine(wend.compile(script, schema=SCHEMA), wend.MemoryStore(), clock=lambda: NOW, **more)


def told(**changed: object) -> dict[str, object]:
    return {**ANA, **changed}


def bought(**changed: object) -> dict[str, object]:
    return {"id": "1", "contact": "ana", "name": "purchase", "at": NOW, "amount": 30, **changed}


# ---- what is right ---------------------------------------------------------------------------------------------------


def test_values_are_read_as_they_are_declared() -> None:
    host = engine()
    host.ingest(
        [told(seats="3", trial_ends="2026-06-01", seen="2026-05-01T10:00:00+02:00", favourites=["a"], tags={"b", "a"})],
        [bought(at="2026-05-09T08:00:00Z", amount="12.5", more="x")],
    )
    loaded = host.store.contact("ana")
    assert loaded is not None
    assert loaded.contact.fields == {
        "email": "ana@shop.example",
        "seats": 3,
        "trial_ends": dt.date(2026, 6, 1),
        "seen": dt.datetime(2026, 5, 1, 8, tzinfo=dt.UTC),
        "favourites": ("a",),
        "tags": loaded.contact.fields["tags"],
    }
    tags = loaded.contact.fields["tags"]
    assert isinstance(tags, tuple)
    assert set(tags) == {"a", "b"}
    purchase = next(each for each in loaded.inbox.events if each.name == "purchase")
    assert (purchase.time, purchase.payload) == (NOW - dt.timedelta(hours=1), {"amount": 12.5, "more": "x"})
    assert host.tick().effects == {"email": {"big": 1}}


def test_who_is_known_may_be_told_in_part() -> None:
    host = engine()
    host.ingest([ANA])
    taken = host.ingest([{"id": "ana", "seats": 3}], now=NOW + dt.timedelta(minutes=1))
    assert (taken.contacts.new, taken.contacts.changed) == (0, 1)


# ---- what is wrong ---------------------------------------------------------------------------------------------------


NO_TIME = r"has no time zone|is no time"
NO_MAPPING: Any = ["ana@shop.example"]
CONTACTS: list[tuple[object, str]] = [
    (told(seats="ten"), "the field `seats` of the contact `ana`: expected a number, found `ten`"),
    (told(email=None), "the field `email` of the contact `ana`: expected text, it is empty"),
    (told(plan="gold"), 'the field `plan` of the contact `ana`: expected "free" or "team", found `gold`'),
    (told(trial_ends="1/6/26"), "the field `trial_ends` of the contact `ana`: expected a date, found `1/6/26`"),
    (
        told(seen=dt.datetime(2026, 5, 1)),
        "the field `seen` of the contact `ana`: the datetime `2026-05-01 00:00:00` has no time zone",
    ),
    (told(favourites="a"), "the field `favourites` of the contact `ana`: expected a list of text, found `a`"),
    (
        told(other=object),
        "the field `other` of the contact `ana`: `<class 'object'>` is nothing that a script can hold",
    ),
    (told(total=3), "the field `total` of the contact `ana` is worked out, so it cannot be told"),
    ({"id": "ana"}, "the contact `ana` is new and has no `email`"),
    ({"email": "ana@shop.example"}, "a contact has no `id`"),
    (told(id=5), "the id of a contact is `5`, which is no text"),
    (told(id=""), "the id of a contact is empty"),
    ("ana", "`ana` is no contact"),
    (wend.ContactRecord("ana", NO_MAPPING), "the fields of the contact `ana` are not told by their names"),
    (dict([*ANA.items(), (7, "x")]), "the name `7` of a field of the contact `ana` is no text"),
]
EVENTS: list[tuple[object, str]] = [
    (bought(name="purchas"), "no event `purchas` is declared"),
    (bought(amount="much"), "the field `amount` of the event `1`: expected a number, found `much`"),
    (bought(channel="fax"), 'the field `channel` of the event `1`: expected "web" or "shop", found `fax`'),
    ({k: v for k, v in bought().items() if k != "amount"}, "the event `1` has no `amount`, which every `purchase` has"),
    ({k: v for k, v in bought().items() if k != "id"}, "an event has no `id`"),
    (bought(at=dt.datetime(2026, 5, 9, 9)), "the time `2026-05-09 09:00:00` has no time zone"),
    (bought(at="yesterday"), "the time of the event `1`: expected a date or a datetime, found `yesterday`"),
    (bought(contact="zoe"), "the event `purchase` is for the contact `zoe`, who is not among the contacts"),
    (bought(contact=5), "the contact of the event `purchase` is `5`, which is no text"),
    (3, "`3` is no event"),
]


@pytest.mark.parametrize(("contact", "said"), CONTACTS, ids=[said for _, said in CONTACTS])
def test_a_wrong_contact(contact: Any, said: str) -> None:
    host = engine()
    with pytest.raises(wend.WendError) as failure:
        host.ingest([{"id": "ben", "email": "ben@shop.example"}, contact])
    assert failure.value.message == said
    assert host.store.totals().contacts == 0


@pytest.mark.parametrize(("event", "said"), EVENTS, ids=[said for _, said in EVENTS])
def test_a_wrong_event(event: Any, said: str) -> None:
    host = engine()
    with pytest.raises(wend.WendError) as failure:
        host.ingest([ANA], [bought(id="0"), event])
    assert failure.value.message == said
    assert (host.store.totals().contacts, host.store.totals().events) == (0, 0)


def test_the_nearest_event_is_named() -> None:
    with pytest.raises(wend.WendError) as failure:
        engine().ingest([ANA], [bought(name="purchas")])
    assert failure.value.help == "did you mean `purchase`?"


@pytest.mark.parametrize("now", [dt.datetime(2026, 5, 9), dt.date(2026, 5, 9), "now", 5])
def test_a_time_that_is_none(now: Any) -> None:
    host = engine()
    for call in (
        host.tick,
        host.deliver,
        host.preview,
        host.activate,
        host.pull,
        lambda now: host.ingest([ANA], now=now),
    ):
        with pytest.raises(wend.WendError, match=NO_TIME):
            call(now)
    with pytest.raises(wend.WendError, match=NO_TIME):
        wend.evaluate("1", now=now)
    with pytest.raises(wend.WendError, match=NO_TIME):
        host.program.match(ANA, now=now)


def test_a_contact_that_is_none() -> None:
    wrong: Any = ["ana"]
    with pytest.raises(wend.WendError, match="is no contact"):
        wend.evaluate("1", wrong, now=NOW)
    with pytest.raises(wend.WendError, match="is no contact"):
        wend.compile(RULE).match(wrong, now=NOW)
    with pytest.raises(wend.WendError, match="expected a number"):
        wend.compile(RULE, schema=SCHEMA).match({"seats": "many"}, now=NOW)


# ---- schemas ---------------------------------------------------------------------------------------------------------


def test_a_schema_beside_a_text_a_file_and_in_a_file(tmp_path: Path) -> None:
    script, declared = tmp_path / "big.journey", tmp_path / "schema.journey"
    script.write_text(RULE)
    declared.write_text(SCHEMA)
    for program in (
        wend.compile(RULE, schema=SCHEMA),
        wend.compile(script, schema=SCHEMA),
        wend.compile(script, schema=declared),
    ):
        assert set(program.rules.program.schema.events) == {"purchase", "visit"}
    with pytest.raises(wend.ProgramError) as failure:
        wend.compile(RULE.replace("seats", "seat"), schema=SCHEMA)
    assert [each.help for each in failure.value.diagnostics if each.code == "W201"] == ["write `seats`"]


def test_a_schema_declares_and_does_nothing_else() -> None:
    with pytest.raises(wend.WendError, match="a schema holds declarations only") as failure:
        wend.compile(RULE, schema=SCHEMA + '\nwhen seats > 3 send email "x"\n')
    assert failure.value.place == "schema.journey:16"


def test_mistakes_in_a_schema_are_told_with_their_places() -> None:
    with pytest.raises(wend.ProgramError) as failure:
        wend.compile(RULE, schema="contact\n    email txt\n")
    assert failure.value.diagnostics[0].place.startswith("schema.journey:2:")


# ---- senders and channels --------------------------------------------------------------------------------------------


class Quiet:
    """A channel of a host's own, held to the Protocol by the type checkers."""

    name = "quiet"
    promise = wend.Promise.AT_LEAST_ONCE

    def __init__(self) -> None:
        self.taken: list[wend.Message] = []

    def deliver(self, messages: Any) -> Any:
        for message in messages:
            self.taken.append(message)
            yield wend.Outcome(message.key, wend.Status.DELIVERED)


MAIL = {"big.html": "---\nsubject: Big\n---\n<p>Big</p>\n"}


def test_a_mail_from_nobody_is_refused() -> None:
    with pytest.raises(wend.ProgramError) as failure:
        wend.compile(RULE, templates=MAIL)
    assert [each.code for each in failure.value.diagnostics if each.severity is wend.Severity.ERROR] == ["W502"]


def test_a_script_in_a_file_has_no_made_up_sender(tmp_path: Path) -> None:
    script = tmp_path / "big.journey"
    script.write_text(RULE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "big.html").write_text(MAIL["big.html"])
    with pytest.raises(wend.ProgramError) as failure:
        wend.compile(script)
    assert "W502" in {each.code for each in failure.value.diagnostics}
    assert wend.compile(script, sender="shop@shop.example").senders == {"email": "shop@shop.example"}


def test_the_sender_of_a_host_stands_where_nothing_else_says_it() -> None:
    channel = Quiet()
    program = wend.compile(RULE, schema=SCHEMA, templates=MAIL, sender="Shop <shop@shop.example>")
    host = wend.Engine(program, wend.MemoryStore(), {"email": channel}, lambda: NOW)
    host.ingest([told(seats=3)])
    host.tick()
    assert host.deliver().delivered == 1
    assert [each.sender for each in channel.taken] == ["Shop <shop@shop.example>"]


def test_the_sender_of_a_project_is_kept(tmp_path: Path) -> None:
    (tmp_path / "wend.toml").write_text(
        '[channels.email]\nkind = "folder"\npath = "out"\nfrom = "Care <care@shop.example>"\n'
    )
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "big.journey").write_text(RULE)
    assert wend.compile(tmp_path).senders == {"email": "Care <care@shop.example>"}


@pytest.mark.parametrize(
    ("channels", "said", "help"),
    [
        ({"sms"}, "the engine has no channel `email`", None),
        ({"emial"}, "the engine has no channel `email`", "write `emial`"),
        (set(), "the engine has no channel `email`", None),
    ],
)
def test_a_channel_that_is_not_there(channels: set[str], said: str, help: str | None) -> None:
    with pytest.raises(wend.ProgramError) as failure:
        engine(channels={name: Quiet() for name in channels})
    (found,) = failure.value.diagnostics
    assert (found.code, found.message) == ("W503", said)
    assert help is None or found.help == help


def test_an_address_that_no_contact_has() -> None:
    with pytest.raises(wend.ProgramError) as failure:
        engine('when seats > 2 send sms "big"\n', channels={"sms": Quiet()})
    (found,) = failure.value.diagnostics
    assert (found.code, found.message) == ("W503", "the address of `sms` is the field `phone`, which no contact has")
    assert engine('when seats > 2 send sms "big"\n', channels={"sms": Quiet()}, addresses={"sms": "email"}).channels


def test_without_channels_the_host_takes_the_messages_itself() -> None:
    host = engine()
    host.ingest([told(seats=3)])
    host.tick()
    (row,) = host.outbox.due(NOW, 10, "email")
    host.outbox.attempted(row.message.key, NOW)
    host.outbox.delivered(row.message.key, NOW)
    assert host.store.totals().delivered == 1
