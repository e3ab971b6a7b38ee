"""Pairing: which two ships were near each other, and when.

Boxes of runs are put into the cells of a grid over the globe (bands of latitude, each divided into
its own whole number of cells round the parallel: nothing special happens at the antimeridian or
the poles). Two runs meet when they share a cell, overlap in time and their boxes are near enough
for the two hulls. The pairs' overlaps in time are joined to windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from pipeline.rendezvous.geometry import metres_per_degree, wrap_degrees
from pipeline.rendezvous.runs import F8, I8, Runs

BAND_DEG = 0.03
"""Height of a cell, 3.3 km: somewhat above the largest box with its surroundings, so that a run
stands in few cells and a cell holds few runs."""


@dataclass(frozen=True)
class Windows:
    """When which two tracks may have been near each other, sorted by a, b and time.

    Attributes
    ----------
    a, b : array of int
        Tracks, a < b.
    begin_ms, end_ms : array of int
        The window. Windows of one pair do not touch each other.
    """

    a: I8
    b: I8
    begin_ms: I8
    end_ms: I8


@njit(cache=True, nogil=True)
def _cells_round(band: int) -> int:
    lat = abs(band + 0.5) * BAND_DEG
    return max(1, int(360.0 * np.cos(np.radians(min(lat, 90.0))) / BAND_DEG))


@njit(cache=True, nogil=True)
def _register(
    south: F8, north: F8, west: F8, east: F8, margin_m: F8, fill: bool, cell: I8, member: I8
) -> int:
    """Count (or fill) the entries of runs in cells; a run's box is widened by its margin."""
    n = 0
    for i in range(len(south)):
        per_north, _ = metres_per_degree(0.5 * (south[i] + north[i]))
        lat_pad = margin_m[i] / per_north
        lo, hi = max(south[i] - lat_pad, -90.0), min(north[i] + lat_pad, 90.0)
        _, per_east = metres_per_degree(max(abs(lo), abs(hi)))
        lon_pad = min(360.0, margin_m[i] / max(per_east, 1e-3))
        for band in range(int(np.floor(lo / BAND_DEG)), int(np.floor(hi / BAND_DEG)) + 1):
            cells = _cells_round(band)
            x0 = int(np.floor((west[i] - lon_pad + 180.0) / 360.0 * cells))
            x1 = int(np.floor((east[i] + lon_pad + 180.0) / 360.0 * cells))
            for x in range(x0, min(x1, x0 + cells - 1) + 1):
                if fill:
                    cell[n] = (band + 10_000) * 100_000 + x % cells
                    member[n] = i
                n += 1
    return n


@njit(cache=True, nogil=True)
def _meet(
    cell: I8,
    member: I8,
    track: I8,
    begin_ms: I8,
    end_ms: I8,
    south: F8,
    north: F8,
    west: F8,
    east: F8,
    margin_m: F8,
) -> I8:
    """Pairs of runs that meet; members of a cell come sorted by their begin."""
    out = np.empty((len(cell) + 1, 2), np.int64)
    n = 0
    lo = 0
    while lo < len(cell):
        hi = lo
        while hi < len(cell) and cell[hi] == cell[lo]:
            hi += 1
        for p in range(lo, hi):
            i = member[p]
            for q in range(p + 1, hi):
                j = member[q]
                if begin_ms[j] > end_ms[i]:
                    break  # all later ones begin later still
                if track[i] == track[j]:
                    continue
                reach = margin_m[i] + margin_m[j]
                per_north, per_east = metres_per_degree(0.5 * (south[i] + north[j]))
                dy = max(0.0, south[i] - north[j], south[j] - north[i]) * per_north
                if dy > reach:
                    continue
                middle = abs(wrap_degrees(0.5 * (west[j] + east[j] - west[i] - east[i])))
                half = 0.5 * (east[i] - west[i] + east[j] - west[j])
                dx = max(0.0, middle - half) * per_east
                if dx * dx + dy * dy > reach * reach:
                    continue
                if n == len(out):
                    more = np.empty((2 * n, 2), np.int64)
                    more[:n] = out
                    out = more
                out[n, 0], out[n, 1] = i, j
                n += 1
        lo = hi
    return out[:n]


@njit(cache=True, nogil=True)
def _in_order(a: I8, b: I8, begin_ms: I8, end_ms: I8) -> tuple[I8, I8, I8, I8]:
    """Windows in the order of a, b and begin: put to each a first, then sorted by one key."""
    if len(a) == 0:
        return a, b, begin_ms, end_ms
    start = np.zeros(a.max() + 2, np.int64)
    for m in range(len(a)):
        start[a[m] + 1] += 1
    start = np.cumsum(start)
    free = start.copy()
    place = np.empty(len(a), np.int64)
    for m in range(len(a)):
        place[free[a[m]]] = m
        free[a[m]] += 1
    earliest = begin_ms.min()
    span = begin_ms.max() - earliest + 1
    for k in range(len(start) - 1):
        part = place[start[k] : start[k + 1]]
        # windows of one pair with one begin may stand in any order: they are joined
        part[:] = part[np.argsort(b[part] * span + (begin_ms[part] - earliest))]
    return a[place], b[place], begin_ms[place], end_ms[place]


@njit(cache=True, nogil=True)
def _join(a: I8, b: I8, begin_ms: I8, end_ms: I8) -> NDArray[np.bool_]:
    """Join touching windows of a pair in place; True where a joined window ends up."""
    keep = np.zeros(len(a), np.bool_)
    at = 0
    for i in range(len(a)):
        if i > 0 and a[i] == a[at] and b[i] == b[at] and begin_ms[i] <= end_ms[at]:
            end_ms[at] = max(end_ms[at], end_ms[i])
        else:
            at = i
            keep[i] = True
    return keep


def pair_runs(runs: Runs, reach_m: F8, near_gap_m: float) -> Windows:
    """Windows of time in which two tracks may have come near each other.

    Parameters
    ----------
    runs : Runs
        Runs of all tracks.
    reach_m : array, shape (tracks)
        Farthest that a part of each track's hull can be from its antenna.
    near_gap_m : float
        Hulls nearer than this are wanted.
    """
    margin = reach_m[runs.track] + 0.5 * near_gap_m
    box = (runs.south, runs.north, runs.west, runs.east, margin)
    none = np.empty(0, np.int64)
    entries = _register(*box, False, none, none)
    cell, member = np.empty(entries, np.int64), np.empty(entries, np.int64)
    _register(*box, True, cell, member)
    order = np.lexsort((member, runs.begin_ms[member], cell))
    cell, member = cell[order], member[order]
    met = _meet(cell, member, runs.track, runs.begin_ms, runs.end_ms, *box)
    left, right = met[:, 0], met[:, 1]
    a = np.minimum(runs.track[left], runs.track[right])
    b = np.maximum(runs.track[left], runs.track[right])
    begin = np.maximum(runs.begin_ms[left], runs.begin_ms[right])
    end = np.minimum(runs.end_ms[left], runs.end_ms[right])
    return joined([Windows(a, b, begin, end)])


def joined(parts: Sequence[Windows]) -> Windows:
    """Windows found in parts, in any order, sorted; those of one pair that touch become one."""
    a, b, begin, end = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("a", "b", "begin_ms", "end_ms")
    )
    a, b, begin, end = _in_order(a, b, begin, end)
    keep = _join(a, b, begin, end)
    return Windows(a[keep], b[keep], begin[keep], end[keep])


def of_two_numbers(windows: Windows, vessels: pl.DataFrame) -> Windows:
    """The windows of tracks with two MMSIs: tracks of one are told apart by cleaning."""
    mmsi = vessels["mmsi"].to_numpy()
    two = mmsi[windows.a] != mmsi[windows.b]
    return Windows(windows.a[two], windows.b[two], windows.begin_ms[two], windows.end_ms[two])
