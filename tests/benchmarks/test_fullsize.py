"""The full-size generator on a small day: one day in every layout, transfers where it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from pyais import IterMessages

from benchmarks.fullsize import LAYOUTS, make

SMALL: dict[str, Any] = {"seed": 3, "rows": 12_000, "ships": 1_200, "days": 1, "spread": False}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fullsize")
    return {name: make(folder / name, layout=name, **SMALL)[0] for name in LAYOUTS}


@pytest.fixture(scope="module")
def rows(files):
    return pl.read_csv(files["csv"], try_parse_dates=True)


def test_the_tables_hold_the_same_rows(files, rows):
    assert len(rows) == SMALL["rows"]
    assert rows["BaseDateTime"].is_sorted()
    assert pl.read_csv(files["zstd"], try_parse_dates=True).equals(rows)
    parquet = pl.read_parquet(files["parquet"])
    assert parquet.columns == rows.columns
    assert np.array_equal(parquet["LAT"].to_numpy(), rows["LAT"].to_numpy())


def test_the_sentences_say_what_the_table_does(files, rows):
    positions, lengths = [], {}
    with files["nmea"].open("rb") as stream:
        message: Any
        for message in IterMessages(stream):
            sent: Any = message.decode().asdict()
            if sent["msg_type"] in (1, 18):
                message.tag_block.init()
                positions.append((int(message.tag_block.receiver_timestamp), sent))
            elif "to_bow" in sent:
                lengths[sent["mmsi"]] = sent["to_bow"] + sent["to_stern"]
    assert len(positions) == len(rows)
    for (time, sent), row in zip(positions[::97], rows[::97].iter_rows(named=True), strict=True):
        assert sent["mmsi"] == row["MMSI"]
        assert datetime.fromtimestamp(time, UTC).replace(tzinfo=None) == row["BaseDateTime"]
        assert sent["lat"] == pytest.approx(row["LAT"], abs=2e-6)
        assert sent["lon"] == pytest.approx(row["LON"], abs=2e-6)
        assert sent["speed"] == pytest.approx(row["SOG"])
        assert lengths[row["MMSI"]] == row["Length"]


def test_the_planted_ships_lie_beside_each_other(files, rows):
    events = json.loads((files["csv"].parents[1] / "truth.json").read_text())
    assert len(events) == 50
    for event in events[::7]:
        middle = datetime.fromisoformat(event["start"]).replace(tzinfo=None)
        middle += (
            datetime.fromisoformat(event["end"]) - datetime.fromisoformat(event["start"])
        ) / 2
        places = []
        for mmsi in (event["mmsi_a"], event["mmsi_b"]):
            ship = rows.filter(pl.col("MMSI") == mmsi)
            nearest = (ship["BaseDateTime"] - middle).abs().arg_min()
            places.append((ship["LAT"][nearest], ship["LON"][nearest]))
        (lat, lon), (lat_b, lon_b) = places
        off = np.hypot(lat_b - lat, (lon_b - lon) * np.cos(np.radians(lat))) * 111_320
        assert off < 1_200  # a few reports a day, of ships that swing at anchor


def test_spread_out_there_is_no_dense_port(tmp_path, rows):
    file = make(tmp_path, layout="csv", **{**SMALL, "spread": True})[0]
    places = [
        frame.unique("MMSI").select(pl.col("LAT", "LON").round(1)).unique().height
        for frame in (rows, pl.read_csv(file))
    ]
    assert places[1] > 1.5 * places[0]


def test_too_few_ships_are_refused(tmp_path):
    with pytest.raises(SystemExit, match="at least"):
        make(tmp_path, layout="csv", **{**SMALL, "ships": 100})
