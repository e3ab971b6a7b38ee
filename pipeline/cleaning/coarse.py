"""Positions exact to a tenth of a minute only: message 27, made for satellites.

All other messages give ten-thousandths of a minute. What a feed gives as degrees still shows it:
both coordinates are whole tenths of a minute. Feeds that round degrees to some decimals of their
own never fall on them otherwise than by multiples of 0.005 degrees, which are left out; so are one
in nine true ones, unless the fix before is coarse.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit

GRID_PER_DEG = 600.0  # tenths of a minute
TOLERANCE = 0.0035  # of one: what five decimals of a degree leave; one position in 20,000 by chance
SHARED_PER_DEG = 200.0  # on both the grid of tenths of a minute and that of thousandths of a degree
COARSE_M2 = (1852.0 / 10.0) ** 2 / 12.0  # variance along an axis of what lies anywhere in a step


@njit(cache=True)
def _on(degrees: float, per_deg: float) -> bool:
    steps = degrees * per_deg
    return bool(abs(steps - round(steps)) <= TOLERANCE)


@njit(cache=True)
def is_coarse(lat: float, lon: float) -> bool:
    """Whether a position's digits say that it is exact to a tenth of a minute only."""
    if not (_on(lat, GRID_PER_DEG) and _on(lon, GRID_PER_DEG)):
        return False
    return not (_on(lat, SHARED_PER_DEG) and _on(lon, SHARED_PER_DEG))


@njit(cache=True, nogil=True)
def _coarse(
    track: npt.NDArray[np.int32], lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    found = np.zeros(lat.size, np.bool_)
    for i in range(lat.size):
        if _on(lat[i], GRID_PER_DEG) and _on(lon[i], GRID_PER_DEG):
            before = i > 0 and track[i - 1] == track[i] and found[i - 1]
            found[i] = before or is_coarse(lat[i], lon[i])
    return found


def coarse(fixes: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Which fixes are exact to a tenth of a minute only.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``, sorted by track and time.
    """
    track, lat, lon = (fixes[name].to_numpy() for name in ("track", "lat", "lon"))
    return _coarse(track, lat, lon)
