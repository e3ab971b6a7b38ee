"""The user's fleet register: what each ship can carry, from a CSV that is checked row by row."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.context._userfile import (
    Problems,
    found_columns,
    imo_number,
    mmsi_number,
    number_of,
    read_table,
)
from pipeline.errors import UsageError

FLEET: schema.Schema = {
    # One row a ship, sorted by imo, mmsi.
    "imo": pl.Int32,
    "mmsi": pl.Int32,
    "name": pl.String,
    "deadweight_t": pl.Float64,
    "capacity_m3": pl.Float64,
    "length_m": pl.Float64,
    "beam_m": pl.Float64,
    "summer_draught_m": pl.Float64,
    "product": pl.String,
}

# Least and most that a ship can be; beyond, the value stands in the wrong column or unit. The
# largest tanker ever built had 564,763 t of deadweight, 458 m, 69 m of beam and 24.6 m of draught.
BOUNDS = {
    "deadweight_t": (20.0, 600_000.0),
    "capacity_m3": (20.0, 700_000.0),
    "length_m": (10.0, 480.0),
    "beam_m": (3.0, 80.0),
    "summer_draught_m": (0.5, 30.0),
}
UNITS = {name: name.rsplit("_", 1)[1] for name in BOUNDS}
WATER_T_A_M3 = 1.025
# Cubic metres of tank a tonne of deadweight: 1.0-1.3 in oil tankers, 1.9 in carriers of liquefied
# natural gas; outside, one of the two is something else (gross tonnage, barrels).
M3_A_TONNE = (0.5, 2.5)
# Deadweight over the water that the hull's box displaces: a tanker's block coefficient (0.7-0.87)
# times the share of displacement that is deadweight (0.6-0.88); carriers of gas go down to 0.3.
FULLNESS = (0.15, 0.85)


def load_fleet(path: Path) -> pl.DataFrame:
    """The register as a table.

    Parameters
    ----------
    path : Path
        CSV with the columns of `FLEET`, in any order; further columns are passed over, missing
        ones are unknown. Each row needs an IMO number or an MMSI.

    Returns
    -------
    pl.DataFrame
        FLEET.

    Raises
    ------
    UsageError
        Any row that cannot be right: no or a wrong identity, one that came before, a value that
        no ship has, values that contradict each other. Names the first ten such rows.
    """
    table = read_table(path)
    if not {"imo", "mmsi"} & set(table.columns):
        raise UsageError(
            f"{path}: a fleet register needs a column imo or mmsi; expected columns: "
            f"{', '.join(FLEET)}; found: {found_columns(table)}"
        )
    if not table.rows:
        raise UsageError(f"{path}: no ships below the header")
    problems = Problems(path)
    seen: dict[tuple[str, int], int] = {}
    ships = []
    for line, row in table.rows:
        ship, wrong = _read_ship(row, table.delimiter)
        for key in ("imo", "mmsi"):
            if (number := ship[key]) is not None:
                first = seen.setdefault((key, int(number)), line)
                if first != line:
                    wrong.append(f"{key} {number} came before in line {first}")
        for what in wrong:
            problems.add(line, what)
        ships.append(ship)
    problems.stop()
    return pl.DataFrame(ships, schema=dict(FLEET), orient="row").sort("imo", "mmsi")


def _read_ship(
    row: dict[str, str], delimiter: str
) -> tuple[dict[str, str | float | int | None], list[str]]:
    """One ship and all that is wrong with its row."""
    wrong: list[str] = []
    ship: dict[str, str | float | int | None] = {}
    for key, parse, hint in (
        ("imo", imo_number, "seven digits, the last a check digit"),
        ("mmsi", mmsi_number, "nine digits, the first three a country code"),
    ):
        text = row.get(key, "")
        ship[key] = parse(text)
        if text and ship[key] is None:
            wrong.append(f"{key} {text!r} is none ({hint})")
    if not row.get("imo") and not row.get("mmsi"):
        wrong.append("neither imo nor mmsi: the ship cannot be told")
    ship["name"] = row.get("name") or None
    ship["product"] = row.get("product") or None
    for key, (low, high) in BOUNDS.items():
        ship[key], problem = _number(row.get(key, ""), delimiter, key, low, high)
        if problem:
            wrong.append(problem)
    return ship, wrong or _contradictions(ship)


def _number(
    text: str, delimiter: str, key: str, low: float, high: float
) -> tuple[float | None, str | None]:
    """The value of one cell, and what is wrong with it."""
    if not text:
        return None, None
    try:
        value = number_of(text, delimiter)
    except ValueError as error:
        return None, f"{key} {text!r} {error}"
    if not low <= value <= high:
        return None, (
            f"{key} {text} is outside {low:g}-{high:g} {UNITS[key]}: "
            "is the value in the wrong column or unit?"
        )
    return value, None


def _contradictions(ship: dict[str, str | float | int | None]) -> list[str]:
    """Values that cannot belong to one ship."""
    tonnes, capacity, length, beam, draught = (
        float(value) if (value := ship[key]) is not None else math.nan for key in BOUNDS
    )
    wrong = []
    if not math.isnan(capacity / tonnes) and not (
        M3_A_TONNE[0] <= capacity / tonnes <= M3_A_TONNE[1]
    ):
        wrong.append(
            f"capacity_m3 {capacity:g} does not go with deadweight_t {tonnes:g}: "
            "is one of them barrels, or gross tonnage?"
        )
    if length < 2 * beam:
        wrong.append(f"length_m {length:g} is under twice beam_m {beam:g}: are they swapped?")
    if draught > beam:
        wrong.append(f"summer_draught_m {draught:g} exceeds beam_m {beam:g}: are they swapped?")
    box_t = WATER_T_A_M3 * length * beam * draught
    if not math.isnan(tonnes / box_t) and not (FULLNESS[0] <= tonnes / box_t <= FULLNESS[1]):
        wrong.append(
            f"deadweight_t {tonnes:g} does not go with a hull of {length:g} x {beam:g} m at "
            f"{draught:g} m of draught ({FULLNESS[0] * box_t:.0f}-{FULLNESS[1] * box_t:.0f} t)"
        )
    return wrong
