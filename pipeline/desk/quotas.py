"""A finished run, or a list of deliveries, against a cap: the quota's files in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import __version__
from pipeline.config import Config
from pipeline.config.load import load
from pipeline.desk.reading import read, read_manifest, run_config, sha256
from pipeline.errors import UsageError
from pipeline.output import FOLDER_OF, MANIFEST, whole_folder


def quota_of_run(
    run: Path,
    *,
    cap: Path | None,
    reported: Path | None,
    fleet: Path | None,
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
    from pipeline.exports.results import candidates

    config = _settings(config_file, overrides, run_config(read_manifest(run), run))
    fleet = fleet or config.context.fleet_file
    with whole_folder(out, overwrite) as folder:
        register = load_fleet(fleet) if fleet else None
        found = quota.run_from_folder(run, cap, reported, config.quota, register)
        chosen = candidates(replace(read(run), volumes=found.volumes))
        with writing(folder / "quota.csv") as path:
            write_quota_csv(chosen, path)
        files = {"cap": cap, "reported": reported, "fleet": fleet}
        of_run = {"run": str(run), "encounters_sha256": sha256(run / "encounters.parquet")}
        _write(found.summary, config, files, of_run, folder)
    return "\n".join(_text(found.summary)) + "\n"


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
    with whole_folder(out, overwrite) as folder:
        found = quota.run_from_deliveries(deliveries, cap, reported, config.quota)
        with writing(folder / "quota.csv") as path:
            table = arithmetic_table(found.summary).with_columns(
                csv_cell(pl.col("vessel")).alias("vessel"), pl.col(pl.Float64).round(1)
            )
            path.write_text(table.write_csv(), encoding="utf-8", newline="\n")
        files = {"deliveries": deliveries, "cap": cap, "reported": reported}
        _write(found.summary, config, files, {}, folder)
    return "\n".join(_text(found.summary)) + "\n"


def _settings(config_file: Path | None, overrides: Sequence[str], without_file: Config) -> Config:
    others = [text for text in overrides if not text.strip().startswith("quota.")]
    if others:
        raise UsageError(f"--set {others[0]}: only keys of the section quota have an effect here")
    return load(config_file, overrides, without_file=without_file)


def _write(
    summary: Mapping[str, Any],
    config: Config,
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
        "config": {"quota": config.quota.model_dump(mode="json")},
    }
    with writing(folder / MANIFEST) as path:
        write_json(manifest, path, sort_keys=True)


def _text(summary: Mapping[str, Any]) -> Iterator[str]:
    cap, estimate = summary["cap"], summary["estimate"]
    yield f"cap: {cap['barrels']:,.0f} bbl ({cap['name']})"
    for scenario in summary["scenarios"]:
        yield (
            f"{scenario['laden_fraction']:.0%} laden: {scenario['deliveries']} deliveries,"
            f" {scenario['barrels']:,} bbl, {_breach(scenario)}"
        )
        if "with_reported" in scenario:
            official = scenario["with_reported"]
            yield (f"  with what was reported: {official['barrels']:,} bbl, {_breach(official)}")
    yield _estimate("estimate", estimate)
    if "with_reported" in estimate:
        yield _estimate("  with what was reported", estimate["with_reported"])
    for caveat in summary["caveats"]:
        yield f"note: {caveat}"


def _breach(scenario: Mapping[str, Any]) -> str:
    if scenario["breach_date"] is None:
        return "the cap is not passed"
    return (
        f"the cap is passed at delivery {scenario['breach_delivery']} on {scenario['breach_date']}"
    )


def _estimate(words: str, estimate: Mapping[str, Any]) -> str:
    dates = estimate["breach_date"]
    when = f", on {dates['median']} ({dates['early']} to {dates['late']})" if dates else ""
    return (
        f"{words}: {estimate['median_bbl']:,} bbl ({estimate['low_bbl']:,} to"
        f" {estimate['high_bbl']:,}), chance that the cap is passed"
        f" {estimate['chance_exceeded']:.0%}{when}"
    )
