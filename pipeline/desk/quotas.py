"""A finished run, or a list of deliveries, against a cap: the quota's files in a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import __version__, schema
from pipeline.config import Config
from pipeline.config.load import load
from pipeline.config.quota import QuotaConfig
from pipeline.desk.quota_text import quota_text
from pipeline.desk.reading import read_encounters, read_manifest, read_table, run_config, sha256
from pipeline.errors import UsageError
from pipeline.output import FOLDER_OF, MANIFEST, whole_folder


def quota_of_run(
    run: Path,
    *,
    cap: Path | None,
    reported: Path | None,
    fleet: Path | None,
    watchlists: Sequence[Path],
    config_file: Path | None,
    overrides: Sequence[str],
    out: Path,
    overwrite: bool,
) -> str:
    """Hold a finished run's candidates against a cap.

    Parameters
    ----------
    run : Path
        A finished run; it stays as it is.
    cap : Path or None
        YAML such as those of ``configs/caps/``. None: that of the settings.
    reported : Path or None
        CSV of official transfers.
    fleet : Path or None
        A register. None: that of the settings, if they name one.
    watchlists : sequence of Path
        Lists that the run's ships are matched with anew; deliveries of ships on them count, and no
        others. None: what the run itself says, counted as the settings say.
    config_file, overrides
        As for deciding; only the section ``quota`` has an effect. None: the run's settings.
    out : Path
        Folder for ``quota.json``, ``quota.csv`` (a row a candidate), ``quota.svg``, ``quota.png``
        and ``manifest.json``.
    overwrite : bool
        Whether a former one there may be replaced.

    Returns
    -------
    str
        What it comes to, in some lines.

    Raises
    ------
    UsageError
        The folder is no run, or a file is wrong; rows at fault are named.
    """
    from pipeline import quota
    from pipeline.context.fleet import load_fleet
    from pipeline.exports.documents import write_quota_csv
    from pipeline.exports.files import writing
    from pipeline.exports.results import Results, candidates

    manifest = read_manifest(run)
    config = _settings(config_file, overrides, run_config(manifest, run))
    fleet = fleet or config.context.fleet_file
    settings = quota.with_cap(config.quota, cap)
    if watchlists:
        settings = _of_listed_ships(settings)
    with whole_folder(out, overwrite) as folder:
        encounters = read_encounters(run)
        vessels = read_table(run, "vessels", schema.VESSELS)
        draughts = read_table(run, "draughts", schema.DRAUGHTS)
        port_calls = read_table(run, "port_calls", schema.PORT_CALLS)
        if watchlists:
            encounters = _matched(encounters, vessels, watchlists)
        found = quota.estimate(
            encounters,
            vessels,
            draughts,
            load_fleet(fleet) if fleet else None,
            settings,
            port_calls,
            quota.official(reported, settings),
        )
        results = Results(
            encounters=encounters,
            volumes=found.volumes,
            fixes=schema.empty(schema.FIXES),
            vessels=vessels,
            draughts=draughts,
            quota=found.summary,
            manifest=manifest,
            port_calls=port_calls,
        )
        with writing(folder / "quota.csv") as path:
            write_quota_csv(candidates(results), path)
        files = {"cap": cap, "reported": reported, "fleet": fleet}
        files |= {f"watchlist {n}": path for n, path in enumerate(watchlists, start=1)}
        of_run = {"run": str(run), "encounters_sha256": sha256(run / "encounters.parquet")}
        _write(found.summary, settings, files, of_run, folder)
    return "\n".join(quota_text(found.summary)) + "\n"


def _of_listed_ships(settings: QuotaConfig) -> QuotaConfig:
    if settings.count == "places":
        raise UsageError(
            "--watchlist: the settings count by place (quota.count), and only one of the two can"
            " say what counts; give --set quota.count=watchlist to count the ships on the list"
        )
    return settings.model_copy(update={"count": "watchlist"})


def _matched(
    encounters: pl.DataFrame, vessels: pl.DataFrame, watchlists: Sequence[Path]
) -> pl.DataFrame:
    """The encounters with what these lists say of their ships, in place of what others said."""
    from pipeline.context.watchlists import load_watchlists, match

    hits = match(vessels, load_watchlists(watchlists))
    named = vessels.select("track", "track_id").join(hits, on="track").drop_nulls("watchlist")
    said = dict(named.select("track_id", "watchlist").iter_rows())
    return encounters.with_columns(
        pl.col(f"track_{side}")
        .replace_strict(said, default=None, return_dtype=pl.String)
        .alias(f"watchlist_{side}")
        for side in ("a", "b")
    )


def quota_of_deliveries(
    deliveries: Path,
    *,
    cap: Path | None,
    reported: Path | None,
    config_file: Path | None,
    overrides: Sequence[str],
    out: Path,
    overwrite: bool,
) -> str:
    """Hold a list of deliveries against a cap.

    Parameters
    ----------
    deliveries : Path
        CSV of ``date,vessel,imo,deadweight_t,capacity_bbl,volume_bbl``.
    cap, reported, config_file, overrides, out, overwrite
        As for `quota_of_run`; ``quota.csv`` has a row a delivery, with the barrels and their
        running sum at each laden fraction.

    Raises
    ------
    UsageError
        A file is wrong; rows at fault are named.
    """
    from pipeline import quota
    from pipeline.exports.files import writing
    from pipeline.exports.text import csv_cell
    from pipeline.quota.arithmetic import arithmetic_table

    config = _settings(config_file, overrides, Config())
    settings = quota.with_cap(config.quota, cap)
    with whole_folder(out, overwrite) as folder:
        found = quota.run_from_deliveries(deliveries, None, reported, settings)
        with writing(folder / "quota.csv") as path:
            table = arithmetic_table(found.summary).with_columns(
                csv_cell(pl.col("vessel")).alias("vessel"), pl.col(pl.Float64).round(1)
            )
            path.write_text(table.write_csv(), encoding="utf-8", newline="\n")
        files = {"deliveries": deliveries, "cap": cap, "reported": reported}
        _write(found.summary, settings, files, {}, folder)
    return "\n".join(quota_text(found.summary)) + "\n"


def _settings(config_file: Path | None, overrides: Sequence[str], without_file: Config) -> Config:
    others = [text for text in overrides if not text.strip().startswith("quota.")]
    if others:
        raise UsageError(f"--set {others[0]}: only keys of the section quota have an effect here")
    return load(config_file, overrides, without_file=without_file)


def _write(
    summary: Mapping[str, Any],
    settings: QuotaConfig,
    files: Mapping[str, Path | None],
    of_run: Mapping[str, str],
    folder: Path,
) -> None:
    from pipeline.exports.chart import write_quota_chart
    from pipeline.exports.documents import write_json
    from pipeline.exports.files import writing

    with writing(folder / "quota.json") as path:
        write_json(summary, path)
    for name in ("quota.svg", "quota.png"):
        with writing(folder / name) as path:
            write_quota_chart(summary, path)
    manifest = {
        FOLDER_OF: "quota",
        "version": __version__,
        **of_run,
        "files": {
            name: {"path": str(path), "sha256": sha256(path)}
            for name, path in files.items()
            if path
        },
        "config": {"quota": settings.model_dump(mode="json")},
    }
    with writing(folder / MANIFEST) as path:
        write_json(manifest, path, sort_keys=True)
