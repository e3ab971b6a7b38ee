from __future__ import annotations

import json
import shutil

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline import __version__, schema
from pipeline.config import Config
from pipeline.desk.reading import read, run_config
from pipeline.errors import UsageError
from tests.desk.conftest import LONE, LONG, sea


@pytest.fixture
def copy(run, tmp_path):
    """A run that may be damaged."""
    return shutil.copytree(run, tmp_path / "june")


def fails(folder):
    with pytest.raises(UsageError) as error:
        read(folder)
    return str(error.value)


def test_what_was_written_is_read_back(run):
    results = read(run)
    here = sea()
    assert results.encounters.columns == here.measured.columns
    assert results.encounters.filter("candidate")["mmsi_a"].to_list() == [
        LONG,
        LONG + 100,
        LONG + 200,
        LONE,
    ]
    assert_frame_equal(results.port_calls, here.port_calls)
    assert_frame_equal(
        results.draughts.join(results.vessels, on="track").select("mmsi", "time", "draught_m"),
        here.draughts.join(here.vessels, on="track").select("mmsi", "time", "draught_m"),
    )
    assert results.manifest["inputs"][0]["path"] == "sea.csv"
    assert len(results.quota["scenarios"]) == 3


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("fixes", schema.FIXES),
        ("vessels", schema.VESSELS),
        ("draughts", schema.DRAUGHTS),
        ("port_calls", schema.PORT_CALLS),
        ("volumes", schema.VOLUMES),
    ],
)
def test_every_table_has_its_schema(run, table, columns):
    assert getattr(read(run), table).schema == pl.Schema(columns)


def test_volumes_are_those_of_the_candidates(run):
    volumes = read(run).volumes.drop_nulls("volume_median_bbl")
    assert volumes.height == 4
    assert (volumes["volume_low_bbl"] <= volumes["volume_high_bbl"]).all()


def test_settings_are_read_back(run):
    assert run_config(dict(read(run).manifest), run) == Config()


def test_a_folder_that_is_not_there(tmp_path):
    assert "there is no such folder" in fails(tmp_path / "none")


def test_a_file(tmp_path):
    (tmp_path / "june").write_text("")
    assert "is a file" in fails(tmp_path / "june")


def test_a_folder_that_is_no_run(tmp_path):
    assert "is no finished run" in fails(tmp_path)
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}')
    assert "is no manifest of a run" in fails(tmp_path)


def test_a_folder_of_another_command(tmp_path):
    (tmp_path / "manifest.json").write_text('{"alongside": "tune"}')
    assert "what alongside tune wrote" in fails(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["encounters.parquet", "fixes.parquet", "vessels.parquet", "quota.csv", "quota.json"],
)
def test_a_file_that_is_missing_or_damaged_is_named(copy, name):
    (copy / name).write_bytes(b"\x00cut")
    assert f"{name}: " in fails(copy)
    assert "run detect again" in fails(copy)
    (copy / name).unlink()
    assert f"{name}: is missing" in fails(copy)


def test_a_column_that_is_missing_is_named(copy):
    path = copy / "vessels.parquet"
    pl.read_parquet(path).drop("length_m", "flags").write_parquet(path)
    assert "vessels.parquet: has no column length_m, flags" in fails(copy)


def test_a_run_of_another_version_is_told_as_one(copy):
    path = copy / "vessels.parquet"
    pl.read_parquet(path).drop("flags").write_parquet(path)
    assert f"another build of version {__version__}" in fails(copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "version": "0.0.9"}))
    told = fails(copy)
    assert f"made by version 0.0.9 of alongside, and this is version {__version__}" in told
    assert "damaged" not in told


def test_a_column_of_another_type_is_told(copy):
    path = copy / "fixes.parquet"
    pl.read_parquet(path).with_columns(lat=pl.lit("north")).write_parquet(path)
    assert "fixes.parquet: has a column of another type" in fails(copy)


def test_settings_of_another_version_are_told(copy):
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["config"]["rendezvous"]["magic"] = 1
    with pytest.raises(UsageError, match=r"written by version 0\.1\.0.*rendezvous\.magic"):
        run_config(manifest, copy)
