import datetime as dt
import gzip
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from wend.dsl.period import Period
from wend.runtime.calendar import zone
from wend.runtime.sources import ContactMapping, EventMapping, SourceError, read_contacts, read_events
from wend.runtime.values import UTC

PARIS = zone("Europe/Paris")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def table(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_keeps_the_types_of_the_file(tmp_path: Path) -> None:
    noon = dt.datetime(2026, 7, 1, 12)
    path = table(
        tmp_path / "c.parquet",
        id=[7, 8],
        zip=["01000", "75001"],
        since=["2026-01-02", None],
        day=[dt.date(2026, 1, 2), None],
        local=pa.array([noon, None], pa.timestamp("ns")),
        instant=pa.array([noon.replace(tzinfo=UTC), None], pa.timestamp("ms", "Europe/Paris")),
        spent=[Decimal("12.50"), Decimal("3.00")],
        ratio=[float("nan"), 0.5],
        tags=[["a", "b"], []],
        cart=[{"n": 1, "on": "2026-01-01"}, None],
        notice=[dt.timedelta(hours=2), None],
    )
    first, second = read_contacts(path, ContactMapping(), PARIS)
    assert (first.id, first.place) == ("7", f"{path}:1")
    assert first.fields == {
        "zip": "01000",
        "since": dt.date(2026, 1, 2),
        "day": dt.date(2026, 1, 2),
        "local": dt.datetime(2026, 7, 1, 10, tzinfo=UTC),
        "instant": noon.replace(tzinfo=UTC),
        "spent": 12.5,
        "ratio": None,
        "tags": ("a", "b"),
        "cart": {"n": 1, "on": dt.date(2026, 1, 1)},
        "notice": Period(seconds=7200),
    }
    assert isinstance(first.fields["instant"], dt.datetime)
    assert first.fields["instant"].tzinfo is UTC
    assert second.fields["tags"] == ()


@pytest.mark.parametrize("packed", [False, True])
def test_events_from_parquet(tmp_path: Path, packed: bool) -> None:
    path = table(tmp_path / "e.parquet", contact=["1", "1"], at=["2026-07-01"] * 2, name=["a", "a"], amount=[5, 5])
    if packed:
        path = tmp_path / "p.parquet.gz"
        path.write_bytes(gzip.compress((tmp_path / "e.parquet").read_bytes()))
    first, second = read_events(path, EventMapping(), PARIS, {"a": {"amount": "number"}})
    assert first.payload == {"amount": 5}
    assert first.id != second.id
    assert [e.id for e in read_events(path, EventMapping(), PARIS)] == [first.id, second.id]


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    path.write_text("id,name\n1,Ana\n")
    with pytest.raises(SourceError, match="the file is damaged, or no Parquet file"):
        list(read_contacts(path, ContactMapping(), PARIS))


def test_without_pyarrow_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path / "c.parquet", id=["1"])
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(SourceError) as caught:
        list(read_contacts(path, ContactMapping(), PARIS))
    assert caught.value.message == "reading Parquet needs the package `pyarrow`"
    assert caught.value.help == "install it with `pip install wend[parquet]`, or write the data as CSV"
