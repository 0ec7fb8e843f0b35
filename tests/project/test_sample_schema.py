import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from wend.data.schema import declare
from wend.dsl.checker import check
from wend.dsl.diagnostics import render
from wend.dsl.formatter import format_source
from wend.dsl.parser import parse
from wend.dsl.period import Period
from wend.dsl.source import Source
from wend.runtime.calendar import zone
from wend.runtime.sources import ContactMapping, ContactRecord, EventRecord, read_contacts
from wend.runtime.values import UTC, Value

NOW = dt.datetime(2026, 7, 1, tzinfo=UTC)


def contact(**fields: Value) -> ContactRecord:
    return ContactRecord("1", fields, "")


def event(name: str, **payload: Value) -> EventRecord:
    return EventRecord("1", name, NOW, "x", payload, "")


def test_types_are_those_of_the_values() -> None:
    records = [
        contact(
            email="a",
            age=3,
            ratio=2.5,
            ok=True,
            day=NOW.date(),
            seen=NOW,
            tags=("a",),
            codes=(1, 2.5),
            notice=Period(days=1),
        ),
        contact(email="b", age=4, ratio=1, ok=False, day=None, seen=NOW, tags=(), codes=(), notice=Period()),
        contact(email="c", age=4, ratio=1, ok=False, day=None, seen=NOW, tags=()),
    ]
    assert declare(records, None) == (
        "contact\n"
        "    email  text\n"
        "    age    number\n"
        "    ratio  number\n"
        "    ok     boolean\n"
        "    day    date?\n"
        "    seen   datetime\n"
        "    codes  list of number?\n"
        "    notice duration?\n"
    )


def test_events_have_the_fields_that_are_ever_filled() -> None:
    records = [event("buy", amount=1, page=None), event("see", amount=None, page="/"), event("ping", amount=None)]
    assert declare(None, records) == "event buy\n    amount number\n\nevent see\n    page text\n\nevent ping\n"


def test_names_that_are_no_plain_words_stand_between_backticks() -> None:
    text = declare(
        [contact(**{"Creation date": None, "and": 1, "2nd": 1, "été": 1, "from": 1})], [event("Order Placed")]
    )
    assert text == (
        "contact\n"
        "    `Creation date` text?\n"
        "    `and`           number\n"
        "    `2nd`           number\n"
        "    été           number\n"
        "    from          number\n"
        "\n"
        "event `Order Placed`\n"
    )


def test_what_cannot_be_declared_is_said() -> None:
    text = declare(
        [contact(now=1, name="a", cart={"n": 1}, mixed=("a", 1), lines=({"n": 1},))],
        [event("message_opened"), event("today"), event("buy", at="x", n=1)],
    )
    assert text == (
        "contact\n"
        "    # `now` has a meaning of its own: rename it under `rename` in `wend.toml`\n"
        "    # `cart` holds records or mixed values, which cannot be declared\n"
        "    # `mixed` holds records or mixed values, which cannot be declared\n"
        "    # `lines` holds records or mixed values, which cannot be declared\n"
        "    name text\n"
        "\n"
        "# `message_opened` is built in and needs no declaration\n"
        "\n"
        "event today\n"
        "\n"
        "event buy\n"
        "    # `at` has a meaning of its own: rename it under `rename` in `wend.toml`\n"
        "    n number\n"
    )


def test_few_labels_in_many_rows_make_an_enumeration() -> None:
    def plan(texts: Sequence[str | None]) -> str:
        return declare([contact(plan=t) for t in texts], None).split("plan ")[1].strip()

    assert plan(["free", "paid plus"] * 25) == '"free" | "paid plus"'
    assert plan(["free", "paid"] * 25 + [None]) == '"free" | "paid"?'
    assert plan(["free", "paid"] * 24) == "text"
    assert plan(list("abcdefg") * 10) == "text"
    assert plan(["01000", "75001"] * 30) == "text"
    assert plan(["a@x.example", "b@x.example"] * 30) == "text"


def test_from_a_file_to_declarations(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,email,since,zip\n1,a@x.example,2026-01-01,01000\n2,b@x.example,,75001\n")
    records = read_contacts(path, ContactMapping(), zone("UTC"))
    assert declare(records, None) == "contact\n    email text\n    since date?\n    zip   text\n"


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6) | st.sampled_from(
    ["and", "true", "contact", "now", "at", "tags", "lists", "event", "from", "list", "message_sent", "x`y", "a b"]
)
scalars = st.sampled_from([1, 2.5, True, "free", "a b", 'say "x"', None, NOW, NOW.date(), Period(days=1)])
values = scalars | st.lists(scalars, max_size=2).map(tuple) | st.just({"n": 1})
records = st.dictionaries(names, values, max_size=4)


@given(st.lists(records, max_size=3), st.lists(st.tuples(names, records), max_size=3))
def test_whatever_is_declared_is_a_script_without_faults(
    contacts: list[dict[str, Value]], events: list[tuple[str, dict[str, Value]]]
) -> None:
    text = declare(
        [ContactRecord(str(i), fields, "") for i, fields in enumerate(contacts * 30)],
        [EventRecord("1", name, NOW, str(i), payload, "") for i, (name, payload) in enumerate(events)],
    )
    source = Source("sample", text)
    assert format_source(source) == text
    parsed = parse(source)
    assert [render(d) for d in parsed.diagnostics] == []
    assert [render(d) for d in check([(source, parsed.file)], {}).diagnostics] == []
