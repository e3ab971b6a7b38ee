"""Reads officially reported transfers."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import schema
from pipeline.context._userfile import Problems, Table, found_columns, read_table
from pipeline.errors import UsageError
from pipeline.quota._cells import number

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

REPORTED: schema.Schema = {
    # One row a month and supplier, sorted by date and supplier.
    "line": pl.Int32,  # of the file; the header is 1
    "date": pl.Date,  # the last day of the month, by which all of it has moved
    "supplier": pl.String,
    "tonnes": pl.Float64,
    "barrels": pl.Float64,
}

# One row of REPORTED before it is sorted; its day is None where the month is none.
_Row = tuple[int, date | None, str | None, float | None, float | None]


@dataclass(frozen=True)
class ReportedTransfers:
    """Officially reported transfers.

    Attributes
    ----------
    transfers : pl.DataFrame
        `REPORTED`.
    totals : list of dict
        Of tables with a column a month: ``year``, ``supplier``, ``total`` (of the months),
        ``published_total`` and ``difference`` (total less published; None where none is published).
    """

    transfers: pl.DataFrame
    totals: list[dict[str, Any]]


def read_reported(path: Path, barrels_per_tonne: float) -> ReportedTransfers:
    """Read officially reported transfers, in either layout.

    Parameters
    ----------
    path : Path
        CSV: ``month,supplier,tonnes,barrels`` (month ``YYYY-MM``; tonnes or barrels filled), or
        ``year,supplier,jan,...,dec,published_total`` in barrels.
    barrels_per_tonne : float
        Turns tonnes into barrels where barrels are not given.

    Raises
    ------
    UsageError
        With the lines at fault, among them a month given twice for one supplier.
    """
    table = read_table(path)
    columns = {*table.columns}
    problems = Problems(path)
    totals: list[dict[str, Any]] = []
    if "month" in columns and columns & {"tonnes", "barrels"}:
        rows = list(_months(table, barrels_per_tonne, problems))
    elif {"year", *MONTHS} <= columns:
        rows = list(_years(table, totals, problems))
    else:
        raise UsageError(
            f"{path}: expected the columns month,supplier,tonnes,barrels or year,supplier,jan,...,"
            f"dec,published_total; found: {found_columns(table)}"
        )
    if not table.rows:
        raise UsageError(f"{path}: no transfers below the header")
    seen: dict[tuple[date, str | None], int] = {}
    for line, day, supplier, _, barrels in rows:
        if barrels is not None and barrels < 0:
            problems.add(line, f"{barrels:g} barrels: it cannot be below 0")
        if day is not None and (before := seen.setdefault((day, supplier), line)) != line:
            problems.add(line, f"{day:%Y-%m} of {supplier} stands in line {before} already")
    problems.stop()
    frame = pl.DataFrame(rows, schema=dict(REPORTED), orient="row").filter(pl.col("barrels") > 0)
    return ReportedTransfers(frame.sort("date", "supplier", "line"), totals)


def _months(table: Table, barrels_per_tonne: float, problems: Problems) -> Iterator[_Row]:
    for line, cells in table.rows:
        tonnes, barrels = (
            number(cells, name, line, problems, table.delimiter) for name in ("tonnes", "barrels")
        )
        if not cells.get("tonnes") and not cells.get("barrels"):
            problems.add(line, "neither tonnes nor barrels is filled")
        found = re.fullmatch(r"(\d{4})-(\d\d)", cells.get("month", ""))
        day = _last_day(int(found[1]), int(found[2])) if found else None
        if day is None:
            problems.add(line, f"month {cells.get('month', '')!r}: expected YYYY-MM")
        if barrels is None and tonnes is not None:
            barrels = tonnes * barrels_per_tonne
        yield line, day, cells.get("supplier") or None, tonnes, barrels


def _years(table: Table, totals: list[dict[str, Any]], problems: Problems) -> Iterator[_Row]:
    for line, cells in table.rows:
        year = number(cells, "year", line, problems, table.delimiter)
        supplier = cells.get("supplier") or None
        months = [number(cells, month, line, problems, table.delimiter) for month in MONTHS]
        published = number(cells, "published_total", line, problems, table.delimiter)
        if year is None or _last_day(int(year), 1) is None:
            problems.add(line, f"year {cells.get('year', '')!r}: expected YYYY")
            continue
        total = math.fsum(barrels or 0.0 for barrels in months)
        totals.append(
            {
                "year": int(year),
                "supplier": supplier,
                "total": total,
                "published_total": published,
                "difference": None if published is None else total - published,
            }
        )
        for month, barrels in enumerate(months, start=1):
            if barrels is not None:
                yield line, _last_day(int(year), month), supplier, None, barrels


def _last_day(year: int, month: int) -> date | None:
    """Of a month; None where there is no such month."""
    try:
        return date(year, month, calendar.monthrange(year, month)[1])
    except (ValueError, OverflowError):
        return None
