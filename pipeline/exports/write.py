"""Writes a run's folder."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.config.exports import ExportsConfig
from pipeline.exports.documents import write_json, write_quota_csv
from pipeline.exports.geojson import write_geojson
from pipeline.exports.layers import candidate_points
from pipeline.exports.results import Results, candidates, examined
from pipeline.exports.styles import candidates_style, qml, tracks_style
from pipeline.exports.tables import write_parquet
from pipeline.exports.tracks import track_lines
from pipeline.progress import Progress


def write(results: Results, folder: Path, config: ExportsConfig, progress: Progress) -> None:
    """Write every file of a run.

    Parameters
    ----------
    results : Results
        What the run found.
    folder : Path
        An existing, empty folder.
    config : ExportsConfig
        How tracks and zones are drawn.
    progress : Progress
        Told of each group of files.
    """
    chosen = candidates(results)
    with progress.step("write tables"):
        _write_tables(results, folder, config)
    with progress.step("write layers"):
        _write_layers(results, chosen, folder, config)
    with progress.step("write quota and manifest"):
        write_json(results.quota, folder / "quota.json")
        write_quota_csv(chosen, folder / "quota.csv")
        write_json(results.manifest, folder / "manifest.json", sort_keys=True)


def _write_tables(results: Results, folder: Path, config: ExportsConfig) -> None:
    kept = examined(results, config.track_margin_h)
    write_parquet(results.encounters.sort("start_utc", "event_id"), folder / "encounters.parquet")
    write_parquet(kept.vessels, folder / "vessels.parquet")
    write_parquet(kept.fixes, folder / "fixes.parquet")
    write_parquet(kept.draughts, folder / "draughts.parquet")
    write_parquet(results.port_calls.sort("track_id", "start_utc"), folder / "port_calls.parquet")


def _write_layers(
    results: Results, chosen: pl.DataFrame, folder: Path, config: ExportsConfig
) -> None:
    points = candidate_points(chosen)
    lines = track_lines(
        chosen,
        results.fixes,
        results.vessels,
        margin_h=config.track_margin_h,
        tolerance_m=config.track_tolerance_m,
    )
    scored = chosen["score"].is_not_null().any()
    for name, layer, style in (
        ("candidates", points, candidates_style(scored=bool(scored))),
        ("tracks", lines, tracks_style()),
    ):
        write_geojson(layer, folder / f"{name}.geojson")
        (folder / f"{name}.qml").write_text(qml(style), encoding="utf-8")
