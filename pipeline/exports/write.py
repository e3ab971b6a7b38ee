"""Writes a run's folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipeline.beside import FOR_A_FOLDER, Helper, helper
from pipeline.config.exports import ExportsConfig
from pipeline.exports.chart import write_quota_chart
from pipeline.exports.documents import write_json, write_quota_csv
from pipeline.exports.files import writing
from pipeline.exports.hotspots import clusters
from pipeline.exports.layers import Features, Layer, candidate_points
from pipeline.exports.project import write_project
from pipeline.exports.report import write_report
from pipeline.exports.report_data import report_data
from pipeline.exports.results import Results, candidates, examined, fixes_about
from pipeline.exports.styles import candidates_style, qml, tracks_style, zones_style
from pipeline.exports.tables import write_parquet, write_parquet_parts
from pipeline.exports.tracks import track_lines
from pipeline.exports.vectors import write_geopackage, write_layer
from pipeline.exports.zones import METRES_A_KM, gathering_places, zone_areas
from pipeline.progress import Progress

GEOPACKAGE = "alongside.gpkg"
PROJECT = "alongside.qgz"

TABLES = ("vessels", "fixes", "draughts", "port_calls")
"""What deciding leaves as it is: it follows from what was examined, not from what came of it."""


@dataclass(frozen=True)
class Begun:
    """What goes on while a run still computes.

    Attributes
    ----------
    tables : Future
        Done when encounters and `TABLES` are written.
    beside : Helper
        Imports what finds hot spots and draws charts and layers, and then does so.
    """

    tables: Future[None]
    beside: Helper


@contextmanager
def begun(
    results: Results,
    folder: Path,
    config: ExportsConfig,
    tables_of: Path | None = None,
    other: Helper | None = None,
) -> Iterator[Begun]:
    """Begin with the files of a run that wait for no quota; `write` waits for them.

    Parameters
    ----------
    results : Results
        What the run found; volumes, quota and manifest are not looked at.
    folder : Path
        An existing, empty folder.
    config : ExportsConfig
        How many hours of tracks are kept.
    tables_of : Path, optional
        A run with the same encounters and margin, whose `TABLES` are taken over as they are.
    other : Helper, optional
        The second process; one is started if not given.
    """
    with (
        nullcontext(other) if other else helper(FOR_A_FOLDER) as beside,
        ThreadPoolExecutor(max_workers=1) as thread,
    ):
        yield Begun(thread.submit(_write_tables, results, folder, config, tables_of), beside)


def write(
    results: Results,
    folder: Path,
    config: ExportsConfig,
    progress: Progress,
    begun_before: Begun | None = None,
) -> None:
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
    begun_before : Begun, optional
        From `begun`, with the same folder; `results` then needs the fixes of its candidates only.

    Raises
    ------
    AlongsideError
        A file cannot be written; the message names it.
    """
    with nullcontext(begun_before) if begun_before else begun(results, folder, config) as going:
        chosen = candidates(results)
        reach_m = config.zone_reach_km * METRES_A_KM
        labels = going.beside.begin(
            clusters, gathering_places(chosen), config.zone_min_candidates, reach_m
        )
        charts = folder / "quota.svg", folder / "quota.png"
        chart = going.beside.begin(write_quota_chart, dict(results.quota), *charts)
        shown = fixes_about(results, chosen, config.track_margin_h)
        results = replace(results, fixes=shown, fixes_in_parts=None)
        with progress.step("write layers"):
            tracks = _tracks(results, chosen, config)
            zones = zone_areas(chosen, labels.result(), config.zone_margin_km)
            layers = _layers(chosen, tracks, zones)
            vectors = _begin_vectors(layers, folder, going.beside)
            _write_styles(layers, folder)
        with progress.step("write report and manifest"):
            data = report_data(results, chosen, zones, config.track_margin_h)
            with writing(folder / "report.html") as path:
                write_report(data, path)
            _write_quota(results, chosen, folder)
            with writing(folder / "manifest.json") as path:
                write_json(results.manifest, path, sort_keys=True)
            for path, written in {charts[0]: chart, **vectors}.items():
                with writing(path):
                    written.result()
        with progress.step("write tables"):
            going.tables.result()


def _write_tables(
    results: Results, folder: Path, config: ExportsConfig, tables_of: Path | None
) -> None:
    if tables_of is None:
        kept = examined(results, config.track_margin_h)
        with writing(folder / "fixes.parquet") as path:
            write_parquet_parts(kept.fixes, path)
        tables = {
            "vessels": kept.vessels,
            "draughts": kept.draughts,
            "port_calls": results.port_calls.sort("track_id", "start_utc"),
        }
        for name, table in tables.items():
            with writing(folder / f"{name}.parquet") as path:
                write_parquet(table, path)
    else:
        _take_over(tables_of, folder)
    with writing(folder / "encounters.parquet") as path:
        write_parquet(results.encounters.sort("start_utc", "event_id"), path)


def _take_over(run: Path, folder: Path) -> None:
    for name in TABLES:
        with writing(folder / f"{name}.parquet") as path:
            shutil.copyfile(run / path.name, path)


def _write_quota(results: Results, chosen: pl.DataFrame, folder: Path) -> None:
    with writing(folder / "quota.json") as path:
        write_json(results.quota, path)
    with writing(folder / "quota.csv") as path:
        write_quota_csv(chosen, path)


def _tracks(results: Results, chosen: pl.DataFrame, config: ExportsConfig) -> Features:
    return track_lines(
        chosen,
        results.fixes,
        results.vessels,
        margin_h=config.track_margin_h,
        tolerance_m=config.track_tolerance_m,
    )


def _layers(chosen: pl.DataFrame, tracks: Features, zones: Features) -> list[Layer]:
    """What people look at, top to bottom."""
    scored = chosen["score"].is_not_null().any()
    points = candidate_points(chosen)
    return [
        Layer("candidates", "Candidates", "Point", points, candidates_style(scored=scored)),
        Layer("tracks", "Tracks", "MultiLineString", tracks, tracks_style()),
        Layer("zones", "Zones", "MultiPolygon", zones, zones_style()),
    ]


def _begin_vectors(
    layers: Sequence[Layer], folder: Path, beside: Helper
) -> dict[Path, Future[None]]:
    """Begin with GeoJSON and GeoPackage of the layers, by the path of each file."""
    begun = {}
    plain = []
    for layer in layers:
        table, geometry = layer.features.table.to_arrow(), layer.features.geometry
        plain.append((layer.name, layer.geometry, table, geometry, qml(layer.style)))
        path = folder / f"{layer.name}.geojson"
        begun[path] = beside.begin(write_layer, table, geometry, path)
    path = folder / GEOPACKAGE
    begun[path] = beside.begin(write_geopackage, plain, path)
    return begun


def _write_styles(layers: Sequence[Layer], folder: Path) -> None:
    for layer in layers:
        with writing(folder / f"{layer.name}.qml") as path:
            path.write_text(qml(layer.style), encoding="utf-8")
    with writing(folder / PROJECT) as path:
        write_project(layers, GEOPACKAGE, path)
