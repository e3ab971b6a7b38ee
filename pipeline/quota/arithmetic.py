"""The scenario table spelled out: a row a delivery, with running sums at each laden fraction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipeline.quota.scenarios import exact_fraction


def arithmetic_table(summary: Mapping[str, Any]) -> pl.DataFrame:
    """Every step of the scenarios in a content of quota.json.

    Parameters
    ----------
    summary : Mapping
        Of `QuotaResult`.

    Returns
    -------
    pl.DataFrame
        ``period``, ``number``, ``date``, ``vessel``, ``link``, ``capacity_bbl``, ``volume_bbl``
        and, for each laden fraction, what the delivery brought (``at_50pct_bbl``) and the running
        sum within the period (``sum_at_50pct_bbl``).
    """
    columns = ("period", "number", "date", "vessel", "link", "capacity_bbl", "volume_bbl")
    types = (pl.String, pl.Int64, pl.String, pl.String, pl.String, pl.Float64, pl.Float64)
    frame = pl.DataFrame(
        summary["scenario_deliveries"], schema=dict(zip(columns, types, strict=True))
    )
    for scenario in summary["scenarios"]:
        fraction = scenario["laden_fraction"]
        name = f"at_{format(100 * fraction, '.4g')}pct_bbl"
        barrels = pl.coalesce(pl.col("capacity_bbl") * exact_fraction(fraction), "volume_bbl")
        frame = frame.with_columns(barrels.alias(name)).with_columns(
            pl.col(name).cum_sum().over("period", order_by="number").alias(f"sum_{name}")
        )
    return frame
