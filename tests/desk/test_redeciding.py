from __future__ import annotations

import json
import shutil
import subprocess
import sys

import polars as pl
import pytest

from pipeline.config import Config
from pipeline.config.load import load
from pipeline.desk.redeciding import decide_run
from pipeline.errors import UsageError
from pipeline.progress import Quiet
from tests.conftest import ROOT
from tests.desk.conftest import full_run


def redecided(run, out, *overrides, file=None, overwrite=False):
    decide_run(run, file, overrides, out, overwrite=overwrite, progress=Quiet())
    return out


@pytest.mark.parametrize(
    "overrides",
    [
        [],
        ["rendezvous.transfer.duration_min_h=3"],
        ["rendezvous.transfer.relative_speed_max_kn=0.038", "rendezvous.lone.shore_min_km=100"],
        ["rendezvous.candidate_classes=[transfer, tug_or_tow, anchored_neighbours, drifting]"],
        ["rendezvous.candidate_classes=[passing]"],
        ["quota.cap.barrels=1000", "quota.seed=5", "quota.laden_fractions=[0.5]"],
        ["exports.zone_min_candidates=2", "exports.zone_reach_km=100"],
        ["exports.track_margin_h=1", "exports.track_tolerance_m=0"],
    ],
    ids=str,
)
def test_every_file_is_that_of_a_full_run(run, tmp_path, overrides):
    whole = full_run(tmp_path / "whole", load(None, overrides))
    again = redecided(run, tmp_path / "again", *overrides)
    names = sorted(path.name for path in whole.iterdir())
    assert sorted(path.name for path in again.iterdir()) == names
    for name in set(names) - {"manifest.json"}:
        assert (again / name).read_bytes() == (whole / name).read_bytes(), name


def test_a_threshold_changes_what_is_a_candidate(run, tmp_path):
    out = tmp_path / "out"
    told = decide_run(
        run,
        None,
        ["rendezvous.transfer.duration_min_h=3"],
        out,
        overwrite=False,
        progress=Quiet(),
    )
    assert (told.before, told.candidates) == (4, 3)
    assert len(json.loads((out / "candidates.geojson").read_text())["features"]) == 3


def test_the_manifest_says_from_which_run_it_was_decided(run, tmp_path):
    out = redecided(run, tmp_path / "one", "rendezvous.transfer.duration_min_h=3")
    again = redecided(out, tmp_path / "two", "quota.seed=5")
    before = json.loads((run / "manifest.json").read_text())
    manifest = json.loads((again / "manifest.json").read_text())
    assert manifest["config"]["rendezvous"]["transfer"]["duration_min_h"] == 3.0
    assert manifest["inputs"] == before["inputs"]
    source = manifest["decided_from"]
    assert source["run"] == str(out)
    assert source["config"]["quota"]["seed"] != manifest["config"]["quota"]["seed"] == 5
    assert len(source["encounters_sha256"]) == 64
    assert source["decided_from"]["run"] == str(run)
    assert source["decided_from"]["config_hash"] == before["config_hash"]


def test_deciding_back_gives_the_run_it_came_from(run, tmp_path):
    there = redecided(run, tmp_path / "there", "rendezvous.transfer.duration_min_h=3")
    back = redecided(there, tmp_path / "back", "rendezvous.transfer.duration_min_h=1")
    name = "encounters.parquet"
    assert (back / name).read_bytes() == (run / name).read_bytes()


def test_a_file_means_what_it_means_to_detect(run, tmp_path):
    first = redecided(run, tmp_path / "first", "rendezvous.transfer.duration_min_h=3")
    file = tmp_path / "my.yaml"
    file.write_text("quota:\n  seed: 5\n")
    out = redecided(first, tmp_path / "out", file=file)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["config"] == load(file).model_dump(mode="json")


def test_what_needs_the_dumps_is_refused_and_nothing_is_written(run, tmp_path):
    with pytest.raises(UsageError, match=r"rendezvous\.pairing\.sample_s is 60\.0.*and 30\.0"):
        redecided(run, tmp_path / "out", "rendezvous.pairing.sample_s=30")
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_another_version_that_measured_less_is_refused(run, tmp_path):
    old = shutil.copytree(run, tmp_path / "old")
    path = old / "encounters.parquet"
    pl.read_parquet(path).drop("contact_h").write_parquet(path)
    with pytest.raises(UsageError, match=r"no column contact_h: the run was made by"):
        redecided(old, tmp_path / "out")


def test_the_folder_is_refused_unless_it_may_be_replaced(run, tmp_path):
    out = redecided(run, tmp_path / "out")
    with pytest.raises(UsageError, match="exists already"):
        redecided(run, out)
    redecided(run, out, "quota.seed=5", overwrite=True)
    assert json.loads((out / "manifest.json").read_text())["config"]["quota"]["seed"] == 5


def test_a_run_can_be_decided_in_its_own_place(run, tmp_path):
    own = shutil.copytree(run, tmp_path / "own")
    redecided(own, own, "rendezvous.transfer.duration_min_h=3", overwrite=True)
    assert len(json.loads((own / "candidates.geojson").read_text())["features"]) == 3


def test_the_fleet_register_is_read_anew(run, tmp_path):
    register = tmp_path / "fleet.csv"
    register.write_text("mmsi,deadweight_t\n412000001,60000\n")
    out = redecided(run, tmp_path / "out", f"context.fleet_file={register}")
    assert Config().context.fleet_file is None
    assert "register" in (out / "quota.json").read_text()
    manifest = json.loads((out / "manifest.json").read_text())
    assert list(manifest["config_files"]) == [str(register)]


def test_deciding_imports_nothing_that_only_measuring_needs(run, tmp_path):
    code = (
        "import sys; from pathlib import Path; from pipeline.desk.redeciding import decide_run;"
        "from pipeline.progress import Quiet;"
        "decide_run(Path(sys.argv[1]), None, [], Path(sys.argv[2]), overwrite=False,"
        " progress=Quiet());"
        "print(*{'numba', 'sklearn', 'movingpandas', 'duckdb'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(run), str(tmp_path / "out")]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)  # noqa: S603 - this interpreter and programs named here
    assert done.stdout.split() == []
