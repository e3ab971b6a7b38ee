"""The one door to the context: places, watchlist hits, and a real day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline import context, schema
from pipeline.config import ContextConfig
from pipeline.errors import UsageError

REAL_DAY = Path(__file__).parents[3] / "shared" / "real_ais" / "socal_2018-06-04.aisdk.csv.gz"
STATUS = {"At anchor": 1, "Moored": 5, "Restricted maneuverability": 3}


def test_places_of_nothing_but_the_shipped_data():
    found = context.build(schema.empty(schema.FIXES), schema.empty(schema.VESSELS), ContextConfig())
    places = found.place([25.2, 31.53, np.nan], [56.5, -119.2, 0.0])
    assert places.schema == pl.Schema(dict(context.PLACES))
    fujairah, open_sea, nowhere = places.rows(named=True)
    assert fujairah["port_name"] == "Fujairah"
    assert 10 < fujairah["shore_km"] < 20
    assert open_sea["shore_km"] > 100
    assert {fujairah["berth_km"], fujairah["zone"]} == {None}
    assert set(nowhere.values()) == {None, 0}
    assert found.watchlist_hit(schema.empty(schema.VESSELS)).columns == ["track", "watchlist"]


def test_user_files_take_the_place_of_the_shipped(tmp_path):
    (tmp_path / "ports.csv").write_text("name,lat,lon\nSecret Jetty,25.21,56.51\n")
    (tmp_path / "zones.geojson").write_text(
        '{"type": "Feature", "properties": {"name": "OPL"}, "geometry": {"type": "Polygon",'
        '"coordinates": [[[56, 25], [57, 25], [57, 26], [56, 26], [56, 25]]]}}'
    )
    config = ContextConfig(ports_file=tmp_path / "ports.csv", zones_file=tmp_path / "zones.geojson")
    found = context.build(schema.empty(schema.FIXES), schema.empty(schema.VESSELS), config)
    [place] = found.place(25.2, 56.5).rows(named=True)
    assert (place["port_name"], place["zone"]) == ("Secret Jetty", "OPL")
    assert place["port_km"] == place["listed_port_km"] == pytest.approx(1.5, abs=0.05)


def test_a_missing_file_is_told_before_the_work_begins(tmp_path):
    config = ContextConfig(fleet_file=tmp_path / "fleet.csv")
    with pytest.raises(UsageError, match=r"fleet\.csv"):
        context.load_user_files(config)


def test_a_learned_berth_is_nearer_than_a_listed_port_and_bears_its_name():
    n = 200
    rng = np.random.default_rng(5)
    fixes = schema.conform(
        pl.DataFrame(
            {
                "track": np.zeros(n, dtype=np.int32),
                "time": [
                    datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=3 * i) for i in range(n)
                ],
                "lat": 25.16 + rng.normal(0, 3e-5, n),
                "lon": 56.37 + rng.normal(0, 3e-5, n),
                "heading_deg": np.full(n, 20.0),
            }
        ),
        schema.FIXES,
    )
    vessels = schema.conform(pl.DataFrame({"track": [0], "mmsi": [470000000]}), schema.VESSELS)
    found = context.build(fixes, vessels, ContextConfig())
    [place] = found.place(25.161, 56.37).rows(named=True)
    assert place["port_name"] == "Fujairah"
    assert place["port_km"] == place["berth_km"] == pytest.approx(0.11, abs=0.02)
    assert (place["berth_ships"], place["listed_port_km"] > 1) == (1, True)
    [place] = found.place(25.161, 56.37, without=([0],)).rows(named=True)
    assert (place["berth_km"], place["berth_ships"]) == (None, 0)


def test_a_threshold_without_meaning_is_refused():
    with pytest.raises(ValueError, match="moored_min_h"):
        ContextConfig(moored_min_h=0)


@pytest.fixture(scope="module")
def real_day():
    if not REAL_DAY.exists():
        pytest.skip(f"the real day {REAL_DAY.name} is not here")
    number = {"strict": False}
    rows = pl.read_csv(REAL_DAY, infer_schema=False).select(
        time=pl.col("# Timestamp").str.to_datetime("%d/%m/%Y %H:%M:%S", time_zone="UTC"),
        mmsi=pl.col("MMSI").cast(pl.Int32),
        lat=pl.col("Latitude").cast(pl.Float64, **number),
        lon=pl.col("Longitude").cast(pl.Float64, **number),
        sog_kn=pl.col("SOG").cast(pl.Float32, **number),
        heading_deg=pl.col("Heading").cast(pl.Float32, **number),
        nav_status=pl.col("Navigational status").replace_strict(STATUS, default=15),
        name=pl.col("Name"),
    )
    rows = (
        rows.filter(pl.col("lat").is_between(-90, 90), pl.col("lon").is_between(-180, 180))
        .with_columns(pl.when(pl.col("heading_deg") < 360).then("heading_deg"))
        .unique(["mmsi", "time"], keep="first", maintain_order=True)
        .sort("mmsi", "time")
    )
    ships = rows.group_by("mmsi").agg(pl.col("name").drop_nulls().first()).sort("mmsi")
    ships = schema.conform(ships.with_row_index("track"), schema.VESSELS)
    fixes = rows.join(ships.select("mmsi", "track"), on="mmsi", maintain_order="left")
    return context.build(schema.conform(fixes, schema.FIXES), ships, ContextConfig()), ships


def test_berths_of_a_real_day_lie_in_its_ports(real_day):
    found, _ = real_day
    names = set(found.harbours.table["name"].drop_nulls())
    assert {"Long Beach", "San Diego", "Port Hueneme", "Santa Barbara"} <= names
    assert found.harbours.table["shore_km"].max() < 3  # El Segundo's sea berths
    assert found.harbours.table.height < 25


@pytest.mark.parametrize("mmsi", [566060000, 303422000, 311000415, 220580000, 311000112])
def test_ships_moored_that_day(real_day, mmsi):
    found, ships = real_day
    track = ships.filter(mmsi=mmsi)["track"][0]
    mine = found.stays.filter(track=track)
    assert mine["kind"].to_list() == ["moored"] * mine.height
    assert mine["hours"].sum() > 15


@pytest.mark.parametrize("mmsi", [241412000, 311000013, 538004071, 636014083])
def test_ships_at_anchor_that_day(real_day, mmsi):
    found, ships = real_day
    track = ships.filter(mmsi=mmsi)["track"][0]
    assert found.stays.filter(track=track)["kind"].to_list() == ["anchored"]


@pytest.mark.parametrize("mmsi", [636017969, 235076283])
def test_the_ships_of_the_lightering_lie_nowhere(real_day, mmsi):
    found, ships = real_day
    track = ships.filter(mmsi=mmsi)["track"][0]
    assert found.stays.filter(pl.col("track") == track, pl.col("kind") != "unclear").is_empty()


def test_the_lightering_was_far_from_everything(real_day):
    found, _ = real_day
    [place] = found.place(31.53, -119.2).rows(named=True)
    assert min(place["shore_km"], place["port_km"]) > 100
    assert place["berth_ships"] == 0
