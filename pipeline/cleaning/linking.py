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

from pipeline.cleaning.labels import CLOCK
from pipeline.cleaning.motion import (
    BASELINE_MIN_S,
    BASELINE_S,
    M_S_PER_KN,
    PATH_ERRORS,
    SIGMAS,
    TURN_SHARE,
    Fixes,
    Motion,
    displacement_m,
    farthest_m,
    greater_known,
    misfit,
    velocity_m_s,
    within_reach,
)

ALONE_COST = 30.0  # an end or a beginning alone: more than the longest silence (4 ln 1,000 = 28)
ALONE_COST_PER_LOG = 2.0  # and more for each e-fold of its fixes: faults are short
OTHER_IDENTITY_COST = 60.0  # a link over which the ship would have changed its transceiver
CLOCK_COST = 14.0  # a link over which a receiver's clock was set: as for a silence of as long
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
    anchor = np.empty(first.size, np.int64)  # where the velocity made good is measured from
    for k in range(ships.size):
        s = ships[k]
        for i in range(starts[s], starts[s + 1]):
            if label[i] < 0:
                continue
            t = offsets[k] + label[i]
            if fixes[t] == 0:
                ship[t], first[t], anchor[t] = s, i, i
            else:
                a = anchor[t]
                dt = 0.001 * (time_ms[i] - time_ms[a])
                begun = made_first[t, 0] == made_first[t, 0]
                if dt >= BASELINE_S or (dt >= BASELINE_MIN_S and not begun):
                    cos0 = math.cos(math.radians(lat[a]))
                    dx, dy = displacement_m(lat[a], lon[a], cos0, lat[i], lon[i])
                    made_last[t, 0], made_last[t, 1] = dx / dt, dy / dt
                    if a == first[t]:
                        made_first[t, 0], made_first[t, 1] = dx / dt, dy / dt
                    if dt >= BASELINE_S:
                        anchor[t] = i
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
def _on_course(
    dx: float,
    dy: float,
    vx0: float,
    vy0: float,
    vx1: float,
    vy1: float,
    off_s: float,
    bounds: Motion,
) -> bool:
    """Whether a piece that begins before another ends is its continuation by another clock.

    It then begins ahead of or behind the other's end on its course, by no more than clocks can
    be off at its speed.
    """
    margin = PATH_ERRORS * bounds.position_error_m
    speed0, speed1 = math.hypot(vx0, vy0), math.hypot(vx1, vy1)
    if speed1 > speed0 or math.isnan(speed0):
        vx0, vy0, speed0 = vx1, vy1, speed1
    distance = math.hypot(dx, dy)
    if distance <= margin:
        return True
    if not speed0 > 0.0:
        return False
    aside = abs(dx * vy0 - dy * vx0) / speed0
    return distance <= margin + speed0 * off_s and aside <= margin + TURN_SHARE * distance


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
    clock_ms: float,
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
                overlap_ms = time_ms[i] - time_ms[first[b]]
                if overlap_ms >= 0 and (
                    overlap_ms > clock_ms or time_ms[last[b]] <= time_ms[i]
                ):
                    continue
                wanted = overlap_ms >= 0
                for c in range(0 if overlap_ms < 0 else len(SIZES), len(SIZES)):
                    if fixes[b] >= SIZES[c] and seen[c] < SUCCESSORS:
                        seen[c] += 1
                        wanted = True
                if not wanted:
                    if seen[len(SIZES) - 1] >= SUCCESSORS:
                        break
                    continue
                j = first[b]
                dt = max(0.0, 0.001 * (time_ms[j] - time_ms[i]))
                dx, dy = displacement_m(lat[i], lon[i], cos0, lat[j], lon[j])
                vx1, vy1 = velocity_m_s(sog[j], cog[j])
                if overlap_ms >= 0 and not _on_course(
                    dx, dy, vx0, vy0, vx1, vy1, 0.001 * (overlap_ms + clock_ms), bounds
                ):
                    continue
                left_x, left_y, sigma = misfit(
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
                    np.nan,
                    speed_bounds[k],
                    bounds,
                )
                left = math.hypot(left_x, left_y)
                speed = greater_known(sog[i], sog[j]) * M_S_PER_KN
                if overlap_ms < 0 and not within_reach(
                    math.hypot(dx, dy), left, dt, speed, speed_bounds[k], bounds
                ):
                    continue
                if found == room:
                    room *= 2
                    source = np.concatenate((source, np.empty(found, np.int64)))
                    target = np.concatenate((target, np.empty(found, np.int64)))
                    cost = np.concatenate((cost, np.empty(found)))
                source[found], target[found] = a, b
                if overlap_ms >= 0:
                    cost[found] = CLOCK_COST
                else:
                    spread = SIGMAS * sigma / bounds.position_error_m
                    cost[found] = (left / sigma) ** 2 + 4.0 * math.log(spread)
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
def _heads(before: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    heads = np.arange(before.size)
    for a in range(before.size):  # what comes before has the lower number
        if before[a] >= 0:
            heads[a] = heads[before[a]]
    return heads


@njit(cache=True, nogil=True)
def _drop_overlaps(
    ships: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    before: npt.NDArray[np.int64],
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    label: npt.NDArray[np.int32],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    clock_ms: float,
    bounds: Motion,
) -> None:
    for k in range(ships.size):
        for b in range(offsets[k], offsets[k + 1]):
            if before[b] < 0 or time_ms[first[b]] > time_ms[last[before[b]]]:
                continue
            end = last[before[b]]
            cos0 = math.cos(math.radians(lat[end]))
            for i in range(first[b], min(last[b], starts[ships[k] + 1])):
                if label[i] != b - offsets[k]:
                    continue
                dt_ms = time_ms[i] - time_ms[end]
                if dt_ms > clock_ms:
                    break
                if dt_ms > 0:
                    dx, dy = displacement_m(lat[end], lon[end], cos0, lat[i], lon[i])
                    if math.hypot(dx, dy) <= farthest_m(0.001 * dt_ms, speed_bounds[k], bounds):
                        break
                label[i] = CLOCK


def drop_overlaps(
    label: npt.NDArray[np.int32],
    ships: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    before: npt.NDArray[np.int64],
    pieces: Tracklets,
    speed_bounds: npt.NDArray[np.float64],
    rows: Fixes,
    clock_ms: float,
    bounds: Motion,
) -> None:
    """Where a piece begins before the one before it ends, label its first fixes CLOCK, in place.

    Up to the first that can be reached from the other's end.
    """
    _drop_overlaps(
        ships,
        starts,
        offsets,
        before,
        pieces.first,
        pieces.last,
        speed_bounds,
        label,
        rows.time_ms,
        rows.lat,
        rows.lon,
        clock_ms,
        bounds,
    )


def chain(
    pieces: Tracklets,
    offsets: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    rows: Fixes,
    clock_ms: float,
    bounds: Motion,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which tracklets are one ship's.

    Parameters
    ----------
    pieces, offsets : Tracklets, array of int64
        From `describe`.
    speed_bounds : array of float64
        For each ship of `offsets`, the speed that it cannot exceed, m/s.
    rows : Fixes
        All reports.
    clock_ms : float
        By how much clocks of receivers may be off.
    bounds : Motion
        Errors and accelerations.

    Returns
    -------
    heads : array of int64
        The chain of each tracklet: the number of the tracklet that begins it.
    before : array of int64
        The tracklet before it in the chain; -1: none.
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
        clock_ms,
        bounds,
    )
    n = pieces.first.size
    alone = ALONE_COST + ALONE_COST_PER_LOG * np.log(pieces.fixes)
    successor = _match(n, source, target, cost, alone)
    before = np.full(n, -1)
    linked = np.flatnonzero(successor >= 0)
    before[successor[linked]] = linked
    return _heads(before), before
