"""The tracklets of MMSIs that have several, described by their ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.motion import BASELINE_MIN_S, BASELINE_S, Fixes, way_m


class Pieces(NamedTuple):
    """Tracklets, ordered by MMSI and first row.

    Attributes
    ----------
    ships : array of int64
        Which MMSIs (positions in the list of all) have several tracklets.
    begin, end : array of int64
        The rows of each.
    offsets : array of int64
        The number of the first tracklet of each; one more entry for the end.
    speed_bound : array of float64
        The speed that each cannot exceed, m/s.
    first, last : array of int64
        First and last row of each tracklet.
    fixes : array of int64
        Rows of each tracklet.
    made_first, made_last : array of float64
        Velocity made good over the first and the last fixes of each, east and north, m/s; NaN
        where unknown.
    """

    ships: npt.NDArray[np.int64]
    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    speed_bound: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    fixes: npt.NDArray[np.int64]
    made_first: npt.NDArray[np.float64]
    made_last: npt.NDArray[np.float64]


@njit(cache=True, nogil=True)
def _describe(pieces: Pieces, label: npt.NDArray[np.int32], rows: Fixes) -> None:
    anchor = np.empty(pieces.first.size, np.int64)  # where the velocity is measured from
    for k in range(pieces.ships.size):
        for i in range(pieces.begin[k], pieces.end[k]):
            if label[i] < 0:
                continue
            t = pieces.offsets[k] + label[i]
            if pieces.fixes[t] == 0:
                pieces.first[t] = anchor[t] = i
            else:
                a = anchor[t]
                dt = 0.001 * (rows.time_ms[i] - rows.time_ms[a])
                begun = not np.isnan(pieces.made_first[t, 0])
                if dt >= BASELINE_S or (dt >= BASELINE_MIN_S and not begun):
                    dx, dy = way_m(rows, a, i)
                    pieces.made_last[t, 0], pieces.made_last[t, 1] = dx / dt, dy / dt
                    if a == pieces.first[t]:
                        pieces.made_first[t, 0], pieces.made_first[t, 1] = dx / dt, dy / dt
                    if dt >= BASELINE_S:
                        anchor[t] = i
            pieces.last[t] = i
            pieces.fixes[t] += 1


def describe_pieces(
    label: npt.NDArray[np.int32],
    counts: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    rows: Fixes,
) -> Pieces:
    """The tracklets of the MMSIs that have more than one.

    Parameters
    ----------
    label, counts : arrays
        From `follow`.
    starts : array of int64
        Where each MMSI begins in the rows; one more entry for the end.
    speed_bounds : array of float64
        The speed that each MMSI cannot exceed, m/s.
    rows : Fixes
        All reports.
    """
    ships = np.flatnonzero(counts > 1)
    offsets = np.concatenate(([0], np.cumsum(counts[ships])))
    n = int(offsets[-1])
    pieces = Pieces(
        ships=ships,
        begin=starts[ships],
        end=starts[ships + 1],
        offsets=offsets,
        speed_bound=speed_bounds[ships],
        first=np.zeros(n, np.int64),
        last=np.zeros(n, np.int64),
        fixes=np.zeros(n, np.int64),
        made_first=np.full((n, 2), np.nan),
        made_last=np.full((n, 2), np.nan),
    )
    _describe(pieces, label, rows)
    return pieces
