"""A run on a cleaned dump finds what a run on the dump finds, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import Config
from pipeline.desk.clean_dump import clean_dump
from pipeline.errors import NothingUsableError
from pipeline.progress import Quiet
from tests.conftest import ROOT
from tests.feeds.made import MARINECADASTRE, ROW, write

DUMP = ROOT / "sample_ais" / "north_sea_2024-06-11_12.csv.gz"
SAME = (
    "candidates.geojson",
    "tracks.geojson",
    "encounters.parquet",
    "fixes.parquet",
    "draughts.parquet",
    "port_calls.parquet",
    "quota.json",
)


def test_a_run_goes_on_from_a_cleaned_dump(tmp_path: Path) -> None:
    options = {"overwrite": False, "progress": Quiet()}
    told = clean_dump([str(DUMP)], Config(), tmp_path / "clean", keep_rejected=True, **options)  # type: ignore[arg-type]  # of several types by name
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["rows_read"] == told.rows_read
    assert (told.days, told.tracks > 10) == (2, True)
    assert (tmp_path / "clean" / "rejected.parquet").is_file()
    for name, inputs in (("dump", DUMP), ("cleaned", tmp_path / "clean")):
        run.detect([str(inputs)], Config(), tmp_path / name, **options)  # type: ignore[arg-type]  # of several types by name
    for name in SAME:
        assert (tmp_path / "cleaned" / name).read_bytes() == (tmp_path / "dump" / name).read_bytes()
    rows = json.loads((tmp_path / "cleaned" / "manifest.json").read_bytes())
    assert (rows["rows_read"], rows["rows_rejected"]["total"]) == (told.fixes, 0)


def test_a_dump_without_a_position_leaves_no_folder(tmp_path: Path) -> None:
    nowhere = write(tmp_path / "a.csv", MARINECADASTRE + ROW.replace("30.3706", "91"))
    with pytest.raises(NothingUsableError):
        clean_dump([str(nowhere)], Config(), tmp_path / "o", overwrite=False, progress=Quiet())
    assert not (tmp_path / "o").exists()
