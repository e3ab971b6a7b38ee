"""The real feeds that lie beside the project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.feeds.made import find, read


@pytest.mark.parametrize(
    ("name", "layout", "rows", "positions"),
    [
        ("socal_2018-06-04.aisdk.csv.gz", "dma-csv", 111_462, 111_462),
        ("marinecadastre_2022-01-03_first99999.csv.gz", "marinecadastre-csv", 99_999, 99_999),
        ("SolentAIS_20160112_130211.csv", "columns-by-name", 18_623, 18_623),
        ("socal_2018-06-04.nmea.gz", "nmea", 116_396, 111_462),
        ("dma_drift_538004030.nmea.gz", "nmea", 16_104, 5_029),
    ],
)
def test_real_feeds(real_ais: Path, name: str, layout: str, rows: int, positions: int) -> None:
    assert find(real_ais / name)[0][0].layout == layout
    batch, ledger = read(real_ais / name)
    assert ledger.rows_read == rows
    assert batch.positions.height == positions
    assert not ledger.messages


def test_a_day_is_the_same_as_a_table_and_as_a_log(real_ais: Path) -> None:
    table, _ = read(real_ais / "socal_2018-06-04.aisdk.csv.gz")
    log, _ = read(real_ais / "socal_2018-06-04.nmea.gz")
    order = ["mmsi", "time", "lat", "lon"]
    # The log was encoded from the table, whose positions carry one digit more than AIS sends.
    one = table.positions.sort(order).select("mmsi", "time", pl.col("lat", "lon").round(4))
    other = log.positions.sort(order).select("mmsi", "time", pl.col("lat", "lon").round(4))
    assert one.select("mmsi", "time").equals(other.select("mmsi", "time"))
    moved = (one["lat"] - other["lat"]).abs() + (one["lon"] - other["lon"]).abs()
    assert (moved < 0.0003).mean() > 0.999  # type: ignore[operator]


def test_what_the_australian_log_holds(real_ais: Path) -> None:
    _, ledger = read(real_ais / "amsa_2012-01-27.nmea.gz")
    assert ledger.rows_read == 44_687
    # Clocks of receivers place all but what stands before the first of them and after the last.
    assert ledger.rejected["feeds.nmea_no_time"] < 50
    assert ledger.rejected["feeds.nmea_bad_checksum"] == 112


def test_what_a_satellite_delivers_is_placed_when_it_was_heard(real_ais: Path) -> None:
    batch, ledger = read(real_ais / "exactearth_2012.nmea.gz")
    # The log was written from 11:32 on.
    assert batch.positions["time"].max() < datetime(2012, 2, 2, 11, 32, tzinfo=UTC)  # type: ignore[operator]
    assert ledger.rejected["feeds.nmea_no_time"] < 60
