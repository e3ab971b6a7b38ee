"""Whole worlds: the same for a seed, whatever is heard of them; their truth; their layouts."""

import ast
import csv
import gzip
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from pyais import IterMessages

from benchmarks.world.compose import make_world
from benchmarks.world.options import VARIANTS, Options
from benchmarks.world.writers import danish, marinecadastre, nmea
from benchmarks.world.writers.csv import DANISH, MARINECADASTRE
from benchmarks.world.writers.nmea import checksums, pack

SMALL = Options(transfers=1, decoys=1, background=5)  # each kind once


@pytest.fixture(scope="module")
def world():
    return make_world(11, SMALL)


@pytest.fixture(scope="module")
def some(world):
    """Reports of an hour: enough to check a layout by."""
    first = world.reports["time"][0]
    return world.reports.filter(pl.col("time") < first + 30 * 3_600_000).gather_every(37)


def test_the_same_seed_gives_the_same_world(world):
    again = make_world(11, SMALL)
    assert again.reports.equals(world.reports)
    assert again.truth == world.truth
    assert again.statics == world.statics


def test_a_world_too_short_for_its_scenes_is_refused():
    with pytest.raises(ValueError, match="a world of 1 days: its scenes need 2"):
        Options(days=1)


@pytest.mark.parametrize("variant", ["no-dimensions", "no-headings"])
def test_what_is_left_out_changes_nothing_else(world, variant):
    options = VARIANTS[variant]
    changed = make_world(
        11, Options(**{**vars(options), "transfers": 1, "decoys": 1, "background": 5})
    )
    same = ["key", "mmsi", "time", "lat", "lon", "sog_kn"]
    assert changed.reports.select(same).equals(world.reports.select(same))
    if variant == "no-dimensions":
        assert all(s.length_m is None and s.abcd_m is None for s in changed.statics.values())
    if variant == "no-headings":
        assert (changed.reports["heading_deg"] == 511).all()


def test_truth_is_complete_and_in_the_scorers_form(world):
    kinds = {x["kind"] for x in world.truth}
    assert {"vlcc_pair", "never_heard", "antimeridian", "equator", "arctic", "bunkering"} <= kinds
    assert len({x["id"] for x in world.truth}) == len(world.truth)
    for event in world.truth:
        assert event["label"] in {"sts", "dark", "decoy"}
        assert event["mmsi_b"] is None or event["mmsi_a"] < event["mmsi_b"]
        assert event["start"] < event["end"]
        assert event["start"].endswith("Z")
        assert -90 <= event["lat"] <= 90
        assert -180 <= event["lon"] < 180
        if event["label"] == "dark":
            assert event["mmsi_b"] is None


def test_a_partner_never_heard_is_in_no_report(world):
    heard = set(world.reports["mmsi"].to_list())
    for scene in world.scenes:
        for voyage in scene.voyages:
            assert voyage.heard or voyage.ship.mmsi not in heard


def test_events_where_the_map_ends_are_where_they_should_be(world):
    by_kind = {x["kind"]: x for x in world.truth}
    assert abs(by_kind["equator"]["lat"]) < 0.1
    assert abs(by_kind["antimeridian"]["lon"]) > 179.9
    assert by_kind["arctic"]["lat"] > 79.5
    lon = world.reports.filter(pl.col("mmsi") == by_kind["antimeridian"]["mmsi_a"])["lon"]
    lon = lon.filter(lon.abs() <= 180)
    assert lon.abs().min() > 170  # a ship that is wrapped wrongly would pass through zero


def test_marinecadastre_has_the_right_columns_and_rows(world, some, tmp_path):
    file = tmp_path / "x.csv.gz"
    marinecadastre(world, file, some)
    with gzip.open(file, "rt") as stream:
        rows = list(csv.reader(stream))
    assert tuple(rows[0]) == MARINECADASTRE
    assert {len(r) for r in rows} == {17}
    ships = some.filter(pl.col("mmsi") < 900_000_000)
    assert len(rows) - 1 == ships.height
    assert sum(float(r[2]) for r in rows[1:]) == pytest.approx(ships["lat"].sum(), abs=1e-3)


def test_danish_has_the_right_columns_and_day_first(world, some, tmp_path):
    file = tmp_path / "x.csv"
    danish(world, file, some)
    with file.open() as stream:
        rows = list(csv.reader(stream))
    assert tuple(rows[0]) == DANISH
    assert {len(r) for r in rows} == {26}
    assert len(rows) - 1 == some.height
    assert rows[1][0] == world.start.strftime("%d/%m/%Y ") + rows[1][0][11:]
    assert {r[1] for r in rows[1:]} >= {"Class A", "Class B"}


def test_nmea_decodes_to_the_same_positions(world, some, tmp_path):
    file = tmp_path / "x.nmea"
    nmea(world, file, some)
    found = []
    with file.open("rb") as stream:
        for message in IterMessages(stream):
            assert message.is_valid
            sent = message.decode().asdict()
            if sent["msg_type"] in (1, 18, 21):
                assert message.tag_block is not None
                message.tag_block.init()
                time = int(message.tag_block.receiver_timestamp or 0) * 1000
                found.append((sent["mmsi"], time, sent["lat"], sent["lon"]))
    got = pl.DataFrame(found, schema=["mmsi", "time", "lat", "lon"], orient="row")
    got = got.sort("mmsi", "time", "lat", "lon")
    want = some.sort("mmsi", "time", "lat", "lon")
    assert got["mmsi"].to_list() == want["mmsi"].to_list()
    assert got["time"].to_list() == want["time"].to_list()
    assert np.abs((got["lat"] - want["lat"]).to_numpy()).max() < 1 / 600_000 + 1e-6
    assert np.abs((got["lon"] - want["lon"]).to_numpy()).max() < 1 / 600_000 + 1e-6


def test_nmea_carries_names_sizes_and_draughts(world, some, tmp_path):
    file = tmp_path / "x.nmea"
    nmea(world, file, some)
    by_mmsi = {s.mmsi: s for s in world.statics.values()}
    seen = 0
    with file.open("rb") as stream:
        for message in IterMessages(stream):
            sent = message.decode().asdict()
            if sent["msg_type"] != 5:
                continue
            ship = by_mmsi[sent["mmsi"]]
            if sum(s.mmsi == ship.mmsi for s in world.statics.values()) > 1:
                continue  # a shared MMSI
            assert sent["shipname"] == ship.name
            assert sent["ship_type"] == ship.ship_type
            size = (sent["to_bow"], sent["to_stern"], sent["to_port"], sent["to_starboard"])
            assert size == (ship.abcd_m or (0, 0, 0, 0))
            seen += 1
    assert seen > 50


def test_packing_and_checksums_by_hand():
    bits = pack([(3, np.array([5, -1])), (2, 1)], 2)
    assert bits.tolist() == [[1, 0, 1, 0, 1], [1, 1, 1, 0, 1]]
    body = "AIVDM,1,1,,A,15NulJ001;oRwS0C?EA=Cgv3P000,0"  # a real sentence
    assert checksums([body, "A"]) == [0x58, 0x41]


def test_the_world_knows_nothing_of_the_detector():
    root = Path(__file__).parents[2] / "benchmarks" / "world"
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(n.split(".")[0] == "pipeline" for n in names), file
