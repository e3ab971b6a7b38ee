from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline import schema
from pipeline.config import Config
from pipeline.feeds import cleaned
from tests.cleaning.ships import NOON
from tests.feeds.made import find, read

SETTINGS = Config().cleaning.model_dump(mode="json")
MIDNIGHT_H = 12  # after noon


def fixes() -> pl.DataFrame:
    """Two ships' fixes, every two hours over midnight, the second across the antimeridian."""
    hours = [0, 2, 4, 6, 8, 10, 12, 14]
    rows = {
        "track": [0] * len(hours) + [1] * len(hours),
        "time": [NOON] * 2 * len(hours),
        "lat": [50.0 + 0.1 * h for h in hours] * 2,
        "lon": [5.0] * len(hours) + [179.0, 179.3, 179.6, 179.9, -179.8, -179.5, -179.2, -178.9],
        "sog_kn": [10.3, None] * len(hours),
        "nav_status": [0, 5] * len(hours),
        "flags": ["stuck", None] * len(hours),
    }
    shift = pl.Series("h", hours * 2, pl.Int64).cast(pl.Duration("ms")) * 3_600_000
    return schema.conform(pl.DataFrame(rows).with_columns(pl.col("time") + shift), schema.FIXES)


def vessels() -> pl.DataFrame:
    """The ships: two of one number."""
    rows = {
        "track": [0, 1],
        "track_id": ["211000001", "211000001/2"],
        "mmsi": [211000001, 211000001],
        "imo": [9074729, None],
        "name": ["ONE", None],
        "ship_type": [80, None],
        "a_m": [100.0, None],
        "class_b": [False, None],
        "fixes": [8, 8],
        "flags": ["shared_mmsi", "shared_mmsi"],
    }
    return schema.conform(pl.DataFrame(rows), schema.VESSELS)


def draughts() -> pl.DataFrame:
    """What the first of them typed, the first before she was heard."""
    hours = pl.Series([-1, 5, 13], dtype=pl.Int64).cast(pl.Duration("ms")) * 3_600_000
    table = pl.DataFrame({"track": [0, 0, 0], "draught_m": [7.0, 8.5, 12.0]})
    return schema.conform(table.with_columns(time=NOON + hours), schema.DRAUGHTS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cleaned dump."""
    files = cleaned.write([fixes()], vessels(), draughts(), tmp_path)
    content = {cleaned.FILES_KEY: files, "config": {"cleaning": SETTINGS}}
    (tmp_path / cleaned.MANIFEST_FILE).write_text(json.dumps(content))
    return tmp_path


def test_a_folder_a_day_is_read_by_geopandas_and_says_what_each_ship_is(folder: Path) -> None:
    import geopandas

    days = sorted(path.name for path in (folder / "positions").iterdir())
    assert days == ["date=2024-03-01", "date=2024-03-02"]
    rows = geopandas.read_parquet(folder / "positions")
    assert rows.crs == "OGC:CRS84"
    assert rows.geometry.x.tolist() == rows["lon"].tolist()
    assert rows.geometry.y.tolist() == rows["lat"].tolist()
    assert len(rows) == 16
    last = rows[rows["track_id"] == "211000001"].iloc[-1]
    assert (last["name"], last["imo"], last["draught_m"]) == ("ONE", 9074729, 12.0)
    assert last["ship_flags"] == "shared_mmsi"
    assert set(rows["flags"].dropna()) == {"stuck"}


def test_a_whole_folder_gives_back_what_was_written(folder: Path) -> None:
    sources, skipped, ledger = find(folder)
    assert {one.layout for one in sources} == {"alongside-cleaned"}
    assert sorted(one.reason for one in skipped if one.path.suffix == ".parquet") == [
        "the draughts of alongside itself, no feed",
        "the vessels of alongside itself, no feed",
    ]
    known = cleaned.whole(sources, SETTINGS, ledger)
    assert known is not None
    assert not ledger.messages
    for table, wanted in zip(
        known.part(0, 999_999_999), (fixes(), vessels(), draughts()), strict=True
    ):
        assert_frame_equal(table, wanted)
    assert all(table.is_empty() for table in known.part(0, 200_000_000))


def test_a_day_of_it_is_read_as_any_feed(folder: Path) -> None:
    sources, _, ledger = find(folder / "positions" / "date=2024-03-02")
    assert cleaned.whole(sources, SETTINGS, ledger) is None
    assert "cleaned anew" in ledger.messages[0]
    batch, ledger = read(folder / "positions" / "date=2024-03-02")
    assert batch.positions.height == 4
    assert not ledger.rejected
    typed = batch.statics.filter(pl.col("name") == "ONE")
    assert sorted(typed.select("imo", "ship_type", "draught_m", "a_m").unique().rows()) == [
        (9074729, 80, 8.5, 100.0),
        (9074729, 80, 12.0, 100.0),
    ]


def test_beside_another_dump_it_is_cleaned_anew(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "a.csv"
    other.write_text("mmsi,time,lat,lon\n219000001,2024-03-01 00:00:00,55,10\n")
    sources, _, ledger = find(folder, other)
    assert cleaned.whole(sources, SETTINGS, ledger) is None
    assert ledger.messages


def test_other_settings_of_cleaning_are_said_not_to_act(folder: Path) -> None:
    sources, _, ledger = find(folder)
    assert cleaned.whole(sources, SETTINGS | {"sog_max_kn": 50.0}, ledger) is not None
    assert "other settings" in ledger.messages[0]


def test_dumps_alone_are_no_cleaned_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mmsi,time,lat,lon\n219000001,2024-03-01 00:00:00,55,10\n")
    sources, _, ledger = find(path)
    assert cleaned.whole(sources, SETTINGS, ledger) is None
    assert not ledger.messages
