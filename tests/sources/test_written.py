"""Numbers, dates and booleans as spreadsheet programs write them."""

import datetime as dt
from pathlib import Path

import pytest

from wend.runtime.calendar import zone
from wend.runtime.sources import ContactMapping, EventMapping, read_contacts, read_events
from wend.runtime.sources.errors import BadRows, SourceError
from wend.runtime.sources.written import COMMA_HELP, DATE_HELP, DAY_FIRST, MONTH_FIRST, Written

PARIS = zone("Europe/Paris")
GERMAN = Written(",", DAY_FIRST)
TYPES = {"spent": "number?", "born": "date?", "seen": "datetime?", "note": "text?", "vip": "boolean?"}
HEADER = "id;spent;born;seen;note;vip\n"


def contacts(folder: Path, rows: str, written: Written, types: dict[str, str] | None) -> list[dict[str, object]]:
    path = folder / "contacts.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + rows).replace("\n", "\r\n").encode())
    mapping = ContactMapping(written=written)
    return [dict(each.fields) for each in read_contacts(path, mapping, PARIS, types)]


@pytest.mark.parametrize("types", [TYPES, None], ids=["declared", "found"])
def test_an_export_of_a_german_spreadsheet(tmp_path: Path, types: dict[str, str] | None) -> None:
    rows = "a;1.234,50;31.12.1990;31.12.2026 9:30;1,5;WAHR\nb;12;2001-02-03;01/02/2026;x;FALSCH\nc;;;;;\n"
    found = contacts(tmp_path, rows, GERMAN, types)
    assert found[0] == {
        "spent": 1234.5,
        "born": dt.date(1990, 12, 31),
        "seen": dt.datetime(2026, 12, 31, 8, 30, tzinfo=dt.UTC),
        "note": "1,5",
        "vip": True,
    }
    assert found[1] == {
        "spent": 12,
        "born": dt.date(2001, 2, 3),
        "seen": dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC),
        "note": "x",
        "vip": False,
    }
    assert set(found[2].values()) == {None}


def test_the_month_first(tmp_path: Path) -> None:
    (found,) = contacts(tmp_path, "a;1.5;12/31/1990;1/2/2026;;\n", Written(dates=MONTH_FIRST), TYPES)
    assert (found["spent"], found["born"]) == (1.5, dt.date(1990, 12, 31))
    assert found["seen"] == dt.datetime(2026, 1, 1, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["1'234,5", "1 234,5", "1\u00a0234,5", "1\u202f234,5", "+1234,5", "1234,50"])
def test_thousands_are_grouped(tmp_path: Path, text: str) -> None:
    assert contacts(tmp_path, f"a;{text};;;;\n", GERMAN, TYPES)[0]["spent"] == 1234.5


def refused(folder: Path, rows: str, written: Written) -> SourceError:
    with pytest.raises(SourceError) as caught:
        contacts(folder, rows, written, TYPES)
    return caught.value


def test_what_is_written_otherwise_than_said_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, "a;12.50;;;;\n", GERMAN)
    assert error.message == "column `spent`: expected a number with a comma before its decimals, found `12.50`"
    assert error.help == "write it like `1234,5`"
    assert "found `12/31/2026`" in refused(tmp_path, "a;;12/31/2026;;;\n", GERMAN).message


def test_without_a_word_nothing_is_guessed_and_the_help_names_the_setting(tmp_path: Path) -> None:
    assert refused(tmp_path, "a;12,50;;;;\n", Written()).help == COMMA_HELP
    assert refused(tmp_path, "a;;03/01/2026;;;\n", Written()).help == DATE_HELP
    many = refused(tmp_path, "a;12,50;;;;\nb;13,50;;;;\nc;14,50;;;;\n", Written())
    assert isinstance(many, BadRows)
    assert many.help == COMMA_HELP


def test_the_time_of_an_event(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("contact;at;event;amount\na;31.12.2026 18:05;purchase;19,90\n", encoding="utf-8")
    (found,) = read_events(path, EventMapping(written=GERMAN), PARIS, {"purchase": {"amount": "number"}})
    assert (found.at, found.payload) == (dt.datetime(2026, 12, 31, 17, 5, tzinfo=dt.UTC), {"amount": 19.9})


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\x00\x06\x00\xb1\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_workbook_under_the_name_of_a_csv_is_known(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(content * 50)
    with pytest.raises(SourceError) as caught:
        list(read_contacts(path, ContactMapping(), PARIS))
    assert caught.value.message == "this is a spreadsheet or an archive, whatever its name says"
    assert "`CSV UTF-8`" in (caught.value.help or "")
