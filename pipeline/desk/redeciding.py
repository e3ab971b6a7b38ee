"""Decides a finished run anew: other thresholds, classes, cap, without the dumps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import __version__, schema
from pipeline.beside import Helper
from pipeline.config import Config
from pipeline.config.load import config_hash, load
from pipeline.desk.keys import refuse_measuring
from pipeline.desk.reading import (
    read_encounters,
    read_fixes_of,
    read_manifest,
    read_table,
    run_config,
    sha256,
    without_columns,
)
from pipeline.output import whole_folder
from pipeline.progress import Progress


@dataclass(frozen=True)
class Redecided:
    """What came of it, in three numbers and a path."""

    candidates: int
    before: int
    encounters: int
    candidates_path: Path


def decide_run(
    run: Path,
    config_file: Path | None,
    overrides: Sequence[str],
    out: Path,
    *,
    overwrite: bool,
    progress: Progress,
    other: Helper | None = None,
) -> Redecided:
    """Decide a run anew and write the whole folder that detect would write.

    Parameters
    ----------
    run : Path
        A finished run; it stays as it is.
    config_file : Path or None
        What detect would be given. None: the run's own settings.
    overrides : sequence of str
        ``section.key=value`` over them.
    out : Path
        The folder to write; it appears whole or not at all.
    overwrite : bool
        Whether a former run there may be replaced.
    progress : Progress
        Told of each group of files.
    other : Helper, optional
        Writes part of the folder meanwhile; one is started if not given.

    Raises
    ------
    UsageError
        The folder is no run, the settings are wrong, or ask for something that needs the dumps.
    """
    started = time.perf_counter()
    manifest = read_manifest(run)
    before = run_config(manifest, run)
    config = load(config_file, overrides, without_file=before)
    refuse_measuring(before, config, run)
    with whole_folder(out, overwrite) as folder:
        measured = read_encounters(run)
        encounters = decide_table(measured, config, run)
        candidates = encounters.filter("candidate")

        from pipeline import exports, quota
        from pipeline.context.fleet import FLEET, load_fleet
        from pipeline.exports.results import sides

        vessels = read_table(run, "vessels", schema.VESSELS)
        draughts = read_table(run, "draughts", schema.DRAUGHTS)
        port_calls = read_table(run, "port_calls", schema.PORT_CALLS)
        fleet_file = config.context.fleet_file
        fleet = load_fleet(fleet_file) if fleet_file else schema.empty(FLEET)
        # With the run's margin its tables of what was examined are the same bytes again.
        same = config.exports.track_margin_h == before.exports.track_margin_h
        shown = sides(candidates).join(vessels, on="track_id")["track"].unique()
        results = exports.Results(
            encounters=encounters,
            volumes=schema.empty(schema.VOLUMES),
            fixes=read_fixes_of(run, shown) if same else read_table(run, "fixes", schema.FIXES),
            vessels=vessels,
            draughts=draughts,
            quota={},
            manifest={},
            port_calls=port_calls,
        )
        with exports.begun(results, folder, config.exports, run if same else None, other) as begun:
            oil = quota.estimate(encounters, vessels, draughts, fleet, config.quota, port_calls)
            decided = time.perf_counter() - started
            told = _manifest(manifest, config, run, round(decided, 3))
            results = replace(results, volumes=oil.volumes, quota=oil.summary, manifest=told)
            exports.write(results, folder, config.exports, progress, begun)
    return Redecided(
        candidates.height,
        measured.filter("candidate").height,
        encounters.height,
        out / "candidates.geojson",
    )


def decide_table(measured: pl.DataFrame, config: Config, run: Path) -> pl.DataFrame:
    """The encounters of a run, decided with other settings.

    Raises
    ------
    UsageError
        The run was measured by another version, which measured something else.
    """
    from pipeline.rendezvous import decide

    refuse_other_version(measured, run)
    return decide(measured, config.rendezvous)


def refuse_other_version(measured: pl.DataFrame, run: Path) -> None:
    """Raise where a run's encounters lack columns that this version measures.

    Raises
    ------
    UsageError
        Names them.
    """
    from pipeline.rendezvous.table import MEASURED

    missing = [name for name in MEASURED if name not in measured.columns]
    if missing:
        raise without_columns(run / "encounters.parquet", missing)


def _manifest(
    manifest: dict[str, Any], config: Config, run: Path, seconds: float
) -> dict[str, Any]:
    """The run's manifest with the new settings, and from which run it was decided."""
    return {
        **manifest,
        "version": __version__,
        "config": config.model_dump(mode="json"),
        "config_hash": config_hash(config),
        "config_files": _config_files(manifest, config),
        "decided_from": {
            "run": str(run),
            "version": manifest["version"],
            "config": manifest["config"],
            "config_hash": manifest["config_hash"],
            "encounters_sha256": sha256(run / "encounters.parquet"),
            "decided_from": manifest.get("decided_from"),
        },
        "timings_s": {"deciding": seconds},
    }


def _config_files(manifest: dict[str, Any], config: Config) -> dict[str, str]:
    """Hashes of the files that the settings name: of those of measuring as they were then."""
    context = config.context
    measured = {str(p) for p in (context.ports_file, context.zones_file, *context.watchlist_files)}
    files = manifest.get("config_files") or {}
    hashes = {path: digest for path, digest in files.items() if path in measured}
    for path in (context.fleet_file, config.quota.count_zones_file):
        if path is not None:
            hashes[str(path)] = sha256(path)
    return hashes
