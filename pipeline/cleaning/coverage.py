"""Why a ship was not heard: whether her neighbours were, there and then.

A ship that falls silent while ships about her go on being heard well has switched off, or is
jammed. If nobody is heard where she should be, she is out of the range of the receivers (or
alone). Where her neighbours are heard now and then only, at the edge of the range, her silence
may be chance. One neighbour may have the better antenna, or shadow hers when alongside: one alone
tells nothing.

Ships are counted in cubes of an earth-centred grid and in quarters of an hour: a grid on the
globe's surface would have seams at the antimeridian and the poles.

The place of a silent ship is taken on the great circle between the fixes about her silence; before
her first and after her last fix by reckoning, see ``pipeline.cleaning.coverage_ends``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit, prange

from pipeline.cleaning.coverage_ends import ends_of, reckoned, span_ms
from pipeline.cleaning.motion import EARTH_RADIUS_M
from pipeline.schema import SILENCES, conform

GAP_MIN_H = 0.75  # three quarters of an hour hold two whole quarters at least
GAP_INTERVALS_MIN = 6.0  # of her usual intervals: heard from satellites, an hour is no silence
SLOT_MS = 900_000  # a quarter of an hour holds five reports of a ship at anchor
QUARTERS_MIN = 2  # as a silence has at least
QUARTERS_MAX = 192  # looked at in one silence, spread evenly: two days tell what two weeks do
CUBE_M = 25_000.0  # ships so near share receivers on shore, that hear 40-75 km
HEARD_SHARE = 0.8  # of the quarters, from which neighbours were heard throughout
UNHEARD_SHARE = 0.2  # and up to which they were not heard

NEIGHBOURS_MIN = 2
REPORTS_MIN = 3.0  # a ship and quarter, heard well: she sends five at anchor, more under way

VERDICTS = ("unknown", "out_of_range", "switched_off")
_UNKNOWN, _OUT_OF_RANGE, _SWITCHED_OFF = range(3)

_CELL_BITS = 10  # the globe is 510 cubes across
_CELL_ZERO = 1 << (_CELL_BITS - 1)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class _Heard(NamedTuple):
    """What was heard in each cube and quarter of an hour, sorted by key."""

    key: Ints
    ships: Ints
    reports: Ints


@njit(cache=True, nogil=True)
def _unit(lat: float, lon: float) -> tuple[float, float, float]:
    """The place on the unit sphere."""
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


@njit(cache=True, nogil=True)
def _cell(place: float) -> int:
    return math.floor(place * EARTH_RADIUS_M / CUBE_M) + _CELL_ZERO


@njit(cache=True, nogil=True)
def _key(slot: int, x: int, y: int, z: int) -> int:
    """Quarter and cube as one number; cubes above each other follow each other."""
    return (((slot << _CELL_BITS | x) << _CELL_BITS) | y) << _CELL_BITS | z


@njit(cache=True, nogil=True)
def _is_gap(step_ms: int, usual_ms: float) -> bool:
    return bool(step_ms >= max(GAP_MIN_H * 3_600_000.0, GAP_INTERVALS_MIN * usual_ms))


@njit(cache=True, nogil=True)
def _usual_ms(time_ms: Ints) -> float:
    """A ship's median interval; without end where no interval can be a silence."""
    longest = 0
    for i in range(1, time_ms.size):
        longest = max(longest, time_ms[i] - time_ms[i - 1])
    if longest < GAP_MIN_H * 3_600_000.0:
        return np.inf
    return float(np.median(np.diff(time_ms)))


@njit(cache=True, nogil=True, parallel=True)
def _count(starts: Ints, time_ms: Ints) -> tuple[Ints, Ints, Floats]:
    """How many quarters and silences each ship has, and her median interval."""
    n = starts.size - 1
    quarters, gaps, usual = np.zeros(n, np.int64), np.zeros(n, np.int64), np.empty(n)
    for s in prange(n):
        usual[s] = _usual_ms(time_ms[starts[s] : starts[s + 1]])
        last = -1
        for i in range(starts[s], starts[s + 1]):
            slot = time_ms[i] // SLOT_MS
            quarters[s] += slot != last
            last = slot
            if i > starts[s] and _is_gap(time_ms[i] - time_ms[i - 1], usual[s]):
                gaps[s] += 1
    return quarters, gaps, usual


@njit(cache=True, nogil=True, parallel=True)
def _fill(
    starts: Ints,
    time_ms: Ints,
    lat: Floats,
    lon: Floats,
    usual: Floats,
    first_quarter: Ints,
    first_gap: Ints,
) -> tuple[Ints, Ints, Ints]:
    """The key of each ship's quarters, how often she was heard in them, the rows ending silences.

    Her place is where she was first heard in the quarter.
    """
    keys = np.empty(first_quarter[-1], np.int64)
    reports = np.zeros(first_quarter[-1], np.int64)
    gaps = np.empty(first_gap[-1], np.int64)
    for s in prange(starts.size - 1):
        k, g, last = first_quarter[s] - 1, first_gap[s], -1
        for i in range(starts[s], starts[s + 1]):
            slot = time_ms[i] // SLOT_MS
            if slot != last:
                k += 1
                x, y, z = _unit(lat[i], lon[i])
                keys[k] = _key(slot, _cell(x), _cell(y), _cell(z))
            last = slot
            reports[k] += 1
            if i > starts[s] and _is_gap(time_ms[i] - time_ms[i - 1], usual[s]):
                gaps[g] = i
                g += 1
    return keys, reports, gaps


@njit(cache=True, nogil=True)
def _around(heard: _Heard, slot: int, x: int, y: int, z: int) -> tuple[int, int]:
    """Ships and reports in the 27 cubes about one."""
    ships, reports = 0, 0
    for dx in range(-1, 2):
        for dy in range(-1, 2):
            low = _key(slot, x + dx, y + dy, z - 1)
            i = np.searchsorted(heard.key, low)
            while i < heard.key.size and heard.key[i] <= low + 2:
                ships += heard.ships[i]
                reports += heard.reports[i]
                i += 1
    return ships, reports


@njit(cache=True, nogil=True, parallel=True)
def _judge(
    begins: Ints, ends: Ints, places: Floats, heard: _Heard
) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Neighbours heard in the median quarter of each silence, and the verdict.

    Looked for between two `places` (latitude and longitude of each), from begin to end.
    """
    neighbours = np.zeros(begins.size, np.int64)
    verdict = np.zeros(begins.size, np.int8)
    for g in prange(begins.size):
        begin, end = begins[g], ends[g]
        ax, ay, az = _unit(places[g, 0], places[g, 1])
        bx, by, bz = _unit(places[g, 2], places[g, 3])
        # The ship herself is not heard in a whole quarter of her silence: all who are, are others.
        first, quarters = begin // SLOT_MS + 1, end // SLOT_MS - begin // SLOT_MS - 1
        if quarters < QUARTERS_MIN:
            continue
        looked = min(quarters, QUARTERS_MAX)
        ships = np.empty(looked, np.int64)
        all_ships, all_reports, in_quarters = 0, 0, 0
        for q in range(looked):
            slot = first + q * quarters // looked
            share = (slot * SLOT_MS + 0.5 * SLOT_MS - begin) / (end - begin)
            # On the chord between the ends, lifted to the surface: the great circle.
            x, y, z = ax + (bx - ax) * share, ay + (by - ay) * share, az + (bz - az) * share
            length = math.sqrt(x * x + y * y + z * z)
            ships[q], reports = _around(
                heard, slot, _cell(x / length), _cell(y / length), _cell(z / length)
            )
            all_ships += ships[q]
            all_reports += reports
            in_quarters += ships[q] > 0
        neighbours[g] = int(np.median(ships))
        often = all_reports >= REPORTS_MIN * all_ships
        if in_quarters >= HEARD_SHARE * looked and neighbours[g] >= NEIGHBOURS_MIN and often:
            verdict[g] = _SWITCHED_OFF
        elif in_quarters <= UNHEARD_SHARE * looked:
            verdict[g] = _OUT_OF_RANGE
    return neighbours, verdict


def _gathered(keys: Ints, ships: Ints, reports: Ints) -> _Heard:
    """Rows of one key as one, sorted by key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    if not begins.size:
        return _Heard(ordered, ordered, ordered)
    return _Heard(
        key=ordered[begins],
        ships=np.add.reduceat(ships[order], begins),
        reports=np.add.reduceat(reports[order], begins),
    )


def listen(fixes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """How many ships were heard where and when, and the silences of all ships.

    A silence is a gap of at least `GAP_MIN_H` and `GAP_INTERVALS_MIN` of the ship's usual
    intervals.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``, sorted by track and time.

    Returns
    -------
    heard : pl.DataFrame
        ``key`` (a cube and quarter of an hour), ``ships``, ``reports``. Those of parts of the ships
        add up.
    gaps : pl.DataFrame
        ``schema.SILENCES`` without what is judged, between fixes.
    ends : pl.DataFrame
        From `coverage_ends.ends_of`.
    """
    track = fixes["track"].to_numpy()
    time_ms = fixes["time"].to_physical().to_numpy()
    lat, lon = fixes["lat"].to_numpy(), fixes["lon"].to_numpy()
    starts = np.append(np.flatnonzero(np.diff(track, prepend=-1)), track.size)
    quarters, counts, usual = _count(starts, time_ms)
    ends = np.cumsum(quarters), np.cumsum(counts)
    first_quarter, first_gap = (np.concatenate((np.zeros(1, np.int64), end)) for end in ends)
    keys, reports, gaps = _fill(starts, time_ms, lat, lon, usual, first_quarter, first_gap)
    heard = _gathered(keys, np.ones(keys.size, np.int64), reports)
    found = pl.DataFrame(
        {
            "track": track[gaps],
            "gap_start": time_ms[gaps - 1],
            "gap_end": time_ms[gaps],
            "lat_start": lat[gaps - 1],
            "lon_start": lon[gaps - 1],
            "lat_end": lat[gaps],
            "lon_end": lon[gaps],
        }
    )
    return pl.DataFrame(heard._asdict()), conform(found, SILENCES), ends_of(fixes)


def silences(heard: pl.DataFrame, gaps: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    """Judge silences by what was heard about the ship.

    Parameters
    ----------
    heard, gaps, ends : pl.DataFrame
        From `listen`, of all ships: rows of parts under each other.

    Returns
    -------
    pl.DataFrame
        ``schema.SILENCES``, those before a ship's first and after her last fix among them. The
        verdict is ``switched_off`` where neighbours (`NEIGHBOURS_MIN` or more, each `REPORTS_MIN`
        times in a quarter of an hour or more) were heard in at least `HEARD_SHARE` of the silence,
        ``out_of_range`` where in at most `UNHEARD_SHARE`, else ``unknown``.
    """
    table = _gathered(*(heard[name].to_numpy() for name in _Heard._fields))
    span = span_ms(table.key, table.ships, SLOT_MS, 3 * _CELL_BITS)
    gap_min_ms = GAP_MIN_H * 3_600_000.0
    at_ends, looked = reckoned(ends, span, gap_min_ms, GAP_INTERVALS_MIN, CUBE_M)
    places = gaps.select("lat_start", "lon_start", "lat_end", "lon_end").to_numpy()
    times = gaps.select(pl.col("gap_start", "gap_end").to_physical()).to_numpy()
    begins, end = (np.concatenate((times[:, k], looked[:, 4 + k].astype(np.int64))) for k in (0, 1))
    neighbours, verdict = _judge(begins, end, np.concatenate((places, looked[:, :4])), table)
    judged = pl.concat((gaps, at_ends)).with_columns(
        pl.Series("neighbours_heard", neighbours),
        pl.Series("verdict", np.array(VERDICTS)[verdict]),
    )
    return conform(judged, SILENCES).sort("track", "gap_start")
