"""The quota stage: what each candidate moved, and what that means for a cap.

`estimate` serves a run, whether just made or read back; `run_from_deliveries` serves a list of
deliveries without any AIS.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import schema
from pipeline.config.quota import QuotaConfig
from pipeline.quota.caps import load_cap
from pipeline.quota.deliveries import read_deliveries
from pipeline.quota.estimate import estimate_candidates
from pipeline.quota.listed import of_list
from pipeline.quota.reported import ReportedTransfers, read_reported
from pipeline.quota.summary import of_candidates

__all__ = ["QuotaResult", "estimate", "official", "run_from_deliveries", "with_cap"]


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
    config = with_cap(config, cap)
    listed = read_deliveries(deliveries)
    summary = of_list(listed, config, official(reported, config))
    return QuotaResult(schema.empty(schema.VOLUMES), summary)


def with_cap(config: QuotaConfig, cap: Path | None) -> QuotaConfig:
    """The settings with the cap of a file, see `caps.load_cap`; None: as they are."""
    return config if cap is None else config.model_copy(update={"cap": load_cap(cap)})


def official(reported: Path | None, config: QuotaConfig) -> ReportedTransfers | None:
    """Official transfers from a file, see `reported.read_reported`; None: none."""
    if reported is None:
        return None
    return read_reported(reported, config.reported_barrels_per_tonne)
