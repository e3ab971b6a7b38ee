"""Reads lists of deliveries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.context._userfile import Problems, found_columns, imo_number, read_table
from pipeline.errors import UsageError
from pipeline.quota._cells import number

DELIVERIES: schema.Schema = {
    # One row a delivery, sorted by date and line.
    "line": pl.Int32,  # of the file; the header is 1
    "date": pl.Date,
    "vessel": pl.String,
    "imo": pl.Int32,
    "deadweight_t": pl.Float64,
    "capacity_bbl": pl.Float64,
    "volume_bbl": pl.Float64,
}
QUANTITIES = ("deadweight_t", "capacity_bbl", "volume_bbl")

# The largest ship ever built (Seawise Giant) had 564,763 t: what is above is barrels or a slip.
DEADWEIGHT_MAX_T = 565_000.0
# A tonne of deadweight is at most 8.5 barrels (gasoline, with tanks to match) and, in ships for
# heavy cargoes, hardly under 5. Outside this range a number stands in the wrong column.
BARRELS_PER_DEADWEIGHT = (4.0, 10.0)
# Registers differ by a per cent or two (summer and tropical marks). Beyond, one of the numbers is
# gross tonnage: 2,734 and 3,900 are printed for one and the same ship.
DEADWEIGHTS_AGREE = 0.05
OVERFILL = 1.02  # listed capacity is at 98 % filling


def read_deliveries(path: Path) -> pl.DataFrame:
    """Read a list of deliveries.

    Parameters
    ----------
    path : Path
        CSV with the columns ``date,vessel,imo,deadweight_t,capacity_bbl,volume_bbl`` in any order;
        further ones are passed over. ``date`` (UTC) is ``YYYY-MM-DD`` or, with points,
        ``DD.MM.YYYY``; a time may follow. Of the last three at least one is filled.

    Returns
    -------
    pl.DataFrame
        `DELIVERIES`.

    Raises
    ------
    UsageError
        With the lines at fault and what is wrong with each.
    """
    table = read_table(path)
    if "date" not in table.columns or not {*table.columns} & {*QUANTITIES}:
        raise UsageError(
            f"{path}: a list of deliveries needs a column date and at least one of "
            f"{', '.join(QUANTITIES)}; found: {found_columns(table)}"
        )
    if not table.rows:
        raise UsageError(f"{path}: no deliveries below the header")
    problems = Problems(path)
    rows = []
    first: dict[int, tuple[int, float]] = {}
    for line, cells in table.rows:
        day = _day(cells.get("date", ""))
        if day is None:
            problems.add(line, f"date {cells.get('date', '')!r}: expected YYYY-MM-DD")
        imo = imo_number(cells.get("imo", ""))
        if imo is None and cells.get("imo"):
            problems.add(
                line, f"imo {cells['imo']!r} is none (seven digits, the last a check digit)"
            )
        known = len(problems.lines)
        tonnes, capacity, volume = (
            number(cells, name, line, problems, table.delimiter) for name in QUANTITIES
        )
        if len(problems.lines) == known:
            for what in _contradictions(tonnes, capacity, volume):
                problems.add(line, what)
        if imo is not None and tonnes is not None:
            before, its = first.setdefault(imo, (line, tonnes))
            if abs(tonnes - its) > DEADWEIGHTS_AGREE * its:
                problems.add(
                    line,
                    f"deadweight_t of imo {imo} is {tonnes:g}, in line {before} it is {its:g}: "
                    "is one of them gross tonnage?",
                )
        rows.append((line, day, cells.get("vessel") or None, imo, tonnes, capacity, volume))
    problems.stop()
    return pl.DataFrame(rows, schema=dict(DELIVERIES), orient="row").sort("date", "line")


def _day(text: str) -> date | None:
    """``2018-01-31``, ``2018/01/31`` or, with points, ``31.01.2018``; a time may follow."""
    first = re.split(r"[T ]", text, maxsplit=1)[0]
    found = re.fullmatch(r"(\d{4})([-/])(\d\d?)\2(\d\d?)", first)
    turned = re.fullmatch(r"(\d\d?)\.(\d\d?)\.(\d{4})", first)
    try:
        if found:
            return date(int(found[1]), int(found[3]), int(found[4]))
        return date(int(turned[3]), int(turned[2]), int(turned[1])) if turned else None
    except ValueError:
        return None


def _contradictions(
    tonnes: float | None, capacity: float | None, volume: float | None
) -> Iterator[str]:
    """What cannot be right in a row's quantities."""
    given = dict(zip(QUANTITIES, (tonnes, capacity, volume), strict=True))
    filled = {name: value for name, value in given.items() if value is not None}
    if not filled:
        yield f"none of {', '.join(QUANTITIES)} is filled (gross tonnage is none of them)"
    wrong = [
        f"{name} is {value:g}: it must be above 0" for name, value in filled.items() if value <= 0
    ]
    if wrong:
        yield from wrong
        return
    low, high = BARRELS_PER_DEADWEIGHT
    if tonnes is not None and tonnes > DEADWEIGHT_MAX_T:
        yield f"deadweight_t {tonnes:g} is more than any ship ever had: barrels, or kilograms?"
    if tonnes is not None and capacity is not None and not low <= capacity / tonnes <= high:
        yield (
            f"capacity_bbl {capacity:g} does not go with deadweight_t {tonnes:g}: is one of them "
            "tonnes in the column of barrels, barrels in that of tonnes, or gross tonnage?"
        )
    if capacity is not None and volume is not None and volume > OVERFILL * capacity:
        yield f"volume_bbl {volume:g} is more than capacity_bbl {capacity:g}"
    if capacity is None and tonnes is not None and volume is not None and volume > high * tonnes:
        yield f"volume_bbl {volume:g} is more than deadweight_t {tonnes:g} can carry"
