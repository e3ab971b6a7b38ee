"""Reads lists of deliveries."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.quota.tables import Table, figure

COLUMNS = ("date", "vessel", "imo", "deadweight_t", "capacity_bbl", "volume_bbl")
QUANTITIES = COLUMNS[3:]

# The largest ship ever built (Seawise Giant) had 564,763 t: what is above is barrels or a slip.
DEADWEIGHT_MAX_T = 565_000.0
# A tonne of deadweight is at most 8.5 barrels (gasoline, with tanks to match) and, in ships for
# heavy cargoes, hardly under 5. Outside this range a number stands in the wrong column.
BARRELS_PER_DEADWEIGHT_MIN = 4.0
BARRELS_PER_DEADWEIGHT_MAX = 10.0
# Registers differ by a per cent or two (summer and tropical marks). Beyond, one of the numbers is
# gross tonnage: 2,734 and 3,900 are printed for one and the same ship.
DEADWEIGHTS_AGREE = 0.05
OVERFILL = 1.02  # listed capacity is at 98 % filling


def read_deliveries(path: Path) -> pl.DataFrame:
    """Read a list of deliveries.

    Parameters
    ----------
    path : Path
        CSV (UTF-8, commas) with the columns ``date,vessel,imo,deadweight_t,capacity_bbl,
        volume_bbl`` in any order; further ones are passed over. ``date`` is ``YYYY-MM-DD`` (UTC), a
        time may follow. Of the last three at least one is filled.

    Returns
    -------
    pl.DataFrame
        ``row`` (the header is row 1), ``date`` (Date), ``vessel`` (String), ``imo`` (Int32),
        ``deadweight_t``, ``capacity_bbl``, ``volume_bbl`` (Float64); sorted by date, then row.

    Raises
    ------
    UsageError
        With the rows at fault and what is wrong with each.
    """
    table = Table(path)
    if "date" not in table.columns or not table.columns & {*QUANTITIES}:
        raise table.layout_error(COLUMNS)
    table.add_missing(COLUMNS)
    day = pl.col("date").str.extract(r"^(\d{4}-\d\d-\d\d)(?:[T ].*)?$").str.to_date(strict=False)
    table.note(
        day.is_null(),
        pl.format("date is '{}': expected YYYY-MM-DD", pl.col("date").fill_null("")),
    )
    table.numbers(["imo", *QUANTITIES])
    table.text = table.text.with_columns(day.alias("date"))
    for wrong, message in _quantity_rules():
        table.note(wrong, message)
    _check_identity(table)
    table.raise_problems()
    return table.text.select("row", *COLUMNS).cast({"imo": pl.Int32}).sort("date", "row")


def _quantity_rules() -> list[tuple[pl.Expr, pl.Expr]]:
    """Which rows are wrong, and the message for each."""
    tonnes, capacity, volume = (pl.col(name) for name in QUANTITIES)
    positive = [
        (pl.col(name) <= 0, pl.format("{} is {}: it must be above 0", pl.lit(name), figure(name)))
        for name in QUANTITIES
    ]
    return [
        *positive,
        (
            pl.all_horizontal(pl.col(QUANTITIES).is_null()),
            pl.lit(f"none of {', '.join(QUANTITIES)} is filled (gross tonnage is none of them)"),
        ),
        (
            tonnes > DEADWEIGHT_MAX_T,
            pl.format(
                "deadweight_t is {}, more than any ship ever had: barrels, or kilograms?",
                figure("deadweight_t"),
            ),
        ),
        (
            ~(capacity / tonnes).is_between(BARRELS_PER_DEADWEIGHT_MIN, BARRELS_PER_DEADWEIGHT_MAX),
            pl.format(
                "capacity_bbl {} and deadweight_t {} do not go together: tonnes in the column of "
                "barrels, barrels in that of tonnes, or gross tonnage?",
                figure("capacity_bbl"),
                figure("deadweight_t"),
            ),
        ),
        (
            volume > OVERFILL * capacity,
            pl.format(
                "volume_bbl {} is more than capacity_bbl {}",
                figure("volume_bbl"),
                figure("capacity_bbl"),
            ),
        ),
        (
            capacity.is_null() & (volume > BARRELS_PER_DEADWEIGHT_MAX * tonnes),
            pl.format(
                "volume_bbl {} is more than deadweight_t {} can carry",
                figure("volume_bbl"),
                figure("deadweight_t"),
            ),
        ),
    ]


def _check_identity(table: Table) -> None:
    """IMO numbers must hold their check digit, and stand for one deadweight each."""
    imo = pl.col("imo")
    valid = [number for number in table.text["imo"].drop_nulls().unique() if imo_holds(number)]
    table.note(
        imo.is_not_null() & ~imo.is_in(valid),
        pl.format("imo {} is no IMO number: its check digit does not hold", figure("imo")),
    )
    named = table.text.filter(imo.is_in(valid), pl.col("deadweight_t").is_not_null()).with_columns(
        pl.col("deadweight_t").first().over("imo", order_by="row").alias("before"),
        pl.col("row").min().over("imo").alias("row_before"),
    )
    differs = (pl.col("deadweight_t") / pl.col("before") - 1).abs() > DEADWEIGHTS_AGREE
    table.problems.extend(
        named.filter(differs)
        .select(
            "row",
            pl.format(
                "deadweight_t of imo {} is {}, in row {} it is {}: is one of them gross tonnage?",
                figure("imo"),
                figure("deadweight_t"),
                "row_before",
                figure("before"),
            ),
        )
        .iter_rows()
    )


def imo_holds(number: float) -> bool:
    """Whether a number is an IMO number: seven digits, the last one a check digit.

    It is the last digit of the sum of the first six times 7, 6, 5, 4, 3, 2.
    """
    if number != int(number) or not 1_000_000 <= number <= 9_999_999:
        return False
    digits = [int(digit) for digit in str(int(number))]
    total = sum(d * w for d, w in zip(digits[:6], range(7, 1, -1), strict=True))
    return total % 10 == digits[6]
