"""Reads officially reported transfers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.quota.tables import Table, figure

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_ROWS = ("month", "supplier", "tonnes", "barrels")
YEAR_ROWS = ("year", "supplier", *MONTHS, "published_total")


@dataclass(frozen=True)
class ReportedTransfers:
    """Officially reported transfers.

    Attributes
    ----------
    transfers : pl.DataFrame
        ``row``, ``date`` (Date: the last day of the month, by which all of it has moved),
        ``supplier``, ``tonnes``, ``barrels``; sorted by date, supplier.
    totals : list of dict
        Of tables with a column a month: ``year``, ``supplier``, ``total`` (of the months),
        ``published_total`` and ``difference`` (total less published; null where none is published).
    """

    transfers: pl.DataFrame
    totals: list[dict[str, Any]]


def read_reported(path: Path, barrels_per_tonne: float) -> ReportedTransfers:
    """Read officially reported transfers, in either layout.

    Parameters
    ----------
    path : Path
        CSV (UTF-8, commas): ``month,supplier,tonnes,barrels`` (month ``YYYY-MM``; tonnes or barrels
        filled), or ``year,supplier,jan,...,dec,published_total`` in barrels.
    barrels_per_tonne : float
        Turns tonnes into barrels where barrels are not given.

    Raises
    ------
    UsageError
        With the rows at fault, among them a month given twice for one supplier.
    """
    table = Table(path)
    totals: list[dict[str, Any]] = []
    if {"month", "supplier"} <= table.columns and table.columns & {"tonnes", "barrels"}:
        _read_months(table, barrels_per_tonne)
    elif {"year", "supplier", *MONTHS} <= table.columns:
        totals = _read_years(table)
    else:
        raise table.layout_error(MONTH_ROWS, YEAR_ROWS)
    table.note(
        pl.col("barrels") < 0, pl.format("{} barrels: it cannot be below 0", figure("barrels"))
    )
    table.note(
        pl.col("date").is_not_null() & ~pl.struct("date", "supplier").is_first_distinct(),
        pl.format(
            "{} of {} stands above already",
            pl.col("date").dt.strftime("%Y-%m"),
            pl.col("supplier").fill_null("no supplier"),
        ),
    )
    table.raise_problems()
    columns = ("row", "date", "supplier", "tonnes", "barrels")
    transfers = table.text.select(columns).filter(pl.col("barrels") > 0)
    return ReportedTransfers(transfers.sort("date", "supplier", "row"), totals)


def _read_months(table: Table, barrels_per_tonne: float) -> None:
    """A row a month and supplier: ``date``, ``tonnes``, ``barrels``."""
    table.add_missing(MONTH_ROWS)
    day = pl.col("month").str.extract(r"^(\d{4}-\d\d)$") + "-01"
    day = day.str.to_date(strict=False).dt.month_end()
    table.note(
        day.is_null(),
        pl.format("month is '{}': expected YYYY-MM", pl.col("month").fill_null("")),
    )
    table.numbers(["tonnes", "barrels"])
    table.text = table.text.with_columns(
        day.alias("date"), pl.coalesce("barrels", pl.col("tonnes") * barrels_per_tonne)
    )
    table.note(pl.col("barrels").is_null(), pl.lit("neither tonnes nor barrels is filled"))


def _read_years(table: Table) -> list[dict[str, Any]]:
    """A row a year and supplier, turned into a row a month; returns the totals."""
    table.add_missing(YEAR_ROWS)
    table.numbers(["year", *MONTHS, "published_total"])
    table.note(
        # Caps on oil are a matter of this century and the last; what is outside is no year.
        ~pl.col("year").is_between(1900, 2200).fill_null(value=False),
        pl.format("year is '{}'", pl.col("year").cast(pl.String).fill_null("")),
    )
    table.raise_problems()
    totals = [
        {
            "year": int(row["year"]),
            "supplier": row["supplier"],
            "total": (total := math.fsum(row[month] or 0.0 for month in MONTHS)),
            "published_total": (published := row["published_total"]),
            "difference": None if published is None else total - published,
        }
        for row in table.text.sort("year", "supplier", "row").iter_rows(named=True)
    ]
    month = pl.col("month").replace_strict(MONTHS, range(1, 13), return_dtype=pl.Int32)
    table.text = (
        table.text.unpivot(MONTHS, index=["row", "supplier", "year"], variable_name="month")
        .drop_nulls("value")
        .sort("row", month)
        .select(
            "row",
            pl.date(pl.col("year").cast(pl.Int32), month, 1).dt.month_end().alias("date"),
            "supplier",
            pl.lit(None, pl.Float64).alias("tonnes"),
            pl.col("value").alias("barrels"),
        )
    )
    return totals
