"""The quota stage: what each candidate moved, and what that means for a cap.

`estimate` serves a run; `run_from_folder` does the same later from a finished run's folder, with
another cap or register; `run_from_deliveries` serves a list of deliveries without any AIS.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import schema
from pipeline.config.quota import QuotaConfig
from pipeline.errors import UsageError
from pipeline.quota.caps import load_cap
from pipeline.quota.deliveries import read_deliveries
from pipeline.quota.estimate import estimate_candidates
from pipeline.quota.listed import of_list
from pipeline.quota.reported import ReportedTransfers, read_reported
from pipeline.quota.summary import of_candidates

__all__ = ["QuotaResult", "estimate", "run_from_deliveries", "run_from_folder"]


@dataclass(frozen=True)
class QuotaResult:
    """What the quota stage found.

    Attributes
    ----------
    volumes : pl.DataFrame
        ``schema.VOLUMES``, one row a candidate; without rows for a list of deliveries.
    summary : dict
        The content of quota.json.
    """

    volumes: pl.DataFrame
    summary: dict[str, Any]


def estimate(
    encounters: pl.DataFrame,
    vessels: pl.DataFrame,
    draughts: pl.DataFrame,
    fleet: pl.DataFrame | None,
    config: QuotaConfig,
    port_calls: pl.DataFrame | None = None,
    reported: ReportedTransfers | None = None,
) -> QuotaResult:
    """Estimate what candidates moved and hold it against the cap.

    Parameters
    ----------
    encounters : pl.DataFrame
        ``schema.ENCOUNTERS``. Volumes are those of the candidates; the others tell which ships
        there are whose port calls no transfer explains.
    vessels, draughts : pl.DataFrame
        ``schema.VESSELS``, ``schema.DRAUGHTS``.
    fleet : pl.DataFrame or None
        The user's register with any of the columns imo, mmsi, name, deadweight_t, capacity_m3,
        length_m, beam_m, summer_draught_m, product.
    config : QuotaConfig
        The cap, what counts toward it, seed and draws.
    port_calls : pl.DataFrame or None
        ``schema.PORT_CALLS``: where chains of transfers end. None: nothing is known of calls.
    reported : ReportedTransfers or None
        Official transfers, which count toward the same cap.

    Returns
    -------
    QuotaResult
        The same for the same rows in any order.

    Raises
    ------
    UsageError
        The file of zones that the configuration names cannot be used.
    """
    found = estimate_candidates(encounters, vessels, draughts, fleet, port_calls, config)
    return QuotaResult(found.volumes, of_candidates(found, config, reported))


def run_from_deliveries(
    deliveries: Path, cap: Path | None, reported: Path | None, config: QuotaConfig
) -> QuotaResult:
    """Hold a list of deliveries against a cap.

    Parameters
    ----------
    deliveries : Path
        CSV, see `deliveries.read_deliveries`.
    cap : Path or None
        YAML such as those of ``configs/caps/``; None: the configuration's.
    reported : Path or None
        CSV of official transfers, see `reported.read_reported`.
    config : QuotaConfig
        Laden fractions, seed and draws.

    Raises
    ------
    UsageError
        A file cannot be read; rows at fault are named.
    """
    config = _with_cap(config, cap)
    official = _official(reported, config)
    listed = read_deliveries(deliveries)
    return QuotaResult(schema.empty(schema.VOLUMES), of_list(listed, config, official))


def run_from_folder(
    run: Path,
    cap: Path | None,
    reported: Path | None,
    config: QuotaConfig,
    fleet: pl.DataFrame | None = None,
) -> QuotaResult:
    """Hold a finished run's candidates against a cap.

    Parameters
    ----------
    run : Path
        A run's folder; its encounters, vessels, draughts and port calls are read.
    cap, reported, config
        As for `run_from_deliveries`.
    fleet : pl.DataFrame or None
        A register, as for `estimate`.

    Raises
    ------
    UsageError
        The folder is no finished run, or a file cannot be read.
    """
    config = _with_cap(config, cap)
    official = _official(reported, config)
    encounters = _table(run, "encounters", schema.ENCOUNTERS)
    return estimate(
        encounters,
        _table(run, "vessels", schema.VESSELS),
        _table(run, "draughts", schema.DRAUGHTS),
        fleet,
        config,
        _table(run, "port_calls", schema.PORT_CALLS),
        official,
    )


def _with_cap(config: QuotaConfig, cap: Path | None) -> QuotaConfig:
    return config if cap is None else config.model_copy(update={"cap": load_cap(cap)})


def _official(reported: Path | None, config: QuotaConfig) -> ReportedTransfers | None:
    if reported is None:
        return None
    return read_reported(reported, config.reported_barrels_per_tonne)


def _table(run: Path, name: str, columns: schema.Schema) -> pl.DataFrame:
    """One of a run's tables; measured columns stay behind those of the schema."""
    path = run / f"{name}.parquet"
    try:
        found = pl.read_parquet(path)
        known = schema.conform(found, columns)
        return known.hstack(found.select(pl.exclude(known.columns)))
    except FileNotFoundError:
        raise UsageError(f"{path} is missing: {run} is no folder of a finished run") from None
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UsageError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None
