import datetime as dt
import gzip
from pathlib import Path

import pytest

from wend.dsl.period import Period
from wend.runtime.calendar import zone
from wend.runtime.sources import BadRows, ContactMapping, ContactRecord, SourceError, load_contacts, read_contacts
from wend.runtime.sources.values import NUMBER_HELP
from wend.runtime.sources.written import COMMA_HELP, DATE_HELP
from wend.runtime.values import UTC

PARIS = zone("Europe/Paris")


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path, mapping: ContactMapping | None = None, **types: str) -> list[ContactRecord]:
    return list(read_contacts(path, mapping or ContactMapping(), PARIS, types or None))


def refused(path: Path, mapping: ContactMapping | None = None, **types: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(path, mapping, **types)
    return caught.value


def test_a_csv_file_without_declarations(tmp_path: Path) -> None:
    path = write(
        tmp_path / "c.csv",
        "id,email,zip,phone,paid,spent,since,seen,note\n"
        "007,a@x.example,75001,0612345678,true,12.5,2026-01-02,2026-07-01T09:00:00,1\n"
        "8,b@x.example,01000,+33612345678,false,3,2025-12-31,2026-01-01T09:00:00Z,x\n"
        "9,,,,,,,,\n",
    )
    first, second, third = read(path)
    assert first == ContactRecord(
        "007",
        {
            "email": "a@x.example",
            "zip": "75001",
            "phone": "0612345678",
            "paid": True,
            "spent": 12.5,
            "since": dt.date(2026, 1, 2),
            "seen": dt.datetime(2026, 7, 1, 7, tzinfo=UTC),
            "note": "1",
        },
        "",
    )
    assert first.place == f"{path}:2"
    assert second.fields["zip"] == "01000"
    assert second.fields["spent"] == 3
    assert second.fields["seen"] == dt.datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert third.id == "9"
    assert set(third.fields.values()) == {None}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2.5", "-3"], [1, 2.5, -3]),
        (["1", "+2"], ["1", "+2"]),
        (["1e5", "2"], ["1e5", "2"]),
        (["1234567890123456", "1"], ["1234567890123456", "1"]),
        (["true", "FALSE", ""], [True, False, None]),
        (["yes", "no"], ["yes", "no"]),
        (["true", "1"], ["true", "1"]),
        (["2026-02-30", "2026-02-01"], ["2026-02-30", "2026-02-01"]),
        (["20260201", "20260202"], [20260201, 20260202]),
        (["2026-02-01", "2026-02-01 10:30"], [dt.datetime(2026, 1, 31, 23), dt.datetime(2026, 2, 1, 9, 30)]),
        (["2026-02-01T10:30:00.25+0200", ""], [dt.datetime(2026, 2, 1, 8, 30, 0, 250_000), None]),
        (["2026-03-29T02:30", "2026-10-25T02:30"], [dt.datetime(2026, 3, 29, 1, 30), dt.datetime(2026, 10, 25, 0, 30)]),
        (["01/02/2026", "02/02/2026"], ["01/02/2026", "02/02/2026"]),
        (["nan", "1"], ["nan", "1"]),
    ],
)
def test_the_type_of_a_column_is_that_of_all_its_cells(
    tmp_path: Path, cells: list[str], expected: list[object]
) -> None:
    path = write(tmp_path / "c.csv", "id,x\n" + "".join(f"{i},{c}\n" for i, c in enumerate(cells)))
    wanted = [e.replace(tzinfo=UTC) if isinstance(e, dt.datetime) else e for e in expected]
    found = [r.fields["x"] for r in read(path)]
    assert found == wanted
    assert [type(f) for f in found] == [type(w) for w in wanted]


def test_the_last_row_of_a_long_file_decides_too(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,zip\n" + "".join(f"{i},75001\n" for i in range(5000)) + "x,01000\n")
    assert {type(r.fields["zip"]) for r in read(path)} == {str}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.csv", "id;name\n1;Ana\n"),
        ("c.csv", "id\tname\n1\tAna\n"),
        ("c.tsv", "id\tname\n1\tAna\n"),
        ("c.csv", "\ufeffid,name\r\n1,Ana\r\n"),
        ("c.csv", '\n"id","name"\n\n"1","Ana"'),
        ("c.csv", "name,id,\nAna,1,\n"),
        ("c.ndjson", '{"id": 1, "name": "Ana"}\n\n'),
        ("c.jsonl", '\ufeff{"name": "Ana", "id": "1"}'),
        ("C.CSV", "Contact ID,name\n1,Ana\n"),
        ("c.csv", "customer_id,name\n1,Ana\n"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_one_contact_in_many_forms(tmp_path: Path, name: str, text: str, packed: bool) -> None:
    path = tmp_path / (name + ".gz" if packed else name)
    write(path, gzip.compress(text.encode()) if packed else text)
    assert read(path) == [ContactRecord("1", {"name": "Ana"}, "")]


def test_a_mail_address_can_be_the_id_and_stays_a_field(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "Email,name\na@x.example,Ana\n")
    assert read(path) == [ContactRecord("a@x.example", {"Email": "a@x.example", "name": "Ana"}, "")]


def test_columns_are_told_and_renamed(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "No,id,CustName\n1,x,Ana\n")
    assert read(path, ContactMapping(id="No", rename={"CustName": "name"})) == [
        ContactRecord("1", {"id": "x", "name": "Ana"}, "")
    ]


def test_quoted_cells_keep_their_lines_and_places_stay_true(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", 'id,note\n1,"two\nlines, ""so"""\n2,x\n')
    first, second = read(path)
    assert first.fields["note"] == 'two\nlines, "so"'
    assert (first.place, second.place) == (f"{path}:2", f"{path}:4")


def test_declared_types_are_kept_to(tmp_path: Path) -> None:
    types = {
        "zip": "text",
        "n": "number",
        "ok": "boolean?",
        "day": "date",
        "seen": "datetime?",
        "tags": "list of text",
        "plan": '"free" | "paid"?',
        "notice": "duration",
        "codes": "list of number?",
    }
    path = write(
        tmp_path / "c.csv",
        "id,zip,n,ok,day,seen,tags,plan,notice,codes\n"
        "1,75001,+007.50,true,2026-01-02 00:00:00,2026-01-02,a; b|c,paid,2 days,1;2\n"
        "2,0,1e3, true , 2026-01-02,,,,PT90M,\n",
    )
    first, second = read_contacts(path, ContactMapping(), PARIS, types)
    assert first.fields == {
        "zip": "75001",
        "n": 7.5,
        "ok": True,
        "day": dt.date(2026, 1, 2),
        "seen": dt.datetime(2026, 1, 1, 23, tzinfo=UTC),
        "tags": ("a", "b", "c"),
        "plan": "paid",
        "notice": Period(days=2),
        "codes": (1, 2),
    }
    assert second.fields["n"] == 1000
    assert second.fields["ok"] is True
    assert second.fields["tags"] == ()
    assert second.fields["notice"] == Period(seconds=5400)
    assert second.fields["codes"] is None


@pytest.mark.parametrize(
    ("declared", "cell", "message", "help"),
    [
        ("number", "abc", "column `x`: expected a number, found `abc`", NUMBER_HELP),
        ("number", "12,5", "column `x`: expected a number, found `12,5`", COMMA_HELP),
        ("number", "nan", "column `x`: expected a number, found `nan`", NUMBER_HELP),
        ("boolean", "yes", "column `x`: expected a boolean, found `yes`", "write `true` or `false`"),
        ("date", "2026-02-30", "column `x`: expected a date, found `2026-02-30`", None),
        (
            "date?",
            "01/02/2026",
            "column `x`: expected a date, found `01/02/2026`",
            DATE_HELP,
        ),
        ("date", "2026-02-03T10:00", "column `x`: expected a date, found `2026-02-03T10:00`", None),
        (
            "datetime",
            "soon",
            "column `x`: expected a date or a datetime, found `soon`",
            "write it like `2026-05-01T09:00:00`",
        ),
        ("duration", "2", "column `x`: expected a duration, found `2`", "write it like `2 days` or `90 minutes`"),
        ('"web" | "shop"', "wbe", 'column `x`: expected "web" or "shop", found `wbe`', 'did you mean "web"?'),
        (
            "text",
            "",
            "column `x`: expected text, it is empty",
            "declare the type with `?` where it may be unknown",
        ),
        ("list of number", "1;b", "column `x`: expected a number, found `1;b`", NUMBER_HELP),
    ],
)
def test_a_cell_that_is_not_what_is_declared(
    tmp_path: Path, declared: str, cell: str, message: str, help: str | None
) -> None:
    path = write(tmp_path / "c.csv", f'id,x\n1,"{cell}"\n')
    error = refused(path, x=declared)
    assert (error.message, error.help, error.place) == (message, help, f"{path}:2")


def test_json_values_keep_their_types_and_dates_are_found(tmp_path: Path) -> None:
    path = write(
        tmp_path / "c.ndjson",
        '{"id": 1, "since": "2026-01-02", "zip": 75001, "maybe": "2026-01-01", "tags": ["a", "b"],'
        ' "order": {"day": "2026-01-03", "lines": [{"sku": "x", "n": 2}]}}\n'
        '{"id": 2, "since": null, "zip": "01000", "maybe": "never", "late": 1.5, "ok": true}\n',
    )
    first, second = read(path)
    assert first.fields == {
        "since": dt.date(2026, 1, 2),
        "zip": "75001",
        "maybe": "2026-01-01",
        "tags": ("a", "b"),
        "order": {"day": dt.date(2026, 1, 3), "lines": ({"sku": "x", "n": 2},)},
    }
    assert second.fields == {"since": None, "zip": "01000", "maybe": "never", "late": 1.5, "ok": True}


def test_declared_json(tmp_path: Path) -> None:
    path = write(tmp_path / "c.ndjson", '{"id": "1", "n": "2.5", "zip": 75001, "tags": ["a"], "r": {"k": 1}}\n')
    assert read(path, n="number", zip="text", tags="list of text", r="record")[0].fields == {
        "n": 2.5,
        "zip": "75001",
        "tags": ("a",),
        "r": {"k": 1},
    }
    assert refused(path, n="number", tags="text").message == "column `tags`: expected text, found `['a']`"
    assert refused(path, zip="list of text").message == "column `zip`: expected a list of text, found `75001`"


def test_tags_and_lists_are_lists_without_a_declaration(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,tags,lists,other\n1,vip;new,Clients,a;b\n2,,,\n")
    first, second = read(path)
    assert first.fields == {"tags": ("vip", "new"), "lists": ("Clients",), "other": "a;b"}
    assert second.fields == {"tags": None, "lists": None, "other": None}
    assert read(path, tags="list of text")[1].fields["tags"] == ()


def test_a_declared_field_that_a_record_lacks(tmp_path: Path) -> None:
    path = write(tmp_path / "c.ndjson", '{"id": 1, "plan": "a"}\n{"id": 2}\n')
    assert [r.fields for r in read(path, plan="text?")] == [{"plan": "a"}, {}]
    error = refused(path, plan="text")
    assert (error.message, error.place) == ("the field `plan` is declared, and the row has none", f"{path}:2")


def test_a_declared_field_without_a_column(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,contry\n1,FR\n")
    assert [r.fields for r in read(path, country="text?")] == [{"contry": "FR"}]
    error = refused(path, country="text")
    assert error.message == "no column holds the declared field `country`; there are `id` and `contry`"
    assert error.help == 'rename one: `rename = { "contry" = "country" }`, or declare the type with `?`'


def test_a_column_that_holds_another_declared_field_is_not_suggested(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,plan\n1,paid\n")
    error = refused(path, plan="text", plans="text")
    assert error.message == "no column holds the declared field `plans`; there are `id` and `plan`"
    assert error.help == "add the column, or declare the type with `?`: the field may be unknown then"


# ---- what can be wrong with a file ------------------------------------------------------------------------------


def test_a_missing_file_and_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path / "contacts.csv", "id\n1\n")
    error = refused(tmp_path / "contact.csv")
    assert (error.message, error.help) == ("there is no such file", "did you mean `contacts.csv`?")
    assert error.place == str(tmp_path / "contact.csv")


def test_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path).message == "this is a folder, not a file"


@pytest.mark.parametrize("name", ["c.csv", "c.ndjson", "c.parquet", "c.csv.gz"])
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    assert refused(write(tmp_path / name, "")).message == "the file is empty"


def test_only_blank_lines(tmp_path: Path) -> None:
    assert refused(write(tmp_path / "c.csv", "\n\n")).message == "the file has no line of column names"
    assert refused(write(tmp_path / "c.ndjson", "\n\n")).message == "the file has no record"


def test_a_header_alone_holds_nobody(tmp_path: Path) -> None:
    assert read(write(tmp_path / "c.csv", "id,name\n")) == []


@pytest.mark.parametrize("name", ["c.txt", "c", "c.json", "c.gz"])
def test_an_unknown_ending(tmp_path: Path, name: str) -> None:
    error = refused(write(tmp_path / name, "x"))
    assert error.message == f"the ending of `{name}` says no format that is read here"
    assert error.help is not None
    assert ".ndjson" in error.help


@pytest.mark.parametrize("name", ["c.xlsx", "c.ods", "c.XLS"])
def test_a_spreadsheet_is_to_be_saved_as_csv(tmp_path: Path, name: str) -> None:
    error = refused(write(tmp_path / name, "x"))
    assert error.help == "save the sheet as `CSV UTF-8` in the spreadsheet program, and name that file"


@pytest.mark.parametrize("name", ["c.csv", "c.ndjson"])
def test_not_utf8(tmp_path: Path, name: str) -> None:
    line = {"c.csv": b"2,Ren\xe9\n", "c.ndjson": b'{"id": 2, "n": "\xe9"}\n'}[name]
    start = {"c.csv": b"id,name\n", "c.ndjson": b'{"id": 1}\n'}[name]
    error = refused(write(tmp_path / name, start + line))
    assert error.message == f"the file is not UTF-8: byte {line.index(0xE9) + 1} of this line is 0xE9"
    csv = "; a spreadsheet program calls it `CSV UTF-8`" if name.endswith(".csv") else ""
    assert (error.help, error.place) == (f"save it as UTF-8{csv}", f"{tmp_path / name}:2")


def test_utf16(tmp_path: Path) -> None:
    error = refused(write(tmp_path / "c.csv", "id,name\n1,Ana\n".encode("utf-16")))
    assert error.help == "it looks like UTF-16, save it as UTF-8; a spreadsheet program calls it `CSV UTF-8`"


def test_a_damaged_gzip(tmp_path: Path) -> None:
    whole = gzip.compress(b"id,name\n" + b"".join(b"%d,Ana\n" % i for i in range(10_000)))
    for bad in (whole[: len(whole) // 2], b"id,name\n1,Ana\n"):
        error = refused(write(tmp_path / "c.csv.gz", bad))
        assert error.message == "the file is damaged: it ends in `.gz` but cannot be unpacked"


def test_a_told_column_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "customer,name\n1,Ana\n")
    error = refused(path, ContactMapping(id="custmer"))
    assert error.message == "there is no column `custmer`, which `id` names; there are `customer` and `name`"
    assert (error.help, error.place) == ("did you mean `customer`?", f"{path}:1")
    assert refused(path, ContactMapping(rename={"nam": "x"})).help == "did you mean `name`?"


def test_no_column_can_be_the_id(tmp_path: Path) -> None:
    error = refused(write(tmp_path / "c.csv", "who,what\n1,Ana\n"))
    assert error.message == "no column says whose row it is; there are `who` and `what`"


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,name,name\n1,a,b\n")
    assert refused(path).message == "two columns are called `name`"
    path = write(tmp_path / "d.csv", "id,name,nom\n1,a,b\n")
    assert refused(path, ContactMapping(rename={"nom": "name"})).message == "two columns are called `name`"


def test_the_same_contact_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id\n1\n2\n1\n")
    error = refused(path)
    assert error.message == f"the contact `1` is here twice, first at {path}:2"
    assert error.place == f"{path}:4"


def test_the_same_contact_in_two_files(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.csv", "id\n1\n") for n in "ab"]
    with pytest.raises(BadRows, match=r"is here twice, first at .*a\.csv:2"):
        load_contacts(paths, ContactMapping(), PARIS)


@pytest.mark.parametrize("row", ["", "   "])
def test_a_contact_without_an_id(tmp_path: Path, row: str) -> None:
    path = write(tmp_path / "c.csv", f"name,id\nAna,{row}\n")
    assert refused(path).message == "the contact has no id: column `id` is empty"


def test_a_row_of_the_wrong_width(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,name\n1,Ana,x\n2\n")
    error = refused(path)
    assert isinstance(error, BadRows)
    assert [p.message for p in error.problems] == [
        "the row has 3 columns, the first line has 2 columns",
        "the row has 1 column, the first line has 2 columns",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('id,name\n1,"Ana\n2,Bo\n', "a quote is opened here or below and never closed"),
        ('id,name\n1,"Ana"x\n', "text goes on after a closing quote"),
    ],
)
def test_broken_quotes(tmp_path: Path, text: str, message: str) -> None:
    error = refused(write(tmp_path / "c.csv", text))
    assert (error.message, error.place) == (message, f"{tmp_path / 'c.csv'}:2")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": 2', "the line is no JSON: expecting ',' delimiter at character 9"),
        ("[1, 2]", "the line is no record"),
        ('{"id": NaN}', "the line is no JSON: `NaN` is no number"),
        ("[" * 100_000, "the line is no JSON that can be read here"),
        ('{"id": "\\ud800"}', "the line holds half a character"),
        ('{"id": 2, "x": 1e999}', "column `x`: expected a finite number, found `inf`"),
    ],
    ids=["cut", "list", "nan", "deep", "surrogate", "infinite"],
)
def test_a_broken_json_line(tmp_path: Path, line: str, message: str) -> None:
    error = refused(write(tmp_path / "c.ndjson", f'{{"id": 1}}\n{line}\n'))
    assert (error.message, error.place) == (message, f"{tmp_path / 'c.ndjson'}:2")


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ('{"id": 2', "the record has no end: write it whole on one line, and close it with `}`"),
        ("{id: 2}", 'write the name in double quotes: `"…"`'),
        ("{'id': 2}", 'write names and texts in double quotes: `"…"`'),
        ("{\"id\": '2'}", 'write names and texts in double quotes: `"…"`'),
        ('{"id": 2,}', "take the comma before it away"),
        ('{"id": 2}, ', "take the comma away"),
        ('{"id": 2} {"id": 3}', "write one record on each line"),
        ('{"id": 2 "x": 3}', "write a comma between one value and the next"),
        ('{"id" 2}', "write a colon between a name and its value"),
        ('{"id": True}', "write `true`"),
        ('{"id": None}', "write `null`"),
        ('{"id": x}', "write a value: a number, a text in double quotes, `true`, `false` or `null`"),
        ('{"id": "2}', 'close the text with `"`'),
        ('{"id": "a\tb"}', "write a tab as `\\t`, and a line's end within a text as `\\n`"),
        ('{"id": "a\\q"}', "write `\\\\` for a backslash"),
        ("[", "write one record on each line: this looks like a file that is one JSON document"),
        ('{"id": -Infinity}', "write `null`, or leave it out"),
        ('{"id": "\\ud800"}', "write the character itself"),
    ],
)
def test_a_broken_json_line_is_met_with_what_to_write(tmp_path: Path, line: str, help: str) -> None:
    error = refused(write(tmp_path / "c.ndjson", f'{{"id": 1}}\n{line}\n'))
    assert (error.help, error.place) == (help, f"{tmp_path / 'c.ndjson'}:2")


def test_a_zero_byte_is_found_at_its_line(tmp_path: Path) -> None:
    error = refused(write(tmp_path / "c.csv", 'id,name\n1,"An\nna"\n2,B\0o\n'))
    assert (error.message, error.place) == ("there is a zero byte (NUL) in this line", f"{tmp_path / 'c.csv'}:4")
    assert error.help is not None
    assert error.help.startswith("take the byte out")


def test_many_bad_rows_make_one_report_and_nothing_after_the_first_is_handed_out(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,n\n0,1\n" + "".join(f"{i},x{i}\n" for i in range(1, 26)) + "99,1\n")
    records: list[ContactRecord] = []
    reading = read_contacts(path, ContactMapping(), PARIS, {"n": "number"})
    with pytest.raises(BadRows) as caught:
        records.extend(reading)
    assert [r.id for r in records] == ["0"]
    assert caught.value.total == 25
    assert len(caught.value.problems) == 10
    lines = caught.value.message.splitlines()
    assert lines[0] == "25 rows cannot be read"
    assert lines[1] == f"  {path}:3: column `n`: expected a number, found `x1`"
    assert lines[-1] == "  and 15 more"
