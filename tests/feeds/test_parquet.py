from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline import schema
from pipeline.config.feeds import FeedsConfig, TableLayout
from pipeline.feeds import parquet
from tests.feeds.made import find, read, times, write

AT = datetime(2018, 6, 4, 0, 0, 1, 250000, tzinfo=UTC)


def rows(**columns: object) -> pl.DataFrame:
    return pl.DataFrame({"mmsi": [219000001], "time": [AT], "lat": [1.5], "lon": [2.5], **columns})


def test_our_own_names_and_dtypes(tmp_path: Path) -> None:
    table = schema.conform(
        rows(sog_kn=[1.5], nav_status=[3], class_b=[True], heading_deg=[91.0]), schema.POSITIONS
    )
    table.write_parquet(tmp_path / "a.parquet")
    batch, ledger = read(tmp_path / "a.parquet")
    expected = table.with_columns(file=pl.lit(0, pl.UInt16), row=pl.lit(1, pl.UInt32))
    assert batch.positions.equals(expected)
    assert ledger.rows_used == 1


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([AT], pl.Datetime("us", "UTC")),
        ([AT.replace(tzinfo=None)], pl.Datetime("ns")),
        ([AT], pl.Datetime("ms", "Asia/Tokyo")),
        ([1528070401250], pl.Int64),
        ([1528070401.25], pl.Float64),
        (["2018-06-04T00:00:01.25Z"], pl.String),
    ],
)
def test_times_of_any_kind(tmp_path: Path, values: list[object], dtype: pl.DataType) -> None:
    rows(time=pl.Series(values, dtype=dtype)).write_parquet(tmp_path / "a.parquet")
    assert times(read(tmp_path / "a.parquet")[0]) == ["2018-06-04 00:00:01.250"]


def test_rows_that_give_nothing_are_counted_with_their_values(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "mmsi": [219000001, None, 219000003, 219000004],
            "time": [AT, AT, None, AT],
            "lat": [1.5, 1.5, 1.5, None],
            "lon": [2.5, 2.5, 2.5, 2.5],
            "name": ["A", "B", "C", "D"],
        }
    )
    table.write_parquet(tmp_path / "a.parquet")
    batch, ledger = read(tmp_path / "a.parquet")
    assert batch.positions["row"].to_list() == [1]
    assert dict(ledger.rejected) == {
        "feeds.bad_mmsi": 1,
        "feeds.bad_time": 1,
        "feeds.bad_position": 1,
    }
    example = ledger.examples["feeds.bad_time"][0]
    assert example == f"{tmp_path}/a.parquet:3: 219000003,,1.5,2.5,C"


def test_rows_are_numbered_through_all_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pl.concat([rows(name=[f"S{k % 3}"], lat=[k / 10]) for k in range(1000)])
    table.write_parquet(tmp_path / "a.parquet", row_group_size=100)
    whole, _ = read(tmp_path / "a.parquet")
    monkeypatch.setattr(parquet, "ROWS", 64)
    parts, _ = read(tmp_path / "a.parquet")
    assert whole.positions["row"].to_list() == list(range(1, 1001))
    assert parts.positions.equals(whole.positions)
    assert parts.statics.equals(whole.statics)


def test_parquet_inside_an_archive(tmp_path: Path) -> None:
    rows().write_parquet(tmp_path / "a.parquet")
    packed = gzip.compress((tmp_path / "a.parquet").read_bytes())
    assert read(write(tmp_path / "b.gz", packed))[0].positions.height == 1


def test_a_table_described_by_the_user(tmp_path: Path) -> None:
    table = pl.DataFrame({"ship": [219000001], "when": [1528070401250], "y": [1.5], "x": [2.5]})
    table.write_parquet(tmp_path / "a.parquet")
    columns = {"mmsi": "ship", "time": "when", "lat": "y", "lon": "x"}
    layout = TableLayout(name="mine", columns=columns, time_format="epoch_ms")
    config = FeedsConfig(tables=(layout,))
    assert find(tmp_path / "a.parquet", config=config)[0][0].layout == "mine"
    assert times(read(tmp_path / "a.parquet", config=config)[0]) == ["2018-06-04 00:00:01.250"]


@pytest.mark.parametrize("column", ["mmsi", "time"])
@pytest.mark.parametrize("value", [[1], {"a": 1}, b"1"])
def test_a_column_of_lists_or_bytes_is_no_key(tmp_path: Path, column: str, value: object) -> None:
    rows(**{column: [value]}).write_parquet(tmp_path / "a.parquet")
    _, skipped, _ = find(tmp_path / "a.parquet")
    assert f"its column '{column}' holds" in skipped[0].reason


def test_a_column_of_lists_that_is_not_needed_is_left_out(tmp_path: Path) -> None:
    rows(type=[[1, 2]]).write_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet")[0].positions.height == 1


@pytest.mark.parametrize("name", [b"\xff.parquet", b"a\nb.parquet", b"*[0-9].parquet"])
def test_a_file_of_any_name_is_read(tmp_path: Path, name: bytes) -> None:
    frame = {"mmsi": [219000001], "timestamp": [1528070401], "lat": [1.5], "lon": [2.5]}
    pl.DataFrame(frame).write_parquet(tmp_path / "b1.parquet")
    path = (tmp_path / "b1.parquet").rename(tmp_path / os.fsdecode(name))
    batch, ledger = read(path)
    assert batch.positions.height == 1
    assert ledger.files[0].isprintable()
