import json
import math
import re
from dataclasses import replace

import polars as pl
import pytest

from pipeline import schema
from pipeline.config import ExportsConfig
from pipeline.errors import AlongsideError
from pipeline.exports import Results, write
from pipeline.exports.layers import CANDIDATE_PROPERTIES
from pipeline.progress import Quiet
from tests.exports.conftest import World

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x")',
    'quo"te, comma; \\ backslash',
    "N" * 10_000,
    '{"a": 1}',
    "[1, 2]",
    "[% 1+1 %]",
]


def written(results: Results, folder):
    folder.mkdir()
    write(results, folder, ExportsConfig(), Quiet())
    return folder


def features(folder, layer):
    return json.loads((folder / f"{layer}.geojson").read_text(encoding="utf-8"))["features"]


def full_world() -> World:
    world = World()
    world.meet(205000001, 205000002, score=0.8, imo_a=9074729)
    world.meet(205000003, None, lat=-1.0, lon=179.99)
    world.meet(205000004, 205000005, candidate=False)
    return world


def test_the_same_results_give_the_same_bytes(tmp_path):
    results = full_world().results()
    tables = ("encounters", "volumes", "draughts")  # fixes come sorted by track and time
    shuffled = replace(
        results,
        **{
            name: getattr(results, name).sample(fraction=1, shuffle=True, seed=1) for name in tables
        },
    )
    one, two = written(results, tmp_path / "one"), written(shuffled, tmp_path / "two")
    names = sorted(p.name for p in one.iterdir())
    assert names == sorted(p.name for p in two.iterdir())
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_a_candidate_has_every_property_of_the_contract_in_order(tmp_path):
    for feature in features(written(full_world().results(), tmp_path / "run"), "candidates"):
        assert list(feature["properties"]) == list(CANDIDATE_PROPERTIES)


def test_integers_stay_integers_beside_unknown_ones(tmp_path):
    one, two = features(written(full_world().results(), tmp_path / "run"), "candidates")
    assert one["properties"]["imo_a"] == 9074729
    assert isinstance(one["properties"]["imo_a"], int)
    assert isinstance(one["properties"]["mmsi_b"], int)
    assert two["properties"]["imo_a"] is None
    assert two["properties"]["mmsi_b"] is None


def test_times_are_utc_to_the_second(tmp_path):
    folder = written(full_world().results(), tmp_path / "run")
    for layer in ("candidates", "tracks", "zones"):
        for feature in features(folder, layer):
            for key in ("start_utc", "end_utc"):
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", feature["properties"][key])


def test_what_is_not_a_number_is_null(tmp_path):
    world = World()
    world.meet(205000001, 205000002, shore_km=math.nan, silence_a_h=-0.0)
    (feature,) = features(written(world.results(), tmp_path / "run"), "candidates")
    assert feature["properties"]["shore_km"] is None
    assert str(feature["properties"]["silence_a_h"]) == "0.0"


def test_a_run_without_candidates_gives_valid_empty_layers(tmp_path):
    nothing = Results(
        encounters=schema.empty(schema.ENCOUNTERS),
        volumes=schema.empty(schema.VOLUMES),
        fixes=schema.empty(schema.FIXES),
        vessels=schema.empty(schema.VESSELS),
        draughts=schema.empty(schema.DRAUGHTS),
        quota={"scenarios": []},
        manifest={},
    )
    folder = written(nothing, tmp_path / "run")
    for layer in ("candidates", "tracks", "zones"):
        content = json.loads((folder / f"{layer}.geojson").read_text())
        assert content["type"] == "FeatureCollection"
        assert content["features"] == []
    assert (folder / "quota.csv").read_text().count("\n") == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(tmp_path, name):
    world = World()
    world.meet(205000001, 205000002, name_a=name)
    folder = written(world.results(), tmp_path / "run")
    (feature,) = features(folder, "candidates")
    assert feature["properties"]["name_a"] == name
    assert features(folder, "tracks")[0]["properties"]["name"] == name
    (row,) = pl.read_csv(folder / "quota.csv", infer_schema=False).iter_rows(named=True)
    assert row["vessel_a"].removeprefix("'") == name
    assert not row["vessel_a"].startswith("=")


def test_control_and_reordering_signs_are_shown_and_kept_raw_in_parquet(tmp_path):
    world = World()
    name = "A\u202eB\x00C\x1b"
    world.meet(205000001, 205000002, name_a=name)
    folder = written(world.results(), tmp_path / "run")
    (feature,) = features(folder, "candidates")
    assert feature["properties"]["name_a"] == "A\ufffdB\ufffdC\ufffd"
    assert pl.read_parquet(folder / "encounters.parquet")["name_a"].to_list() == [name]


def test_encounters_hold_every_row_and_column(tmp_path):
    results = full_world().results()
    table = pl.read_parquet(written(results, tmp_path / "run") / "encounters.parquet")
    assert table.columns == results.encounters.columns
    assert sorted(table["event_id"]) == ["E0000", "E0001", "E0002"]


def test_every_candidate_has_its_tracks(tmp_path):
    folder = written(full_world().results(), tmp_path / "run")
    ids = {f["properties"]["event_id"] for f in features(folder, "candidates")}
    assert {f["properties"]["event_id"] for f in features(folder, "tracks")} == ids


def test_quota_rows_run_in_time_with_their_running_total(tmp_path):
    world = World()
    world.meet(205000001, 205000002, volume=100_000.0)
    world.meet(205000003, 205000004, volume=None)
    world.meet(205000005, 205000006, volume=50_000.0)
    table = pl.read_csv(written(world.results(), tmp_path / "run") / "quota.csv")
    assert table["date"].to_list() == ["2018-06-05"] * 3
    assert table["cumulative_median_bbl"].to_list() == [100_000.0, 100_000.0, 150_000.0]
    assert table["volume_median_bbl"].to_list() == [100_000.0, None, 50_000.0]


def test_json_has_no_infinite_numbers_and_a_stable_order(tmp_path):
    world = World()
    manifest = {"b": {"z": math.inf, "a": 1}, "a": ["\u202e"]}
    folder = written(
        world.results(quota={"scenarios": [], "median": math.nan}, manifest=manifest),
        tmp_path / "run",
    )
    text = (folder / "manifest.json").read_text(encoding="ascii")
    assert list(json.loads(text)) == ["a", "b"]
    assert json.loads(text)["b"] == {"a": 1, "z": None}
    assert json.loads((folder / "quota.json").read_text())["median"] is None


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "run" / "zones.geojson").mkdir(parents=True)
    with pytest.raises(AlongsideError, match=r"zones\.geojson could not be written"):
        write(full_world().results(), tmp_path / "run", ExportsConfig(), Quiet())
