"""Runs of the same dumps in several modes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import engines
from pipeline.config import Config
from pipeline.engines import flow, pairs, reading
from pipeline.progress import Quiet
from pipeline.run import detect

OF_ITS_OWN = {"manifest.json", "report.html", "alongside.gpkg"}
"""What tells when the run was, or names it."""


@pytest.fixture
def small_parts(monkeypatch):
    """Parts so small that a dump of some minutes has several of each."""
    monkeypatch.setattr(reading, "PIECE_ROWS", 20_000)
    monkeypatch.setattr(flow, "SPAN_ROWS", 15_000)
    monkeypatch.setattr(pairs, "CHUNK_FIXES", 20_000)


def run(
    inputs: list[Path], out: Path, config: Config | None = None, **how: Any
) -> dict[str, bytes]:
    """The files of a run, as bytes."""
    detect(
        [str(path) for path in inputs],
        config or Config(),
        out,
        overwrite=True,
        progress=Quiet(),
        **how,
    )
    return {file.name: file.read_bytes() for file in out.iterdir() if file.name not in OF_ITS_OWN}


def same(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    """Fail with the names of the files that differ."""
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


IN_MEMORY = engines.Local(1)
