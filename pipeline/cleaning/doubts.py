"""Flags of single fixes that may not be where the ship was: kept, never dropped, counted.

``land``: far inland by the coastline. ``circle``: in an hour of turning on one circle. ``stuck``:
the same position was sent on while the ship moved (what was sent on is rejected; the flag is on the
fix that it repeats). ``coarse``: exact to a tenth of a minute only. ``crowd``: in a place with more
ships than there is room for, which shows only when ships are compared; see
``pipeline.cleaning.interference``.

A flag is a reason to look: rivers are land to a coastline, and ships do try their rudders.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit

from pipeline.context.shore import on_land, shore_distance_km
from pipeline.ledger import Ledger
from pipeline.schema import FIX_FLAG, FIX_FLAGS

LAND, CIRCLE, STUCK, COARSE, CROWD = (1 << k for k in range(len(FIX_FLAGS)))

CELL_DEG = 0.05  # a cell's corner lies 4 km from its middle
CELLS_AROUND = 7202  # in a row of them around the globe, longitude 180 in one of its own
UNASKED, AT_SEA, INLAND = range(3)
INLAND_KM = 8.0  # of a cell's middle: its fixes are 4 km inland at least, and charts err by 1-2 km

Bits = npt.NDArray[np.uint8]


def flag_words(bits: pl.Expr) -> pl.Expr:
    """Bits as ``flags`` of ``schema.FIXES``; null for none."""
    return pl.when(bits > 0).then((bits - 1).cast(pl.UInt8)).cat.to(FIX_FLAG)


def flag_bits(fixes: pl.DataFrame) -> Bits:
    """The flags of fixes as bits."""
    physical = fixes["flags"].to_physical()
    return (physical.cast(pl.UInt8) + 1).fill_null(0).to_numpy(writable=True)


def flagged(fixes: pl.DataFrame, rows: npt.NDArray[np.bool_], bit: int) -> pl.DataFrame:
    """``schema.FIXES`` with one flag more on some rows."""
    if not rows.any():
        return fixes
    bits = flag_bits(fixes) | np.where(rows, np.uint8(bit), np.uint8(0))
    return fixes.with_columns(flag_words(pl.lit(pl.Series(bits))).alias("flags"))


@njit(cache=True, nogil=True)
def _cell(lat: float, lon: float) -> int:
    row = int((lat + 90.0) / CELL_DEG)
    return row * CELLS_AROUND + int((lon + 180.0) / CELL_DEG)


@njit(cache=True, nogil=True)
def _unasked(
    lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64], inland: npt.NDArray[np.int8]
) -> npt.NDArray[np.int64]:
    """The cells of fixes of which nothing is known yet, each once for each time it is entered."""
    cells = np.empty(lat.size, np.int64)
    n, last = 0, -1
    for i in range(lat.size):
        cell = _cell(lat[i], lon[i])
        if cell != last:
            last = cell
            if inland[cell] == UNASKED:
                cells[n] = cell
                n += 1
    return cells[:n].copy()


@njit(cache=True, nogil=True)
def _within(
    lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64], inland: npt.NDArray[np.int8]
) -> npt.NDArray[np.bool_]:
    """Whether each fix lies in a cell that is inland."""
    found = np.zeros(lat.size, np.bool_)
    for i in range(lat.size):
        found[i] = inland[_cell(lat[i], lon[i])] == INLAND
    return found


@cache
def _known() -> npt.NDArray[np.int8]:
    """Of each cell of the globe what was found out of it: filled in as ships come to be there.

    Threads may ask about one cell at once; they find the same.
    """
    return np.zeros((int(180.0 / CELL_DEG) + 2) * CELLS_AROUND, np.int8)


def inland(lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether each fix is far inland, by the cell it lies in."""
    known = _known()
    cells = np.unique(_unasked(lat, lon, known))
    if cells.size:
        middle_lat = (cells // CELLS_AROUND + 0.5) * CELL_DEG - 90.0
        middle_lon = (cells % CELLS_AROUND + 0.5) * CELL_DEG - 180.0
        land = np.flatnonzero(on_land(middle_lat, middle_lon))
        found = np.full(cells.size, AT_SEA, np.int8)
        if land.size:
            far = shore_distance_km(middle_lat[land], middle_lon[land]) <= -INLAND_KM
            found[land[far]] = INLAND
        known[cells] = found
    return _within(lat, lon, known)


def count_flags(fixes: pl.DataFrame, ledger: Ledger) -> None:
    """Tell the ledger how many fixes carry each flag."""
    counts = fixes["flags"].drop_nulls().to_physical().value_counts()
    for flag, bit in zip(FIX_FLAGS, (LAND, CIRCLE, STUCK, COARSE, CROWD), strict=True):
        ledger.flag(
            f"cleaning.{flag}", sum(n for index, n in counts.iter_rows() if (index + 1) & bit)
        )
