import csv
import datetime as dt
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wend.runtime.calendar import zone
from wend.runtime.sources import (
    BadRows,
    EventMapping,
    EventRecord,
    Policy,
    SourceError,
    Tally,
    check_events_known,
    check_events_past,
    load_events,
    read_events,
)
from wend.runtime.values import UTC

PARIS = zone("Europe/Paris")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def read(path: Path, mapping: EventMapping | None = None, tally: Tally | None = None) -> list[EventRecord]:
    return list(read_events(path, mapping or EventMapping(), PARIS, None, tally))


def refused(path: Path, mapping: EventMapping | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(path, mapping)
    return caught.value


def test_events_by_their_usual_names(tmp_path: Path) -> None:
    path = write(
        tmp_path / "e.csv",
        "event_id,contact_id,at,type,amount,page\n"
        "e1,007,2026-07-01,purchase,12.5,\n"
        "e2,8,2026-07-01T10:00:00+02:00,visit,,home\n"
        "e3,8,2026-07-01 10:00,visit,,home\n",
    )
    first, second, third = read(path)
    assert first == EventRecord(
        "007",
        "purchase",
        dt.datetime(2026, 6, 30, 22, tzinfo=UTC),
        "e1",
        {"event_id": "e1", "amount": 12.5, "page": None},
        "",
    )
    assert first.place == f"{path}:2"
    assert second.at == third.at == dt.datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_the_first_moment_of_a_day_without_midnight(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "contact,at,name\n1,2026-03-29,a\n")
    (event,) = read_events(path, EventMapping(), zone("Asia/Beirut"))
    assert event.at == dt.datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_columns_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "order_id,customer,when,name,Total EUR\n17,1,2026-07-01,Ana,5\n")
    mapping = EventMapping(
        contact="customer", at="when", name="purchase", id="order_id", rename={"Total EUR": "amount"}
    )
    (event,) = read(path, mapping)
    assert (event.contact, event.name, event.id) == ("1", "purchase", "17")
    assert event.payload == {"order_id": "17", "name": "Ana", "amount": 5}


def test_id_is_the_events_own_where_another_column_is_the_contacts(tmp_path: Path) -> None:
    both = write(tmp_path / "a.csv", "id,contact_id,at,name\nx,1,2026-07-01,a\n")
    alone = write(tmp_path / "b.csv", "id,at,name\n1,2026-07-01,a\n")
    assert [(e.id, e.contact, e.payload) for e in read(both)] == [("x", "1", {"id": "x"})]
    (event,) = read(alone)
    assert (event.contact, len(event.id)) == ("1", 32)


def test_ndjson_with_nested_records(tmp_path: Path) -> None:
    path = write(
        tmp_path / "e.ndjson",
        '{"contact": 1, "at": "2026-07-01T10:00:00Z", "event": "cart", "id": 5, "items": [{"sku": "x", "n": 2}]}\n',
    )
    (event,) = read(path)
    assert (event.contact, event.id) == ("1", "5")
    assert event.payload == {"id": "5", "items": ({"sku": "x", "n": 2},)}


def test_declared_types_belong_to_an_event(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "contact,at,name,amount,code\n1,2026-07-01,buy,5,01\n1,2026-07-02,see,,02\n")
    types = {"buy": {"amount": "number", "code": "text"}}
    first, second = read_events(path, EventMapping(), PARIS, types)
    assert first.payload == {"amount": 5, "code": "01"}
    assert second.payload == {"amount": None, "code": "02"}
    with pytest.raises(BadRows) as caught:
        list(read_events(path, EventMapping(), PARIS, {**types, "see": {"amount": "number"}}))
    assert caught.value.message == "column `amount`: expected a number, it is empty"
    assert caught.value.place == f"{path}:3"


# ---- ids --------------------------------------------------------------------------------------------------------

ROWS = "contact,at,name,amount\n1,2026-07-01,buy,5\n1,2026-07-01,buy,5\n2,2026-07-01,buy,5\n1,2026-07-01,buy,5\n"


def ids(path: Path) -> list[str]:
    return [e.id for e in read(path)]


def test_lines_that_say_the_same_are_several_events(tmp_path: Path) -> None:
    assert len(set(ids(write(tmp_path / "e.csv", ROWS)))) == 4


def test_derived_ids_stay_when_the_file_grows_or_its_columns_move(tmp_path: Path) -> None:
    before = ids(write(tmp_path / "e.csv", ROWS))
    assert ids(write(tmp_path / "again.csv", ROWS)) == before
    assert ids(write(tmp_path / "more.csv", ROWS + "1,2026-07-01,buy,5\n1,2026-07-02,buy,x\n"))[:4] == before
    swapped = "\n".join(",".join(reversed(line.split(","))) for line in ROWS.splitlines())
    assert ids(write(tmp_path / "swapped.csv", swapped)) == before
    wider = "\n".join(line + ("," if n else ",new") for n, line in enumerate(ROWS.splitlines()))
    assert ids(write(tmp_path / "wider.csv", wider)) == before


cell = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=4) | st.sampled_from(
    ["", "1", "\x1f"]
)


@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=8))
def test_ids_are_stable_distinct_and_depend_on_nothing_but_the_row(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["contact", "at", "name", "p", "q"])
    writer.writerows([["1", "2026-01-01", "a", *row] for row in rows])
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "e.csv", out.getvalue())
        events = read(path)
        assert len({e.id for e in events}) == len(rows)
        assert [e.id for e in read(path)] == [e.id for e in events]
        # The first of each kind of row has the id that it has in a file of its own.
        for row in set(rows):
            first = events[rows.index(row)]
            alone = io.StringIO()
            csv.writer(alone).writerows([["contact", "at", "name", "p", "q"], ["1", "2026-01-01", "a", *row]])
            assert ids(write(Path(folder) / "one.csv", alone.getvalue())) == [first.id]


plain = st.text(st.characters(codec="utf-8"), max_size=6) | st.integers(-9, 9) | st.booleans() | st.none()


@given(st.lists(st.dictionaries(st.sampled_from("abc"), plain), min_size=1, max_size=6))
def test_json_records_come_back_as_written(payloads: list[dict[str, object]]) -> None:
    """Where numbers stand among texts all are texts: so only payloads whose names hold one kind come back unchanged."""
    kinds: dict[str, set[type]] = {}
    for payload in payloads:
        for key, value in payload.items():
            kinds.setdefault(key, set()).update({type(value)} - {type(None)})
    lines = [json.dumps({"contact": "1", "at": "2026-01-01", "name": "x", **p}) for p in payloads]
    with TemporaryDirectory() as folder:
        events = read(write(Path(folder) / "e.ndjson", "\n".join(lines) + "\n"))
    assert len({e.id for e in events}) == len(payloads)
    for payload, event in zip(payloads, events, strict=True):
        assert event.payload.keys() == payload.keys()
        for key, value in payload.items():
            if len(kinds[key]) < 2:
                assert event.payload[key] == value
            elif value is not None:
                assert isinstance(event.payload[key], str)


def test_of_one_given_id_the_first_wins(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "event_id,contact,at,name\nx,1,2026-07-01,a\nx,1,2026-07-02,a\n,1,2026-07-02,a\n")
    tally = Tally()
    first, derived = read(path, tally=tally)
    assert (first.id, first.at.day) == ("x", 30)
    assert len(derived.id) == 32
    assert (tally.events, tally.duplicates) == (2, 1)


def test_of_one_id_in_two_files_the_first_wins(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "a.csv", "contact,at,name\n1,2026-07-01,a\n1,2026-07-01,a\n"),
        write(tmp_path / "b.csv", "contact,at,name\n1,2026-07-01,a\n1,2026-07-02,a\n"),
    ]
    tally = Tally()
    events = load_events(paths, EventMapping(), PARIS, tally=tally)
    assert [e.place for e in events] == [f"{paths[0]}:2", f"{paths[0]}:3", f"{paths[1]}:3"]
    assert (tally.events, tally.duplicates) == (3, 1)


# ---- what can be wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "message", "help"),
    [
        (
            "who,at,name",
            "no column says whose event it is",
            'name it in `wend.toml`: `contact = "…"` under `[[events]]`',
        ),
        (
            "contact,when,name",
            "no column says when it happened",
            'name it in `wend.toml`: `at = "…"` under `[[events]]`',
        ),
        (
            "contact,at,what",
            "no column says what happened",
            'under `[[events]]` in `wend.toml`, say `name_column = "…"`, or `name = "purchase"` for all rows',
        ),
    ],
)
def test_a_column_that_cannot_be_found(tmp_path: Path, header: str, message: str, help: str) -> None:
    error = refused(write(tmp_path / "e.csv", f"{header}\n1,2,3\n"))
    names = header.split(",")
    assert error.message == f"{message}; there are `{names[0]}`, `{names[1]}` and `{names[2]}`"
    assert error.help == help


def test_a_told_column_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "contact,at,name\n1,2026-07-01,a\n")
    error = refused(path, EventMapping(at="aat"))
    assert error.message == "there is no column `aat`, which `at` names; there are `contact`, `at` and `name`"
    assert error.help == "did you mean `at`?"
    assert "`name_column` names" in refused(path, EventMapping(name_column="kind")).message


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,2026-02-30,a", "column `at`: expected a date or a datetime, found `2026-02-30`"),
        ("1,,a", "column `at`: expected a date or a datetime, it is empty"),
        (",2026-02-03,a", "the event has no contact: column `contact` is empty"),
        ("1,2026-02-03,", "the event has no name: column `name` is empty"),
        ("1,2026-02-03", "the row has 2 columns, the first line has 3 columns"),
    ],
)
def test_a_bad_row(tmp_path: Path, row: str, message: str) -> None:
    path = write(tmp_path / "e.csv", f"contact,at,name\n1,2026-01-01,a\n{row}\n")
    error = refused(path)
    assert (error.message, error.place) == (message, f"{path}:3")


def test_a_number_is_no_time(tmp_path: Path) -> None:
    path = write(tmp_path / "e.ndjson", '{"contact": 1, "at": 1700000000, "name": "a"}\n')
    error = refused(path)
    assert error.message == "column `at`: expected a date or a datetime, found `1700000000`"
    assert error.help == "write the time like `2026-05-01T09:00:00Z`"


def test_events_for_nobody(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "contact,at,name\n1,2026-01-01,a\n2,2026-01-01,b\n3,2026-01-01,c\n")
    with pytest.raises(BadRows) as caught:
        list(check_events_known(read(path), {"1"}))
    assert caught.value.message.splitlines() == [
        "2 events are for nobody",
        f"  {path}:3: the event `b` is for the contact `2`, who is not among the contacts",
        f"  {path}:4: the event `c` is for the contact `3`, who is not among the contacts",
    ]
    tally = Tally()
    assert [e.name for e in check_events_known(read(path), {"1"}, Policy.SKIP, tally)] == ["a"]
    assert tally.unknown_contact == 2


def test_events_in_the_future(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "contact,at,name\n1,2026-01-01T09:00Z,a\n1,2026-01-01T09:01Z,b\n")
    now = dt.datetime(2026, 1, 1, 9, tzinfo=UTC)
    with pytest.raises(BadRows) as caught:
        list(check_events_past(read(path), now))
    assert caught.value.message == (
        "the event `b` of the contact `1` is in the future: 2026-01-01 09:01 UTC, and it is 2026-01-01 09:00 UTC"
    )
    assert caught.value.place == f"{path}:3"
    tally = Tally()
    assert [e.name for e in check_events_past(read(path), now, Policy.SKIP, tally)] == ["a"]
    assert tally.future == 1


def test_a_column_of_names_is_taken_for_the_event_only_where_nothing_fits_better(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", "contact,at,name,type\n1,2026-01-01,Ana,buy\n")
    assert [(e.name, e.payload) for e in read(path)] == [("buy", {"name": "Ana"})]
