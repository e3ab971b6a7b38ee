"""From tracklets to chains: which pieces of one MMSI's reports are one ship's.

Every tracklet of an MMSI has at most one predecessor and one successor. Which, is decided for all
of them together: the links with the least total cost win (a minimum-cost matching of ends with
beginnings), the cost of a link being what its misfit says against one ship, the cost of no link
growing with the fixes of the piece left alone. So two ships that fall silent and return are told
apart by both their returns at once, a ship that was away for a day is one chain, and a burst of
false positions is left out where the ship's own pieces fit better without it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.motion import (
    BASELINE_MIN_S,
    M_S_PER_KN,
    Fixes,
    Motion,
    displacement_m,
    misfit,
    velocity_m_s,
    within_reach,
)

SIGMAS = 3.0  # the allowance of `misfit` in standard deviations
ALONE_COST = 30.0  # an end or a beginning alone: more than the longest silence (4 ln 1,000 = 28)
ALONE_COST_PER_LOG = 2.0  # and more for each e-fold of its fixes: faults are short
OTHER_IDENTITY_COST = 60.0  # a link over which the ship would have changed its transceiver
SUCCESSORS = 8  # next pieces looked at in each class of size
SIZES = (1, 3, 10, 100)  # classes of size: a burst of faults must not hide the ship's next piece


@dataclass(frozen=True)
class Tracklets:
    """Pieces of the MMSIs that have more than one, ordered by MMSI and first row."""

    ship: npt.NDArray[np.int64]  # position of the MMSI in the list of ships
    first: npt.NDArray[np.int64]  # row
    last: npt.NDArray[np.int64]
    fixes: npt.NDArray[np.int64]
    made_first: npt.NDArray[np.float64]  # (n, 2) velocity made good over the first fixes, m/s
    made_last: npt.NDArray[np.float64]  # and over the last ones; NaN where unknown


@njit(cache=True, nogil=True)
def _describe(
    ships: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    label: npt.NDArray[np.int32],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    ship: npt.NDArray[np.int64],
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    fixes: npt.NDArray[np.int64],
    made_first: npt.NDArray[np.float64],
    made_last: npt.NDArray[np.float64],
) -> None:
    for k in range(ships.size):
        s = ships[k]
        for i in range(starts[s], starts[s + 1]):
            if label[i] < 0:
                continue
            t = offsets[k] + label[i]
            if fixes[t] == 0:
                ship[t], first[t] = s, i
            else:
                j = last[t]
                dt = 0.001 * (time_ms[i] - time_ms[j])
                if dt >= BASELINE_MIN_S:
                    cos0 = math.cos(math.radians(lat[j]))
                    dx, dy = displacement_m(lat[j], lon[j], cos0, lat[i], lon[i])
                    made_last[t, 0], made_last[t, 1] = dx / dt, dy / dt
                    if made_first[t, 0] != made_first[t, 0]:
                        made_first[t, 0], made_first[t, 1] = dx / dt, dy / dt
            last[t] = i
            fixes[t] += 1


def describe(
    label: npt.NDArray[np.int32],
    counts: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    rows: Fixes,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Tracklets]:
    """The tracklets of the ships that have several.

    Returns
    -------
    ships, offsets : arrays of int64
        Those ships, and the number of the first tracklet of each.
    tracklets : Tracklets
        Their tracklets.
    """
    ships = np.flatnonzero(counts > 1)
    offsets = np.concatenate(([0], np.cumsum(counts[ships])))
    n = int(offsets[-1])
    pieces = Tracklets(
        ship=np.zeros(n, np.int64),
        first=np.zeros(n, np.int64),
        last=np.zeros(n, np.int64),
        fixes=np.zeros(n, np.int64),
        made_first=np.full((n, 2), np.nan),
        made_last=np.full((n, 2), np.nan),
    )
    _describe(
        ships,
        starts,
        offsets,
        label,
        rows.time_ms,
        rows.lat,
        rows.lon,
        pieces.ship,
        pieces.first,
        pieces.last,
        pieces.fixes,
        pieces.made_first,
        pieces.made_last,
    )
    return ships, offsets, pieces


@njit(cache=True, nogil=True)
def _links(
    offsets: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    fixes: npt.NDArray[np.int64],
    made_first: npt.NDArray[np.float64],
    made_last: npt.NDArray[np.float64],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    sog: npt.NDArray[np.float32],
    cog: npt.NDArray[np.float32],
    class_b: npt.NDArray[np.int8],
    bounds: Motion,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """All links worth weighing: from, to, cost."""
    room = 1024
    source = np.empty(room, np.int64)
    target = np.empty(room, np.int64)
    cost = np.empty(room)
    found = 0
    seen = np.zeros(len(SIZES), np.int64)
    for k in range(offsets.size - 1):
        for a in range(offsets[k], offsets[k + 1]):
            i = last[a]
            cos0 = math.cos(math.radians(lat[i]))
            vx0, vy0 = velocity_m_s(sog[i], cog[i])
            seen[:] = 0
            for b in range(a + 1, offsets[k + 1]):
                if time_ms[first[b]] <= time_ms[i]:
                    continue
                wanted = False
                for c in range(len(SIZES)):
                    if fixes[b] >= SIZES[c] and seen[c] < SUCCESSORS:
                        seen[c] += 1
                        wanted = True
                if not wanted:
                    if seen[len(SIZES) - 1] >= SUCCESSORS:
                        break
                    continue
                j = first[b]
                dt = 0.001 * (time_ms[j] - time_ms[i])
                dx, dy = displacement_m(lat[i], lon[i], cos0, lat[j], lon[j])
                vx1, vy1 = velocity_m_s(sog[j], cog[j])
                q, allowance = misfit(
                    dx,
                    dy,
                    dt,
                    sog[i] * M_S_PER_KN,
                    vx0,
                    vy0,
                    sog[j] * M_S_PER_KN,
                    vx1,
                    vy1,
                    made_last[a, 0],
                    made_last[a, 1],
                    made_first[b, 0],
                    made_first[b, 1],
                    speed_bounds[k],
                    bounds,
                )
                speed = 0.0
                if sog[i] == sog[i]:
                    speed = sog[i] * M_S_PER_KN
                if sog[j] == sog[j]:
                    speed = max(speed, sog[j] * M_S_PER_KN)
                if not within_reach(
                    math.hypot(dx, dy), q * allowance, dt, speed, speed_bounds[k], bounds
                ):
                    continue
                if found == room:
                    room *= 2
                    source = np.concatenate((source, np.empty(found, np.int64)))
                    target = np.concatenate((target, np.empty(found, np.int64)))
                    cost = np.concatenate((cost, np.empty(found)))
                source[found], target[found] = a, b
                cost[found] = (SIGMAS * q) ** 2 + 4.0 * math.log(
                    allowance / bounds.position_error_m
                )
                if class_b[i] >= 0 and class_b[j] >= 0 and class_b[i] != class_b[j]:
                    cost[found] += OTHER_IDENTITY_COST
                found += 1
    return source[:found], target[:found], cost[:found]


def _match(
    n: int,
    source: npt.NDArray[np.int64],
    target: npt.NDArray[np.int64],
    cost: npt.NDArray[np.float64],
    alone: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """The successor of each tracklet (-1: none) with the least total cost.

    Each end is a row, each beginning a column of a matching; for each there is a stand-in that it
    is matched with at the cost of being alone, and where a pair is matched, its stand-ins are.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    pieces = np.arange(n)
    rows = np.concatenate((source, pieces, pieces + n, target + n))
    columns = np.concatenate((target, pieces + n, pieces, source + n))
    # The matching reads zero as no edge: one more on every edge changes no order, for every full
    # matching has as many.
    weights = np.concatenate((cost, alone, alone, np.zeros(source.size))) + 1.0
    matrix = coo_array((weights, (rows, columns)), shape=(2 * n, 2 * n)).tocsr()
    of_row, of_column = min_weight_full_bipartite_matching(matrix)
    successor = np.full(n, -1)
    linked = (of_row < n) & (of_column < n)
    successor[of_row[linked]] = of_column[linked]
    return successor


@njit(cache=True, nogil=True)
def _heads(successor: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    head = np.arange(successor.size)
    for a in range(successor.size):  # a successor always has the higher number
        if successor[a] >= 0:
            head[successor[a]] = head[a]
    return head


def chain(
    pieces: Tracklets,
    offsets: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    rows: Fixes,
    bounds: Motion,
) -> npt.NDArray[np.int64]:
    """The chain of each tracklet: the number of the tracklet that begins it.

    Parameters
    ----------
    pieces, offsets : Tracklets, array of int64
        From `describe`.
    speed_bounds : array of float64
        For each ship of `offsets`, the speed that it cannot exceed, m/s.
    rows : Fixes
        All reports.
    bounds : Motion
        Errors and accelerations.
    """
    source, target, cost = _links(
        offsets,
        speed_bounds,
        pieces.first,
        pieces.last,
        pieces.fixes,
        pieces.made_first,
        pieces.made_last,
        rows.time_ms,
        rows.lat,
        rows.lon,
        rows.sog,
        rows.cog,
        rows.class_b,
        bounds,
    )
    n = pieces.first.size
    alone = ALONE_COST + ALONE_COST_PER_LOG * np.log(pieces.fixes)
    return _heads(_match(n, source, target, cost, alone))
