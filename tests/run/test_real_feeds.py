"""The whole chain on real feeds, where they lie beside the project."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Config
from pipeline.progress import Quiet
from pipeline.run import detect


def run(path: Path, out: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    detect([str(path)], Config(), out, overwrite=False, progress=Quiet())
    found = json.loads((out / "candidates.geojson").read_text())["features"]
    return [one["properties"] for one in found], json.loads((out / "manifest.json").read_text())


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.fixture(scope="module")
def socal(real_ais, tmp_path_factory):
    """The labelled day from the table and from the sentences."""
    out = tmp_path_factory.mktemp("socal")
    return [
        run(real_ais / f"socal_2018-06-04.{layout}.gz", out / layout)[0]
        for layout in ("aisdk.csv", "nmea")
    ]


def test_the_labelled_lightering_and_nothing_else(socal):
    # first and last alongside as read off the raw logs: 02:08 to 13:09
    label = time_of("2018-06-04T02:08:00Z"), time_of("2018-06-04T13:09:00Z")
    for found in socal:
        assert len(found) == 1
        one = found[0]
        assert (one["mmsi_a"], one["mmsi_b"]) == (235076283, 636017969)
        span = time_of(one["start_utc"]), time_of(one["end_utc"])
        both = min(span[1], label[1]) - max(span[0], label[0])
        either = max(span[1], label[1]) - min(span[0], label[0])
        assert both / either >= 0.85


def test_table_and_sentences_of_one_day_agree_within_two_minutes(socal):
    table, sentences = socal[0][0], socal[1][0]
    for name in ("start_utc", "end_utc"):
        assert abs(time_of(table[name]) - time_of(sentences[name])) <= timedelta(minutes=2)


@pytest.mark.parametrize(
    "name",
    [
        "marinecadastre_2022-01-03_first99999.csv.gz",
        "dma_2013-11-12.nmea.gz",
        "amsa_2012-01-27.nmea.gz",
        "exactearth_2012.nmea.gz",
        "SolentAIS_20160112_130211.csv",
    ],
)
def test_other_feeds_run_and_account_for_every_row(name, real_ais, tmp_path):
    found, manifest = run(real_ais / name, tmp_path / "run")
    rejected = manifest["rows_rejected"]
    assert manifest["rows_used"] > 0.3 * manifest["rows_read"] > 0
    assert manifest["rows_read"] == manifest["rows_used"] + rejected["total"]
    assert rejected["total"] == sum(rejected["by_rule"].values())
    assert found == []
