from __future__ import annotations

import subprocess
import sys

import geopandas as gpd
import pytest

import pipeline
from pipeline.errors import UsageError
from tests.conftest import ROOT
from tests.desk.conftest import LONG


@pytest.fixture(scope="module")
def loaded(run):
    return pipeline.load(str(run))


@pytest.mark.parametrize("layer", ["candidates", "tracks", "zones"])
def test_layers_are_those_of_the_files(run, loaded, layer):
    of_file = gpd.read_file(run / "alongside.gpkg", layer=layer)
    frame = getattr(loaded, layer)
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs == "EPSG:4326"
    assert list(frame.columns.drop("geometry")) == list(of_file.columns.drop("geometry"))
    assert frame.geometry.geom_equals(of_file.geometry).all()


def test_integers_stay_integers_beside_what_is_unknown(loaded):
    assert loaded.candidates["mmsi_b"].isna().any()
    assert str(loaded.candidates["mmsi_b"].dtype).startswith("int32")


def test_encounters_hold_the_rejected_too(loaded):
    encounters = loaded.encounters
    assert len(encounters) == 15
    assert {"anchored_neighbours", "tug_or_tow", "transfer"} <= set(encounters["class"])
    assert "scatter_hull_m" in encounters.columns


def test_trajectories_are_moving_pandas_own(loaded):
    found = loaded.trajectories
    assert type(found).__name__ == "TrajectoryCollection"
    assert len(found) == 7  # three pairs, one alone
    event = loaded.candidates.set_index("mmsi_a").loc[LONG, "event_id"]
    track = found.get_trajectory(f"{event} b")
    assert track.df["mmsi"].unique() == [LONG + 1]
    assert 0.1 < track.df["sog_kn"].median() < 2.0
    assert str(track.df.index.tz) == "None"
    assert track.get_length() > 1000.0


def test_quota_and_manifest_are_there(loaded):
    assert loaded.manifest["inputs"][0]["path"] == "sea.csv"
    assert loaded.quota["scenarios"]
    assert loaded.config.rendezvous.transfer.duration_min_h == 1.0


def test_a_folder_that_is_no_run(tmp_path):
    with pytest.raises(UsageError, match="is no finished run"):
        pipeline.load(tmp_path)


def test_the_package_imports_nothing_heavy_before_it_is_asked():
    code = "import sys, pipeline; print(*{m.split('.')[0] for m in sys.modules})"
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    heavy = {"polars", "geopandas", "pandas", "numpy", "pydantic", "movingpandas"}
    assert not heavy & set(out.stdout.split())
