"""The whole chain through the command line, on the sample that ships with the project."""

from __future__ import annotations

import gzip
import json
import os
import random
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.scoring import score

SAME = (
    "candidates.geojson",
    "tracks.geojson",
    "zones.geojson",
    "encounters.parquet",
    "fixes.parquet",
    "quota.json",
    "quota.csv",
)
"""What is the same byte for byte for the same rows in any order and any files."""


def detect(inputs, out: Path, root: Path, **environment: str) -> Path:
    command = [sys.executable, "-m", "pipeline", "detect", *map(str, inputs), "--out", str(out)]
    done = subprocess.run(  # noqa: S603
        command,
        check=False,
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def run(root, tmp_path_factory) -> Path:
    return detect([root / "sample_ais"], tmp_path_factory.mktemp("sample") / "run", root)


def test_every_planted_transfer_is_found_and_nothing_that_looks_like_one(run, root):
    found = json.loads((run / "candidates.geojson").read_text())["features"]
    truth = json.loads((root / "sample_ais" / "truth.json").read_text())
    result = score([one["properties"] for one in found], truth)
    assert result.missed == []
    assert result.wrong == []
    assert result.unmatched == []
    assert set(result.pieces) == {1}
    assert statistics.median(result.start_error_min) <= 5
    assert statistics.median(result.end_error_min) <= 5


def test_the_manifest_accounts_for_every_row(run, root):
    manifest = json.loads((run / "manifest.json").read_text())
    rejected = manifest["rows_rejected"]
    assert manifest["rows_read"] == manifest["rows_used"] + rejected["total"]
    assert rejected["total"] == sum(rejected["by_rule"].values())
    assert len(manifest["inputs"]) == 4
    assert {Path(one["path"]).name for one in manifest["skipped"]} >= {"truth.json"}


def _lines(folder: Path) -> list[str]:
    """Header and rows of the Danish file; the NMEA file's sentences depend on their order."""
    path = next(folder.glob("north_sea*.csv.gz"))
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def test_the_same_bytes_for_shuffled_rows_and_for_hourly_files(root, tmp_path):
    head, *rows = _lines(root / "sample_ais")

    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "day.csv").write_text("\n".join([head, *rows]) + "\n")

    shuffled = tmp_path / "shuffled"
    shuffled.mkdir()
    mixed = random.Random(7).sample(rows, len(rows))  # noqa: S311
    (shuffled / "day.csv").write_text("\n".join([head, *mixed]) + "\n")

    hourly = tmp_path / "hourly"
    hourly.mkdir()
    hours = defaultdict(list)
    for row in rows:
        hours[row[:13].replace("/", "-")].append(row)
    assert len(hours) > 40
    for hour, part in hours.items():
        (hourly / f"{hour}.csv").write_text("\n".join([head, *part]) + "\n")

    runs = [detect([folder], tmp_path / f"run-{folder.name}", root) for folder in (whole, shuffled)]
    runs.append(detect([hourly], tmp_path / "run-hourly", root, TZ="Asia/Tokyo"))
    assert json.loads((runs[0] / "candidates.geojson").read_text())["features"]
    for name in SAME:
        assert (runs[1] / name).read_bytes() == (runs[0] / name).read_bytes(), name
        assert (runs[2] / name).read_bytes() == (runs[0] / name).read_bytes(), name
