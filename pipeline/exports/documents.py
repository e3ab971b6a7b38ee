"""JSON and CSV documents: the quota and the manifest."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.exports.text import csv_cell

QUOTA_COLUMNS = (
    "event_id",
    "date",
    "vessel_a",
    "vessel_b",
    "giver_mmsi",
    "receiver_mmsi",
    "score",
    "volume_low_bbl",
    "volume_median_bbl",
    "volume_high_bbl",
    "cumulative_median_bbl",
)


def write_json(content: Mapping[str, Any], path: Path, *, sort_keys: bool = False) -> None:
    """A document as JSON, indented, every sign outside ASCII escaped.

    Parameters
    ----------
    content : Mapping
        Plain values, lists and mappings. Numbers that are not finite become null: JSON has none.
    path : Path
        Where.
    sort_keys : bool
        Sort the keys of every mapping, for content whose order says nothing.
    """
    # ASCII only: file names and names of ships may hold signs that reorder a terminal's line, or
    # bytes that are no text at all.
    text = json.dumps(
        _finite(content), indent=2, ensure_ascii=True, allow_nan=False, sort_keys=sort_keys
    )
    path.write_text(text + "\n", encoding="ascii")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_quota_csv(chosen: pl.DataFrame, path: Path) -> None:
    """A row a candidate in the order of time, with the running total of the median volumes.

    Parameters
    ----------
    chosen : pl.DataFrame
        What `pipeline.exports.results.candidates` gives.
    path : Path
        Where. No text cell can be taken for a formula by a spreadsheet.
    """
    names = {
        f"vessel_{side}": pl.coalesce(
            csv_cell(pl.col(f"name_{side}")), pl.col(f"mmsi_{side}").cast(pl.String)
        )
        for side in ("a", "b")
    }
    bounds = ("volume_low_bbl", "volume_median_bbl", "volume_high_bbl")
    table = (
        chosen.sort("end_utc", "start_utc", "event_id")
        .with_columns(
            csv_cell(pl.col("event_id")),
            pl.col("end_utc").dt.strftime("%Y-%m-%d").alias("date"),
            pl.col("score").round(4),
            pl.col(bounds).round(0),
            **names,
        )
        .with_columns(
            pl.col("volume_median_bbl").fill_null(0.0).cum_sum().alias("cumulative_median_bbl")
        )
        .select(QUOTA_COLUMNS)
    )
    path.write_text(table.write_csv(), encoding="utf-8", newline="\n")
