"""What is found does not depend on the parts a dump is worked on in."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from pipeline import engines, feeds, schema
from pipeline.config import Config
from pipeline.engines import flow, pairs, reading
from pipeline.engines.shelf import Folder
from pipeline.rendezvous.pairing import Windows
from tests.engines.conftest import run, same


@pytest.fixture(scope="module")
def whole(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "run"
    return run([root / "sample_ais"], out), json.loads((out / "manifest.json").read_text())


@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_bytes_in_memory_and_in_parts(whole, root, tmp_path, small_parts, workers):
    found = run([root / "sample_ais"], tmp_path / "run", engine=engines.Local(workers))
    same(found, whole[0])
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    for name in whole[1].keys() - {"timings_s", "work"}:
        assert manifest[name] == whole[1][name], name
    assert not list((tmp_path / "run").glob(".*"))


def test_by_distance_too(root, tmp_path, small_parts, monkeypatch):
    config = Config.model_validate({"rendezvous": {"method": "distance"}})
    parts = run([root / "sample_ais"], tmp_path / "parts", config, engine=engines.Local(2))
    monkeypatch.setattr(reading, "PIECE_ROWS", 10**9)
    same(parts, run([root / "sample_ais"], tmp_path / "whole", config))


def positions(mmsi):
    rows = {"mmsi": pl.Series(mmsi, dtype=pl.Int32), "row": range(len(mmsi))}
    return schema.conform(pl.DataFrame(rows), schema.POSITIONS)


def test_every_row_is_in_one_span(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "PIECE_ROWS", 40)
    monkeypatch.setattr(flow, "SPAN_ROWS", 30)
    rng = np.random.default_rng(1)
    mmsi = [None, -5, 0, *rng.integers(200_000_000, 200_000_020, 200).tolist()]
    batches = [
        feeds.Batch(positions(mmsi[k : k + 7]), schema.empty(schema.STATICS))
        for k in range(0, len(mmsi), 7)
    ]
    dump = reading.read_local(iter(batches), Folder(tmp_path), Config().cleaning)
    spans = flow.spans_of(dump)
    assert len(dump.pieces) > 3
    assert len(spans) > 3
    cut = [
        reading.cut(dump, span.first, span.last).positions["mmsi"].fill_null(reading.NO_MMSI)
        for span in spans
    ]
    got = [sorted(part.to_list()) for part in cut]
    wanted = sorted(reading.NO_MMSI if m is None else m for m in mmsi)
    assert [m for part in got for m in part] == wanted
    for part, after in pairwise(got):
        assert part[-1] < after[0]


def test_every_window_is_in_one_chunk_and_no_chunk_is_too_large(monkeypatch):
    monkeypatch.setattr(pairs, "CHUNK_FIXES", 1000)
    rng = np.random.default_rng(2)
    fixes = rng.integers(1, 200, 60)
    home = pl.DataFrame({"lat": rng.uniform(-90, 90, 60), "lon": rng.uniform(-180, 180, 60)})
    a, b = np.triu_indices(60, 1)
    number = np.arange(len(a))
    windows = Windows(a, b, number, number + 1)
    found = pairs.chunks(windows, fixes, home)
    assert np.sort(np.concatenate([part.begin_ms for part in found])).tolist() == number.tolist()
    assert len(found) > 2
    for part in found:
        assert fixes[np.unique([part.a, part.b])].sum() <= 1000 + 2 * 200
